//! The selector of a slot inside its records.

use super::candidate::{CandidateSelector, Combinator, Compound, Fitted};
use crate::detect::listing::slots::{MAX_RECORDS, Record, Slot};
use crate::detect::ratio::as_f64;
use crate::html::{ElementId, Outline};

/// Ancestors of the slot, up to the record, that may be in the selector.
const MAX_ANCESTORS: usize = 8;
/// Selectors that are tried for one slot.
const MAX_TRIES: usize = 160;
/// Selectors that are compared by what else holds them.
const MAX_TELLING: usize = 16;
/// A selector that is right for all records but rounding needs no better one.
const EXACT: f64 = 0.999;

/// The selector of a slot inside its records; its fit is the share of records that it is right for.
pub(crate) fn field_selector(outline: &Outline<'_>, records: &[Record], slot: &Slot) -> Option<Fitted> {
    let (record, element) = *slot.hits.first()?;
    let record = records.get(record)?.element;
    let mut best: Option<Fitted> = None;
    for selector in FieldPath::of(outline, record, element).selectors().take(MAX_TRIES) {
        let fit = fit(outline, records, slot, &selector);
        if Fitted::improves(best.as_ref(), fit) {
            best = Some(Fitted { selector, fit });
        }
        if fit >= EXACT {
            break;
        }
    }
    best
}

/// The selector that is right for all records, and that the fewest of the elements beside them hold.
pub(crate) fn telling_selector(
    outline: &Outline<'_>,
    records: &[Record],
    slot: &Slot,
) -> Option<CandidateSelector> {
    let (record, element) = *slot.hits.first()?;
    let first = records.get(record)?.element;
    let others: Vec<ElementId> = outline
        .children(outline.parent(first))
        .filter(|e| outline.tag(*e) == outline.tag(first))
        .filter(|e| records.binary_search_by_key(e, |record| record.element).is_err())
        .take(MAX_RECORDS)
        .collect();
    let holders = |selector: &CandidateSelector| {
        others.iter().filter(|other| selector.find_inside(outline, **other).is_some()).count()
    };
    let all = FieldPath::of(outline, first, element).selectors().take(MAX_TRIES);
    let exact = all.filter(|selector| fit(outline, records, slot, selector) >= EXACT);
    exact.take(MAX_TELLING).min_by_key(holders)
}

/// The share of the records with the slot in which the selector finds it first. Records in which it finds
/// something else count half against it.
fn fit(outline: &Outline<'_>, records: &[Record], slot: &Slot, selector: &CandidateSelector) -> f64 {
    let mut right = 0;
    let mut wrong = 0;
    for (index, record) in records.iter().enumerate().take(MAX_RECORDS) {
        match (selector.find_first(outline, record.element), slot.at(index)) {
            (Some(found), Some(wanted)) if found == wanted => right += 1,
            (Some(_), _) => wrong += 1,
            (None, _) => {}
        }
    }
    (as_f64(right) - 0.5 * as_f64(wrong)) / as_f64(slot.hits.len().max(1))
}

/// An element inside a record, and its ancestors up to the record.
struct FieldPath<'o, 'd> {
    outline: &'o Outline<'d>,
    record: ElementId,
    element: ElementId,
    /// The closest first, the record itself included.
    ancestors: Vec<ElementId>,
    /// The names of the element itself, the most specific first.
    names: Vec<Compound>,
}

impl<'o, 'd> FieldPath<'o, 'd> {
    fn of(outline: &'o Outline<'d>, record: ElementId, element: ElementId) -> Self {
        let inside = outline.ancestors(element).take_while(|a| *a >= record && element != record);
        let ancestors = inside.take(MAX_ANCESTORS).collect();
        Self { outline, record, element, ancestors, names: own_names(outline, element) }
    }

    /// Selectors of the element, the simplest first. They are made in stages, because one of the first is
    /// mostly right.
    fn selectors(self) -> impl Iterator<Item = CandidateSelector> {
        (0..4).flat_map(move |stage| match stage {
            0 => self.names.iter().cloned().map(CandidateSelector::of).collect(),
            1 => self.inside_named_ancestors(),
            2 => self.by_position(),
            _ => self.chains(),
        })
    }

    fn inside_named_ancestors(&self) -> Vec<CandidateSelector> {
        let mut selectors = Vec::new();
        for ancestor in &self.ancestors {
            let tag = Compound::of_tag(self.outline, *ancestor);
            for outer in Compound::of_classes(self.outline, *ancestor).chain([tag]) {
                selectors.extend(self.names_within(&outer, *ancestor));
            }
        }
        selectors
    }

    fn by_position(&self) -> Vec<CandidateSelector> {
        let own = Compound::of_position(self.outline, self.element);
        let mut selectors = Vec::new();
        if self.element != self.record {
            selectors.push(CandidateSelector::of(own.clone()));
        }
        for ancestor in self.ancestors.iter().filter(|ancestor| **ancestor != self.record) {
            let outer = Compound::of_position(self.outline, *ancestor);
            selectors.extend(self.names_within(&outer, *ancestor));
            let selector = CandidateSelector::of(own.clone());
            selectors.push(selector.within(outer, self.combinator(*ancestor)));
        }
        selectors
    }

    /// The path from ancestors, step by step: by tags, then by positions.
    fn chains(&self) -> Vec<CandidateSelector> {
        let mut selectors = self.chains_of(Compound::of_tag);
        selectors.extend(self.chains_of(Compound::of_position));
        selectors
    }

    /// The path from each ancestor but the parent.
    fn chains_of(&self, step: impl Fn(&Outline<'_>, ElementId) -> Compound) -> Vec<CandidateSelector> {
        let mut chain = CandidateSelector::of(step(self.outline, self.element));
        let mut selectors = Vec::new();
        for (level, ancestor) in self.ancestors.iter().enumerate() {
            chain = chain.within(step(self.outline, *ancestor), Combinator::Child);
            if level > 0 {
                selectors.push(chain.clone());
            }
        }
        selectors
    }

    /// The element by each of its names, inside an ancestor.
    fn names_within(&self, outer: &Compound, ancestor: ElementId) -> impl Iterator<Item = CandidateSelector> {
        let how = self.combinator(ancestor);
        self.names.iter().map(move |name| CandidateSelector::of(name.clone()).within(outer.clone(), how))
    }

    fn combinator(&self, ancestor: ElementId) -> Combinator {
        let is_parent = ancestor == self.outline.parent(self.element);
        if is_parent { Combinator::Child } else { Combinator::Descendant }
    }
}

/// The names of an element by itself: `itemprop`, its classes, and its tag, which comes before the classes
/// if it says something.
fn own_names(outline: &Outline<'_>, element: ElementId) -> Vec<Compound> {
    let mut names: Vec<Compound> = Vec::new();
    let is_word = |value: &&str| value.bytes().all(|b| b.is_ascii_alphabetic());
    if let Some(value) = outline.attr(element, "itemprop").filter(is_word) {
        names.push(Compound { attribute: Some(("itemprop", value.to_owned())), ..Compound::default() });
    }
    let tag = Compound::of_tag(outline, element);
    let classed = Compound::of_classes(outline, element);
    let is_generic =
        matches!(outline.tag_text(element), "a" | "span" | "div" | "p" | "td" | "li" | "b" | "strong");
    if is_generic {
        names.extend(classed.chain([tag]));
    } else {
        names.extend(std::iter::once(tag).chain(classed));
    }
    names
}
