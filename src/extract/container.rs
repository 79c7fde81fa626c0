//! Where the listing is: the element that holds the items, remembered between runs.

use super::ListingState;
use crate::html::tree::{ElementRef, Html, Selector};
use crate::rules::Rules;

/// Says whether the listing is there, and makes a selector of what holds it.
pub(super) fn judge(
    document: &Html,
    rules: &Rules,
    remembered: Option<&str>,
    items: &[ElementRef<'_>],
) -> ListingState {
    if let (Some(first), Some(last)) = (items.first(), items.last()) {
        return ListingState::Found(holder(*first, *last));
    }
    let configured = rules.container.as_ref().map(|c| document.select(c.selector()).next().is_some());
    let remembered = remembered
        .and_then(|css| Selector::parse(css).ok())
        .map(|css| document.select(&css).next().is_some());
    match configured.or(remembered) {
        Some(true) => ListingState::Empty,
        _ => ListingState::Missing,
    }
}

/// A selector of the closest element around all items that can be told by an id or a class.
fn holder(first: ElementRef<'_>, last: ElementRef<'_>) -> Option<String> {
    first
        .ancestors()
        .filter_map(ElementRef::wrap)
        .filter(|a| last.ancestors().any(|b| b.id() == a.id()))
        .take_while(|a| !matches!(a.value().name(), "body" | "html"))
        .find_map(signature)
}

/// `tag#id` or `tag.class.class`, of names that stand in CSS without escapes.
fn signature(element: ElementRef<'_>) -> Option<String> {
    let value = element.value();
    if let Some(id) = value.id().filter(|id| plain(id)) {
        return Some(format!("{}#{id}", value.name()));
    }
    let classes: Vec<&str> = value.classes().filter(|c| plain(c)).take(4).collect();
    (!classes.is_empty()).then(|| format!("{}.{}", value.name(), classes.join(".")))
}

fn plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}
