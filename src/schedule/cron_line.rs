//! Cron lines as people know them, over the engine of the `cron` crate, which counts fields and
//! weekdays in its own way. The only home of that crate.

use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use cron::TimeUnitSpec;

use super::{ScheduleError, local};

const FIELDS: [&str; 6] = ["second", "minute", "hour", "day-of-month", "month", "day-of-week"];

/// What each field may hold.
const RANGES: [&str; 6] = [
    "it takes 0 to 59",
    "it takes 0 to 59",
    "it takes 0 to 23",
    "it takes 1 to 31",
    "it takes 1 to 12 or jan to dec",
    DAY_WORDS,
];

const ALIASES: &[(&str, &str)] = &[
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// A cron line in a zone.
#[derive(Debug, Clone)]
pub(super) struct CronLine {
    /// One, or two if day of month and day of week are both restricted: then either will do.
    engines: Vec<cron::Schedule>,
    zone: Tz,
    /// Fires in every hour that fits, so also in a repeated one.
    every_hour: bool,
}

impl CronLine {
    pub(super) fn parse(text: &str, zone: Tz) -> Result<Self, ScheduleError> {
        let lower = text.to_ascii_lowercase();
        let text = ALIASES.iter().find(|(name, _)| *name == lower).map_or(text, |(_, line)| line);
        let mut fields: Vec<String> = text.split_whitespace().map(|f| f.replace('?', "*")).collect();
        match fields.len() {
            5 => fields.insert(0, "0".to_owned()),
            6 => {}
            _ => return Err(ScheduleError::Unknown),
        }
        let either_day = [3, 5].iter().all(|i: &usize| !fields[*i].starts_with('*'));
        fields[5] = weekdays(&fields[5])?;
        for (i, name) in FIELDS.iter().enumerate() {
            check_field(name, i, &fields[i])?;
        }
        let mut lines = vec![fields.clone()];
        if either_day {
            // POSIX: with both given, a day fits if either does. `*/2` is no such restriction: both must fit.
            lines = vec![fields.clone(), fields.clone()];
            "*".clone_into(&mut lines[0][5]);
            "*".clone_into(&mut lines[1][3]);
        }
        let engine = |line: &Vec<String>| cron::Schedule::from_str(&line.join(" "));
        let engines: Vec<cron::Schedule> =
            lines.iter().map(engine).collect::<Result<_, _>>().map_err(|_| ScheduleError::Unknown)?;
        let every_hour = engines.iter().all(|e| e.hours().count() == 24);
        Ok(Self { engines, zone, every_hour })
    }

    /// The first firing strictly after an instant; `None` if there is none in this century.
    pub(super) fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        local::next(self.zone, self.every_hour, after, |local| self.next_local(local))
    }

    /// The first local time strictly after a local time that fits, clock changes apart: the engine
    /// reckons in UTC, which has none.
    fn next_local(&self, after: NaiveDateTime) -> Option<NaiveDateTime> {
        let engines = self.engines.iter();
        engines.filter_map(|e| e.after(&after.and_utc()).next()).min().map(|at| at.naive_utc())
    }
}

/// Tries a field alone, so that the error can name it.
fn check_field(name: &'static str, index: usize, text: &str) -> Result<(), ScheduleError> {
    let mut line = ["0", "0", "0", "*", "*", "*"];
    line[index] = text;
    cron::Schedule::from_str(&line.join(" ")).map(|_| ()).map_err(|_| {
        let why = format!("{}, with lists (1,15), ranges (8-18), steps (*/5) and *", RANGES[index]);
        ScheduleError::Field { field: name, text: text.to_owned(), why }
    })
}

/// POSIX weekdays (0 and 7 are Sunday) -> those of the engine (1 is Sunday).
fn weekdays(text: &str) -> Result<String, ScheduleError> {
    if text == "*" {
        return Ok(text.to_owned());
    }
    let wrong =
        |why: &str| ScheduleError::Field { field: FIELDS[5], text: text.to_owned(), why: why.to_owned() };
    let mut days = [false; 7];
    for part in text.split(',') {
        let (range, step) = part.split_once('/').map_or((part, Ok(1)), |(r, s)| (r, s.parse::<usize>()));
        let step = step.ok().filter(|s| *s > 0).ok_or_else(|| wrong("a step must be a number above 0"))?;
        let (first, last) = match (range, range.split_once('-')) {
            ("*", _) => (0, 6),
            (_, Some((a, b))) => {
                (weekday(a).ok_or_else(|| wrong(DAY_WORDS))?, weekday(b).ok_or_else(|| wrong(DAY_WORDS))?)
            }
            (one, None) => {
                let day = weekday(one).ok_or_else(|| wrong(DAY_WORDS))?;
                (day, if part.contains('/') { 6 } else { day })
            }
        };
        // `fri-mon` goes over the weekend.
        let last = if last < first { last + 7 } else { last };
        (first..=last).step_by(step).for_each(|day| days[day % 7] = true);
    }
    if text.starts_with("*/") && days == [true; 7] {
        return Ok("*".to_owned());
    }
    let named: Vec<String> = (0..7).filter(|d| days[*d]).map(|d| (d + 1).to_string()).collect();
    Ok(named.join(","))
}

const DAY_WORDS: &str = "days are 0 to 7 (0 and 7 are Sunday) or sun to sat";

fn weekday(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let named = WEEKDAYS.iter().position(|d| *d == lower || d[..3] == lower);
    named.or_else(|| lower.parse().ok().filter(|d| *d <= 7))
}
