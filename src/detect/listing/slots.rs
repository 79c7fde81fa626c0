//! The same place in every record: where its fields can be.

use super::super::page::view::{Keyed, View, mixed};
use super::groups::{count, hash};
use crate::html::{Outline, Place};

/// Records that are looked at; more say nothing new.
pub(crate) const SAMPLE: usize = 60;
/// Elements of one record that are looked at.
const MAX_ELEMENTS: u32 = 400;
/// Siblings after a record that may belong to it.
const MAX_GAP: usize = 6;

/// What belongs to one item: an element, and siblings around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record {
    /// The element that repeats.
    pub(crate) place: Place,
    /// Siblings that follow it and belong to it.
    pub(crate) after: usize,
    /// Siblings before it that belong to it.
    pub(crate) before: usize,
}

/// The same place in several records.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    /// Number of the record, and the element in it; at most one for each record.
    pub(crate) hits: Vec<(usize, Place)>,
    /// Which sibling of the record it is in: 0 itself, 1 the next one, -1 the one before.
    pub(crate) sibling: isize,
}

impl Slot {
    /// The share of all records that have it.
    pub(crate) fn coverage(&self, records: usize) -> f64 {
        count(self.hits.len()) / count(records.max(1))
    }

    pub(crate) fn at(&self, record: usize) -> Option<Place> {
        self.hits.binary_search_by_key(&record, |h| h.0).ok().map(|i| self.hits[i].1)
    }
}

/// The records of a group, with the siblings between them shared out.
pub(crate) fn records(outline: &Outline<'_>, places: &[Place]) -> Vec<Record> {
    let alone = places.iter().map(|place| Record { place: *place, after: 0, before: 0 });
    let gaps: Vec<Option<usize>> = places.windows(2).map(|w| gap(outline, w[0], w[1])).collect();
    let inner: Vec<usize> = gaps.iter().flatten().copied().collect();
    let usual = usual(&inner);
    if usual == 0 || inner.len() * 2 < places.len() {
        return alone.collect();
    }
    let before = leads(outline, places, usual);
    let mut out: Vec<Record> = Vec::new();
    for (i, place) in places.iter().enumerate() {
        let room = if before {
            i.checked_sub(1).map_or(usual, |j| gaps[j].unwrap_or(usual))
        } else {
            gaps.get(i).copied().flatten().unwrap_or(usual)
        };
        let room = room.min(MAX_GAP);
        let (after, before) = if before { (0, room) } else { (room, 0) };
        out.push(Record { place: *place, after, before });
    }
    out
}

/// Siblings between two elements of one parent.
fn gap(outline: &Outline<'_>, from: Place, to: Place) -> Option<usize> {
    if outline.parent(from) != outline.parent(to) {
        return None;
    }
    let mut at = from;
    for n in 0..=MAX_GAP {
        at = outline.next_sibling(at)?;
        if at == to {
            return Some(n);
        }
    }
    Some(MAX_GAP)
}

/// The number that most have.
fn usual(numbers: &[usize]) -> usize {
    let mut counts = [0_usize; MAX_GAP + 1];
    for n in numbers {
        counts[(*n).min(MAX_GAP)] += 1;
    }
    (0..=MAX_GAP).max_by_key(|n| (counts[*n], MAX_GAP - n)).unwrap_or(0)
}

/// Whether what belongs to a record stands before it: the first one has it, the last one has nothing
/// behind it.
fn leads(outline: &Outline<'_>, places: &[Place], usual: usize) -> bool {
    let (Some(first), Some(last)) = (places.first(), places.last()) else { return false };
    if outline.tag_text(*first) == "dd" {
        return true;
    }
    let before = outline.children(outline.parent(*first)).take_while(|c| c < first).count();
    before == usual && outline.next_sibling(*last).is_none()
}

/// The slots of records.
pub(crate) fn slots(view: &View<'_, '_>, records: &[Record]) -> Vec<Slot> {
    let outline = view.outline;
    let mut walk = Walk { view, slots: Vec::new(), places: Keyed::default(), turns: Keyed::default() };
    for (number, record) in records.iter().enumerate().take(SAMPLE) {
        walk.element(number, record.place, 0, 0);
        let mut at = record.place;
        for step in 1..=record.after {
            let Some(next) = outline.next_sibling(at) else { break };
            at = next;
            walk.sibling(number, at, isize::try_from(step).unwrap_or(isize::MAX));
        }
        if record.before > 0 {
            let parent = outline.parent(record.place);
            let all: Vec<Place> = outline.children(parent).take_while(|c| *c < record.place).collect();
            for (step, place) in all.iter().rev().take(record.before).enumerate() {
                walk.sibling(number, *place, -isize::try_from(step + 1).unwrap_or(isize::MAX));
            }
        }
    }
    walk.slots
}

struct Walk<'v, 'a, 'd> {
    view: &'v View<'a, 'd>,
    slots: Vec<Slot>,
    places: Keyed<usize>,
    /// How many elements of one record have had a key.
    turns: Keyed<u64>,
}

impl Walk<'_, '_, '_> {
    fn sibling(&mut self, number: usize, place: Place, step: isize) {
        let root = hash(&(step, self.view.outline.tag(place)));
        self.element(number, place, root, step);
    }

    /// Notes an element and all in it, by their ways from the record.
    fn element(&mut self, number: usize, root: Place, key: u64, sibling: isize) {
        let outline = self.view.outline;
        let end = outline.end(root).min(root + MAX_ELEMENTS);
        let mut keys = vec![0; (end - root) as usize];
        self.turns.clear();
        keys[0] = key;
        self.note(number, root, key, sibling);
        for place in root + 1..end {
            let above = keys[(outline.parent(place) - root) as usize];
            let own = mixed(above, self.view.shape(place));
            let turn = self.turns.entry(own).or_default();
            *turn += 1;
            let key = mixed(own, *turn);
            keys[(place - root) as usize] = key;
            self.note(number, place, key, sibling);
        }
    }

    fn note(&mut self, number: usize, place: Place, key: u64, sibling: isize) {
        let next = self.slots.len();
        let index = *self.places.entry(key).or_insert(next);
        if index == next {
            self.slots.push(Slot { hits: Vec::new(), sibling });
        }
        self.slots[index].hits.push((number, place));
    }
}
