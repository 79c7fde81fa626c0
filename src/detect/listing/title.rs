//! The slot of the title of each item.

use std::collections::HashSet;
use std::rc::Rc;

use super::nesting::is_part_of_link;
use super::slots::Slot;
use crate::detect::page::signals::{in_heading, is_heading};
use crate::detect::page::text_stats::TextStats;
use crate::detect::page::texts::TextFacts;
use crate::detect::page::view::PageView;
use crate::detect::ratio::as_f64;
use crate::html::{ElementId, Outline};

/// Texts of a slot that are read.
pub(super) const MAX_TEXTS: usize = 16;
/// More letters do not make a better title.
const ENOUGH_LETTERS: f64 = 14.0;
/// Mean weight above which texts are more than a title.
const MAX_TITLE_WEIGHT: f64 = 130.0;
/// Mean weight below which the text of a link names nothing.
const MIN_NAME_WEIGHT: f64 = 3.0;
/// The title, and fallbacks for records that lack it.
const MAX_TITLES: usize = 3;
/// Slots of a lower quality are no titles.
const MIN_TITLE_QUALITY: f64 = 0.02;

/// A slot with text.
pub(crate) struct TextSlot {
    pub(crate) slot: usize,
    pub(crate) stats: TextStats,
    /// The share of its elements that have any text.
    pub(crate) filled: f64,
    /// How good a title it is.
    pub(crate) title_quality: f64,
}

/// The texts of a title.
#[derive(Clone, Copy)]
pub(crate) struct TitleStats {
    pub(crate) stats: TextStats,
    /// The share of records that have one.
    pub(crate) filled: f64,
}

/// The slots with text of their own, in page order. `link` is the slot of the items' link.
pub(crate) fn text_slots(
    view: &PageView<'_, '_>,
    slots: &[Slot],
    records: usize,
    link: Option<usize>,
) -> Vec<TextSlot> {
    let link = link.map(|link| &slots[link]);
    let context = TitleContext {
        outline: view.outline,
        records,
        link,
        is_link_a_name: link.is_some_and(|link| is_name(view, link)),
    };
    let mut found: Vec<TextSlot> = Vec::new();
    for (index, slot) in slots.iter().enumerate() {
        if slot.hits.len() * 5 < records || !holds_text(view.outline, slot) {
            continue;
        }
        let texts = texts_of(view, slot);
        let texts: Vec<Rc<TextFacts<'_>>> = texts.filter(|facts| !facts.text.is_empty()).collect();
        let filled = as_f64(texts.len()) / as_f64(slot.hits.len().clamp(1, MAX_TEXTS));
        let stats = view.text_stats(&texts);
        let title_quality = context.title_quality(slot, &stats, found.len()) * filled;
        found.push(TextSlot { slot: index, stats, filled, title_quality });
    }
    found
}

fn texts_of<'a>(view: &PageView<'a, '_>, slot: &Slot) -> impl Iterator<Item = Rc<TextFacts<'a>>> {
    slot.hits.iter().take(MAX_TEXTS).map(|(_, element)| view.text_facts(*element))
}

/// The facts that all slots of a listing are judged by.
struct TitleContext<'x, 'd> {
    outline: &'x Outline<'d>,
    records: usize,
    link: Option<&'x Slot>,
    is_link_a_name: bool,
}

impl TitleContext<'_, '_> {
    /// How good a title a slot is; `before` is how many slots with text stand before it.
    fn title_quality(&self, slot: &Slot, stats: &TextStats, before: usize) -> f64 {
        let is_heading = slot.hits.iter().any(|(_, element)| in_heading(self.outline, *element));
        let is_linked = self.link.is_some_and(|link| is_part_of_link(self.outline, slot, link));
        let by_text = text_quality(stats);
        // Headings and links are titles even if they say little: `v2.4.0`.
        let is_short_name =
            stats.distinct_share > 0.8 && stats.date_share < 0.5 && stats.weight < MAX_TITLE_WEIGHT;
        let mut quality = match (is_heading, is_linked) {
            (true, _) if is_short_name => by_text.max(0.6),
            (false, true) if is_short_name => by_text.max(0.2),
            _ => by_text,
        };
        quality *= slot.coverage(self.records).min(1.0) / (1.0 + 0.07 * as_f64(before));
        let heading_factor = if is_heading { 1.7 } else { 1.0 };
        let link_factor = if is_linked { 2.0 } else { 1.0 };
        quality *= heading_factor * link_factor;
        if is_heading && self.is_link_a_name && !is_linked {
            quality *= 0.4;
        }
        quality
    }
}

/// How good a title texts are by themselves.
fn text_quality(stats: &TextStats) -> f64 {
    let is_long = stats.weight > MAX_TITLE_WEIGHT;
    let length_factor = if is_long { (MAX_TITLE_WEIGHT / stats.weight).powi(2) } else { 1.0 };
    let letters = (stats.letters / ENOUGH_LETTERS).min(1.0);
    stats.distinct_share
        * letters
        * stats.letter_share.powf(1.5)
        * length_factor
        * (1.0 - 0.85 * stats.date_share)
        * (1.0 - 0.5 * stats.sentence_share)
}

/// Whether the text of the link tells the items apart.
fn is_name(view: &PageView<'_, '_>, link: &Slot) -> bool {
    let texts: Vec<Rc<TextFacts<'_>>> = texts_of(view, link).collect();
    let stats = view.text_stats(&texts);
    stats.distinct_share > 0.9
        && (MIN_NAME_WEIGHT..MAX_TITLE_WEIGHT).contains(&stats.weight)
        && stats.date_share < 0.5
}

/// Whether the elements of a slot are read as one text each: headings, and elements most of whose text is
/// their own.
fn holds_text(outline: &Outline<'_>, slot: &Slot) -> bool {
    let tag = outline.tag_text(slot.hits[0].1);
    if is_heading(tag) || matches!(tag, "time" | "dt") {
        return slot.hits.iter().any(|(_, element)| outline.weight(*element) > 0);
    }
    let is_own = |element: ElementId| {
        let own = outline.own_weight(element);
        let all = outline.weight(element);
        own > 0 && (own * 2 >= all || all - own < 60)
    };
    slot.hits.iter().take(5).any(|(_, element)| is_own(*element))
}

/// The slots of the title: the best one, then fallbacks for records that lack it.
pub(crate) fn titles(slots: &[Slot], texts: &[TextSlot], records: usize) -> Vec<usize> {
    let mut ranked: Vec<&TextSlot> =
        texts.iter().filter(|text| text.title_quality > MIN_TITLE_QUALITY).collect();
    ranked.sort_by(|a, b| b.title_quality.total_cmp(&a.title_quality).then(a.slot.cmp(&b.slot)));
    let mut covered: HashSet<usize> = HashSet::new();
    let mut chosen: Vec<usize> = Vec::new();
    for text in ranked {
        let hits = &slots[text.slot].hits;
        let new = hits.iter().filter(|(record, _)| !covered.contains(record)).count();
        let is_fallback = new * 20 >= records.max(20) && new * 10 >= hits.len() * 8;
        if (chosen.is_empty() || is_fallback) && chosen.len() < MAX_TITLES {
            covered.extend(hits.iter().map(|(record, _)| *record));
            chosen.push(text.slot);
        }
    }
    chosen
}
