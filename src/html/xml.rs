//! XML as sites really publish it -> a tree, and queries of it. The only home of `xml5ever`.

pub(crate) mod prolog;
mod repair;
mod stand_in;

use scraper::{ElementRef, Html, HtmlTreeSink, Node};
use xml5ever::driver::{XmlParseOpts, parse_document};
use xml5ever::tendril::{StrTendril, TendrilSink};

use super::tree_bounds::TreeBounds;
use super::{Unparsable, attribute_limit, inner_html, parse};

/// The vocabulary that an element belongs to: by its namespace, else by the usual prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    /// RSS and Atom themselves.
    Core,
    Dc,
    Content,
    Media,
    Itunes,
    Other,
}

/// Parses a feed or sitemap; common mistakes in its text are repaired.
///
/// # Errors
/// When there is no element in the text, or it nests deeper than `max_depth`, has more nodes than a page may,
/// or a tag with too many attributes.
pub(crate) fn parse(text: &str, max_depth: usize) -> Result<Html, Unparsable> {
    let document = &text[start(text).ok_or(Unparsable::NoFeed)?..];
    repaired_tree(document, max_depth)
}

/// The tree of a text whose mistakes are repaired.
fn repaired_tree(document: &str, max_depth: usize) -> Result<Html, Unparsable> {
    let text = stand_in::put_in(document);
    let mut tree = tree(&repair::close_as_opened(&text), max_depth)?;
    stand_in::put_back(&mut tree);
    Ok(tree)
}

/// Parses XML of any vocabulary. Mistakes in its text are repaired, and names stay as the file writes them.
/// The texts of entities that its document type declares are filled in, once and up to a bound.
///
/// # Errors
/// When there is no element in the text, or it nests deeper than `max_depth`, has more nodes than a page may,
/// or a tag with too many attributes.
pub(crate) fn parse_plain(text: &str, max_depth: usize) -> Result<Html, Unparsable> {
    let prolog = prolog::split(text);
    let expanded = prolog::expand(prolog.body, prolog.declarations);
    let document = repaired_tree(&expanded, max_depth)?;
    if root(&document).is_some() { Ok(document) } else { Err(Unparsable::NoXml) }
}

/// The root element.
pub(crate) fn root(document: &Html) -> Option<ElementRef<'_>> {
    document.tree.root().children().find_map(ElementRef::wrap)
}

fn tree(repaired: &str, max_depth: usize) -> Result<Html, Unparsable> {
    attribute_limit::check_xml(repaired)?;
    let mut bounds = TreeBounds::of_xml(repaired, max_depth);
    bounds.begin(repaired)?;
    let mut parser = parse_document(HtmlTreeSink::new(Html::new_document()), XmlParseOpts::default());
    for chunk in parse::chunks(repaired) {
        parser.process(StrTendril::from(chunk));
        bounds.check(&parser.tokenizer.sink.sink.0.borrow(), chunk)?;
    }
    Ok(parser.finish())
}

/// The beginning of the document: warnings that a site's program printed may stand before it.
fn start(text: &str) -> Option<usize> {
    let begins_document = |at: &usize| {
        let roots = ["<rss", "<feed", "<rdf:rdf", "<urlset", "<sitemapindex", "<?xml"];
        let rest = &text.as_bytes()[*at..];
        roots
            .iter()
            .any(|root| rest.get(..root.len()).is_some_and(|b| b.eq_ignore_ascii_case(root.as_bytes())))
    };
    let mut tags = text.match_indices('<').map(|(at, _)| at);
    tags.find(begins_document).or_else(|| text.find('<'))
}

/// The first element with one of the names, in document order, `root` included.
pub(crate) fn find<'a>(root: ElementRef<'a>, names: &[&str]) -> Option<ElementRef<'a>> {
    root.descendent_elements().find(|e| is(*e, names))
}

/// Whether an element is of RSS or Atom and has one of the names, regardless of case.
pub(crate) fn is(element: ElementRef<'_>, names: &[&str]) -> bool {
    names.iter().any(|n| element.value().name().eq_ignore_ascii_case(n))
        && vocabulary(element) == Vocabulary::Core
}

/// Whether an element is inside an element with one of the names.
pub(crate) fn is_inside(element: ElementRef<'_>, names: &[&str]) -> bool {
    element.ancestors().filter_map(ElementRef::wrap).any(|a| is(a, names))
}

/// The first child that has content or attributes, by a list of names in order of preference.
pub(crate) fn child<'a>(parent: ElementRef<'a>, names: &[(Vocabulary, &str)]) -> Option<ElementRef<'a>> {
    let mut found = names.iter().flat_map(|(vocabulary, name)| children(parent, *vocabulary, name));
    found.find(|e| e.has_children() || e.value().attrs().next().is_some())
}

/// The children of a name, regardless of case.
pub(crate) fn children<'a>(
    parent: ElementRef<'a>,
    wanted: Vocabulary,
    name: &str,
) -> impl Iterator<Item = ElementRef<'a>> {
    let matches =
        move |e: &ElementRef<'_>| e.value().name().eq_ignore_ascii_case(name) && vocabulary(*e) == wanted;
    parent.child_elements().filter(matches)
}

/// The text of an element, trimmed.
pub(crate) fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().trim().to_owned()
}

/// The value of an attribute, by its local name.
pub(crate) fn attribute<'a>(element: ElementRef<'a>, name: &str) -> Option<&'a str> {
    element.value().attrs().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// The value of an attribute by its name as the file writes it, such as `xml:lang`.
