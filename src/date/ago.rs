//! Amounts of time before now: `3 hours ago`, `vor einem Tag`, `2시간 전`, `منذ يومين`.

use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::Reading;
use super::days::Cursor;
use super::lexicon::{Languages, Sense, Unit};
use super::place;
use super::tokens::{Kind, Text};
use crate::model::Precision;

/// More is no amount of time that a listing shows.
const MOST: u32 = 9999;

/// An amount of time, and whether a word says that it is past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Amounts {
    parts: Vec<(u32, Unit)>,
    pub(super) direction: Direction,
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
    let alone = found.direction != Direction::Unsaid && found.parts.is_empty();
    end.filter(|_| !alone && !found.parts.is_empty()).map(|end| (found, end))
}

/// Words between amounts.
fn passed(text: &Text, c: Cursor) -> bool {
    match text.kind(c.at) {
        Some(Kind::Mark(mark)) => matches!(mark, ',' | '.' | '~' | '+'),
        Some(Kind::Word(_)) => {
            let between = |s| matches!(s, Sense::And | Sense::About | Sense::Fill).then_some(());
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
fn amount(text: &Text, c: Cursor) -> Option<((u32, Unit), Cursor)> {
    let whole = text.sense(c.at, c.languages, |s| match s {
        Sense::Amount(number, unit) => Some((number, unit)),
        _ => None,
    });
    if let Some((part, languages)) = whole {
        return Some((part, Cursor { at: c.at + 1, languages }));
    }
    let number = text.number(c.at, 1..=4).filter(|n| *n <= MOST).map(|n| (n, c.languages));
    let word = || {
        text.sense(c.at, c.languages, |s| match s {
            Sense::Number(number) => Some(number),
            _ => None,
        })
    };
    if let Some((number, languages)) = number.or_else(word) {
        let dot = usize::from(text.is_mark(c.at + 1, '.') && text.number(c.at, 1..=4).is_none());
        let (unit, languages) = unit(text, c.at + 1 + dot, languages)?;
        return Some(((number, unit), Cursor { at: c.at + 2 + dot, languages }));
    }
    // `vor einer Stunde`, `час назад`.
    let (unit, languages) = unit(text, c.at, c.languages)?;
    let before = c.at.checked_sub(1).and_then(|at| direction(text, Cursor { at, languages }));
    let after = direction(text, Cursor { at: c.at + 1, languages });
    let (_, languages) = before.or(after)?;
    Some(((1, unit), Cursor { at: c.at + 1, languages }))
}

fn unit(text: &Text, at: usize, languages: Languages) -> Option<(Unit, Languages)> {
    text.sense(at, languages, |s| match s {
        Sense::Unit(unit) => Some(unit),
        _ => None,
    })
}

impl Amounts {
    /// The moment that lies so long before now; a whole day if no part is shorter than a day.
    pub(super) fn before(&self, now: DateTime<Utc>, zone: Tz) -> Option<Reading> {
        let mut at = now.with_timezone(&zone).naive_local();
        let mut finest = Precision::Day;
        for (number, unit) in &self.parts {
            at = match unit {
                Unit::Month => at.checked_sub_months(Months::new(*number))?,
                Unit::Year => at.checked_sub_months(Months::new(number.checked_mul(12)?))?,
                _ => at,
            };
        }
        let exact: TimeDelta = self.parts.iter().map(|(number, unit)| length(*number, *unit)).sum();
        for (_, unit) in &self.parts {
            finest = finest.min(precision(*unit));
        }
        if finest == Precision::Day {
            return Some(place::whole_day(day(at.date(), exact)?, zone));
        }
        // Hours are hours, whatever clocks do; months are moved on the calendar.
        let moved = now.with_timezone(&zone).naive_local() - at;
        let at = (now - moved).checked_sub_signed(exact)?;
        let at = if finest == Precision::Minute { place::to_minute(at) } else { at };
        Some(Reading { at: at.with_timezone(&zone).fixed_offset(), precision: finest, relative: true })
            .filter(|r| r.at.year() >= 1900)
    }
}

fn day(from: NaiveDate, back: TimeDelta) -> Option<NaiveDate> {
    from.checked_sub_signed(back).filter(|d| d.year() >= 1900)
}

fn length(number: u32, unit: Unit) -> TimeDelta {
    let n = i64::from(number);
    match unit {
        Unit::Second => TimeDelta::seconds(n),
        Unit::Minute => TimeDelta::minutes(n),
        Unit::Hour => TimeDelta::hours(n),
        Unit::Day => TimeDelta::days(n),
        Unit::Week => TimeDelta::weeks(n),
        Unit::Month | Unit::Year => TimeDelta::zero(),
    }
}

const fn precision(unit: Unit) -> Precision {
    match unit {
        Unit::Second => Precision::Second,
        Unit::Minute | Unit::Hour => Precision::Minute,
        _ => Precision::Day,
    }
}
