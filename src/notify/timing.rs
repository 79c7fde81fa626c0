//! When a rule tells an event: at once, or later with others.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// When messages may be sent.
#[derive(Debug, Clone)]
pub struct RuleTiming {
    /// The times of day at which all is told together; empty: at once.
    pub digest: Vec<NaiveTime>,
    /// When nothing is told.
    pub quiet: Option<QuietHours>,
    /// The zone of these times.
    pub zone: Tz,
    /// The most messages within an hour.
    pub most_per_hour: Option<usize>,
}

/// A part of the day, perhaps over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// From this time on.
    pub from: NaiveTime,
    /// Until this time, which differs from the first.
    pub until: NaiveTime,
}

/// Why an event is told later. Its name is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HoldReason {
    /// It is told at once.
    None,
    /// All is told at a time of the day.
    Digest,
    /// The hours are quiet.
    Quiet,
    /// Its feed is muted.
    Muted,
    /// Its feed was muted anew, or no longer: the mute ends at that moment. Quiet hours are asked then.
    MuteEnds,
    /// Its feed gets into trouble and out of it again and again.
    Flapping,
    /// There were enough messages within an hour.
    Overflow,
    /// The pages of its items are still to be read, and the filters of the rule ask for what they say.
    Article,
}

impl HoldReason {
    const NAMES: [(Self, &'static str); 8] = [
        (Self::None, ""),
        (Self::Digest, "digest"),
        (Self::Quiet, "quiet"),
        (Self::Muted, "muted"),
        (Self::MuteEnds, "mute_ends"),
        (Self::Flapping, "flapping"),
        (Self::Overflow, "overflow"),
        (Self::Article, "article"),
    ];

    /// The stable name; empty for none.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(reason, _)| *reason == self).map_or("", |(_, name)| name)
    }

    /// The reason with this name; none for one of a later version.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::NAMES.iter().find(|(_, own)| *own == name).map_or(Self::None, |(reason, _)| *reason)
    }
}

/// When an event is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The moment.
    pub at: DateTime<Utc>,
    /// Why then.
    pub reason: HoldReason,
}

impl RuleTiming {
    /// When an event of now is told, as far as the time of day decides.
    #[must_use]
    pub fn due(&self, now: DateTime<Utc>) -> Due {
        if let Some(at) = self.digest.iter().filter_map(|time| self.next(*time, now)).min() {
            return Due { at, reason: HoldReason::Digest };
        }
        match self.quiet {
            Some(quiet) if quiet.covers(now.with_timezone(&self.zone).time()) => {
                Due { at: self.next(quiet.until, now).unwrap_or(now), reason: HoldReason::Quiet }
            }
            _ => Due { at: now, reason: HoldReason::None },
        }
    }

    /// The next moment at which clocks of the zone show this time.
    fn next(&self, time: NaiveTime, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let today = now.with_timezone(&self.zone).date_naive();
        let days = (0..3).filter_map(|ahead| today.checked_add_days(Days::new(ahead)));
        days.filter_map(|day| self.moment(day, time)).find(|at| *at > now)
    }

    /// The moment of a time of a day. In the gap of a clock change, the moment as long after its beginning.
    fn moment(&self, day: NaiveDate, time: NaiveTime) -> Option<DateTime<Utc>> {
        let local = day.and_time(time);
        let found = self.zone.from_local_datetime(&local).earliest();
        let behind = || self.zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest();
        found.or_else(behind).map(|at| at.with_timezone(&Utc))
    }
}

impl QuietHours {
    fn covers(self, time: NaiveTime) -> bool {
        if self.from < self.until {
            self.from <= time && time < self.until
        } else {
            self.from <= time || time < self.until
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(hour: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, 0, 0).expect("a time")
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a moment")
    }

    fn timing(digest: &[u32], quiet: Option<(u32, u32)>) -> RuleTiming {
        let quiet = quiet.map(|(from, until)| QuietHours { from: time(from), until: time(until) });
        let digest = digest.iter().map(|hour| time(*hour)).collect();
        RuleTiming { digest, quiet, zone: Tz::Europe__Berlin, most_per_hour: None }
    }

    #[test]
    fn a_digest_comes_at_its_time_of_the_zone() {
        let daily = timing(&[8, 18], None);
        let due = |now| daily.due(at(now)).at;
        assert_eq!(due("2026-11-20T05:00:00Z"), at("2026-11-20T07:00:00Z"));
        assert_eq!(due("2026-11-20T07:00:00Z"), at("2026-11-20T17:00:00Z"));
        assert_eq!(due("2026-11-20T20:00:00Z"), at("2026-11-21T07:00:00Z"));
        assert_eq!(due("2026-07-20T20:00:00Z"), at("2026-07-21T06:00:00Z"));
    }

    #[test]
    fn a_time_in_the_gap_of_a_clock_change_is_told_after_it() {
        let nightly = RuleTiming {
            digest: vec![NaiveTime::from_hms_opt(2, 30, 0).expect("a time")],
            ..timing(&[], None)
        };
        assert_eq!(nightly.due(at("2026-03-29T00:00:00Z")).at, at("2026-03-29T01:30:00Z"));
    }

    #[test]
    fn quiet_hours_go_over_midnight() {
        let night = timing(&[], Some((22, 7)));
        let due = |now| night.due(at(now));
        assert_eq!(due("2026-11-20T12:00:00Z").reason, HoldReason::None);
        assert_eq!(due("2026-11-20T21:30:00Z").at, at("2026-11-21T06:00:00Z"));
        assert_eq!(due("2026-11-21T05:59:59Z").at, at("2026-11-21T06:00:00Z"));
        assert_eq!(due("2026-11-21T06:00:00Z").reason, HoldReason::None);
        let noon = timing(&[], Some((12, 14)));
        assert_eq!(noon.due(at("2026-11-20T11:30:00Z")).at, at("2026-11-20T13:00:00Z"));
        assert_eq!(noon.due(at("2026-11-20T13:00:00Z")).reason, HoldReason::None);
    }
}
