//! Dates of HTTP headers (RFC 9110 section 5.6.7).

use chrono::{DateTime, NaiveDateTime, Utc};

/// Parses any of the three formats. All are in GMT.
#[must_use]
pub fn parse(value: &str) -> Option<DateTime<Utc>> {
    if let Ok(date) = DateTime::parse_from_rfc2822(value) {
        return Some(date.to_utc());
    }
    let obsolete_formats = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let mut dates =
        obsolete_formats.iter().filter_map(|format| NaiveDateTime::parse_from_str(value, format).ok());
    dates.next().map(|date| date.and_utc())
}

/// Writes the preferred format.
#[must_use]
pub fn format(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
