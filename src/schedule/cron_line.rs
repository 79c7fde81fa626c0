//! Cron lines in the usual (POSIX) form, translated to the form of the `cron` crate, which counts
//! fields and weekdays differently. Only this file uses that crate.

use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use cron::TimeUnitSpec;

use super::error::ScheduleError;
use super::local;

/// The names of the fields, in the order of a line of six.
const FIELDS: [&str; 6] = ["second", "minute", "hour", "day-of-month", "month", "day-of-week"];

/// The values that each field takes, in words.
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
    /// One schedule, or two if day of month and day of week are both restricted: then a day fits if it
    /// fits either.
    schedules: Vec<cron::Schedule>,
    zone: Tz,
    /// Whether the line fires in every hour of the day, and so in a repeated hour as well.
    every_hour: bool,
}

impl CronLine {
    /// Parses a line of 5 or 6 fields, or an alias.
    pub(super) fn parse(text: &str, zone: Tz) -> Result<Self, ScheduleError> {
        let lower = text.to_ascii_lowercase();
        let line = ALIASES.iter().find(|(alias, _)| *alias == lower).map_or(text, |(_, line)| line);
        let mut fields: Vec<String> = line.split_whitespace().map(|f| f.replace('?', "*")).collect();
        match fields.len() {
            5 => fields.insert(0, "0".to_owned()),
            6 => {}
            _ => return Err(ScheduleError::Unknown),
        }
        let are_both_days_restricted = [3, 5].iter().all(|i: &usize| !fields[*i].starts_with('*'));
        fields[5] = weekdays(&fields[5])?;
        for (i, name) in FIELDS.iter().enumerate() {
            check_field(name, i, &fields[i])?;
        }
        let mut lines = vec![fields.clone()];
        if are_both_days_restricted {
            // POSIX: if both are restricted, a day fits if it fits either. A field that begins with `*`,
            // such as `*/2`, counts as unrestricted: then a day must fit both.
            lines = vec![fields.clone(), fields.clone()];
            "*".clone_into(&mut lines[0][5]);
            "*".clone_into(&mut lines[1][3]);
        }
        let parse_line = |line: &Vec<String>| cron::Schedule::from_str(&line.join(" "));
        let schedules: Vec<cron::Schedule> =
            lines.iter().map(parse_line).collect::<Result<_, _>>().map_err(|_| ScheduleError::Unknown)?;
        let every_hour = schedules.iter().all(|schedule| schedule.hours().count() == 24);
        Ok(Self { schedules, zone, every_hour })
    }

    /// The first firing strictly after an instant; `None` if there is none in this century.
    pub(super) fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        local::next(self.zone, self.every_hour, after, |local| self.next_local(local))
    }

    /// The first local time after a local time at which the line fires, clock changes aside: local
    /// times are passed to the crate as UTC, which has no clock changes.
    fn next_local(&self, after: NaiveDateTime) -> Option<NaiveDateTime> {
        let firings = self.schedules.iter().filter_map(|schedule| schedule.after(&after.and_utc()).next());
        firings.min().map(|at| at.naive_utc())
    }
}

/// Parses a field alone, so that the error can name it.
fn check_field(name: &'static str, index: usize, text: &str) -> Result<(), ScheduleError> {
    let mut line = ["0", "0", "0", "*", "*", "*"];
    line[index] = text;
    cron::Schedule::from_str(&line.join(" ")).map(|_| ()).map_err(|_| {
        let why = format!("{}, with lists (1,15), ranges (8-18), steps (*/5) and *", RANGES[index]);
        ScheduleError::Field { field: name, text: text.to_owned(), why }
    })
}

/// Translates POSIX weekdays (0 and 7 are Sunday) to those of the crate (1 is Sunday).
fn weekdays(text: &str) -> Result<String, ScheduleError> {
    if text == "*" {
        return Ok(text.to_owned());
    }
    let wrong =
        |why: &str| ScheduleError::Field { field: FIELDS[5], text: text.to_owned(), why: why.to_owned() };
    let mut days = [false; 7];
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<usize>().ok().filter(|step| *step > 0)),
            None => (part, Some(1)),
        };
        let step = step.ok_or_else(|| wrong("a step must be a number above 0"))?;
        let (first, last) = match (range, range.split_once('-')) {
            ("*", _) => (0, 6),
            (_, Some((first, last))) => (
                weekday(first).ok_or_else(|| wrong(DAY_WORDS))?,
                weekday(last).ok_or_else(|| wrong(DAY_WORDS))?,
            ),
            (one, None) => {
                let day = weekday(one).ok_or_else(|| wrong(DAY_WORDS))?;
                (day, if part.contains('/') { 6 } else { day })
            }
        };
        // `fri-mon` goes on into the next week.
        let end = if last < first { last + 7 } else { last };
        (first..=end).step_by(step).for_each(|day| days[day % 7] = true);
    }
    if text.starts_with("*/") && days == [true; 7] {
        return Ok("*".to_owned());
    }
    let numbers: Vec<String> = (0..7).filter(|day| days[*day]).map(|day| (day + 1).to_string()).collect();
    Ok(numbers.join(","))
}

/// The values that the field of weekdays takes, in words.
const DAY_WORDS: &str = "days are 0 to 7 (0 and 7 are Sunday) or sun to sat";

/// The number of a weekday by its name or number, from Sunday = 0; Sunday may also be 7.
fn weekday(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let named = WEEKDAYS.iter().position(|d| *d == lower || d[..3] == lower);
    named.or_else(|| lower.parse().ok().filter(|d| *d <= 7))
}
