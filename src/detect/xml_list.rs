//! The listing of XML of no known kind: elements of one name beside each other that have a title and an address.

use std::collections::BTreeMap;

use crate::html::tree::{ElementRef, NodeId};
use crate::html::xml;
use crate::model::Kind;
use crate::rules::{FieldSpec, RuleSpec, SelectSpec, SelectorSpec};

/// Items of a list, at the least.
const MIN_ITEMS: usize = 3;
/// Children of one element that are looked at.
const MAX_CHILDREN: usize = 50;

/// Usual names of each field, the most usual first; case does not count.
const TITLES: &[&str] = &["title", "headline", "name"];
const LINKS: &[&str] = &["link", "url", "loc", "href", "permalink"];
const DATES: &[&str] =
    &["date", "published", "pubdate", "publicationdate", "created", "time", "timestamp", "updated"];
const SUMMARIES: &[&str] = &["summary", "description", "abstract", "teaser", "intro", "lead"];

/// The rules of the best list in a text of XML.
pub(super) fn rules(text: &str, max_depth: usize) -> Option<RuleSpec> {
    let document = xml::parse_plain(text, max_depth).ok()?;
    let items = largest_list(xml::root(&document)?)?;
    let first = *items.first()?;
    let parent = first.parent().and_then(ElementRef::wrap)?;
    let item = format!("{} > {}", plain_name(parent)?, plain_name(first)?);
    let field = |names: &[&str]| {
        let name = items.iter().find_map(|item| plain_name(child(*item, names)?))?;
        Some(FieldSpec::Text(name.to_owned()))
    };
    let select = SelectSpec {
        item: Some(SelectorSpec::Text(item)),
        title: field(TITLES),
        link: field(LINKS),
        date: field(DATES),
        summary: field(SUMMARIES),
        ..SelectSpec::default()
    };
    Some(RuleSpec { kind: Kind::Xml, select: Some(select), pages: None })
}

/// The elements of the best list: one with dates, then the largest; of equal ones the first.
fn largest_list(root: ElementRef<'_>) -> Option<Vec<ElementRef<'_>>> {
    let mut lists: BTreeMap<(NodeId, &str), Vec<ElementRef<'_>>> = BTreeMap::new();
    for element in root.descendent_elements() {
        let is_item = child(element, TITLES).is_some() && child(element, LINKS).is_some();
        if let (true, Some(parent)) = (is_item, element.parent()) {
            lists.entry((parent.id(), element.value().name())).or_default().push(element);
        }
    }
    let large = lists.into_values().filter(|list| list.len() >= MIN_ITEMS);
    // A menu has no dates.
    large.rev().max_by_key(|list| (is_dated(list), list.len()))
}

/// Whether most elements have a date.
fn is_dated(list: &[ElementRef<'_>]) -> bool {
    list.iter().filter(|item| child(**item, DATES).is_some()).count() * 2 > list.len()
}

/// The first child of one of the names that has something in it.
fn child<'d>(parent: ElementRef<'d>, names: &[&str]) -> Option<ElementRef<'d>> {
    names.iter().find_map(|name| {
        let mut children = parent.child_elements().take(MAX_CHILDREN);
        children.find(|e| {
            let has_value = e.has_children() || e.value().attrs().next().is_some();
            has_value && e.value().name().eq_ignore_ascii_case(name)
        })
    })
}

/// The name of an element, if it needs no escapes in CSS.
fn plain_name(element: ElementRef<'_>) -> Option<&str> {
    let name = element.value().name();
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    is_plain.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_list_of_titles_and_addresses_is_found() {
        let item = "<Record><Name>Pier</Name><tel>1</tel><url>/p</url><dc:date>2026-03-01</dc:date></Record>";
        let other = "<menu><entry><title>Home</title><url>/</url></entry></menu>";
        let page = format!("<Export>{other}<Records>{}</Records></Export>", item.repeat(3));
        let found = rules(&page, 64).map(|spec| spec.toml()).unwrap_or_default();
        let expected = "kind = \"xml\"\n\n[feed.select]\nitem = \"Records > Record\"\ntitle = \"Name\"\n\
                        link = \"url\"\ndate = \"date\"\n";
        assert_eq!(found, expected);
        let menu = format!("<menu>{}</menu>", "<entry><name>Home</name><url>/</url></entry>".repeat(8));
        let page = format!("<Export>{menu}<Records>{}</Records></Export>", item.repeat(6));
        assert_eq!(rules(&page, 64).map(|spec| spec.toml()).unwrap_or_default(), expected);
        assert_eq!(rules("<a><b><c>x</c></b></a>", 64), None);
    }
}
