//! A selector as it is written: a text, or a table that names its language.

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A way to find something: a CSS selector (a JSONPath with `kind = "json"`), or a table.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Selector", example = &"article")]
pub enum SelectorSpec {
    /// A CSS selector; with `kind = "json"` a JSONPath.
    Text(String),
    /// By its language.
    Table(SelectorTable),
}

/// A selector in one of the languages.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "SelectorOptions")]
pub struct SelectorTable {
    /// A CSS selector.
    #[schemars(example = &"article")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub css: Option<String>,
    /// An XPath 1.0 expression.
    #[schemars(example = &"//article")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xpath: Option<String>,
    /// A JSONPath (RFC 9535).
    #[schemars(example = &"$.data.items")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<String>,
    /// A jq program.
    #[schemars(example = &".data.items[]")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jq: Option<String>,
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

// By hand and not `#[serde(untagged)]`: untagged enums lose the place of an error inside them.
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
