//! What a person reads of a value of JSON.

use serde_json::{Map, Value};

use crate::html::plain_text;
use crate::model::Enclosure;
use crate::rules::Select;

/// What a title is mostly called.
pub(crate) const TITLES: &[&str] = &["title", "headline", "name", "subject"];
/// What a link is mostly called.
pub(crate) const LINKS: &[&str] = &["url", "link", "href", "permalink", "web_url", "webUrl", "canonical_url"];

/// Where the text of an object is that stands for a field.
fn keys(field: &str) -> &'static [&'static str] {
    match field {
        "link" | "image" | "enclosure" | "comments" => {
            &["url", "href", "src", "link", "source_url", "contentUrl", "permalink"]
        }
        "author" | "tags" => &["name", "display_name", "displayName", "label", "term", "title", "slug"],
        _ => &["rendered", "value", "html", "text", "plain", "content", "name", "title", "label"],
    }
}

/// The texts that a rule finds in a value. `prose` is shown to people: markup in it is read, not shown.
///
/// # Errors
/// What a program says of its input.
pub(crate) fn texts(json: &Value, select: &Select, field: &str, prose: bool) -> Result<Vec<String>, String> {
    let texts = found(json, select)?.into_iter().flat_map(|value| match value {
        Value::Array(list) => list.iter().filter_map(|v| text(v, keys(field))).collect(),
        one => text(&one, keys(field)).into_iter().collect::<Vec<_>>(),
    });
    let is_date = matches!(field, "date" | "updated");
    let read = texts
        .map(|t| match stamp(&t) {
            Some(instant) if is_date => instant,
            _ if prose => plain_text(&t),
            _ => t,
        })
        .collect();
    Ok(read)
}

/// Seconds, or thousandths or millionths of them, since 1970, as an instant: how programs write dates.
fn stamp(text: &str) -> Option<String> {
    let number: i64 = text.parse().ok()?;
    let seconds = [1, 1000, 1_000_000].into_iter().map(|unit| number / unit);
    let at = seconds.into_iter().find(|s| (SINCE_1980..UNTIL_2100).contains(s))?;
    chrono::DateTime::from_timestamp(at, 0).map(|at| at.to_rfc3339())
}

const SINCE_1980: i64 = 315_532_800;
const UNTIL_2100: i64 = 4_102_444_800;

/// The media files that a rule finds in a value.
pub(crate) fn enclosures(json: &Value, select: &Select) -> Vec<Enclosure> {
    let values = found(json, select).unwrap_or_default().into_iter().flat_map(|value| match value {
        Value::Array(list) => list,
        one => vec![one],
    });
    values.filter_map(|v| enclosure(&v)).collect()
}

fn enclosure(value: &Value) -> Option<Enclosure> {
    let url = text(value, keys("enclosure"))?;
    let Value::Object(map) = value else { return Some(Enclosure { url, media_type: None, length: None }) };
    let first = |names: &[&str]| names.iter().find_map(|n| text(map.get(*n)?, &[]));
    let length = first(&["length", "size_in_bytes", "size", "fileSize", "contentSize"]);
    Some(Enclosure {
        url,
        media_type: first(&["type", "mime_type", "mimeType", "encodingFormat"]),
        length: length.and_then(|l| l.parse().ok()),
    })
}

fn found(json: &Value, select: &Select) -> Result<Vec<Value>, String> {
    match select {
        Select::Json(path) => Ok(path.all(json).into_iter().cloned().collect()),
        Select::Jq(program) => program.run(json),
        Select::Css(_) | Select::XPath(_) => Ok(Vec::new()),
    }
}

/// The text under the first of these names that has one.
pub(crate) fn named(json: &Value, names: &[&str]) -> Option<String> {
    let map: &Map<String, Value> = json.as_object()?;
    names.iter().find_map(|n| text(map.get(*n)?, keys(n)))
}

/// The text of a value: itself, a number, what an object or a list has first under these names.
/// Nothing for what is empty.
pub(crate) fn text(value: &Value, keys: &[&str]) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|t| !t.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(map) => keys.iter().find_map(|k| text(map.get(*k)?, keys)),
        Value::Array(list) => list.iter().find_map(|v| text(v, keys)),
        Value::Bool(_) | Value::Null => None,
    }
}
