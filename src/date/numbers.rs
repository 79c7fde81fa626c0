//! Dates that are written in numbers alone.

use chrono::{Datelike, NaiveDate, Weekday};

use super::calendar::{self, YEARS};
use super::day_month_year::is_hour_of_time;
use super::lexicon::LEXICON;
use super::meaning::{ANY, Languages};
use super::parts::{Cursor, DateParts, NumberTriple, separator};
use super::rules::Order;
use super::tokens::{Text, TokenKind};

/// A date in numbers that begins at a place.
pub(super) fn date(text: &Text, cursor: Cursor) -> Option<(DateParts, Cursor)> {
    iso_week_or_ordinal(text, cursor)
        .or_else(|| compact(text, cursor))
        .or_else(|| year_first(text, cursor))
        .or_else(|| triple(text, cursor).map(|(triple, end)| (DateParts::Triple(triple), end)))
        .or_else(|| year_and_month(text, cursor))
        .filter(|(_, end)| stands_alone(text, cursor, *end))
}

/// Whether the tokens that look like a date are not a part of a longer number: `2025-11-04-005`.
fn stands_alone(text: &Text, start: Cursor, end: Cursor) -> bool {
    let is_number = |at: usize| matches!(text.kind(at), Some(TokenKind::Number(..)));
    let is_joint = |at: usize| {
        matches!(text.kind(at), Some(TokenKind::Mark('-' | '/' | '.' | '+' | '$' | '€' | '£' | '#')))
    };
    let continues_a_number = start.at >= 2
        && is_joint(start.at - 1)
        && is_number(start.at - 2)
        && text.is_attached(start.at)
        && text.is_attached(start.at - 1);
    let number_continues =
        is_joint(end.at) && is_number(end.at + 1) && text.is_attached(end.at) && text.is_attached(end.at + 1);
    let is_version = start.at >= 1 && text.is_attached(start.at) && text.letters(start.at - 1) == "v";
    !continues_a_number && !number_continues && !is_version
}

/// Weeks and ordinal days of ISO 8601: `2025-W45-2`, `2025-308`.
fn iso_week_or_ordinal(text: &Text, cursor: Cursor) -> Option<(DateParts, Cursor)> {
    let year = four_digit_year(text, cursor.at)?;
    let has_dash = is_inner_dash(text, cursor.at + 1);
    let at = if has_dash { cursor.at + 2 } else { cursor.at + 1 };
    let (date, end) = if text.letters(at) == "w" && text.is_attached(at) {
        iso_week(text, year, at + 1)?
    } else {
        let ordinal = text.number(at, 3..=3).filter(|_| has_dash)?;
        (NaiveDate::from_yo_opt(year, ordinal)?, at + 1)
    };
    Some((DateParts::Day(date.year(), date.month(), date.day()), cursor.moved_to(end)))
}

/// The day of `45-2`, `452` or `45` after a `W`, and the index of the token after it. A week
/// without a weekday is its Monday.
fn iso_week(text: &Text, year: i32, at: usize) -> Option<(NaiveDate, usize)> {
    if let Some(week) = text.number(at, 2..=2) {
        if !is_inner_dash(text, at + 1) {
            return Some((NaiveDate::from_isoywd_opt(year, week, Weekday::Mon)?, at + 1));
        }
        let weekday = iso_weekday(text.number(at + 2, 1..=1)?)?;
        return Some((NaiveDate::from_isoywd_opt(year, week, weekday)?, at + 3));
    }
    let week_and_day = text.number(at, 3..=3)?;
    let weekday = iso_weekday(week_and_day % 10)?;
    Some((NaiveDate::from_isoywd_opt(year, week_and_day / 10, weekday)?, at + 1))
}

/// Whether a token is a dash without white space around it.
fn is_inner_dash(text: &Text, at: usize) -> bool {
    text.is_mark(at, '-') && text.is_attached(at) && text.is_attached(at + 1)
}

/// The weekday of a number from Monday = 1.
fn iso_weekday(number: u32) -> Option<Weekday> {
    Weekday::try_from(u8::try_from(number.checked_sub(1)?).ok()?).ok()
}

/// A Gregorian year of four digits in the accepted range.
fn four_digit_year(text: &Text, at: usize) -> Option<i32> {
    i32::try_from(text.number(at, 4..=4)?).ok().filter(|year| YEARS.contains(year))
}

/// `20251104`, `202511041530`, `20251104153012`: `time_of_day::packed` reads the time of the number.
fn compact(text: &Text, cursor: Cursor) -> Option<(DateParts, Cursor)> {
    let Some(TokenKind::Number(value, digits @ (8 | 12 | 14))) = text.kind(cursor.at) else { return None };
    let time_digits = u32::try_from(digits - 8).ok()?;
    let date = u32::try_from(value / 10_u64.pow(time_digits)).ok()?;
    let year = i32::try_from(date / 10_000).ok()?;
    let month = date / 100 % 100;
    let day = date % 100;
    NaiveDate::from_ymd_opt(year, month, day).filter(|_| YEARS.contains(&year))?;
    Some((DateParts::Day(year, month, day), cursor.moved_to(cursor.at + 1)))
}

