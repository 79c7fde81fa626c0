//! Feeds that a page announces itself.

use url::Url;

use crate::extract::{HtmlDocument, Statement};
use crate::html::Outline;
use crate::model::Kind;

/// Feeds of one page that are returned.
const MAX_FEEDS: usize = 10;

/// A source that the site offers for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeFeed {
    /// Its address.
    pub url: Url,
    /// The name that the page gives it.
    pub title: Option<String>,
    /// A feed, or WordPress for the REST interface of the site.
    pub kind: Kind,
}

/// The feeds that a page announces by `rel="alternate"`, then those that it links to, then the REST
/// interface of WordPress. Feeds of comments come last.
pub(crate) fn announced(document: &HtmlDocument, outline: &Outline<'_>, page: &Url) -> Vec<NativeFeed> {
    let mut feeds: Vec<NativeFeed> = Vec::new();
    let mut add = |href: &str, title: Option<&str>| {
        let has_room = feeds.len() < MAX_FEEDS;
        let Some(url) = document.base().join(href.trim()).ok().filter(|_| has_room) else { return };
        let is_known = url == *page || feeds.iter().any(|feed| feed.url == url);
        if matches!(url.scheme(), "http" | "https") && !is_known {
            feeds.push(NativeFeed { url, title: title.map(str::to_owned), kind: Kind::Feed });
        }
    };
    let links: Vec<Statement<'_>> = document.statements().filter(Statement::is_link).collect();
    for link in links.iter().filter(|link| announces_feed(link)) {
        if let Some(href) = link.attr("href") {
            add(href, link.attr("title"));
        }
    }
    let anchors = outline.name("a").map_or(&[][..], |a| outline.of_tag(a));
    for href in anchors.iter().filter_map(|anchor| outline.attr(*anchor, "href")) {
        if is_feed_address(href) {
            add(href, None);
        }
    }
    // The interface is found from any page of the site, so its address here is that of the page.
    if links.iter().any(|link| link.attr("rel") == Some("https://api.w.org/")) {
        feeds.push(NativeFeed { url: page.clone(), title: None, kind: Kind::WordPress });
    }
    feeds.sort_by_key(|feed| (feed.kind == Kind::WordPress, is_of_comments(feed)));
    feeds.truncate(MAX_FEEDS);
    feeds
}

fn announces_feed(link: &Statement<'_>) -> bool {
    let rel = link.attr("rel").unwrap_or_default().to_ascii_lowercase();
    let media_type = link.attr("type").unwrap_or_default().to_ascii_lowercase();
    rel.split_whitespace().any(|word| word == "alternate" || word == "feed") && is_feed_type(&media_type)
}

/// Whether a media type, in small letters, is that of a feed. Its parameters do not count.
fn is_feed_type(media_type: &str) -> bool {
    let without_parameters = media_type.split(';').next().unwrap_or_default().trim();
    matches!(
        without_parameters,
        "application/rss+xml"
            | "application/atom+xml"
            | "application/rdf+xml"
            | "application/feed+json"
            | "text/xml"
    )
}

/// Whether the last part of an address is a usual name of feeds.
fn is_feed_address(href: &str) -> bool {
    let path = href.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    matches!(
        last.as_str(),
        "feed"
            | "rss"
            | "atom"
            | "rss.xml"
            | "atom.xml"
            | "feed.xml"
            | "feed.json"
            | "index.xml"
            | "index.rdf"
    ) || last.rsplit_once('.').is_some_and(|(_, end)| matches!(end, "rss" | "atom"))
}

fn is_of_comments(feed: &NativeFeed) -> bool {
    feed.url.path().contains("comments")
        || feed.title.as_deref().is_some_and(|t| t.to_lowercase().contains("comment"))
}
