//! Rules that can be written in several ways: a text, a list or a table.

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::spec::SourceSpec;

/// A field: a CSS selector, a table, or a list of those of which the first that gives something counts.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum FieldSpec {
    /// A CSS selector.
    Text(String),
    /// Fallbacks: the first that gives something counts.
    Any(Vec<FieldSpec>),
    /// All options.
    Table(Box<SourceSpec>),
}

/// A way to find something: a CSS selector (a JSONPath with `kind = "json"`), or a table.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum SelectorSpec {
    /// A CSS selector; with `kind = "json"` a JSONPath.
    Text(String),
    /// By its language.
    Table(SelectorTable),
}

/// One of the ways.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SelectorTable {
    /// A CSS selector.
    pub css: Option<String>,
    /// An XPath 1.0 expression.
    pub xpath: Option<String>,
    /// A JSONPath (RFC 9535).
    pub json: Option<String>,
    /// A jq program.
    pub jq: Option<String>,
}

/// The body of a request: a text, or a table that is sent as JSON.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum BodySpec {
    /// As it is.
    Text(String),
    /// As JSON.
    Json(serde_json::Map<String, serde_json::Value>),
}

/// One replacement or several.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ReplaceSpec {
    /// One pair.
    One([String; 2]),
    /// Several pairs, one after the other.
    Many(Vec<[String; 2]>),
}

impl FieldSpec {
    /// The rule that tries sources in turn, in its shortest form; `None` without a source.
    #[must_use]
    pub fn of_sources(sources: Vec<SourceSpec>) -> Option<Self> {
        let mut forms: Vec<Self> = sources.into_iter().map(Self::of_source).collect();
        match forms.len() {
            0 => None,
            1 => forms.pop(),
            _ => Some(Self::Any(forms)),
        }
    }

    /// A source that is nothing but a CSS selector or a JSONPath is written as a text.
    fn of_source(source: SourceSpec) -> Self {
        let only_css = SourceSpec { css: source.css.clone(), ..SourceSpec::default() };
        let only_json = SourceSpec { json: source.json.clone(), ..SourceSpec::default() };
        match &source {
            SourceSpec { css: Some(text), .. } if source == only_css => Self::Text(text.clone()),
            SourceSpec { json: Some(text), .. } if source == only_json => Self::Text(text.clone()),
            _ => Self::Table(Box::new(source)),
        }
    }
}

impl SelectorSpec {
    /// The selector or path, in whichever language it is written; empty if there is none.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Table(table) => {
                let all = [&table.css, &table.xpath, &table.json, &table.jq];
                all.into_iter().find_map(Option::as_deref).unwrap_or_default()
            }
        }
    }
}

impl BodySpec {
    /// The body as it is sent.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Json(map) => serde_json::to_string(map).unwrap_or_default(),
        }
    }
}

/// Written as the text that is sent: inside a body, nulls and empty lists have a meaning.
impl Serialize for BodySpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

// By hand and not `#[serde(untagged)]`: untagged enums lose the place of an error inside them.
impl<'de> Deserialize<'de> for FieldSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldVisitor;
        impl<'de> Visitor<'de> for FieldVisitor {
            type Value = FieldSpec;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a CSS selector, a list of fallbacks, or a table such as { css = \"…\" }")
            }
            fn visit_str<E>(self, text: &str) -> Result<FieldSpec, E> {
                Ok(FieldSpec::Text(text.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<FieldSpec, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(FieldSpec::Any)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldSpec, A::Error> {
                let table = SourceSpec::deserialize(MapAccessDeserializer::new(map))?;
                Ok(FieldSpec::Table(Box::new(table)))
            }
        }
        deserializer.deserialize_any(FieldVisitor)
    }
}

impl<'de> Deserialize<'de> for ReplaceSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ReplaceVisitor;
        impl<'de> Visitor<'de> for ReplaceVisitor {
            type Value = ReplaceSpec;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[\"pattern\", \"replacement\"], or a list of such pairs")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<ReplaceSpec, A::Error> {
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

fn pairs(parts: Vec<TextOrPair>) -> Option<ReplaceSpec> {
    let mut texts = Vec::new();
    let mut pairs = Vec::new();
    for part in parts {
        match part {
            TextOrPair::Text(text) => texts.push(text),
            TextOrPair::Pair(pair) => pairs.push(pair),
        }
    }
    match (<[String; 2]>::try_from(texts), pairs.is_empty()) {
        (Ok(pair), true) => Some(ReplaceSpec::One(pair)),
        (Err(texts), false) if texts.is_empty() => Some(ReplaceSpec::Many(pairs)),
        _ => None,
    }
}

impl<'de> Deserialize<'de> for SelectorSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SelectorVisitor;
        impl<'de> Visitor<'de> for SelectorVisitor {
            type Value = SelectorSpec;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a selector, or a table such as { xpath = \"…\" }")
            }
            fn visit_str<E>(self, text: &str) -> Result<SelectorSpec, E> {
                Ok(SelectorSpec::Text(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SelectorSpec, A::Error> {
                SelectorTable::deserialize(MapAccessDeserializer::new(map)).map(SelectorSpec::Table)
            }
        }
        deserializer.deserialize_any(SelectorVisitor)
    }
}

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
                serde_json::Map::deserialize(MapAccessDeserializer::new(map)).map(BodySpec::Json)
            }
        }
        deserializer.deserialize_any(BodyVisitor)
    }
}
