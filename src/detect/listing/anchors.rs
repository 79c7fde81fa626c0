//! The anchor of each item: where items have no page of their own, the place of the page that `#id` leads to.

use std::collections::HashSet;

use super::nesting::{holds, is_part_of_link};
use super::slots::Slot;
use crate::detect::page::versions::names_release;
use crate::detect::page::view::PageView;
use crate::html::{ElementId, Outline};

/// The attribute with the address of an element that is no link by itself.
const CARD_ATTRIBUTE: &str = "data-href";
/// An id or the target of a link is not longer.
const MAX_ANCHOR_BYTES: usize = 200;

/// Where the anchors of items stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Anchor {
    pub(crate) slot: usize,
    pub(crate) kind: AnchorKind,
}

/// The kinds of anchors. A listing takes the first kind that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AnchorKind {
    /// The address that a script opens when the item is clicked: `data-href`.
    Card,
    /// A link to the item itself: `href="#id"`.
    Link,
    /// The `id` of an element.
    Id,
    /// The `name` of an `a` element.
    Name,
}

/// The address of another page that an element has for scripts.
pub(super) fn card_address<'d>(outline: &Outline<'d>, element: ElementId) -> Option<&'d str> {
    let address = outline.attr(element, CARD_ATTRIBUTE)?.trim();
    let leads_on = address.starts_with(['/', '.', '?']) || address.starts_with("http");
    (leads_on && outline.tag_text(element) != "a").then_some(address)
}

impl AnchorKind {
    pub(crate) const fn attribute(self) -> &'static str {
        match self {
            Self::Card => CARD_ATTRIBUTE,
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
    let title = title?;
    // With another base, `#id` would lead to another page.
    let kinds: &[AnchorKind] = if view.base_url() == view.page_url() {
        &[AnchorKind::Card, AnchorKind::Link, AnchorKind::Id, AnchorKind::Name]
    } else {
        &[AnchorKind::Card]
    };
    // The names of releases tell them apart, whatever their places are called.
    let may_count = are_versions(view, title);
    let is_usual = |slot: &Slot| slot.sibling == 0 && slot.hits.len() * 10 >= records * 8;
    let mut anchors: Vec<Anchor> = Vec::new();
    for (index, slot) in slots.iter().enumerate().filter(|(_, slot)| is_usual(slot)) {
        let fitting = kinds.iter().filter(|kind| belongs(view.outline, slot, title, **kind));
        let kind = fitting.filter(|kind| tells_apart(view.outline, slot, **kind, may_count)).min();
        anchors.extend(kind.map(|kind| Anchor { slot: index, kind: *kind }));
    }
    anchors.into_iter().min_by_key(|anchor| (anchor.kind, anchor.slot))
}

/// Whether most elements of a slot name releases.
fn are_versions(view: &PageView<'_, '_>, title: &Slot) -> bool {
    let texts = title.hits.iter().map(|(_, element)| view.text_facts(*element));
    texts.filter(|facts| names_release(facts.text)).count() * 10 >= title.hits.len() * 8
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
        AnchorKind::Card => holds(outline, slot, title),
        AnchorKind::Id => holds(outline, slot, title) || is_in_title(),
    }
}

/// Whether most elements of a slot have an anchor, each its own. Numbers of positions are none: with the next
/// item, each would lead to another one.
fn tells_apart(outline: &Outline<'_>, slot: &Slot, kind: AnchorKind, may_count: bool) -> bool {
    let anchors = slot.hits.iter().filter_map(|(_, element)| anchor_of(outline, *element, kind));
    let anchors: Vec<&str> = anchors.collect();
    let distinct: HashSet<&str> = anchors.iter().copied().collect();
    // A link to a place of the page by its number opens a part of it, such as a fold.
    let may_move = kind == AnchorKind::Link;
    anchors.len() > 1
        && distinct.len() == anchors.len()
        && anchors.len() * 10 >= slot.hits.len() * 8
        && !(may_move && !may_count && are_positions(&anchors))
}

/// Whether anchors are one word with numbers that count the elements of the page, from 0 or 1.
fn are_positions(anchors: &[&str]) -> bool {
    let numbered: Vec<(&str, u64)> = anchors.iter().map_while(|anchor| stem_and_number(anchor)).collect();
    let Some((stem, start)) = numbered.first().copied() else { return false };
    let counts_on = |((other, number), wanted): (&(&str, u64), u64)| *other == stem && *number == wanted;
    start < 2 && numbered.len() == anchors.len() && numbered.iter().zip(start..).all(counts_on)
}

/// The word and the number that an anchor such as `item-3` is made of.
fn stem_and_number(anchor: &str) -> Option<(&str, u64)> {
    let stem = anchor.trim_end_matches(|c: char| c.is_ascii_digit());
    Some((stem, anchor.get(stem.len()..)?.parse().ok()?))
}

/// The anchor of an element, of a kind.
fn anchor_of<'d>(outline: &Outline<'d>, element: ElementId, kind: AnchorKind) -> Option<&'d str> {
    if kind == AnchorKind::Card {
        return card_address(outline, element);
    }
    if kind != AnchorKind::Id && outline.tag_text(element) != "a" {
        return None;
    }
    let value = outline.attr(element, kind.attribute())?.trim();
    let id = if kind == AnchorKind::Link { value.strip_prefix('#')? } else { value };
    let is_route = id.starts_with(['!', '/']);
    (!id.is_empty() && !is_route && id.len() <= MAX_ANCHOR_BYTES && !id.contains(char::is_whitespace))
        .then_some(id)
}
