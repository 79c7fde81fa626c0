//! Parses the values of options. A mistake is told in plain words, as the end of a sentence.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::schedule::parse_duration;

/// The longest time limit of a fetch, in seconds.
const MAX_SECONDS: u64 = 3600;
/// The longest time span, a century.
const MAX_SPAN: Duration = Duration::from_secs(100 * 366 * 86_400);

/// Parses a time limit, in seconds.
pub(super) fn seconds(text: &str) -> Result<u64, String> {
    let seconds = text.parse::<u64>().ok().filter(|seconds| (1..=MAX_SECONDS).contains(seconds));
    seconds.ok_or_else(|| format!("write a whole number of seconds, from 1 to {MAX_SECONDS}"))
}

/// Parses how many of something are shown.
pub(super) fn count(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("write a whole number, from 0 to {}", u32::MAX))
}

/// Parses the position of a listing among those of a page, from 1.
pub(super) fn listing_number(text: &str) -> Result<u8, String> {
    let number = text.parse::<u8>().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("write the number of a listing, from 1 to {}", u8::MAX))
}

/// Parses a time zone: an IANA name, or an offset of whole hours.
///
/// The IANA names of such offsets have the sign reversed: `+09:00` is `Etc/GMT-9`.
pub(super) fn zone(text: &str) -> Result<chrono_tz::Tz, String> {
    let offset_hours = text.strip_suffix(":00").and_then(|hours| hours.parse::<i8>().ok());
    let name = match offset_hours {
        Some(0) => "UTC".to_owned(),
        Some(hours) => format!("Etc/GMT{:+}", -hours),
        None => text.to_owned(),
    };
    name.parse()
        .map_err(|_| "write an IANA zone such as Europe/Berlin, or an offset such as +09:00".to_owned())
}

/// Parses a moment in the form of RFC 3339. Without a zone it is in UTC.
pub(super) fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let with_zone = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
    let without_zone = || text.parse::<chrono::NaiveDateTime>().map(|at| at.and_utc());
    with_zone.or_else(|_| without_zone()).map_err(|_| "write it as 2026-01-31T09:30:00Z".to_owned())
}

/// Parses a length of time of a century at most.
pub(super) fn time_span(text: &str) -> Result<Duration, String> {
    let time = parse_duration(text).ok().filter(|time| *time <= MAX_SPAN);
    time.ok_or_else(|| "write a time such as 2d, 12h or 90m".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_bounds() {
        assert_eq!((seconds("1"), seconds("3600"), count("0")), (Ok(1), Ok(3600), Ok(0)));
        for wrong in ["", "abc", "0", "3601", "-1", "1.5", "99999999999999999999"] {
            assert!(seconds(wrong).is_err_and(|why| why.contains("from 1 to 3600")), "{wrong}");
        }
        assert!(count("x").is_err() && count("-3").is_err() && count("4294967296").is_err());
        assert_eq!(listing_number("255"), Ok(255));
        assert!(
            listing_number("0").is_err() && listing_number("256").is_err() && listing_number("b").is_err()
        );
    }
}
