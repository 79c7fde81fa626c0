//! `[feed.select]` -> compiled rules.

use chrono_tz::Tz;
use regex::{Regex, RegexBuilder};

use super::check_feed::FeedChecker;
use super::raw::{RawField, RawFieldTable, RawReplace, RawSelect};
use super::read::{Step, nearest};
use crate::date::{self, DateRules, Order};
use crate::extract::{Css, Field, Find, Rules, Source};

/// Compiled size of a pattern, in bytes: far above any honest one.
const MAX_PATTERN_COMPILED_BYTES: usize = 1 << 20;
/// Length of a pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 2000;

/// Compiles the rules; `None` if there are mistakes (all of them are noted).
pub(super) fn check(
    raw: Option<&RawSelect>,
    zone: Tz,
    language: Option<&str>,
    at: &mut FeedChecker<'_, '_>,
) -> Option<Rules> {
    let Some(raw) = raw else {
        let hint = "add [feed.select] with at least `item`, a CSS selector of one item".to_owned();
        at.problem(&[], "the feed has no `[feed.select]`".to_owned(), Some(hint));
        return None;
    };
    let item = match raw.item.as_deref() {
        Some(text) => css(text, &[key("select"), key("item")], at),
        None => {
            let hint = "a CSS selector that matches one item, such as \"article\"".to_owned();
            at.problem(&["select"], "`[feed.select]` has no `item`".to_owned(), Some(hint));
            None
        }
    };
    let container = raw.container.as_deref().map(|c| css(c, &[key("select"), key("container")], at));
    let base = DateRules { format: None, zone, order: None, language: language.map(str::to_owned) };
    let mut fields = raw.fields().map(|(name, field)| {
        let mut place = Place { field: name, steps: vec![key("select"), key(name)], dates: &base };
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
        id: take(),
        container: container.flatten(),
        next: None,
        item: item?,
    })
}

/// Where a field stands, and what its dates inherit.
struct Place<'a> {
    field: &'static str,
    steps: Vec<Step>,
    dates: &'a DateRules,
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
        RawField::Css(text) => css(text, &place.steps, at)
            .map(|css| Source {
                find: Find::Css(css),
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
    match (&raw.css, &raw.from, &raw.constant) {
        (Some(text), None, None) => css(text, &place.with("css"), at).map(Find::Css),
        (None, Some(other), None) => reference(other, place, at).map(Find::From),
        (None, None, Some(text)) => Some(Find::Const(text.clone())),
        _ => {
            let message = format!("`{}` needs exactly one of `css`, `from` and `const`", place.field);
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

pub(super) fn css(text: &str, steps: &[Step], at: &mut FeedChecker<'_, '_>) -> Option<Css> {
    match Css::parse(text) {
        Ok(css) => Some(css),
        Err(error) => {
            let hint = "CSS selectors of level 4, such as \"article h2 > a[href]\"".to_owned();
            at.problem_at(steps, format!("selector `{text}`: {error}"), Some(hint));
            None
        }
    }
}

pub(super) fn pattern(text: &str, steps: &[Step], at: &mut FeedChecker<'_, '_>) -> Option<Regex> {
    let compiled = if text.len() > MAX_PATTERN_BYTES {
        Err(format!("longer than {MAX_PATTERN_BYTES} bytes"))
    } else {
        RegexBuilder::new(text)
            .size_limit(MAX_PATTERN_COMPILED_BYTES)
            .build()
            .map_err(|e| e.to_string().lines().last().unwrap_or_default().trim().to_owned())
    };
    match compiled {
        Ok(regex) => Some(regex),
        Err(error) => {
            let hint = "look-around and back-references are not supported; in TOML write '…' to avoid double backslashes";
            at.problem_at(steps, format!("pattern `{text}`: {error}"), Some(hint.to_owned()));
            None
        }
    }
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
