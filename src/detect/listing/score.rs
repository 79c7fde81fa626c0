//! How good a group is as a listing of articles.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::page::links::{Target, Targets, different, share};
use super::super::page::signals::in_heading;
use super::super::page::texts::Manner;
use super::super::page::view::View;
use super::Listing;
use super::groups::{Group, Unity, count};
use super::slots::{Record, SAMPLE};
use crate::html::{Outline, Place, weight};

/// What a listing is worth for its bare self, for titles that say much, dates, summaries, pictures,
/// titles in headings, and links that lead where articles are.
const BARE: f64 = 0.1;
const TELLING: f64 = 1.2;
const DATED: f64 = 0.6;
const SUMMARY: f64 = 0.3;
const IMAGE: f64 = 0.15;
const HEADED: f64 = 0.3;
const LEADING: f64 = 0.25;
/// The most that all but titles and links come to.
const BESIDE: f64 = DATED + SUMMARY + IMAGE + HEADED;
/// Letters of a title that says enough.
const FULL_TITLE: f64 = 36.0;
/// What a listing with dates counts for at least, wherever it stands; it has more records than these.
const DATED_PLACE: f64 = 0.45;
const FEW: usize = 4;

/// Links of one record that are compared.
const MAX_LINKS: usize = 100;

pub(crate) fn score(view: &View<'_, '_>, listing: &Listing, title: Option<(Manner, f64)>, link: f64) -> f64 {
    let place = place(view, &listing.records, dated(listing));
    let Some(title) = title else {
        // Pictures with links alone.
        let pictures = f64::from(u8::from(listing.image.is_some()));
        return pictures * 0.3 * sized(listing) * place;
    };
    let has = |field: Option<usize>| f64::from(u8::from(field.is_some()));
    let worth = BARE
        + TELLING * telling(title)
        + DATED * dated(listing)
        + SUMMARY * has(listing.summary)
        + IMAGE * has(listing.image)
        + HEADED * headed(view.outline, listing)
        + LEADING * leading(&listing.targets);
    worth * link * sized(listing) * place * union(view.outline, listing) * standing(view, listing)
        / crowding(view, listing)
}

/// The share of records that have a date.
fn dated(listing: &Listing) -> f64 {
    let own = listing.date.as_ref().map_or(0.0, |d| d.share.min(1.0));
    if listing.heading.is_some() { 0.9 } else { own }
}

/// More items are better, less and less so.
fn sized(listing: &Listing) -> f64 {
    worth_of(count(listing.records.len()))
}

fn worth_of(n: f64) -> f64 {
    (1.0 + n.min(80.0)).ln() * n / (n + 2.0)
}

/// How much records count where they stand; `dated` is the share of them that have a date.
fn place(view: &View<'_, '_>, records: &[Record], dated: f64) -> f64 {
    let around = |r: &Record| view.regions.weight(view.outline.parent(r.place));
    let region = records.iter().take(SAMPLE).map(around).fold(f64::MAX, f64::min);
    // No menu has dates, whatever it is called.
    if dated > 0.8 && records.len() > FEW { region.max(DATED_PLACE) } else { region }
}

/// How much titles say; `filled` is the share of records that have one.
pub(crate) fn telling((title, filled): (Manner, f64)) -> f64 {
    filled * (title.letters / FULL_TITLE).min(1.0) * title.wordy * title.distinct * (1.0 - 0.8 * title.dated)
}

/// How many links lead where articles or documents are.
fn leading(targets: &Targets) -> f64 {
    share(targets, |t| t.article).max(share(targets, |t| t.document))
}

/// What a listing cannot score more than, by what is known of it so far.
pub(crate) struct Bound {
    /// What stands around its fields: place, size, and how many records have the link.
    around: f64,
    leading: f64,
}

impl Bound {
    /// By its links alone.
    pub(crate) fn of(view: &View<'_, '_>, records: &[Record], targets: &Targets, link: f64) -> Self {
        let around = place(view, records, 1.0) * link * worth_of(count(records.len()));
        Self { around, leading: leading(targets) }
    }

    /// With titles that say so much.
    pub(crate) fn with(&self, telling: f64) -> f64 {
        self.around * (BARE + TELLING * telling + BESIDE + LEADING * self.leading)
    }
}

