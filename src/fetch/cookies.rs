//! The cookies of one fetch (RFC 6265). They live as long as the fetch, and go back only to the host, domain
//! and path that set them.

mod set_cookie;

use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderValue, header};
use url::Url;

use set_cookie::{Cookie, SetCookie};

/// Cookies that one fetch keeps; RFC 6265 section 6.1 asks for at least 50 for each domain.
const MAX_COOKIES: usize = 50;

/// Longest `Cookie` header in bytes.
const MAX_HEADER_BYTES: usize = 8192;

/// The cookies that the answers of one fetch have set.
#[derive(Default)]
pub(super) struct Cookies {
    /// The oldest first.
    kept: Vec<Cookie>,
}

impl Cookies {
    /// Takes the cookies that an answer sets. True if one of them is new, has another value or is gone.
    pub(super) fn take(&mut self, headers: &HeaderMap, from: &Url, now: DateTime<Utc>) -> bool {
        let lines = headers.get_all(header::SET_COOKIE).iter().take(MAX_COOKIES);
        let mut has_changed = false;
        for line in lines.filter_map(|line| std::str::from_utf8(line.as_bytes()).ok()) {
            if let Some(set) = SetCookie::parse(line, from, now) {
                has_changed |= self.put(set);
            }
        }
        has_changed
    }

    /// Keeps a cookie, or forgets it if it has expired.
    fn put(&mut self, SetCookie { cookie, has_expired }: SetCookie) -> bool {
        let known = self.kept.iter().position(|kept| kept.is_same(&cookie));
        let old = known.map(|i| self.kept.remove(i));
        if has_expired {
            return old.is_some();
        }
        let has_changed = old.is_none_or(|old| old.value != cookie.value);
        if self.kept.len() >= MAX_COOKIES {
            self.kept.remove(0);
        }
        self.kept.push(cookie);
        has_changed
    }

    /// Whether no cookie is kept.
    pub(super) const fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Adds the cookies of an address to a request. A cookie that the request's own `Cookie` header names
    /// stays as it is there.
    pub(super) fn add_to(&self, headers: &mut HeaderMap, url: &Url) {
        let mut matching: Vec<&Cookie> = self.kept.iter().filter(|cookie| cookie.belongs_to(url)).collect();
        if matching.is_empty() {
            return;
        }
        // RFC 6265 section 5.4: the longest paths come first.
        matching.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let own = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let own_names: Vec<&str> =
            own.split(';').filter_map(|pair| pair.split('=').next()).map(str::trim).collect();
        let mut text = own.trim().trim_end_matches(';').to_owned();
        for cookie in matching.iter().filter(|cookie| !own_names.contains(&cookie.name.as_str())) {
            if text.len() + cookie.name.len() + cookie.value.len() > MAX_HEADER_BYTES {
                continue;
            }
            if !text.is_empty() {
                text.push_str("; ");
            }
            text.push_str(&cookie.name);
            text.push('=');
            text.push_str(&cookie.value);
        }
        if let Ok(mut value) = HeaderValue::from_str(&text) {
            value.set_sensitive(true);
            headers.insert(header::COOKIE, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-03-05T06:00:00Z".parse().expect("an instant")
    }

    fn url(text: &str) -> Url {
        Url::parse(text).expect("an address")
    }

    fn answer(lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::SET_COOKIE, line.parse().expect("a header"));
        }
        headers
    }

    /// The `Cookie` header for an address after an answer.
    #[track_caller]
    fn sent(from: &str, lines: &[&str], to: &str) -> String {
        let mut cookies = Cookies::default();
        cookies.take(&answer(lines), &url(from), now());
        header_for(&cookies, to, None)
    }

    fn header_for(cookies: &Cookies, to: &str, own: Option<&str>) -> String {
        let mut headers = HeaderMap::new();
        if let Some(own) = own {
            headers.insert(header::COOKIE, own.parse().expect("a header"));
        }
        cookies.add_to(&mut headers, &url(to));
        headers.get(header::COOKIE).map_or("", |v| v.to_str().expect("text")).to_owned()
    }

    #[test]
    fn cookies_go_back_to_the_host_that_set_them() {
        let from = "https://news.example.org/start";
        assert_eq!(sent(from, &["a=1", "b = two words ; HttpOnly"], from), "a=1; b=two words");
        assert_eq!(sent(from, &["a=1"], "https://example.org/start"), "");
        assert_eq!(sent(from, &["a=1"], "https://www.example.org/start"), "");
        assert_eq!(sent(from, &["a=1; Domain=.Example.org"], "https://www.example.org/"), "a=1");
        assert_eq!(sent(from, &["a=1; Domain=example.org"], "https://badexample.org/"), "");
    }

