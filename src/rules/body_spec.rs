//! The body of a request as it is written: a text, or a table that is sent as JSON.

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// The body of a request: a text, or a table that is sent as JSON.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged)]
#[schemars(rename = "Body", example = &"page={page}")]
pub enum BodySpec {
    /// As it is.
    Text(String),
    /// As JSON.
    Json(Map<String, Value>),
}

impl BodySpec {
    /// The body as it is sent.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Json(map) => serde_json::to_string(map).unwrap_or_default(),
        }
    }
}

/// Serialises a table as a text, with a mark that tells it from a body that was written as that text: the two
/// are sent with different types. The canonical form of settings leaves out nulls, but inside a body a null
/// has a meaning.
impl Serialize for BodySpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Json(_) => serializer.collect_map([("json_text", self.text())]),
        }
    }
}

/// The key under which the TOML parser gives a date that stands without quotes.
const TOML_DATE: &str = "$__toml_private_datetime";

/// The value with dates as texts: JSON has no dates, and the parser's own form of them means nothing to a site.
fn with_plain_dates(value: Value) -> Value {
    match value {
        Value::Object(mut table) => match table.remove(TOML_DATE) {
            Some(date) => date,
            None => table.into_iter().map(|(key, value)| (key, with_plain_dates(value))).collect(),
        },
        Value::Array(list) => list.into_iter().map(with_plain_dates).collect(),
        plain => plain,
    }
}

// Written by hand, because `#[serde(untagged)]` would lose the place of an error inside the body.
impl<'de> Deserialize<'de> for BodySpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BodyVisitor;
        impl<'de> Visitor<'de> for BodyVisitor {
            type Value = BodySpec;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a table that is sent as JSON")
            }
            fn visit_str<E>(self, text: &str) -> Result<BodySpec, E> {
                Ok(BodySpec::Text(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<BodySpec, A::Error> {
                let table = Map::deserialize(MapAccessDeserializer::new(map))?;
                Ok(BodySpec::Json(
                    table.into_iter().map(|(key, value)| (key, with_plain_dates(value))).collect(),
                ))
            }
        }
        deserializer.deserialize_any(BodyVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_a_table_are_texts() {
        let written = "body = { a = 2025-01-01, b = [{ c = 07:32:00 }], d = \"x\" }";
        let table: std::collections::BTreeMap<String, BodySpec> = toml::from_str(written).expect("a table");
        assert_eq!(table["body"].text(), r#"{"a":"2025-01-01","b":[{"c":"07:32:00"}],"d":"x"}"#);
    }
}
