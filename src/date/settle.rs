//! From what a text says to an instant: years that are not said, days of a name, the order of numbers.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc, Weekday};
use chrono_tz::Tz;

use super::clock::Time;
use super::days::{Month, Said, Which};
use super::lexicon::{ANY, LEXICON};
use super::scan::Pieces;
use super::{DateFailure, DateRules, Now, Order, Reading};
use super::{calendar, place};
use crate::model::Precision;

/// Clocks of sites run ahead a little.
const AHEAD: TimeDelta = TimeDelta::minutes(10);
/// Words around a date that is only a name of a day, before it is rather a part of a sentence.
const FEW_STRANGERS: usize = 3;

/// The one date of the pieces.
pub(super) fn settle(pieces: &Pieces, rules: &DateRules, now: Now) -> Result<Reading, DateFailure> {
    let order = rules.order.or_else(|| order_of_language(pieces, rules));
    let whole = distinct(pieces.dates.iter().filter_map(|said| calendar_day(*said, order, pieces)))?;
    match whole {
        Some(day) => {
            let (year, month, day) = day?;
            if pieces.dates.iter().any(|said| is_another(*said, month, day)) {
                return Err(DateFailure::Several);
            }
            placed(place::day(year, month, day)?, pieces.time.as_ref(), rules, false)
        }
        None => unsaid(pieces, order, rules, now),
    }
}

/// `October 30 – November 2, 2025` has two days.
fn is_another(said: Said, month: u32, day: u32) -> bool {
    matches!(said, Said::Yearless(Month::Gregorian(m), d) if (m, d) != (month, day))
}

/// The only one of its kind, or none.
fn distinct<T: PartialEq>(found: impl Iterator<Item = T>) -> Result<Option<T>, DateFailure> {
    let mut found = found.collect::<Vec<T>>();
    found.dedup();
    if found.len() > 1 { Err(DateFailure::Several) } else { Ok(found.pop()) }
}

type Ymd = (i32, u32, u32);

fn calendar_day(said: Said, order: Option<Order>, pieces: &Pieces) -> Option<Result<Ymd, DateFailure>> {
    match said {
        Said::Day(year, month, day) => Some(Ok((year, month, day))),
        // `25-11-04` may begin or end with its year: only an order says which.
        Said::Triple(t) if t.short_year && order.is_none() => None,
        Said::Triple(t) if t.short_year && pieces.strangers > FEW_STRANGERS => None,
        Said::Triple(triple) => Some(triple.settled(order)),
        _ => None,
    }
}

/// The order of the page's language, else that of the words in the text.
fn order_of_language(pieces: &Pieces, rules: &DateRules) -> Option<Order> {
    let tag = rules.language.as_deref().unwrap_or_default();
    let region =
        tag.split(['-', '_']).skip(1).find(|part| part.len() == 2).unwrap_or_default().to_ascii_uppercase();
    if tag.to_ascii_lowercase().starts_with("en") {
        return order_of_english(&region, rules.zone);
    }
    match LEXICON.language(tag) {
        Some(language) => LEXICON.order(language),
        None if pieces.languages != ANY => LEXICON.order(pieces.languages),
        None => None,
    }
}

/// English has both orders: the region of the language says which, else that of the zone.
fn order_of_english(region: &str, zone: Tz) -> Option<Order> {
    let part = zone.name().split('/').next().unwrap_or_default();
    match (region, part) {
        ("US", _) | ("", "US") => Some(Order::Mdy),
        ("CA" | "PH", _) => None,
        ("", "America") => AMERICAN.contains(&zone.name()).then_some(Order::Mdy),
        ("", "Europe" | "Australia" | "Africa") => Some(Order::Dmy),
        ("", _) => matches!(zone, Tz::Pacific__Auckland | Tz::Asia__Kolkata).then_some(Order::Dmy),
        _ => Some(Order::Dmy),
    }
}

/// Zones of the United States.
const AMERICAN: &[&str] = &[
    "America/New_York",
    "America/Detroit",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Boise",
    "America/Los_Angeles",
    "America/Anchorage",
];

/// Dates that leave something unsaid: the year, or everything but a name or a distance.
fn unsaid(
    pieces: &Pieces,
    order: Option<Order>,
    rules: &DateRules,
    now: Now,
) -> Result<Reading, DateFailure> {
    let yearless = distinct(pieces.dates.iter().filter_map(|said| yearless(*said, order, pieces)))?;
    if let Some((month, day)) = yearless {
        let date =
            nearest(month, day, weekday_said(pieces), now.ok_or(DateFailure::NotUnderstood)?, rules.zone)?;
        return placed(date, pieces.time.as_ref(), rules, true);
    }
    if let Some((year, month)) = distinct(pieces.dates.iter().filter_map(|said| match said {
        Said::Month(year, month) => Some((*year, *month)),
        _ => None,
    }))? {
        return place::month(year, month, rules.zone);
    }
    relative(pieces, rules, now.ok_or(DateFailure::NotUnderstood)?)
}

fn yearless(said: Said, order: Option<Order>, pieces: &Pieces) -> Option<(Month, u32)> {
    match (said, order) {
        (Said::Yearless(month, day), _) => Some((month, day)),
        (Said::Pair(..), _) if pieces.strangers > 0 => None,
        (Said::Pair(day, month), Some(Order::Dmy)) | (Said::Pair(month, day), Some(_)) => {
            Some((Month::Gregorian(month), day))
        }
        _ => None,
    }
}

