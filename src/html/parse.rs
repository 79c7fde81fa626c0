//! HTML text -> document tree, within bounds; and the few readings that every kind of source needs.

use html5ever::driver::{self, ParseOpts, Parser};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{QualName, local_name, ns};
use scraper::{ElementRef, Html, HtmlTreeSink, Selector};
use url::Url;

use super::error::Unparsable;
use super::tree_bounds::{Parsed, TreeBounds};
use super::{attribute_limit, text};

/// Bytes that are parsed between two checks of the bounds. Nesting costs quadratic time: what one chunk can
/// add must stay in milliseconds.
const CHUNK_BYTES: usize = 4096;

/// The same for a fragment: a page may hold hundreds that nest too deeply.
const FRAGMENT_CHUNK_BYTES: usize = 512;

/// Deepest nesting of a fragment. Texts of articles nest a few levels deep; and one page may hold hundreds of
/// fragments.
pub(crate) const MAX_FRAGMENT_DEPTH: usize = 128;

/// Parses a page.
///
/// # Errors
/// When the page nests deeper than `max_depth`, has too many nodes, or has a tag with too many attributes.
pub(crate) fn parse(text: &str, max_depth: usize) -> Result<Html, Unparsable> {
    let sink = HtmlTreeSink::new(Html::new_document());
    let bounds = TreeBounds::of(text, max_depth, &Parsed::Page);
    parse_with(driver::parse_document(sink, ParseOpts::default()), text, CHUNK_BYTES, bounds)
}

/// Parses a fragment of HTML, as it stands in a feed, in JSON or in an attribute: the content of a `body`.
///
/// # Errors
/// When the fragment nests deeper than [`MAX_FRAGMENT_DEPTH`], has too many nodes, or has a tag with too many
/// attributes.
pub(crate) fn fragment(text: &str) -> Result<Html, Unparsable> {
    let sink = HtmlTreeSink::new(Html::new_fragment());
    let context = QualName::new(None, ns!(html), local_name!("body"));
    let parser = driver::parse_fragment(sink, ParseOpts::default(), context, Vec::new(), false);
    let bounds = TreeBounds::of(text, MAX_FRAGMENT_DEPTH, &Parsed::Fragment);
    parse_with(parser, text, FRAGMENT_CHUNK_BYTES, bounds)
}

/// Parses a text piece by piece, and measures the tree after each piece.
fn parse_with(
    mut parser: Parser<HtmlTreeSink>,
    text: &str,
    chunk_bytes: usize,
    mut bounds: TreeBounds,
) -> Result<Html, Unparsable> {
    attribute_limit::check(text)?;
    bounds.begin(text)?;
    for chunk in pieces(text, chunk_bytes) {
        parser.process(StrTendril::from(chunk));
        bounds.check(&parser.tokenizer.sink.sink.0.borrow(), chunk)?;
    }
    Ok(parser.finish())
}

/// Splits a text into pieces of [`CHUNK_BYTES`].
pub(crate) fn chunks(text: &str) -> impl Iterator<Item = &str> {
    pieces(text, CHUNK_BYTES)
}

/// Splits a text into pieces of about so many bytes, between characters.
pub(crate) fn pieces(text: &str, bytes: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut cut = bytes.min(rest.len());
        while !rest.is_char_boundary(cut) {
            cut += 1;
        }
        let (piece, tail) = rest.split_at(cut);
        rest = tail;
        Some(piece)
    })
}

/// The base of relative addresses: the first `<base href>`, resolved; else the page's own address.
pub(crate) fn base(document: &Html, page: &Url) -> Url {
    base_of(elements_of_tag(document, "base").find_map(|e| e.attr("href")), page)
}

/// The base of relative addresses, by the value of `<base href>` and the page's own address.
pub(crate) fn base_of(href: Option<&str>, page: &Url) -> Url {
    href.and_then(|href| page.join(href.trim()).ok())
        .filter(|u| matches!(u.scheme(), "http" | "https"))
        .unwrap_or_else(|| page.clone())
}

/// The language that the page declares: a BCP 47 tag.
pub(crate) fn language(document: &Html) -> Option<String> {
    let root = document.root_element();
    let lang = root.attr("lang").or_else(|| root.attr("xml:lang"))?;
    Some(lang.trim().to_owned()).filter(|l| !l.is_empty())
}

