//! The kind of a text that is not a web page, recognised by its beginning.

use crate::model::Kind;

/// Bytes at the beginning of a text that are searched for a root element.
const HEAD_BYTES: usize = 2000;

/// Removes white space and the byte order mark from the beginning of a text.
pub(crate) fn trim_text_start(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// The kind of a text if it is JSON, a feed or a sitemap; `None` for a web page.
#[must_use]
pub fn kind_of_text(text: &str) -> Option<Kind> {
    let content = trim_text_start(text);
    if content.starts_with(['{', '[']) {
        return Some(Kind::Json);
    }
    let mut end = content.len().min(HEAD_BYTES);
    while !content.is_char_boundary(end) {
        end -= 1;
    }
    let head = &content[..end];
    if head.contains("<rss") || head.contains("<rdf:RDF") || head.contains("<feed") {
        return Some(Kind::Feed);
    }
    let is_sitemap = head.contains("<urlset") || head.contains("<sitemapindex");
    is_sitemap.then_some(Kind::Sitemap)
}
