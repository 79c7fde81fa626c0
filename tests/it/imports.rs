//! Imports between the files of `src`, read off the sources: who uses whom, and the circles in it.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

/// A module, as the parts of its path below the crate.
type Module = Vec<String>;

/// The files of `src` by module, and for each the modules whose names it uses.
pub struct Imports {
    users: BTreeMap<Module, BTreeSet<Module>>,
}

impl Imports {
    /// Reads the imports of sources: paths below `src`, and the code without comments and texts.
    pub fn of<'a>(sources: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let code: BTreeMap<Module, &str> = sources.map(|(path, code)| (module(path), code)).collect();
        let names = Names::of(&code);
        let users = code.iter().map(|(module, code)| (module.clone(), names.used(module, code))).collect();
        Self { users }
    }

    /// The files that a file uses, as paths like `fetch/network`.
    pub fn of_file(&self, path: &str) -> BTreeSet<String> {
        let used = self.users.get(&module(path)).into_iter().flatten();
        used.map(|m| m.join("/")).collect()
    }

    /// Groups of files that use each other, directly or by way of others.
    pub fn circles(&self) -> Vec<BTreeSet<String>> {
        let mut circles: Vec<BTreeSet<String>> = Vec::new();
        for module in self.users.keys() {
            let name = module.join("/");
            if circles.iter().any(|circle| circle.contains(&name)) {
                continue;
            }
            let there = self.reachable(module);
            let circle: BTreeSet<String> = there
                .iter()
                .filter(|other| self.reachable(other).contains(module))
                .map(|other| other.join("/"))
                .collect();
            if circle.len() > 1 {
                circles.push(circle);
            }
        }
        circles
    }

    fn reachable(&self, from: &Module) -> BTreeSet<Module> {
        let mut open: Vec<&Module> = self.users.get(from).into_iter().flatten().collect();
        let mut seen = BTreeSet::new();
        while let Some(module) = open.pop() {
            if seen.insert(module.clone()) {
                open.extend(self.users.get(module).into_iter().flatten());
            }
        }
        seen
    }
}

/// Which module a name is from, re-exports followed.
struct Names {
    modules: BTreeSet<Module>,
    exports: BTreeMap<(Module, String), Module>,
}

impl Names {
    fn of(code: &BTreeMap<Module, &str>) -> Self {
        let modules: BTreeSet<Module> = code.keys().cloned().collect();
        let mut names = Self { modules, exports: BTreeMap::new() };
        let export = Regex::new(r"(?m)^\s*pub(?:\([^)]*\))? use ([^;]+);").expect("a pattern");
        let mut exports = BTreeMap::new();
        for (module, code) in code {
            for found in export.captures_iter(code) {
                for path in tree(&found[1]) {
                    if let Some(path) = names.absolute(&path, module) {
                        exports.insert((module.clone(), path.last().cloned().unwrap_or_default()), path);
                    }
                }
            }
        }
        names.exports = exports;
        names
    }

    /// The modules whose names a file uses.
    fn used(&self, module: &Module, code: &str) -> BTreeSet<Module> {
        let exports = Regex::new(r"(?m)^\s*pub(?:\([^)]*\))? use [^;]+;").expect("a pattern");
        let imports = Regex::new(r"(?m)^\s*use ([^;]+);").expect("a pattern");
        let inline = Regex::new(r"\b((?:crate|super|self|[a-z_]\w*)(?:::\w+)+)").expect("a pattern");
        let own = exports.replace_all(code, "");
        let mut paths: Vec<Vec<String>> = imports.captures_iter(&own).flat_map(|c| tree(&c[1])).collect();
        let rest = imports.replace_all(&own, "");
        paths.extend(inline.captures_iter(&rest).map(|c| c[1].split("::").map(str::to_owned).collect()));
        let owners = paths.iter().filter_map(|path| self.owner(&self.absolute(path, module)?));
        owners.filter(|owner| owner != module).collect()
    }

    /// A path from the crate on; `None` for paths of other crates.
    fn absolute(&self, path: &[String], module: &Module) -> Option<Module> {
        let first = path.first()?.as_str();
        if first == "crate" {
            return Some(path[1..].to_vec());
        }
        let mut base = module.clone();
        let mut rest = path;
        while let Some(step) = rest.first().filter(|step| matches!(step.as_str(), "self" | "super")) {
            if step == "super" {
                base.pop()?;
            }
            rest = &rest[1..];
        }
        let whole: Module = base.iter().chain(rest).cloned().collect();
        let is_own = rest.len() < path.len() || self.modules.contains(&whole[..=base.len()]);
        is_own.then_some(whole)
    }

    /// The module in whose file the last name of a path is defined.
    fn owner(&self, path: &Module) -> Option<Module> {
        let known = (1..=path.len()).rev().find(|n| self.modules.contains(&path[..*n]))?;
        let module = path[..known].to_vec();
        let Some(name) = path.get(known) else { return Some(module) };
        match self.exports.get(&(module.clone(), name.clone())) {
            Some(from) if from != path => self.owner(from),
            _ => Some(module),
        }
    }
}

fn module(path: &str) -> Module {
    path.trim_end_matches(".rs").split('/').map(str::to_owned).collect()
}

/// The paths of a tree of imports: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn tree(text: &str) -> Vec<Vec<String>> {
    let text = text.trim();
    let Some((before, inner)) = text.split_once('{') else {
        let path = text.split(" as ").next().unwrap_or_default();
        return vec![path.split("::").map(|part| part.trim().to_owned()).filter(|p| !p.is_empty()).collect()];
    };
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let prefix: Vec<String> =
        before.split("::").map(|part| part.trim().to_owned()).filter(|p| !p.is_empty()).collect();
    let mut depth = 0;
    let parts = inner.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    parts
        .filter(|part| !part.trim().is_empty())
        .flat_map(tree)
        .map(|rest| prefix.iter().cloned().chain(rest).collect())
        .collect()
}

#[test]
fn circles_are_found() {
    let sources = [
        ("a.rs", "mod b;\nmod c;\npub use b::B;\nuse c::{C, D};"),
        ("a/b.rs", "use super::c::C;\npub struct B;"),
        ("a/c.rs", "fn f() { let b = super::B; std::mem::drop(b) }\npub struct C;"),
        ("d.rs", "use crate::a::{B, c};"),
    ];
    let imports = Imports::of(sources.into_iter());
    assert_eq!(imports.circles(), [BTreeSet::from(["a/b".to_owned(), "a/c".to_owned()])]);
    assert_eq!(imports.of_file("d.rs"), BTreeSet::from(["a/b".to_owned(), "a/c".to_owned()]));
}
