//! One way to find something: CSS, XPath, JSONPath, jq, and patterns, compiled or complained of.

use regex::{Regex, RegexBuilder};

use super::super::raw::shorthand::{RawSelector, RawSelectorTable};
use super::super::read::Step;
use super::feed::FeedChecker;
use crate::html::XPath;
use crate::rules::{Css, Jq, JsonPath, Select};

/// Compiled size of a pattern, in bytes: far above any honest one.
const MAX_PATTERN_COMPILED_BYTES: usize = 1 << 20;
/// Length of a pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 2000;

/// What rules speak of: it decides what a plain text is, and which ways there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Medium {
    /// Pages: CSS and XPath.
    Html,
    /// JSON: JSONPath and jq.
    Json,
}

/// One way to find something.
pub(crate) fn selector(
    raw: &RawSelector,
    medium: Medium,
    steps: &[Step],
    at: &mut FeedChecker<'_, '_>,
) -> Option<Select> {
    let table = match raw {
        RawSelector::Text(text) => return plain(text, medium, steps, at),
        RawSelector::Table(table) => table,
    };
    let RawSelectorTable { css, xpath, json, jq } = table;
    let mut given = ways(css.as_ref(), xpath.as_ref(), json.as_ref(), jq.as_ref());
    match (given.pop(), given.is_empty()) {
        (Some((way, text)), true) => {
            by(way, text, medium, &[steps, &[Step::Key(way.to_owned())]].concat(), at)
        }
        _ => {
            let hint = "for example { xpath = \"//article\" }".to_owned();
            at.problem_at(
                steps,
                "exactly one of `css`, `xpath`, `json` and `jq` is needed".to_owned(),
                Some(hint),
            );
            None
        }
    }
}

pub(crate) fn ways<'t>(
    css: Option<&'t String>,
    xpath: Option<&'t String>,
    json: Option<&'t String>,
    jq: Option<&'t String>,
) -> Vec<(&'static str, &'t String)> {
    let all = [("css", css), ("xpath", xpath), ("json", json), ("jq", jq)];
    all.into_iter().filter_map(|(way, text)| Some((way, text?))).collect()
}

/// What a plain text is depends on what is read.
pub(crate) fn plain(
    text: &str,
    medium: Medium,
    steps: &[Step],
    at: &mut FeedChecker<'_, '_>,
) -> Option<Select> {
    by(if medium == Medium::Html { "css" } else { "json" }, text, medium, steps, at)
}

const JSON_HINT: &str = "a JSONPath of RFC 9535, such as \"$.data.items\" or \"author.name\"";

pub(crate) fn by(
    way: &str,
    text: &str,
    medium: Medium,
    steps: &[Step],
    at: &mut FeedChecker<'_, '_>,
) -> Option<Select> {
    let wanted = if matches!(way, "css" | "xpath") { Medium::Html } else { Medium::Json };
    if wanted != medium {
        let kind = if wanted == Medium::Html { "html" } else { "json" };
        at.problem_at(steps, format!("`{way}` goes with `kind = \"{kind}\"`"), None);
        return None;
    }
    match way {
        "css" => css(text, steps, at).map(Select::Css),
        "xpath" => {
            let hint = "XPath 1.0, such as \".//h2/a\"; `./` and `.//` begin at the item";
            noted(XPath::parse(text).map(Select::XPath), "XPath", text, hint, steps, at)
        }
        "json" => noted(JsonPath::parse(text).map(Select::Json), "path", text, JSON_HINT, steps, at),
        _ => {
            let hint = "a jq program, such as \".data.items[]\"";
            noted(Jq::parse(text).map(Select::Jq), "jq program", text, hint, steps, at)
        }
    }
}

/// What was compiled; a mistake is noted.
fn noted<T>(
    compiled: Result<T, String>,
    what: &str,
    text: &str,
    hint: &str,
    steps: &[Step],
    at: &mut FeedChecker<'_, '_>,
) -> Option<T> {
    match compiled {
        Ok(compiled) => Some(compiled),
        Err(error) => {
            at.problem_at(steps, format!("{what} `{text}`: {error}"), Some(hint.to_owned()));
            None
        }
    }
}

pub(crate) fn json_items(text: &str, steps: &[Step], at: &mut FeedChecker<'_, '_>) -> Option<Select> {
    noted(Select::json_items(text), "path", text, JSON_HINT, steps, at)
}

pub(crate) fn css(text: &str, steps: &[Step], at: &mut FeedChecker<'_, '_>) -> Option<Css> {
    match Css::parse(text) {
        Ok(css) => Some(css),
        Err(error) => {
            let hint = if text.trim_start().starts_with(['/', '.']) && text.contains('/') {
                format!("XPath is written {{ xpath = {text:?} }}")
            } else {
                "CSS selectors of level 4, such as \"article h2 > a[href]\"".to_owned()
            };
            at.problem_at(steps, format!("selector `{text}`: {error}"), Some(hint));
            None
        }
    }
}

pub(crate) fn pattern(text: &str, steps: &[Step], at: &mut FeedChecker<'_, '_>) -> Option<Regex> {
    let compiled = if text.len() > MAX_PATTERN_BYTES {
        Err(format!("longer than {MAX_PATTERN_BYTES} bytes"))
    } else {
        RegexBuilder::new(text)
            .size_limit(MAX_PATTERN_COMPILED_BYTES)
            .build()
            .map_err(|e| e.to_string().lines().last().unwrap_or_default().trim().to_owned())
    };
    match compiled {
        Ok(regex) => Some(regex),
        Err(error) => {
            let hint = "look-around and back-references are not supported; in TOML write '…' to avoid double backslashes";
            at.problem_at(steps, format!("pattern `{text}`: {error}"), Some(hint.to_owned()));
            None
        }
    }
}
