//! The container of a listing: the element that holds all items. It is remembered between runs.

use super::ListingState;
use crate::html::tree::{ElementRef, Html, Selector};
use crate::rules::Rules;

/// Decides whether the listing is on the page, and makes a selector of its container.
pub(super) fn listing_state(
    document: &Html,
    rules: &Rules,
    remembered: Option<&str>,
    items: &[ElementRef<'_>],
) -> ListingState {
    if let (Some(first), Some(last)) = (items.first(), items.last()) {
        return ListingState::Found(container_selector(*first, *last));
    }
    let has_configured = rules.container.as_ref().map(|c| document.select(c.selector()).next().is_some());
    let has_remembered = remembered
        .and_then(|css| Selector::parse(css).ok())
        .map(|selector| document.select(&selector).next().is_some());
    match has_configured.or(has_remembered) {
        Some(true) => ListingState::Empty,
        _ => ListingState::Missing,
    }
}

/// A selector of the closest element around all items that has a usable id or class.
fn container_selector(first: ElementRef<'_>, last: ElementRef<'_>) -> Option<String> {
    first
        .ancestors()
        .filter_map(ElementRef::wrap)
        .filter(|a| last.ancestors().any(|b| b.id() == a.id()))
        .take_while(|a| !matches!(a.value().name(), "body" | "html"))
        .find_map(selector_of)
}

/// A selector `tag#id` or `tag.class.class`, of names that need no escapes in CSS.
fn selector_of(element: ElementRef<'_>) -> Option<String> {
    let value = element.value();
    if let Some(id) = value.id().filter(|id| needs_no_escape(id)) {
        return Some(format!("{}#{id}", value.name()));
    }
    let classes: Vec<&str> = value.classes().filter(|c| needs_no_escape(c)).take(4).collect();
    (!classes.is_empty()).then(|| format!("{}.{}", value.name(), classes.join(".")))
}

fn needs_no_escape(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}
