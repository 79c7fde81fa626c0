//! `[feed.select]` -> compiled rules.

use regex::Regex;

use super::super::raw::shorthand::{RawField, RawReplace, RawSelector, RawSelectorTable};
use super::super::raw::{RawFieldTable, RawSelect};
use super::super::read::{Step, nearest};
use super::feed::FeedChecker;
use super::selector::{Medium, by, css, json_items, pattern, plain, selector, ways};
use crate::date;
use crate::date::{DateRules, Order};
use crate::rules::{Css, Field, Find, Rules, Select, Source};

/// Compiles the rules; `None` if there are mistakes (all of them are noted).
pub(crate) fn check(
    raw: Option<&RawSelect>,
    medium: Medium,
    base: &DateRules,
    at: &mut FeedChecker<'_, '_>,
) -> Option<Rules> {
    let Some(raw) = raw else {
        let hint = match medium {
            Medium::Html => {
                "add [feed.select] with at least `item`, a CSS selector of one item; or leave `kind` out, and the listing is found by itself"
            }
            Medium::Json => "add [feed.select] with at least `item`, a JSONPath to the list of items",
        };
        let hint = hint.to_owned();
        at.problem(&[], "the feed has no `[feed.select]`".to_owned(), Some(hint));
        return None;
    };
    let item = item(raw, medium, at);
    let container = only("container", raw.container.as_deref(), medium == Medium::Html, at);
    let script = only("script", raw.script.as_deref(), medium == Medium::Json, at);
    let mut fields = raw.fields().map(|(name, field)| {
        let mut place = Place { field: name, steps: vec![key("select"), key(name)], dates: base, medium };
        field.map(|f| compile(f, &mut place, at))
    });
    let mut next = 0;
    let mut take = || {
        next += 1;
        fields[next - 1].take().map(|sources| Field { sources })
    };
    Some(Rules {
        title: take(),
        link: take(),
        date: take(),
        updated: take(),
        summary: take(),
        author: take(),
        tags: take(),
        image: take(),
        content: take(),
        enclosure: take(),
        comments: take(),
        id: take(),
        container,
        script,
        next: None,
        cursor: None,
        item: item?,
    })
}

fn item(raw: &RawSelect, medium: Medium, at: &mut FeedChecker<'_, '_>) -> Option<Select> {
    let steps = [key("select"), key("item")];
    let Some(item) = &raw.item else {
        let hint = match medium {
            Medium::Html => "a CSS selector that matches one item, such as \"article\"",
            Medium::Json => "a JSONPath to the list of items, such as \"$.data.items\"",
        };
        at.problem(&["select"], "`[feed.select]` has no `item`".to_owned(), Some(hint.to_owned()));
        return None;
    };
    match item {
        RawSelector::Text(text) if medium == Medium::Json => json_items(text, &steps, at),
        RawSelector::Table(RawSelectorTable { json: Some(text), css: None, xpath: None, jq: None })
            if medium == Medium::Json =>
        {
            json_items(text, &[key("select"), key("item"), key("json")], at)
        }
        other => selector(other, medium, &steps, at),
    }
}

/// A CSS selector that only one kind has.
fn only(name: &str, text: Option<&str>, fits: bool, at: &mut FeedChecker<'_, '_>) -> Option<Css> {
    let steps = [key("select"), key(name)];
    let text = text?;
    if !fits {
        let other = if name == "script" { "json" } else { "html" };
        at.problem_at(&steps, format!("`{name}` goes with `kind = \"{other}\"`"), None);
        return None;
    }
    css(text, &steps, at)
}

/// The cursor of a page, a field like others.
pub(crate) fn cursor(
    raw: &RawField,
    medium: Medium,
    base: &DateRules,
    at: &mut FeedChecker<'_, '_>,
) -> Field {
    let steps = vec![key("pages"), key("cursor")];
    let mut place = Place { field: "cursor", steps, dates: base, medium };
    Field { sources: compile(raw, &mut place, at) }
}

/// Where a field stands, and what its dates inherit.
struct Place<'a> {
    field: &'static str,
    steps: Vec<Step>,
    dates: &'a DateRules,
    medium: Medium,
}

impl Place<'_> {
    fn with(&self, name: &str) -> Vec<Step> {
        let mut steps = self.steps.clone();
        steps.push(key(name));
        steps
    }
}

fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}

fn compile(raw: &RawField, place: &mut Place<'_>, at: &mut FeedChecker<'_, '_>) -> Vec<Source> {
    match raw {
        RawField::Css(text) => plain(text, place.medium, &place.steps, at)
            .map(|select| Source {
                find: Find::Select(select),
                attr: None,
                regex: None,
                replace: Vec::new(),
                default: None,
                date: place.dates.clone(),
            })
            .into_iter()
            .collect(),
        RawField::Table(table) => source(table, place, at).into_iter().collect(),
        RawField::Any(list) => {
            if list.is_empty() {
                at.problem_at(&place.steps, format!("`{}` is an empty list", place.field), None);
            }
            let mut sources = Vec::new();
            for (i, one) in list.iter().enumerate() {
                place.steps.push(Step::Index(i));
                sources.extend(compile(one, place, at));
                place.steps.pop();
            }
            sources
        }
    }
}

