//! Dates by an explicit format.

use chrono::format::{Fixed, Item, Numeric, Parsed, StrftimeItems, parse};
use chrono::{Datelike, NaiveTime, Timelike};
use chrono_tz::Tz;

use super::place::{self, ZoneSaid};
use super::{DateFailure, Reading};
use crate::model::Precision;

/// Marks around a date that pages add and formats need not name.
const AROUND: &[char] = &['[', ']', '(', ')', ',', ';', '|', '·', '•', '-', ' '];

/// Reads a text that must fit a format as a whole, white space and marks around it apart.
pub(super) fn read(text: &str, format: &str, zone: Tz) -> Result<Reading, DateFailure> {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let narrow: String = folded.chars().map(narrow_digit).collect();
    let whole = fit(&narrow, format, zone);
    whole
        .or_else(|| fit(narrow.trim_matches(AROUND), format, zone))
        .ok_or_else(|| DateFailure::Misfit(format.to_owned()))
}

/// The two commonest machine dates, RFC 3339 and a day alone, without the tables of words.
pub(super) fn rfc3339(text: &str, zone: Tz) -> Option<Reading> {
    if let Ok(at) = chrono::DateTime::parse_from_rfc3339(text) {
        place::day(at.year(), at.month(), at.day()).ok()?;
        let at = at.with_nanosecond(0).filter(|_| at.nanosecond() < 1_000_000_000)?;
        return Some(Reading { at, precision: Precision::Second, relative: false });
    }
    let day = text.parse::<chrono::NaiveDate>().ok().filter(|_| text.len() == 10)?;
    Some(place::whole_day(place::day(day.year(), day.month(), day.day()).ok()?, zone))
}

fn narrow_digit(c: char) -> char {
    match u32::from(c) {
        wide @ 0xff10..=0xff19 => char::from_u32(wide - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

fn fit(text: &str, format: &str, zone: Tz) -> Option<Reading> {
    let mut parsed = Parsed::new();
    parse(&mut parsed, text, StrftimeItems::new(format)).ok()?;
    if let Some(stamp) = parsed.timestamp() {
        let at = chrono::DateTime::from_timestamp(stamp, 0)?;
        return Some(Reading {
            at: at.with_timezone(&zone).fixed_offset(),
            precision: Precision::Second,
            relative: false,
        });
    }
    let Ok(date) = parsed.to_naive_date() else { return only_month(parsed, zone) };
    let date = place::day(date.year(), date.month(), date.day()).ok()?;
    let Some(time) = time(&parsed) else { return Some(place::whole_day(date, zone)) };
    let precision = if parsed.second().is_some() { Precision::Second } else { Precision::Minute };
    let said = parsed.offset().map_or(ZoneSaid::Nothing, |seconds| ZoneSaid::Minutes(seconds / 60));
    place::moment(date.and_time(time), precision, &said, zone)
}

/// The time, if the format has one; an hour alone will do.
fn time(parsed: &Parsed) -> Option<NaiveTime> {
    let mut parsed = parsed.clone();
    if parsed.minute().is_none() && parsed.hour_div_12().is_some() {
        parsed.set_minute(0).ok()?;
    }
    parsed.to_naive_time().ok().map(|t| t.with_nanosecond(0).unwrap_or(t))
}

fn only_month(mut parsed: Parsed, zone: Tz) -> Option<Reading> {
    if parsed.day().is_some() {
        return None;
    }
    parsed.set_day(1).ok()?;
    let date = parsed.to_naive_date().ok()?;
    place::month(date.year(), date.month(), zone).ok()
}

/// Checks a format.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn check_format(format: &str) -> Result<(), String> {
    let items: Vec<Item<'_>> = StrftimeItems::new(format).collect();
    if items.contains(&Item::Error) {
        return Err("it has a `%` that means nothing; write %% for a percent sign".to_owned());
    }
    let whole = |i: &Item<'_>| {
        matches!(i, Item::Numeric(Numeric::Timestamp, _) | Item::Fixed(Fixed::RFC2822 | Fixed::RFC3339))
    };
    let year =
        |i: &Item<'_>| matches!(i, Item::Numeric(Numeric::Year | Numeric::YearMod100 | Numeric::IsoYear, _));
    if items.iter().any(|i| whole(i) || year(i)) { Ok(()) } else { Err("it has no year (%Y)".to_owned()) }
}
