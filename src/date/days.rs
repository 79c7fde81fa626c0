//! Calendar dates in words and numbers, with or without a year.

use super::calendar;
use super::lexicon::{ANY, Languages, Sense};
use super::numbers;
use super::tokens::{Kind, Text};

/// A place in a text, and the languages in which what was read up to it makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) at: usize,
    pub(super) languages: Languages,
}

/// A date as a text says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Day(i32, u32, u32),
    Month(i32, u32),
    /// Month and day, of the Gregorian or the Persian calendar.
    Yearless(Month, u32),
    /// Three numbers, the year among them.
    Triple(numbers::Triple),
    /// Two numbers, day and month.
    Pair(u32, u32),
    Weekday(u8, Which),
    /// Days from today.
    Today(i8),
}

/// A month by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Month {
    Gregorian(u32),
    Persian(u32),
}

/// Which of the days of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// The last one; of today, pages say `today`.
    Last,
    /// That of the week before.
    LastWeek,
}

const SEPARATORS: &[char] = &['.', ',', '-', '/'];

/// A date that begins at a place, its weekday included.
pub(super) fn date(text: &Text, c: Cursor) -> Option<(Said, Cursor)> {
    if let Some((weekday, after)) = weekday(text, c) {
        let next = skip(text, after, &['.', ',', '-', '(', ')', '/', '|', '·']);
        if let Some(found @ (said, _)) = dated(text, next)
            && !matches!(said, Said::Month(..) | Said::Pair(..))
        {
            return Some(found);
        }
        // `Mar 4`: the word is also a month.
        return dated(text, c).or(Some((weekday, after)));
    }
    dated(text, c).or_else(|| today(text, c))
}

fn dated(text: &Text, c: Cursor) -> Option<(Said, Cursor)> {
    numbers::date(text, c)
        .or_else(|| month_first(text, c))
        .or_else(|| day_first(text, c))
        .or_else(|| year_first(text, c))
        .or_else(|| year_day_month(text, c))
        .or_else(|| pair(text, c))
}

/// Day and month in numbers, unless they are the ends of `4-5 November`.
fn pair(text: &Text, c: Cursor) -> Option<(Said, Cursor)> {
    let (first, second, next) = numbers::pair(text, c)?;
    month(text, skip(text, next, &[])).is_none().then_some((Said::Pair(first, second), next))
}

fn today(text: &Text, c: Cursor) -> Option<(Said, Cursor)> {
    let (days, languages) = text.sense(c.at, c.languages, |s| match s {
        Sense::Today(days) => Some(days),
        _ => None,
    })?;
    Some((Said::Today(days), Cursor { at: c.at + 1, languages }))
}

/// `Friday`, `last Friday`, `上周三`; a mark or an abbreviation's dot may follow.
fn weekday(text: &Text, c: Cursor) -> Option<(Said, Cursor)> {
    let pick = |at: usize, languages: Languages| {
        text.sense(at, languages, |s| match s {
            Sense::Weekday(day) => Some(day),
            _ => None,
        })
    };
    // `上個禮拜三`: the number of the day.
    let numbered = |at: usize, languages: Languages| {
        text.sense(at, languages, |s| match s {
            Sense::Number(day @ 1..=6) => u8::try_from(day - 1).ok(),
            _ => None,
        })
    };
    let which = text.sense(c.at, c.languages, |s| match s {
        Sense::Last => Some(Which::Last),
        Sense::LastWeek => Some(Which::LastWeek),
        _ => None,
    });
    if let Some((which, languages)) = which
        && let Some((day, languages)) = pick(c.at + 1, languages).or_else(|| numbered(c.at + 1, languages))
    {
        return Some((Said::Weekday(day, which), Cursor { at: c.at + 2, languages }));
    }
    let (day, languages) = pick(c.at, c.languages)?;
    // A letter alone is a day only where the language is known.
    if text.letters(c.at).len() == 1 && c.languages == ANY {
        return None;
    }
    let at = if text.means(c.at + 1, languages, Sense::Last) { c.at + 2 } else { c.at + 1 };
    Some((Said::Weekday(day, Which::Last), Cursor { at, languages }))
}

/// `November 04, 2025`, `Sept. 3`, `November 2025`, `11월 4일`, `Nov 4, Tuesday, 2025`.
fn month_first(text: &Text, c: Cursor) -> Option<(Said, Cursor)> {
    let (month, after) = month(text, c)?;
    let next = skip(text, after, SEPARATORS);
    if let Some((year, end)) = year(text, next)
        && text.number(next.at, 1..=2).is_none()
    {
        return only_month(year, month).map(|said| (said, end));
    }
    let (day, after) = day(text, next).filter(|(_, end)| !is_clock(text, next, *end))?;
    let next = skip(text, after, &[',', '.', '-', '/', '(', ')']);
    let next = weekday(text, next).map_or(next, |(_, n)| skip(text, n, &[',', '.', '-', ')']));
    if let Some((year, end)) = year(text, next) {
        return complete(year, month, day).map(|said| (said, end));
    }
    if is_everyday_word(text, c) && text.is_word(after.at) && !knows(text, after) {
        return None;
    }
    Some((Said::Yearless(month, day), after))
}