fn source(raw: &RawFieldTable, place: &Place<'_>, at: &mut FeedChecker<'_, '_>) -> Option<Source> {
    let find = find(raw, place, at);
    let regex = raw.regex.as_deref().map(|p| pattern(p, &place.with("regex"), at));
    let replace = match &raw.replace {
        None => Vec::new(),
        Some(RawReplace::One(pair)) => replacements(std::slice::from_ref(pair), place, at),
        Some(RawReplace::Many(pairs)) => replacements(pairs, place, at),
    };
    let date = dates(raw, place, at);
    Some(Source {
        find: find?,
        attr: raw.attr.clone(),
        regex: match regex {
            None => None,
            Some(compiled) => Some(compiled?),
        },
        replace,
        default: raw.default.clone(),
        date,
    })
}

fn find(raw: &RawFieldTable, place: &Place<'_>, at: &mut FeedChecker<'_, '_>) -> Option<Find> {
    let mut given = ways(raw.css.as_ref(), raw.xpath.as_ref(), raw.json.as_ref(), raw.jq.as_ref());
    if raw.attr.is_some() && place.medium == Medium::Json {
        let hint = "write the path to it, such as \"link.href\"".to_owned();
        at.problem_at(&place.with("attr"), "JSON has no attributes".to_owned(), Some(hint));
    }
    match (given.pop(), given.is_empty(), &raw.from, &raw.constant) {
        (Some((way, text)), true, None, None) => {
            by(way, text, place.medium, &place.with(way), at).map(Find::Select)
        }
        (None, _, Some(other), None) => reference(other, place, at).map(Find::From),
        (None, _, None, Some(text)) => Some(Find::Const(text.clone())),
        _ => {
            let message = format!(
                "`{}` needs exactly one of `css`, `xpath`, `json`, `jq`, `from` and `const`",
                place.field
            );
            let hint = "for example { css = \"h2 a\" } or { from = \"link\", regex = \"(\\\\d+)\" }";
            at.problem_at(&place.steps, message, Some(hint.to_owned()));
            None
        }
    }
}

fn reference(other: &str, place: &Place<'_>, at: &mut FeedChecker<'_, '_>) -> Option<String> {
    let names = RawSelect::default().fields().map(|(name, _)| name);
    if names.contains(&other) && other != place.field {
        return Some(other.to_owned());
    }
    let hint = match nearest(other, &names) {
        Some(near) if near != place.field => format!("did you mean `{near}`?"),
        _ => format!("one of {}", names.join(", ")),
    };
    at.problem_at(&place.with("from"), format!("`from` names no other field: `{other}`"), Some(hint));
    None
}

fn replacements(
    pairs: &[[String; 2]],
    place: &Place<'_>,
    at: &mut FeedChecker<'_, '_>,
) -> Vec<(Regex, String)> {
    let steps = place.with("replace");
    let compiled = pairs.iter().map(|[from, to]| pattern(from, &steps, at).map(|p| (p, to.clone())));
    compiled.collect::<Vec<_>>().into_iter().flatten().collect()
}

fn dates(raw: &RawFieldTable, place: &Place<'_>, at: &mut FeedChecker<'_, '_>) -> DateRules {
    let is_date = matches!(place.field, "date" | "updated");
    let options = [
        ("format", &raw.format),
        ("order", &raw.order),
        ("language", &raw.language),
        ("timezone", &raw.timezone),
    ];
    for (name, value) in options {
        if value.is_some() && !is_date {
            let hint = "only `date` and `updated` have it".to_owned();
            at.problem_at(&place.with(name), format!("`{}` has no `{name}`", place.field), Some(hint));
        }
    }
    let mut rules = place.dates.clone();
    if let Some(format) = &raw.format {
        match date::check_format(format) {
            Ok(()) => rules.format = Some(format.clone()),
            Err(error) => {
                let hint = "as in strftime, for example \"%B %d, %Y\" for November 04, 2025".to_owned();
                at.problem_at(&place.with("format"), format!("format `{format}`: {error}"), Some(hint));
            }
        }
    }
    if let Some(order) = &raw.order {
        rules.order = Order::parse(order);
        if rules.order.is_none() {
            let hint = "one of `dmy`, `mdy`, `ymd`".to_owned();
            at.problem_at(&place.with("order"), format!("unknown order `{order}`"), Some(hint));
        }
    }
    if let Some(name) = &raw.timezone
        && let Some(zone) = at.zone(name, &place.with("timezone"))
    {
        rules.zone = zone;
    }
    if raw.language.is_some() {
        rules.language.clone_from(&raw.language);
    }
    rules
}
