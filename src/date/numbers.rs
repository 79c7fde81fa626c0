//! Dates of numbers alone, and the order in which they have day, month and year.

use chrono::{Datelike, NaiveDate, Weekday};

use super::calendar::{self, YEARS};
use super::days::{Cursor, Said};
use super::lexicon::{ANY, LEXICON, Languages};
use super::tokens::{Kind, Text};
use super::{DateFailure, Order};

/// Three numbers with the same mark between them: `16/05/2022`, `26.10.21`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Triple {
    pub(super) numbers: [u32; 3],
    pub(super) mark: char,
    /// Two digits of a year: not enough to be sure that it is a date at all.
    pub(super) short_year: bool,
}

/// A date of numbers alone that begins at a place.
pub(super) fn date(text: &Text, c: Cursor) -> Option<(Said, Cursor)> {
    iso(text, c)
        .or_else(|| compact(text, c))
        .or_else(|| year_first(text, c))
        .or_else(|| triple(text, c).map(|(triple, next)| (Said::Triple(triple), next)))
        .or_else(|| year_and_month(text, c))
        .filter(|(_, next)| bounded(text, c, *next))
}

/// Whether what looks like a date is not a part of a longer number: `2025-11-04-005`.
fn bounded(text: &Text, c: Cursor, next: Cursor) -> bool {
    let number = |at: usize| matches!(text.kind(at), Some(Kind::Number(..)));
    let joins =
        |at: usize| matches!(text.kind(at), Some(Kind::Mark('-' | '/' | '.' | '+' | '$' | '€' | '£' | '#')));
    let before = c.at >= 2 && joins(c.at - 1) && number(c.at - 2) && text.glued(c.at) && text.glued(c.at - 1);
    let after = joins(next.at) && number(next.at + 1) && text.glued(next.at) && text.glued(next.at + 1);
    let version = c.at >= 1 && text.glued(c.at) && text.letters(c.at - 1) == "v";
    !before && !after && !version
}

/// ISO 8601 weeks and days of the year: `2025-W45-2`, `2025-308`.
fn iso(text: &Text, c: Cursor) -> Option<(Said, Cursor)> {
    let year = i32::try_from(text.number(c.at, 4..=4)?).ok().filter(|y| YEARS.contains(y))?;
    let dash = |at: usize| text.is_mark(at, '-') && text.glued(at) && text.glued(at + 1);
    let at = if dash(c.at + 1) { c.at + 2 } else { c.at + 1 };
    let day = |date: Option<NaiveDate>, at: usize| {
        let date = date?;
        Some((Said::Day(date.year(), date.month(), date.day()), Cursor { at, ..c }))
    };
    if text.letters(at) == "w" && text.glued(at) {
        return match (text.number(at + 1, 2..=2), text.number(at + 1, 3..=3)) {
            (Some(week), _) if dash(at + 2) => {
                let weekday = weekday(text.number(at + 3, 1..=1)?)?;
                day(NaiveDate::from_isoywd_opt(year, week, weekday), at + 4)
            }
            (Some(week), _) => day(NaiveDate::from_isoywd_opt(year, week, Weekday::Mon), at + 2),
            (None, Some(both)) => {
                day(NaiveDate::from_isoywd_opt(year, both / 10, weekday(both % 10)?), at + 2)
            }
            (None, None) => None,
        };
    }
    let ordinal = text.number(at, 3..=3).filter(|_| dash(c.at + 1))?;
    day(NaiveDate::from_yo_opt(year, ordinal), at + 1)
}

fn weekday(number: u32) -> Option<Weekday> {
    Weekday::try_from(u8::try_from(number.checked_sub(1)?).ok()?).ok()
}

/// `20251104`, `202511041530`, `20251104153012`: the time is left to be read from the number.
fn compact(text: &Text, c: Cursor) -> Option<(Said, Cursor)> {
    let Some(Kind::Number(value, digits @ (8 | 12 | 14))) = text.kind(c.at) else { return None };
    let days = u32::try_from(value / 10_u64.pow(u32::try_from(digits - 8).ok()?)).ok()?;
    let (year, month, day) = (i32::try_from(days / 10_000).ok()?, days / 100 % 100, days % 100);
    NaiveDate::from_ymd_opt(year, month, day).filter(|_| YEARS.contains(&year))?;
    Some((Said::Day(year, month, day), Cursor { at: c.at + 1, ..c }))
}

/// `2025-11-04`, `2025. 11. 4.`, `1404/08/13` of the Persian calendar, `114-11-04` of Taiwan.
fn year_first(text: &Text, c: Cursor) -> Option<(Said, Cursor)> {
    let Some(Kind::Number(year, digits @ 3..=4)) = text.kind(c.at) else { return None };
    // `2025:11:04` is how cameras write it.
    let mark = |at: usize| {
        mark(text, at).or_else(|| (text.is_mark(at, ':') && digits == 4).then_some((':', at + 1)))
    };
    let (separator, next) = mark(c.at + 1)?;
    let month = text.number(next, 1..=2)?;
    let (other, next) = mark(next + 1)?;
    let day = text.number(next, 1..=2).filter(|_| separator == other)?;
    let after = if text.is_mark(next + 1, '.') && separator == '.' { next + 2 } else { next + 1 };
    let end = Cursor { at: after, ..c };
    let year = i32::try_from(year).ok()?;
    let taiwan = digits == 3 && LEXICON.language("zh").is_some_and(|zh| c.languages & !english() == zh);
    if digits == 3 && !taiwan {
        return None;
    }
    if let (1300..=1499, Some((y, m, d))) = (year, calendar::from_persian(year, month, day)) {
        return Some((Said::Day(y, m, d), end));
    }
    let year = calendar::year_meant(year, digits, taiwan).unwrap_or(year);
    Some((Said::Day(year, month, day), end))
}

