//! The kind of a text that is no web page, told by its beginning.

use crate::model::Kind;

/// Bytes at the beginning of a text in which its kind shows.
const HEAD_BYTES: usize = 2000;

/// The kind of a text that is no web page: JSON, a feed or a sitemap.
#[must_use]
pub fn kind_of_text(text: &str) -> Option<Kind> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.starts_with(['{', '[']) {
        return Some(Kind::Json);
    }
    let mut end = text.len().min(HEAD_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = &text[..end];
    if head.contains("<rss") || head.contains("<rdf:RDF") || head.contains("<feed") {
        return Some(Kind::Feed);
    }
    let is_sitemap = head.contains("<urlset") || head.contains("<sitemapindex");
    is_sitemap.then_some(Kind::Sitemap)
}
