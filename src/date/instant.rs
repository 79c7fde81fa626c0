//! Day, time of day and zone -> an instant.

use chrono::{
    DateTime, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike,
    Utc,
};
use chrono_tz::{OffsetName, Tz};

use super::calendar::YEARS;
use super::outcome::{DateFailure, ParsedDate};
use super::zones;
use crate::model::Precision;

/// The zone of a time as a text states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum StatedZone {
    /// The text states none: the feed's zone counts.
    Unstated,
    /// Minutes east of UTC.
    OffsetMinutes(i32),
    /// An abbreviation in lower case, such as `kst`.
    Abbreviation(String),
    /// A zone of the IANA database.
    Place(Tz),
}

/// Checks that a day exists and lies in the accepted years.
pub(super) fn day(year: i32, month: u32, day: u32) -> Result<NaiveDate, DateFailure> {
    let date = NaiveDate::from_ymd_opt(year, month, day).filter(|_| YEARS.contains(&year));
    date.ok_or(DateFailure::NoSuchDay)
}

/// A date of month precision, at the month's first day.
pub(super) fn month(year: i32, month: u32, zone: Tz) -> Result<ParsedDate, DateFailure> {
    let at = local(zone, day(year, month, 1)?.and_time(NaiveTime::MIN));
    Ok(ParsedDate { at, precision: Precision::Month, relative: false })
}

/// A date of day precision.
pub(super) fn whole_day(date: NaiveDate, zone: Tz) -> ParsedDate {
    ParsedDate { at: local(zone, date.and_time(NaiveTime::MIN)), precision: Precision::Day, relative: false }
}

/// A date with a time, in the zone that its text states, else in `default_zone`.
pub(super) fn moment(
    local_time: NaiveDateTime,
    precision: Precision,
    stated_zone: &StatedZone,
    default_zone: Tz,
) -> Option<ParsedDate> {
    let at = match stated_zone {
        StatedZone::Unstated => local(default_zone, local_time),
        StatedZone::OffsetMinutes(minutes) => at_offset(*minutes, local_time)?,
        StatedZone::Place(zone) => local(*zone, local_time),
        StatedZone::Abbreviation(letters) => by_abbreviation(letters, default_zone, local_time)?,
    };
    Some(ParsedDate { at, precision, relative: false })
}

/// A local time with a zone abbreviation. If the feed's own zone uses the abbreviation, the feed's zone is
/// meant, even if other zones use the abbreviation too.
fn by_abbreviation(
    abbreviation: &str,
    default_zone: Tz,
    local_time: NaiveDateTime,
) -> Option<DateTime<FixedOffset>> {
    if let LocalResult::Single(at) | LocalResult::Ambiguous(at, _) =
        default_zone.from_local_datetime(&local_time)
        && at.offset().abbreviation().is_some_and(|own| own.eq_ignore_ascii_case(abbreviation))
    {
        return Some(at.fixed_offset());
    }
    if let Some(zone) = zones::zone_with_summer_time(abbreviation) {
        return Some(local(zone, local_time));
    }
    at_offset(zones::offset_minutes(abbreviation)?, local_time)
}

/// A local time at so many minutes east of UTC.
fn at_offset(minutes: i32, local_time: NaiveDateTime) -> Option<DateTime<FixedOffset>> {
    FixedOffset::east_opt(minutes.checked_mul(60)?)?.from_local_datetime(&local_time).single()
}

/// The instant of a local time. A time that a clock change skips is moved on by the length of the gap. A time
/// that a clock change repeats means its first occurrence.
pub(super) fn local(zone: Tz, local_time: NaiveDateTime) -> DateTime<FixedOffset> {
    match zone.from_local_datetime(&local_time) {
        LocalResult::Single(found) | LocalResult::Ambiguous(found, _) => found.fixed_offset(),
        LocalResult::None => {
            // With the offset from before the clock change, the time moves on by the length of the gap.
            let day_before = zone.from_utc_datetime(&(local_time - TimeDelta::days(1)));
            let offset = chrono::Offset::fix(day_before.offset()).local_minus_utc();
            let utc = local_time - TimeDelta::seconds(offset.into());
            zone.from_utc_datetime(&utc).fixed_offset()
        }
    }
}

/// Rounds down to the minute.
pub(super) fn to_minute(at: DateTime<Utc>) -> DateTime<Utc> {
    at - TimeDelta::seconds(at.second().into()) - TimeDelta::nanoseconds(at.nanosecond().into())
}
