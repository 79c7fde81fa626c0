//! Dates of HTTP headers (RFC 9110 section 5.6.7).

use chrono::{DateTime, NaiveDateTime, Utc};

/// Reads any of the three forms; all are in GMT.
#[must_use]
pub fn parse(value: &str) -> Option<DateTime<Utc>> {
    if let Ok(date) = DateTime::parse_from_rfc2822(value) {
        return Some(date.to_utc());
    }
    let old = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    old.iter().find_map(|form| NaiveDateTime::parse_from_str(value, form).ok()).map(|d| d.and_utc())
}

/// Writes the preferred form.
#[must_use]
pub fn format(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
