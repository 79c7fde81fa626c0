//! Resolves the pieces of a text to an instant: years that are not stated, days of a weekday's name,
//! the order of numbers.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc, Weekday};

use super::meaning::Languages;
use super::numeric_order::order_of_language;
use super::outcome::{DateFailure, ParsedDate};
use super::parts::{DateParts, Month, WhichWeekday};
use super::relative::RelativeTime;
use super::rules::{DateRules, Now, Order};
use super::time_of_day::Time;
use super::{calendar, instant};
use crate::model::Precision;

/// A time without a date may lie this far in the future, because clocks of sites run ahead a little.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(10);
/// Unknown words that may surround a date that is only a day's name. With more, the name is rather
/// a part of a sentence.
const MAX_UNKNOWN_WORDS: usize = 3;

/// The pieces of one text: everything in it that can be a part of a date.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    pub(super) dates: Vec<DateParts>,
    pub(super) time: Option<Time>,
    pub(super) relative: Option<RelativeTime>,
    /// The text says `just now`.
    pub(super) says_now: bool,
    /// The hour that stands for a part of the day, such as `evening`.
    pub(super) part_of_day: Option<u32>,
    /// Languages in which all dates make sense.
    pub(super) languages: Languages,
    /// The count of words and numbers that belong to no date.
    pub(super) unknown_words: usize,
}

/// Resolves pieces to the one date that they state.
pub(super) fn settle(pieces: &Pieces, rules: &DateRules, now: Now) -> Result<ParsedDate, DateFailure> {
    let order = rules.order.or_else(|| order_of_language(pieces.languages, rules));
    let full_dates = pieces.dates.iter().filter_map(|date| full_date(*date, order, pieces, now));
    match at_most_one(full_dates)? {
        Some(date) => {
            let (year, month, day) = date?;
            if pieces.dates.iter().any(|date| contradicts(*date, month, day)) {
                return Err(DateFailure::Several);
            }
            with_time(instant::day(year, month, day)?, pieces.time.as_ref(), rules, false)
        }
        None => settle_incomplete(pieces, order, rules, now),
    }
}

/// Whether a date without a year is another day than the given one: `October 30 – November 2, 2025`.
fn contradicts(date: DateParts, month: u32, day: u32) -> bool {
    matches!(date, DateParts::Yearless(Month::Gregorian(m), d) if (m, d) != (month, day))
}

/// The value that all values are equal to. `None` if there is none.
fn at_most_one<T: PartialEq>(values: impl Iterator<Item = T>) -> Result<Option<T>, DateFailure> {
    let mut distinct = values.collect::<Vec<T>>();
    distinct.dedup();
    if distinct.len() > 1 { Err(DateFailure::Several) } else { Ok(distinct.pop()) }
}

/// Year, month and day.
type Ymd = (i32, u32, u32);

/// Year, month and day of a date that states all three. `None` if it does not.
fn full_date(
    date: DateParts,
    order: Option<Order>,
    pieces: &Pieces,
    now: Now,
) -> Option<Result<Ymd, DateFailure>> {
    match date {
        DateParts::Day(year, month, day) => Some(Ok((year, month, day))),
        DateParts::Triple(triple) if triple.two_digit_year && pieces.unknown_words > MAX_UNKNOWN_WORDS => {
            None
        }
        // `25-11-04` may begin or end with its year: an order decides which, or beside a time the numbers.
        DateParts::Triple(triple) if triple.two_digit_year && order.is_none() => {
            pieces.time.as_ref()?;
            triple.only_reading(last_day(now)).map(Ok)
        }
        DateParts::Triple(triple) => Some(triple.resolve(order)),
        _ => None,
    }
}

/// The last day that a page published now may state: a year ahead, for events.
fn last_day(now: Now) -> Option<NaiveDate> {
    now?.date_naive().checked_add_signed(TimeDelta::days(366))
}

