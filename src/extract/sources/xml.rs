//! XML of any vocabulary as a source, by CSS or XPath over its own tree. Names are those that the file writes.

use url::Url;

use crate::extract::container::listing_state;
use crate::extract::dates::read_dates;
use crate::extract::extraction::{ExtractContext, Extraction, LinkedPages, ListingState};
use crate::extract::field;
use crate::extract::item_node::ItemNode;
use crate::extract::listing::{PageBounds, bounded_elements, raw_items};
use crate::extract::next_page;
use crate::extract::rule_reader::RuleReader;
use crate::extract::shared_date::drop_shared_dates;
use crate::extract::web_address::web_address;
use crate::html::markup::title_text;
use crate::html::tree::{ElementRef, Html};
use crate::html::{TreeShape, Unparsable, parse, xml};
use crate::model::Page;
use crate::rules::Rules;

/// Extracts the items of XML.
///
/// `remembered` is the selector of the container in the last good run.
///
/// # Errors
/// When there is no element in the text, or it cannot be parsed within the limits.
pub(crate) fn extract(
    page: &Page,
    rules: &Rules,
    remembered: Option<&str>,
    context: ExtractContext<'_>,
) -> Result<Extraction, Unparsable> {
    let ExtractContext { limits, now, jq } = context;
    let document = xml::parse_plain(&page.text, limits.depth)?;
    let root = xml::root(&document).ok_or(Unparsable::NoXml)?;
    let reader = RuleReader::new(rules, jq);
    let mut problems = Vec::new();
    let elements = bounded_elements(&document, &TreeShape::of(root), &reader, &mut problems);
    let listing = match listing_state(&document, rules, remembered, &elements) {
        ListingState::Found(None) => ListingState::Found(name_of_container(&elements)),
        other => other,
    };
    let base = parse::base_of(xml::written_attribute(root, "xml:base"), &page.url);
    let bounds = PageBounds { bytes: page.text.len(), items: limits.candidates };
    let nodes = elements.into_iter().map(ItemNode::Xml);
    let mut raw = raw_items(nodes, bounds, &reader, &base, &mut problems);
    drop_shared_dates(&document, &mut raw, &mut problems);
    let cursor = rules.cursor.as_ref().and_then(|field| field::cursor(ItemNode::Xml(root), &reader, field));
    let next = next(&document, root, &reader, &base);
    let language = language(root);
    problems.extend(reader.take_problems());
    let candidates = read_dates(raw, language.as_deref(), now, &mut problems);
    Ok(Extraction {
        candidates,
        problems,
        listing,
        base,
        title: child_text(root, "title").map(|title| title_text(&title)),
        next,
        cursor,
        language,
        linked_pages: LinkedPages::default(),
    })
}

/// The address of the next page: by the rule, else by `rel="next"`.
fn next(document: &Html, root: ElementRef<'_>, reader: &RuleReader<'_>, base: &Url) -> Option<Url> {
    match &reader.rules.next {
        Some(select) => web_address(base, &field::first_address(root, reader, select)?),
        None => next_page::next_page(document, reader, base),
    }
}

/// The name of the element around all items, as a selector. Elements of XML have no classes, and seldom an id.
fn name_of_container(items: &[ElementRef<'_>]) -> Option<String> {
    let container = items.first()?.parent().and_then(ElementRef::wrap)?;
    let name = container.value().name();
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    is_plain.then(|| name.to_owned())
}

/// The language that the document states.
fn language(root: ElementRef<'_>) -> Option<String> {
    let stated = xml::written_attribute(root, "xml:lang").or_else(|| xml::written_attribute(root, "lang"));
    stated.map(|language| language.trim().to_owned()).or_else(|| child_text(root, "language"))
}

/// The text of the first child of the root that has this name in any case, if it has some.
fn child_text(root: ElementRef<'_>, name: &str) -> Option<String> {
    let child = root.child_elements().find(|e| e.value().name().eq_ignore_ascii_case(name))?;
    Some(xml::text(child)).filter(|text| !text.is_empty())
}
