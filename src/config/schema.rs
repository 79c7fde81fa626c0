//! The JSON Schema of `feeds.toml`, made from the types that read it.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
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
    let mut schema = SchemaSettings::default().into_generator().into_root_schema_for::<RawConfig>();
    RecursiveTransform(without_default).transform(&mut schema);
    schema.to_value()
}

/// Leaves out defaults: the types have only empty ones. The descriptions state the real defaults.
fn without_default(schema: &mut Schema) {
    schema.remove("default");
}
