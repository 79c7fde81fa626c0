//! JSON as a source: an answer that is JSON, or the state that stands in a page's scripts.

pub(crate) mod embedded;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::extract::dates::dated;
use crate::extract::extraction::{ExtractLimits, Extraction, LinkedPages, ListingState};
use crate::extract::field::{self, Node, Reader};
use crate::extract::json_text;
use crate::extract::listing::{PageBounds, raw_items, web_address};
use crate::html::{Unparsable, parse};
use crate::model::{Limit, Page, Problem, Subject, ValueKind};
use crate::rules::{Rules, Select};

/// Values of one answer; each takes memory that its text does not show.
const MAX_VALUES: usize = 700_000;

/// The value that holds the items, and the items.
struct Found<'v> {
    /// The value that holds the items, or the first there is.
    root: &'v Value,
    items: Items,
}

/// Extracts the items of an answer that is JSON, or of the JSON in the scripts of a page.
///
/// # Errors
/// When it is neither.
pub(crate) fn extract(
    page: &Page,
    rules: &Rules,
    limits: &ExtractLimits,
    now: DateTime<Utc>,
) -> Result<Extraction, Unparsable> {
    let text = bare(&page.text);
    let (values, language) =
        if text.starts_with('<') { of_page(text, rules, limits)? } else { (vec![whole(text)?], None) };
    of_values(&values, rules, JsonContext { page, language, limits, now })
}

/// The page that values of JSON are from, and how they are read.
pub(crate) struct JsonContext<'a> {
    pub(crate) page: &'a Page,
    /// The language that the page says it has.
    pub(crate) language: Option<String>,
    pub(crate) limits: &'a ExtractLimits,
    pub(crate) now: DateTime<Utc>,
}

/// Extracts the items of values of JSON: those of the first value that has some.
///
/// # Errors
/// When there is no value.
pub fn extract_values(
    page: &Page,
    values: &[Value],
    rules: &Rules,
    limits: &ExtractLimits,
    now: DateTime<Utc>,
) -> Result<Extraction, Unparsable> {
    of_values(values, rules, JsonContext { page, language: None, limits, now })
}

/// As [`extract_values`], with the language of the page that the values stand in.
pub(crate) fn of_values(
    values: &[Value],
    rules: &Rules,
    context: JsonContext<'_>,
) -> Result<Extraction, Unparsable> {
    let JsonContext { page, language, limits, now } = context;
    let Found { root, items } = find(values, rules).ok_or(Unparsable::NoJson)?;
    let reader = Reader::new(rules);
    let mut problems: Vec<Problem> = items.problem.into_iter().collect();
    let listing = match (items.values.is_empty(), items.there) {
        (false, _) => ListingState::Found(None),
        (true, true) => ListingState::Empty,
        (true, false) => ListingState::Missing,
    };
    let nodes = items.values.iter().map(Node::Json);
    let bounds = PageBounds { bytes: page.text.len(), items: limits.candidates };
    let raws = raw_items(nodes, bounds, &reader, &page.url, &mut problems);
    problems.extend(reader.complaints());
    let candidates = dated(raws, language.as_deref(), now, &mut problems);
    let cursor = rules.cursor.as_ref().and_then(|field| field::cursor(Node::Json(root), &reader, field));
    let next = rules.next.as_ref();
    let next = next.and_then(|select| json_text::texts(root, select, ValueKind::Link).ok()?.pop());
    Ok(Extraction {
        candidates,
        problems,
        listing,
        base: page.url.clone(),
        title: None,
        next: next.and_then(|address| web_address(&page.url, &address)),
        cursor,
        language,
        elsewhere: LinkedPages::default(),
    })
}

/// The first value that has items; else the first in which the place for items is; else the first of all.
fn find<'v>(values: &'v [Value], rules: &Rules) -> Option<Found<'v>> {
    let mut first: Option<Found<'v>> = None;
    for root in values {
        let found = Found { root, items: items(root, &rules.item) };
        if !found.items.values.is_empty() {
            return Some(found);
        }
        if first.as_ref().is_none_or(|f| found.items.there && !f.items.there) {
            first = Some(found);
        }
    }
    first
}

/// The value of an answer that is JSON.
///
/// # Errors
/// When it is none.
pub fn json_value(text: &str) -> Result<Value, Unparsable> {
    whole(bare(text))
}

/// The values in the scripts of a page, and its language.
fn of_page(
    text: &str,
    rules: &Rules,
    limits: &ExtractLimits,
) -> Result<(Vec<Value>, Option<String>), Unparsable> {
    let html = parse::parse(text, limits.depth)?;
    let script = rules.script.as_ref().map(crate::rules::Css::selector);
    Ok((embedded::values(&html, script), parse::language(&html)))
}

/// The items of a value, and whether what holds them is there.
struct Items {
    values: Vec<Value>,
    there: bool,
    problem: Option<Problem>,
}

/// A path that leads to a list means what is in the list.
fn items(root: &Value, select: &Select) -> Items {
    let found = |values, there| Items { values, there, problem: None };
    match select {
        Select::Json(path) => {
            let (items, there) = path.items(root);
            found(items.into_iter().cloned().collect(), there)
        }
        Select::Jq(program) => match program.run(root) {
            Ok(outputs) => match <[Value; 1]>::try_from(outputs) {
                Ok([Value::Array(list)]) => found(list, true),
                Ok([Value::Null]) => found(Vec::new(), false),
                Ok(one) => found(one.into(), true),
                // A program that gives nothing has looked into a list without items.
                Err(many) => found(many, true),
            },
            Err(why) => {
                let message = format!("`{}`: {why}", program.text());
                let problem = Problem { field: Subject::Item, position: None, message };
                Items { values: Vec::new(), there: false, problem: Some(problem) }
            }
        },
        Select::Css(_) | Select::XPath(_) => found(Vec::new(), false),
    }
}

/// A text without what APIs put before JSON: marks, and what keeps it from being run as a script.
fn bare(text: &str) -> &str {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let guards = [")]}',", ")]}'", "while(1);", "for(;;);", "while (1);", "/**/"];
    guards.iter().find_map(|g| text.strip_prefix(g)).unwrap_or(text).trim_start()
}

/// A whole text as JSON; several values, one after the other, are a list, and `callback({…});` is
/// what it is called with.
pub(crate) fn whole(text: &str) -> Result<Value, Unparsable> {
    bounded(text)?;
    let broken = |error: serde_json::Error| match error.to_string() {
        message if message.contains("recursion limit") => Unparsable::Limit(Limit::Depth(128)),
        message => Unparsable::BrokenJson(message),
    };
    let mut values = Vec::new();
    for value in serde_json::Deserializer::from_str(called(text).unwrap_or(text)).into_iter::<Value>() {
        values.push(value.map_err(broken)?);
    }
    match values.len() {
        0 => Err(Unparsable::NoJson),
        1 => Ok(values.swap_remove(0)),
        _ => Ok(Value::Array(values)),
    }
}

/// What a callback is called with (JSONP).
fn called(text: &str) -> Option<&str> {
    let (name, rest) = text.split_once('(')?;
    let callback =
        !name.is_empty() && name.trim().chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.'));
    let inner = rest.trim_end().trim_end_matches(';').trim_end().strip_suffix(')')?;
    callback.then_some(inner)
}

fn bounded(text: &str) -> Result<(), Unparsable> {
    let values = text.bytes().filter(|b| matches!(b, b',' | b'[' | b'{')).count();
    if values > MAX_VALUES { Err(Unparsable::Limit(Limit::Nodes(MAX_VALUES))) } else { Ok(()) }
}