fn weekday_said(pieces: &Pieces) -> Option<u8> {
    pieces.dates.iter().find_map(|said| match said {
        Said::Weekday(day, _) => Some(*day),
        _ => None,
    })
}

/// The nearest day of the past with this month and day.
fn nearest(
    month: Month,
    day: u32,
    weekday: Option<u8>,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<NaiveDate, DateFailure> {
    let today = now.with_timezone(&zone).date_naive();
    let candidates = (0..9).filter_map(|back| {
        let year = today.year() - back;
        match month {
            Month::Gregorian(month) => NaiveDate::from_ymd_opt(year, month, day),
            Month::Persian(month) => {
                let (y, m, d) = calendar::from_persian(year - 621, month, day)?;
                NaiveDate::from_ymd_opt(y, m, d)
            }
        }
    });
    let past: Vec<NaiveDate> = candidates.filter(|d| *d <= today).collect();
    let named = |d: &&NaiveDate| weekday.is_none_or(|w| d.weekday().num_days_from_monday() == u32::from(w));
    past.iter().find(named).or(past.first()).copied().ok_or(DateFailure::NoSuchDay)
}

/// `3 hours ago`, `yesterday`, `Friday`, `just now`.
fn relative(pieces: &Pieces, rules: &DateRules, now: DateTime<Utc>) -> Result<Reading, DateFailure> {
    if let Some(amounts) = &pieces.ago {
        let reading = amounts.moment(now, rules.zone).ok_or(DateFailure::NoSuchDay)?;
        return match (&pieces.time, reading.precision) {
            (Some(_), Precision::Day) => placed(reading.at.date_naive(), pieces.time.as_ref(), rules, true),
            _ => Ok(reading),
        };
    }
    let today = now.with_timezone(&rules.zone).date_naive();
    let named = distinct(pieces.dates.iter().filter_map(|said| named_day(*said, today, pieces)))?;
    match named {
        Some(date) => named_time(date, pieces, rules),
        None if pieces.now && pieces.strangers == 0 => {
            let at = now.with_timezone(&rules.zone).fixed_offset();
            Ok(Reading { at, precision: Precision::Minute, relative: true })
        }
        None if pieces.strangers == 0 => time_alone(pieces.time.as_ref(), rules, now),
        None => Err(DateFailure::NotUnderstood),
    }
}

/// `14:23` and no more, as boards show what is of today: its last time.
fn time_alone(time: Option<&Time>, rules: &DateRules, now: DateTime<Utc>) -> Result<Reading, DateFailure> {
    let time = time.ok_or(DateFailure::NotUnderstood)?;
    let today = now.with_timezone(&rules.zone).date_naive();
    let reading = placed(today, Some(time), rules, true)?;
    if reading.at <= now + AHEAD {
        Ok(reading)
    } else {
        placed(today - TimeDelta::days(1), Some(time), rules, true)
    }
}

/// A named day with its time, or with a part of the day: about then, but no more than a day is known.
fn named_time(date: NaiveDate, pieces: &Pieces, rules: &DateRules) -> Result<Reading, DateFailure> {
    match (&pieces.time, pieces.part.and_then(|hour| NaiveTime::from_hms_opt(hour, 0, 0))) {
        (Some(time), Some(part)) if time.clock.hour() < 12 && part.hour() > 12 => {
            let clock = time.clock + TimeDelta::hours(12);
            placed(date, Some(&Time { clock, ..time.clone() }), rules, true)
        }
        (None, Some(part)) => {
            let at = place::local(rules.zone, date.and_time(part));
            Ok(Reading { at, precision: Precision::Day, relative: true })
        }
        (time, _) => placed(date, time.as_ref(), rules, true),
    }
}

fn named_day(said: Said, today: NaiveDate, pieces: &Pieces) -> Option<NaiveDate> {
    match said {
        Said::Today(days) if pieces.strangers <= FEW_STRANGERS => Some(today + TimeDelta::days(days.into())),
        Said::Weekday(day, which) if pieces.strangers == 0 || pieces.time.is_some() => {
            Some(last_named(Weekday::try_from(day).ok()?, which, today))
        }
        _ => None,
    }
}

fn last_named(weekday: Weekday, which: Which, today: NaiveDate) -> NaiveDate {
    let back = i64::from(today.weekday().days_since(weekday));
    match which {
        Which::Last => today - TimeDelta::days(if back == 0 { 7 } else { back }),
        Which::LastWeek => {
            let monday = today - TimeDelta::days(i64::from(today.weekday().num_days_from_monday()) + 7);
            monday + TimeDelta::days(i64::from(weekday.num_days_from_monday()))
        }
    }
}

fn placed(
    date: NaiveDate,
    time: Option<&Time>,
    rules: &DateRules,
    relative: bool,
) -> Result<Reading, DateFailure> {
    let Some(Time { clock, next_day, precision, zone }) = time else {
        return Ok(Reading { relative, ..place::whole_day(date, rules.zone) });
    };
    let date = if *next_day { date.succ_opt().ok_or(DateFailure::NoSuchDay)? } else { date };
    let reading = place::moment(date.and_time(*clock), *precision, zone, rules.zone);
    reading.map(|r| Reading { relative, ..r }).ok_or(DateFailure::NotUnderstood)
}
