//! Settings that can be written in several ways: a text, a list or a table.

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text, or where to find it.
#[derive(Clone, JsonSchema)]
#[schemars(untagged)]
#[schemars(rename = "Secret", example = serde_json::json!({ "env": "NAME" }))]
pub(crate) enum RawSecret {
    /// The text itself.
    Plain(String),
    /// In an environment variable or a file.
    Kept(RawKeptSecret),
}

/// Where a secret is kept: one of the two.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "SecretSource")]
pub(crate) struct RawKeptSecret {
    /// Name of an environment variable.
    #[schemars(example = &"SITE_TOKEN")]
    pub(crate) env: Option<String>,
    /// Path of a file; a relative one begins at the folder of this file.
    #[schemars(example = &"site-token")]
    pub(crate) file: Option<String>,
}

impl RawSecret {
    /// The text, if it is written out.
    pub(crate) fn plain(&self) -> Option<&str> {
        match self {
            Self::Plain(text) => Some(text),
            Self::Kept(_) => None,
        }
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
#[schemars(rename = "Duration", example = &"30s")]
pub(crate) enum RawDuration {
    /// Seconds.
    Seconds(u64),
    /// A text such as `30s` or `2m`.
    Text(String),
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
