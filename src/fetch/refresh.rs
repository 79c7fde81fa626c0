//! Where a page leads on with `<meta http-equiv="refresh">` or the header `Refresh` (WHATWG HTML section
//! 4.2.5.3), and when it is followed.

use url::Url;

use super::answer::{FetchFailure, Fetched};
use super::charset;
use super::redirect::permitted;
use crate::html::{DeclaredRefresh, declared_refresh};

/// The first bytes of a page, in which a refresh is looked for.
const LOOKED_AT: usize = 64 * 1024;

/// A page with content is left within this many seconds, or is meant to be read.
const FEW_SECONDS: u64 = 5;

/// Where a page sends its visitors on to.
#[derive(Debug)]
pub(super) struct Onward {
    pub(super) url: Url,
    /// The page has more than this: it can be read itself.
    pub(super) has_content: bool,
}

/// The address that a page sends its visitors on to; `None` if the page is to be read as it is. `set_cookie`
/// says that the answer has set a cookie: then a page without content may lead to itself.
pub(super) fn refresh_target(
    fetched: &Fetched,
    header: Option<&str>,
    set_cookie: bool,
) -> Result<Option<Onward>, FetchFailure> {
    let Some(declared) = declared(fetched, header) else { return Ok(None) };
    let Some(refresh) = Refresh::parse(&declared.content) else { return Ok(None) };
    let target = match refresh.address {
        Some(address) => declared.base.join(address).ok(),
        None => Some(fetched.url.clone()),
    };
    let Some(target) = target else { return Ok(None) };
    let is_soon = refresh.seconds <= FEW_SECONDS;
    let is_wanted = if is_same_page(&target, &fetched.url, declared.is_alone) {
        declared.is_alone && set_cookie && is_soon
    } else {
        declared.is_alone || is_soon
    };
    match permitted(&fetched.url, target) {
        _ if !is_wanted => Ok(None),
        // A page that can be read as well is read.
        Err(_) if !declared.is_alone => Ok(None),
        permitted => permitted.map(|url| Some(Onward { url, has_content: !declared.is_alone })),
    }
}

/// Whether a page loads itself again. A listing may do so with another query.
fn is_same_page(target: &Url, page: &Url, is_alone: bool) -> bool {
    let key = |url: &Url| {
        let query = url.query().filter(|_| is_alone).map(str::to_owned);
        (url.origin(), url.path().to_owned(), query)
    };
    key(target) == key(page)
}

/// The refresh of the header, else that of the page. A page's parser runs only if the word is there.
fn declared(fetched: &Fetched, header: Option<&str>) -> Option<DeclaredRefresh> {
    let is_html = fetched.content_type.as_ref().is_none_or(|t| t.to_ascii_lowercase().contains("html"));
    let beginning = &fetched.body[..fetched.body.len().min(LOOKED_AT)];
    let word = b"refresh";
    let is_there = || beginning.windows(word.len()).any(|w| w.eq_ignore_ascii_case(word));
    let is_whole = beginning.len() == fetched.body.len();
    if let Some(content) = header {
        let is_alone = fetched.body.trim_ascii().is_empty();
        return Some(DeclaredRefresh { content: content.to_owned(), base: fetched.url.clone(), is_alone });
    }
    if !is_html || !is_there() {
        return None;
    }
    let text = charset::decode(beginning, fetched.content_type.as_deref()).text;
    let found = declared_refresh(&text, &fetched.url)?;
    Some(DeclaredRefresh { is_alone: found.is_alone && is_whole, ..found })
}

/// A refresh as it is written: `5; url=/news`.
#[derive(Debug, PartialEq, Eq)]
struct Refresh<'a> {
    seconds: u64,
    /// `None` if the page is to load itself again.
    address: Option<&'a str>,
}

impl<'a> Refresh<'a> {
    /// Reads the value by the steps of the standard.
    fn parse(content: &'a str) -> Option<Self> {
        let text = content.trim_start();
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let after = text[digits..].trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        if digits == 0 && !text.starts_with('.') {
            return None;
        }
        let seconds = if digits == 0 { 0 } else { text[..digits].parse().unwrap_or(u64::MAX) };
        let is_separated =
            after.is_empty() || after.starts_with(|c: char| c.is_whitespace() || ";,".contains(c));
        if !is_separated {
            return None;
        }
        let after = after.trim_start();
        let after = after.strip_prefix([';', ',']).unwrap_or(after).trim();
        let address = Some(unquoted(without_key(after))).filter(|address| !address.is_empty());
        Some(Self { seconds, address })
    }
}