/// The page's title as text.
pub(crate) fn title(document: &Html) -> Option<String> {
    let mut titles = elements_of_tag(document, "title").filter(|e| is_html(*e));
    titles.next().map(text::visible_text).filter(|t| !t.is_empty())
}

/// Whether an element is one of HTML. A drawing or a formula has elements of the same names.
pub(crate) fn is_html(element: ElementRef<'_>) -> bool {
    element.value().name.ns == ns!(html)
}

/// The elements with this name.
pub(crate) fn elements_of_tag<'a>(
    document: &'a Html,
    tag: &'static str,
) -> impl Iterator<Item = ElementRef<'a>> {
    document.root_element().descendent_elements().filter(move |e| e.value().name() == tag)
}

/// The elements that match, in an element and including it.
pub(crate) fn all_within<'a>(
    element: ElementRef<'a>,
    selector: &Selector,
) -> impl Iterator<Item = ElementRef<'a>> {
    let own = selector.matches(&element).then_some(element);
    own.into_iter().chain(element.select(selector))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Limit;

    #[test]
    fn nesting_is_stopped_before_it_costs() {
        let page = "<ul><li>".repeat(16_000);
        assert_eq!(parse(&page, 512).unwrap_err(), Unparsable::Limit(Limit::Depth(512)));
    }

    #[test]
    fn nodes_that_the_parser_multiplies_are_stopped() {
        let bold: Vec<String> = (0..480).map(|i| format!("<b id={i}>")).collect();
        let page = format!("<p>{}{}", bold.concat(), "<p>x".repeat(1_000));
        let refused = parse(&page, 512).unwrap_err();
        assert!(matches!(refused, Unparsable::Limit(Limit::Nodes(_) | Limit::NestedTags)), "{refused}");
    }

    #[test]
    fn fragments_have_the_same_bounds() {
        let deep = "<div>".repeat(200_000);
        assert_eq!(fragment(&deep).unwrap_err(), Unparsable::Limit(Limit::Depth(MAX_FRAGMENT_DEPTH)));
        let attributes: Vec<String> = (0..5_000).map(|i| format!(" a{i}")).collect();
        let crowded = format!("<p{}>", attributes.concat());
        assert!(matches!(fragment(&crowded), Err(Unparsable::Limit(Limit::Attributes(_)))));
        assert!(fragment(&"<p>one<br>two".repeat(20_000)).is_ok());
    }

    #[test]
    fn the_title_of_a_drawing_is_none_of_the_page() {
        let page = "<body><svg><title>Menu</title></svg><title>Harbour</title>";
        assert_eq!(title(&parse(page, 512).unwrap()).as_deref(), Some("Harbour"));
        assert_eq!(title(&parse("<svg><title>Menu</title></svg>", 512).unwrap()), None);
    }

    #[test]
    fn work_without_nodes_is_bounded() {
        let open = "<i>".repeat(400);
        let ends = format!("<div>{open}<div>{}", "</u>".repeat(500_000));
        assert_eq!(parse(&ends, 512).unwrap_err(), Unparsable::Limit(Limit::NestedTags));
        // Each piece ends where it began, so that its end does not show how deep it was.
        let hill = format!("{}{}", "<i>".repeat(500), "</i>".repeat(500));
        assert_eq!(parse(&hill.repeat(100), 512).unwrap_err(), Unparsable::Limit(Limit::NestedTags));
        let names: String = (0..20_000).map(|i| format!("<x-{i}>a</x-{i}>")).collect();
        assert!(matches!(parse(&names, 512), Err(Unparsable::Limit(Limit::Names(_)))));
        let roots: String = (0..20_000).map(|i| format!("<html a{}=1>", i % 4_000)).collect();
        assert!(matches!(parse(&roots, 512), Err(Unparsable::Limit(Limit::Attributes(_)))));
        assert!(matches!(fragment(&roots), Err(Unparsable::Limit(Limit::Attributes(_)))));
    }

    #[test]
    fn a_long_flat_page_is_fine() {
        let page = "<p>one<br>two".repeat(20_000);
        assert!(parse(&page, 512).is_ok());
    }
}
