//! The house rules that can be read off the sources: which room may use which, and how big rooms are.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::imports::Imports;

/// Rooms from the ground up. A room uses those below it and itself, never those beside or above.
const FLOORS: &[&[&str]] = &[
    &["model", "digest", "clock", "nearest"],
    &["coding", "schedule", "date", "demo", "cpu"],
    &["telemetry", "html"],
    &["rules"],
    &["extract"],
    &["article", "detect", "render"],
    &["normalise"],
    &["history", "filter"],
    &["fetch", "store"],
    &["channel", "notify"],
    &["config"],
    &["board", "run", "served"],
    &["survey"],
    &["scheduler", "serve", "shape"],
    &["delivery", "otlp"],
    &["app"],
    &["cli"],
];

/// Rooms without I/O, async or a clock.
const PURE: &[&str] = &[
    "model",
    "digest",
    "coding",
    "schedule",
    "date",
    "demo",
    "html",
    "rules",
    "extract",
    "article",
    "detect",
    "normalise",
    "history",
    "render",
    "filter",
    "notify",
];

/// Foreign crates and the one place that may name them.
const HOMES: &[(&str, &str)] = &[
    ("ammonia", "normalise/html.rs"),
    ("anstream", "cli"),
    ("atom_syndication", "render/atom.rs"),
    ("axum", "serve"),
    ("base64", "extract/sources/feed/text.rs"),
    ("base64", "digest.rs"),
    ("brotli", "coding"),
    ("chardetng", "fetch/charset"),
    ("clap", "cli"),
    ("clap_complete", "cli"),
    ("clap_mangen", "cli"),
    ("comfy_table", "cli/output.rs"),
    ("cron", "schedule"),
    ("ego_tree", "html"),
    ("encoding_rs", "fetch/charset"),
    ("flate2", "coding"),
    ("hmac", "digest.rs"),
    ("html5ever", "html/parse.rs"),
    // The names of a tree are counted as the parser keeps them.
    ("html5ever", "html/tree_bounds.rs"),
    ("hyper", "serve"),
    ("hyper_util", "serve"),
    ("indicatif", "cli/check.rs"),
    ("lettre", "delivery/mail.rs"),
    ("listenfd", "app/sockets.rs"),
    ("maud", "serve/pages"),
    ("miette", "config/report.rs"),
    ("minijinja", "notify/template.rs"),
    ("notify_debouncer_full", "app/config_watcher.rs"),
    ("opentelemetry", "otlp"),
    ("opentelemetry_proto", "otlp"),
    ("opentelemetry_sdk", "otlp"),
    ("prometheus_client", "telemetry/metrics"),
    ("prost", "otlp"),
    ("psl", "fetch/site.rs"),
    ("quick_xml", "render"),
    ("reqwest", "fetch/client"),
    ("rss", "render"),
    ("rustls", "fetch/client"),
    ("jaq_core", "rules/jq.rs"),
    ("jaq_json", "rules/jq.rs"),
    ("jaq_std", "rules/jq.rs"),
    ("serde_json_path", "rules/json_path.rs"),
    ("rumqttc", "delivery/mqtt.rs"),
    ("rusqlite", "store/sqlite"),
    ("rustls_platform_verifier", "delivery/mqtt.rs"),
    ("tokio_rustls", "delivery/mqtt.rs"),
    ("rustc_hash", "detect/page/hash.rs"),
    ("rustix", "cli/jq_worker.rs"),
    // The limit of open files, which the daemon raises for itself.
    ("rustix", "app/descriptors.rs"),
    // A program is ended with all that it has started.
    ("rustix", "delivery/command.rs"),
    ("scraper", "html"),
    ("xml5ever", "html/xml.rs"),
    ("unicode_normalization", "date/fold.rs"),
    ("sd_notify", "app/sockets.rs"),
    ("sha2", "digest.rs"),
    ("strsim", "nearest.rs"),
    ("json5", "extract/sources/json/embedded.rs"),
    ("toml", "config"),
    // The lines of feeds.toml in which an earlier version kept learned rules.
    ("toml", "rules/learned.rs"),
    ("tower_service", "serve"),
    ("tracing_opentelemetry", "otlp"),
    ("tracing_subscriber", "telemetry.rs"),
    ("zstd", "coding"),
];

