//! When a feed is due: intervals and cron lines, in a zone, right across its clock changes. Pure.

mod cron_line;
mod duration;
mod local;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::digest;
use cron_line::CronLine;

pub use duration::parse_duration;

/// The shortest interval.
const LEAST: Duration = Duration::from_secs(1);
/// The longest interval.
const MOST: Duration = Duration::from_secs(366 * 86_400);
/// Firings that are looked at to learn how often a cron line fires.
const SAMPLE: usize = 8;

/// Why a text is not a schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Not one of the three forms.
    #[error(
        "it is neither `every …`, nor a cron line of 5 or 6 fields, nor one of @hourly, @daily, @weekly, @monthly, @yearly"
    )]
    Unknown,
    /// A length of time that cannot be read.
    #[error("`{0}` is no length of time; write 30s, 10m, 1h30m or 2 days")]
    Duration(String),
    /// Too short or too long.
    #[error("an interval must be 1 second to 366 days")]
    OutOfRange,
    /// A field of a cron line.
    #[error("the {field} field `{text}` is wrong: {why}")]
    Field {
        /// Which one.
        field: &'static str,
        /// What stands there.
        text: String,
        /// What is wrong.
        why: String,
    },
    /// The 31st of February.
    #[error("no day fits it, so it would never run")]
    Never,
    /// Spread over more than the time between two runs, or with an interval.
    #[error(
        "`spread` must be shorter than the time between two runs, and goes with cron lines only; intervals are spread by themselves"
    )]
    Spread,
}

/// When a feed is due.
#[derive(Debug, Clone)]
pub struct Schedule {
    plan: Plan,
    period: Duration,
}

#[derive(Debug, Clone)]
enum Plan {
    Every(TimeDelta),
    Cron { line: CronLine, spread: TimeDelta },
}

impl Schedule {
    /// Reads `every 10m`, a cron line of 5 or 6 fields (six: seconds first), or `@hourly` and its
    /// like. Cron lines fire in `zone`; `spread` shifts them by a stable offset up to that long.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str, zone: Tz, spread: Option<Duration>) -> Result<Self, ScheduleError> {
        let text = text.trim();
        let (word, interval) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        if word.eq_ignore_ascii_case("every") {
            return match spread {
                Some(_) => Err(ScheduleError::Spread),
                None => Self::every(parse_duration(interval)?),
            };
        }
        let line = CronLine::parse(text, zone)?;
        let period = period(&line).ok_or(ScheduleError::Never)?;
        let spread = spread.unwrap_or_default();
        if spread >= period {
            return Err(ScheduleError::Spread);
        }
        let spread = TimeDelta::from_std(spread).map_err(|_| ScheduleError::Spread)?;
        Ok(Self { plan: Plan::Cron { line, spread }, period })
    }

    fn every(interval: Duration) -> Result<Self, ScheduleError> {
        if !(LEAST..=MOST).contains(&interval) {
            return Err(ScheduleError::OutOfRange);
        }
        let step = TimeDelta::from_std(interval).map_err(|_| ScheduleError::OutOfRange)?;
        Ok(Self { plan: Plan::Every(step), period: interval })
    }

    /// The first due moment strictly after `after`. `seed` is the feed's id: it decides where in
    /// the interval or the spread a feed stands, so that feeds do not all run at once.
    #[must_use]
    pub fn next_after(&self, after: DateTime<Utc>, seed: &str) -> DateTime<Utc> {
        match &self.plan {
            Plan::Every(step) => next_slot(after, *step, seed),
            Plan::Cron { line, spread } => {
                let shift = offset(*spread, seed);
                let next = line.next_after(after - shift).map(|at| at + shift);
                next.unwrap_or(after + TimeDelta::days(366))
            }
        }
    }

    /// The usual time between two runs: the interval, or the shortest gap of a cron line.
    #[must_use]
    pub const fn period(&self) -> Duration {
        self.period
    }
}

/// Slots lie at a stable offset in every interval since 1970.
fn next_slot(after: DateTime<Utc>, step: TimeDelta, seed: &str) -> DateTime<Utc> {
    let step_ms = step.num_milliseconds().max(1);
    let phase = offset(step, seed).num_milliseconds();
    let since = (after.timestamp_millis() - phase).rem_euclid(step_ms);
    let whole_ms = DateTime::from_timestamp_millis(after.timestamp_millis()).unwrap_or(after);
    whole_ms + TimeDelta::milliseconds(step_ms - since)
}

/// A stable part of a length of time.
fn offset(of: TimeDelta, seed: &str) -> TimeDelta {
    let ms = u64::try_from(of.num_milliseconds()).unwrap_or(0);
    let part = if ms == 0 { 0 } else { digest::number(seed) % ms };
    TimeDelta::milliseconds(i64::try_from(part).unwrap_or(0))
}

/// The shortest gap between some firings; `None` if there are none.
fn period(line: &CronLine) -> Option<Duration> {
    let mut at = line.next_after(DateTime::UNIX_EPOCH + TimeDelta::days(365 * 54))?;
    let mut shortest = MOST;
    for _ in 0..SAMPLE {
        let Some(next) = line.next_after(at) else { break };
        shortest = shortest.min((next - at).to_std().unwrap_or(MOST));
        at = next;
    }
    Some(shortest)
}

#[cfg(test)]
mod tests;
