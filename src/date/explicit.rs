//! Dates in an explicit format: that of strftime, or a Unix time.

use chrono::format::{Fixed, Item, Numeric, Parsed, StrftimeItems, parse};
use chrono::{Datelike, NaiveTime, Timelike};
use chrono_tz::Tz;

use super::epoch::{self, EpochUnit};
use super::instant::{self, StatedZone};
use super::outcome::{DateFailure, ParsedDate};
use crate::model::Precision;

/// Characters that pages put around a date and that a format need not name.
const SURROUNDINGS: &[char] = &['[', ']', '(', ')', ',', ';', '|', '·', '•', '-', ' '];

/// Reads a date. The format must match the whole text, except [`SURROUNDINGS`] at the ends of the text.
/// White space is collapsed first.
pub(super) fn read(text: &str, format: &str, zone: Tz) -> Result<ParsedDate, DateFailure> {
    if let Some(unit) = EpochUnit::of_format(format) {
        return epoch::in_unit(text, unit).ok_or_else(|| DateFailure::FormatMismatch(format.to_owned()));
    }
    let single_spaced = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let narrow: String = single_spaced.chars().map(narrow_digit).collect();
    parse_whole(&narrow, format, zone)
        .or_else(|| parse_whole(narrow.trim_matches(SURROUNDINGS), format, zone))
        .ok_or_else(|| DateFailure::FormatMismatch(format.to_owned()))
}

/// Reads the two commonest machine formats, RFC 3339 and a day alone, without the word tables.
pub(super) fn rfc3339(text: &str, zone: Tz) -> Option<ParsedDate> {
    if let Ok(at) = chrono::DateTime::parse_from_rfc3339(text) {
        instant::day(at.year(), at.month(), at.day()).ok()?;
        let at = at.with_nanosecond(0).filter(|_| at.nanosecond() < 1_000_000_000)?;
        return Some(ParsedDate { at, precision: Precision::Second, relative: false });
    }
    let day = text.parse::<chrono::NaiveDate>().ok().filter(|_| text.len() == 10)?;
    Some(instant::whole_day(instant::day(day.year(), day.month(), day.day()).ok()?, zone))
}

/// A full-width digit as an ASCII digit; any other character as it is.
fn narrow_digit(c: char) -> char {
    match u32::from(c) {
        wide @ 0xff10..=0xff19 => char::from_u32(wide - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Parses a text that matches a format from its beginning to its end.
fn parse_whole(text: &str, format: &str, zone: Tz) -> Option<ParsedDate> {
    let mut parsed = Parsed::new();
    parse(&mut parsed, text, StrftimeItems::new(format)).ok()?;
    if let Some(unix_seconds) = parsed.timestamp() {
        let at = chrono::DateTime::from_timestamp(unix_seconds, 0)?;
        return Some(ParsedDate {
            at: at.with_timezone(&zone).fixed_offset(),
            precision: Precision::Second,
            relative: false,
        });
    }
    let Ok(date) = parsed.to_naive_date() else { return only_month(parsed, zone) };
    let date = instant::day(date.year(), date.month(), date.day()).ok()?;
    let Some(time) = time(&parsed) else { return Some(instant::whole_day(date, zone)) };
    let precision = if parsed.second().is_some() { Precision::Second } else { Precision::Minute };
    let stated_zone = match parsed.offset() {
        Some(seconds) => StatedZone::OffsetMinutes(seconds / 60),
        None => StatedZone::Unstated,
    };
    instant::moment(date.and_time(time), precision, &stated_zone, zone)
}

/// The time of day, if the format has one. An hour without minutes is enough.
fn time(parsed: &Parsed) -> Option<NaiveTime> {
    let mut parsed = parsed.clone();
    if parsed.minute().is_none() && parsed.hour_div_12().is_some() {
        parsed.set_minute(0).ok()?;
    }
    parsed.to_naive_time().ok().map(|t| t.with_nanosecond(0).unwrap_or(t))
}

/// The first day of the month, if the format has no day.
fn only_month(mut parsed: Parsed, zone: Tz) -> Option<ParsedDate> {
    if parsed.day().is_some() {
        return None;
    }
    parsed.set_day(1).ok()?;
    let date = parsed.to_naive_date().ok()?;
    instant::month(date.year(), date.month(), zone).ok()
}

/// Checks that a format names a Unix time, or is valid strftime syntax and has a year.
///
/// # Errors
/// A sentence that says what is wrong with the format.
pub fn check_format(format: &str) -> Result<(), String> {
    if EpochUnit::of_format(format).is_some() {
        return Ok(());
    }
    let items: Vec<Item<'_>> = StrftimeItems::new(format).collect();
    if items.contains(&Item::Error) {
        return Err("it has a `%` that means nothing; write %% for a percent sign".to_owned());
    }
    let is_full_date = |item: &Item<'_>| {
        matches!(item, Item::Numeric(Numeric::Timestamp, _) | Item::Fixed(Fixed::RFC2822 | Fixed::RFC3339))
    };
    let is_year = |item: &Item<'_>| {
        matches!(item, Item::Numeric(Numeric::Year | Numeric::YearMod100 | Numeric::IsoYear, _))
    };
    let has_year = items.iter().any(|item| is_full_date(item) || is_year(item));
    if has_year {
        return Ok(());
    }
    let is_meant_as_epoch =
        format.trim_start().get(..5).is_some_and(|begin| begin.eq_ignore_ascii_case("epoch"));
    Err(if is_meant_as_epoch {
        "a Unix time is `epoch`, `epoch_ms`, `epoch_us` or `epoch_ns`".to_owned()
    } else {
        "it has no year (%Y)".to_owned()
    })
}
