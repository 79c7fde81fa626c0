//! XML as it is found in the wild -> a tree. The only home of `xml5ever`.

mod repair;

use scraper::{ElementRef, Html, HtmlTreeSink, Node};
use xml5ever::driver::{XmlParseOpts, XmlParser, parse_document};
use xml5ever::tendril::{StrTendril, TendrilSink};

use super::{Unparsable, parse};

/// Which vocabulary a name belongs to, by its namespace, else by the usual prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// RSS and Atom themselves.
    Core,
    Dc,
    Content,
    Media,
    Itunes,
    Other,
}

/// Parses a feed, giving up where it is deeper or has more nodes than a page may.
pub(crate) fn parse(text: &str, max_depth: usize) -> Result<Html, Unparsable> {
    let text = repair::referenced(&text[start(text).ok_or(Unparsable::NoFeed)?..]);
    let text = &repair::in_one_case(&text);
    let max_nodes = parse::max_nodes(text);
    let mut parser = parse_document(HtmlTreeSink::new(Html::new_document()), XmlParseOpts::default());
    for chunk in parse::chunks(text) {
        parser.process(StrTendril::from(chunk));
        bounded(&parser, max_depth, max_nodes)?;
    }
    Ok(parser.finish())
}

/// Where the feed begins: warnings and comments of a site's program may stand before it.
fn start(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let roots = ["<rss", "<feed", "<rdf:rdf", "<urlset", "<sitemapindex", "<?xml"];
    roots.iter().filter_map(|root| lower.find(root)).min().or_else(|| text.find('<'))
}

fn bounded(parser: &XmlParser<HtmlTreeSink>, max_depth: usize, max_nodes: usize) -> Result<(), Unparsable> {
    let html = parser.tokenizer.sink.sink.0.borrow();
    parse::bounded(&html, max_depth, max_nodes)
}

/// The first element of one of the names, in document order, the given one included.
pub(crate) fn find<'a>(root: ElementRef<'a>, names: &[&str]) -> Option<ElementRef<'a>> {
    root.descendent_elements().find(|e| is(*e, names))
}

/// Whether an element has one of the names, in whatever case, and is of RSS or Atom.
pub(crate) fn is(element: ElementRef<'_>, names: &[&str]) -> bool {
    names.iter().any(|n| element.value().name().eq_ignore_ascii_case(n)) && space(element) == Space::Core
}

/// Whether an element stands inside one of the names.
pub(crate) fn inside(element: ElementRef<'_>, names: &[&str]) -> bool {
    element.ancestors().filter_map(ElementRef::wrap).any(|a| is(a, names))
}

/// The first child of the first name that has one with something in it.
pub(crate) fn child<'a>(of: ElementRef<'a>, names: &[(Space, &str)]) -> Option<ElementRef<'a>> {
    let mut found = names.iter().flat_map(|(wanted, name)| children(of, *wanted, name));
    let first = found.next()?;
    let says = |e: &ElementRef<'_>| e.has_children() || e.value().attrs().next().is_some();
    if says(&first) { Some(first) } else { found.find(says) }
}

/// All children of a name.
pub(crate) fn children<'a>(
    of: ElementRef<'a>,
    wanted: Space,
    name: &str,
) -> impl Iterator<Item = ElementRef<'a>> {
    let fits = move |e: &ElementRef<'_>| e.value().name().eq_ignore_ascii_case(name) && space(*e) == wanted;
    of.child_elements().filter(fits)
}

/// The text of an element, white space at its ends apart.
pub(crate) fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().trim().to_owned()
}

/// An attribute by its local name.
pub(crate) fn attribute<'a>(element: ElementRef<'a>, name: &str) -> Option<&'a str> {
    element.value().attrs().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// The vocabulary of an element.
pub(crate) fn space(element: ElementRef<'_>) -> Space {
    let name = &element.value().name;
    let uri = name.ns.to_ascii_lowercase();
    let has = |part: &str| uri.contains(part);
    match name.prefix.as_deref().unwrap_or_default() {
        _ if has("purl.org/dc/") => Space::Dc,
        _ if has("modules/content") => Space::Content,
        _ if has("search.yahoo.com/mrss") => Space::Media,
        _ if has("itunes.") => Space::Itunes,
        _ if has("purl.org/rss")
            || has("purl.org/atom")
            || has("2005/atom")
            || has("userland")
            || has("netscape.com/rdf") =>
        {
            Space::Core
        }
        "" => {
            if has("w3.org/1999/xhtml") {
                Space::Other
            } else {
                Space::Core
            }
        }
        "rss" | "atom" | "atom10" | "atom03" | "a10" => Space::Core,
        "dc" | "dcterms" => Space::Dc,
        "content" => Space::Content,
        "media" => Space::Media,
        "itunes" => Space::Itunes,
        _ => Space::Other,
    }
}

/// The markup inside an element, as HTML.
pub(crate) fn markup(element: ElementRef<'_>) -> String {
    let inner = element.child_elements().next();
    // The `div` that Atom 1.0 section 3.1.1.3 asks for says nothing.
    match inner.filter(|e| e.value().name() == "div" && only_child(element)) {
        Some(div) => div.inner_html(),
        None => element.inner_html(),
    }
}

fn only_child(element: ElementRef<'_>) -> bool {
    let says = |node: &Node| !matches!(node, Node::Text(t) if t.trim().is_empty());
    element.children().filter(|n| says(n.value())).count() == 1
}
