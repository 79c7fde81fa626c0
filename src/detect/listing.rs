//! A group of records, looked at closely: its links and fields, and how good it is as a listing.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::dates::{self, DateSlot};
use super::fields;
use super::groups::{Group, Unity, count};
use super::headings;
use super::links::{self, LinkSlot};
use super::signals::in_heading;
use super::slots::{self, Record, SAMPLE, Slot};
use super::targets::{Target, different, share};
use super::texts::Manner;
use super::view::View;
use crate::extract::{Outline, Place, weight};

/// Share of records that must have a link; else it is a list without links.
const LINKED: f64 = 0.4;

/// Links of one record that are compared.
const MAX_LINKS: usize = 100;

/// What a listing is worth for its bare self, for titles that say much, dates, summaries, pictures,
/// titles in headings, and links that lead where articles are.
const BARE: f64 = 0.1;
const TELLING: f64 = 1.2;
const DATED: f64 = 0.6;
const SUMMARY: f64 = 0.3;
const IMAGE: f64 = 0.15;
const HEADED: f64 = 0.3;
const LEADING: f64 = 0.25;
/// Letters of a title that says enough.
const FULL_TITLE: f64 = 36.0;
/// What a listing with dates counts for at least, wherever it stands; it has more records than these.
const DATED_PLACE: f64 = 0.45;
const FEW: usize = 4;

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

/// Looks at a group closely; `None` if it is no listing.
pub(super) fn listing(view: &View<'_, '_>, group: &Group) -> Option<Listing> {
    let outline = view.outline;
    let mut group = group.clone();
    // Rows without the link, such as the second row of each record, are what stands between.
    for _ in 0..2 {
        let records = slots::records(outline, &group.records);
        let all = slots::slots(view, &records);
        let seen = records.len().min(SAMPLE);
        let links = links::links(view, &all, seen);
        let covered = covered(&links, seen);
        let mut with: Vec<usize> = (0..seen).filter(|r| covered[*r]).collect();
        let in_turn = links.first().is_some_and(|l| links::in_turn(l, seen));
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
            return linked_list(view, group.unity, records, all, &links);
        }
        let rest = group.records.iter().skip(seen).copied();
        let kept: Vec<Place> = with.iter().map(|r| group.records[*r]).chain(rest).collect();
        if kept.len() < 2 {
            return None;
        }
        group = group.of(kept);
    }
    let records = slots::records(outline, &group.records);
    let all = slots::slots(view, &records);
    let links = links::links(view, &all, records.len().min(SAMPLE));
    linked_list(view, group.unity, records, all, &links)
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
) -> Option<Listing> {
    let seen = records.len().min(SAMPLE);
    let first = links.first()?;
    let outline = view.outline;
    let texts = fields::texts(view, &all, seen, Some(first.slot));
    let titles = fields::titles(&all, &texts, seen);
    let date = dates::date(view, &all, seen, titles.first().copied());
    let title = titles.first().and_then(|t| texts.iter().find(|x| x.slot == *t));
    let title = title.map(|t| (t.manner, t.filled));
    let captions = if titles.is_empty() { fields::captions(view, &all, seen) } else { None };
    let title = title.or(captions.map(|(_, manner)| (manner, 1.0)));
    let captions = captions.map(|(slot, _)| slot);
    let mut targets: Vec<(usize, Rc<Target>)> = Vec::new();
    for (record, target) in links.iter().flat_map(|l| &l.targets) {
        if targets.iter().all(|(r, _)| r != record) {
            targets.push((*record, target.clone()));
        }
    }
    let mut listing = Listing {
        summary: fields::summary(
            outline,
            &all,
            &texts,
            seen,
            titles.first().copied(),
            date.as_ref().map(|d| d.slot),
        ),
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
        captions,
        score: 0.0,
    };
    listing.score = score(view, &listing, title, first.reach);
    (listing.score > 0.0).then_some(listing)
}

/// Records without links: only with dates are they a listing.
fn plain_list(view: &View<'_, '_>, unity: Unity, records: Vec<Record>, all: Vec<Slot>) -> Option<Listing> {
    let seen = records.len().min(SAMPLE);
    let outline = view.outline;
    let date = dates::date(view, &all, seen, None)?;
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

fn score(view: &View<'_, '_>, listing: &Listing, title: Option<(Manner, f64)>, link: f64) -> f64 {
    let Some((title, filled)) = title else {
        // Pictures with links alone.
        let pictures = f64::from(u8::from(listing.image.is_some()));
        return pictures * 0.3 * sized(listing) * place(view, listing);
    };
    let telling = filled
        * (title.letters / FULL_TITLE).min(1.0)
        * title.wordy
        * title.distinct
        * (1.0 - 0.8 * title.dated);
    let articles = share(&listing.targets, |t| t.article);
    let documents = share(&listing.targets, |t| t.document);
    let has = |field: Option<usize>| f64::from(u8::from(field.is_some()));
    let worth = BARE
        + TELLING * telling
        + DATED * dated(listing)
        + SUMMARY * has(listing.summary)
        + IMAGE * has(listing.image)
        + HEADED * headed(view.outline, listing)
        + LEADING * articles.max(documents);
    worth
        * link
        * sized(listing)
        * place(view, listing)
        * union(view.outline, listing)
        * leading(view, listing)
        / crowding(view, listing)
}

/// The date over groups is looked for where records have none.
fn heading(view: &View<'_, '_>, records: &[Record], date: Option<&DateSlot>) -> Option<String> {
    let own = date.is_some_and(|d| d.share > 0.5);
    if own { None } else { headings::date(view, records) }
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

impl Listing {
    /// Whether most links of the one with fewer lead where those of the other do.
    pub(super) fn leads_where(&self, other: &Self) -> bool {
        let targets = |l: &Self| -> HashSet<u32> { l.targets.iter().map(|(_, t)| t.number).collect() };
        let (a, b) = (targets(self), targets(other));
        a.intersection(&b).count() * 2 > a.len().min(b.len())
    }

    /// How much better it would be with so many elements to be records as there are, of which only the
    /// first were seen: as many of the rest are taken for records.
    pub(super) fn larger(&self, elements: usize) -> f64 {
        let kept = count(self.records.len());
        let all = kept * (count(elements) / count(elements.min(slots::GLANCE)));
        worth_of(all) / worth_of(kept)
    }
}

fn place(view: &View<'_, '_>, listing: &Listing) -> f64 {
    let around = |r: &Record| view.regions.weight(view.outline.parent(r.place));
    let region = listing.records.iter().take(SAMPLE).map(around).fold(f64::MAX, f64::min);
    // No menu has dates, whatever it is called.
    if dated(listing) > 0.8 && listing.records.len() > FEW { region.max(DATED_PLACE) } else { region }
}

/// What a group cannot score more than, by sums alone.
pub(super) fn at_most(view: &View<'_, '_>, group: &Group) -> f64 {
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
    let worth = BARE + TELLING * telling + DATED + SUMMARY + IMAGE + HEADED + LEADING;
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
fn leading(view: &View<'_, '_>, listing: &Listing) -> f64 {
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
