//! Slots: the same position in every record, where a field can be.

use crate::detect::page::hash::{FxHashMap, combine, hash_of};
use crate::detect::page::view::PageView;
use crate::detect::ratio::ratio;
use crate::html::{ElementId, Outline};

/// Records that are sampled; more say nothing new.
pub(crate) const MAX_RECORDS: usize = 60;
/// Elements of one record that are looked at.
const MAX_ELEMENTS: u32 = 400;
/// Siblings beside a record that may belong to it.
const MAX_GAP: usize = 6;

/// One item: an element that repeats, and siblings before or after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record {
    /// The element that repeats.
    pub(crate) element: ElementId,
    /// How many siblings after it belong to it.
    pub(crate) after: usize,
    /// How many siblings before it belong to it.
    pub(crate) before: usize,
}

/// The same position in several records.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    /// The index of the record and the element in it, by record; at most one for each.
    pub(crate) hits: Vec<(usize, ElementId)>,
    /// The sibling of the record's element that it lies in: 0 is the element itself, 1 the next one, -1 the
    /// one before.
    pub(crate) sibling: isize,
}

impl Slot {
    /// The share of all records that have it.
    pub(crate) fn coverage(&self, records: usize) -> f64 {
        ratio(self.hits.len(), records)
    }

    /// The element of a record.
    pub(crate) fn at(&self, record: usize) -> Option<ElementId> {
        self.hits.binary_search_by_key(&record, |hit| hit.0).ok().map(|index| self.hits[index].1)
    }
}

/// The records of a group; the siblings between its elements are given to the records.
pub(crate) fn records_of(outline: &Outline<'_>, elements: &[ElementId]) -> Vec<Record> {
    let gaps: Vec<Option<usize>> = elements.windows(2).map(|w| gap(outline, w[0], w[1])).collect();
    let known_gaps: Vec<usize> = gaps.iter().flatten().copied().collect();
    let usual_gap = most_frequent(&known_gaps);
    if usual_gap == 0 || known_gaps.len() * 2 < elements.len() {
        return elements.iter().map(|element| Record { element: *element, after: 0, before: 0 }).collect();
    }
    // The first record has no gap before it, and the last one none after it: they get the usual one.
    let gap_at = |index: usize| gaps.get(index).copied().flatten().unwrap_or(usual_gap).min(MAX_GAP);
    let siblings_lead = do_siblings_lead(outline, elements, usual_gap);
    let record = |(index, element): (usize, &ElementId)| {
        let element = *element;
        if siblings_lead {
            let before = index.checked_sub(1).map_or(usual_gap, gap_at);
            Record { element, after: 0, before }
        } else {
            Record { element, after: gap_at(index), before: 0 }
        }
    };
    elements.iter().enumerate().map(record).collect()
}

/// How many siblings stand between two elements; `None` if they have different parents.
fn gap(outline: &Outline<'_>, from: ElementId, to: ElementId) -> Option<usize> {
    if outline.parent(from) != outline.parent(to) {
        return None;
    }
    let mut sibling = from;
    for n in 0..=MAX_GAP {
        sibling = outline.next_sibling(sibling)?;
        if sibling == to {
            return Some(n);
        }
    }
    Some(MAX_GAP)
}

/// The most frequent number; of several, the least.
fn most_frequent(numbers: &[usize]) -> usize {
    let mut counts = [0_usize; MAX_GAP + 1];
    for n in numbers {
        counts[(*n).min(MAX_GAP)] += 1;
    }
    (0..=MAX_GAP).max_by_key(|n| (counts[*n], MAX_GAP - n)).unwrap_or(0)
}

/// Whether the siblings of a record stand before it: the first record has them, and the last one has none
/// after it. In a `dl`, the `dt` always leads.
fn do_siblings_lead(outline: &Outline<'_>, elements: &[ElementId], usual_gap: usize) -> bool {
    let (Some(first), Some(last)) = (elements.first(), elements.last()) else { return false };
    if outline.tag_text(*first) == "dd" {
        return true;
    }
    let before_first = outline.children(outline.parent(*first)).take_while(|child| child < first).count();
    before_first == usual_gap && outline.next_sibling(*last).is_none()
}

/// The slots of the first records.
pub(crate) fn slots_of(view: &PageView<'_, '_>, records: &[Record]) -> Vec<Slot> {
    let mut collector = SlotCollector {
        view,
        slots: Vec::new(),
        index_by_key: FxHashMap::default(),
        occurrences: FxHashMap::default(),
    };
    for (index, record) in records.iter().enumerate().take(MAX_RECORDS) {
        collector.add_record(index, record);
    }
    collector.slots
}

/// Collects the slots of one record after another. The key of an element is a hash of its path from the
/// record: equal keys are one slot.
struct SlotCollector<'v, 'a, 'd> {
    view: &'v PageView<'a, 'd>,
    slots: Vec<Slot>,
    index_by_key: FxHashMap<u64, usize>,
    /// How many elements of the present subtree have had a path; it tells elements of equal paths apart.
    occurrences: FxHashMap<u64, u64>,
}

impl SlotCollector<'_, '_, '_> {
    fn add_record(&mut self, index: usize, record: &Record) {
        let outline = self.view.outline;
        self.add_subtree(index, record.element, 0, 0);
        let next = |sibling: &ElementId| outline.next_sibling(*sibling);
        let after = std::iter::successors(next(&record.element), next);
        for (step, sibling) in (1..).zip(after.take(record.after)) {
            self.add_sibling(index, sibling, step);
        }
        if record.before > 0 {
            let siblings = outline.children(outline.parent(record.element));
            let before: Vec<ElementId> = siblings.take_while(|s| *s < record.element).collect();
            for (step, sibling) in (1..).zip(before.iter().rev().take(record.before)) {
                self.add_sibling(index, *sibling, -step);
            }
        }
    }

    fn add_sibling(&mut self, record: usize, sibling: ElementId, step: isize) {
        let key = hash_of(&(step, self.view.outline.tag(sibling)));
        self.add_subtree(record, sibling, key, step);
    }

    /// Adds an element, whose key is given, and all elements in it.
    fn add_subtree(&mut self, record: usize, root: ElementId, root_key: u64, sibling: isize) {
        let outline = self.view.outline;
        let end = outline.end(root).min(root + MAX_ELEMENTS);
        let mut keys = vec![0; (end - root) as usize];
        self.occurrences.clear();
        keys[0] = root_key;
        self.add_hit(record, root, root_key, sibling);
        for element in root + 1..end {
            let parent_key = keys[(outline.parent(element) - root) as usize];
            let path = combine(parent_key, self.view.shape(element));
            let occurrence = self.occurrences.entry(path).or_default();
            *occurrence += 1;
            let key = combine(path, *occurrence);
            keys[(element - root) as usize] = key;
            self.add_hit(record, element, key, sibling);
        }
    }

    fn add_hit(&mut self, record: usize, element: ElementId, key: u64, sibling: isize) {
        let index = *self.index_by_key.entry(key).or_insert(self.slots.len());
        if index == self.slots.len() {
            self.slots.push(Slot { hits: Vec::new(), sibling });
        }
        self.slots[index].hits.push((record, element));
    }
}
