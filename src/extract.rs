//! (page, rules) -> candidates and problems. Pure: no I/O, no clock, no async.
//!
//! One broken item never costs the others: what does not work becomes a [`Problem`](crate::model::Problem) on that item.

mod container;
mod dates;
mod document;
mod extraction;
mod field;
mod json_value;
mod listing;
pub(crate) mod sources;

use chrono::{DateTime, Utc};

use crate::html::Unparsable;
use crate::model::Page;
use crate::rules::{Rules, SourceKind};
use dates::dated;
use field::{Node, Reader};

pub use document::{Document, Statement};
pub use extraction::{Elsewhere, ExtractLimits, Extraction, Listing};
pub use sources::json::json_value;

/// Extracts the items of a page. `remembered` is the container selector of the last good run; `now`
/// is what `3 hours ago` is reckoned from.
///
/// # Errors
/// When the page cannot be parsed within the limits.
pub fn extract(
    page: &Page,
    source: &SourceKind,
    remembered: Option<&str>,
    limits: &ExtractLimits,
    now: DateTime<Utc>,
) -> Result<Extraction, Unparsable> {
    match source {
        SourceKind::Html(rules) => listing_page(page, rules, remembered, limits, now),
        SourceKind::Json(rules) => json_page(page, rules, limits, now),
        SourceKind::Feed(dates) => sources::feed::extract(page, dates, limits, now),
        SourceKind::Sitemap(dates) => sources::sitemap::extract(page, dates, limits, now),
        SourceKind::Structured(dates) => sources::structured::extract(page, dates, limits, now),
        SourceKind::WordPress(dates) => sources::wordpress::extract(page, dates, limits, now),
        SourceKind::Auto(_) => Err(Unparsable::NotSettled),
    }
}

fn listing_page(
    page: &Page,
    rules: &Rules,
    remembered: Option<&str>,
    limits: &ExtractLimits,
    now: DateTime<Utc>,
) -> Result<Extraction, Unparsable> {
    let document = Document::parse(page, limits)?;
    let extraction = document.extract(rules, remembered, limits, now);
    match other_kind(&page.text) {
        Some(other) if extraction.listing == Listing::Missing => Err(other),
        _ => Ok(extraction),
    }
}

/// What a text is that is no web page, as `kind` in feeds.toml: `json`, `feed` or `sitemap`.
#[must_use]
pub fn kind_of_text(text: &str) -> Option<&'static str> {
    match other_kind(text) {
        Some(Unparsable::NoPage(_, kind)) => Some(kind),
        _ => None,
    }
}

/// What a text is that is no web page.
fn other_kind(text: &str) -> Option<Unparsable> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.starts_with(['{', '[']) {
        return Some(Unparsable::NoPage("JSON", "json"));
    }
    let mut cut = text.len().min(2000);
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    let head = &text[..cut];
    if head.contains("<rss") || head.contains("<rdf:RDF") || head.contains("<feed") {
        return Some(Unparsable::NoPage("a feed", "feed"));
    }
    let sitemap = head.contains("<urlset") || head.contains("<sitemapindex");
    sitemap.then_some(Unparsable::NoPage("a sitemap", "sitemap"))
}

fn json_page(
    page: &Page,
    rules: &Rules,
    limits: &ExtractLimits,
    now: DateTime<Utc>,
) -> Result<Extraction, Unparsable> {
    let document = sources::json::read(&page.text, rules, limits)?;
    let (reader, mut problems) = (Reader::new(rules), Vec::new());
    problems.extend(document.problem);
    let listing = match (document.items.is_empty(), document.there) {
        (false, _) => Listing::Found(None),
        (true, true) => Listing::Empty,
        (true, false) => Listing::Missing,
    };
    let nodes = document.items.iter().map(Node::Json);
    let raws =
        listing::raw_items(nodes, page.text.len(), &reader, &page.url, limits.candidates, &mut problems);
    problems.extend(reader.complaints());
    let candidates = dated(raws, document.language.as_deref(), now, &mut problems);
    let root = Node::Json(&document.root);
    let cursor = rules.cursor.as_ref().and_then(|field| field::single(root, &reader, "cursor", field));
    let next = rules
        .next
        .as_ref()
        .and_then(|select| json_value::texts(&document.root, select, "link", false).ok()?.pop());
    let next = next.and_then(|address| listing::web(&page.url, &address));
    let base = page.url.clone();
    let (title, language, elsewhere) = (None, document.language, Elsewhere::default());
    Ok(Extraction { candidates, problems, listing, base, title, next, cursor, language, elsewhere })
}
