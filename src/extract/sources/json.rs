//! JSON as a source: an answer that is JSON, or the state that stands in a page's scripts.

pub(crate) mod embedded;

use serde_json::Value;

use super::super::ExtractLimits;
use crate::html::{Unparsable, parse};
use crate::model::{Limit, Problem};
use crate::rules::{Rules, Select};

/// Values of one answer; each takes memory that its text does not show.
const MAX_VALUES: usize = 700_000;

/// The values of an answer, and those of its items.
pub(crate) struct Document {
    /// The value that holds the items, or the first there is.
    pub(crate) root: Value,
    /// The items; owned, since programs make them.
    pub(crate) items: Vec<Value>,
    /// Whether what holds the items is there.
    pub(crate) there: bool,
    /// The language that the page says it has.
    pub(crate) language: Option<String>,
    /// What went wrong with the program that finds the items.
    pub(crate) problem: Option<Problem>,
}

/// Reads an answer and finds its items.
///
/// # Errors
/// When it is no JSON, nor a page with JSON in it.
pub(crate) fn read(text: &str, rules: &Rules, limits: &ExtractLimits) -> Result<Document, Unparsable> {
    let text = bare(text);
    let (values, language) =
        if text.starts_with('<') { of_page(text, rules, limits)? } else { (vec![whole(text)?], None) };
    let mut first = None;
    for root in values {
        let Items { values: items, there, problem } = items(&root, &rules.item);
        let found = Document { root, items, there, language: language.clone(), problem };
        if !found.items.is_empty() {
            return Ok(found);
        }
        if first.as_ref().is_none_or(|f: &Document| found.there && !f.there) {
            first = Some(found);
        }
    }
    first.ok_or(Unparsable::NoJson)
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
                let problem = Problem { field: "item".to_owned(), position: None, message };
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
