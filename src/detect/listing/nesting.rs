//! Whether the elements of one slot lie in those of another.

use super::slots::Slot;
use crate::html::{ElementId, Outline};

/// Records that are looked at.
const MAX_LOOKED_AT: usize = 10;

/// Whether the elements of a slot lie in those of the link, or hold the link and little else.
pub(crate) fn is_part_of_link(outline: &Outline<'_>, slot: &Slot, link: &Slot) -> bool {
    let mut seen = 0;
    let mut parts = 0;
    for (record, element) in slot.hits.iter().take(MAX_LOOKED_AT) {
        let Some(link) = link.at(*record) else { continue };
        seen += 1;
        let is_inside = contains(outline, link, *element);
        let is_wrapper =
            || contains(outline, *element, link) && outline.weight(link) * 10 >= outline.weight(*element) * 7;
        parts += usize::from(is_inside || is_wrapper());
    }
    seen > 0 && parts * 2 > seen
}

/// Whether the elements of a slot hold those of another, or are the same.
pub(crate) fn holds(outline: &Outline<'_>, outer: &Slot, inner: &Slot) -> bool {
    let holds_inner = |(record, element): &&(usize, ElementId)| {
        inner.at(*record).is_some_and(|inner| contains(outline, *element, inner))
    };
    let looked_at = outer.hits.len().min(MAX_LOOKED_AT);
    outer.hits.iter().take(MAX_LOOKED_AT).filter(holds_inner).count() * 2 > looked_at
}

/// Whether an element lies in another, or is it.
fn contains(outline: &Outline<'_>, outer: ElementId, inner: ElementId) -> bool {
    (outer..outline.end(outer)).contains(&inner)
}