/// Resolves a date that leaves something out: the year, or everything but a name or a distance.
fn settle_incomplete(
    pieces: &Pieces,
    order: Option<Order>,
    rules: &DateRules,
    now: Now,
) -> Result<ParsedDate, DateFailure> {
    let yearless = pieces.dates.iter().filter_map(|date| yearless(*date, order, pieces));
    if let Some((month, day)) = at_most_one(yearless)? {
        let now = now.ok_or(DateFailure::NotUnderstood)?;
        let today = now.with_timezone(&rules.zone).date_naive();
        let date = most_recent(month, day, stated_weekday(pieces), today)?;
        return with_time(date, pieces.time.as_ref(), rules, true);
    }
    let months = pieces.dates.iter().filter_map(|date| match date {
        DateParts::Month(year, month) => Some((*year, *month)),
        _ => None,
    });
    if let Some((year, month)) = at_most_one(months)? {
        return instant::month(year, month, rules.zone);
    }
    settle_relative(pieces, rules, now.ok_or(DateFailure::NotUnderstood)?)
}

/// Month and day of a date that states no year.
fn yearless(date: DateParts, order: Option<Order>, pieces: &Pieces) -> Option<(Month, u32)> {
    match (date, order) {
        (DateParts::Yearless(month, day), _) => Some((month, day)),
        (DateParts::Pair(..), _) if pieces.unknown_words > 0 => None,
        (DateParts::Pair(day, month), Some(Order::Dmy)) | (DateParts::Pair(month, day), Some(_)) => {
            Some((Month::Gregorian(month), day))
        }
        // Beside a time, `23.03.` is a date, and only one of its numbers can be the month.
        (DateParts::Pair(day @ 13.., month @ ..=12) | DateParts::Pair(month @ ..=12, day @ 13..), None) => {
            pieces.time.as_ref().map(|_| (Month::Gregorian(month), day))
        }
        _ => None,
    }
}

fn stated_weekday(pieces: &Pieces) -> Option<u8> {
    pieces.dates.iter().find_map(|date| match date {
        DateParts::Weekday(day, _) => Some(*day),
        _ => None,
    })
}

/// The most recent day with this month and day, if possible with this weekday.
fn most_recent(
    month: Month,
    day: u32,
    weekday: Option<u8>,
    today: NaiveDate,
) -> Result<NaiveDate, DateFailure> {
    // A leap day is at most 8 years away.
    let candidates = (0..9).filter_map(|years_back| {
        let year = today.year() - years_back;
        match month {
            Month::Gregorian(month) => NaiveDate::from_ymd_opt(year, month, day),
            Month::Persian(month) => {
                let (year, month, day) = calendar::from_persian(year - 621, month, day)?;
                NaiveDate::from_ymd_opt(year, month, day)
            }
        }
    });
    let past: Vec<NaiveDate> = candidates.filter(|date| *date <= today).collect();
    let has_weekday = |date: &&NaiveDate| {
        weekday.is_none_or(|weekday| date.weekday().num_days_from_monday() == u32::from(weekday))
    };
    past.iter().find(has_weekday).or(past.first()).copied().ok_or(DateFailure::NoSuchDay)
}

/// Resolves `3 hours ago`, `yesterday`, `Friday`, `just now`.
fn settle_relative(
    pieces: &Pieces,
    rules: &DateRules,
    now: DateTime<Utc>,
) -> Result<ParsedDate, DateFailure> {
    if let Some(relative) = &pieces.relative {
        let parsed = relative.resolve(now, rules.zone).ok_or(DateFailure::NoSuchDay)?;
        return match (&pieces.time, parsed.precision) {
            (Some(time), Precision::Day) => with_time(parsed.at.date_naive(), Some(time), rules, true),
            _ => Ok(parsed),
        };
    }
    if pieces.dates.iter().any(is_unsettled) && !pieces.dates.iter().any(is_distance) {
        return Err(DateFailure::NotUnderstood);
    }
    let today = now.with_timezone(&rules.zone).date_naive();
    let named_days = pieces.dates.iter().filter_map(|date| named_day(*date, today, pieces));
    match at_most_one(named_days)? {
        Some(date) => named_day_with_time(date, pieces, rules),
        None if pieces.says_now && pieces.unknown_words == 0 => {
            let at = now.with_timezone(&rules.zone).fixed_offset();
            Ok(ParsedDate { at, precision: Precision::Minute, relative: true })
        }
        None if pieces.unknown_words == 0 => time_alone(pieces.time.as_ref(), rules, now),
        None => Err(DateFailure::NotUnderstood),
    }
}

