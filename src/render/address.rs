//! Decides which addresses a document may carry, and guesses the media type of a file by its address.
//!
//! Items were checked when they were found. This is the last check before an address is published.

use std::borrow::Cow;
use std::fmt::Write as _;

use url::Url;

use crate::model::media_type;

/// Media type of a file of unknown kind (RFC 2046 section 4.5.1).
const UNKNOWN_MEDIA_TYPE: &str = "application/octet-stream";

/// Characters that a URI may not contain (RFC 3986 section 2), although a [`Url`] may.
const FORBIDDEN_IN_URI: &[char] = &[' ', '"', '<', '>', '\\', '^', '`', '{', '|', '}'];

/// An http or https address as an ASCII URI; `None` for other schemes.
///
/// A document is public, so user name and password are removed.
pub(super) fn public_uri(url: &Url) -> Option<String> {
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let mut public = Cow::Borrowed(url);
    if !url.username().is_empty() || url.password().is_some() {
        let without_login = public.to_mut();
        without_login.set_username("").ok()?;
        without_login.set_password(None).ok()?;
    }
    Some(percent_encoded(public.as_str()))
}

/// Same as [`public_uri`], for an address that is still text.
pub(super) fn public_uri_of_text(text: &str) -> Option<String> {
    Url::parse(text).ok().and_then(|url| public_uri(&url))
}

/// Percent-encodes the characters that a URI may not contain.
fn percent_encoded(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        if FORBIDDEN_IN_URI.contains(&c) {
            write!(out, "%{:02X}", u32::from(c)).expect("writing to a String cannot fail");
        } else {
            out.push(c);
        }
    }
    out
}

/// The media type of a file, without parameters.
///
/// The named type counts if it is well-formed; else the extension of the address decides.
pub(super) fn media_type(named: Option<&str>, url: &str) -> String {
    named.and_then(essence).unwrap_or_else(|| by_extension(url).unwrap_or(UNKNOWN_MEDIA_TYPE).to_owned())
}

/// The `type/subtype` part of a media type; `None` if it breaks RFC 6838 section 4.2.
fn essence(named: &str) -> Option<String> {
    let essence = named.split(';').next()?.trim().to_ascii_lowercase();
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c))
    };
    let (kind, subtype) = essence.split_once('/')?;
    (is_name(kind) && is_name(subtype)).then_some(essence)
}

fn by_extension(url: &str) -> Option<&'static str> {
    media_type::of(&Url::parse(url).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_pass() {
        let check = |input: &str, expected: Option<&str>| {
            assert_eq!(public_uri_of_text(input).as_deref(), expected, "{input}");
        };
        check("https://example.org/a?b=1&c=2#d", Some("https://example.org/a?b=1&c=2#d"));
        check("http://example.org", Some("http://example.org/"));
        check("https://[::1]:8080/a", Some("https://[::1]:8080/a"));
        check("https://ann:s3cret@example.org/", Some("https://example.org/"));
        check("https://example.org/소식", Some("https://example.org/%EC%86%8C%EC%8B%9D"));
        check("https://example.org/?a={x|y}^\\", Some("https://example.org/?a=%7Bx%7Cy%7D%5E%5C"));
        check("javascript:alert(1)", None);
        check("data:text/html,x", None);
        check("file:///etc/passwd", None);
        check("mailto:ann@example.org", None);
        check("/relative", None);
        check("", None);
    }

    #[test]
    fn media_types() {
        let check = |named: Option<&str>, url: &str, expected: &str| {
            assert_eq!(media_type(named, url), expected, "{named:?} {url}");
        };
        let mp3 = "https://example.org/talk.MP3?dl=1.zip#t";
        check(None, mp3, "audio/mpeg");
        check(Some("Audio/X-M4A; q=\"1\""), mp3, "audio/x-m4a");
        check(Some("audio"), mp3, "audio/mpeg");
        check(Some("audio/\nmp3"), mp3, "audio/mpeg");
        check(Some("/"), mp3, "audio/mpeg");
        check(Some(""), "https://example.org/file", "application/octet-stream");
        check(None, "https://example.org/", "application/octet-stream");
        check(None, "https://mp3.example.zip", "application/octet-stream");
    }
}
