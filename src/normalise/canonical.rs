//! The canonical form of an address, by which two addresses of one page are recognised.

use url::Url;

/// Query parameters that tell where a visitor came from; they never select another page.
const TRACKING_PARAMETERS: &[&str] = &[
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "ysclid",
    "twclid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "mkt_tok",
    "vero_id",
    "vero_conv",
    "oly_anon_id",
    "oly_enc_id",
    "wickedid",
    "rb_clickid",
    "s_cid",
    "cmpid",
    "ito",
    "ncid",
    "sr_share",
    "spm",
    "scm",
    "at_medium",
    "at_campaign",
    "_openstat",
    "wt_mc",
    "wt_zmc",
    "xtor",
];

/// Query parameters that carry the session of a visitor.
const SESSION_PARAMETERS: &[&str] =
    &["sid", "phpsessid", "jsessionid", "sessionid", "session_id", "aspsessionid", "zenid", "oscsid"];

/// A session id has at least this many bytes.
const MIN_SESSION_ID_BYTES: usize = 16;

/// An address in canonical form. Two addresses with the same form lead to the same page.
///
/// It leaves out the parts that do not select a page: scheme, `www.`, fragment, tracking parameters,
/// sessions, a trailing slash. The digits of percent-encodings are in upper case. Keys of items contain
/// this form and are stored, so it may never change.
#[must_use]
pub fn canonical_address(url: &Url) -> String {
    let query = url.query().unwrap_or_default();
    uppercase_percent_encodings(&composed(url, &kept_parameters(query)))
}

/// The place that an address leads to. Addresses with the same place are the same.
///
/// More addresses have the same place than the same canonical form: the order of query parameters does not
/// count, nor does the percent-encoding of characters that need none (RFC 3986 sections 2.3 and 3.4), nor
/// whether a space of the query is `+` or `%20`, nor `=` before an empty value. Places are compared and not
/// stored, so their form may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The page. A fragment that a script reads as a route, such as `#/news/31`, is a part of it.
    pub page: String,
    /// The fragment, unless it is a route, or says nothing about a place on the page.
    pub fragment: Option<String>,
}

impl Place {
    /// The place of an address.
    #[must_use]
    pub fn of(url: &Url) -> Self {
        let query = query_decoded(url.query().unwrap_or_default());
        let mut parameters: Vec<&str> =
            kept_parameters(&query).into_iter().map(without_empty_value).collect();
        parameters.sort_unstable();
        let is_place = |f: &&str| !f.is_empty() && !is_route(f) && !f.starts_with(":~:") && !is_ignored(f);
        Self {
            page: unreserved_decoded(&composed(url, &parameters)),
            fragment: url.fragment().filter(is_place).map(unreserved_decoded),
        }
    }
}

/// The parameters of a query that select a page, in their order.
fn kept_parameters(query: &str) -> Vec<&str> {
    query.split('&').filter(|p| !p.is_empty() && !is_ignored(p)).collect()
}

/// A parameter without the `=` before an empty value.
fn without_empty_value(parameter: &str) -> &str {
    match parameter.split_once('=') {
        Some((name, "")) if !name.is_empty() => name,
        _ => parameter,
    }
}

/// An address of its parts that select a page, with these parameters.
fn composed(url: &Url, parameters: &[&str]) -> String {
    let full_host = url.host_str().unwrap_or_default();
    let host = full_host.strip_prefix("www.").unwrap_or(full_host);
    let port = url.port().map(|p| format!(":{p}"));
    let mut canonical = format!("{host}{}", port.unwrap_or_default());
    canonical.push_str(path_without_session(url.path()).trim_end_matches('/'));
    if !parameters.is_empty() {
        canonical.push('?');
        canonical.push_str(&parameters.join("&"));
    }
    if let Some(route) = url.fragment().filter(|f| is_route(f)) {
        canonical.push('#');
        canonical.push_str(route);
    }
    canonical
}

/// Whether a fragment selects the page, as it does on some sites.
fn is_route(fragment: &str) -> bool {
    fragment.starts_with(['!', '/'])
}

/// Whether a query parameter, such as `utm_source=x`, does not select a page.
fn is_ignored(parameter: &str) -> bool {
    let (raw_name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    let name = raw_name.to_ascii_lowercase();
    name.starts_with("utm_") || TRACKING_PARAMETERS.contains(&name.as_str()) || is_session(&name, value)
}

/// Whether a parameter is a session: the name alone is not enough, as `sid=2` may select a page.
fn is_session(name: &str, value: &str) -> bool {
    let has_session_name = SESSION_PARAMETERS.contains(&name) || name == "s";
    let has_long_value = value.len() >= MIN_SESSION_ID_BYTES;
    has_session_name && has_long_value && value.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// A path without `;jsessionid=…`.
fn path_without_session(path: &str) -> &str {
    path.split(";jsessionid=").next().unwrap_or(path)
}

/// Makes `%ed` into `%ED`, since both mean the same (RFC 3986 section 2.1). Nothing is decoded.
fn uppercase_percent_encodings(text: &str) -> String {
    let mut digits_left = 0;
    let uppercase = |c: char| {
        if c == '%' {
            digits_left = 2;
            return c;
        }
        if digits_left == 0 {
            return c;
        }
        digits_left -= 1;
        c.to_ascii_uppercase()
    };
    text.chars().map(uppercase).collect()
}

/// Decodes the percent-encodings of characters that need none. The digits of the others become upper case.
fn unreserved_decoded(text: &str) -> String {
    decoded(text, is_unreserved)
}

/// Decodes the percent-encodings of characters that need none in a query. A space is `%20`, as forms write `+`.
fn query_decoded(query: &str) -> String {
    decoded(&query.replace('+', "%20"), is_plain_in_query)
}

/// Decodes the percent-encodings of some bytes, all of them ASCII. The digits of the others become upper case.
fn decoded(text: &str, is_plain: impl Fn(u8) -> bool) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        decoded.push_str(&rest[..at]);
        let encoded = &rest[at..];
        let length = match encoded_byte(encoded) {
            Some(byte) if is_plain(byte) => {
                decoded.push(char::from(byte));
                3
            }
            Some(_) => {
                decoded.push_str(&encoded[..3].to_ascii_uppercase());
                3
            }
            None => {
                decoded.push('%');
                1
            }
        };
        rest = &encoded[length..];
    }
    decoded.push_str(rest);
    decoded
}

