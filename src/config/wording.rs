//! The words for what a setting takes, and an example of it, from the JSON Schema of `feeds.toml`.

use serde_json::Value;
use toml::de::DeValue;

use crate::rules::SettingStep;

/// One of the forms that a setting may have: a node of the schema with a single type.
pub(super) struct Form<'s> {
    pub(super) node: &'s Value,
    type_name: &'s str,
    words: String,
}

/// The forms that a node of the schema allows.
pub(super) fn forms<'s>(schema: &'s Value, node: &'s Value) -> Vec<Form<'s>> {
    let node = resolved(schema, node);
    if let Some(choices) = node["anyOf"].as_array() {
        return choices.iter().flat_map(|choice| forms(schema, choice)).collect();
    }
    let types = match &node["type"] {
        Value::Array(types) => types.iter().collect(),
        one => vec![one],
    };
    let type_names = types.into_iter().filter_map(Value::as_str).filter(|name| *name != "null");
    type_names.map(|type_name| Form { node, type_name, words: words(schema, node, type_name) }).collect()
}

impl Form<'_> {
    /// Whether a value has the type of this form.
    pub(super) fn takes_type_of(&self, value: &DeValue<'_>) -> bool {
        match value {
            DeValue::String(_) => self.type_name == "string",
            DeValue::Integer(_) => matches!(self.type_name, "integer" | "number"),
            DeValue::Float(_) => self.type_name == "number",
            DeValue::Boolean(_) => self.type_name == "boolean",
            DeValue::Array(_) => self.type_name == "array",
            DeValue::Table(_) => self.type_name == "object",
            DeValue::Datetime(_) => false,
        }
    }

    /// Whether a list of this form may have so many entries.
    pub(super) fn has_length(&self, length: usize) -> bool {
        let bound = |name: &str| self.node[name].as_u64().and_then(|bound| usize::try_from(bound).ok());
        bound("minItems").is_none_or(|min| length >= min) && bound("maxItems").is_none_or(|max| length <= max)
    }

    /// The least and the greatest whole number that the type of this form holds.
    pub(super) fn range(&self) -> (i128, i128) {
        let high = match self.node["format"].as_str() {
            Some("uint32") => i128::from(u32::MAX),
            _ => i128::from(i64::MAX),
        };
        let low = self.node["minimum"].as_i64().map_or(i128::from(i64::MIN), i128::from);
        (low, high)
    }
}

/// The forms in words: `a text or a table`.
pub(super) fn list_of(forms: &[Form<'_>]) -> String {
    let mut words: Vec<&str> = Vec::new();
    for form in forms {
        if !words.contains(&form.words.as_str()) {
            words.push(&form.words);
        }
    }
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "another value".to_owned(),
    }
}

/// The node itself, or the definition that it refers to.
fn resolved<'s>(schema: &'s Value, node: &'s Value) -> &'s Value {
    let reference = node["$ref"].as_str().and_then(|name| name.strip_prefix("#/$defs/"));
    reference.map_or(node, |name| &schema["$defs"][name])
}

fn words(schema: &Value, node: &Value, type_name: &str) -> String {
    match type_name {
        "string" => "a text".to_owned(),
        "integer" => "a whole number".to_owned(),
        "number" => "a number".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        "array" => list_words(schema, node),
        _ => "a table".to_owned(),
    }
}

fn list_words(schema: &Value, node: &Value) -> String {
    let entry = resolved(schema, &node["items"]);
    let is_pair = |node: &Value| node["minItems"] == 2 && node["maxItems"] == 2;
    match entry["type"].as_str() {
        Some("string") if is_pair(node) => "a pair of texts".to_owned(),
        Some("string") => "a list of texts".to_owned(),
        Some("object") => "a list of tables".to_owned(),
        Some("array") if is_pair(entry) => "a list of pairs of texts".to_owned(),
        _ => "a list".to_owned(),
    }
}

/// The setting that a path leads to, as the subject of a sentence.
pub(super) fn subject(path: &[SettingStep]) -> String {
    match path.last() {
        Some(SettingStep::Index(i)) => format!("entry {} of `{}`", i + 1, last_key(path)),
        _ => format!("`{}`", last_key(path)),
    }
}

fn last_key(path: &[SettingStep]) -> &str {
    let keys = path.iter().rev().filter_map(|step| match step {
        SettingStep::Key(name) => Some(name.as_str()),
        SettingStep::Index(_) => None,
    });
    keys.into_iter().next().unwrap_or("feeds.toml")
}

/// A sentence that shows how a setting is written. `setting` is its node in the schema, `path` leads to it.
pub(super) fn example_line(schema: &Value, setting: &Value, path: &[SettingStep]) -> String {
    let name = last_key(path);
    if let Some(example) = example(schema, setting) {
        return format!("for example {} = {}", toml_key(name), toml_value(example));
    }
    let forms = forms(schema, setting);
    let header = header(path);
    match forms.first().map(|form| form.words.as_str()) {
        Some("a table") => format!("write a line [{header}], and its keys below it"),
        Some("a list of tables") => format!("write a line [[{header}]] for each, and its keys below it"),
        Some(words) => format!("write {words}"),
        None => "see the manual".to_owned(),
    }
}

/// The documentation of a setting, on one line.
pub(super) fn description(setting: &Value) -> Option<String> {
    let text = setting["description"].as_str()?;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The remedy for a number, `true` or `false` in quotes, if that is what a setting should have and has not.
pub(super) fn unquoted_line(forms: &[Form<'_>], text: &str, path: &[SettingStep]) -> Option<String> {
    let takes = |type_name: &str| forms.iter().any(|form| form.type_name == type_name);
    let name = toml_key(last_key(path));
    if takes("integer")
        && let Ok(number) = text.trim().parse::<i64>()
    {
        return Some(format!("write it without quotes: {name} = {number}"));
    }
    let meant = match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" if takes("boolean") => true,
        "false" | "no" | "off" if takes("boolean") => false,
        _ => return None,
    };
    Some(format!("write it without quotes: {name} = {meant}"))
}

/// The example of a setting, or of the type that it has.
fn example<'s>(schema: &'s Value, node: &'s Value) -> Option<&'s Value> {
    let own = |node: &'s Value| node["examples"].as_array().and_then(|examples| examples.first());
    let choices = node["anyOf"].as_array().into_iter().flatten();
    let mut nodes = std::iter::once(node).chain(choices);
    nodes.find_map(|node| own(node).or_else(|| own(resolved(schema, node))))
}

/// The name of the table that a path leads to, as in its header.
fn header(path: &[SettingStep]) -> String {
    let keys = path.iter().filter_map(|step| match step {
        SettingStep::Key(name) => Some(toml_key(name)),
        SettingStep::Index(_) => None,
    });
    keys.collect::<Vec<_>>().join(".")
}

fn toml_key(name: &str) -> String {
    let is_bare =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if is_bare { name.to_owned() } else { Value::from(name).to_string() }
}

/// A value of JSON as TOML writes it.
fn toml_value(value: &Value) -> String {
    match value {
        Value::Array(list) => format!("[{}]", list.iter().map(toml_value).collect::<Vec<_>>().join(", ")),
        Value::Object(table) => {
            let entries =
                table.iter().map(|(name, value)| format!("{} = {}", toml_key(name), toml_value(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => crate::rules::quoted(text),
        plain => plain.to_string(),
    }
}
