//! Microdata of schema.org (HTML standard, section 5.2).

use super::super::self_describing::SaidItem;
use super::is_item;
use crate::html::text;
use crate::html::tree::{ElementRef, Html};
use crate::model::Candidate;

/// The items, in the order of the page; an item inside another is its part.
pub(crate) fn items(html: &Html) -> Vec<SaidItem> {
    let all = html.root_element().descendent_elements().filter(|e| typed(*e));
    let outermost = all.filter(|e| !e.ancestors().filter_map(ElementRef::wrap).any(typed));
    outermost.map(item).collect()
}

fn typed(element: ElementRef<'_>) -> bool {
    let kinds = element.attr("itemtype").filter(|_| element.attr("itemscope").is_some());
    kinds.is_some_and(|k| k.split_whitespace().any(is_item))
}

fn item(scope: ElementRef<'_>) -> SaidItem {
    let all = |names: &[&str]| properties(scope, names);
    let first = |names: &[&str]| all(names).into_iter().next();
    let text = |names: &[&str]| first(names).map(value).filter(|t| !t.is_empty());
    let people = all(&["author", "creator"]).into_iter().map(|e| {
        let named = properties(e, &["name"]).into_iter().next();
        named.map_or_else(|| text::text(e), value)
    });
    let title = text(&["headline", "name"]);
    let within =
        || scope.descendent_elements().find_map(|e| e.attr("href").filter(|_| e.value().name() == "a"));
    let own = text(&["url", "mainEntityOfPage"]).or_else(|| scope.attr("itemid").map(str::to_owned));
    let of_title = || first(&["headline", "name"]).and_then(around);
    let link = own.filter(|l| l.contains('/')).or_else(of_title).or_else(|| within().map(str::to_owned));
    let candidate = Candidate {
        title,
        link,
        summary: text(&["description", "abstract"]),
        content: first(&["articleBody"]).map(|e| e.inner_html()),
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
    SaidItem { candidate, date, updated: text(&["dateModified"]) }
}

/// The link around or inside an element.
fn around(element: ElementRef<'_>) -> Option<String> {
    let up = element.ancestors().filter_map(ElementRef::wrap).take(3);
    let link = element.descendent_elements().chain(up).find(|e| e.value().name() == "a")?;
    link.attr("href").map(str::to_owned)
}

/// The elements that have one of the properties; not those of things inside, unless they are the
/// property themselves.
fn properties<'a>(scope: ElementRef<'a>, names: &[&str]) -> Vec<ElementRef<'a>> {
    let has = |e: &ElementRef<'_>| {
        let said = e.attr("itemprop").unwrap_or_default();
        names.iter().any(|n| said.split_whitespace().any(|p| p.eq_ignore_ascii_case(n)))
    };
    let own = |e: &ElementRef<'_>| {
        let mut up = e.ancestors().filter_map(ElementRef::wrap);
        up.find(|a| a.attr("itemscope").is_some() || a.id() == scope.id())
            .is_some_and(|a| a.id() == scope.id())
    };
    let mut found: Vec<ElementRef<'a>> =
        scope.descendent_elements().skip(1).filter(|e| has(e) && own(e)).take(100).collect();
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
    let inside = || {
        let nested = element.attr("itemscope").is_some();
        let url = nested.then(|| properties(element, &["url", "contentUrl"]).into_iter().next()).flatten()?;
        Some(value(url))
    };
    let is_text = element.attr("itemprop").is_some_and(|p| p.contains("headline") || p.contains("name"));
    match attribute.filter(|a| !a.trim().is_empty() && !is_text) {
        Some(attribute) => attribute.trim().to_owned(),
        None => inside().unwrap_or_else(|| text::text(element)),
    }
}