struct Source {
    path: String,
    room: String,
    /// Without comments, texts and the tests at the end.
    code: String,
    lines: usize,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.iter().map(|file| source(&root, file)).filter(|s| !s.path.ends_with("tests.rs")).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            if path.file_name().is_some_and(|n| n != "tests") {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

fn source(root: &Path, file: &Path) -> Source {
    let path = file.strip_prefix(root).expect("below src").to_string_lossy().into_owned();
    let text = fs::read_to_string(file).expect("readable");
    let own = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let texts = Regex::new("(?s)r#\".*?\"#|'\"'|\"(?:\\\\.|[^\"\\\\])*\"").expect("a pattern");
    let lines: Vec<&str> =
        own.lines().map(|l| if l.trim_start().starts_with("//") { "" } else { l }).collect();
    let code = texts.replace_all(&lines.join("\n"), "\"\"").into_owned();
    let room = path.split(['/', '.']).next().unwrap_or_default().to_owned();
    Source { room, lines: own.lines().count(), code, path }
}

fn report(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn imports_go_one_way() {
    let floor: BTreeMap<&str, usize> =
        FLOORS.iter().enumerate().flat_map(|(i, rooms)| rooms.iter().map(move |r| (*r, i))).collect();
    let used = Regex::new(r"\bcrate::(?:\{([^}]*)\}|(\w+))").expect("a pattern");
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|s| !matches!(s.room.as_str(), "lib" | "main")) {
        let Some(own) = floor.get(source.room.as_str()) else {
            wrong.push(format!("{}: the room `{}` has no floor", source.path, source.room));
            continue;
        };
        for found in used.captures_iter(&source.code) {
            let names = found.get(1).or_else(|| found.get(2)).map_or("", |m| m.as_str());
            for name in names.split(',').map(|n| n.trim().split("::").next().unwrap_or_default()) {
                let higher = floor.get(name).is_some_and(|other| other >= own);
                if higher && name != source.room {
                    wrong.push(format!("{} uses `{name}`, which is not below it", source.path));
                }
            }
        }
        // The served side must have no way to cause a fetch.
        if source.room == "serve" && source.code.contains("crate::fetch") {
            wrong.push(format!("{}: the server must not know how to fetch", source.path));
        }
    }
    report(&wrong);
}

#[test]
fn each_foreign_crate_has_one_home() {
    let sources = sources();
    let mut wrong = Vec::new();
    let homes: BTreeSet<&str> = HOMES.iter().map(|(name, _)| *name).collect();
    for name in homes {
        let own: Vec<&str> = HOMES.iter().filter(|(n, _)| *n == name).map(|(_, home)| *home).collect();
        let named = Regex::new(&format!(r"(?m)(?:^|[^:\w]){name}::|\buse {name};")).expect("a pattern");
        let users = sources.iter().filter(|s| named.is_match(&s.code));
        let is_home = |user: &Source, home: &str| {
            let room = !home.contains('.')
                && (user.path.starts_with(&format!("{home}/")) || user.path == format!("{home}.rs"));
            room || user.path == home
        };
        for user in users.filter(|user| !own.iter().any(|home| is_home(user, home))) {
            wrong.push(format!("{} names `{name}`, whose home is {}", user.path, own.join(", ")));
        }
    }
    report(&wrong);
}

/// Calls that parse HTML or XML, and the one place that may make each: there the bounds of a parse are.
const PARSERS: &[(&str, &str)] = &[
    (r"\bparse_document\(", "html/parse.rs"),
    (r"\bparse_document\(", "html/xml.rs"),
    (r"\bparse_fragment\(", "html/parse.rs"),
    (r"\bHtml::parse_", "html/parse.rs"),
    (r"\.clean\(|\bammonia::clean", "normalise/html.rs"),
];

#[test]
fn html_is_parsed_in_one_place() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (call, _) in PARSERS {
            let is_home = PARSERS.iter().any(|(other, home)| other == call && source.path == *home);
            let pattern = Regex::new(call).expect("a pattern");
            if !is_home && pattern.is_match(&source.code) {
                wrong.push(format!("{} parses with `{call}`; use html::parse", source.path));
            }
        }
    }
    report(&wrong);
    let all = sources();
    let sanitiser = all.iter().find(|s| s.path == "normalise/html.rs").expect("the sanitiser's home");
    let bounded = sanitiser.code.find("content::rewritten(").expect("the bounded parse");
    let cleaned = sanitiser.code.find(".clean(").expect("the sanitiser");
    assert!(bounded < cleaned, "the sanitiser parses only what passed the bounded parse");
}

