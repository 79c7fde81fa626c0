//! The JSON Schema of `feeds.toml`, made from the types that read it.

use serde_json::Value;

use super::raw::RawConfig;

/// The schema as pretty JSON with a final newline.
#[must_use]
pub fn schema() -> String {
    let mut text = serde_json::to_string_pretty(&schema_value()).unwrap_or_default();
    text.push('\n');
    text
}

/// The schema as a value.
pub(super) fn schema_value() -> Value {
    schemars::schema_for!(RawConfig).to_value()
}
