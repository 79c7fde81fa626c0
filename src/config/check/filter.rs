//! `[[feed.filter]]` -> compiled filters.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::config::raw::filter::{RawChange, RawComparison, RawCondition, RawFilter};
use crate::config::raw::shorthand::RawDuration;

use super::checker::FeedChecker;
use crate::filter::{Bound, Change, Condition, Field, Filter, Test};
use crate::nearest::nearest;
use crate::rules::{Step, pattern};
use crate::schedule::parse_duration;

/// Compiles the filters of a feed; mistakes are noted.
pub(crate) fn check(raw: &[RawFilter], zone: Tz, at: &mut FeedChecker<'_, '_>) -> Vec<Filter> {
    raw.iter().enumerate().filter_map(|(i, filter)| one(filter, i, zone, at)).collect()
}

fn one(raw: &RawFilter, index: usize, zone: Tz, at: &mut FeedChecker<'_, '_>) -> Option<Filter> {
    let place = Place { steps: vec![Step::Key("filter".to_owned()), Step::Index(index)], zone };
    // All of them are checked, also where one is too many.
    let keep = raw.keep.as_ref().map(|raw| conditions(raw, &place.with("keep"), at));
    let drop = raw.drop.as_ref().map(|raw| conditions(raw, &place.with("drop"), at));
    let set = raw.set.as_ref().map(|raw| changes(raw, &place.with("set"), at));
    match (keep, drop, set) {
        (Some(conditions), None, None) => Some(Filter::Keep(conditions)),
        (None, Some(conditions), None) => Some(Filter::Drop(conditions)),
        (None, None, Some(changes)) => Some(Filter::Set(changes)),
        _ => {
            let hint = "for example drop = { title = \"(?i)sponsored\" }".to_owned();
            at.problem_at(
                &place.steps,
                "a filter has exactly one of `keep`, `drop` and `set`".to_owned(),
                Some(hint),
            );
            None
        }
    }
}

/// Where a setting stands, and the zone of its dates.
struct Place {
    steps: Vec<Step>,
    zone: Tz,
}

impl Place {
    fn with(&self, name: &str) -> Self {
        let mut steps = self.steps.clone();
        steps.push(Step::Key(name.to_owned()));
        Self { steps, zone: self.zone }
    }
}

fn conditions(
    raw: &BTreeMap<String, RawCondition>,
    place: &Place,
    at: &mut FeedChecker<'_, '_>,
) -> Vec<Condition> {
    if raw.is_empty() {
        at.problem_at(&place.steps, "it has no condition".to_owned(), None);
    }
    let mut out = Vec::new();
    for (name, raw) in raw {
        let place = place.with(name);
        let Some(field) = field(name, &place, at) else { continue };
        match raw {
            RawCondition::Pattern(text) => {
                out.extend(
                    at.rules(|errors| pattern(text, &place.steps, errors))
                        .map(|p| Condition { field, test: Test::Matches(p) }),
                );
            }
            RawCondition::Table(table) => {
                out.extend(tests(table, field, &place, at).into_iter().map(|test| Condition { field, test }));
            }
        }
    }
    out
}

fn tests(raw: &RawComparison, field: Field, place: &Place, at: &mut FeedChecker<'_, '_>) -> Vec<Test> {
    let mut out = Vec::new();
    let dates = raw.after.is_some() || raw.before.is_some();
    if dates != (field == Field::Date) {
        let hint = "`after` and `before` go with `date`; `not`, `min` and `max` with texts".to_owned();
        at.problem_at(&place.steps, "this comparison does not fit the field".to_owned(), Some(hint));
        return out;
    }
    if let Some(text) = &raw.not {
        let steps = place.with("not").steps;
        out.extend(at.rules(|errors| pattern(text, &steps, errors)).map(Test::Lacks));
    }
    if raw.min.is_some() || raw.max.is_some() {
        let (min, max) = (raw.min.unwrap_or(0), raw.max.unwrap_or(usize::MAX));
        if min > max {
            let message = format!("nothing is at least {min} and at most {max} characters long");
            at.problem_at(&place.steps, message, Some("`min` is the smaller one".to_owned()));
        }
        out.push(Test::Length { min, max });
    }
    if dates {
        let mut take = |name: &str, raw: Option<&RawDuration>| bound(raw?, &place.with(name), at);
        let (after, before) = (take("after", raw.after.as_ref()), take("before", raw.before.as_ref()));
        if let (Some(Bound::At(after)), Some(Bound::At(before))) = (after, before)
            && after >= before
        {
            let message = "no date is after the one and before the other".to_owned();
            at.problem_at(&place.steps, message, Some("`after` is the earlier one".to_owned()));
        }
        out.push(Test::When { after, before });
    }
    out
}

/// A date, a date and time, or how long ago.
fn bound(raw: &RawDuration, place: &Place, at: &mut FeedChecker<'_, '_>) -> Option<Bound> {
    let text = match raw {
        RawDuration::Seconds(seconds) => return Some(Bound::Ago(std::time::Duration::from_secs(*seconds))),
        RawDuration::Text(text) => text,
    };
    let day = || {
        let midnight = text.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN);
        place.zone.from_local_datetime(&midnight).earliest().map(|d| d.to_utc())
    };
    let moment = DateTime::parse_from_rfc3339(text).ok().map(|d| d.with_timezone(&Utc)).or_else(day);
    let found = moment.map(Bound::At).or_else(|| parse_duration(text).ok().map(Bound::Ago));
    if found.is_none() {
        let hint = "for example \"2025-11-04\" or \"30 days\"".to_owned();
        at.problem_at(&place.steps, format!("`{text}` is neither a date nor a length of time"), Some(hint));
    }
    found
}

fn changes(raw: &BTreeMap<String, RawChange>, place: &Place, at: &mut FeedChecker<'_, '_>) -> Vec<Change> {
    let mut out = Vec::new();
    for (name, raw) in raw {
        let place = place.with(name);
        let Some(field) = field(name, &place, at) else { continue };
        if matches!(field, Field::Any | Field::Date) {
            at.problem_at(&place.steps, format!("`{name}` cannot be set"), None);
            continue;
        }
        let change = match raw {
            RawChange::Text(text) => Some(Change { field, pattern: None, text: text.clone() }),
            RawChange::Replace([from, to]) => at
                .rules(|errors| pattern(from, &place.steps, errors))
                .map(|p| Change { field, pattern: Some(p), text: to.clone() }),
        };
        out.extend(change);
    }
    out
}

fn field(name: &str, place: &Place, at: &mut FeedChecker<'_, '_>) -> Option<Field> {
    let found = Field::parse(name);
    if found.is_none() {
        let names = Field::NAMES.map(str::to_owned).join(", ");
        let hint = nearest(name, &Field::NAMES).map_or_else(|| names, |n| format!("did you mean `{n}`?"));
        at.problem_at(&place.steps, format!("filters know no field `{name}`"), Some(hint));
    }
    found
}
