//! Text -> raw configuration, collecting every mistake of form instead of stopping at the first.
//!
//! serde stops at one error, so the file is read again without the offending keys until it passes.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::expected::{is_unknown_key, mismatches};
use super::raw::RawConfig;
use super::report::ConfigProblem;
use super::syntax::{broken_headers, follows_broken_header, syntax_problem};
use crate::rules::SettingStep;

/// The most mistakes that are reported: nobody reads more.
const MAX_PROBLEMS: usize = 100;

/// The file's tree. It is kept to find the place of a setting that turns out wrong later.
pub(super) struct SettingsTree<'i> {
    root: Spanned<DeTable<'i>>,
}

/// Reads the text; the raw configuration holds all that was well-formed.
pub(super) fn read(text: &str) -> (SettingsTree<'_>, RawConfig, Vec<ConfigProblem>) {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut problems: Vec<ConfigProblem> =
        errors.iter().map(|e| syntax_problem(text, e.span().unwrap_or(0..0), e.message())).collect();
    let is_syntax_broken = !problems.is_empty();
    let broken = broken_headers(errors.iter().map(|e| (e.span().unwrap_or(0..0), e.message())));
    let mut tree = root.clone();
    let mut raw = RawConfig::default();
    while problems.len() < MAX_PROBLEMS {
        // serde takes an empty list for a table, and says nothing: the comparison is made in any case.
        let mut found = mismatches(tree.get_ref());
        match RawConfig::deserialize(toml::Deserializer::from(tree.clone())) {
            Ok(read) => {
                raw = read;
                if found.is_empty() {
                    break;
                }
            }
            Err(error) if found.is_empty() => found.push(unexplained(&error)),
            Err(_) => {}
        }
        let mut is_removed = false;
        for mut problem in found {
            is_removed |= remove(tree.get_mut(), &problem.span);
            // It is in the wrong table only because the line of its own is not understood.
            if is_unknown_key(&problem) && follows_broken_header(text, &broken, problem.span.start) {
                continue;
            }
            if is_syntax_broken {
                problem.hint = Some("this may follow from the syntax error above".to_owned());
            }
            problems.push(problem);
        }
        if !is_removed {
            break;
        }
    }
    problems.truncate(MAX_PROBLEMS);
    (SettingsTree { root }, raw, problems)
}

/// An error of serde that the comparison with the schema does not explain. Its own message names types of
/// this program.
fn unexplained(error: &toml::de::Error) -> ConfigProblem {
    ConfigProblem {
        span: error.span().unwrap_or(0..0),
        message: "this setting has a value that it does not take".to_owned(),
        hint: Some("the manual lists the values that it takes".to_owned()),
    }
}

impl SettingsTree<'_> {
    /// The place of a setting, or of the innermost table or list around it that the file has.
    pub(super) fn span(&self, path: &[SettingStep]) -> Range<usize> {
        self.walk(path).0
    }

    /// Whether the file has exactly this setting.
    pub(super) fn has(&self, path: &[SettingStep]) -> bool {
        self.walk(path).1
    }

    fn walk(&self, path: &[SettingStep]) -> (Range<usize>, bool) {
        let mut span = self.root.span();
        let mut value: Option<&DeValue<'_>> = None;
        for (depth, step) in path.iter().enumerate() {
            let next = match (step, value) {
                (SettingStep::Key(key), None) if depth == 0 => entry(self.root.get_ref(), key),
                (SettingStep::Key(key), Some(DeValue::Table(table))) => entry(table, key),
                (SettingStep::Index(i), Some(DeValue::Array(array))) => array.get(*i),
                _ => None,
            };
            let Some(next) = next else { return (span, false) };
            span = next.span();
            value = Some(next.get_ref());
        }
        (span, true)
    }
}

fn entry<'a, 'i>(table: &'a DeTable<'i>, key: &str) -> Option<&'a Spanned<DeValue<'i>>> {
    table.iter().find(|(k, _)| k.get_ref() == key).map(|(_, v)| v)
}

/// Removes the key that holds a span; false if there is none.
fn remove(table: &mut DeTable<'_>, span: &Range<usize>) -> bool {
    let owner = table.iter().find(|(k, v)| holds(&k.span(), span) || holds(&v.span(), span));
    let inside = table.iter().find(|(_, v)| contains_key_at(v.get_ref(), span));
    let Some(key) = inside.or(owner).map(|(k, _)| k.clone()) else { return false };
    if inside.is_some()
        && let Some(value) = table.get_mut(&key)
        && remove_inside(value.get_mut(), span)
    {
        return true;
    }
    table.remove(&key).is_some()
}

fn remove_inside(value: &mut DeValue<'_>, span: &Range<usize>) -> bool {
    match value {
        DeValue::Table(table) => remove(table, span),
        DeValue::Array(array) => array
            .iter_mut()
            .filter(|v| contains_key_at(v.get_ref(), span))
            .any(|v| remove_inside(v.get_mut(), span)),
        _ => false,
    }
}

/// Whether a table inside this value has a key or value at the span: tables' own spans may cover
/// their header alone, so the search looks at the leaves.
fn contains_key_at(value: &DeValue<'_>, span: &Range<usize>) -> bool {
    match value {
        DeValue::Table(table) => table.iter().any(|(k, v)| {
            holds(&k.span(), span) || holds(&v.span(), span) || contains_key_at(v.get_ref(), span)
        }),
        DeValue::Array(array) => array.iter().any(|v| contains_key_at(v.get_ref(), span)),
        _ => false,
    }
}

fn holds(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end && outer != &(0..0)
}
