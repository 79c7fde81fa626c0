//! Local times -> instants, across clock changes.
//!
//! A time that a change skips fires once, at the end of the gap; a repeated one fires once, the
//! first time. Lines that fire in every hour go on in real time instead.

use chrono::{DateTime, LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// Clock changes are further apart than this, and no zone is further from UTC.
const HORIZON: TimeDelta = TimeDelta::hours(16);
/// Time is repeated only this soon after its first pass, in which the last firing was.
const NEAR: TimeDelta = TimeDelta::days(2);
/// Firings in a row that a clock change may swallow: seconds of half a day.
const MAX_SKIPPED: usize = 50_000;

/// The first instant strictly after `after` at which `next_local` fires in a zone.
pub(super) fn next(
    zone: Tz,
    every_hour: bool,
    after: DateTime<Utc>,
    next_local: impl Fn(NaiveDateTime) -> Option<NaiveDateTime>,
) -> Option<DateTime<Utc>> {
    let mut local = after.with_timezone(&zone).naive_local();
    for _ in 0..MAX_SKIPPED {
        local = next_local(local)?;
        let found = match (zone.from_local_datetime(&local), every_hour) {
            (LocalResult::Single(at), _) => Some(at.to_utc()),
            (LocalResult::Ambiguous(first, second), true) if first.to_utc() <= after => Some(second.to_utc()),
            (LocalResult::Ambiguous(first, _), _) => Some(first.to_utc()),
            (LocalResult::None, true) => None,
            (LocalResult::None, false) => Some(end_of_gap(zone, local)),
        };
        let Some(at) = found.filter(|at| *at > after) else { continue };
        let repeated = every_hour.then(|| in_repeated_hour(zone, after, at, &next_local)).flatten();
        return Some(repeated.unwrap_or(at));
    }
    None
}

/// The moment at which the clock jumped over a local time.
fn end_of_gap(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    change(zone, local.and_utc() - HORIZON, local.and_utc() + HORIZON)
}

/// If the clock is set back between two instants, a firing in the repeated time comes first.
fn in_repeated_hour(
    zone: Tz,
    after: DateTime<Utc>,
    at: DateTime<Utc>,
    next_local: impl Fn(NaiveDateTime) -> Option<NaiveDateTime>,
) -> Option<DateTime<Utc>> {
    let soon = at.min(after + NEAR);
    let (before, then) = (offset(zone, after), offset(zone, soon));
    if then >= before {
        return None;
    }
    let change = change(zone, after, soon);
    let first = change.naive_utc() + TimeDelta::seconds(then);
    // The line may fire at the very moment of the change.
    let local = next_local(first - TimeDelta::milliseconds(1))?;
    let again = (local - TimeDelta::seconds(then)).and_utc();
    (again > after && again < at).then_some(again)
}

/// Seconds east of UTC.
fn offset(zone: Tz, at: DateTime<Utc>) -> i64 {
    zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc().into()
}

/// The instant between two instants at which the offset changes, to the second.
fn change(zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> DateTime<Utc> {
    let old = offset(zone, from);
    let (mut low, mut high) = (from.timestamp(), to.timestamp());
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let same = DateTime::from_timestamp(middle, 0).is_some_and(|at| offset(zone, at) == old);
        if same { low = middle } else { high = middle }
    }
    DateTime::from_timestamp(high, 0).unwrap_or(to)
}
