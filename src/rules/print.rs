//! Rules as a person reads them: as the lines of a `[[feed]]`, and as JSON with the keys of feeds.toml.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::field_spec::{FieldSpec, ReplaceSpec, SourceSpec};
use super::selector_spec::SelectorSpec;
use super::spec::{PagesSpec, RuleSpec, SelectSpec};
use crate::model::FieldName;

/// The selector of the link that is followed where a listing says `rel="next"`.
const NEXT_BY_REL: &str = "[rel~=next]";

/// A text as TOML writes it: between single quotes where that needs no escapes.
#[must_use]
pub fn quoted(text: &str) -> String {
    let literal = !text.contains('\'') && !text.chars().any(char::is_control);
    if literal && text.contains(['"', '\\']) {
        return format!("'{text}'");
    }
    // The escapes of JSON are escapes of TOML too, which wants one more.
    Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

impl RuleSpec {
    /// The lines of a `[[feed]]` that write these rules down, from `kind` on.
    #[must_use]
    pub fn toml(&self) -> String {
        let mut out = format!("kind = {}\n", quoted(self.kind.name()));
        if let Some(select) = &self.select {
            out.push_str("\n[feed.select]\n");
            push_lines(&mut out, select_entries(select));
        }
        match self.pages.as_ref().map(|pages| (pages, pages_entries(pages))) {
            None => {}
            Some((_, entries)) if entries.is_empty() => out.push_str("\n[feed.pages]    # by rel=\"next\"\n"),
            Some((_, entries)) => {
                out.push_str("\n[feed.pages]\n");
                push_lines(&mut out, entries);
            }
        }
        out
    }

    /// The rules as JSON, with the keys of feeds.toml.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut out = Map::new();
        out.insert("kind".to_owned(), json!(self.kind.name()));
        for (key, value) in self.select.iter().flat_map(select_entries) {
            out.insert(key.to_owned(), value);
        }
        if let Some(pages) = &self.pages {
            let entries: Map<String, Value> =
                pages_entries(pages).into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
            let by_rel = || Map::from_iter([("next".to_owned(), json!(NEXT_BY_REL))]);
            let entries = if entries.is_empty() { by_rel() } else { entries };
            out.insert("pages".to_owned(), Value::Object(entries));
        }
        Value::Object(out)
    }
}

type Entry = (&'static str, Value);

fn push_lines(out: &mut String, entries: Vec<Entry>) {
    for (key, value) in entries {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{key} = {}", toml_value(&value));
    }
}

/// A value of JSON as TOML writes it, on one line.
fn toml_value(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(list) => format!("[{}]", list.iter().map(toml_value).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entries = ORDER.iter().filter_map(|key| Some((*key, map.get(*key)?)));
            let entries = entries.map(|(key, value)| format!("{key} = {}", toml_value(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        plain => plain.to_string(),
    }
}

/// The keys of inline tables, in the order in which they are written: where, then which part, then how it
/// is read.
const ORDER: [&str; 14] = [
    "css", "xpath", "json", "jq", "from", "const", "attr", "regex", "replace", "default", "format", "order",
    "language", "timezone",
];

fn select_entries(select: &SelectSpec) -> Vec<Entry> {
    let plain = |text: &Option<String>| text.as_ref().map(|text| json!(text));
    let settings = [
        ("item", select.item.as_ref().map(selector_value)),
        ("script", plain(&select.script)),
        ("container", plain(&select.container)),
    ];
    let fields = FieldName::ALL.iter().map(|name| (name.key(), select.field(*name).map(field_value)));
    settings.into_iter().chain(fields).filter_map(|(key, value)| Some((key, value?))).collect()
}

fn pages_entries(pages: &PagesSpec) -> Vec<Entry> {
    let all = [
        ("next", pages.next.as_ref().map(selector_value)),
        ("url", pages.url.as_ref().map(|url| json!(url))),
        ("cursor", pages.cursor.as_ref().map(field_value)),
        ("body", pages.body.as_ref().map(|body| json!(body.text()))),
        ("count", pages.count.map(|count| json!(count))),
        ("max", pages.max.map(|max| json!(max))),
    ];
    all.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

fn selector_value(selector: &SelectorSpec) -> Value {
    match selector {
        SelectorSpec::Text(text) => json!(text),
        SelectorSpec::Table(table) => json!(table),
    }
}

fn field_value(field: &FieldSpec) -> Value {
    match field {
        FieldSpec::Text(text) => json!(text),
        FieldSpec::Any(list) => Value::Array(list.iter().map(field_value).collect()),
        FieldSpec::Table(source) => source_value(source),
    }
}

fn source_value(source: &SourceSpec) -> Value {
    let mut value = json!(source);
    if let Some(ReplaceSpec::One(pair)) = &source.replace {
        value["replace"] = json!(pair);
    }
    value
}
