//! Keys: what makes two items the same, for ever.
//!
//! The rule `id` if given; else the link, normalised; else title and date.

use std::collections::{HashMap, HashSet};

use url::Url;

use crate::digest::fingerprint;
use crate::model::{Content, Found, PageDate, Problem};

/// Query parameters that say where a visitor came from and never what the page is.
const TRACKING: &[&str] = &[
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

/// Query parameters that carry a visitor's session.
const SESSIONS: &[&str] =
    &["sid", "phpsessid", "jsessionid", "sessionid", "session_id", "aspsessionid", "zenid", "oscsid"];

/// The key of an item.
pub(super) fn of(id: Option<&str>, content: &Content, date: Option<&PageDate>) -> String {
    if let Some(id) = id.filter(|id| !id.is_empty()) {
        return if id.len() <= 200 { format!("id:{id}") } else { format!("id:{}", fingerprint(&[id])) };
    }
    match &content.url {
        Some(url) => format!("url:{}", normalised(url)),
        None => row(content, date),
    }
}

/// The key of a row without a link.
fn row(content: &Content, date: Option<&PageDate>) -> String {
    // As the page writes it: another `timezone` makes no other item of it.
    let day = date.map_or_else(String::new, |d| d.at.naive_local().to_string());
    format!("row:{}", fingerprint(&[&content.title.to_lowercase(), &day]))
}

/// An address without what does not count: scheme, `www.`, fragment, tracking parameters, a
/// trailing slash, the case of percent signs' digits.
pub(super) fn normalised(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let port = url.port().map(|p| format!(":{p}"));
    let mut out = format!("{host}{}", port.unwrap_or_default());
    out.push_str(without_session(url.path()).trim_end_matches('/'));
    let kept: Vec<&str> = url
        .query()
        .map_or_else(Vec::new, |q| q.split('&').filter(|pair| !pair.is_empty() && !tracks(pair)).collect());
    if !kept.is_empty() {
        out.push('?');
        out.push_str(&kept.join("&"));
    }
    // Some sites route in the fragment: there it is the address.
    if let Some(route) = url.fragment().filter(|f| f.starts_with(['!', '/'])) {
        out.push('#');
        out.push_str(route);
    }
    upper_percent(&out)
}

fn tracks(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or(pair).to_ascii_lowercase();
    name.starts_with("utm_") || TRACKING.contains(&name.as_str()) || is_session(&name, pair)
}

/// A session's name with a value that nobody chose: `sid=2` may be a page.
fn is_session(name: &str, pair: &str) -> bool {
    let value = pair.split_once('=').map_or("", |(_, v)| v);
    let session = SESSIONS.contains(&name) || name == "s";
    session && value.len() >= 16 && value.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// A path without `;jsessionid=…`.
fn without_session(path: &str) -> &str {
    path.split(";jsessionid=").next().unwrap_or(path)
}

/// `%ed` and `%ED` are one (RFC 3986 section 2.1); nothing is decoded.
fn upper_percent(text: &str) -> String {
    let mut digits = 0;
    text.chars()
        .map(|c| {
            if c == '%' {
                digits = 2;
                c
            } else if digits > 0 {
                digits -= 1;
                c.to_ascii_uppercase()
            } else {
                c
            }
        })
        .collect()
}

/// Makes keys distinct on one page: one key with one title is one item twice; one link with
/// several titles is several items, told apart by their titles.
pub(super) fn settle(found: Vec<Found>, problems: &mut Vec<Problem>) -> Vec<Found> {
    let shared = shared_links(&found);
    let mut seen = HashSet::new();
    let mut out = Vec::with_capacity(found.len());
    for mut item in found {
        if shared.contains(&item.key) {
            item.key = format!("{}#{}", item.key, fingerprint(&[&item.content.title]));
        }
        if seen.insert(item.key.clone()) {
            out.push(item);
        } else {
            problems.push(Problem {
                field: "id".to_owned(),
                position: Some(item.position),
                message: format!("the same item stands on the page already (key `{}`)", item.key),
            });
        }
    }
    out
}

fn shared_links(found: &[Found]) -> HashSet<String> {
    let mut titles: HashMap<&str, HashSet<&str>> = HashMap::new();
    for item in found.iter().filter(|f| f.key.starts_with("url:")) {
        titles.entry(&item.key).or_default().insert(&item.content.title);
    }
    titles.into_iter().filter(|(_, t)| t.len() > 1).map(|(key, _)| key.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: &str) {
        assert_eq!(normalised(&Url::parse(url).expect("an address")), expected);
    }

    #[test]
    fn what_does_not_count_is_left_out() {
        check("http://www.example.org/a/?utm_source=x&id=3#top", "example.org/a?id=3");
        check("https://example.org/a?id=3", "example.org/a?id=3");
        check("https://example.org:8443/", "example.org:8443");
        check("https://example.org/%ed%99/x?fbclid=1", "example.org/%ED%99/x");
        check("https://example.org/app#!/story/4", "example.org/app#!/story/4");
        check("https://example.org/app#/story/4", "example.org/app#/story/4");
        check("https://example.org/a?b&&c=&UTM_x=1", "example.org/a?b&c=");
    }
}
