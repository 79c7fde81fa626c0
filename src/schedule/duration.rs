//! Lengths of time as people write them.

use std::time::Duration;

use super::ScheduleError;

const UNITS: &[(&[&str], u64)] = &[
    (&["s", "sec", "secs", "second", "seconds"], 1),
    (&["m", "min", "mins", "minute", "minutes"], 60),
    (&["h", "hr", "hrs", "hour", "hours"], 3600),
    (&["d", "day", "days"], 86_400),
    (&["w", "week", "weeks"], 7 * 86_400),
];

/// Reads `30s`, `10m`, `1h30m`, `2 hours`, `1 day 12 hours`, or a unit alone: `hour`.
///
/// # Errors
/// When the text is something else.
pub fn parse_duration(text: &str) -> Result<Duration, ScheduleError> {
    let wrong = || ScheduleError::Duration(text.trim().to_owned());
    let mut rest = text.trim();
    let mut total: u64 = 0;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let number = if digits == 0 && total == 0 { Ok(1) } else { rest[..digits].parse::<u64>() };
        rest = rest[digits..].trim_start();
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let unit = rest[..letters].to_ascii_lowercase();
        let (_, seconds) =
            UNITS.iter().find(|(names, _)| names.contains(&unit.as_str())).ok_or_else(wrong)?;
        rest = rest[letters..].trim_start();
        let part = number.ok().and_then(|n| n.checked_mul(*seconds));
        total = part.and_then(|p| total.checked_add(p)).ok_or_else(wrong)?;
        // A unit alone stands alone.
        if digits == 0 && !rest.is_empty() {
            return Err(wrong());
        }
    }
    Ok(Duration::from_secs(total))
}
