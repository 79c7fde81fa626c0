//! Amounts of time before now: `3 hours ago`, `vor einem Tag`, `2시간 전`, `منذ يومين`.

use chrono::{DateTime, Datelike, Months, TimeDelta, Utc};
use chrono_tz::Tz;

use super::Reading;
use super::calendar::YEARS;
use super::days::{self, Cursor};
use super::lexicon::{LEXICON, Languages, Sense, Unit};
use super::place;
use super::tokens::{Kind, Text};
use crate::model::Precision;

/// More is no amount of time that a listing shows.
const MOST: u32 = 9999;

/// Languages whose nouns do not tell `a week` from `the week`.
const CASELESS: &[&str] = &["vi", "th", "id", "ms", "zh", "ja", "ko", "lo", "km"];

/// An amount of time, and whether a word says that it is past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Amounts {
    parts: Vec<(Number, Unit)>,
    pub(super) direction: Direction,
}

/// How many: a whole number and hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Number {
    whole: u32,
    hundredths: u32,
}

/// Which way from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Past,
    Future,
    /// No word says it: past if it is all that the text says.
    Unsaid,
}

/// Amounts that begin at a place, with the words that make them past or future.
pub(super) fn amounts(text: &Text, c: Cursor) -> Option<(Amounts, Cursor)> {
    let mut found = Amounts { parts: Vec::new(), direction: Direction::Unsaid };
    let begin = c.at;
    let (mut c, mut end) = (c, None);
    loop {
        if let Some((part, next)) = amount(text, c) {
            found.parts.push(part);
            (c, end) = (next, Some(next));
        } else if let Some((direction, languages)) = direction(text, c) {
            // Words that are both are decided by what stands with them.
            if found.direction == Direction::Unsaid || direction == Direction::Past {
                found.direction = direction;
            }
            c = Cursor { at: c.at + 1, languages };
            end = Some(c);
        } else if passed(text, c) {
            c.at += 1;
        } else {
            break;
        }
    }
    // `last week` says itself that it is past.
    let said =
        |at: usize| [Sense::Last, Sense::This].into_iter().any(|sense| text.means(at, c.languages, sense));
    if end.is_some_and(|end| said(begin) || said(end.at - 1)) {
        found.direction = Direction::Past;
    }
    let alone = found.direction != Direction::Unsaid && found.parts.is_empty();
    end.filter(|_| !alone && !found.parts.is_empty()).map(|end| (found, end))
}

/// Words between amounts.
fn passed(text: &Text, c: Cursor) -> bool {
    match text.kind(c.at) {
        Some(Kind::Mark(mark)) => matches!(mark, ',' | '.' | '~'),
        Some(Kind::Word(_)) => {
            let between = |s| {
                matches!(s, Sense::And | Sense::About | Sense::Fill | Sense::Last | Sense::This).then_some(())
            };
            text.sense(c.at, c.languages, between).is_some()
        }
        _ => false,
    }
}

fn direction(text: &Text, c: Cursor) -> Option<(Direction, Languages)> {
    text.sense(c.at, c.languages, |s| match s {
        Sense::Ago => Some(Direction::Past),
        Sense::In => Some(Direction::Future),
        _ => None,
    })
}

/// `3 hours`, `3h`, `an hour`, `يومين`, or a unit alone beside a word such as `ago`.
fn amount(text: &Text, c: Cursor) -> Option<((Number, Unit), Cursor)> {
    let whole = text.sense(c.at, c.languages, |s| match s {
        Sense::Amount(whole, unit) => Some((Number { whole, hundredths: 0 }, unit)),
        _ => None,
    });
    if let Some((part, languages)) = whole {
        return Some((part, Cursor { at: c.at + 1, languages }));
    }
    if let Some((number, next)) = number(text, c) {
        // `acum 20 de ore`.
        let last = text.means(next.at, next.languages, Sense::Last);
        let next = if last { Cursor { at: next.at + 1, ..next } } else { next };
        let Cursor { at, languages } = days::skip(text, next, &[]);
        let (unit, languages) = unit(text, at, languages).or_else(|| unit(text, next.at, languages))?;
        let at = if self::unit(text, at, languages).is_some() { at } else { next.at };
        return Some(((number, unit), Cursor { at: at + 1, languages }));
    }
    if let Some(found) = unit_first(text, c) {
        return Some(found);
    }
    // `vor einer Stunde`, `час назад`.
    let (unit, languages) = unit(text, c.at, c.languages)?;
    let one = Number { whole: 1, hundredths: 0 };
    // `last week`, `le mois dernier`.
    let long = matches!(unit, Unit::Week | Unit::Month | Unit::Year);
    let last = |at: usize| text.means(at, languages, Sense::Last);
    if long && last(c.at + 1) {
        return Some(((one, unit), Cursor { at: c.at + 2, languages }));
    }
    let this = |at: usize| text.means(at, languages, Sense::This);
    if long && c.at.checked_sub(1).is_some_and(this) {
        let none = Number { whole: 0, hundredths: 0 };
        return Some(((none, unit), Cursor { at: c.at + 1, languages }));
    }
    if long && c.at.checked_sub(1).is_some_and(last) {
        return Some(((one, unit), Cursor { at: c.at + 1, languages }));
    }
    let before = c.at.checked_sub(1).and_then(|at| direction(text, Cursor { at, languages }));
    let after = direction(text, Cursor { at: c.at + 1, languages });
    let (_, languages) = before.or(after)?;
    // Without cases, `last week` and `a week ago` are the same words.
    let caseless = CASELESS.iter().any(|tag| LEXICON.language(tag).is_some_and(|l| languages & !l == 0));
    (!caseless).then_some(((one, unit), Cursor { at: c.at + 1, languages }))
}

