//! The listings of a page, the best first, and the rules of those that may come next.

use super::super::page::signals::Signals;
use super::super::page::view::View;
use super::super::selectors::write_rules::rules;
use super::groups::groups;
use super::score::at_most;
use super::slots::Record;
use super::{Listing, listing};
use crate::html::{Outline, Place};
use crate::rules::RuleSpec;

/// Listings whose rules are tried before a page is given up.
const TRIED: usize = 6;
/// Rules that fit their items worse than this are not offered.
const LEAST_FIT: f64 = 0.5;
/// How much of its score a list keeps that is a part of another one's items.
const PART: f64 = 0.2;

/// What scores less than this share of the best one is of no interest: where one listing is wanted, and
/// where several are.
const RIVAL: f64 = 0.5;
const OTHER: f64 = 0.1;

/// The listings of a page that are worth rules, the best first; `most` is how many are wanted.
pub(crate) fn listings(view: &View<'_, '_>, most: usize) -> Vec<Listing> {
    let least = if most > 1 { OTHER } else { RIVAL };
    let (mut listings, mut best): (Vec<Listing>, f64) = (Vec::new(), 0.0);
    for group in groups(view, &Signals::of(view.outline)) {
        let floor = best * least;
        if at_most(view, &group) < floor {
            continue;
        }
        let Some(listing) = listing(view, group, floor) else { continue };
        best = best.max(listing.score);
        listings.push(listing);
    }
    let parts = nested(view.outline, &listings);
    for (listing, part) in listings.iter_mut().zip(parts) {
        listing.score *= if part { PART } else { 1.0 };
    }
    listings.sort_by(|a, b| b.score.total_cmp(&a.score));
    listings.truncate(TRIED);
    listings
}

/// Lists that stand inside the items of another one, whose link is its own and not one of theirs, are
/// part of its items: the notes of a release, the tags of an article. Gives which lists are.
fn nested(outline: &Outline<'_>, listings: &[Listing]) -> Vec<bool> {
    // The record that holds an element: they stand in page order.
    let holder = |place: Place, listing: &Listing| {
        let at = listing.records.partition_point(|r| r.place <= place);
        let record = listing.records.get(at.checked_sub(1)?)?.place;
        (place < outline.end(record)).then_some(record)
    };
    let is_part = |inner: &Listing, outer: &Listing| {
        let Some(link) = outer.links.first().map(|l| &outer.slots[*l]) else { return false };
        let strictly = |r: &Record| holder(r.place, outer).is_some_and(|h| h != r.place);
        let within = inner.records.iter().filter(|r| strictly(r)).count() * 10 >= inner.records.len() * 8;
        let own = link.hits.iter().filter(|(_, p)| holder(*p, inner).is_some()).count() * 4 < link.hits.len();
        // Sections of a page have links of their own as well; their items say more than they do.
        let says_more = inner.date.is_some() || inner.summary.is_some() || inner.image.is_some();
        let whole = outer.date.is_some() || !says_more;
        outer.records.len() > 2 && outer.score * 2.0 > inner.score && within && own && whole
    };
    let all = listings.iter().enumerate();
    all.map(|(i, inner)| listings.iter().enumerate().any(|(j, outer)| i != j && is_part(inner, outer)))
        .collect()
}

/// A listing with rules that find it.
pub(crate) struct Ranked<'l> {
    pub(crate) listing: &'l Listing,
    pub(crate) rules: RuleSpec,
    /// The listing's score, less where the rules fit badly.
    pub(crate) score: f64,
}

/// Listings with their rules, the best first. Rules are written for those only that may come next.
pub(crate) struct Ranking<'l, 'd> {
    outline: &'l Outline<'d>,
    /// The listings without rules yet, the best first.
    left: std::slice::Iter<'l, Listing>,
    /// Those that others without rules may still come before.
    ready: Vec<Ranked<'l>>,
}

impl<'l, 'd> Ranking<'l, 'd> {
    /// Listings that stand by score, the best first.
    pub(crate) fn of(outline: &'l Outline<'d>, listings: &'l [Listing]) -> Self {
        Self { outline, left: listings.iter(), ready: Vec::new() }
    }

    fn write(&self, listing: &'l Listing) -> Option<Ranked<'l>> {
        let (rules, fit) = rules(self.outline, listing)?;
        (fit >= LEAST_FIT).then_some(Ranked { listing, rules, score: listing.score * fit })
    }
}

impl<'l> Iterator for Ranking<'l, '_> {
    type Item = Ranked<'l>;

    fn next(&mut self) -> Option<Ranked<'l>> {
        loop {
            // The first of equals.
            let best = (0..self.ready.len())
                .rev()
                .max_by(|a, b| self.ready[*a].score.total_cmp(&self.ready[*b].score));
            let next = self.left.as_slice().first();
            match (best, next) {
                (Some(best), next) if next.is_none_or(|n| self.ready[best].score >= n.score) => {
                    return Some(self.ready.remove(best));
                }
                (_, None) => return None,
                (_, Some(listing)) => {
                    self.left.next();
                    let ranked = self.write(listing);
                    self.ready.extend(ranked);
                }
            }
        }
    }
}
