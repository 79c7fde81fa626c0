//! The tables of `feeds.toml` to which a key belongs that stands in another one.

use serde_json::Value;

use super::schema::schema_value;
use super::wording::forms;
use crate::rules::{SettingStep, key};

/// The reason why a key stands in another table than a person sees, and the remedy.
pub(super) const BELOW_HEADER: &str =
    "keys below the line of a header belong to its table, so write this one above such lines";

/// Where a key of `[[notify]]` belongs that stands in a table inside of it, as a sentence.
pub(super) fn of_rule(name: &str) -> Option<String> {
    belongs_into(&schema_value(), &[key("notify"), key("filter"), key(name)])
}

/// Where a key belongs that its own table does not have, as a sentence. `path` leads to the key. Looked
/// through are the tables of the same feed, or of the whole file for a key outside of all tables.
pub(super) fn belongs_into(schema: &Value, path: &[SettingStep]) -> Option<String> {
    let Some(SettingStep::Key(name)) = path.last() else { return None };
    let tables = match path {
        [SettingStep::Key(first), _, _, ..] if first == "notify" => {
            tables(schema, &schema["properties"][first.as_str()], first)
        }
        [_] => inside(schema, schema, ""),
        [SettingStep::Key(first), ..] if matches!(first.as_str(), "feed" | "defaults") => {
            let own = tables(schema, &schema["properties"][first.as_str()], first);
            let parts: Tables<'_> = own.iter().flat_map(|&(_, node)| inside(schema, node, first)).collect();
            own.into_iter().chain(parts).collect()
        }
        _ => return None,
    };
    let has_key = |node: &Value| node["properties"].get(name.as_str()).is_some();
    let headers: Vec<String> =
        tables.into_iter().filter(|(_, node)| has_key(node)).map(|(header, _)| header).collect();
    let words = format!("`{name}` belongs into {}", alternatives(&headers)?);
    let is_inside_rule =
        matches!(path, [SettingStep::Key(first), SettingStep::Index(_), ..] if first == "notify");
    Some(if is_inside_rule { format!("{words}: {BELOW_HEADER}") } else { words })
}

/// The headers of tables, each with the node of the schema that describes the table.
type Tables<'s> = Vec<(String, &'s Value)>;

/// The tables that stand directly in a table. `around` is the name of that table; empty for the file itself.
fn inside<'s>(schema: &'s Value, node: &'s Value, around: &str) -> Tables<'s> {
    let properties = node["properties"].as_object().into_iter().flatten();
    let full_name = |name: &str| if around.is_empty() { name.to_owned() } else { format!("{around}.{name}") };
    properties.flat_map(|(name, node)| tables(schema, node, &full_name(name))).collect()
}

/// The table or the tables that a setting of this name is made of; none if it is no table.
fn tables<'s>(schema: &'s Value, node: &'s Value, name: &str) -> Tables<'s> {
    let is_table = |node: &Value| node["properties"].is_object();
    let mut found = Tables::new();
    for form in forms(schema, node) {
        if is_table(form.node) {
            found.push((format!("[{name}]"), form.node));
        }
        let entries =
            if form.node["items"].is_object() { forms(schema, &form.node["items"]) } else { Vec::new() };
        let entries = entries.into_iter().filter(|entry| is_table(entry.node));
        found.extend(entries.map(|entry| (format!("[[{name}]]"), entry.node)));
    }
    found
}

/// `[a]`, `[a] or [b]`, `[a], [b] or [c]`; `None` for none.
fn alternatives(headers: &[String]) -> Option<String> {
    let (last, others) = headers.split_last()?;
    Some(if others.is_empty() { last.clone() } else { format!("{} or {last}", others.join(", ")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(keys: &[&str], expected: Option<&str>) {
        let path: Vec<SettingStep> = keys.iter().map(|name| key(name)).collect();
        let found = belongs_into(&schema_value(), &path);
        assert_eq!(found.as_deref(), expected, "{keys:?}");
    }

    #[test]
    fn a_key_of_another_table_is_told_its_own() {
        check(&["feed", "query"], Some("`query` belongs into [feed.fetch]"));
        check(&["feed", "fetch", "home"], Some("`home` belongs into [[feed]]"));
        check(&["feed", "select", "schedule"], Some("`schedule` belongs into [[feed]]"));
        check(&["feed", "robots"], Some("`robots` belongs into [feed.fetch]"));
        check(&["defaults", "robots"], Some("`robots` belongs into [defaults.fetch]"));
        check(&["listen"], Some("`listen` belongs into [server]"));
    }

    #[test]
    fn a_key_below_a_table_of_a_rule_is_told_why() {
        let path = [key("notify"), SettingStep::Index(0), key("filter"), SettingStep::Index(0), key("ntfy")];
        let expected = format!("`ntfy` belongs into [[notify]]: {BELOW_HEADER}");
        assert_eq!(belongs_into(&schema_value(), &path), Some(expected));
        assert_eq!(of_rule("when").as_deref(), Some("`when` belongs into [[notify]]"));
        assert_eq!(of_rule("topic"), None);
    }

    #[test]
    fn a_key_of_no_table_stays_unknown() {
        check(&["feed", "quary"], None);
        check(&["feed", "listen"], None);
        check(&["server", "schedule"], None);
    }
}
