//! The JSON Schema of `feeds.toml`, made from the types that read it.

use super::raw::RawConfig;

/// The schema as pretty JSON with a final newline.
#[must_use]
pub fn schema() -> String {
    let schema = schemars::schema_for!(RawConfig);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
