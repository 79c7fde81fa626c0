//! Text -> document, within bounds; and what every reading of a document needs.

use html5ever::driver::{self, ParseOpts};
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{ElementRef, Html, HtmlTreeSink, Selector};
use url::Url;

use super::{attribute_limit, text};
use crate::model::{Kind, Limit};

/// How much is parsed between two looks at the depth. Small enough that the quadratic cost of what
/// one chunk can add stays in milliseconds.
const CHUNK_BYTES: usize = 4096;

/// Nodes of a page, beside those for every two bytes of it: what is written takes more bytes.
const FREE_NODES: usize = 10_000;
/// Nodes of any page.
const MAX_NODES: usize = 700_000;

/// Why a page was not parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unparsable {
    /// Nested too deeply, too many nodes (unclosed `<b>` and its like are opened anew in every block), or a tag with
    /// too many attributes.
    #[error("{0}")]
    Limit(Limit),
    /// Neither RSS nor Atom nor JSON Feed.
    #[error("it is no feed: there is no channel or feed element in it, and it is no JSON Feed")]
    NoFeed,
    /// No JSON, nor a page with JSON in its scripts.
    #[error("it is no JSON, and no JSON stands in its scripts")]
    NoJson,
    /// JSON that breaks off or has a mistake in it.
    #[error("the JSON has a mistake in it: {0}")]
    BrokenJson(String),
    /// Read before it was found out what it is.
    #[error("its listing has not been looked for yet")]
    NotSettled,
    /// Not a web page.
    #[error("it is no web page but {}; try `kind = \"{}\"`", text_name(*.0), .0.name())]
    NoPage(Kind),
    /// Not a sitemap.
    #[error("it is no sitemap: there is no `urlset` or `sitemapindex` element in it")]
    NoSitemap,
    /// No site of WordPress, or one whose REST interface is switched off.
    #[error(
        "the page announces no REST interface of WordPress (`<link rel=\"https://api.w.org/\">`), and it is no answer of one"
    )]
    NoWordPress,
}

/// The kind of a text, in words.
const fn text_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Json => "JSON",
        Kind::Feed => "a feed",
        Kind::Sitemap => "a sitemap",
        Kind::Auto | Kind::Html | Kind::Structured | Kind::WordPress => "something else",
    }
}

/// Parses a page, giving up as soon as it nests deeper than `max_depth`.
pub(crate) fn parse(text: &str, max_depth: usize) -> Result<Html, Unparsable> {
    attribute_limit::check(text)?;
    let sink = HtmlTreeSink::new(Html::new_document());
    let max_nodes = max_nodes(text);
    let mut parser = driver::parse_document(sink, ParseOpts::default());
    for chunk in chunks(text) {
        parser.process(StrTendril::from(chunk));
        bounded(&parser.tokenizer.sink.sink.0.borrow(), max_depth, max_nodes)?;
    }
    Ok(parser.finish())
}

/// The most nodes that a text may become.
pub(crate) fn max_nodes(text: &str) -> usize {
    MAX_NODES.min(FREE_NODES + text.len() / 2)
}

/// Refuses what is deeper or has more nodes than it may.
pub(crate) fn bounded(html: &Html, max_depth: usize, max_nodes: usize) -> Result<(), Unparsable> {
    if depth(html) > max_depth {
        return Err(Unparsable::Limit(Limit::Depth(max_depth)));
    }
    if html.tree.nodes().len() > max_nodes {
        return Err(Unparsable::Limit(Limit::Nodes(max_nodes)));
    }
    Ok(())
}

pub(crate) fn chunks(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut cut = CHUNK_BYTES.min(rest.len());
        while !rest.is_char_boundary(cut) {
            cut += 1;
        }
        let (chunk, tail) = rest.split_at(cut);
        rest = tail;
        Some(chunk)
    })
}

/// How deep the newest nodes sit: elements are made where the parser's open elements are.
fn depth(html: &Html) -> usize {
    let newest = html.tree.nodes().rev().take(8);
    newest.map(|n| n.ancestors().count()).max().unwrap_or(0)
}

/// The base of relative addresses: the first `<base href>`, resolved, else the page's own address.
pub(crate) fn base(document: &Html, page: &Url) -> Url {
    based(of_tag(document, "base").find_map(|e| e.attr("href")), page)
}

/// The base that a `<base href>` makes of the page's own address.
pub(crate) fn based(href: Option<&str>, page: &Url) -> Url {
    href.and_then(|href| page.join(href.trim()).ok())
        .filter(|u| matches!(u.scheme(), "http" | "https"))
        .unwrap_or_else(|| page.clone())
}

/// The language that the page says it has: a BCP 47 tag.
pub(crate) fn language(document: &Html) -> Option<String> {
    let lang = document.root_element().attr("lang").or_else(|| document.root_element().attr("xml:lang"))?;
    Some(lang.trim().to_owned()).filter(|l| !l.is_empty())
}

/// The page's title as text.
pub(crate) fn title(document: &Html) -> Option<String> {
    of_tag(document, "title").next().map(text::text).filter(|t| !t.is_empty())
}

fn of_tag<'a>(document: &'a Html, tag: &'static str) -> impl Iterator<Item = ElementRef<'a>> {
    document.root_element().descendent_elements().filter(move |e| e.value().name() == tag)
}

/// All elements that match, the given one included.
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

    #[test]
    fn nesting_is_stopped_before_it_costs() {
        let page = "<ul><li>".repeat(16_000);
        assert_eq!(parse(&page, 512).unwrap_err(), Unparsable::Limit(Limit::Depth(512)));
    }

    #[test]
    fn nodes_that_the_parser_multiplies_are_stopped() {
        let bold: Vec<String> = (0..480).map(|i| format!("<b id={i}>")).collect();
        let page = format!("<p>{}{}", bold.concat(), "<p>x".repeat(1_000));
        assert!(matches!(parse(&page, 512), Err(Unparsable::Limit(Limit::Nodes(_)))));
    }

    #[test]
    fn a_long_flat_page_is_fine() {
        let page = "<p>one<br>two".repeat(20_000);
        assert!(parse(&page, 512).is_ok());
    }
}
