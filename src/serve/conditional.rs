//! Conditional requests (RFC 9110 section 13.1): does the client have the current document already?

use chrono::{DateTime, Utc};
use http::{HeaderMap, header};

use crate::model::http_date;

/// Whether status 304 is the right answer. `tag` is the document's ETag without quotes and without the
/// suffix of a content coding: the client may hold the document in any coding.
///
/// A time after `now` comes from a clock that was ahead, here or there. It is no reason for a 304: the document
/// may have changed since.
pub(super) fn not_modified(
    headers: &HeaderMap,
    tag: &str,
    changed: DateTime<Utc>,
    now: DateTime<Utc>,
) -> bool {
    let tags: Vec<&str> =
        headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).collect();
    if !tags.is_empty() {
        // Section 13.2.2: If-Modified-Since is ignored beside If-None-Match.
        return tags.iter().flat_map(|list| list.split(',')).any(|given| tag_matches(given.trim(), tag));
    }
    let since_text = headers.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
    let since = since_text.and_then(http_date::parse).filter(|since| *since <= now);
    since.is_some_and(|since| changed.timestamp() <= since.timestamp())
}

/// Weak comparison (section 8.8.3.2) that also ignores the suffix of a content coding.
fn tag_matches(given: &str, tag: &str) -> bool {
    if given == "*" {
        return true;
    }
    let opaque_tag = given.strip_prefix("W/").unwrap_or(given).trim_matches('"');
    let suffixes = ["-gzip", "-br", "-zstd"];
    let without_coding = suffixes.iter().find_map(|suffix| opaque_tag.strip_suffix(suffix));
    without_coding.unwrap_or(opaque_tag) == tag
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[track_caller]
    fn check(name: header::HeaderName, value: &'static str, expected: bool) {
        let changed = "2026-03-05T06:00:00.7Z".parse().expect("an instant");
        let now = "2026-03-05T07:00:00Z".parse().expect("an instant");
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_static(value))]);
        assert_eq!(not_modified(&headers, "abc", changed, now), expected, "{value}");
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
        check(header::IF_MODIFIED_SINCE, "Thu, 05 Mar 2026 07:00:00 GMT", true);
        check(header::IF_MODIFIED_SINCE, "Fri, 05 Mar 2027 06:00:00 GMT", false);
        check(header::IF_MODIFIED_SINCE, "nonsense", false);
    }
}
