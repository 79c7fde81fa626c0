//! Local times -> instants, across clock changes.
//!
//! A firing at a skipped time happens once, at the end of the gap. A firing at a repeated time happens
//! once, the first time. Lines that fire in every hour instead follow real time: they skip the gap and
//! fire again in the repeated hour.

use chrono::{DateTime, LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// A skipped time is searched for this long on both sides. Clock changes are further apart than
/// this, and no zone's offset from UTC is larger.
const SEARCH_RADIUS: TimeDelta = TimeDelta::hours(16);
/// A repeated time is searched for only this long after the last firing, which was in its first pass.
const REPEAT_WINDOW: TimeDelta = TimeDelta::days(2);
/// Firings in a row that a clock change may drop: about the seconds of half a day.
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

/// The instant of the clock change that skips a local time.
fn end_of_gap(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    offset_change(zone, local.and_utc() - SEARCH_RADIUS, local.and_utc() + SEARCH_RADIUS)
}

/// The first firing in the time that is repeated, if the clock is set back between two instants.
fn in_repeated_hour(
    zone: Tz,
    after: DateTime<Utc>,
    at: DateTime<Utc>,
    next_local: impl Fn(NaiveDateTime) -> Option<NaiveDateTime>,
) -> Option<DateTime<Utc>> {
    let soon = at.min(after + REPEAT_WINDOW);
    let old_offset = offset(zone, after);
    let new_offset = offset(zone, soon);
    if new_offset >= old_offset {
        return None;
    }
    let change = offset_change(zone, after, soon);
    let local_at_change = change.naive_utc() + TimeDelta::seconds(new_offset);
    // The line may fire exactly at the change.
    let local_firing = next_local(local_at_change - TimeDelta::milliseconds(1))?;
    let firing = (local_firing - TimeDelta::seconds(new_offset)).and_utc();
    (firing > after && firing < at).then_some(firing)
}

/// The offset of a zone at an instant, in seconds east of UTC.
fn offset(zone: Tz, at: DateTime<Utc>) -> i64 {
    zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc().into()
}

/// The instant between two instants at which the offset changes, to the second.
fn offset_change(zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> DateTime<Utc> {
    let old = offset(zone, from);
    let mut low = from.timestamp();
    let mut high = to.timestamp();
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let is_unchanged = DateTime::from_timestamp(middle, 0).is_some_and(|at| offset(zone, at) == old);
        if is_unchanged { low = middle } else { high = middle }
    }
    DateTime::from_timestamp(high, 0).unwrap_or(to)
}
