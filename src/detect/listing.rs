//! A group of records, looked at closely: its links and fields, and how good it is as a listing.

pub(super) mod date_headings;
pub(super) mod fields;
pub(super) mod groups;
pub(super) mod item_date;
pub(super) mod item_link;
pub(super) mod ranking;
pub(super) mod score;
pub(super) mod slots;

use std::collections::HashSet;
use std::rc::Rc;

use super::page::links::Target;
use super::page::view::View;
use crate::html::Place;
use groups::{Group, Unity, count};
use item_date::DateSlot;
use item_link::LinkSlot;
use score::{Bound, score, telling};
use slots::{Record, SAMPLE, Slot};

/// Share of records that must have a link; else it is a list without links.
const LINKED: f64 = 0.4;

/// A possible listing.
pub(super) struct Listing {
    pub(super) records: Vec<Record>,
    pub(super) slots: Vec<Slot>,
    /// Numbers of slots: the link, and what stands in for it.
    pub(super) links: Vec<usize>,
    /// Where the link leads, by record.
    pub(super) targets: Vec<(usize, Rc<Target>)>,
    pub(super) titles: Vec<usize>,
    pub(super) date: Option<DateSlot>,
    /// The way to the date over a record's group, as XPath, where records have none of their own.
    pub(super) heading: Option<String>,
    pub(super) summary: Option<usize>,
    pub(super) image: Option<usize>,
    /// Pictures whose alternative texts are the titles, where there are no others.
    pub(super) captions: Option<usize>,
    pub(super) author: Option<usize>,
    pub(super) media: Option<usize>,
    pub(super) unity: Unity,
    /// How good it is; compares listings of one page.
    pub(super) score: f64,
}

/// Looks at a group closely; `None` if it is no listing, or is seen on the way to score less than
/// `floor`.
pub(super) fn listing(view: &View<'_, '_>, mut group: Group, floor: f64) -> Option<Listing> {
    let outline = view.outline;
    // Rows without the link, such as the second row of each record, are what stands between.
    for _ in 0..2 {
        let records = slots::records(outline, &group.records);
        let all = slots::slots(view, &records);
        let seen = records.len().min(SAMPLE);
        let links = item_link::links(view, &all, seen);
        let covered = covered(&links, seen);
        let mut with: Vec<usize> = (0..seen).filter(|r| covered[*r]).collect();
        let in_turn = links.first().is_some_and(|l| item_link::in_turn(l, seen));
        if count(with.len()) < LINKED * count(seen) && !in_turn {
            return plain_list(view, group.unity, records, all);
        }
        if !in_turn {
            let like: Vec<usize> =
                (0..seen).filter(|r| covered[*r] || is_like_others(&all, *r, seen)).collect();
            if (like.len() - with.len()) * 6 <= with.len() {
                with = like;
            }
        }
        if with.len() == seen {
            return linked_list(view, group.unity, records, all, &links, floor);
        }
        let rest = group.records.iter().skip(seen).copied();
        let kept: Vec<Place> = with.iter().map(|r| group.records[*r]).chain(rest).collect();
        if kept.len() < 2 {
            return None;
        }
        group.records = kept;
    }
    let records = slots::records(outline, &group.records);
    let all = slots::slots(view, &records);
    let links = item_link::links(view, &all, records.len().min(SAMPLE));
    linked_list(view, group.unity, records, all, &links, floor)
}

/// Whether a record without a link has nearly all that nearly all others have.
fn is_like_others(slots: &[Slot], record: usize, records: usize) -> bool {
    let usual = slots.iter().filter(|s| s.hits.len() * 10 >= records * 8);
    let (mut has, mut all) = (0, 0);
    for slot in usual {
        all += 1;
        has += usize::from(slot.at(record).is_some());
    }
    all >= 4 && has * 10 >= all * 7
}

fn covered(links: &[LinkSlot], records: usize) -> Vec<bool> {
    let mut out = vec![false; records];
    for (record, _) in links.iter().flat_map(|l| &l.targets) {
        out[*record] = true;
    }
    out
}

