//! Text -> value of JSON, as APIs and scripts really write it.

use serde_json::Value;

use crate::extract::text_kind::trim_text_start;
use crate::html::Unparsable;
use crate::model::Limit;

/// Cap on the values of one text; each takes memory that the size of the text does not show.
const MAX_VALUES: usize = 700_000;

/// Parses the answer of an API.
///
/// # Errors
/// When the answer is not JSON.
pub fn json_value(text: &str) -> Result<Value, Unparsable> {
    parse(without_prefix(text))
}

/// Removes the byte order mark, and the prefix by which some APIs keep an answer from being run as a script.
pub(crate) fn without_prefix(text: &str) -> &str {
    let trimmed = trim_text_start(text);
    let prefixes = [")]}',", ")]}'", "while(1);", "for(;;);", "while (1);", "/**/"];
    prefixes.iter().find_map(|p| trimmed.strip_prefix(p)).unwrap_or(trimmed).trim_start()
}

/// Parses a whole text. Several values, one after the other, become a list; of `callback({…});` (JSONP) the
/// argument is taken.
///
/// # Errors
/// When there is no value, a syntax error, or too many values or levels.
pub(crate) fn parse(text: &str) -> Result<Value, Unparsable> {
    check_bounds(text)?;
    let unparsable = |error: serde_json::Error| match error.to_string() {
        message if message.contains("recursion limit") => Unparsable::Limit(Limit::JsonDepth(128)),
        message => Unparsable::BrokenJson(message),
    };
    let mut values = Vec::new();
    let json = callback_argument(text).unwrap_or(text);
    for value in serde_json::Deserializer::from_str(json).into_iter::<Value>() {
        values.push(value.map_err(unparsable)?);
    }
    match values.len() {
        0 => Err(Unparsable::NoJson),
        1 => Ok(values.swap_remove(0)),
        _ => Ok(Value::Array(values)),
    }
}

/// The argument of the call that a text is (JSONP).
fn callback_argument(text: &str) -> Option<&str> {
    let (name, rest) = text.split_once('(')?;
    let is_callback =
        !name.is_empty() && name.trim().chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.'));
    let inner = rest.trim_end().trim_end_matches(';').trim_end().strip_suffix(')')?;
    is_callback.then_some(inner)
}

/// Refuses a text with too many values, before they are made.
fn check_bounds(text: &str) -> Result<(), Unparsable> {
    let values = text.bytes().filter(|b| matches!(b, b',' | b'[' | b'{')).count();
    if values > MAX_VALUES { Err(Unparsable::Limit(Limit::Nodes(MAX_VALUES))) } else { Ok(()) }
}
