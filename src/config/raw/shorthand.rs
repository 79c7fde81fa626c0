//! Settings that can be written in several ways: a text, a list or a table.

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::RawFieldTable;

/// A field: a CSS selector, a table, or a list of those of which the first that gives something counts.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum RawField {
    /// A CSS selector.
    Css(String),
    /// Fallbacks: the first that gives something counts.
    Any(Vec<RawField>),
    /// All options.
    Table(Box<RawFieldTable>),
}

/// A way to find something: a CSS selector (a JSONPath with `kind = "json"`), or a table.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum RawSelector {
    /// A CSS selector; with `kind = "json"` a JSONPath.
    Text(String),
    /// By its language.
    Table(RawSelectorTable),
}

/// One of the ways.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawSelectorTable {
    /// A CSS selector.
    pub(crate) css: Option<String>,
    /// An XPath 1.0 expression.
    pub(crate) xpath: Option<String>,
    /// A JSONPath (RFC 9535).
    pub(crate) json: Option<String>,
    /// A jq program.
    pub(crate) jq: Option<String>,
}

/// The body of a request: a text, or a table that is sent as JSON.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub(crate) enum RawBody {
    /// As it is.
    Text(String),
    /// As JSON.
    Json(serde_json::Map<String, serde_json::Value>),
}

/// One replacement or several.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum RawReplace {
    /// One pair.
    One([String; 2]),
    /// Several pairs, one after the other.
    Many(Vec<[String; 2]>),
}

/// A text, or where to find it.
#[derive(Clone, JsonSchema)]
#[schemars(untagged)]
pub(crate) enum RawSecret {
    /// The text itself.
    Plain(String),
    /// In an environment variable or a file.
    Kept(RawKeptSecret),
}

/// Where a secret is kept: one of the two.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawKeptSecret {
    /// Name of an environment variable.
    pub(crate) env: Option<String>,
    /// Path of a file; a relative one begins at the folder of this file.
    pub(crate) file: Option<String>,
}

impl RawBody {
    /// The body as it is sent.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Json(map) => serde_json::to_string(map).unwrap_or_default(),
        }
    }
}

/// Written as the text that is sent: inside a body, nulls and empty lists have a meaning.
impl Serialize for RawBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

/// A secret has no written form: its value is compared by a digest of its own.
impl Serialize for RawSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("secret")
    }
}

impl fmt::Debug for RawSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Seconds, or a text such as `30s`.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged, expecting = "expected seconds as a number, or a text such as \"30s\"")]
pub(crate) enum RawDuration {
    /// Seconds.
    Seconds(u64),
    /// A text such as `30s` or `2m`.
    Text(String),
}

// By hand and not `#[serde(untagged)]`: untagged enums lose the place of an error inside them.
impl<'de> Deserialize<'de> for RawField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldVisitor;
        impl<'de> Visitor<'de> for FieldVisitor {
            type Value = RawField;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a CSS selector, a list of fallbacks, or a table such as { css = \"…\" }")
            }
            fn visit_str<E>(self, text: &str) -> Result<RawField, E> {
                Ok(RawField::Css(text.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<RawField, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(RawField::Any)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawField, A::Error> {
                let table = RawFieldTable::deserialize(MapAccessDeserializer::new(map))?;
                Ok(RawField::Table(Box::new(table)))
            }
        }
        deserializer.deserialize_any(FieldVisitor)
    }
}

impl<'de> Deserialize<'de> for RawSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SecretVisitor;
        impl<'de> Visitor<'de> for SecretVisitor {
            type Value = RawSecret;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, { env = \"NAME\" } or { file = \"path\" }")
            }
            fn visit_str<E>(self, text: &str) -> Result<RawSecret, E> {
                Ok(RawSecret::Plain(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawSecret, A::Error> {
                RawKeptSecret::deserialize(MapAccessDeserializer::new(map)).map(RawSecret::Kept)
            }
        }
        deserializer.deserialize_any(SecretVisitor)
    }
}

impl<'de> Deserialize<'de> for RawReplace {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ReplaceVisitor;
        impl<'de> Visitor<'de> for ReplaceVisitor {
            type Value = RawReplace;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[\"pattern\", \"replacement\"], or a list of such pairs")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<RawReplace, A::Error> {
                let mut parts: Vec<TextOrPair> = Vec::new();
                while let Some(part) = seq.next_element()? {
                    parts.push(part);
                }
                pairs(parts).ok_or_else(|| serde::de::Error::invalid_length(0, &self))
            }
        }
        deserializer.deserialize_seq(ReplaceVisitor)
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text, or a pair [\"pattern\", \"replacement\"]")]
enum TextOrPair {
    Text(String),
    Pair([String; 2]),
}

fn pairs(parts: Vec<TextOrPair>) -> Option<RawReplace> {
    let mut texts = Vec::new();
    let mut pairs = Vec::new();
    for part in parts {
        match part {
            TextOrPair::Text(text) => texts.push(text),
            TextOrPair::Pair(pair) => pairs.push(pair),
        }
    }
    match (<[String; 2]>::try_from(texts), pairs.is_empty()) {
        (Ok(pair), true) => Some(RawReplace::One(pair)),
        (Err(texts), false) if texts.is_empty() => Some(RawReplace::Many(pairs)),
        _ => None,
    }
}

impl<'de> Deserialize<'de> for RawSelector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SelectorVisitor;
        impl<'de> Visitor<'de> for SelectorVisitor {
            type Value = RawSelector;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a selector, or a table such as { xpath = \"…\" }")
            }
            fn visit_str<E>(self, text: &str) -> Result<RawSelector, E> {
                Ok(RawSelector::Text(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawSelector, A::Error> {
                RawSelectorTable::deserialize(MapAccessDeserializer::new(map)).map(RawSelector::Table)
            }
        }
        deserializer.deserialize_any(SelectorVisitor)
    }
}

impl<'de> Deserialize<'de> for RawBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BodyVisitor;
        impl<'de> Visitor<'de> for BodyVisitor {
            type Value = RawBody;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a table that is sent as JSON")
            }
            fn visit_str<E>(self, text: &str) -> Result<RawBody, E> {
                Ok(RawBody::Text(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawBody, A::Error> {
                serde_json::Map::deserialize(MapAccessDeserializer::new(map)).map(RawBody::Json)
            }
        }
        deserializer.deserialize_any(BodyVisitor)
    }
}
