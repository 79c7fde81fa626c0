//! `[[feed.filter]]` as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shorthand::RawDuration;

/// One step that keeps, drops or changes items. Exactly one of the three.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Filter")]
pub(crate) struct RawFilter {
    /// Only items that fulfil all conditions stay: field = pattern, or a table.
    pub(crate) keep: Option<BTreeMap<String, RawCondition>>,
    /// Items that fulfil all conditions go.
    pub(crate) drop: Option<BTreeMap<String, RawCondition>>,
    /// New texts of fields: a text, or `["pattern", "replacement"]`.
    pub(crate) set: Option<BTreeMap<String, RawChange>>,
}

/// A condition on a field: a pattern, or a table.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged, expecting = "expected a pattern, or a table of `not`, `min`, `max`, `after`, `before`")]
#[schemars(rename = "Condition", example = &"(?i)sponsored")]
pub(crate) enum RawCondition {
    /// A pattern that must match.
    Pattern(String),
    /// Other comparisons.
    Table(RawComparison),
}

/// Comparisons.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Comparison")]
pub(crate) struct RawComparison {
    /// A pattern that must not match.
    #[schemars(example = &"(?i)sponsored")]
    pub(crate) not: Option<String>,
    /// Least number of characters.
    #[schemars(example = 10)]
    pub(crate) min: Option<usize>,
    /// Greatest number of characters.
    #[schemars(example = 80)]
    pub(crate) max: Option<usize>,
    /// Dates from here on: `2025-11-04`, an RFC 3339 date and time, or how long ago: `30 days`.
    #[schemars(example = &"30 days")]
    pub(crate) after: Option<RawBound>,
    /// Dates before this.
    #[schemars(example = &"2025-11-04")]
    pub(crate) before: Option<RawBound>,
}

/// A moment: a date, or how long ago.
pub(crate) type RawBound = RawDuration;

/// A new text.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged, expecting = "expected a text, or [\"pattern\", \"replacement\"]")]
#[schemars(rename = "Change", example = &"Harbour Office")]
pub(crate) enum RawChange {
    /// The whole text.
    Text(String),
    /// Every match is replaced.
    Replace([String; 2]),
}
