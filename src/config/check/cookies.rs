//! `cookies` of `[feed.fetch]` -> the header `Cookie` (RFC 6265 section 4.2).

use std::collections::BTreeMap;

use http::{HeaderName, HeaderValue, header};

use super::checker::FeedChecker;
use super::secret::secret;
use crate::config::raw::shorthand::RawSecret;
use crate::model::Secret;
use crate::rules::key;

/// The cookies as they are sent: `name=value`. Those with mistakes are left out, and noted.
pub(super) fn check(raw: &BTreeMap<String, RawSecret>, checker: &mut FeedChecker<'_, '_>) -> Vec<Secret> {
    raw.iter().filter_map(|(name, value)| cookie(name, value, checker)).collect()
}

fn cookie(name: &str, raw: &RawSecret, checker: &mut FeedChecker<'_, '_>) -> Option<Secret> {
    let at = [key("fetch"), key("cookies"), key(name)];
    // The name of a cookie has the characters of a header's name (RFC 6265 section 4.1.1).
    if HeaderName::from_bytes(name.as_bytes()).is_err() {
        let hint = "names of cookies have letters, digits, `-` and `_`".to_owned();
        checker.problem_at(&at, format!("`{name}` is not the name of a cookie"), Some(hint));
        return None;
    }
    let value = secret(raw, name, &at, checker)?;
    let text = value.expose();
    if text.contains(';') || HeaderValue::from_str(text).is_err() {
        let message = format!("the value of the cookie `{name}` has characters that cannot be sent");
        let hint = "use letters, digits and signs of ASCII, without `;` and line breaks".to_owned();
        checker.problem_at(&at, message, Some(hint));
        return None;
    }
    Some(Secret::new(format!("{name}={text}")))
}

/// The headers with the cookies: they come behind those of a header `Cookie`.
pub(super) fn added(mut headers: Vec<(HeaderName, Secret)>, cookies: &[Secret]) -> Vec<(HeaderName, Secret)> {
    if cookies.is_empty() {
        return headers;
    }
    let own = headers.iter().position(|(name, _)| *name == header::COOKIE);
    let own = own.map(|position| headers.remove(position).1);
    let own = own.as_ref().map(|value| value.expose().trim().trim_end_matches(';'));
    let pairs: Vec<&str> =
        own.into_iter().filter(|own| !own.is_empty()).chain(cookies.iter().map(Secret::expose)).collect();
    headers.push((header::COOKIE, Secret::new(pairs.join("; "))));
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_follow_those_of_the_header() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let sent = |own: Option<&str>| {
            let headers = own.map(|own| (header::COOKIE, secret(own))).into_iter().collect();
            added(headers, &[secret("a=1"), secret("b=2")])[0].1.expose().to_owned()
        };
        assert_eq!(sent(None), "a=1; b=2");
        assert_eq!(sent(Some("lang=en;")), "lang=en; a=1; b=2");
    }
}
