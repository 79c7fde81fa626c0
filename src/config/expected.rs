//! Values of the wrong type and unknown keys, told in plain words: the tree of `feeds.toml` is compared
//! with its JSON Schema. serde decides whether a file is well-formed; this only finds the words, so that
//! none of serde's reach a person.

use std::ops::Range;
use std::sync::LazyLock;

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeArray, DeInteger, DeTable, DeValue};

use super::misplaced::belongs_into;
use super::report::ConfigProblem;
use super::schema::schema_value;
use super::wording::{Form, description, example_line, forms, list_of, subject, unquoted_line};
use crate::nearest::nearest;
use crate::rules::{SettingStep, key};

/// The schema is the same for every file, and takes a moment to make.
static SCHEMA: LazyLock<Value> = LazyLock::new(schema_value);

/// Every value of the tree that its key does not take, and every unknown key.
pub(super) fn mismatches(tree: &DeTable<'_>) -> Vec<ConfigProblem> {
    let schema: &Value = &SCHEMA;
    let mut comparison = Comparison { schema, path: Vec::new(), problems: Vec::new() };
    comparison.table(schema, tree);
    comparison.problems
}

/// The comparison of a tree with the schema.
struct Comparison<'s> {
    schema: &'s Value,
    /// The way from the root to the value that is looked at.
    path: Vec<SettingStep>,
    problems: Vec<ConfigProblem>,
}

impl<'s> Comparison<'s> {
    /// Compares a value with the node of the schema that describes it. `setting` is the node of the nearest
    /// key around it, which has the example.
    fn value(&mut self, node: &'s Value, setting: &'s Value, value: &Spanned<DeValue<'_>>) {
        let forms = forms(self.schema, node);
        let fitting: Vec<&Form<'s>> =
            forms.iter().filter(|form| form.takes_type_of(value.get_ref())).collect();
        match (fitting.as_slice(), value.get_ref()) {
            ([], wrong) => {
                let message =
                    format!("{} must be {}, not {}", self.subject(), list_of(&forms), type_words(wrong));
                let unquoted = wrong.as_str().and_then(|text| unquoted_line(&forms, text, &self.path));
                let hint = unquoted.or_else(|| secret_hint(wrong));
                self.problem_with(value.span(), message, setting, hint);
            }
            ([form], DeValue::Table(table)) => self.table(form.node, table),
            ([form], DeValue::Array(list)) if form.has_length(list.len()) => {
                self.list(form.node, setting, list);
            }
            ([form], DeValue::Integer(number)) => {
                self.number(form, setting, number, value.span());
            }
            // A list that may have several forms, and has none of them.
            (several, DeValue::Array(list)) if !several.iter().any(|form| self.fits(form, list)) => {
                let message = format!("{} must be {}", self.subject(), list_of(&forms));
                self.problem(value.span(), message, setting);
            }
            _ => {}
        }
    }

    /// Compares a number with what the type of its setting holds. The setting itself may allow less: its
    /// description says so.
    fn number(&mut self, form: &Form<'s>, setting: &'s Value, number: &DeInteger<'_>, span: Range<usize>) {
        let (low, high) = form.range();
        if integer(number).is_some_and(|number| (low..=high).contains(&number)) {
            return;
        }
        let mistake = if number.as_str().starts_with('-') { "must not be negative" } else { "is too large" };
        let message = format!("{} {mistake}", self.subject());
        self.problem_with(span, message, setting, description(setting));
    }

    fn table(&mut self, node: &'s Value, table: &DeTable<'_>) {
        let properties = node["properties"].as_object();
        let others = &node["additionalProperties"];
        for (name, value) in table {
            let property = properties.and_then(|properties| properties.get(name.get_ref().as_ref()));
            self.path.push(key(name.get_ref()));
            match property {
                Some(node) => self.value(node, node, value),
                None if others.is_object() => self.value(others, others, value),
                None if *others == Value::Bool(false) => {
                    let known: Vec<&str> =
                        properties.into_iter().flatten().map(|(name, _)| &**name).collect();
                    let elsewhere = belongs_into(self.schema, &self.path);
                    self.problems.push(unknown_key(name.get_ref(), &known, elsewhere, name.span()));
                }
                None => {}
            }
            self.path.pop();
        }
    }

    fn list(&mut self, node: &'s Value, setting: &'s Value, list: &DeArray<'_>) {
        for (i, entry) in list.iter().enumerate() {
            self.path.push(SettingStep::Index(i));
            self.value(&node["items"], setting, entry);
            self.path.pop();
        }
    }

    /// Whether a list has a form, with all its entries.
    fn fits(&self, form: &Form<'s>, list: &DeArray<'_>) -> bool {
        let mut comparison = Comparison { schema: self.schema, path: Vec::new(), problems: Vec::new() };
        comparison.list(form.node, form.node, list);
        form.has_length(list.len()) && comparison.problems.is_empty()
    }

    fn subject(&self) -> String {
        subject(&self.path)
    }

    fn problem(&mut self, span: Range<usize>, message: String, setting: &Value) {
        self.problem_with(span, message, setting, None);
    }

    /// A problem with a remedy of its own; without one, an example is the remedy.
    fn problem_with(&mut self, span: Range<usize>, message: String, setting: &Value, hint: Option<String>) {
        let hint = hint.unwrap_or_else(|| example_line(self.schema, setting, &self.path));
        self.problems.push(ConfigProblem { span, message, hint: Some(hint) });
    }
}

/// The remedy for a secret in place of a text that cannot be one.
fn secret_hint(value: &DeValue<'_>) -> Option<String> {
    let DeValue::Table(table) = value else { return None };
    let is_place = !table.is_empty() && table.keys().all(|name| matches!(&**name.get_ref(), "env" | "file"));
    is_place.then(|| {
        "write the text out; secrets can stand in `query`, `headers`, `cookies` and `body` of [feed.fetch], such as \
         query = { api_key = { env = \"NAME\" } }"
            .to_owned()
    })
}

/// How the message about an unknown key begins.
const UNKNOWN_KEY: &str = "unknown key";

/// `elsewhere` says in which other table the key is known.
fn unknown_key(name: &str, known: &[&str], elsewhere: Option<String>, span: Range<usize>) -> ConfigProblem {
    let hint = match (nearest(name, known), elsewhere) {
        (Some(near), None) => format!("did you mean `{near}`?"),
        (Some(near), Some(elsewhere)) => format!("did you mean `{near}`? {elsewhere}"),
        (None, Some(elsewhere)) => elsewhere,
        (None, None) => format!("known here: {}", known.join(", ")),
    };
    ConfigProblem { span, message: format!("{UNKNOWN_KEY} `{name}`"), hint: Some(hint) }
}

/// Whether a problem is a key that its table does not have.
pub(super) fn is_unknown_key(problem: &ConfigProblem) -> bool {
    problem.message.starts_with(UNKNOWN_KEY)
}

fn integer(number: &DeInteger<'_>) -> Option<i128> {
    i128::from_str_radix(number.as_str(), number.radix()).ok()
}

/// The type of a value in words. The value itself is not shown: it may be a secret.
fn type_words(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(true) => "`true`",
        DeValue::Boolean(false) => "`false`",
        DeValue::Datetime(_) => "a date without quotation marks",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
