//! `[[feed.filter]]` -> compiled filters.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::checker::FeedChecker;
use crate::config::raw::filter::{RawChange, RawComparison, RawCondition, RawFilter};
use crate::config::raw::shorthand::RawDuration;
use crate::filter::{Bound, Condition, FieldChange, Filter, FilterField, Test};
use crate::nearest::nearest;
use crate::rules::{SettingStep, key, pattern};
use crate::schedule::parse_duration;

/// Compiles the filters of a feed; mistakes are noted.
pub(crate) fn check(raw: &[RawFilter], zone: Tz, checker: &mut FeedChecker<'_, '_>) -> Vec<Filter> {
    raw.iter().enumerate().filter_map(|(i, filter)| compile(filter, i, zone, checker)).collect()
}

fn compile(raw: &RawFilter, index: usize, zone: Tz, checker: &mut FeedChecker<'_, '_>) -> Option<Filter> {
    let setting = Setting { steps: vec![key("filter"), SettingStep::Index(index)], zone };
    // All three are checked, even if only one of them may be there.
    let keep = raw.keep.as_ref().map(|raw| conditions(raw, &setting.inside("keep"), checker));
    let drop = raw.drop.as_ref().map(|raw| conditions(raw, &setting.inside("drop"), checker));
    let set = raw.set.as_ref().map(|raw| changes(raw, &setting.inside("set"), checker));
    match (keep, drop, set) {
        (Some(conditions), None, None) => Some(Filter::Keep(conditions)),
        (None, Some(conditions), None) => Some(Filter::Drop(conditions)),
        (None, None, Some(changes)) => Some(Filter::Set(changes)),
        _ => {
            let message = "a filter needs exactly one of `keep`, `drop` and `set`".to_owned();
            let hint = "for example drop = { title = \"(?i)sponsored\" }".to_owned();
            checker.problem_at(&setting.steps, message, Some(hint));
            None
        }
    }
}

/// The place of a setting in the file, and the zone of its dates.
struct Setting {
    steps: Vec<SettingStep>,
    zone: Tz,
}

impl Setting {
    /// A setting inside this one.
    fn inside(&self, name: &str) -> Self {
        let mut steps = self.steps.clone();
        steps.push(key(name));
        Self { steps, zone: self.zone }
    }
}

fn conditions(
    raw: &BTreeMap<String, RawCondition>,
    setting: &Setting,
    checker: &mut FeedChecker<'_, '_>,
) -> Vec<Condition> {
    if raw.is_empty() {
        let hint = "for example { title = \"(?i)sponsored\" }".to_owned();
        checker.problem_at(&setting.steps, "the filter has no condition".to_owned(), Some(hint));
    }
    let mut conditions = Vec::new();
    for (name, raw) in raw {
        let setting = setting.inside(name);
        let Some(field) = field(name, &setting, checker) else { continue };
        match raw {
            RawCondition::Pattern(text) => {
                let compiled = checker.rules(|errors| pattern(text, &setting.steps, errors));
                conditions.extend(compiled.map(|p| Condition { field, test: Test::Matches(p) }));
            }
            RawCondition::Table(table) => {
                let tests = tests(table, field, &setting, checker);
                conditions.extend(tests.into_iter().map(|test| Condition { field, test }));
            }
        }
    }
    conditions
}

fn tests(
    raw: &RawComparison,
    field: FilterField,
    setting: &Setting,
    checker: &mut FeedChecker<'_, '_>,
) -> Vec<Test> {
    let compares_dates = raw.after.is_some() || raw.before.is_some();
    if compares_dates != (field == FilterField::Date) {
        let message = "this comparison does not fit the field".to_owned();
        let hint = "`after` and `before` are for `date`; `not`, `min` and `max` are for texts".to_owned();
        checker.problem_at(&setting.steps, message, Some(hint));
        return Vec::new();
    }
    let mut tests = Vec::new();
    if let Some(text) = &raw.not {
        let steps = setting.inside("not").steps;
        tests.extend(checker.rules(|errors| pattern(text, &steps, errors)).map(Test::Lacks));
    }
    if raw.min.is_some() || raw.max.is_some() {
        let min = raw.min.unwrap_or(0);
        let max = raw.max.unwrap_or(usize::MAX);
        if min > max {
            let message = format!("no text is at least {min} and at most {max} characters long");
            let hint = "`min` must be the smaller number".to_owned();
            checker.problem_at(&setting.steps, message, Some(hint));
        }
        tests.push(Test::Length { min, max });
    }
    if compares_dates {
        tests.push(date_test(raw, setting, checker));
    }
    tests
}

fn date_test(raw: &RawComparison, setting: &Setting, checker: &mut FeedChecker<'_, '_>) -> Test {
    let mut checked_bound =
        |name: &str, raw: Option<&RawDuration>| bound(raw?, &setting.inside(name), checker);
    let after = checked_bound("after", raw.after.as_ref());
    let before = checked_bound("before", raw.before.as_ref());
    if let (Some(Bound::At(after)), Some(Bound::At(before))) = (after, before)
        && after >= before
    {
        let message = "no date is after `after` and before `before`".to_owned();
        let hint = "`after` must be the earlier date".to_owned();
        checker.problem_at(&setting.steps, message, Some(hint));
    }
    Test::When { after, before }
}

/// A date, a date and time, or how long ago.
fn bound(raw: &RawDuration, setting: &Setting, checker: &mut FeedChecker<'_, '_>) -> Option<Bound> {
    let text = match raw {
        RawDuration::Seconds(seconds) => return Some(Bound::Ago(std::time::Duration::from_secs(*seconds))),
        RawDuration::Text(text) => text,
    };
    let start_of_day = || {
        let midnight = text.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN);
        setting.zone.from_local_datetime(&midnight).earliest().map(|d| d.to_utc())
    };
    let moment = DateTime::parse_from_rfc3339(text).ok().map(|d| d.with_timezone(&Utc)).or_else(start_of_day);
    let bound = moment.map(Bound::At).or_else(|| parse_duration(text).ok().map(Bound::Ago));
    if bound.is_none() {
        let message = format!("`{text}` is neither a date nor a length of time");
        let hint = "for example \"2025-11-04\" or \"30 days\"".to_owned();
        checker.problem_at(&setting.steps, message, Some(hint));
    }
    bound
}

fn changes(
    raw: &BTreeMap<String, RawChange>,
    setting: &Setting,
    checker: &mut FeedChecker<'_, '_>,
) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    for (name, raw) in raw {
        let setting = setting.inside(name);
        let Some(field) = field(name, &setting, checker) else { continue };
        if matches!(field, FilterField::Any | FilterField::Date) {
            let hint = "a filter can set the texts of an item, such as `title` or `summary`".to_owned();
            checker.problem_at(&setting.steps, format!("`{name}` cannot be set"), Some(hint));
            continue;
        }
        let change = match raw {
            RawChange::Text(text) => Some(FieldChange { field, pattern: None, text: text.clone() }),
            RawChange::Replace([from, to]) => checker
                .rules(|errors| pattern(from, &setting.steps, errors))
                .map(|p| FieldChange { field, pattern: Some(p), text: to.clone() }),
        };
        changes.extend(change);
    }
    changes
}

fn field(name: &str, setting: &Setting, checker: &mut FeedChecker<'_, '_>) -> Option<FilterField> {
    let field = FilterField::parse(name);
    if field.is_none() {
        let hint = match nearest(name, &FilterField::NAMES) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of {}", FilterField::NAMES.join(", ")),
        };
        checker.problem_at(&setting.steps, format!("filters have no field `{name}`"), Some(hint));
    }
    field
}
