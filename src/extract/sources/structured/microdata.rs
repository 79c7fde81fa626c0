//! Microdata of schema.org (HTML standard, section 5.2).

use super::super::self_describing::SelfDescribedItem;
use super::item_type::is_item;
use crate::html::tree::{ElementRef, Html};
use crate::html::{inner_html, text};
use crate::model::Candidate;

/// The items, in page order. An item inside another is part of that one.
pub(crate) fn items(html: &Html) -> Vec<SelfDescribedItem> {
    let all = html.root_element().descendent_elements().filter(|e| is_item_scope(*e));
    let outermost = all.filter(|e| !e.ancestors().filter_map(ElementRef::wrap).any(is_item_scope));
    outermost.map(item).collect()
}

fn is_item_scope(element: ElementRef<'_>) -> bool {
    let kinds = element.attr("itemtype").filter(|_| element.attr("itemscope").is_some());
    kinds.is_some_and(|k| k.split_whitespace().any(is_item))
}

fn item(scope: ElementRef<'_>) -> SelfDescribedItem {
    let all = |names: &[&str]| properties(scope, names);
    let first = |names: &[&str]| all(names).into_iter().next();
    let text = |names: &[&str]| first(names).map(value).filter(|t| !t.is_empty());
    let people = all(&["author", "creator"]).into_iter().map(|e| {
        let name = properties(e, &["name"]).into_iter().next();
        name.map_or_else(|| text::visible_text(e), value)
    });
    let title = text(&["headline", "name"]);
    let first_link =
        || scope.descendent_elements().find_map(|e| e.attr("href").filter(|_| e.value().name() == "a"));
    let own = text(&["url", "mainEntityOfPage"]).or_else(|| scope.attr("itemid").map(str::to_owned));
    let of_title = || first(&["headline", "name"]).and_then(link_of_title);
    let link = own.filter(|l| l.contains('/')).or_else(of_title).or_else(|| first_link().map(str::to_owned));
    let candidate = Candidate {
        title,
        link,
        summary: text(&["description", "abstract"]),
        content: first(&["articleBody"]).map(inner_html),
        authors: people.filter(|a| !a.is_empty()).take(20).collect(),
        tags: all(&["keywords", "articleSection"])
            .into_iter()
            .map(value)
            .filter(|t| !t.is_empty())
            .take(50)
            .collect(),
        image: first(&["image", "thumbnailUrl"]).map(value).filter(|i| !i.is_empty()),
        ..Candidate::default()
    };
    let date = text(&["datePublished", "dateCreated", "uploadDate", "datePosted", "startDate"]);
    SelfDescribedItem { candidate, date, updated: text(&["dateModified"]) }
}

/// The link inside or around a title.
fn link_of_title(element: ElementRef<'_>) -> Option<String> {
    let up = element.ancestors().filter_map(ElementRef::wrap).take(3);
    let link = element.descendent_elements().chain(up).find(|e| e.value().name() == "a")?;
    link.attr("href").map(str::to_owned)
}

/// The elements that have one of the properties, in order of preference. Properties of a nested item belong
/// to that one; the nested item itself may be a property.
fn properties<'a>(scope: ElementRef<'a>, names: &[&str]) -> Vec<ElementRef<'a>> {
    let has = |e: &ElementRef<'_>| {
        let properties = e.attr("itemprop").unwrap_or_default();
        names.iter().any(|n| properties.split_whitespace().any(|p| p.eq_ignore_ascii_case(n)))
    };
    let is_own = |e: &ElementRef<'_>| {
        let mut ancestors = e.ancestors().filter_map(ElementRef::wrap);
        ancestors
            .find(|a| a.attr("itemscope").is_some() || a.id() == scope.id())
            .is_some_and(|a| a.id() == scope.id())
    };
    let mut found: Vec<ElementRef<'a>> =
        scope.descendent_elements().skip(1).filter(|e| has(e) && is_own(e)).take(100).collect();
    // The order of the names is the order of preference.
    found.sort_by_key(|e| names.iter().position(|n| e.attr("itemprop").is_some_and(|p| p.contains(n))));
    found
}

/// The value of a property (HTML standard, section 5.2.4).
fn value(element: ElementRef<'_>) -> String {
    let attribute = match element.value().name() {
        "a" | "area" | "link" => element.attr("href"),
        "img" | "audio" | "video" | "source" | "embed" | "iframe" => element.attr("src"),
        "time" => element.attr("datetime"),
        "data" | "meter" => element.attr("value"),
        "object" => element.attr("data"),
        _ => element.attr("content"),
    };
    let of_nested_item = || {
        let is_item = element.attr("itemscope").is_some();
        let url =
            is_item.then(|| properties(element, &["url", "contentUrl"]).into_iter().next()).flatten()?;
        Some(value(url))
    };
    let is_text = element.attr("itemprop").is_some_and(|p| p.contains("headline") || p.contains("name"));
    match attribute.filter(|a| !a.trim().is_empty() && !is_text) {
        Some(attribute) => attribute.trim().to_owned(),
        None => of_nested_item().unwrap_or_else(|| text::visible_text(element)),
    }
}
