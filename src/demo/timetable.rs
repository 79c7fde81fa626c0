//! When the sample site publishes: a pure function of the calendar and of when the site started.
//!
//! The archive comes at fixed times of each day, so that a restart shows it unchanged; what is
//! live comes in even steps of absolute time, and only since the start.

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, TimeZone, Timelike, Utc};
use chrono_tz::Asia::Pyongyang;
use chrono_tz::Tz;

/// How far back the archive goes, in days.
pub(super) const ARCHIVE_DAYS: i64 = 60;

/// How long something live stays in the lists, in seconds: bounds their length.
pub(super) const LIVE_KEPT_S: i64 = 3600;

/// The rhythm of one list.
pub(super) struct Timetable {
    /// Seconds between live publications.
    pub(super) every_s: i64,
    /// Times of the archive in seconds of the local day, ascending; none divisible by `every_s`,
    /// so that no moment belongs to both.
    pub(super) daily_s: &'static [u32],
}

/// A moment at which something was published, and its number in its own series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    /// The moment.
    pub(super) at: DateTime<Utc>,
    /// Counts up by one from each publication of the series to the next.
    pub(super) serial: u64,
}

/// A moment as the site's own clocks show it.
pub(super) fn local(at: DateTime<Utc>) -> DateTime<Tz> {
    at.with_timezone(&Pyongyang)
}

impl Slot {
    /// Unix seconds: identifies the slot within its timetable, and seeds its text.
    pub(super) fn unix(&self) -> i64 {
        self.at.timestamp()
    }

    /// The seed of everything that is made up for this slot.
    pub(super) fn seed(&self) -> u64 {
        self.unix().cast_unsigned()
    }
}

impl Timetable {
    /// What is listed at `now`, newest first: live since `started`, and the archive.
    pub(super) fn listed(&self, started: DateTime<Utc>, now: DateTime<Utc>) -> Vec<Slot> {
        let mut slots: Vec<Slot> = self.live(started, now).chain(self.archive(now)).collect();
        slots.sort_by_key(|s| std::cmp::Reverse(s.at));
        slots
    }

    /// The slot at Unix seconds, if something is ever published then.
    pub(super) fn slot_at(&self, unix: i64) -> Option<Slot> {
        let at = DateTime::from_timestamp(unix, 0)?;
        self.live_slot(at).or_else(|| self.archive_slot(at))
    }

    /// Whether a slot is one of the even steps since the start, and not of the archive.
    pub(super) fn is_live(&self, slot: &Slot) -> bool {
        self.live_slot(slot.at).is_some()
    }

    fn live(&self, started: DateTime<Utc>, now: DateTime<Utc>) -> impl Iterator<Item = Slot> {
        let after = started.timestamp().max(now.timestamp() - LIVE_KEPT_S);
        let first = after.div_euclid(self.every_s) + 1;
        let last = now.timestamp().div_euclid(self.every_s);
        (first..=last).filter_map(|n| self.slot_at(n * self.every_s))
    }

    fn archive(&self, now: DateTime<Utc>) -> impl Iterator<Item = Slot> {
        let today = local(now).date_naive();
        let days = (0..=ARCHIVE_DAYS).filter_map(move |back| today.checked_sub_signed(Duration::days(back)));
        let times = move |day| self.daily_s.iter().filter_map(move |s| instant(day, *s));
        days.flat_map(times).filter(move |at| *at <= now).filter_map(|at| self.archive_slot(at))
    }

    fn live_slot(&self, at: DateTime<Utc>) -> Option<Slot> {
        let even = at.timestamp() % self.every_s == 0;
        let serial = u64::try_from(at.timestamp() / self.every_s).ok()?;
        even.then_some(Slot { at, serial })
    }

    fn archive_slot(&self, at: DateTime<Utc>) -> Option<Slot> {
        let local = local(at);
        let second = local.num_seconds_from_midnight();
        let index = self.daily_s.iter().position(|s| *s == second)?;
        let day = u64::try_from(local.num_days_from_ce()).ok()?;
        Some(Slot { at, serial: day * self.daily_s.len() as u64 + index as u64 })
    }
}

fn instant(day: NaiveDate, second: u32) -> Option<DateTime<Utc>> {
    let time = NaiveTime::from_num_seconds_from_midnight_opt(second, 0)?;
    let at = Pyongyang.from_local_datetime(&day.and_time(time)).earliest()?;
    Some(at.with_timezone(&Utc))
}