/// Whether a date is of numbers whose order is not known.
const fn is_unsettled(date: &DateParts) -> bool {
    matches!(date, DateParts::Triple(_) | DateParts::Pair(..))
}

/// Whether a date is a day by its distance from today.
const fn is_distance(date: &DateParts) -> bool {
    matches!(date, DateParts::DaysFromToday(_))
}

/// `14:23` without a date, as boards show entries of today: the most recent such time.
fn time_alone(time: Option<&Time>, rules: &DateRules, now: DateTime<Utc>) -> Result<ParsedDate, DateFailure> {
    let time = time.ok_or(DateFailure::NotUnderstood)?;
    let today = now.with_timezone(&rules.zone).date_naive();
    let parsed = with_time(today, Some(time), rules, true)?;
    if parsed.at <= now + CLOCK_TOLERANCE {
        Ok(parsed)
    } else {
        with_time(today - TimeDelta::days(1), Some(time), rules, true)
    }
}

/// A named day with its time. With only a part of the day, the instant is about then, but the
/// precision stays a day.
fn named_day_with_time(
    date: NaiveDate,
    pieces: &Pieces,
    rules: &DateRules,
) -> Result<ParsedDate, DateFailure> {
    let part_of_day = pieces.part_of_day.and_then(|hour| NaiveTime::from_hms_opt(hour, 0, 0));
    match (&pieces.time, part_of_day) {
        // `yesterday evening, 8:30`.
        (Some(time), Some(part)) if time.clock.hour() < 12 && part.hour() > 12 => {
            let clock = time.clock + TimeDelta::hours(12);
            with_time(date, Some(&Time { clock, ..time.clone() }), rules, true)
        }
        (None, Some(part)) => {
            let at = instant::local(rules.zone, date.and_time(part));
            Ok(ParsedDate { at, precision: Precision::Day, relative: true })
        }
        (time, _) => with_time(date, time.as_ref(), rules, true),
    }
}

fn named_day(date: DateParts, today: NaiveDate, pieces: &Pieces) -> Option<NaiveDate> {
    match date {
        DateParts::DaysFromToday(days) if pieces.unknown_words <= MAX_UNKNOWN_WORDS => {
            Some(today + TimeDelta::days(days.into()))
        }
        DateParts::Weekday(day, which) if pieces.unknown_words == 0 || pieces.time.is_some() => {
            Some(past_weekday(Weekday::try_from(day).ok()?, which, today))
        }
        _ => None,
    }
}

fn past_weekday(weekday: Weekday, which: WhichWeekday, today: NaiveDate) -> NaiveDate {
    match which {
        WhichWeekday::MostRecent => {
            let days_back = i64::from(today.weekday().days_since(weekday));
            today - TimeDelta::days(if days_back == 0 { 7 } else { days_back })
        }
        WhichWeekday::WeekBefore => {
            let days_since_monday = i64::from(today.weekday().num_days_from_monday());
            let monday_before = today - TimeDelta::days(days_since_monday + 7);
            monday_before + TimeDelta::days(i64::from(weekday.num_days_from_monday()))
        }
    }
}

/// A day with its time of day, in the zone that the time states or in that of the rules. Without a
/// time, the whole day.
fn with_time(
    date: NaiveDate,
    time: Option<&Time>,
    rules: &DateRules,
    relative: bool,
) -> Result<ParsedDate, DateFailure> {
    let Some(Time { clock, next_day, precision, zone }) = time else {
        return Ok(ParsedDate { relative, ..instant::whole_day(date, rules.zone) });
    };
    let date = if *next_day { date.succ_opt().ok_or(DateFailure::NoSuchDay)? } else { date };
    let parsed = instant::moment(date.and_time(*clock), *precision, zone, rules.zone);
    parsed.map(|parsed| ParsedDate { relative, ..parsed }).ok_or(DateFailure::NotUnderstood)
}
