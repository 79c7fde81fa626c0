//! The parts of a date as a text states them, before they are resolved to a day: values only.

use chrono::{Datelike, NaiveDate};

use super::calendar;
use super::meaning::Languages;
use super::outcome::DateFailure;
use super::rules::Order;
use super::tokens::{Text, TokenKind};

/// A token's index in a text, and the languages in which everything read up to it makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) at: usize,
    pub(super) languages: Languages,
}

impl Cursor {
    /// The same languages at another token.
    pub(super) const fn moved_to(self, at: usize) -> Self {
        Self { at, ..self }
    }
}

/// The parts of a date that a text states; the others are inferred later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateParts {
    /// Gregorian year, month and day.
    Day(i32, u32, u32),
    /// Gregorian year and month.
    Month(i32, u32),
    /// Month and day without a year, of the Gregorian or the Persian calendar.
    Yearless(Month, u32),
    /// Three numbers in an order that is not known yet, the year among them.
    Triple(NumberTriple),
    /// Two numbers in an order that is not known yet: day and month.
    Pair(u32, u32),
    /// A weekday, from Monday = 0.
    Weekday(u8, WhichWeekday),
    /// Days from today, negative for the past.
    DaysFromToday(i8),
}

/// A month of a calendar, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Month {
    Gregorian(u32),
    Persian(u32),
}

impl Month {
    /// The date of a day of this month. `None` if the Persian calendar has no such day.
    pub(super) fn with_year_and_day(self, year: i32, day: u32) -> Option<DateParts> {
        match self {
            Self::Gregorian(month) => Some(DateParts::Day(year, month, day)),
            Self::Persian(month) => {
                let (year, month, day) = calendar::from_persian(year, month, day)?;
                Some(DateParts::Day(year, month, day))
            }
        }
    }

    /// The date of the month as a whole. `None` for a Persian month, which is no Gregorian month.
    pub(super) const fn with_year(self, year: i32) -> Option<DateParts> {
        match self {
            Self::Gregorian(month) => Some(DateParts::Month(year, month)),
            Self::Persian(_) => None,
        }
    }
}

/// Which of the past days with a weekday's name is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhichWeekday {
    /// The most recent one before today: for today itself, pages say `today`.
    MostRecent,
    /// The one in the calendar week before this one.
    WeekBefore,
}

/// Three numbers with the same separator between them: `16/05/2022`, `26.10.21`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NumberTriple {
    pub(super) numbers: [u32; 3],
    pub(super) separator: char,
    /// The year has two digits: then it is not certain that this is a date at all.
    pub(super) two_digit_year: bool,
    /// The first number has two digits, so that it may be the year.
    pub(super) may_begin_with_year: bool,
}

impl NumberTriple {
    /// Year, month and day: by the numbers themselves, else by the given order, else by convention
    /// (where dots separate, the day comes first).
    pub(super) fn resolve(self, order: Option<Order>) -> Result<(i32, u32, u32), DateFailure> {
        let [first, second, third] = self.numbers;
        let year = self.year(third);
        let dmy = Ok((year, second, first));
        let mdy = Ok((year, first, second));
        match (self.implied_order(), order) {
            (_, Some(Order::Ymd)) if self.two_digit_year => Ok((full_year(first), second, third)),
            (Some(Order::Dmy), _) | (None, Some(Order::Dmy)) => dmy,
            (Some(_), _) | (None, Some(Order::Mdy)) => mdy,
            (None, _) if first == second || self.separator == '.' => dmy,
            (None, _) => Err(DateFailure::Ambiguous),
        }
    }

    /// Year, month and day of a date with a two-digit year, if its numbers allow only one reading: at
    /// all, or at least up to the last day on which a page may have been published.
    pub(super) fn only_reading(self, last_day: Option<NaiveDate>) -> Option<(i32, u32, u32)> {
        let [first, second, third] = self.numbers;
        let year = self.year(third);
        // Where dots separate, the month does not come first.
        let month_first = (self.separator != '.').then_some((year, first, second));
        // Nor does the year, as far as it has two digits.
        let may_begin_with_year = self.may_begin_with_year && self.separator != '.';
        let year_first = may_begin_with_year.then_some((full_year(first), second, third));
        let readings = [Some((year, second, first)), month_first, year_first].into_iter().flatten();
        let mut days: Vec<NaiveDate> =
            readings.filter_map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day)).collect();
        days.dedup();
        if days.len() > 1 {
            days.retain(|day| last_day.is_none_or(|last| *day <= last));
        }
        let [only] = days[..] else { return None };
        Some((only.year(), only.month(), only.day()))
    }

    /// The order that the numbers themselves imply: a number above 12 is no month.
    pub(super) const fn implied_order(self) -> Option<Order> {
        match (self.numbers[0] > 12, self.numbers[1] > 12) {
            (true, false) => Some(Order::Dmy),
            (false, true) => Some(Order::Mdy),
            _ => None,
        }
    }

    fn year(self, number: u32) -> i32 {
        if self.two_digit_year { full_year(number) } else { i32::try_from(number).unwrap_or(0) }
    }
}

/// The full year of a two-digit one, as RFC 2822 section 4.3 reads it, with the pivot of POSIX.
pub(super) fn full_year(two_digits: u32) -> i32 {
    let two_digits = i32::try_from(two_digits).unwrap_or(0);
    if two_digits < 69 { 2000 + two_digits } else { 1900 + two_digits }
}

/// The separator between two numbers at a token, which may have white space around it: the
/// character, and the index of the token after it.
pub(super) fn separator(text: &Text, at: usize) -> Option<(char, usize)> {
    match text.kind(at) {
        Some(TokenKind::Mark(mark @ ('-' | '.' | '/'))) => Some((mark, at + 1)),
        _ => None,
    }
}
