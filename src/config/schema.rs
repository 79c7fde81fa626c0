//! The JSON Schema of `feeds.toml`, made from the types that read it.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};

use super::raw::RawConfig;

/// The schema as pretty JSON with a final newline.
#[must_use]
pub fn schema() -> String {
    let mut schema = SchemaSettings::default().into_generator().into_root_schema_for::<RawConfig>();
    RecursiveTransform(without_default).transform(&mut schema);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

/// Leaves out defaults: those of the types are empty, and the descriptions state the real ones.
fn without_default(schema: &mut Schema) {
    schema.remove("default");
}
