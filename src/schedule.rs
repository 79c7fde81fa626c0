//! When a feed is due: intervals and cron lines, correct across the clock changes of their time zone.
//! Pure.

mod cron_line;
mod duration;
mod error;
mod local;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::digest;
use cron_line::CronLine;

pub use duration::parse_duration;
pub use error::ScheduleError;

/// The shortest interval.
const MIN_INTERVAL: Duration = Duration::from_secs(1);
/// The longest interval.
const MAX_INTERVAL: Duration = Duration::from_secs(366 * 86_400);
/// Number of gaps between firings that are measured to find the period of a cron line.
const SAMPLED_GAPS: usize = 8;

/// When a feed is due.
#[derive(Debug, Clone)]
pub struct Schedule {
    timing: Timing,
    period: Duration,
}

#[derive(Debug, Clone)]
enum Timing {
    Interval(TimeDelta),
    /// The firings of a line, each delayed by less than `spread`.
    Cron {
        line: CronLine,
        spread: TimeDelta,
    },
}

impl Schedule {
    /// Parses `every 10m`, a cron line of 5 or 6 fields (with 6, seconds come first), or an alias such
    /// as `@hourly`. Cron lines fire in `zone`. `spread` is the upper bound of a stable delay that is
    /// added to their firings.
    ///
    /// # Errors
    /// The reason why the text is no schedule.
    pub fn parse(text: &str, zone: Tz, spread: Option<Duration>) -> Result<Self, ScheduleError> {
        let text = text.trim();
        let (first_word, interval) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        if first_word.eq_ignore_ascii_case("every") {
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
        Ok(Self { timing: Timing::Cron { line, spread }, period })
    }

    fn every(interval: Duration) -> Result<Self, ScheduleError> {
        if !(MIN_INTERVAL..=MAX_INTERVAL).contains(&interval) {
            return Err(ScheduleError::OutOfRange);
        }
        let step = TimeDelta::from_std(interval).map_err(|_| ScheduleError::OutOfRange)?;
        Ok(Self { timing: Timing::Interval(step), period: interval })
    }

    /// The first due time strictly after `after`. `seed` is the feed's id. It decides the feed's offset
    /// in the interval or the spread, so that feeds do not all run at once.
    #[must_use]
    pub fn next_after(&self, after: DateTime<Utc>, seed: &str) -> DateTime<Utc> {
        match &self.timing {
            Timing::Interval(interval) => next_slot(after, *interval, seed),
            Timing::Cron { line, spread } => {
                let delay = offset(*spread, seed);
                let next = line.next_after(after - delay).map(|at| at + delay);
                next.unwrap_or(after + TimeDelta::days(366))
            }
        }
    }

    /// The usual time between two runs: the interval, or the shortest gap between the firings of a
    /// cron line.
    #[must_use]
    pub const fn period(&self) -> Duration {
        self.period
    }
}

/// The first slot strictly after `after`. Slots lie at a stable offset in every interval since 1970.
fn next_slot(after: DateTime<Utc>, interval: TimeDelta, seed: &str) -> DateTime<Utc> {
    let interval_ms = interval.num_milliseconds().max(1);
    let phase_ms = offset(interval, seed).num_milliseconds();
    let since_slot_ms = (after.timestamp_millis() - phase_ms).rem_euclid(interval_ms);
    let whole_ms = DateTime::from_timestamp_millis(after.timestamp_millis()).unwrap_or(after);
    whole_ms + TimeDelta::milliseconds(interval_ms - since_slot_ms)
}

/// A stable duration of at least zero and less than `range`, derived from `seed`.
fn offset(range: TimeDelta, seed: &str) -> TimeDelta {
    let range_ms = u64::try_from(range.num_milliseconds()).unwrap_or(0);
    let offset_ms = if range_ms == 0 { 0 } else { digest::number(seed) % range_ms };
    TimeDelta::milliseconds(i64::try_from(offset_ms).unwrap_or(0))
}

/// The shortest gap between some firings of a cron line. `None` if it never fires.
fn period(line: &CronLine) -> Option<Duration> {
    // A fixed start, in December 2023, makes the result stable.
    let mut at = line.next_after(DateTime::UNIX_EPOCH + TimeDelta::days(365 * 54))?;
    let mut shortest = MAX_INTERVAL;
    for _ in 0..SAMPLED_GAPS {
        let Some(next) = line.next_after(at) else { break };
        shortest = shortest.min((next - at).to_std().unwrap_or(MAX_INTERVAL));
        at = next;
    }
    Some(shortest)
}

#[cfg(test)]
mod tests;