#[test]
fn every_dependency_has_a_home_or_is_vocabulary() {
    let vocabulary = BTreeSet::from([
        "anyhow",
        "async-trait",
        "bytes",
        "chrono",
        "chrono-tz",
        "futures-util",
        "http",
        "regex",
        "schemars",
        "serde",
        "serde_json",
        "thiserror",
        "tokio",
        "tokio-util",
        "tracing",
        "url",
    ]);
    let manifest = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).expect("readable");
    let has_home = |name: &str| HOMES.iter().any(|(home, _)| *home == name.replace('-', "_"));
    let homeless: Vec<String> = dependencies(&manifest)
        .into_iter()
        .filter(|name| !vocabulary.contains(name.as_str()) && !has_home(name))
        .collect();
    report(&homeless);
}

#[test]
fn no_dependency_is_unused() {
    let manifest = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).expect("readable");
    let sources = sources();
    let unused = dependencies(&manifest).into_iter().filter(|name| {
        let named = Regex::new(&format!(r"\b{}\b", name.replace('-', "_"))).expect("a pattern");
        !sources.iter().any(|source| named.is_match(&source.code))
    });
    report(&unused.map(|name| format!("{name} is named nowhere in src")).collect::<Vec<_>>());
}

/// The names of the dependencies of a manifest, without those of tests.
fn dependencies(manifest: &str) -> Vec<String> {
    let section = manifest.split("[dependencies]").nth(1).and_then(|s| s.split("[dev-dependencies]").next());
    let lines = section.expect("a section").lines();
    lines.filter_map(|line| line.split_once(" = ").map(|(name, _)| name.to_owned())).collect()
}

#[test]
fn pure_rooms_are_pure() {
    let impure = Regex::new(r"\basync\b|\.await|\btokio\b|std::fs|std::net::Tcp|std::thread|Utc::now|Instant::now|SystemTime|std::env\b").expect("a pattern");
    let sources = sources();
    let wrong: Vec<String> = sources
        .iter()
        .filter(|s| PURE.contains(&s.room.as_str()))
        .filter_map(|s| impure.find(&s.code).map(|m| format!("{}: `{}`", s.path, m.as_str())))
        .collect();
    report(&wrong);
}

#[test]
fn files_and_functions_can_be_seen_whole() {
    let mut wrong = Vec::new();
    for source in sources() {
        if source.lines > 400 {
            wrong.push(format!("{} has {} lines without its tests", source.path, source.lines));
        }
        wrong.extend(long_functions(&source));
    }
    report(&wrong);
}

fn long_functions(source: &Source) -> Vec<String> {
    let head =
        Regex::new(r"^(\s*)(?:pub(?:\([a-z]+\))? )?(?:const )?(?:async )?fn (\w+)").expect("a pattern");
    let lines: Vec<&str> = source.code.lines().collect();
    let mut wrong = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(found) = head.captures(line) else { continue };
        let end = format!("{}}}", &found[1]);
        let length = lines[start..].iter().position(|l| l.trim_end() == end).unwrap_or(0) + 1;
        if length > 50 {
            wrong.push(format!("{}: {} has {length} lines", source.path, &found[2]));
        }
    }
    wrong
}

#[test]
fn names_say_what_things_are() {
    let vague =
        Regex::new(r"(?i)\b(?:mod|struct|enum|trait|fn) \w*(?:util|helper|manager)\w*").expect("a pattern");
    let sources = sources();
    let wrong: Vec<String> = sources
        .iter()
        // Alertmanager is the name of a program.
        .map(|s| (s, s.code.replace("alertmanager", "").replace("Alertmanager", "")))
        .filter_map(|(s, code)| vague.find(&code).map(|m| format!("{}: `{}`", s.path, m.as_str())))
        .collect();
    report(&wrong);
}

/// Folders inside rooms, from the ground up. A file uses files of its own folder and of those below it;
/// files of the room that stand in no folder of the list are free.
const INNER_FLOORS: &[(&str, &[&str])] = &[
    ("config", &["config/raw", "config/check"]),
    ("detect", &["detect/page", "detect/listing"]),
    ("html", &["html/xpath"]),
    ("serve", &["serve/listen", "serve/pages"]),
    ("store", &["store/sqlite"]),
];

