//! Reads one day, one month or one year at a place in a text.

use super::calendar;
use super::meaning::Sense;
use super::parts::{Cursor, Month, full_year};
use super::tokens::{Text, TokenKind};

/// Passes over the given marks, and over filler words such as `of`.
pub(super) fn skip(text: &Text, mut cursor: Cursor, marks: &[char]) -> Cursor {
    loop {
        match text.kind(cursor.at) {
            Some(TokenKind::Mark(mark)) if marks.contains(&mark) => {}
            Some(TokenKind::Word(_)) if text.means(cursor.at, cursor.languages, Sense::Filler) => {}
            _ => return cursor,
        }
        cursor.at += 1;
    }
}

/// A month by its name, or by its number with a mark: `11月`, `tháng 11`, `11-р сарын`.
pub(super) fn month(text: &Text, cursor: Cursor) -> Option<(Month, Cursor)> {
    let named = text.sense(cursor.at, cursor.languages, |sense| match sense {
        Sense::Month(month) => Some(Month::Gregorian(month)),
        Sense::PersianMonth(month) => Some(Month::Persian(month)),
        _ => None,
    });
    if let Some((month, languages)) = named {
        return Some((month, Cursor { at: cursor.at + 1, languages }));
    }
    numbered_month(text, cursor)
}

/// `11月`, `tháng 11`, `11-р сарын`.
fn numbered_month(text: &Text, cursor: Cursor) -> Option<(Month, Cursor)> {
    let prefix = text.sense(cursor.at, cursor.languages, |sense| (sense == Sense::MonthPrefix).then_some(()));
    let after_prefix = prefix.map_or(cursor, |((), languages)| Cursor { at: cursor.at + 1, languages });
    let Cursor { at, languages } = after_prefix;
    let number = text.number(at, 1..=2).filter(|number| (1..=12).contains(number))?;
    let mark_at = if text.is_mark(at + 1, '-') { at + 2 } else { at + 1 };
    let mark = text.sense(mark_at, languages, |sense| (sense == Sense::MonthMark).then_some(()));
    let end = match (mark, prefix) {
        (Some(((), languages)), _) => Cursor { at: mark_at + 1, languages },
        (None, Some(_)) => Cursor { at: at + 1, languages },
        (None, None) => return None,
    };
    Some((Month::Gregorian(number), end))
}

/// The number of a day, with its ordinal ending or its mark: `4`, `1er`, `4日`, `1-го`.
pub(super) fn day(text: &Text, cursor: Cursor) -> Option<(u32, Cursor)> {
    let start = skip(text, cursor, &[]);
    let in_words = text.sense(start.at, start.languages, |sense| match sense {
        Sense::OrdinalDay(day) => Some(day),
        _ => None,
    });
    if let Some((day, languages)) = in_words {
        return Some((day, Cursor { at: start.at + 1, languages }));
    }
    let number = text.number(start.at, 1..=2).filter(|number| (1..=31).contains(number))?;
    let has_hyphen = text.is_mark(start.at + 1, '-') && text.is_attached(start.at + 2);
    let ending_at = if has_hyphen { start.at + 2 } else { start.at + 1 };
    let ending = text.sense(ending_at, start.languages, |sense| {
        matches!(sense, Sense::Ordinal | Sense::DayMark).then_some(sense)
    });
    let has_ending = ending.is_some_and(|(sense, _)| sense == Sense::DayMark || text.is_attached(ending_at));
    let end = if has_ending { ending_at + 1 } else { start.at + 1 };
    Some((number, start.moved_to(end)))
}

/// A year: `2025`, `2025年`, `'25`, `2568` of the Buddhist calendar, `令和7年`, `주체114(2025)년`.
pub(super) fn year(text: &Text, cursor: Cursor) -> Option<(i32, Cursor)> {
    let start = skip(text, cursor, &[]);
    let era = text.sense(start.at, start.languages, |sense| match sense {
        Sense::EraBase(base) => Some(base),
        _ => None,
    });
    if let Some((base, languages)) = era {
        return era_year(text, Cursor { at: start.at + 1, languages }, base);
    }
    if text.is_mark(start.at, '\'') {
        let two_digits = text.number(start.at + 1, 2..=2)?;
        return Some((full_year(two_digits), start.moved_to(start.at + 2)));
    }
    let Some(TokenKind::Number(number, digits)) = text.kind(start.at) else { return None };
    let number = i32::try_from(number).ok()?;
    let has_separator = text.is_mark(start.at + 1, '-') || text.is_mark(start.at + 1, '.');
    let mark_at = if has_separator { start.at + 2 } else { start.at + 1 };
    let mark = text.sense(mark_at, start.languages, |sense| (sense == Sense::YearMark).then_some(()));
    let end = match mark {
        Some(((), languages)) => Cursor { at: mark_at + 1, languages },
        None => start.moved_to(start.at + 1),
    };
    let year = calendar::gregorian_year(number, digits, mark.is_some())?;
    Some((year, end))
}

/// The year of an era, where `元` is the first one; the common year may follow in brackets.
fn era_year(text: &Text, cursor: Cursor, base: i32) -> Option<(i32, Cursor)> {
    let number = match text.number(cursor.at, 1..=3) {
        Some(number) => i32::try_from(number).ok()?,
        None if text.letters(cursor.at).starts_with('元') => 1,
        None => return None,
    };
    let mut at = cursor.at + 1;
    if text.is_mark(at, '(') && text.number(at + 1, 4..=4).is_some() && text.is_mark(at + 2, ')') {
        at += 3;
    }
    if text.means(at, cursor.languages, Sense::YearMark) {
        at += 1;
    }
    Some((base + number, cursor.moved_to(at)))
}

/// Whether a number is the hour of a time: `18:37`, `18.37 Uhr`, `18 Uhr`.
pub(super) fn is_hour_of_time(text: &Text, cursor: Cursor) -> bool {
    let Cursor { at, languages } = cursor;
    let has_minute = text.is_attached(at + 1)
        && text.is_attached(at + 2)
        && text.number(at + 2, 2..=2).is_some_and(|minute| minute < 60);
    let has_dot = text.is_mark(at + 1, '.') && !text.is_mark(at + 3, ':');
    let has_word = !text.is_attached(at + 1) && text.means(at + 1, languages, Sense::HourMark);
    let may_be_hour = text.number(at, 1..=2).is_some_and(|hour| hour <= 24);
    may_be_hour && (has_word || (has_minute && (has_dot || text.is_mark(at + 1, ':'))))
}

/// Two digits of a year after a month's name, but not those of `4 May 10 am` and `4 May 10 votes`.
pub(super) fn two_digit_year(text: &Text, cursor: Cursor) -> Option<(i32, Cursor)> {
    let Cursor { at, languages } = cursor;
    let two_digits = text.number(at, 2..=2)?;
    let before = text.kind(at.checked_sub(1)?);
    let follows_mark = matches!(before, Some(TokenKind::Mark(_)));
    let is_hour = text.is_mark(at + 1, ':')
        || text.means(at + 1, languages, Sense::HourMark)
        || is_hour_of_time(text, cursor);
    let before_unrelated_word = text.is_word(at + 1) && !text.means(at + 1, languages, Sense::At);
    if is_hour || (before_unrelated_word && !follows_mark) {
        return None;
    }
    let year = calendar::buddhist_short(two_digits, languages).unwrap_or_else(|| full_year(two_digits));
    Some((year, cursor.moved_to(at + 1)))
}