/// The text after `url=`, which may be left out.
fn without_key(text: &str) -> &str {
    let is_key = text.get(..3).is_some_and(|key| key.eq_ignore_ascii_case("url"));
    let value = is_key.then(|| text[3..].trim_start().strip_prefix('=')).flatten();
    value.map_or(text, str::trim_start)
}

/// The text up to the closing quotation mark, if it begins with one.
fn unquoted(text: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.split(quote).next().unwrap_or_default().trim();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::body_budget::BodyHold;
    use crate::model::Validators;

    #[track_caller]
    fn check(content: &str, expected: Option<(u64, Option<&str>)>) {
        let read = Refresh::parse(content).map(|r| (r.seconds, r.address));
        assert_eq!(read, expected, "{content}");
    }

    #[test]
    fn values_are_read_as_browsers_read_them() {
        check("0; url=/new", Some((0, Some("/new"))));
        check(" 3.9 , URL = '/new page' more", Some((3, Some("/new page"))));
        check("0;/new", Some((0, Some("/new"))));
        check("0 /new", Some((0, Some("/new"))));
        check("0;url=\"/new", Some((0, Some("/new"))));
        check("0;urls", Some((0, Some("urls"))));
        check(".5;url=x", Some((0, Some("x"))));
        check("300", Some((300, None)));
        check("300;", Some((300, None)));
        check("99999999999999999999999", Some((u64::MAX, None)));
        check("url=/new", None);
        check("", None);
        check("5x;url=/new", None);
        check("-1;url=/new", None);
        check("0;\u{fc}r", Some((0, Some("\u{fc}r"))));
    }

    fn page(url: &str, content_type: &str, body: &str) -> Fetched {
        Fetched {
            url: Url::parse(url).expect("an address"),
            body: body.as_bytes().to_vec(),
            hold: BodyHold::default(),
            content_type: Some(content_type.to_owned()),
            validators: Validators::default(),
            body_hash: String::new(),
            bytes: 0,
            crawl_delay: None,
            parameters: Vec::new(),
        }
    }

    /// The target of an HTML page at `https://example.org/old/list`.
    fn target(content: &str, rest: &str, set_cookie: bool) -> Result<Option<String>, FetchFailure> {
        let body = format!("<meta http-equiv=refresh content=\"{content}\">{rest}");
        let fetched = page("https://example.org/old/list", "text/html", &body);
        refresh_target(&fetched, None, set_cookie).map(|target| target.map(|onward| String::from(onward.url)))
    }

    #[track_caller]
    fn leads(content: &str, rest: &str, expected: Option<&str>) {
        let found = target(content, rest, false).expect("nothing that is refused");
        assert_eq!(found.as_deref(), expected, "{content}");
    }

    fn listing() -> String {
        "<article><a href=/n/1>One more piece of news from the harbour</a></article>".repeat(20)
    }

    #[test]
    fn pages_that_lead_on_are_followed() {
        leads("0; url=/new", "moved", Some("https://example.org/new"));
        leads("30;url=new", "This page has moved.", Some("https://example.org/old/new"));
        leads("3; url=https://example.net/", &listing(), Some("https://example.net/"));
    }

    #[test]
    fn pages_that_load_themselves_are_read() {
        leads("300", &listing(), None);
        leads("0; url=/old/list#top", &listing(), None);
        leads("5; url=?turn=2", &listing(), None);
        leads("60; url=/next-slide", &listing(), None);
        leads("0; url=/old/list", "wait", None);
        assert_eq!(
            target("0; url=/old/list", "wait", true).expect("no refusal").as_deref(),
            Some("https://example.org/old/list")
        );
    }

    #[test]
    fn refused_targets_are_named_if_there_is_nothing_else() {
        assert!(target("0; url=http://example.org/", "moved", false).is_err());
        assert!(target("0; url=javascript:go()", "moved", false).is_err());
        leads("0; url=http://example.org/", &listing(), None);
    }

    #[test]
    fn only_web_pages_have_a_refresh() {
        let body = "<meta http-equiv=refresh content='0;url=/x'>";
        for content_type in ["application/json", "text/plain", "application/rss+xml"] {
            let fetched = page("https://example.org/", content_type, body);
            assert!(matches!(refresh_target(&fetched, None, false), Ok(None)), "{content_type}");
        }
        let empty = page("https://example.org/", "text/html", "");
        let found = refresh_target(&empty, Some("0; url=/x"), false).expect("no refusal");
        assert_eq!(found.map(|onward| String::from(onward.url)).as_deref(), Some("https://example.org/x"));
    }
}