/// `4 November 2025`, `4th of Nov. 2025`, `1er février`, `ngày 4 tháng 11 năm 2025`.
fn day_first(text: &Text, c: Cursor) -> Option<(Said, Cursor)> {
    let (day, after) = day(text, c)?;
    // No comma: `Issue 12, March 2025`.
    let (month, after) = month(text, skip(text, after, &['.', '-', '/', '\'']))?;
    let next = skip(text, after, &['.', ',', '-', '/', '\'', '’']);
    if let Some((year, end)) = year(text, next) {
        return complete(year, month, day).map(|said| (said, end));
    }
    if let Some((year, end)) = short_year(text, next) {
        return complete(year, month, day).map(|said| (said, end));
    }
    if is_everyday_word(text, Cursor { at: after.at - 1, ..after })
        && text.is_word(after.at)
        && !knows(text, after)
    {
        return None;
    }
    Some((Said::Yearless(month, day), after))
}

/// `2025 November 4`, `2025. november 4.`, `2025 m. lapkričio 4 d.`, `令和7年11月4日`, `2025 November`.
fn year_first(text: &Text, c: Cursor) -> Option<(Said, Cursor)> {
    let (year, next) = year(text, c)?;
    let next = skip(text, next, SEPARATORS);
    let (month, after) = month(text, next)?;
    match day(text, skip(text, after, SEPARATORS)).filter(|(_, end)| !is_clock(text, after, *end)) {
        Some((day, end)) => complete(year, month, day).map(|said| (said, end)),
        None => only_month(year, month).map(|said| (said, after)),
    }
}

/// `2025. gada 4. novembris`, `2025 жылғы 4 қараша`.
fn year_day_month(text: &Text, c: Cursor) -> Option<(Said, Cursor)> {
    let (year, next) = year(text, c)?;
    let (day, next) = day(text, skip(text, next, SEPARATORS))?;
    let (month, end) = month(text, skip(text, next, &['.', '-']))?;
    complete(year, month, day).map(|said| (said, end))
}

/// Whether what looks like the end of a date is the hour of `10:30`.
fn is_clock(text: &Text, from: Cursor, end: Cursor) -> bool {
    text.is_mark(end.at, ':') && end.at == from.at + 1
}

/// Month names that are also common words: `May 4 people`.
fn is_everyday_word(text: &Text, c: Cursor) -> bool {
    matches!(
        text.letters(c.at),
        "may" | "march" | "mar" | "dec" | "set" | "ago" | "mai" | "mae" | "sep" | "maj"
    )
}

fn knows(text: &Text, c: Cursor) -> bool {
    matches!(text.kind(c.at), Some(Kind::Word(meanings)) if !meanings.is_empty())
}

fn complete(year: i32, month: Month, day: u32) -> Option<Said> {
    match month {
        Month::Gregorian(month) => Some(Said::Day(year, month, day)),
        Month::Persian(month) => {
            let (y, m, d) = calendar::from_persian(year, month, day)?;
            Some(Said::Day(y, m, d))
        }
    }
}

fn only_month(year: i32, month: Month) -> Option<Said> {
    match month {
        Month::Gregorian(month) => Some(Said::Month(year, month)),
        Month::Persian(_) => None,
    }
}

/// A month by its name, or by its number with a mark: `11月`, `tháng 11`, `11-р сарын`.
fn month(text: &Text, c: Cursor) -> Option<(Month, Cursor)> {
    let named = text.sense(c.at, c.languages, |s| match s {
        Sense::Month(month) => Some(Month::Gregorian(month)),
        Sense::Persian(month) => Some(Month::Persian(month)),
        _ => None,
    });
    if let Some((month, languages)) = named {
        return Some((month, Cursor { at: c.at + 1, languages }));
    }
    let prefix = text.sense(c.at, c.languages, |s| (s == Sense::MonthPrefix).then_some(()));
    let (at, languages) = prefix.map_or((c.at, c.languages), |((), languages)| (c.at + 1, languages));
    let number = text.number(at, 1..=2).filter(|n| (1..=12).contains(n))?;
    let mark = if text.is_mark(at + 1, '-') { at + 2 } else { at + 1 };
    let marked = text.sense(mark, languages, |s| (s == Sense::MonthMark).then_some(()));
    match (marked, prefix) {
        (Some(((), languages)), _) => Some((Month::Gregorian(number), Cursor { at: mark + 1, languages })),
        (None, Some(_)) => Some((Month::Gregorian(number), Cursor { at: at + 1, languages })),
        (None, None) => None,
    }
}

