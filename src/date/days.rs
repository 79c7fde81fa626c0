//! Calendar dates in words and numbers, with or without a year.

use super::day_month_year::{day, month, skip, two_digit_year, year};
use super::meaning::{ANY, Languages, Sense};
use super::numbers;
use super::parts::{Cursor, DateParts, WhichWeekday};
use super::tokens::{Text, TokenKind};

/// Marks that may separate year, month and day.
const SEPARATORS: &[char] = &['.', ',', '-', '/'];

/// The date that begins at the cursor. It may begin with a weekday, or be nothing but a weekday.
pub(super) fn date(text: &Text, cursor: Cursor) -> Option<(DateParts, Cursor)> {
    let Some((weekday, after_weekday)) = weekday(text, cursor) else {
        return without_weekday(text, cursor).or_else(|| named_day(text, cursor));
    };
    let next = skip(text, after_weekday, &['.', ',', '-', '(', ')', '/', '|', '·']);
    if let Some(found @ (date, _)) = without_weekday(text, next)
        && !matches!(date, DateParts::Month(..) | DateParts::Pair(..))
    {
        return Some(found);
    }
    // In `Mar 4`, the word that was read as a weekday (Spanish `martes`) is a month.
    without_weekday(text, cursor).or(Some((weekday, after_weekday)))
}

fn without_weekday(text: &Text, cursor: Cursor) -> Option<(DateParts, Cursor)> {
    numbers::date(text, cursor)
        .or_else(|| month_first(text, cursor))
        .or_else(|| day_first(text, cursor))
        .or_else(|| year_first(text, cursor))
        .or_else(|| year_day_month(text, cursor))
        .or_else(|| pair(text, cursor))
}

/// Day and month in numbers; `None` if a month follows, as in `4-5 November`: then both numbers are days.
fn pair(text: &Text, cursor: Cursor) -> Option<(DateParts, Cursor)> {
    let (first, second, next) = numbers::pair(text, cursor)?;
    let month_follows = month(text, skip(text, next, &[])).is_some();
    (!month_follows).then_some((DateParts::Pair(first, second), next))
}

/// `today`, `yesterday`.
fn named_day(text: &Text, cursor: Cursor) -> Option<(DateParts, Cursor)> {
    let (days, languages) = text.sense(cursor.at, cursor.languages, |sense| match sense {
        Sense::DaysFromToday(days) => Some(days),
        _ => None,
    })?;
    Some((DateParts::DaysFromToday(days), Cursor { at: cursor.at + 1, languages }))
}

/// `Friday`, `last Friday`, `Friday last`, `上周三`.
fn weekday(text: &Text, cursor: Cursor) -> Option<(DateParts, Cursor)> {
    if let Some(found) = qualified_weekday(text, cursor) {
        return Some(found);
    }
    let (day, languages) = weekday_name(text, cursor.at, cursor.languages)?;
    // A single letter is a weekday only where the language is known.
    if text.letters(cursor.at).len() == 1 && cursor.languages == ANY {
        return None;
    }
    let says_last = text.means(cursor.at + 1, languages, Sense::Last);
    let at = if says_last { cursor.at + 2 } else { cursor.at + 1 };
    Some((DateParts::Weekday(day, WhichWeekday::MostRecent), Cursor { at, languages }))
}

/// A weekday after a word such as `last`.
fn qualified_weekday(text: &Text, cursor: Cursor) -> Option<(DateParts, Cursor)> {
    let (which, languages) = text.sense(cursor.at, cursor.languages, |sense| match sense {
        Sense::Last => Some(WhichWeekday::MostRecent),
        Sense::LastWeek => Some(WhichWeekday::WeekBefore),
        _ => None,
    })?;
    let at = cursor.at + 1;
    let weekday = weekday_name(text, at, languages).or_else(|| weekday_number(text, at, languages));
    let (day, languages) = weekday?;
    Some((DateParts::Weekday(day, which), Cursor { at: cursor.at + 2, languages }))
}

fn weekday_name(text: &Text, at: usize, languages: Languages) -> Option<(u8, Languages)> {
    text.sense(at, languages, |sense| match sense {
        Sense::Weekday(day) => Some(day),
        _ => None,
    })
}

/// The weekday that a number stands for, as `三` in `上個禮拜三`. In the text Monday is 1, in the result 0.
fn weekday_number(text: &Text, at: usize, languages: Languages) -> Option<(u8, Languages)> {
    text.sense(at, languages, |sense| match sense {
        Sense::Number(day @ 1..=6) => u8::try_from(day - 1).ok(),
        _ => None,
    })
}

