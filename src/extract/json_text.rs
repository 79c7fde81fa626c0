//! Values of JSON -> the texts and media files of a field.

use serde_json::{Map, Value};

use super::json_date::date_text;
use crate::html::markup::{is_html, prose_text, title_text};
use crate::html::plain::html_of_seeming_text;
use crate::html::plain_text;
use crate::model::{Enclosure, FieldName, ValueKind};
use crate::rules::{JqEvaluator, Select};

/// Usual keys of titles: the default of `kind = "json"` without a rule for the title.
///
/// This list is documented and a promise: a word that is added changes the items of existing feeds.
/// Detection has a list of its own with more words (`detect::json_lists`), as it writes the key that it
/// finds into the rules.
pub(crate) const TITLES: &[&str] = &["title", "headline", "name", "subject"];
/// Usual keys of links, in the same manner. Detection tries more words.
pub(crate) const LINKS: &[&str] = &["url", "link", "href", "permalink", "web_url", "webUrl", "canonical_url"];

/// The keys of the text, where an object stands in place of a text.
const fn keys(kind: ValueKind) -> &'static [&'static str] {
    match kind {
        ValueKind::Link | ValueKind::Image | ValueKind::Media => {
            &["url", "href", "src", "link", "source_url", "contentUrl", "permalink"]
        }
        ValueKind::Names => &["name", "display_name", "displayName", "label", "term", "title", "slug"],
        ValueKind::Text | ValueKind::Date | ValueKind::Html => {
            &["rendered", "value", "html", "text", "plain", "content", "name", "title", "label"]
        }
    }
}

/// The texts that a rule finds in a value. For kinds that are text, markup becomes plain text; for HTML, plain
/// text becomes markup.
///
/// # Errors
/// The error of a jq program.
pub(crate) fn texts(
    json: &Value,
    select: &Select,
    kind: ValueKind,
    jq: &dyn JqEvaluator,
) -> Result<Vec<String>, String> {
    let by_kind = |text: String| match kind {
        ValueKind::Text => prose_text(&text),
        ValueKind::Html => html(text),
        _ if kind.is_text() => plain_text(&text),
        _ => text,
    };
    Ok(raw_texts(json, select, kind, jq)?.into_iter().map(by_kind).collect())
}

/// The titles that a rule finds in a value. Only markup inside a line is taken out.
///
/// # Errors
/// The error of a jq program.
pub(crate) fn titles(json: &Value, select: &Select, jq: &dyn JqEvaluator) -> Result<Vec<String>, String> {
    Ok(raw_texts(json, select, ValueKind::Text, jq)?.iter().map(|text| title_text(text)).collect())
}

/// A body as HTML. A text without markup is plain if it has lines or a `<` that means itself.
fn html(text: String) -> String {
    if text.trim().contains(['\n', '\r', '<']) && !is_html(&text) {
        html_of_seeming_text(&text)
    } else {
        text
    }
}

/// The texts that a rule finds in a value, as they are written.
fn raw_texts(
    json: &Value,
    select: &Select,
    kind: ValueKind,
    jq: &dyn JqEvaluator,
) -> Result<Vec<String>, String> {
    let texts = selected(json, select, jq)?.into_iter().flat_map(|value| match value {
        Value::Array(list) => list.iter().filter_map(|v| text_of_kind(v, kind)).collect(),
        one => text_of_kind(&one, kind).into_iter().collect::<Vec<_>>(),
    });
    Ok(texts.collect())
}

/// The text of a value, where objects of dates are known for a date.
fn text_of_kind(value: &Value, kind: ValueKind) -> Option<String> {
    let date = if kind == ValueKind::Date { date_text(value) } else { None };
    date.or_else(|| text(value, keys(kind)))
}

/// The media files that a rule finds in a value.
pub(crate) fn enclosures(json: &Value, select: &Select, jq: &dyn JqEvaluator) -> Vec<Enclosure> {
    let values = selected(json, select, jq).unwrap_or_default().into_iter().flat_map(|value| match value {
        Value::Array(list) => list,
        one => vec![one],
    });
    values.filter_map(|v| enclosure(&v)).collect()
}

fn enclosure(value: &Value) -> Option<Enclosure> {
    let url = text(value, keys(ValueKind::Media))?;
    let Value::Object(map) = value else { return Some(Enclosure { url, media_type: None, length: None }) };
    let first = |names: &[&str]| names.iter().find_map(|n| text(map.get(*n)?, &[]));
    let length = first(&["length", "size_in_bytes", "size", "fileSize", "contentSize"]);
    Some(Enclosure {
        url,
        media_type: first(&["type", "mime_type", "mimeType", "encodingFormat"]),
        length: length.and_then(|l| l.parse().ok()),
    })
}

/// The values that a rule selects.
fn selected(json: &Value, select: &Select, jq: &dyn JqEvaluator) -> Result<Vec<Value>, String> {
    match select {
        Select::Json(path) => Ok(path.all(json)?.into_iter().cloned().collect()),
        Select::Jq(program) => jq.evaluate(program, json),
        Select::Css(_) | Select::XPath(_) => Ok(Vec::new()),
    }
}

/// The text of the first of these keys that has one.
pub(crate) fn value_of_key(json: &Value, names: &[&str]) -> Option<String> {
    let map: &Map<String, Value> = json.as_object()?;
    let kind = |name: &str| FieldName::parse(name).map_or(ValueKind::Text, FieldName::kind);
    names.iter().find_map(|name| text(map.get(*name)?, keys(kind(name))))
}

/// The text of a value: a string, a number, or the first text in a list or under one of these keys of an
/// object. `None` for empty text.
pub(crate) fn text(value: &Value, keys: &[&str]) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|t| !t.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(map) => keys.iter().find_map(|k| text(map.get(*k)?, keys)),
        Value::Array(list) => list.iter().find_map(|v| text(v, keys)),
        Value::Bool(_) | Value::Null => None,
    }
}