/// The number of a day, with its ordinal or its mark: `4`, `1er`, `4日`, `1-го`.
fn day(text: &Text, c: Cursor) -> Option<(u32, Cursor)> {
    let c = skip(text, c, &[]);
    let word = text.sense(c.at, c.languages, |s| match s {
        Sense::OrdinalDay(day) => Some(day),
        _ => None,
    });
    if let Some((day, languages)) = word {
        return Some((day, Cursor { at: c.at + 1, languages }));
    }
    let number = text.number(c.at, 1..=2).filter(|n| (1..=31).contains(n))?;
    let mark = if text.is_mark(c.at + 1, '-') && text.glued(c.at + 2) { c.at + 2 } else { c.at + 1 };
    let ending = text.sense(mark, c.languages, |s| matches!(s, Sense::Ordinal | Sense::DayMark).then_some(s));
    let ended = ending.filter(|(s, _)| *s == Sense::DayMark || text.glued(mark));
    Some((number, Cursor { at: ended.map_or(c.at + 1, |_| mark + 1), ..c }))
}

/// A year: `2025`, `2025年`, `'25`, `2568` of the Buddhist calendar, `令和7年`, `주체114(2025)년`.
fn year(text: &Text, c: Cursor) -> Option<(i32, Cursor)> {
    let c = skip(text, c, &[]);
    let era = text.sense(c.at, c.languages, |s| match s {
        Sense::Era(base) => Some(base),
        _ => None,
    });
    if let Some((base, languages)) = era {
        return era_year(text, Cursor { at: c.at + 1, languages }, base);
    }
    if text.is_mark(c.at, '\'') {
        let short = text.number(c.at + 1, 2..=2)?;
        return Some((numbers::century(short), Cursor { at: c.at + 2, ..c }));
    }
    let (year, digits) = match text.kind(c.at)? {
        Kind::Number(year, digits) => (i32::try_from(year).ok()?, digits),
        _ => return None,
    };
    let mark = if text.is_mark(c.at + 1, '-') || text.is_mark(c.at + 1, '.') { c.at + 2 } else { c.at + 1 };
    let marked = text.sense(mark, c.languages, |s| (s == Sense::YearMark).then_some(()));
    let end = marked.map_or(c.at + 1, |_| mark + 1);
    let languages = marked.map_or(c.languages, |((), languages)| languages);
    let year = calendar::year_meant(year, digits, marked.is_some())?;
    Some((year, Cursor { at: end, languages }))
}

/// The year of an era, `元` included, maybe with the common year in brackets.
fn era_year(text: &Text, c: Cursor, base: i32) -> Option<(i32, Cursor)> {
    let (number, mut at) = match text.number(c.at, 1..=3) {
        Some(number) => (i32::try_from(number).ok()?, c.at + 1),
        None if text.letters(c.at).starts_with('元') => (1, c.at + 1),
        None => return None,
    };
    if text.is_mark(at, '(') && text.number(at + 1, 4..=4).is_some() && text.is_mark(at + 2, ')') {
        at += 3;
    }
    let marked = text.sense(at, c.languages, |s| (s == Sense::YearMark).then_some(()));
    Some((base + number, Cursor { at: if marked.is_some() { at + 1 } else { at }, ..c }))
}

/// Two digits of a year after a month's name, but not those of `4 May 10 am` and `4 May 10 votes`.
fn short_year(text: &Text, c: Cursor) -> Option<(i32, Cursor)> {
    let short = text.number(c.at, 2..=2)?;
    let joined = matches!(text.kind(c.at.checked_sub(1)?), Some(Kind::Mark(_)));
    let clock = text.is_mark(c.at + 1, ':') || text.means(c.at + 1, c.languages, Sense::Clock);
    let year = calendar::buddhist_short(short, c.languages).unwrap_or_else(|| numbers::century(short));
    (!clock && (joined || !text.is_word(c.at + 1) || text.means(c.at + 1, c.languages, Sense::At)))
        .then_some((year, Cursor { at: c.at + 1, ..c }))
}

/// Passes over the given marks and words without meaning.
pub(super) fn skip(text: &Text, mut c: Cursor, marks: &[char]) -> Cursor {
    loop {
        match text.kind(c.at) {
            Some(Kind::Mark(mark)) if marks.contains(&mark) => {}
            Some(Kind::Word(_)) if text.means(c.at, c.languages, Sense::Fill) => {}
            _ => return c,
        }
        c.at += 1;
    }
}