/// Files that use each other, with the reason.
const CIRCLES: &[(&[&str], &str)] = &[(
    &["html/xpath/evaluate", "html/xpath/functions"],
    "an expression holds calls of functions, whose arguments are expressions",
)];

fn imports(sources: &[Source]) -> Imports {
    Imports::of(sources.iter().map(|s| (s.path.as_str(), s.code.as_str())))
}

#[test]
fn files_do_not_use_each_other_in_circles() {
    let allowed: Vec<BTreeSet<String>> =
        CIRCLES.iter().map(|(files, _)| files.iter().map(|f| (*f).to_owned()).collect()).collect();
    assert!(allowed.len() <= 3, "circles are the exception");
    let circles = imports(&sources()).circles();
    let wrong: Vec<String> =
        circles.iter().filter(|c| !allowed.contains(c)).map(|c| format!("a circle: {c:?}")).collect();
    report(&wrong);
    let gone: Vec<String> = allowed
        .iter()
        .filter(|a| !circles.contains(a))
        .map(|a| format!("no circle any more: {a:?}"))
        .collect();
    report(&gone);
}

#[test]
fn folders_inside_rooms_have_floors() {
    let sources = sources();
    let imports = imports(&sources);
    let mut wrong = Vec::new();
    for (room, floors) in INNER_FLOORS {
        let floor = |path: &str| floors.iter().position(|f| path.starts_with(&format!("{f}/")));
        for source in sources.iter().filter(|s| s.room == *room) {
            let Some(own) = floor(&source.path) else { continue };
            let used = imports.of_file(&source.path);
            let higher = used.iter().filter(|other| floor(&format!("{other}.rs")).is_some_and(|f| f > own));
            wrong.extend(higher.map(|other| format!("{} uses {other}, which is above it", source.path)));
        }
    }
    report(&wrong);
}

#[test]
fn no_room_is_a_house_of_its_own() {
    let sources = sources();
    let total: usize = sources.iter().map(|s| s.lines).sum();
    let mut rooms: BTreeMap<&str, usize> = BTreeMap::new();
    for source in &sources {
        *rooms.entry(&source.room).or_default() += source.lines;
    }
    let large = rooms.iter().filter(|(_, lines)| **lines * 100 > total * 15);
    report(&large.map(|(room, lines)| format!("{room} has {lines} of {total} lines")).collect::<Vec<_>>());
}

/// Names of types that are used again for something else, each with the reason.
const SHARED_NAMES: &[(&str, &str)] = &[];

#[test]
fn one_name_is_one_type() {
    let defined =
        Regex::new(r"(?m)^(?:pub(?:\([^)]*\))? )?(?:struct|enum|trait|type) (\w+)").expect("a pattern");
    let sources = sources();
    let mut places: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for source in &sources {
        for found in defined.captures_iter(&source.code) {
            places.entry(found[1].to_owned()).or_default().push(&source.path);
        }
    }
    let shared = |name: &str| SHARED_NAMES.iter().any(|(n, _)| *n == name);
    let twice = places.iter().filter(|(name, files)| files.len() > 1 && !shared(name));
    report(
        &twice.map(|(name, files)| format!("{name} is a type in {}", files.join(", "))).collect::<Vec<_>>(),
    );
}

#[test]
fn functions_take_five_arguments_at_most() {
    let head = Regex::new(r"\bfn (\w+)(?:<[^(]*>)?\(").expect("a pattern");
    let mut wrong = Vec::new();
    for source in sources() {
        for found in head.captures_iter(&source.code) {
            let rest = &source.code[found.get(0).map_or(0, |m| m.end())..];
            let arguments = arguments(rest);
            if arguments > 5 {
                wrong.push(format!("{}: {} takes {arguments} arguments", source.path, &found[1]));
            }
        }
    }
    report(&wrong);
}

/// How many arguments stand before the closing bracket; `self` counts.
fn arguments(text: &str) -> usize {
    let mut depth = 0;
    let mut count = 0;
    let mut is_empty = true;
    for c in text.chars() {
        match c {
            ')' if depth == 0 => return count + usize::from(!is_empty),
            '(' | '[' | '<' | '{' => depth += 1,
            ')' | ']' | '>' | '}' => depth -= 1,
            ',' if depth == 0 => {
                count += 1;
                is_empty = true;
                continue;
            }
            _ => {}
        }
        is_empty &= c.is_whitespace();
    }
    count
}
