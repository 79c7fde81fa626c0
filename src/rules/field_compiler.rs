//! The rule of one field: as written -> compiled.

use regex::Regex;

use super::error::{RuleErrors, SettingStep, key};
use super::field::{Field, Find, Source};
use super::field_spec::{FieldSpec, ReplaceSpec, SourceSpec};
use super::selector_compiler::{Language, Medium, compile, pattern};
use super::selector_spec::SelectorTable;
use crate::date::{self, DateRules, Order};
use crate::model::{FieldName, ValueKind};
use crate::nearest::nearest;

/// The field that is compiled: its place, and the rules that its dates inherit.
pub(super) struct FieldPlace<'a> {
    /// Its name in messages.
    pub(super) name: &'a str,
    /// Which field it is; `None`: the cursor of the next page.
    pub(super) field: Option<FieldName>,
    pub(super) steps: Vec<SettingStep>,
    pub(super) dates: &'a DateRules,
    pub(super) medium: Medium,
}

impl FieldPlace<'_> {
    fn with(&self, name: &str) -> Vec<SettingStep> {
        let mut steps = self.steps.clone();
        steps.push(key(name));
        steps
    }

    fn inside(&self, index: usize) -> FieldPlace<'_> {
        let mut steps = self.steps.clone();
        steps.push(SettingStep::Index(index));
        FieldPlace { name: self.name, field: self.field, steps, dates: self.dates, medium: self.medium }
    }
}

/// Compiles the rule of a field; mistakes are noted.
pub(super) fn field(written: &FieldSpec, place: &FieldPlace<'_>, errors: &mut RuleErrors) -> Field {
    Field { sources: sources(written, place, errors) }
}

fn sources(written: &FieldSpec, place: &FieldPlace<'_>, errors: &mut RuleErrors) -> Vec<Source> {
    match written {
        FieldSpec::Text(text) => {
            let select = compile(place.medium.plain(), text, place.medium, &place.steps, errors);
            select.map(|select| plain_source(Find::Select(select), place.dates)).into_iter().collect()
        }
        FieldSpec::Table(table) => source(table, place, errors).into_iter().collect(),
        FieldSpec::Any(list) => {
            if list.is_empty() {
                errors.add(
                    &place.steps,
                    format!("`{}` is an empty list", place.name),
                    Some("for example [\"h2 a\", \"h3 a\"]"),
                );
            }
            let all = list.iter().enumerate();
            all.flat_map(|(i, one)| sources(one, &place.inside(i), errors)).collect()
        }
    }
}

fn plain_source(find: Find, dates: &DateRules) -> Source {
    Source { find, attr: None, regex: None, replace: Vec::new(), default: None, date: dates.clone() }
}

fn source(written: &SourceSpec, place: &FieldPlace<'_>, errors: &mut RuleErrors) -> Option<Source> {
    let find = find(written, place, errors);
    let regex = written.regex.as_deref().map(|text| pattern(text, &place.with("regex"), errors));
    let pairs = match &written.replace {
        None => &[],
        Some(ReplaceSpec::One(pair)) => std::slice::from_ref(pair),
        Some(ReplaceSpec::Many(pairs)) => pairs.as_slice(),
    };
    let replace = replacements(pairs, place, errors);
    let date = dates(written, place, errors);
    let regex = match regex {
        Some(compiled) => Some(compiled?),
        None => None,
    };
    Some(Source {
        find: find?,
        attr: written.attr.clone(),
        regex,
        replace,
        default: written.default.clone(),
        date,
    })
}

fn find(written: &SourceSpec, place: &FieldPlace<'_>, errors: &mut RuleErrors) -> Option<Find> {
    if written.attr.is_some() && place.medium == Medium::Json {
        let hint = "write the path to it, such as \"link.href\"";
        errors.add(&place.with("attr"), "`attr` cannot be used: JSON has no attributes", Some(hint));
    }
    let table = SelectorTable {
        css: written.css.clone(),
        xpath: written.xpath.clone(),
        json: written.json.clone(),
        jq: written.jq.clone(),
    };
    match (table.written().as_slice(), &written.from, &written.constant) {
        ([(language, text)], None, None) => by(*language, text, place, errors),
        ([], Some(other), None) => reference(other, place, errors).map(Find::From),
        ([], None, Some(text)) => Some(Find::Const(text.clone())),
        _ => {
            let message = format!(
                "`{}` needs exactly one of `css`, `xpath`, `json`, `jq`, `from` and `const`",
                place.name
            );
            let hint = "for example { css = \"h2 a\" } or { from = \"link\", regex = \"(\\\\d+)\" }";
            errors.add(&place.steps, message, Some(hint));
            None
        }
    }
}

fn by(language: Language, text: &str, place: &FieldPlace<'_>, errors: &mut RuleErrors) -> Option<Find> {
    compile(language, text, place.medium, &place.with(language.key()), errors).map(Find::Select)
}

/// The other field that a field refers to.
fn reference(other: &str, place: &FieldPlace<'_>, errors: &mut RuleErrors) -> Option<FieldName> {
    let field = FieldName::parse(other).filter(|field| Some(*field) != place.field);
    if field.is_none() {
        let names: Vec<&str> = FieldName::ALL.iter().map(|field| field.key()).collect();
        let hint = match nearest(other, &names) {
            Some(near) if near != place.name => format!("did you mean `{near}`?"),
            _ => format!("one of {}", names.join(", ")),
        };
        errors.add(
            &place.with("from"),
            format!("`from` must name another field, not `{other}`"),
            Some(&hint),
        );
    }
    field
}

fn replacements(
    pairs: &[[String; 2]],
    place: &FieldPlace<'_>,
    errors: &mut RuleErrors,
) -> Vec<(Regex, String)> {
    let steps = place.with("replace");
    let compiled = pairs.iter().filter_map(|[from, to]| Some((pattern(from, &steps, errors)?, to.clone())));
    compiled.collect()
}

fn dates(written: &SourceSpec, place: &FieldPlace<'_>, errors: &mut RuleErrors) -> DateRules {
    refuse_date_options(written, place, errors);
    let mut rules = place.dates.clone();
    if let Some(format) = &written.format {
        match date::check_format(format) {
            Ok(()) => rules.format = Some(format.clone()),
            Err(error) => {
                let hint = "as in strftime, for example \"%B %d, %Y\" for November 04, 2025";
                errors.add(&place.with("format"), format!("format `{format}`: {error}"), Some(hint));
            }
        }
    }
    if let Some(order) = &written.order {
        rules.order = Order::parse(order);
        if rules.order.is_none() {
            let hint = "one of `dmy`, `mdy`, `ymd`";
            errors.add(&place.with("order"), format!("unknown order `{order}`"), Some(hint));
        }
    }
    if let Some(name) = &written.timezone
        && let Some(zone) = errors.zone(name, &place.with("timezone"))
    {
        rules.zone = zone;
    }
    if written.language.is_some() {
        rules.language.clone_from(&written.language);
    }
    rules
}

/// Notes options of dates on a field that is not a date.
fn refuse_date_options(written: &SourceSpec, place: &FieldPlace<'_>, errors: &mut RuleErrors) {
    if place.field.is_some_and(|field| field.kind() == ValueKind::Date) {
        return;
    }
    let options = [
        ("format", &written.format),
        ("order", &written.order),
        ("language", &written.language),
        ("timezone", &written.timezone),
    ];
    for (name, value) in options {
        if value.is_some() {
            let message = format!("`{}` takes no `{name}`", place.name);
            errors.add(&place.with(name), message, Some("only `date` and `updated` take it"));
        }
    }
}