    #[test]
    fn no_site_sets_cookies_for_another() {
        let from = "https://news.example.co.uk/";
        assert_eq!(sent(from, &["a=1; Domain=other.example.co.uk"], "https://other.example.co.uk/"), "");
        assert_eq!(sent(from, &["a=1; Domain=co.uk"], "https://other.co.uk/"), "");
        assert_eq!(sent(from, &["a=1; Domain=example.com"], "https://example.com/"), "");
        assert_eq!(sent("http://10.0.0.7/", &["a=1; Domain=0.0.7"], "http://10.0.0.7/"), "");
        assert_eq!(sent("http://10.0.0.7/", &["a=1; Domain=10.0.0.7"], "http://10.0.0.7/"), "a=1");
    }

    #[test]
    fn ports_of_one_address_are_different_sites() {
        for host in ["127.0.0.1", "[::1]", "localhost", "nas"] {
            let at = |port: u16| format!("http://{host}:{port}/");
            assert_eq!(sent(&at(8080), &["a=1"], &at(8080)), "a=1", "{host}");
            assert_eq!(sent(&at(8080), &["a=1"], &at(9090)), "", "{host}");
            assert_eq!(sent(&at(80), &["a=1"], &format!("http://{host}/x")), "a=1", "{host}");
        }
        assert_eq!(sent("http://example.org:8080/", &["a=1"], "https://example.org/"), "a=1");
    }

    #[test]
    fn paths_and_secure_hold() {
        let from = "https://example.org/news/list";
        assert_eq!(sent(from, &["a=1"], "https://example.org/news/"), "a=1");
        assert_eq!(sent(from, &["a=1"], "https://example.org/newsletter"), "");
        assert_eq!(sent(from, &["a=1; Path=/", "b=2; path=/news"], "https://example.org/news/1"), "b=2; a=1");
        assert_eq!(sent(from, &["a=1; Path=/; Secure"], "http://example.org/"), "");
        assert_eq!(sent(from, &["a=1; Path=relative"], from), "a=1");
    }

    #[test]
    fn expired_cookies_are_forgotten() {
        let from = "https://example.org/";
        assert_eq!(sent(from, &["a=1", "a=2; Max-Age=0"], from), "");
        assert_eq!(sent(from, &["a=1", "a=; Expires=Thu, 01-Jan-1970 00:00:00 GMT"], from), "");
        assert_eq!(sent(from, &["a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60"], from), "a=1");
        assert_eq!(sent(from, &["a=1; Expires=soon"], from), "a=1");
        assert_eq!(sent(from, &["a=1", "a=3"], from), "a=3");
    }

    #[test]
    fn a_change_is_told_from_a_repetition() {
        let mut cookies = Cookies::default();
        let from = url("https://example.org/");
        assert!(cookies.take(&answer(&["a=1"]), &from, now()));
        assert!(!cookies.take(&answer(&["a=1"]), &from, now()));
        assert!(cookies.take(&answer(&["a=2"]), &from, now()));
        assert!(!cookies.take(&answer(&["no cookie", "=1"]), &from, now()));
    }

    #[test]
    fn own_cookies_stay() {
        let mut cookies = Cookies::default();
        let from = "https://example.org/";
        cookies.take(&answer(&["sid=site", "seen=1"]), &url(from), now());
        assert_eq!(header_for(&cookies, from, Some("sid=own; lang=de;")), "sid=own; lang=de; seen=1");
        assert_eq!(header_for(&cookies, "https://example.com/", Some("sid=own")), "sid=own");
    }

    #[test]
    fn number_and_size_are_bounded() {
        let mut cookies = Cookies::default();
        let from = url("https://example.org/");
        for i in 0..500 {
            let lines = [format!("name{i}={}", "x".repeat(4000)), format!("big{i}={}", "x".repeat(5000))];
            cookies.take(&answer(&[&lines[0], &lines[1]]), &from, now());
        }
        assert_eq!(cookies.kept.len(), MAX_COOKIES);
        assert!(cookies.kept.iter().all(|cookie| !cookie.name.starts_with("big")));
        assert!(header_for(&cookies, from.as_str(), None).len() <= MAX_HEADER_BYTES + 3);
    }
}
