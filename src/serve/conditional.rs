//! Conditional requests (RFC 9110 section 13.1): whether the client has the document already.

use chrono::{DateTime, Utc};
use http::{HeaderMap, header};

use crate::model::http_date;

/// Whether a 304 is the right answer. `tag` is the document's ETag without quotes and without the
/// suffix of a coding: a client may hold any coding of it.
pub(super) fn not_modified(headers: &HeaderMap, tag: &str, changed: DateTime<Utc>) -> bool {
    let tags: Vec<&str> =
        headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok()).collect();
    if !tags.is_empty() {
        // Section 13.2.2: If-Modified-Since does not count beside If-None-Match.
        return tags.iter().flat_map(|v| v.split(',')).any(|t| names(t.trim(), tag));
    }
    let since = headers.get(header::IF_MODIFIED_SINCE).and_then(|v| v.to_str().ok());
    let since = since.and_then(http_date::parse);
    since.is_some_and(|since| changed.timestamp() <= since.timestamp())
}

/// Weak comparison (section 8.8.3.2), over all codings of one document.
fn names(given: &str, tag: &str) -> bool {
    if given == "*" {
        return true;
    }
    let bare = given.strip_prefix("W/").unwrap_or(given).trim_matches('"');
    let base = ["-gzip", "-br", "-zstd"].iter().find_map(|s| bare.strip_suffix(s)).unwrap_or(bare);
    base == tag
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[track_caller]
    fn check(name: header::HeaderName, value: &'static str, expected: bool) {
        let changed = "2026-03-05T06:00:00.7Z".parse().expect("an instant");
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_static(value))]);
        assert_eq!(not_modified(&headers, "abc", changed), expected, "{value}");
    }

    #[test]
    fn validators_are_compared() {
        check(header::IF_NONE_MATCH, "\"abc\"", true);
        check(header::IF_NONE_MATCH, "\"x\", W/\"abc-gzip\"", true);
        check(header::IF_NONE_MATCH, "*", true);
        check(header::IF_NONE_MATCH, "\"abcd\"", false);
        check(header::IF_MODIFIED_SINCE, "Thu, 05 Mar 2026 06:00:00 GMT", true);
        check(header::IF_MODIFIED_SINCE, "Thu, 05 Mar 2026 05:59:59 GMT", false);
        check(header::IF_MODIFIED_SINCE, "Thursday, 05-Mar-26 06:00:00 GMT", true);
        check(header::IF_MODIFIED_SINCE, "nonsense", false);
    }
}
