//! The texts of an XML feed: each may be plain text, escaped HTML, markup or Base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::address;
use crate::html::markup::{is_html, title_text};
use crate::html::plain::{html_of_plain_text, html_of_seeming_text};
use crate::html::tree::ElementRef;
use crate::html::{content, plain_text, xml};

/// Tags that a text of a feed has more often than it speaks of them.
const TAGS_OF_FEEDS: &[&str] = &[
    "<p", "<hr", "<li", "<script", "<style", "<aside", "<footer", "<form", "<object", "<embed", "<svg",
    "<nav",
];

/// The content of an element as plain text.
pub(crate) fn to_plain_text(element: ElementRef<'_>) -> String {
    if let Some(text) = decode_base64(element) {
        return plain_text(&text);
    }
    if is_plain_text(element) {
        return xml::text(element).split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let markup = markup(element);
    let seems_plain = says_nothing_of_html(element) && !seems_html(&markup);
    if seems_plain { title_text(&markup) } else { plain_text(&markup) }
}

/// The title in an element as plain text. A title that does not say whether it is HTML loses only markup
/// inside a line.
pub(crate) fn to_title(element: ElementRef<'_>) -> String {
    if !says_nothing_of_html(element) || is_plain_text(element) {
        return to_plain_text(element);
    }
    title_text(&markup(element))
}

/// HTML of an element with the addresses absolute, if a base other than the feed's own address counts for
/// it or in it.
pub(crate) fn with_base(html: String, element: ElementRef<'_>, page: &Url) -> String {
    // The `div` around XHTML may have a base, and is no part of the HTML.
    let holder = xml::xhtml_div(element).unwrap_or(element);
    let base = address::base(holder, page);
    if base == *page && !html.contains("xml:base") {
        return html;
    }
    content::rewritten(&html, Some(&base)).map_or(html, |rewritten| rewritten.html)
}

/// The content of an element as HTML. A text that does not say whether it is HTML is plain if it has no markup,
/// but lines or a `<` that means itself.
pub(crate) fn to_html(element: ElementRef<'_>) -> String {
    if is_plain_text(element) {
        return html_of_plain_text(&xml::text(element));
    }
    let markup = markup(element);
    let seems_plain =
        says_nothing_of_html(element) && markup.contains(['\n', '\r', '<']) && !seems_html(&markup);
    if seems_plain { html_of_seeming_text(&markup) } else { markup }
}

/// Whether a text has markup of HTML, also where a tag such as `<p>` is not closed.
fn seems_html(text: &str) -> bool {
    let ends_name =
        |rest: &str| rest.starts_with(|c: char| matches!(c, '>' | '/') || c.is_ascii_whitespace());
    let has_tag = |lower: &str| {
        let mut tags = lower.match_indices('<').map(|(at, _)| &lower[at..]);
        tags.any(|tag| TAGS_OF_FEEDS.iter().any(|open| tag.strip_prefix(open).is_some_and(ends_name)))
    };
    is_html(text) || text.contains('<') && has_tag(&text.to_ascii_lowercase())
}

/// Whether the content is a text that may be plain or HTML: neither its type nor elements in it tell.
fn says_nothing_of_html(element: ElementRef<'_>) -> bool {
    let is_declared = xml::attribute(element, "type").is_some_and(|kind| !kind.eq_ignore_ascii_case("plain"));
    !is_declared && element.child_elements().next().is_none()
}

/// A summary as HTML, if it is more than one paragraph of text. HTML is taken for it even if the element
/// declares plain text.
pub(crate) fn summary_to_html(element: ElementRef<'_>) -> Option<String> {
    let markup = markup(element);
    let is_declared_plain = is_plain_text(element);
    let is_plain = (is_declared_plain || says_nothing_of_html(element)) && !seems_html(&markup);
    if !is_plain {
        return Some(markup).filter(|html| html.contains('<'));
    }
    let written: fn(&str) -> String =
        if is_declared_plain { html_of_plain_text } else { html_of_seeming_text };
    let mut paragraphs = markup.trim().lines().map(str::trim);
    paragraphs.any(str::is_empty).then(|| written(&markup))
}

/// The content of an element as HTML, where text is taken for escaped HTML even if the element declares
/// plain text.
pub(crate) fn markup(element: ElementRef<'_>) -> String {
    if let Some(text) = decode_base64(element) {
        return text;
    }
    if element.child_elements().next().is_some() { xml::markup(element) } else { xml::text(element) }
}

/// The decoded Base64 of an element: Atom 0.3 declares it by `mode`, Atom 1.0 uses it for types that are
/// not text.
fn decode_base64(element: ElementRef<'_>) -> Option<String> {
    let media_type = xml::attribute(element, "type").unwrap_or_default().to_ascii_lowercase();
    let is_binary =
        media_type.contains('/') && !media_type.starts_with("text/") && !media_type.contains("xml");
    let is_declared = xml::attribute(element, "mode").is_some_and(|m| m.eq_ignore_ascii_case("base64"));
    if !is_binary && !is_declared {
        return None;
    }
    let base64: String = xml::text(element).split_whitespace().collect();
    String::from_utf8(STANDARD.decode(base64).ok()?).ok()
}

/// Whether the content is plain text. Atom declares it; RSS does not, and has mostly HTML.
fn is_plain_text(element: ElementRef<'_>) -> bool {
    match xml::attribute(element, "type") {
        Some(kind) => kind.eq_ignore_ascii_case("text") || kind.eq_ignore_ascii_case("text/plain"),
        // RFC 4287 section 3.1.1: without a type it is text.
        None => element.parent().and_then(ElementRef::wrap).is_some_and(|p| xml::is(p, &["entry", "feed"])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(inner: &str, html: &str, text: &str) {
        let feed = xml::parse(&format!("<rss><item><description>{inner}</description></item></rss>"), 99);
        let feed = feed.expect("a feed");
        let root = xml::root(&feed).expect("a root");
        let element = xml::find(root, &["description"]).expect("an element");
        assert_eq!(to_html(element), html);
        assert_eq!(to_plain_text(element), text);
    }

    #[test]
    fn texts_without_markup_are_plain() {
        check(
            "<![CDATA[Boats out\n\nwith nets\n- two]]>",
            "<p>Boats out</p><p>with nets<br>- two</p>",
            "Boats out with nets - two",
        );
        check("<![CDATA[A Vec<Tide> x &amp; y]]>", "<p>A Vec&lt;Tide&gt; x &amp; y</p>", "A Vec<Tide> x & y");
        check("Fish &amp;amp; chips", "Fish &amp; chips", "Fish & chips");
    }

    #[test]
    fn texts_with_markup_are_html() {
        check("<![CDATA[One\n<b>two</b>]]>", "One\n<b>two</b>", "One two");
        check("<![CDATA[One<p>two<P class=a>three]]>", "One<p>two<P class=a>three", "One two three");
        check("<![CDATA[One<script>x</script> two]]>", "One<script>x</script> two", "One two");
    }
}
