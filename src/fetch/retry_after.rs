//! `Retry-After` (RFC 9110 section 10.2.3).

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::model::http_date;

/// A shorter pause is taken for this.
const MIN_WAIT: Duration = Duration::from_secs(60);
/// A longer pause is taken for this.
const MAX_WAIT: Duration = Duration::from_secs(7 * 86_400);

/// The pause that a site asks for, clamped to a minute at least and a week at most. `None` for a value
/// that is neither a number of seconds nor a date, for a negative number and for a date in the past.
pub(super) fn retry_after(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    Some(seconds(value, now)?.clamp(MIN_WAIT, MAX_WAIT))
}

/// The same, however short it is.
pub(super) fn seconds(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let text = value.trim();
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let wait = if is_number {
        // Digits that do not fit a number are more than the maximum.
        text.parse().map_or(MAX_WAIT, Duration::from_secs)
    } else {
        (http_date::parse(text)? - now).to_std().ok()?
    };
    Some(wait.min(MAX_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, seconds: Option<u64>) {
        let now = "2026-03-05T06:00:00Z".parse().expect("an instant");
        assert_eq!(retry_after(value, now), seconds.map(Duration::from_secs), "{value}");
    }

    #[test]
    fn both_kinds_of_value_are_read() {
        check("120", Some(120));
        check(" 120 ", Some(120));
        check("0", Some(60));
        check("99999999999999999999999", Some(604_800));
        check("-5", None);
        check("1.5", None);
        check("soon", None);
        check("", None);
        check("Thu, 05 Mar 2026 07:00:00 GMT", Some(3600));
        check("Thursday, 05-Mar-26 07:00:00 GMT", Some(3600));
        check("Thu Mar  5 07:00:00 2026", Some(3600));
        check("Thu, 05 Mar 2026 06:00:10 GMT", Some(60));
        check("Thu, 05 Mar 2026 05:00:00 GMT", None);
        check("Thu Mar 12 06:00:00 2026", Some(604_800));
        check("Wednesday, 04-Mar-26 07:00:00 GMT", None);
        check("Sunday, 06-Nov-94 08:49:37 GMT", None);
        check("Mon, 05 Mar 2026 07:00:00 GMT", None);
        check("Thu, 05 Mar 2026", None);
        check("+120", None);
        check("120 s", None);
        check("Thu, 05 Mar 2099 05:00:00 GMT", Some(604_800));
    }
}
