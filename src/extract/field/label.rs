//! Labels: the texts that `title` and `aria-label` give to an element. They have the whole of a title that is
//! cut, and name a link that shows only a picture.

use super::element;
use crate::html::text;
use crate::html::tree::ElementRef;

/// The attributes, in order of preference.
const ATTRIBUTES: [&str; 2] = ["title", "aria-label"];
/// Cap on the bytes of a label: a longer text names nothing.
const MAX_LABEL_BYTES: usize = 1024;
/// Cap on the labels of one title.
const MAX_LABELS: usize = 4;
/// Elements around and inside the element of a title that are looked at.
const MAX_ELEMENTS: usize = 6;

/// The labels of one element.
fn own_labels(element: ElementRef<'_>) -> impl Iterator<Item = &str> {
    let texts = ATTRIBUTES.into_iter().filter_map(move |name| element.attr(name));
    texts.map(str::trim).filter(|label| !label.is_empty() && label.len() <= MAX_LABEL_BYTES)
}

/// The labels of an element, of the elements in it, and of those around it within the item.
pub(crate) fn labels(item: ElementRef<'_>, element: ElementRef<'_>) -> Vec<String> {
    let inside = element.descendent_elements().take(MAX_ELEMENTS);
    let ancestors = element.ancestors().filter_map(ElementRef::wrap).take(MAX_ELEMENTS);
    let mut is_past_item = element.id() == item.id();
    let around = ancestors.take_while(move |ancestor| {
        let is_inside = !is_past_item;
        is_past_item |= ancestor.id() == item.id();
        is_inside
    });
    inside.chain(around).flat_map(own_labels).take(MAX_LABELS).map(str::to_owned).collect()
}

/// The first label of an element, with the element.
pub(super) fn first_label<'d>(
    item: ElementRef<'d>,
    element: ElementRef<'d>,
) -> Option<(String, ElementRef<'d>)> {
    Some((labels(item, element).into_iter().next()?, element))
}

/// The link of an item that names it, if no rule does: the first one with text.
pub(super) fn naming_link(item: ElementRef<'_>) -> Option<ElementRef<'_>> {
    links(item).find(|link| !text::visible_text(*link).is_empty())
}

/// The label of the first link of an item that has one.
pub(super) fn label_of_links(item: ElementRef<'_>) -> Option<String> {
    links(item).find_map(|link| labels(link, link).into_iter().next())
}

fn links(item: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    item.descendent_elements().filter(|element| element::own_link(*element).is_some())
}