/// `November 04, 2025`, `Sept. 3`, `November 2025`, `11월 4일`, `Nov 4, Tuesday, 2025`.
fn month_first(text: &Text, cursor: Cursor) -> Option<(DateParts, Cursor)> {
    let (month, after_month) = month(text, cursor)?;
    let next = skip(text, after_month, SEPARATORS);
    if let Some((year, end)) = year(text, next)
        && text.number(next.at, 1..=2).is_none()
    {
        return month.with_year(year).map(|date| (date, end));
    }
    let (day, after_day) = day(text, next).filter(|(_, end)| !is_hour(text, next, *end))?;
    let after_marks = skip(text, after_day, &[',', '.', '-', '/', '(', ')']);
    let year_start = weekday(text, after_marks)
        .map_or(after_marks, |(_, after_weekday)| skip(text, after_weekday, &[',', '.', '-', ')']));
    if let Some((year, end)) = year(text, year_start) {
        return month.with_year_and_day(year, day).map(|date| (date, end));
    }
    // `apr/18` may be the 18th of April or April 2018.
    let may_be_year = text.is_mark(after_month.at, '/') && text.number(next.at, 2..=2).is_some();
    let is_in_sentence = is_everyday_word(text, cursor.at) && is_unknown_word(text, after_day.at);
    if may_be_year || is_in_sentence {
        return None;
    }
    Some((DateParts::Yearless(month, day), after_day))
}

/// `4 November 2025`, `4th of Nov. 2025`, `1er février`, `ngày 4 tháng 11 năm 2025`.
fn day_first(text: &Text, cursor: Cursor) -> Option<(DateParts, Cursor)> {
    let (day, after_day) = day(text, cursor)?;
    // A comma after the day is not skipped: in `Issue 12, March 2025` the 12 is no day.
    let (month, after_month) = month(text, skip(text, after_day, &['.', '-', '/', '\'']))?;
    let next = skip(text, after_month, &['.', ',', '-', '/', '\'', '’']);
    if let Some((year, end)) = year(text, next).or_else(|| two_digit_year(text, next)) {
        return month.with_year_and_day(year, day).map(|date| (date, end));
    }
    if is_everyday_word(text, after_month.at - 1) && is_unknown_word(text, after_month.at) {
        return None;
    }
    Some((DateParts::Yearless(month, day), after_month))
}

/// `2025 November 4`, `2025. november 4.`, `2025 m. lapkričio 4 d.`, `令和7年11月4日`, `2025 November`.
fn year_first(text: &Text, cursor: Cursor) -> Option<(DateParts, Cursor)> {
    let (year, after_year) = year(text, cursor)?;
    let (month, after_month) = month(text, skip(text, after_year, SEPARATORS))?;
    let day_start = skip(text, after_month, SEPARATORS);
    match day(text, day_start).filter(|(_, end)| !is_hour(text, after_month, *end)) {
        Some((day, end)) => month.with_year_and_day(year, day).map(|date| (date, end)),
        None => month.with_year(year).map(|date| (date, after_month)),
    }
}

/// `2025. gada 4. novembris`, `2025 жылғы 4 қараша`.
fn year_day_month(text: &Text, cursor: Cursor) -> Option<(DateParts, Cursor)> {
    let (year, after_year) = year(text, cursor)?;
    let (day, after_day) = day(text, skip(text, after_year, SEPARATORS))?;
    let (month, end) = month(text, skip(text, after_day, &['.', '-']))?;
    month.with_year_and_day(year, day).map(|date| (date, end))
}

/// Whether the number that looks like a day is the hour of `10:30`.
fn is_hour(text: &Text, from: Cursor, end: Cursor) -> bool {
    text.is_mark(end.at, ':') && end.at == from.at + 1
}

/// Whether a word is a month's name that is also a common word: `May 4 people`.
fn is_everyday_word(text: &Text, at: usize) -> bool {
    matches!(
        text.letters(at),
        "may" | "march" | "mar" | "dec" | "set" | "ago" | "mai" | "mae" | "sep" | "maj"
    )
}

/// Whether a token is a word without a meaning in dates.
fn is_unknown_word(text: &Text, at: usize) -> bool {
    matches!(text.kind(at), Some(TokenKind::Word(meanings)) if meanings.is_empty())
}
