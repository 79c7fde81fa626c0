//! Notes of releases: their titles are versions in headings, and the links in their texts lead to what was
//! changed, not to the release.

use super::item_link::{LinkSlot, link_slot};
use super::slots::{Record, Slot};
use super::title::MAX_TEXTS;
use crate::detect::page::signals::{class_words, is_heading};
use crate::detect::page::versions::names_release;
use crate::detect::page::view::PageView;
use crate::html::{ElementId, Outline};

/// Ancestors of a link that may be the text that it stands in.
const MAX_LEVELS: usize = 6;
/// A heavier text is more than a version.
const MAX_VERSION_WEIGHT: u32 = 60;
/// A paragraph that weighs more than its link by this has text of its own.
const MIN_TEXT_WEIGHT: u32 = 3;

/// The slot of the versions: headings of which at least four in five name a release.
pub(super) fn version_slot(view: &PageView<'_, '_>, slots: &[Slot], records: usize) -> Option<usize> {
    let is_usual = |slot: &Slot| slot.sibling == 0 && slot.hits.len() * 10 >= records * 8;
    let are_versions = |slot: &Slot| {
        let hits = slot.hits.len().min(MAX_TEXTS);
        let texts = slot.hits.iter().take(MAX_TEXTS).map(|(_, element)| view.text_facts(*element));
        texts.filter(|facts| names_release(facts.text)).count() * 10 >= hits * 8
    };
    let holds_version = |slot: &Slot| {
        is_usual(slot) && slot.hits.first().is_some_and(|(_, e)| may_be_version(view.outline, *e))
    };
    slots.iter().position(|slot| holds_version(slot) && are_versions(slot))
}

/// Whether an element is a heading, or its class says that it is a version.
fn may_be_version(outline: &Outline<'_>, element: ElementId) -> bool {
    let is_version = |word: &str| ["ver", "version"].iter().any(|other| word.eq_ignore_ascii_case(other));
    let tag = outline.tag_text(element);
    let is_called_version = || class_words(outline, element).any(is_version);
    is_heading(tag) || tag == "dt" || (outline.weight(element) <= MAX_VERSION_WEIGHT && is_called_version())
}

/// Whether most links of a slot stand in the text of the notes: in lists and paragraphs.
pub(super) fn stands_in_notes(outline: &Outline<'_>, records: &[Record], slot: &Slot) -> bool {
    let is_in_text = |(record, link): &&(usize, ElementId)| {
        let Some(root) = records.get(*record).map(|record| record.element) else { return false };
        let outside = if slot.sibling == 0 { root } else { outline.parent(root) };
        let mut inside = outline.ancestors(*link).take(MAX_LEVELS).take_while(|e| *e > outside);
        inside.any(|element| match outline.tag_text(element) {
            "li" => true,
            "p" | "dd" | "td" => outline.weight(element) >= outline.weight(*link) + MIN_TEXT_WEIGHT,
            _ => false,
        })
    };
    slot.hits.iter().take(MAX_TEXTS).filter(is_in_text).count() * 2 > slot.hits.len().min(MAX_TEXTS)
}

/// The links to the releases themselves: outside of the notes, or to the page of a tag.
pub(super) fn release_link(
    view: &PageView<'_, '_>,
    slots: &[Slot],
    records: &[Record],
    record_count: usize,
) -> Option<LinkSlot> {
    let is_link = |slot: &Slot| {
        let tag = slot.hits.first().map(|(_, element)| view.outline.tag_text(*element));
        tag == Some("a") && slot.hits.len() * 10 >= record_count * 8
    };
    let links = slots.iter().enumerate().filter(|(_, slot)| is_link(slot)).filter_map(|(index, slot)| {
        let link = link_slot(view, index, slot, record_count)?;
        let leads_to_tags = link.targets.iter().all(|(_, t)| t.address.contains("/releases/tag/"));
        (leads_to_tags || !stands_in_notes(view.outline, records, slot)).then_some((leads_to_tags, link))
    });
    // Of equal ones the first.
    let best = links.reduce(|a, b| if (b.0, b.1.quality) > (a.0, a.1.quality) { b } else { a });
    best.map(|(_, link)| link)
}
