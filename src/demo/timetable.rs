//! The publication times of the sample site: a pure function of the calendar and the site's start.
//!
//! Archive publications have fixed times of each day, so that they are the same after a restart. Live
//! publications come at a fixed interval of absolute time, and only after the start.

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, TimeZone, Timelike, Utc};
use chrono_tz::Asia::Pyongyang;
use chrono_tz::Tz;

/// The number of days that the archive goes back.
pub(super) const ARCHIVE_DAYS: i64 = 60;

/// Seconds that a live publication stays listed. This limits the length of listings.
pub(super) const LIVE_KEPT_S: i64 = 3600;

/// The publication times of one listing.
pub(super) struct Timetable {
    /// Seconds between live publications.
    pub(super) every_s: i64,
    /// Archive times in seconds of the local day, ascending. None is divisible by `every_s`, so that no
    /// publication is both live and of the archive.
    pub(super) daily_s: &'static [u32],
}

/// One publication: its time, and its number in its series, which is either live or the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Publication {
    /// The time of publication.
    pub(super) at: DateTime<Utc>,
    /// Increases by one from each publication of the series to the next.
    pub(super) serial: u64,
}

/// A time in the site's own time zone.
pub(super) fn local(at: DateTime<Utc>) -> DateTime<Tz> {
    at.with_timezone(&Pyongyang)
}

impl Publication {
    /// The time in Unix seconds. It identifies the publication within its timetable, and seeds its text.
    pub(super) fn unix(&self) -> i64 {
        self.at.timestamp()
    }

    /// The seed of all pseudo-random values of this publication.
    pub(super) fn seed(&self) -> u64 {
        self.unix().cast_unsigned()
    }
}

impl Timetable {
    /// The publications that are listed at `now`, newest first: live ones since `started`, and the
    /// archive.
    pub(super) fn listed(&self, started: DateTime<Utc>, now: DateTime<Utc>) -> Vec<Publication> {
        let mut publications: Vec<Publication> = self.live(started, now).chain(self.archive(now)).collect();
        publications.sort_by_key(|publication| std::cmp::Reverse(publication.at));
        publications
    }

    /// The publication at a time in Unix seconds, if the timetable has one.
    pub(super) fn publication_at(&self, unix: i64) -> Option<Publication> {
        let at = DateTime::from_timestamp(unix, 0)?;
        self.live_publication(at).or_else(|| self.archive_publication(at))
    }

    /// Whether a publication is live, and not of the archive.
    pub(super) fn is_live(&self, publication: &Publication) -> bool {
        self.live_publication(publication.at).is_some()
    }

    fn live(&self, started: DateTime<Utc>, now: DateTime<Utc>) -> impl Iterator<Item = Publication> {
        let after = started.timestamp().max(now.timestamp() - LIVE_KEPT_S);
        let first = after.div_euclid(self.every_s) + 1;
        let last = now.timestamp().div_euclid(self.every_s);
        (first..=last).filter_map(|number| self.publication_at(number * self.every_s))
    }

    fn archive(&self, now: DateTime<Utc>) -> impl Iterator<Item = Publication> {
        let today = local(now).date_naive();
        let days = (0..=ARCHIVE_DAYS).filter_map(move |back| today.checked_sub_signed(Duration::days(back)));
        let times = move |day| self.daily_s.iter().filter_map(move |second| instant(day, *second));
        days.flat_map(times).filter(move |at| *at <= now).filter_map(|at| self.archive_publication(at))
    }

    fn live_publication(&self, at: DateTime<Utc>) -> Option<Publication> {
        let is_multiple = at.timestamp() % self.every_s == 0;
        let serial = u64::try_from(at.timestamp() / self.every_s).ok()?;
        is_multiple.then_some(Publication { at, serial })
    }

    fn archive_publication(&self, at: DateTime<Utc>) -> Option<Publication> {
        let local = local(at);
        let second = local.num_seconds_from_midnight();
        let index = self.daily_s.iter().position(|daily| *daily == second)?;
        let day = u64::try_from(local.num_days_from_ce()).ok()?;
        Some(Publication { at, serial: day * self.daily_s.len() as u64 + index as u64 })
    }
}

/// The instant of a second of the local day.
fn instant(day: NaiveDate, second: u32) -> Option<DateTime<Utc>> {
    let time = NaiveTime::from_num_seconds_from_midnight_opt(second, 0)?;
    let at = Pyongyang.from_local_datetime(&day.and_time(time)).earliest()?;
    Some(at.with_timezone(&Utc))
}
