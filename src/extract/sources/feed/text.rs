//! The texts of an XML feed: each may be plain text, escaped HTML, markup or Base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::address;
use crate::html::markup::{is_html, title_text};
use crate::html::plain::html_of_plain_text;
use crate::html::tree::ElementRef;
use crate::html::{content, plain_text, xml};

/// The content of an element as plain text.
pub(crate) fn to_plain_text(element: ElementRef<'_>) -> String {
    if let Some(text) = decode_base64(element) {
        return plain_text(&text);
    }
    if is_plain_text(element) {
        return xml::text(element).split_whitespace().collect::<Vec<_>>().join(" ");
    }
    plain_text(&markup(element))
}

/// The title in an element as plain text. A title that does not say whether it is HTML loses only markup
/// inside a line.
pub(crate) fn to_title(element: ElementRef<'_>) -> String {
    let is_declared = xml::attribute(element, "type").is_some_and(|kind| !kind.eq_ignore_ascii_case("plain"));
    let has_markup = element.child_elements().next().is_some();
    if is_declared || has_markup || is_plain_text(element) {
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
    content::rewritten(&html, Some(&base)).unwrap_or(html)
}

/// The content of an element as HTML.
pub(crate) fn to_html(element: ElementRef<'_>) -> String {
    if is_plain_text(element) { html_of_plain_text(&xml::text(element)) } else { markup(element) }
}

/// A summary as HTML, if it is more than one paragraph of text. HTML is taken for it even if the element
/// declares plain text.
pub(crate) fn summary_to_html(element: ElementRef<'_>) -> Option<String> {
    let markup = markup(element);
    let is_plain = is_plain_text(element) && !is_html(&markup);
    if !is_plain {
        return Some(markup).filter(|html| html.contains('<'));
    }
    let mut paragraphs = markup.trim().split('\n').map(str::trim);
    paragraphs.any(str::is_empty).then(|| html_of_plain_text(&markup))
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
