//! The slot of the date of each item, and where in the slot the date stands.

use std::rc::Rc;

use super::date_position::{DatePosition, positions};
use super::slot_dates::SlotDates;
use super::slots::Slot;
use crate::date::Order;
use crate::detect::page::texts::{DateReading, TextFacts};
use crate::detect::page::view::PageView;
use crate::detect::ratio::as_f64;

/// Texts of a slot that are read.
const MAX_TEXTS: usize = 60;
/// The first texts of a slot; half of them must be dates for more to be read.
const FIRST_TEXTS: usize = 5;
/// A text up to this weight may be a date and little else.
const MAX_CLEAN_WEIGHT: f64 = 48.0;
/// How much texts that are dates and little else add to the quality, at most.
const CLEAN_BONUS: f64 = 0.3;

/// A slot of dates.
#[derive(Debug, Clone)]
pub(crate) struct DateSlot {
    pub(crate) slot: usize,
    pub(crate) position: DatePosition,
    /// The order of day and month, where only the sequence of the dates tells it.
    pub(crate) order: Option<Order>,
    /// The share of all records that have a date there.
    pub(crate) share: f64,
    quality: f64,
}

/// The slot of the dates of publication; `title` is the slot of the title.
pub(crate) fn date_slot(
    view: &PageView<'_, '_>,
    slots: &[Slot],
    records: usize,
    title: Option<usize>,
) -> Option<DateSlot> {
    let mut best: Option<DateSlot> = None;
    // The candidates with dates so far, by their turns.
    let mut dated_turns: Vec<usize> = Vec::new();
    for candidate in candidates(view, slots, records) {
        let turn = candidate.turn;
        // Of several dates of an item, the first on the page is mostly that of publication.
        let earlier_dates = as_f64(dated_turns.iter().filter(|other| **other < turn).count());
        let title_factor = if Some(candidate.slot_index) == title { 0.6 } else { 1.0 };
        let factor = title_factor / (1.0 + 0.04 * earlier_dates);
        let quality_to_beat = best.as_ref().map_or(0.0, |best| best.quality) / factor;
        let Some(mut date) = candidate.read(view, quality_to_beat) else { continue };
        date.quality *= factor;
        dated_turns.push(turn);
        if best.as_ref().is_none_or(|best| date.quality > best.quality) {
            best = Some(date);
        }
    }
    best
}

/// The positions that may hold dates. Those that look like a date and little else come first: then most of
/// the others need not be read.
fn candidates<'s>(view: &PageView<'_, '_>, slots: &'s [Slot], records: usize) -> Vec<DateCandidate<'s>> {
    let mut candidates: Vec<DateCandidate<'s>> = Vec::new();
    for (slot_index, slot) in slots.iter().enumerate().filter(|(_, s)| s.hits.len() * 4 >= records) {
        let coverage = slot.coverage(records);
        for position in positions(view.outline, slot) {
            let turn = candidates.len();
            let mut candidate =
                DateCandidate { turn, slot_index, slot, position, coverage, looks_clean: false };
            candidate.looks_clean = candidate.looks_clean(view);
            candidates.push(candidate);
        }
    }
    candidates.sort_by_key(|candidate| (!candidate.looks_clean, candidate.turn));
    candidates
}

/// A position in a slot that may hold dates.
struct DateCandidate<'s> {
    /// Its number in page order.
    turn: usize,
    slot_index: usize,
    slot: &'s Slot,
    position: DatePosition,
    /// The share of records that have the slot.
    coverage: f64,
    /// Whether it is for machines, or some of its first texts look like a date and little else.
    looks_clean: bool,
}

impl DateCandidate<'_> {
    fn looks_clean(&self, view: &PageView<'_, '_>) -> bool {
        let texts = self.texts(view, FIRST_TEXTS);
        let is_clean = |facts: &Rc<TextFacts<'_>>| facts.looks_like_date && facts.weight <= MAX_CLEAN_WEIGHT;
        self.is_for_machines(view) || texts.iter().any(is_clean)
    }

    fn is_for_machines(&self, view: &PageView<'_, '_>) -> bool {
        view.outline.tag_text(self.slot.hits[0].1) == "time"
            || self.position == DatePosition::Attribute("datetime")
    }

    /// The factor of the quality by position: dates for machines are surer, other attributes are less sure.
    fn trust(&self, view: &PageView<'_, '_>) -> f64 {
        let trust = if self.is_for_machines(view) { 1.15 } else { 1.0 };
        match self.position {
            DatePosition::Attribute(name) if name != "datetime" => trust * 0.9,
            _ => trust,
        }
    }

    /// The texts of the first elements that have one at the position.
    fn texts<'a>(&self, view: &PageView<'a, '_>, max_elements: usize) -> Vec<Rc<TextFacts<'a>>> {
        let elements = self.slot.hits.iter().take(max_elements).map(|(_, element)| *element);
        elements.filter_map(|element| self.position.text(view, element)).collect()
    }

    /// An upper bound of the quality, before any text is read as a date.
    fn max_quality(&self, trust: f64) -> f64 {
        self.coverage * trust * if self.looks_clean { 1.0 + CLEAN_BONUS } else { 1.0 }
    }

    /// Reads the dates; `None` if there are too few, or if their quality cannot exceed `quality_to_beat`.
    fn read(self, view: &PageView<'_, '_>, quality_to_beat: f64) -> Option<DateSlot> {
        let trust = self.trust(view);
        if self.max_quality(trust) <= quality_to_beat || !self.are_first_texts_dates(view) {
            return None;
        }
        let texts = self.texts(view, MAX_TEXTS);
        let column = SlotDates::read(&texts, &view.dates);
        if column.dates * 2 < texts.len() || column.future * 2 > texts.len() {
            return None;
        }
        // Days without a year that are not in sequence belong to years that stand elsewhere.
        if column.yearless * 2 > texts.len() && !column.is_sorted {
            return None;
        }
        let all = as_f64(texts.len().max(1));
        let share = as_f64(column.dates) / all * self.coverage;
        let clean = as_f64(texts.iter().filter(|facts| facts.is_mostly_date()).count()) / all;
        let relative_factor = if column.relative * 2 > texts.len() { 0.8 } else { 1.0 };
        let quality = share
            * (1.0 + CLEAN_BONUS * clean)
            * (1.0 - as_f64(column.future) / all)
            * trust
            * relative_factor;
        Some(DateSlot { slot: self.slot_index, position: self.position, order: column.order, share, quality })
    }

    /// Whether at least half of the first elements have a date.
    fn are_first_texts_dates(&self, view: &PageView<'_, '_>) -> bool {
        let texts = self.texts(view, FIRST_TEXTS);
        // The order of numbers of the whole column may make a date of a numeric text that is none by itself.
        let is_no_date = |facts: &&Rc<TextFacts<'_>>| {
            !facts.has_numeric_date() && view.dates.read(facts, None) == DateReading::NotADate
        };
        let elements = self.slot.hits.len().min(FIRST_TEXTS);
        let allowed_misses = elements / 2;
        let absent = elements - texts.len();
        if absent > allowed_misses || texts.iter().filter(is_no_date).nth(allowed_misses - absent).is_some() {
            return false;
        }
        SlotDates::read(&texts, &view.dates).dates * 2 >= elements
    }
}
