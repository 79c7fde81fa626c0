//! The extra fields of an item: texts that documents write as extensions.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::field::FieldName;

/// Texts of extra fields. Stored under the keys of the fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extras(BTreeMap<FieldName, String>);

impl Extras {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fields with their texts, in the order of the table of fields.
    pub fn iter(&self) -> impl Iterator<Item = (FieldName, &str)> {
        self.0.iter().map(|(name, text)| (*name, text.as_str()))
    }
}

impl FromIterator<(FieldName, String)> for Extras {
    fn from_iter<I: IntoIterator<Item = (FieldName, String)>>(texts: I) -> Self {
        Self(texts.into_iter().collect())
    }
}

impl Serialize for Extras {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(name, text)| (name.key(), text)))
    }
}

/// A key that this version does not know is left out.
impl<'de> Deserialize<'de> for Extras {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = BTreeMap::<String, String>::deserialize(deserializer)?;
        Ok(stored.into_iter().filter_map(|(key, text)| Some((FieldName::parse(&key)?, text))).collect())
    }
}
