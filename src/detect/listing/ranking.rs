//! The listings of a page, the best first, with the rules that find them.

use super::Listing;
use super::build::build;
use super::groups::groups;
use super::score::upper_bound;
use super::slots::{MAX_RECORDS, Record};
use crate::detect::page::signals::PageSignals;
use crate::detect::page::view::PageView;
use crate::detect::selectors::write_rules::write_rules;
use crate::html::{ElementId, Outline};
use crate::rules::RuleSpec;

/// Listings for which rules may be written.
const MAX_LISTINGS: usize = 6;
/// Rules that fit their items worse than this are not offered.
const MIN_FIT: f64 = 0.5;
/// Factor of the score of a list inside the items of another list.
const NESTED_FACTOR: f64 = 0.2;
/// The share of the best score that a listing needs, where one listing is wanted and where several are. One
/// listing needs a margin, because rules that fit badly lower the score.
const MIN_SHARE_FOR_ONE: f64 = 0.5;
const MIN_SHARE_FOR_SEVERAL: f64 = 0.1;

/// The listings of a page that are worth rules, the best first; `wanted` is how many are asked for.
pub(crate) fn listings(view: &PageView<'_, '_>, wanted: usize) -> Vec<Listing> {
    let min_share = if wanted > 1 { MIN_SHARE_FOR_SEVERAL } else { MIN_SHARE_FOR_ONE };
    let mut listings: Vec<Listing> = Vec::new();
    let mut best_score = 0.0_f64;
    for group in groups(view, &PageSignals::of(view.outline)) {
        let min_score = best_score * min_share;
        if upper_bound(view, &group) < min_score {
            continue;
        }
        let Some(listing) = build(view, group, min_score) else { continue };
        best_score = best_score.max(listing.score);
        listings.push(listing);
    }
    for (listing, is_nested) in are_nested(view.outline, &listings).into_iter().enumerate() {
        listings[listing].score *= if is_nested { NESTED_FACTOR } else { 1.0 };
    }
    listings.sort_by(|a, b| b.score.total_cmp(&a.score));
    listings.truncate(MAX_LISTINGS);
    listings
}

/// By listing: whether it is part of the items of another one.
fn are_nested(outline: &Outline<'_>, listings: &[Listing]) -> Vec<bool> {
    let is_nested = |(i, inner): (usize, &Listing)| {
        let mut others = listings.iter().enumerate().filter(|(j, _)| i != *j);
        others.any(|(_, outer)| is_part_of_items(outline, inner, outer))
    };
    listings.iter().enumerate().map(is_nested).collect()
}

/// Whether a list stands inside the items of another one, whose link is not one of its own: the notes of a
/// release, the tags of an article.
fn is_part_of_items(outline: &Outline<'_>, inner: &Listing, outer: &Listing) -> bool {
    if are_notes(outline, inner, outer) {
        return true;
    }
    let Some(link) = outer.links.first().map(|link| &outer.slots[*link]) else { return false };
    let is_inside = |element: ElementId| holder(outline, outer, element).is_some_and(|h| h != element);
    let inside = inner.records.iter().filter(|record| is_inside(record.element)).count();
    let shared_links = link.hits.iter().filter(|(_, link)| holder(outline, inner, *link).is_some()).count();
    // Sections of a page have links of their own as well, but their items say more than they do.
    let says_more = inner.date.is_some() || inner.summary.is_some() || inner.image.is_some();
    outer.records.len() > 2
        && outer.score * 2.0 > inner.score
        && inside * 10 >= inner.records.len() * 8
        && shared_links * 4 < link.hits.len()
        && (outer.date.is_some() || !says_more)
}

/// Whether a list stands in the notes of releases, which begin with the first of them.
fn are_notes(outline: &Outline<'_>, inner: &Listing, outer: &Listing) -> bool {
    let (Some(first), Some(last)) = (outer.records.first(), outer.records.last()) else { return false };
    let notes = first.element..outline.end(outline.parent(last.element));
    let is_note = |record: &&Record| {
        // Elements around the versions hold more than notes.
        let holds_version = outer
            .records
            .iter()
            .any(|outer| (record.element..outline.end(record.element)).contains(&outer.element));
        notes.contains(&record.element) && !holds_version
    };
    let records = inner.records.iter().take(MAX_RECORDS);
    outer.has_notes && !inner.has_notes && records.clone().filter(is_note).count() * 10 >= records.count() * 8
}

/// The record's element that an element lies in; records stand in page order.
fn holder(outline: &Outline<'_>, listing: &Listing, element: ElementId) -> Option<ElementId> {
    let next = listing.records.partition_point(|record| record.element <= element);
    let record = listing.records.get(next.checked_sub(1)?)?.element;
    (element < outline.end(record)).then_some(record)
}

/// A listing with rules that find it.
pub(crate) struct Ranked<'l> {
    pub(crate) listing: &'l Listing,
    pub(crate) rules: RuleSpec,
    /// The listing's score, less where the rules fit badly.
    pub(crate) score: f64,
}

/// Listings with their rules, the best first. To write rules takes time, so it is done only for a listing
/// that may be the next one.
pub(crate) struct Ranking<'l, 'd> {
    outline: &'l Outline<'d>,
    /// The listings without rules yet, the best first.
    unwritten: std::slice::Iter<'l, Listing>,
    /// Those with rules that have not been returned yet.
    written: Vec<Ranked<'l>>,
}

impl<'l, 'd> Ranking<'l, 'd> {
    /// Ranks listings, which must be sorted by score.
    pub(crate) fn of(outline: &'l Outline<'d>, listings: &'l [Listing]) -> Self {
        Self { outline, unwritten: listings.iter(), written: Vec::new() }
    }

    fn write(&self, listing: &'l Listing) -> Option<Ranked<'l>> {
        let (rules, fit) = write_rules(self.outline, listing)?;
        (fit >= MIN_FIT).then_some(Ranked { listing, rules, score: listing.score * fit })
    }

    /// The index of the best listing with rules; of equals, the first.
    fn best_written(&self) -> Option<usize> {
        let by_score = |a: &usize, b: &usize| self.written[*a].score.total_cmp(&self.written[*b].score);
        (0..self.written.len()).rev().max_by(by_score)
    }
}

impl<'l> Iterator for Ranking<'l, '_> {
    type Item = Ranked<'l>;

    fn next(&mut self) -> Option<Ranked<'l>> {
        loop {
            let best_written = self.best_written();
            // Rules can only lower a score, so the score without rules is an upper bound.
            let bound = self.unwritten.as_slice().first().map(|listing| listing.score);
            match best_written {
                Some(best) if bound.is_none_or(|bound| self.written[best].score >= bound) => {
                    return Some(self.written.remove(best));
                }
                _ => {
                    let listing = self.unwritten.next()?;
                    let ranked = self.write(listing);
                    self.written.extend(ranked);
                }
            }
        }
    }
}