/// What a group cannot score more than, by sums alone.
pub(crate) fn at_most(view: &View<'_, '_>, group: &Group) -> f64 {
    let outline = view.outline;
    let (Some(first), Some(last)) = (group.records.first(), group.records.last()) else { return 0.0 };
    let n = group.records.len();
    // All text of the parents: records may own what stands between them.
    let mut parents: Vec<Place> = group.records.iter().map(|r| outline.parent(*r)).collect();
    parents.dedup();
    let text = parents.iter().map(|p| f64::from(outline.weight(*p))).sum::<f64>() / count(n);
    let pictures = outline.name("img").map_or(&[][..], |img| outline.of_tag(img));
    let pictured = pictures.iter().any(|p| (*first..outline.end(*last)).contains(p));
    // Pictures may say what the titles are.
    let telling = if pictured { 1.0 } else { (text / FULL_TITLE).min(1.0) };
    let worth = BARE + TELLING * telling + BESIDE + LEADING;
    let place = view.regions.weight(outline.parent(*first));
    worth * worth_of(count(n)) * if n > FEW { place.max(DATED_PLACE) } else { place }
}

/// Records of several parents are less sure to be one list, above all where one parent has most.
fn union(outline: &Outline<'_>, listing: &Listing) -> f64 {
    let mut counts: HashMap<Place, usize> = HashMap::new();
    for record in &listing.records {
        *counts.entry(outline.parent(record.place)).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    match counts.len() {
        0 | 1 => 1.0,
        // One in each parent: then the parent is the record.
        parents if parents * 10 >= listing.records.len() * 9 => 0.7,
        _ if listing.unity == Unity::Alike => 1.0,
        _ if most * 10 >= listing.records.len() * 6 => 0.65,
        // Only a part has dates: two lists of different things.
        _ if (0.2..0.85).contains(&dated(listing)) => 0.4,
        _ => 0.75,
    }
}

/// Links in the midst of running text are no items: their paragraphs are of an article.
fn standing(view: &View<'_, '_>, listing: &Listing) -> f64 {
    let outline = view.outline;
    let Some(link) = listing.links.first().map(|l| &listing.slots[*l]).filter(|l| l.sibling == 0) else {
        return 1.0;
    };
    let amid = |(record, place): &&(usize, Place)| {
        let root = listing.records[*record].place;
        let before = outline.own_texts(root).first().map_or("", |(_, t)| t);
        matches!(outline.tag_text(root), "p" | "blockquote")
            && weight(before) > 12
            && outline.parent(*place) == root
            && view.said(root).text.starts_with(before)
    };
    let seen = link.hits.iter().take(20);
    if seen.clone().filter(amid).count() * 2 > seen.count() { 0.4 } else { 1.0 }
}

/// How many links like the item's a record has: 1 for an item, more for a list of items.
fn crowding(view: &View<'_, '_>, listing: &Listing) -> f64 {
    let Some(link) = listing.links.first() else { return 1.0 };
    let slot = &listing.slots[*link];
    if slot.sibling != 0 {
        return 1.0;
    }
    let alike = slot.hits.iter().take(20).map(|(r, p)| like_links(view, listing.records[*r].place, *p));
    let all: Vec<f64> = alike.collect();
    let mean = all.iter().sum::<f64>() / count(all.len().max(1));
    if mean < 1.4 { 1.0 } else { mean }
}

/// Links of a record, to different places, whose ways from it are those of one link but for numbers.
fn like_links(view: &View<'_, '_>, root: Place, link: Place) -> f64 {
    let outline = view.outline;
    let all = outline.of_tag(outline.tag(link));
    let end = outline.end(root);
    let inside = &all[all.partition_point(|p| *p < root)..all.partition_point(|p| *p < end)];
    // Beside a title, `PDF` and `HTML` are no other items.
    let least = outline.weight(link) / 2;
    let alike = |p: &&Place| outline.weight(**p) >= least && same_way(view, root, **p, link);
    let targets: Vec<Rc<Target>> =
        inside.iter().take(MAX_LINKS).filter(alike).filter_map(|p| view.target(*p)).collect();
    count(different(targets.iter()).max(1))
}

/// Whether two elements of a record look alike up to it, and stand in the same column of a table.
fn same_way(view: &View<'_, '_>, root: Place, a: Place, b: Place) -> bool {
    let outline = view.outline;
    let up =
        |place: Place| std::iter::once(place).chain(outline.ancestors(place)).take_while(move |p| *p > root);
    let column = |p: Place| if matches!(outline.tag_text(p), "td" | "th") { outline.nth(p) } else { 0 };
    up(a).map(|p| (view.shape(p), column(p))).eq(up(b).map(|p| (view.shape(p), column(p))))
}

/// The share of records whose title is a heading.
fn headed(outline: &Outline<'_>, listing: &Listing) -> f64 {
    let Some(title) = listing.titles.first() else { return 0.0 };
    let hits = &listing.slots[*title].hits;
    count(hits.iter().filter(|(_, p)| in_heading(outline, *p)).count())
        / count(listing.records.len().clamp(1, SAMPLE))
}
