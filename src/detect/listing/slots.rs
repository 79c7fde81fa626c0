//! Slots: the same position in every record, where a field can be.

use std::collections::VecDeque;

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
pub(crate) fn records_of(view: &PageView<'_, '_>, elements: &[ElementId]) -> Vec<Record> {
    let outline = view.outline;
    let gaps: Vec<Option<usize>> = elements.windows(2).map(|w| gap(outline, w[0], w[1])).collect();
    let known_gaps: Vec<usize> = gaps.iter().flatten().copied().collect();
    let usual_gap = most_frequent(&known_gaps);
    if usual_gap == 0 || known_gaps.len() * 2 < elements.len() {
        return elements.iter().map(|element| Record { element: *element, after: 0, before: 0 }).collect();
    }
    // The first record has no gap before it, and the last one none after it: they get the usual one.
    let gap_at = |index: usize| gaps.get(index).copied().flatten().unwrap_or(usual_gap).min(MAX_GAP);
    if do_siblings_lead(outline, elements, usual_gap) {
        let before = |index: usize| index.checked_sub(1).map_or(usual_gap, gap_at);
        let record = |(index, element): (usize, &ElementId)| Record {
            element: *element,
            after: 0,
            before: before(index),
        };
        return elements.iter().enumerate().map(record).collect();
    }
    // The first siblings of a gap belong to the record before it, the last ones to the record after it.
    let leading = leading_siblings(view, elements, usual_gap);
    let record = |(index, element): (usize, &ElementId)| Record {
        element: *element,
        after: gap_at(index).saturating_sub(leading),
        before: leading,
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

/// How many siblings before each record belong to it. The first record has them as the others do, and nothing
/// like them follows the last record, where those that end a record would stand.
fn leading_siblings(view: &PageView<'_, '_>, elements: &[ElementId], usual_gap: usize) -> usize {
    let sampled = &elements[..elements.len().min(MAX_RECORDS)];
    let Some(last) = elements.last() else { return 0 };
    let after_last: Vec<ElementId> = following(view.outline, *last).take(usual_gap).collect();
    let before: Vec<Vec<ElementId>> =
        sampled.iter().map(|element| preceding(view.outline, *element, usual_gap)).collect();
    let leads = |step: &usize| {
        let column: Vec<Option<ElementId>> =
            before.iter().map(|siblings| siblings.get(*step).copied()).collect();
        is_column_of_starts(&column, &after_last, |element| view.shape(element))
            || is_column_of_starts(&column, &after_last, |element| {
                combine(view.shape(element), u64::from(view.text_facts(element).is_mostly_date()))
            })
    };
    (0..usual_gap).take_while(leads).count()
}

/// Whether the elements at one place before the records are alike, that of the first record included, and
/// none like them follows the last record.
fn is_column_of_starts(
    column: &[Option<ElementId>],
    after_last: &[ElementId],
    look: impl Fn(ElementId) -> u64,
) -> bool {
    let Some(Some(first)) = column.first() else { return false };
    let wanted = look(*first);
    let alike = column.iter().flatten().filter(|element| look(**element) == wanted).count();
    alike * 10 >= column.len() * 8 && !after_last.iter().any(|element| look(*element) == wanted)
}

/// The siblings after an element.
pub(super) fn following<'o>(
    outline: &'o Outline<'_>,
    element: ElementId,
) -> impl Iterator<Item = ElementId> + 'o {
    std::iter::successors(outline.next_sibling(element), |sibling| outline.next_sibling(*sibling))
}

/// The siblings before an element, the closest first, up to a number of them.
fn preceding(outline: &Outline<'_>, element: ElementId, most: usize) -> Vec<ElementId> {
    let siblings = outline.children(outline.parent(element));
    let mut before: VecDeque<ElementId> = VecDeque::with_capacity(most + 1);
    for sibling in siblings.take_while(|sibling| *sibling < element) {
        before.push_front(sibling);
        before.truncate(most);
    }
    before.into()
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
        for (step, sibling) in (1..).zip(following(outline, record.element).take(record.after)) {
            self.add_sibling(index, sibling, step);
        }
        if record.before > 0 {
            let before = preceding(outline, record.element, record.before);
            for (step, sibling) in (1..).zip(before) {
                self.add_sibling(index, sibling, -step);
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
