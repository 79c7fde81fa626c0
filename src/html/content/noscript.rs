//! Reads a `<noscript>` in content. It mostly holds the picture or player beside it, which loads late.

use scraper::{ElementRef, Html};

use super::super::{embed, picture};

/// Cap on the elements of a neighbour that are searched for a picture.
const MAX_ELEMENTS: usize = 20;
/// Cap on the pictures and players of one `<noscript>`.
const MAX_SHOWN: usize = 20;

/// Whether a picture or player beside it, which a script loads late, is the same as what it holds.
pub(super) fn stands_for_neighbour(noscript: ElementRef<'_>) -> bool {
    let next = noscript.next_siblings().find_map(ElementRef::wrap);
    let previous = noscript.prev_siblings().find_map(ElementRef::wrap);
    [previous, next].into_iter().flatten().any(holds_late)
}

/// Whether an element is a late picture or player, or a frame around one.
fn holds_late(element: ElementRef<'_>) -> bool {
    let has_text = || element.text().take(MAX_ELEMENTS).any(|text| !text.trim().is_empty());
    let is_late = |e: ElementRef<'_>| {
        (picture::is_picture(e) && picture::is_late(e))
            || (embed::of(e).is_some() && picture::late_address(e).is_some())
    };
    is_late(element) || element.descendent_elements().take(MAX_ELEMENTS).any(is_late) && !has_text()
}

/// The pictures and players of a `<noscript>`, none inside another.
pub(super) fn shown(document: &Html) -> Vec<ElementRef<'_>> {
    let is_shown = |e: ElementRef<'_>| picture::is_picture(e) || embed::is_embed(e.value().name());
    let is_inside = |e: ElementRef<'_>| e.ancestors().filter_map(ElementRef::wrap).any(is_shown);
    let all = document.root_element().descendent_elements();
    all.filter(|e| is_shown(*e) && !is_inside(*e)).take(MAX_SHOWN).collect()
}