pub(crate) fn written_attribute<'a>(element: ElementRef<'a>, name: &str) -> Option<&'a str> {
    let (prefix, local) = name.split_once(':').map_or((None, name), |(prefix, local)| (Some(prefix), local));
    let mut attributes = element.value().attrs.iter();
    let found = attributes.find(|(key, _)| key.prefix.as_deref() == prefix && &*key.local == local);
    found.map(|(_, value)| &**value)
}

/// The vocabulary of an element.
pub(crate) fn vocabulary(element: ElementRef<'_>) -> Vocabulary {
    let name = &element.value().name;
    of_usual_namespace(&name.ns)
        .or_else(|| of_namespace(&(*name.ns).to_ascii_lowercase()))
        .unwrap_or_else(|| of_prefix(name.prefix.as_deref().unwrap_or_default(), &name.ns))
}

/// The vocabulary of a namespace that is written as usual. It gives the same as [`of_namespace`], and is much faster:
/// feeds ask it for each element several times.
fn of_usual_namespace(uri: &str) -> Option<Vocabulary> {
    match uri {
        "http://www.w3.org/2005/Atom" => Some(Vocabulary::Core),
        "http://purl.org/dc/elements/1.1/" => Some(Vocabulary::Dc),
        "http://purl.org/rss/1.0/modules/content/" => Some(Vocabulary::Content),
        "http://search.yahoo.com/mrss/" => Some(Vocabulary::Media),
        "http://www.itunes.com/dtds/podcast-1.0.dtd" => Some(Vocabulary::Itunes),
        _ => None,
    }
}

/// The vocabulary of a namespace in lower case, by the part of it that all spellings have.
fn of_namespace(uri: &str) -> Option<Vocabulary> {
    let has = |part: &&str| uri.contains(*part);
    let core = ["purl.org/rss", "purl.org/atom", "2005/atom", "userland", "netscape.com/rdf"];
    match uri {
        "" => None,
        _ if has(&"purl.org/dc/") => Some(Vocabulary::Dc),
        _ if has(&"modules/content") => Some(Vocabulary::Content),
        _ if has(&"search.yahoo.com/mrss") => Some(Vocabulary::Media),
        _ if has(&"itunes.") => Some(Vocabulary::Itunes),
        _ if core.iter().any(has) => Some(Vocabulary::Core),
        _ => None,
    }
}

/// The vocabulary by the prefix of the name, where the namespace says nothing.
fn of_prefix(prefix: &str, uri: &str) -> Vocabulary {
    match prefix {
        "" if uri.to_ascii_lowercase().contains("w3.org/1999/xhtml") => Vocabulary::Other,
        "" | "rss" | "atom" | "atom10" | "atom03" | "a10" => Vocabulary::Core,
        "dc" | "dcterms" => Vocabulary::Dc,
        "content" => Vocabulary::Content,
        "media" => Vocabulary::Media,
        "itunes" => Vocabulary::Itunes,
        _ => Vocabulary::Other,
    }
}

/// The markup inside an element, as HTML.
pub(crate) fn markup(element: ElementRef<'_>) -> String {
    // RFC 4287 section 3.1.1.3: the `div` around XHTML is not part of the content.
    inner_html(xhtml_div(element).unwrap_or(element))
}

/// The `div` that is all that an element holds.
pub(crate) fn xhtml_div(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let inner = element.child_elements().next();
    inner.filter(|e| e.value().name() == "div" && has_one_child(element))
}

/// Whether an element has one child, white space not counted.
fn has_one_child(element: ElementRef<'_>) -> bool {
    let is_blank = |node: &Node| matches!(node, Node::Text(t) if t.trim().is_empty());
    element.children().filter(|n| !is_blank(n.value())).count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Limit;

    #[test]
    fn usual_namespaces_are_those_that_their_parts_name() {
        let usual = [
            "http://www.w3.org/2005/Atom",
            "http://purl.org/dc/elements/1.1/",
            "http://purl.org/rss/1.0/modules/content/",
            "http://search.yahoo.com/mrss/",
            "http://www.itunes.com/dtds/podcast-1.0.dtd",
        ];
        for uri in usual {
            let by_parts = of_namespace(&uri.to_ascii_lowercase());
            assert!(by_parts.is_some() && by_parts == of_usual_namespace(uri), "{uri}");
        }
        assert_eq!(of_namespace("https://tide.example.org/terms"), None);
    }

    #[test]
    fn names_among_many_declarations_are_stopped() {
        let open: String = (0..480).map(|i| format!("<a xmlns:n{i}='u:{i}'>")).collect();
        let level = format!("{open}{}{}", "<n1:b/>".repeat(2_000), "</a>".repeat(480));
        let deep = format!("<rss>{}</rss>", level.repeat(20));
        assert_eq!(parse(&deep, 512).unwrap_err(), Unparsable::Limit(Limit::NestedTags));
        let many: String = (0..20_000).map(|i| format!("<n{i}:a xmlns:n{i}='u:{i}'/>")).collect();
        assert!(matches!(parse(&format!("<rss>{many}</rss>"), 512), Err(Unparsable::Limit(Limit::Names(_)))));
    }

    #[test]
    fn entries_that_each_declare_a_namespace_are_fine() {
        let entry = "<entry><title>Tide at 7:15</title><content type='xhtml'>\
            <div xmlns='http://www.w3.org/1999/xhtml'><p>High <b>water</b>: <i>5 m</i></p></div></content></entry>";
        let feed = format!("<feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>", entry.repeat(20_000));
        assert!(parse(&feed, 512).is_ok());
    }
}
