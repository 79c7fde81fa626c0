//! The anchor of each item: where items have no page of their own, the place of the page that `#id` leads to.

use std::collections::HashSet;

use super::nesting::{holds, is_part_of_link};
use super::slots::Slot;
use crate::detect::page::view::PageView;
use crate::html::{ElementId, Outline};

/// An id or the target of a link is not longer.
const MAX_ANCHOR_BYTES: usize = 200;

/// Where the anchors of items stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Anchor {
    pub(crate) slot: usize,
    pub(crate) kind: AnchorKind,
}

/// What holds an anchor; the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AnchorKind {
    /// A link to the item itself: `href="#id"`.
    Link,
    /// The `id` of an element.
    Id,
    /// The `name` of an `a` element.
    Name,
}

impl AnchorKind {
    pub(crate) const fn attribute(self) -> &'static str {
        match self {
            Self::Link => "href",
            Self::Id => "id",
            Self::Name => "name",
        }
    }
}

/// The anchors of items: a link in the title, else an id of the title or of an element around it.
pub(crate) fn anchor(
    view: &PageView<'_, '_>,
    slots: &[Slot],
    records: usize,
    title: Option<usize>,
) -> Option<Anchor> {
    let title = title.map(|title| &slots[title]);
    // With another base, `#id` would lead to another page.
    let title = title.filter(|_| view.base_url() == view.page_url())?;
    let is_usual = |slot: &Slot| slot.sibling == 0 && slot.hits.len() * 10 >= records * 8;
    let mut anchors: Vec<Anchor> = Vec::new();
    for (index, slot) in slots.iter().enumerate().filter(|(_, slot)| is_usual(slot)) {
        let kinds = [AnchorKind::Link, AnchorKind::Id, AnchorKind::Name].into_iter();
        let fitting = kinds.filter(|kind| belongs(view.outline, slot, title, *kind));
        let kind = fitting.filter(|kind| tells_apart(view.outline, slot, *kind)).min();
        anchors.extend(kind.map(|kind| Anchor { slot: index, kind }));
    }
    anchors.into_iter().min_by_key(|anchor| (anchor.kind, anchor.slot))
}

/// Whether anchors of a kind in a slot are about the title: a link in it, or an id of the title, of an element
/// around it or of one in it.
fn belongs(outline: &Outline<'_>, slot: &Slot, title: &Slot, kind: AnchorKind) -> bool {
    let is_in_title = || is_part_of_link(outline, slot, title);
    let is_beside_title = || {
        let parent = |slot: &Slot| slot.hits.first().map(|(_, element)| outline.parent(*element));
        parent(slot).is_some() && parent(slot) == parent(title)
    };
    match kind {
        AnchorKind::Link | AnchorKind::Name => is_in_title() || is_beside_title(),
        AnchorKind::Id => holds(outline, slot, title) || is_in_title(),
    }
}

/// Whether nearly all elements of a slot have an anchor, each its own.
fn tells_apart(outline: &Outline<'_>, slot: &Slot, kind: AnchorKind) -> bool {
    let anchors = slot.hits.iter().filter_map(|(_, element)| anchor_of(outline, *element, kind));
    let anchors: Vec<&str> = anchors.collect();
    let distinct: HashSet<&str> = anchors.iter().copied().collect();
    anchors.len() > 1 && distinct.len() == anchors.len() && anchors.len() * 10 >= slot.hits.len() * 9
}

/// The anchor of an element, of a kind.
fn anchor_of<'d>(outline: &Outline<'d>, element: ElementId, kind: AnchorKind) -> Option<&'d str> {
    if kind != AnchorKind::Id && outline.tag_text(element) != "a" {
        return None;
    }
    let value = outline.attr(element, kind.attribute())?.trim();
    let id = if kind == AnchorKind::Link { value.strip_prefix('#')? } else { value };
    let is_route = id.starts_with(['!', '/']);
    (!id.is_empty() && !is_route && id.len() <= MAX_ANCHOR_BYTES && !id.contains(char::is_whitespace))
        .then_some(id)
}