/// `2025-11` and no more.
fn year_and_month(text: &Text, c: Cursor) -> Option<(Said, Cursor)> {
    let year = i32::try_from(text.number(c.at, 4..=4)?).ok().filter(|y| YEARS.contains(y))?;
    let joined = matches!(text.kind(c.at + 1), Some(Kind::Mark('-' | '/' | '.'))) && text.glued(c.at + 2);
    let month = text.number(c.at + 2, 2..=2).filter(|m| joined && (1..=12).contains(m))?;
    Some((Said::Month(year, month), Cursor { at: c.at + 3, ..c }))
}

fn english() -> Languages {
    LEXICON.language("en").unwrap_or_default()
}

/// `4 sep 11 sep 2025` at a place; also gives where it ends.
pub(super) fn triple(text: &Text, c: Cursor) -> Option<(Triple, Cursor)> {
    let first = text.number(c.at, 1..=2)?;
    let (mark, next) = mark(text, c.at + 1)?;
    let second = text.number(next, 1..=2)?;
    let (other, next) = self::mark(text, next + 1)?;
    let Some(Kind::Number(year, digits @ (2 | 4))) = text.kind(next).filter(|_| mark == other) else {
        return None;
    };
    let year = if digits == 4 {
        calendar::year_meant(i32::try_from(year).ok()?, 4, false).unwrap_or(0)
    } else {
        i32::try_from(year).ok()?
    };
    let numbers = [first, second, u32::try_from(year).ok()?];
    Some((Triple { numbers, mark, short_year: digits == 2 }, Cursor { at: next + 1, ..c }))
}

/// Day and month: `12/9`, `04.11.`, `11-04`; only a language or an order says which is which.
pub(super) fn pair(text: &Text, c: Cursor) -> Option<(u32, u32, Cursor)> {
    let first = text.number(c.at, 1..=2)?;
    let mark = ['/', '-', '.'].into_iter().find(|m| text.is_mark(c.at + 1, *m) && text.glued(c.at + 1))?;
    let second = text.number(c.at + 2, 1..=2).filter(|_| text.glued(c.at + 2))?;
    let dotted = text.is_mark(c.at + 3, '.') && mark == '.';
    let end = Cursor { at: if dotted { c.at + 4 } else { c.at + 3 }, ..c };
    // `17.30` is a time, `4.11.` a date.
    let clear = mark != '.' || dotted;
    (clear && bounded(text, c, end) && !text.is_mark(end.at, ':')).then_some((first, second, end))
}

/// A mark between numbers, white space around it allowed: the mark, and what follows it.
fn mark(text: &Text, at: usize) -> Option<(char, usize)> {
    match text.kind(at) {
        Some(Kind::Mark(mark @ ('-' | '.' | '/'))) => Some((mark, at + 1)),
        _ => None,
    }
}

/// Two digits of a year, as RFC 2822 section 4.3 reads them, with the pivot of POSIX.
pub(super) fn century(short: u32) -> i32 {
    let short = i32::try_from(short).unwrap_or(0);
    if short < 69 { 2000 + short } else { 1900 + short }
}

impl Triple {
    /// Year, month, day: settled by the numbers, then by the given order, then by custom (dots
    /// stand where the day comes first).
    pub(super) fn settled(self, order: Option<Order>) -> Result<(i32, u32, u32), DateFailure> {
        let [a, b, c] = self.numbers;
        let year = |n: u32| if self.short_year { century(n) } else { i32::try_from(n).unwrap_or(0) };
        let dmy = Ok((year(c), b, a));
        let mdy = Ok((year(c), a, b));
        match (self.shown(), order) {
            (_, Some(Order::Ymd)) if self.short_year => Ok((century(a), b, c)),
            (Some(Order::Dmy), _) | (None, Some(Order::Dmy)) => dmy,
            (Some(_), _) | (None, Some(Order::Mdy)) => mdy,
            (None, _) if a == b || self.mark == '.' => dmy,
            (None, _) => Err(DateFailure::Ambiguous),
        }
    }

    /// The order that the numbers themselves show.
    pub(super) fn shown(self) -> Option<Order> {
        match (self.numbers[0] > 12, self.numbers[1] > 12) {
            (true, false) => Some(Order::Dmy),
            (false, true) => Some(Order::Mdy),
            _ => None,
        }
    }
}

/// The order that a text shows by itself.
pub(super) fn order_shown(text: &Text) -> Option<Order> {
    let found = (0..text.tokens.len()).find_map(|at| triple(text, Cursor { at, languages: ANY }))?;
    found.0.shown()
}