/// The byte whose percent-encoding a text begins with.
fn encoded_byte(text: &str) -> Option<u8> {
    let digits = text.get(1..3).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

/// RFC 3986 section 2.3.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Whether a character means the same in a query with and without percent-encoding: RFC 3986 section 3.4, without
/// those by which forms divide a query.
fn is_plain_in_query(byte: u8) -> bool {
    is_unreserved(byte)
        || matches!(byte, b'/' | b'?' | b':' | b'@' | b'!' | b'$' | b'\'' | b'(' | b')' | b'*' | b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: &str) {
        assert_eq!(canonical_address(&Url::parse(url).expect("an address")), expected);
    }

    #[test]
    fn parts_that_select_no_page_are_left_out() {
        check("http://www.example.org/a/?utm_source=x&id=3#top", "example.org/a?id=3");
        check("https://example.org/a?id=3", "example.org/a?id=3");
        check("https://example.org:8443/", "example.org:8443");
        check("https://example.org/%ed%99/x?fbclid=1", "example.org/%ED%99/x");
        check("https://example.org/app#!/story/4", "example.org/app#!/story/4");
        check("https://example.org/app#/story/4", "example.org/app#/story/4");
        check("https://example.org/a?b&&c=&UTM_x=1", "example.org/a?b&c=");
    }

    fn place(url: &str) -> Place {
        Place::of(&Url::parse(url).expect("an address"))
    }

    #[track_caller]
    fn check_same(one: &str, other: &str, same: bool) {
        assert_eq!(place(one) == place(other), same, "{one} and {other}");
    }

    #[test]
    fn the_order_of_parameters_does_not_count() {
        check_same("https://example.org/v?a=1&b=2", "http://www.example.org/v/?b=2&utm_id=3&a=1", true);
        check_same(
            "https://example.org/v?tag=x&page=1&tag=y",
            "https://example.org/v?tag=x&tag=y&page=1",
            true,
        );
        check_same("https://example.org/v?tag=x&tag=y", "https://example.org/v?tag=y&tag=x", true);
        check_same("https://example.org/v?tag=x&tag=y", "https://example.org/v?tag=x", false);
        check_same("https://example.org/v?a=1&b=2", "https://example.org/v?a=2&b=1", false);
    }

    #[test]
    fn needless_percent_encodings_do_not_count() {
        check_same("https://example.org/%7Elee/a%2dp", "https://example.org/~lee/a-p", true);
        check_same("https://example.org/caf%c3%a9?q=%41", "https://example.org/café?q=A", true);
        check_same("https://example.org/a%2Fb", "https://example.org/a/b", false);
        check_same("https://example.org/100%", "https://example.org/100%25", false);
    }

    #[test]
    fn spellings_of_a_query_do_not_count() {
        check_same("https://example.org/v?print&id=4", "https://example.org/v?id=4&print=", true);
        check_same("https://example.org/v?to=%2Fdock%3Fn", "https://example.org/v?to=/dock?n", true);
        check_same("https://example.org/v?q=low+tide", "https://example.org/v?q=low%20tide", true);
        check_same("https://example.org/v?q=low%2Btide", "https://example.org/v?q=low+tide", false);
        check_same("https://example.org/v?q=a%26b", "https://example.org/v?q=a&b", false);
        check_same("https://example.org/v?q=a%3D", "https://example.org/v?q=a", false);
        check_same("https://example.org/low+tide", "https://example.org/low%20tide", false);
        check("https://example.org/v?q=low+tide&to=%2fdock&b=", "example.org/v?q=low+tide&to=%2Fdock&b=");
    }

    #[test]
    fn a_fragment_is_a_place_on_the_page_or_a_route() {
        let of = |url: &str| (place(url).page, place(url).fragment);
        assert_eq!(of("https://example.org/log#v%2D2"), ("example.org/log".into(), Some("v-2".into())));
        assert_eq!(of("https://example.org/app#/news/31"), ("example.org/app#/news/31".into(), None));
        assert_eq!(of("https://example.org/a#"), ("example.org/a".into(), None));
        assert_eq!(of("https://example.org/a#:~:text=x"), ("example.org/a".into(), None));
        assert_eq!(of("https://example.org/a#utm_source=rss"), ("example.org/a".into(), None));
    }
}
