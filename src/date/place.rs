//! Calendar and clock values -> an instant in a zone.

use chrono::{
    DateTime, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike,
    Utc,
};
use chrono_tz::{OffsetName, Tz};

use super::calendar::YEARS;
use super::zones;
use super::{DateFailure, Reading};
use crate::model::Precision;

/// What a text says about the zone of a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ZoneSaid {
    /// Nothing: the feed's zone.
    Nothing,
    /// Minutes east of UTC.
    Minutes(i32),
    /// Letters such as `kst`.
    Letters(String),
}

/// A day that exists.
pub(super) fn day(year: i32, month: u32, day: u32) -> Result<NaiveDate, DateFailure> {
    let date = NaiveDate::from_ymd_opt(year, month, day).filter(|_| YEARS.contains(&year));
    date.ok_or(DateFailure::NoSuchDay)
}

/// A month, at its first day.
pub(super) fn month(year: i32, month: u32, zone: Tz) -> Result<Reading, DateFailure> {
    let at = local(zone, day(year, month, 1)?.and_time(NaiveTime::MIN));
    Ok(Reading { at, precision: Precision::Month, relative: false })
}

/// A whole day.
pub(super) fn whole_day(date: NaiveDate, zone: Tz) -> Reading {
    Reading { at: local(zone, date.and_time(NaiveTime::MIN)), precision: Precision::Day, relative: false }
}

/// A moment.
pub(super) fn moment(at: NaiveDateTime, precision: Precision, said: &ZoneSaid, zone: Tz) -> Option<Reading> {
    let at = match said {
        ZoneSaid::Nothing => local(zone, at),
        ZoneSaid::Minutes(minutes) => fixed(*minutes, at)?,
        ZoneSaid::Letters(letters) => by_letters(letters, zone, at)?,
    };
    Some(Reading { at, precision, relative: false })
}

/// Letters mean the feed's own zone if it goes by them, whatever they mean elsewhere.
fn by_letters(letters: &str, zone: Tz, at: NaiveDateTime) -> Option<DateTime<FixedOffset>> {
    if let LocalResult::Single(own) | LocalResult::Ambiguous(own, _) = zone.from_local_datetime(&at)
        && own.offset().abbreviation().is_some_and(|a| a.eq_ignore_ascii_case(letters))
    {
        return Some(own.fixed_offset());
    }
    if let Some(place) = zones::place(letters) {
        return Some(local(place, at));
    }
    fixed(zones::minutes(letters)?, at)
}

fn fixed(minutes: i32, at: NaiveDateTime) -> Option<DateTime<FixedOffset>> {
    FixedOffset::east_opt(minutes.checked_mul(60)?)?.from_local_datetime(&at).single()
}

/// A local time; one that the clock skips is moved on by an hour, of a repeated one the first counts.
pub(super) fn local(zone: Tz, at: NaiveDateTime) -> DateTime<FixedOffset> {
    match zone.from_local_datetime(&at) {
        LocalResult::Single(found) | LocalResult::Ambiguous(found, _) => found.fixed_offset(),
        LocalResult::None => {
            let before = zone.from_utc_datetime(&(at - TimeDelta::days(1)));
            let offset = chrono::Offset::fix(before.offset()).local_minus_utc();
            let utc = at - TimeDelta::seconds(offset.into());
            zone.from_utc_datetime(&utc).fixed_offset()
        }
    }
}

/// The beginning of a minute.
pub(super) fn to_minute(at: DateTime<Utc>) -> DateTime<Utc> {
    at - TimeDelta::seconds(at.second().into()) - TimeDelta::nanoseconds(at.nanosecond().into())
}
