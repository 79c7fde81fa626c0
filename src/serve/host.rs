//! The `Host` of a request: there is exactly one, and it is the name or address of a host.

use std::net::{Ipv4Addr, Ipv6Addr};

use http::{HeaderMap, Version, header};

/// The longest name of a host, in bytes (RFC 1035 section 2.3.4).
const MAX_NAME_BYTES: usize = 253;

/// Why a request is refused by its `Host`; `None` if nothing is wrong with it. A request of HTTP/1.1 needs
/// one, and no request may have two, or one that is no host (RFC 9112 section 3.2).
pub(super) fn mistake(version: Version, headers: &HeaderMap) -> Option<&'static str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let Some(host) = hosts.next() else {
        return (version == Version::HTTP_11).then_some("a request needs a Host");
    };
    if hosts.next().is_some() {
        return Some("a request has one Host only");
    }
    let is_valid = host.to_str().is_ok_and(is_host_with_port);
    (!is_valid).then_some("the Host is not the name of a host")
}

/// `uri-host [ ":" port ]` of RFC 9110 section 7.2. The host of http is never empty (section 4.2.1).
fn is_host_with_port(text: &str) -> bool {
    let after_bracket = text.rfind(']').map_or(0, |end| end + 1);
    let host_end = text[after_bracket..].find(':').map_or(text.len(), |colon| after_bracket + colon);
    let (host, port) = text.split_at(host_end);
    is_host(host) && is_port(port)
}

/// A port with its colon, or nothing. The digits may be left out (RFC 3986 section 3.2.3).
fn is_port(text: &str) -> bool {
    let Some(digits) = text.strip_prefix(':') else { return text.is_empty() };
    digits.bytes().all(|b| b.is_ascii_digit()) && (digits.is_empty() || digits.parse::<u16>().is_ok())
}

fn is_host(text: &str) -> bool {
    if let Some(literal) = text.strip_prefix('[') {
        return literal.strip_suffix(']').is_some_and(|inner| inner.parse::<Ipv6Addr>().is_ok());
    }
    let looks_like_address = text.split('.').all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    if looks_like_address && text.contains('.') {
        return text.parse::<Ipv4Addr>().is_ok();
    }
    !text.is_empty() && text.len() <= MAX_NAME_BYTES && is_name(text.as_bytes())
}

/// A `reg-name` of RFC 3986 section 3.2.2. A comma is refused: it joins the values of two headers.
fn is_name(bytes: &[u8]) -> bool {
    bytes.iter().enumerate().all(|(at, byte)| match byte {
        b'%' => bytes.get(at + 1..at + 3).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit)),
        b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b';' | b'=' => {
            true
        }
        other => other.is_ascii_alphanumeric(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn mistake_of(version: Version, hosts: &[&[u8]]) -> Option<&'static str> {
        let value = |host: &&[u8]| HeaderValue::from_bytes(host).expect("a value");
        let headers = hosts.iter().map(|host| (header::HOST, value(host)));
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, value);
        }
        mistake(version, &map)
    }

    #[track_caller]
    fn check(host: &str, is_fine: bool) {
        let mistake = mistake_of(Version::HTTP_11, &[host.as_bytes()]);
        assert_eq!(mistake.is_none(), is_fine, "{host:?}: {mistake:?}");
    }

    #[test]
    fn hosts_of_every_form_are_taken() {
        for host in [
            "feeds.example.org",
            "feeds.example.org.",
            "localhost:8080",
            "harbour_pi",
            "192.0.2.7:80",
            "[2001:db8::1]",
            "[::1]:8080",
            "example.org:",
            "xn--hfen-loa.example",
            "t",
            "n%C3%A9t.example",
        ] {
            check(host, true);
        }
    }

    #[test]
    fn other_texts_are_no_hosts() {
        for host in [
            "",
            ":80",
            "example.org, example.net",
            "example.org,example.net",
            "user@example.org",
            "http://example.org",
            "example.org/feeds",
            "exam ple.org",
            "example.org:http",
            "example.org:70000",
            "example.org:80:80",
            "[::1",
            "[harbour]",
            "[::1]x",
            "2001:db8::1",
            "300.1.2.3",
            "a%zz.example",
            "<b>",
            "example.org?x",
            "example.org\\x",
        ] {
            check(host, false);
        }
        check(&"a".repeat(300), false);
        assert!(mistake_of(Version::HTTP_11, &["hafen.example\u{e9}".as_bytes()]).is_some());
    }

    #[test]
    fn there_is_exactly_one() {
        assert!(mistake_of(Version::HTTP_11, &[]).is_some());
        assert!(mistake_of(Version::HTTP_10, &[]).is_none());
        for version in [Version::HTTP_10, Version::HTTP_11] {
            assert!(mistake_of(version, &[b"a.example", b"b.example"]).is_some());
            assert!(mistake_of(version, &[b"a.example", b"a.example"]).is_some());
            assert!(mistake_of(version, &[b"a b"]).is_some());
        }
    }
}
