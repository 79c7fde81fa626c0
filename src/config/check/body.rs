//! Bodies of requests: a text, or a table in which secrets may stand.

use serde_json::{Map, Value};

use super::checker::FeedChecker;
use super::secret;
use crate::config::raw::shorthand::RawKeptSecret;
use crate::rules::{BodySpec, SettingStep, key};

/// The body with its secrets filled in; `None` if one of them cannot be read (all mistakes are noted). A body
/// that is a secret as a whole is a text.
pub(super) fn filled(
    body: &BodySpec,
    at: &[SettingStep],
    checker: &mut FeedChecker<'_, '_>,
) -> Option<BodySpec> {
    match body {
        BodySpec::Text(text) => {
            warn_of_literals(text, at, checker);
            Some(body.clone())
        }
        BodySpec::Json(table) => match place_of(table) {
            Some(place) => {
                secret::kept(&place, at, checker).map(|text| BodySpec::Text(text.expose().to_owned()))
            }
            None => table_of(table, at, checker).map(BodySpec::Json),
        },
    }
}

/// Whether a body as it is written has secrets in it.
pub(super) fn has_secrets(body: &BodySpec) -> bool {
    match body {
        BodySpec::Text(_) => false,
        BodySpec::Json(table) => place_of(table).is_some() || table.values().any(value_has_secrets),
    }
}

fn value_has_secrets(value: &Value) -> bool {
    match value {
        Value::Object(table) => place_of(table).is_some() || table.values().any(value_has_secrets),
        Value::Array(list) => list.iter().any(value_has_secrets),
        _ => false,
    }
}

/// Where a secret is kept, if a table says that and nothing else.
fn place_of(table: &Map<String, Value>) -> Option<RawKeptSecret> {
    let is_place = table.iter().all(|(name, value)| matches!(&**name, "env" | "file") && value.is_string());
    let text = |name: &str| table.get(name).and_then(Value::as_str).map(str::to_owned);
    (is_place && !table.is_empty()).then(|| RawKeptSecret { env: text("env"), file: text("file") })
}

/// A table with its secrets filled in. The nesting is bounded by the parser of the file.
fn table_of(
    table: &Map<String, Value>,
    at: &[SettingStep],
    checker: &mut FeedChecker<'_, '_>,
) -> Option<Map<String, Value>> {
    // All entries are read before the first mistake ends the check, so that all mistakes are told at once.
    let entries: Vec<Option<(String, Value)>> = table
        .iter()
        .map(|(name, value)| {
            let inside = [at, &[key(name)]].concat();
            value_of(name, value, &inside, checker).map(|value| (name.clone(), value))
        })
        .collect();
    entries.into_iter().collect()
}

fn value_of(
    name: &str,
    value: &Value,
    at: &[SettingStep],
    checker: &mut FeedChecker<'_, '_>,
) -> Option<Value> {
    match value {
        Value::Object(table) => match place_of(table) {
            Some(place) => secret::kept(&place, at, checker).map(|text| Value::from(text.expose())),
            None => table_of(table, at, checker).map(Value::Object),
        },
        Value::Array(list) => {
            let entries: Vec<Option<Value>> = list
                .iter()
                .enumerate()
                .map(|(i, entry)| {
                    let inside = [at, &[SettingStep::Index(i)]].concat();
                    value_of(name, entry, &inside, checker)
                })
                .collect();
            entries.into_iter().collect::<Option<Vec<Value>>>().map(Value::Array)
        }
        Value::String(text) => {
            secret::warn_of_literal(name, text, at, checker);
            Some(value.clone())
        }
        plain => Some(plain.clone()),
    }
}

/// Warns of parameters in a text of the form `a=1&b=2` that look like secrets.
fn warn_of_literals(text: &str, at: &[SettingStep], checker: &mut FeedChecker<'_, '_>) {
    // Other texts, such as JSON, have no parameters.
    if text.trim_start().starts_with(['{', '[', '<']) {
        return;
    }
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
        secret::warn_of_literal(&name, &value, at, checker);
    }
}
