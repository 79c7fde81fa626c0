//! Microformats: `h-entry` and `h-event` of the second version, `hentry` of the first.

use super::super::self_describing::SelfDescribedItem;
use crate::html::tree::{ElementRef, Html};
use crate::html::{inner_html, text};
use crate::model::Candidate;

/// The items, in page order. An item inside another is part of that one.
pub(crate) fn items(html: &Html) -> Vec<SelfDescribedItem> {
    let entries = html.root_element().descendent_elements().filter(|e| is_entry(*e));
    let outermost = entries.filter(|e| !e.ancestors().filter_map(ElementRef::wrap).any(is_entry));
    outermost.map(item).collect()
}

fn is_entry(element: ElementRef<'_>) -> bool {
    element.value().classes().any(|c| matches!(c, "h-entry" | "h-event" | "hentry"))
}

fn item(entry: ElementRef<'_>) -> SelfDescribedItem {
    let first = |classes: &[&str]| classes.iter().find_map(|c| within(entry, c).next());
    let text = |classes: &[&str]| first(classes).map(text::visible_text).filter(|t| !t.is_empty());
    let permalink = first(&["u-url", "entry-permalink"]).and_then(address);
    let bookmark = || {
        let link = entry.descendent_elements().find(|e| has_relation(*e, "bookmark"));
        link.and_then(address)
    };
    let of_title = || {
        let title = first(&["p-name", "entry-title"])?;
        title
            .descendent_elements()
            .find_map(address)
            .or_else(|| title.parent().and_then(ElementRef::wrap).and_then(address))
    };
    let date = |classes: &[&str]| {
        first(classes).map(|e| {
            e.attr("datetime")
                .or_else(|| e.attr("title"))
                .map_or_else(|| text::visible_text(e), str::to_owned)
        })
    };
    let texts_of_class = |class: &str| {
        within(entry, class).map(text::visible_text).filter(|t| !t.is_empty()).take(20).collect::<Vec<_>>()
    };
    let authors = Some(texts_of_class("p-author"))
        .filter(|a| !a.is_empty())
        .unwrap_or_else(|| texts_of_class("author"));
    let tags =
        Some(texts_of_class("p-category")).filter(|t| !t.is_empty()).unwrap_or_else(|| linked_tags(entry));
    let candidate = Candidate {
        title: text(&["p-name", "entry-title"]),
        link: permalink.or_else(bookmark).or_else(of_title),
        summary: text(&["p-summary", "entry-summary"]),
        content: first(&["e-content", "entry-content"]).map(inner_html),
        authors,
        tags,
        image: first(&["u-photo", "u-featured"])
            .and_then(|e| e.attr("src").or_else(|| e.attr("href")).map(str::to_owned)),
        ..Candidate::default()
    };
    SelfDescribedItem {
        candidate,
        date: date(&["dt-published", "published", "dt-start", "dtstart"]),
        updated: date(&["dt-updated", "updated"]),
    }
}

/// The texts of links that are marked as tags by `rel`.
fn linked_tags(entry: ElementRef<'_>) -> Vec<String> {
    let is_tag = |e: &ElementRef<'_>| has_relation(*e, "tag") || has_relation(*e, "category");
    let links = entry.descendent_elements().filter(is_tag);
    links.map(text::visible_text).filter(|t| !t.is_empty()).take(50).collect()
}

/// The elements of a class that belong to this entry, and not to one inside it.
fn within<'a>(entry: ElementRef<'a>, class: &str) -> impl Iterator<Item = ElementRef<'a>> {
    let wanted = class.to_owned();
    let is_own = move |e: &ElementRef<'_>| {
        let mut ancestors = e.ancestors().filter_map(ElementRef::wrap);
        ancestors.find(|a| is_entry(*a)).is_some_and(|a| a.id() == entry.id())
    };
    entry
        .descendent_elements()
        .skip(1)
        .filter(move |e| e.value().classes().any(|c| c == wanted))
        .filter(is_own)
}

fn address(element: ElementRef<'_>) -> Option<String> {
    let is_link = matches!(element.value().name(), "a" | "area" | "link");
    is_link.then(|| element.attr("href")).flatten().map(str::to_owned)
}

fn has_relation(element: ElementRef<'_>, name: &str) -> bool {
    element.attr("rel").is_some_and(|r| r.split_whitespace().any(|r| r.eq_ignore_ascii_case(name)))
}
