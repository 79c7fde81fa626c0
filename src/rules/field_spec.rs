//! The rule of one field as it is written: a text, a table of options, or a list of these.

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A field: a CSS selector, a table, or a list of those of which the first that gives something counts.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Field", example = &"h2 a")]
pub enum FieldSpec {
    /// A CSS selector.
    Text(String),
    /// Fallbacks: the first that gives something counts.
    Any(Vec<FieldSpec>),
    /// All options.
    Table(Box<SourceSpec>),
}

/// A field with its options.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "FieldOptions")]
pub struct SourceSpec {
    /// CSS selector inside the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"h2 a")]
    pub css: Option<String>,
    /// XPath 1.0 expression, seen from the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &".//h2/a")]
    pub xpath: Option<String>,
    /// With `kind = "json"`: JSONPath (RFC 9535), seen from the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"author.name")]
    pub json: Option<String>,
    /// With `kind = "json"`: jq program, given the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &".authors[0].name")]
    pub jq: Option<String>,
    /// The raw value of another field, such as `link`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"link")]
    pub from: Option<String>,
    /// This text, always.
    #[serde(rename = "const", skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Harbour Office")]
    pub constant: Option<String>,
    /// An attribute instead of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"datetime")]
    pub attr: Option<String>,
    /// A regular expression: its first group, else the whole match, is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &r"(\d+)")]
    pub regex: Option<String>,
    /// `["pattern", "replacement"]`, or a list of such pairs; regular expressions, `$1` refers to a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace: Option<ReplaceSpec>,
    /// This text if nothing was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Untitled")]
    pub default: Option<String>,
    /// Of a date: its format, as in strftime, such as `%B %d, %Y`; or `epoch`, `epoch_ms` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"%B %d, %Y")]
    pub format: Option<String>,
    /// Of a date: `dmy`, `mdy` or `ymd`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"dmy")]
    pub order: Option<String>,
    /// Of a date: its language.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"en")]
    pub language: Option<String>,
    /// Of a date: its zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Europe/Berlin")]
    pub timezone: Option<String>,
}

/// One replacement or several.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Replacement", example = ["^News: ", ""])]
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
