//! Microformats: `h-entry` and `h-event` of the second version, `hentry` of the first.

use super::super::self_describing::SaidItem;
use crate::html::text;
use crate::html::tree::{ElementRef, Html};
use crate::model::Candidate;

/// The items, in the order of the page.
pub(crate) fn items(html: &Html) -> Vec<SaidItem> {
    let entries = html.root_element().descendent_elements().filter(|e| entry(*e));
    let outermost = entries.filter(|e| !e.ancestors().filter_map(ElementRef::wrap).any(entry));
    outermost.map(item).collect()
}

fn entry(element: ElementRef<'_>) -> bool {
    element.value().classes().any(|c| matches!(c, "h-entry" | "h-event" | "hentry"))
}

fn item(entry: ElementRef<'_>) -> SaidItem {
    let first = |classes: &[&str]| classes.iter().find_map(|c| within(entry, c).next());
    let text = |classes: &[&str]| first(classes).map(text::text).filter(|t| !t.is_empty());
    let permalink = first(&["u-url", "entry-permalink"]).and_then(address);
    let bookmark = || {
        let marked = entry.descendent_elements().find(|e| relation(*e, "bookmark"));
        marked.and_then(address)
    };
    let of_title = || {
        let title = first(&["p-name", "entry-title"])?;
        title
            .descendent_elements()
            .find_map(address)
            .or_else(|| title.parent().and_then(ElementRef::wrap).and_then(address))
    };
    let moment = |classes: &[&str]| {
        first(classes).map(|e| {
            e.attr("datetime").or_else(|| e.attr("title")).map_or_else(|| text::text(e), str::to_owned)
        })
    };
    let named = |class: &str| {
        within(entry, class).map(text::text).filter(|t| !t.is_empty()).take(20).collect::<Vec<_>>()
    };
    let authors = Some(named("p-author")).filter(|a| !a.is_empty()).unwrap_or_else(|| named("author"));
    let tags = Some(named("p-category")).filter(|t| !t.is_empty()).unwrap_or_else(|| linked_tags(entry));
    let candidate = Candidate {
        title: text(&["p-name", "entry-title"]),
        link: permalink.or_else(bookmark).or_else(of_title),
        summary: text(&["p-summary", "entry-summary"]),
        content: first(&["e-content", "entry-content"]).map(|e| e.inner_html()),
        authors,
        tags,
        image: first(&["u-photo", "u-featured"])
            .and_then(|e| e.attr("src").or_else(|| e.attr("href")).map(str::to_owned)),
        ..Candidate::default()
    };
    SaidItem {
        candidate,
        date: moment(&["dt-published", "published", "dt-start", "dtstart"]),
        updated: moment(&["dt-updated", "updated"]),
    }
}

/// Tags by the relation of their links.
fn linked_tags(entry: ElementRef<'_>) -> Vec<String> {
    let linked = entry.descendent_elements().filter(|e| relation(*e, "tag") || relation(*e, "category"));
    linked.map(text::text).filter(|t| !t.is_empty()).take(50).collect()
}

/// Elements of a class that belong to this entry, and not to one inside it.
fn within<'a>(entry: ElementRef<'a>, class: &str) -> impl Iterator<Item = ElementRef<'a>> {
    let class = class.to_owned();
    let own = move |e: &ElementRef<'_>| {
        let mut up = e.ancestors().filter_map(ElementRef::wrap);
        up.find(|a| self::entry(*a)).is_some_and(|a| a.id() == entry.id())
    };
    entry.descendent_elements().skip(1).filter(move |e| e.value().classes().any(|c| c == class)).filter(own)
}

fn address(element: ElementRef<'_>) -> Option<String> {
    let links = matches!(element.value().name(), "a" | "area" | "link");
    links.then(|| element.attr("href")).flatten().map(str::to_owned)
}

fn relation(element: ElementRef<'_>, name: &str) -> bool {
    element.attr("rel").is_some_and(|r| r.split_whitespace().any(|r| r.eq_ignore_ascii_case(name)))
}
