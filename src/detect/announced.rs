//! Feeds that a page announces itself.

use url::Url;

use crate::extract::{Document, Statement};
use crate::html::Outline;
use crate::model::Kind;

/// Feeds of one page that are told.
const MAX_FEEDS: usize = 10;

/// A source that the site offers for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeFeed {
    /// Where it is.
    pub url: Url,
    /// What the page calls it.
    pub title: Option<String>,
    /// A feed, or WordPress for the REST interface of the site.
    pub kind: Kind,
}

/// The feeds that a page announces by `rel="alternate"`, then those that it links to, then the REST
/// interface of WordPress. Feeds of comments come last.
pub(crate) fn announced(document: &Document, outline: &Outline<'_>, page: &Url) -> Vec<NativeFeed> {
    let mut out: Vec<NativeFeed> = Vec::new();
    let mut add = |href: &str, title: Option<&str>, kind| {
        let room = out.len() < MAX_FEEDS;
        let Some(url) = document.base().join(href.trim()).ok().filter(|_| room) else { return };
        if matches!(url.scheme(), "http" | "https") && url != *page && !out.iter().any(|f| f.url == url) {
            out.push(NativeFeed { url, title: title.map(str::to_owned), kind });
        }
    };
    let statements: Vec<Statement<'_>> = document.statements().filter(Statement::is_link).collect();
    for statement in &statements {
        let Some(href) = statement.attr("href") else { continue };
        let rel = statement.attr("rel").unwrap_or_default().to_ascii_lowercase();
        let media = statement.attr("type").unwrap_or_default().to_ascii_lowercase();
        if rel.split_whitespace().any(|r| r == "alternate" || r == "feed") && is_feed_type(&media) {
            add(href, statement.attr("title"), Kind::Feed);
        }
    }
    for link in outline.name("a").map_or(&[][..], |a| outline.of_tag(a)) {
        let Some(href) = outline.attr(*link, "href").filter(|h| is_feed_address(h)) else { continue };
        add(href, None, Kind::Feed);
    }
    // The interface is one of the site, the page is what asks for it.
    if statements.iter().any(|s| s.attr("rel") == Some("https://api.w.org/")) {
        out.push(NativeFeed { url: page.clone(), title: None, kind: Kind::WordPress });
    }
    out.sort_by_key(|f| (f.kind == Kind::WordPress, is_of_comments(f)));
    out.truncate(MAX_FEEDS);
    out
}

fn is_feed_type(media: &str) -> bool {
    let media = media.split(';').next().unwrap_or_default().trim();
    matches!(
        media,
        "application/rss+xml"
            | "application/atom+xml"
            | "application/rdf+xml"
            | "application/feed+json"
            | "text/xml"
    )
}

/// Whether an address is called what feeds are called.
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
