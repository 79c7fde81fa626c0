//! The kind of a text that is not a web page, recognised by its beginning.

use crate::html::xml::prolog;
use crate::model::Kind;

/// Bytes at the beginning of a text that are searched for a root element.
const HEAD_BYTES: usize = 2000;

/// Removes white space and the byte order mark from the beginning of a text.
pub(crate) fn trim_text_start(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// The kind of a text if it is JSON, a feed, a sitemap or other XML; `None` for a web page. XML is told by its
/// declaration and its root element.
#[must_use]
pub fn kind_of_text(text: &str) -> Option<Kind> {
    let content = trim_text_start(text);
    if content.starts_with(['{', '[']) {
        return Some(Kind::Json);
    }
    if content.starts_with("<?xml")
        && let Some(root) = prolog::root_name(content)
    {
        return kind_of_root(root);
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

/// The kind of XML with this root element; `None` for XHTML, which is read as a web page.
fn kind_of_root(local_name: &str) -> Option<Kind> {
    match local_name.to_ascii_lowercase().as_str() {
        "html" => None,
        "rss" | "rdf" | "feed" => Some(Kind::Feed),
        "urlset" | "sitemapindex" => Some(Kind::Sitemap),
        _ => Some(Kind::Xml),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_is_told_by_its_root_element() {
        for (text, expected) in [
            ("<?xml version=\"1.0\"?><feedback><rss/></feedback>", Some(Kind::Xml)),
            ("\u{feff}<?xml version=\"1.0\"?><!-- <feed> --><g:notices xmlns:g=\"urn:g\"/>", Some(Kind::Xml)),
            ("<?xml version=\"1.0\"?><!DOCTYPE html><html><p>&lt;rss</p></html>", None),
            ("<?xml version=\"1.0\"?><rdf:RDF/>", Some(Kind::Feed)),
            ("<?xml version=\"1.0\"?><urlset/>", Some(Kind::Sitemap)),
            ("Warning: <b>x</b><?xml version=\"1.0\"?><rss>", Some(Kind::Feed)),
            ("<notices/>", None),
        ] {
            assert_eq!(kind_of_text(text), expected, "{text}");
        }
    }
}
