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
    let full_host = url.host_str().unwrap_or_default();
    let host = full_host.strip_prefix("www.").unwrap_or(full_host);
    let port = url.port().map(|p| format!(":{p}"));
    let mut canonical = format!("{host}{}", port.unwrap_or_default());
    canonical.push_str(path_without_session(url.path()).trim_end_matches('/'));
    let parameters = url.query().unwrap_or_default().split('&');
    let kept: Vec<&str> = parameters.filter(|p| !p.is_empty() && !is_ignored(p)).collect();
    if !kept.is_empty() {
        canonical.push('?');
        canonical.push_str(&kept.join("&"));
    }
    // Some sites select the page by the fragment.
    if let Some(route) = url.fragment().filter(|f| f.starts_with(['!', '/'])) {
        canonical.push('#');
        canonical.push_str(route);
    }
    uppercase_percent_encodings(&canonical)
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
}
