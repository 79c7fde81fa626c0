//! The listings of a page, the best first: a glance at every group, a close look at the best ones.

use super::found_rules::FoundRules;
use super::groups::{Group, groups};
use super::listing::{Floor, Listing, listing};
use super::rules::rules;
use super::score::at_most;
use super::signals::Signals;
use super::slots::{GLANCE, Record};
use super::view::View;
use crate::extract::{Outline, Place};

/// Listings that are looked at closely, and whose rules are tried before a page is given up.
const TRIED: usize = 6;
/// Rules that fit their items worse than this are not offered.
const LEAST_FIT: f64 = 0.5;
/// How much of its score a list keeps that is a part of another one's items.
const PART: f64 = 0.2;

/// What scores less than this share of the best one at a glance is not looked at closely, nor is a
/// group that cannot score more even looked at: where one listing is wanted, and where several are.
const RIVAL: f64 = 0.5;
const OTHER: f64 = 0.1;

/// A group as it looks at a glance.
struct Glance<'g> {
    listing: Listing,
    group: &'g Group,
}

/// The listings of a page that are worth rules, the best first; `most` is how many are wanted.
pub(super) fn listings(view: &View<'_, '_>, most: usize) -> Vec<Listing> {
    let least = if most > 1 { OTHER } else { RIVAL };
    let groups = groups(view, &Signals::of(view.outline));
    let glances = glances(view, &groups, least);
    let parts = nested(view.outline, &glances);
    let mut ranked: Vec<(Glance<'_>, f64, f64)> = Vec::new();
    for (glance, part) in glances.into_iter().zip(parts) {
        let share = if part { PART } else { 1.0 };
        let score = glance.whole_score() * share;
        ranked.push((glance, share, score));
    }
    ranked.sort_by(|a, b| b.2.total_cmp(&a.2));
    let (mut listings, mut best): (Vec<Listing>, f64) = (Vec::new(), 0.0);
    for (glance, share, score) in ranked.into_iter().take(TRIED) {
        if score < best * least {
            break;
        }
        let floor = Floor { score: best * least / share, records: glance.group.records.len() };
        let Some(mut listing) = glance.closely(view, floor) else { continue };
        listing.score *= share;
        best = best.max(listing.score);
        listings.push(listing);
    }
    listings.sort_by(|a, b| b.score.total_cmp(&a.score));
    listings
}

/// A glance at all groups that may score more than a share of the best one.
fn glances<'g>(view: &View<'_, '_>, groups: &'g [Group], least: f64) -> Vec<Glance<'g>> {
    let (mut out, mut best): (Vec<Glance<'g>>, f64) = (Vec::new(), 0.0);
    for group in groups {
        if at_most(view, group) < best * least {
            continue;
        }
        let floor = Floor { score: best * least, records: group.records.len() };
        let Some(listing) = listing(view, &group.beginning(), floor) else { continue };
        let glance = Glance { listing, group };
        best = best.max(glance.whole_score());
        out.push(glance);
    }
    out
}

impl Glance<'_> {
    /// The score, with as many records as the whole group has.
    fn whole_score(&self) -> f64 {
        self.listing.score * self.listing.larger(self.group.records.len())
    }

    /// The whole group; a glance has seen all there is of a small one.
    fn closely(self, view: &View<'_, '_>, floor: Floor) -> Option<Listing> {
        if self.group.records.len() <= GLANCE { Some(self.listing) } else { listing(view, self.group, floor) }
    }
}

/// Lists that stand inside the items of another one, whose link is its own and not one of theirs, are
/// part of its items: the notes of a release, the tags of an article. Gives which lists are.
fn nested(outline: &Outline<'_>, glances: &[Glance<'_>]) -> Vec<bool> {
    let listings: Vec<&Listing> = glances.iter().map(|g| &g.listing).collect();
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
pub(super) struct Ranked<'l> {
    pub(super) listing: &'l Listing,
    pub(super) rules: FoundRules,
    /// The listing's score, less where the rules fit badly.
    pub(super) score: f64,
}

/// Listings with their rules, the best first. Rules are written for those only that may come next.
pub(super) struct Ranking<'l, 'd> {
    outline: &'l Outline<'d>,
    /// The listings without rules yet, the best first.
    left: std::slice::Iter<'l, Listing>,
    /// Those that others without rules may still come before.
    ready: Vec<Ranked<'l>>,
}

impl<'l, 'd> Ranking<'l, 'd> {
    /// Listings that stand by score, the best first.
    pub(super) fn of(outline: &'l Outline<'d>, listings: &'l [Listing]) -> Self {
        Self { outline, left: listings.iter(), ready: Vec::new() }
    }

    fn write(&self, listing: &'l Listing) -> Option<Ranked<'l>> {
        let (rules, fit) = rules(self.outline, listing)?;
        (fit >= LEAST_FIT).then(|| Ranked { listing, rules, score: listing.score * fit })
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