fn linked_list(
    view: &View<'_, '_>,
    unity: Unity,
    records: Vec<Record>,
    all: Vec<Slot>,
    links: &[LinkSlot],
    floor: f64,
) -> Option<Listing> {
    let seen = records.len().min(SAMPLE);
    let first = links.first()?;
    let outline = view.outline;
    let targets = targets(links);
    // Texts are read before dates, and both only where the list may come to what is asked for.
    let bound = Bound::of(view, &records, &targets, first.reach);
    if bound.with(1.0) < floor {
        return None;
    }
    let texts = fields::texts(view, &all, seen, Some(first.slot));
    let titles = fields::titles(&all, &texts, seen);
    let best = titles.first().copied();
    let title = best.and_then(|t| texts.iter().find(|x| x.slot == t)).map(|t| (t.manner, t.filled));
    let captions = if titles.is_empty() { fields::captions(view, &all, seen) } else { None };
    let title = title.or(captions.map(|(_, manner)| (manner, 1.0)));
    if title.is_some_and(|t| bound.with(telling(t)) < floor) {
        return None;
    }
    let date = item_date::date(view, &all, seen, best);
    let day = date.as_ref().map(|d| d.slot);
    let mut listing = Listing {
        summary: fields::summary(outline, &all, &texts, seen, best, day),
        image: fields::image(outline, &all, seen),
        author: fields::author(outline, &all, &texts, seen),
        media: fields::media(outline, &all, seen),
        links: links.iter().map(|l| l.slot).collect(),
        slots: all,
        targets,
        titles,
        heading: heading(view, &records, date.as_ref()),
        records,
        date,
        unity,
        captions: captions.map(|(slot, _)| slot),
        score: 0.0,
    };
    listing.score = score(view, &listing, title, first.reach);
    (listing.score > 0.0).then_some(listing)
}

/// Where the first link of each record leads.
fn targets(links: &[LinkSlot]) -> Vec<(usize, Rc<Target>)> {
    let mut targets: Vec<(usize, Rc<Target>)> = Vec::new();
    for (record, target) in links.iter().flat_map(|l| &l.targets) {
        if targets.iter().all(|(r, _)| r != record) {
            targets.push((*record, target.clone()));
        }
    }
    targets
}

/// Records without links: only with dates are they a listing.
fn plain_list(view: &View<'_, '_>, unity: Unity, records: Vec<Record>, all: Vec<Slot>) -> Option<Listing> {
    let seen = records.len().min(SAMPLE);
    let outline = view.outline;
    let date = item_date::date(view, &all, seen, None)?;
    if date.share < 0.7 || seen < 3 {
        return None;
    }
    let texts = fields::texts(view, &all, seen, None);
    let titles = fields::titles(&all, &texts, seen);
    let title = texts.iter().find(|x| Some(&x.slot) == titles.first())?;
    let day = Some(date.slot);
    let summary = fields::summary(outline, &all, &texts, seen, titles.first().copied(), day);
    let mut listing = Listing {
        records,
        slots: all,
        links: Vec::new(),
        targets: Vec::new(),
        titles,
        date: Some(date),
        heading: None,
        summary,
        image: None,
        captions: None,
        author: None,
        media: None,
        unity,
        score: 0.0,
    };
    listing.score = score(view, &listing, Some((title.manner, title.filled)), 1.0) * 0.5;
    (listing.score > 0.0).then_some(listing)
}

/// The date over groups is looked for where records have none.
fn heading(view: &View<'_, '_>, records: &[Record], date: Option<&DateSlot>) -> Option<String> {
    let own = date.is_some_and(|d| d.share > 0.5);
    if own { None } else { date_headings::date(view, records) }
}

impl Listing {
    /// Whether most links of the one with fewer lead where those of the other do.
    pub(super) fn leads_where(&self, other: &Self) -> bool {
        let targets = |l: &Self| -> HashSet<u32> { l.targets.iter().map(|(_, t)| t.number).collect() };
        let (a, b) = (targets(self), targets(other));
        a.intersection(&b).count() * 2 > a.len().min(b.len())
    }
}