/// `2025-11-04`, `2025. 11. 4.`, `1404/08/13` of the Persian calendar, `114-11-04` of Taiwan.
fn year_first(text: &Text, cursor: Cursor) -> Option<(DateParts, Cursor)> {
    let Some(TokenKind::Number(number, digits @ 3..=4)) = text.kind(cursor.at) else { return None };
    // Cameras write `2025:11:04`.
    let separator_at = |at: usize| {
        let is_colon = text.is_mark(at, ':') && digits == 4;
        separator(text, at).or_else(|| is_colon.then_some((':', at + 1)))
    };
    let (first_separator, month_at) = separator_at(cursor.at + 1)?;
    let month = text.number(month_at, 1..=2)?;
    let (second_separator, day_at) = separator_at(month_at + 1)?;
    let day = text.number(day_at, 1..=2).filter(|_| first_separator == second_separator)?;
    let has_final_dot = text.is_mark(day_at + 1, '.') && first_separator == '.';
    let end = cursor.moved_to(if has_final_dot { day_at + 2 } else { day_at + 1 });
    let number = i32::try_from(number).ok()?;
    let is_taiwanese = digits == 3 && is_chinese(cursor.languages);
    if digits == 3 && !is_taiwanese {
        return None;
    }
    if let (1300..=1499, Some((year, month, day))) = (number, calendar::from_persian(number, month, day)) {
        return Some((DateParts::Day(year, month, day), end));
    }
    let year = calendar::gregorian_year(number, digits, is_taiwanese).unwrap_or(number);
    Some((DateParts::Day(year, month, day), end))
}

/// Whether a text is read in Chinese, and in no other language but English.
fn is_chinese(languages: Languages) -> bool {
    let english = LEXICON.language("en").unwrap_or_default();
    LEXICON.language("zh").is_some_and(|chinese| languages & !english == chinese)
}

/// `2025-11` without a day.
fn year_and_month(text: &Text, cursor: Cursor) -> Option<(DateParts, Cursor)> {
    let year = four_digit_year(text, cursor.at)?;
    let has_separator = matches!(text.kind(cursor.at + 1), Some(TokenKind::Mark('-' | '/' | '.')));
    let is_joined = has_separator && text.is_attached(cursor.at + 2);
    let month = text.number(cursor.at + 2, 2..=2).filter(|month| is_joined && (1..=12).contains(month))?;
    Some((DateParts::Month(year, month), cursor.moved_to(cursor.at + 3)))
}

/// `4/11/2025`, `26.10.21` at a place, and where it ends.
fn triple(text: &Text, cursor: Cursor) -> Option<(NumberTriple, Cursor)> {
    let first = text.number(cursor.at, 1..=2)?;
    let (first_separator, second_at) = separator(text, cursor.at + 1)?;
    let second = text.number(second_at, 1..=2)?;
    let (second_separator, year_at) = separator(text, second_at + 1)?;
    if first_separator != second_separator {
        return None;
    }
    let Some(TokenKind::Number(number, digits @ (2 | 4))) = text.kind(year_at) else { return None };
    // In `23.03. 18:37` the third number is an hour.
    if digits == 2 && !text.is_attached(year_at) && is_hour_of_time(text, cursor.moved_to(year_at)) {
        return None;
    }
    let number = i32::try_from(number).ok()?;
    let year = if digits == 4 { calendar::gregorian_year(number, 4, false).unwrap_or(0) } else { number };
    let triple = NumberTriple {
        numbers: [first, second, u32::try_from(year).ok()?],
        separator: first_separator,
        two_digit_year: digits == 2,
        may_begin_with_year: text.number(cursor.at, 2..=2).is_some(),
    };
    Some((triple, cursor.moved_to(year_at + 1)))
}

/// Day and month: `12/9`, `04.11.`, `11-04`. Only a language or an order decides which is which.
pub(super) fn pair(text: &Text, cursor: Cursor) -> Option<(u32, u32, Cursor)> {
    let first = text.number(cursor.at, 1..=2)?;
    let separator_at = cursor.at + 1;
    let separator = ['/', '-', '.']
        .into_iter()
        .find(|mark| text.is_mark(separator_at, *mark) && text.is_attached(separator_at))?;
    let second = text.number(cursor.at + 2, 1..=2).filter(|_| text.is_attached(cursor.at + 2))?;
    let has_final_dot = text.is_mark(cursor.at + 3, '.') && separator == '.';
    let end = cursor.moved_to(if has_final_dot { cursor.at + 4 } else { cursor.at + 3 });
    // `17.30` is a time, `4.11.` a date.
    let is_date = separator != '.' || has_final_dot;
    (is_date && stands_alone(text, cursor, end) && !text.is_mark(end.at, ':')).then_some((first, second, end))
}

/// The order of day and month that a text implies by its numbers.
pub(super) fn implied_order(text: &Text) -> Option<Order> {
    let mut starts = 0..text.tokens.len();
    let (first_triple, _end) = starts.find_map(|at| triple(text, Cursor { at, languages: ANY }))?;
    first_triple.implied_order()
}
