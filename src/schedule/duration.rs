//! Durations as people write them.

use std::time::Duration;

use super::error::ScheduleError;

/// The names of each unit, and its length in seconds.
const UNITS: &[(&[&str], u64)] = &[
    (&["s", "sec", "secs", "second", "seconds"], 1),
    (&["m", "min", "mins", "minute", "minutes"], 60),
    (&["h", "hr", "hrs", "hour", "hours"], 3600),
    (&["d", "day", "days"], 86_400),
    (&["w", "week", "weeks"], 7 * 86_400),
];

/// Parses `30s`, `10m`, `1h30m`, `2 hours`, `1 day 12 hours`, or a unit alone: `hour`.
///
/// # Errors
/// When the text has another form, or the duration is too long for 64 bits of seconds.
pub fn parse_duration(text: &str) -> Result<Duration, ScheduleError> {
    let wrong = || ScheduleError::Duration(text.trim().to_owned());
    let mut rest = text.trim();
    let mut total_seconds: u64 = 0;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let number_end = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let has_number = number_end > 0;
        let number =
            if !has_number && total_seconds == 0 { Ok(1) } else { rest[..number_end].parse::<u64>() };
        rest = rest[number_end..].trim_start();
        let unit_end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let unit = rest[..unit_end].to_ascii_lowercase();
        let (_, seconds_per_unit) =
            UNITS.iter().find(|(names, _)| names.contains(&unit.as_str())).ok_or_else(wrong)?;
        rest = rest[unit_end..].trim_start();
        let seconds = number.ok().and_then(|number| number.checked_mul(*seconds_per_unit));
        total_seconds = seconds.and_then(|seconds| total_seconds.checked_add(seconds)).ok_or_else(wrong)?;
        // Nothing may follow a unit without a number.
        if !has_number && !rest.is_empty() {
            return Err(wrong());
        }
    }
    Ok(Duration::from_secs(total_seconds))
}