/// `3`, `2.5`, `0,75`, `three`.
fn number(text: &Text, c: Cursor) -> Option<(Number, Cursor)> {
    if let Some(whole) = text.number(c.at, 1..=4).filter(|n| *n <= MOST) {
        let point = (text.is_mark(c.at + 1, '.') || text.is_mark(c.at + 1, ',')) && text.glued(c.at + 2);
        let tenths = text.number(c.at + 2, 1..=1).map(|n| n * 10);
        let decimals = tenths.or_else(|| text.number(c.at + 2, 2..=2)).filter(|_| point);
        let at = if decimals.is_some() { c.at + 3 } else { c.at + 1 };
        return Some((Number { whole, hundredths: decimals.unwrap_or(0) }, Cursor { at, ..c }));
    }
    let (whole, languages) = text.sense(c.at, c.languages, |s| match s {
        Sense::Number(number) => Some(number),
        _ => None,
    })?;
    Some((Number { whole, hundredths: 0 }, Cursor { at: c.at + 1, languages }))
}

/// `dakika 5 zilizopita`.
fn unit_first(text: &Text, c: Cursor) -> Option<((Number, Unit), Cursor)> {
    let (unit, languages) = unit(text, c.at, c.languages)?;
    let number = Number { whole: text.number(c.at + 1, 1..=4)?, hundredths: 0 };
    let (_, languages) = direction(text, Cursor { at: c.at + 2, languages })?;
    Some(((number, unit), Cursor { at: c.at + 2, languages }))
}

fn unit(text: &Text, at: usize, languages: Languages) -> Option<(Unit, Languages)> {
    text.sense(at, languages, |s| match s {
        Sense::Unit(unit) => Some(unit),
        _ => None,
    })
}

impl Amounts {
    /// The moment that lies so long before now, or after it; a whole day if no part is shorter than
    /// a day.
    pub(super) fn moment(&self, now: DateTime<Utc>, zone: Tz) -> Option<Reading> {
        let finest = self.parts.iter().map(|(number, unit)| precision(*number, *unit)).min()?;
        let months =
            self.parts.iter().try_fold(0_u32, |sum, (n, unit)| sum.checked_add(months(*n, *unit)?))?;
        let exact: TimeDelta = self.parts.iter().map(|(number, unit)| length(*number, *unit)).sum();
        let ahead = self.direction == Direction::Future;
        let local = now.with_timezone(&zone).naive_local();
        let moved = if ahead {
            local.checked_add_months(Months::new(months))?
        } else {
            local.checked_sub_months(Months::new(months))?
        };
        let exact = if ahead { exact } else { -exact };
        if finest == Precision::Day {
            let reading = place::whole_day(moved.date().checked_add_signed(exact)?, zone);
            return in_reach(Reading { relative: true, ..reading });
        }
        // Hours are hours, whatever clocks do; months are moved on the calendar.
        let at = (now + (moved - local)).checked_add_signed(exact)?;
        let at = if finest == Precision::Minute { place::to_minute(at) } else { at };
        in_reach(Reading { at: at.with_timezone(&zone).fixed_offset(), precision: finest, relative: true })
    }
}

fn in_reach(reading: Reading) -> Option<Reading> {
    YEARS.contains(&reading.at.year()).then_some(reading)
}

/// The part of an amount that is counted on the calendar.
fn months(number: Number, unit: Unit) -> Option<u32> {
    let each = match unit {
        Unit::Month => 1,
        Unit::Year => 12,
        Unit::Decade => 120,
        _ => return Some(0),
    };
    number.whole.checked_mul(each)?.checked_add(number.hundredths * each / 100)
}

/// The part of an amount that has one length.
fn length(number: Number, unit: Unit) -> TimeDelta {
    let seconds = match unit {
        Unit::Second => 1,
        Unit::Minute => 60,
        Unit::Hour => 3600,
        Unit::Day => 86_400,
        Unit::Week => 7 * 86_400,
        Unit::Month | Unit::Year | Unit::Decade => 0,
    };
    TimeDelta::seconds(i64::from(number.whole) * seconds + i64::from(number.hundredths) * seconds / 100)
}

const fn precision(number: Number, unit: Unit) -> Precision {
    match unit {
        Unit::Second => Precision::Second,
        Unit::Minute if number.hundredths > 0 => Precision::Second,
        Unit::Minute | Unit::Hour => Precision::Minute,
        Unit::Day if number.hundredths > 0 => Precision::Minute,
        _ => Precision::Day,
    }
}
