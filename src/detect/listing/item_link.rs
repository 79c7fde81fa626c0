//! Which link of a record is *the* link.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::super::page::links::{Target, different, share};
use super::super::page::signals::{class_words, in_heading, is_heading};
use super::super::page::texts::Said;
use super::super::page::view::View;
use super::groups::count;
use super::slots::Slot;
use crate::html::{Outline, Place};

/// Links of a slot whose texts are read.
const READ: usize = 16;
/// Other places of the link, for records that lack it in the first.
const FALLBACKS: usize = 2;

/// A slot of links.
pub(crate) struct LinkSlot {
    /// Number of the slot.
    pub(crate) slot: usize,
    /// How good it is as the link of an item, 0 to about 2.
    pub(crate) quality: f64,
    /// How much its texts say, 0 to 1.
    telling: f64,
    /// How many records have it, each with a target of its own, 0 to 1.
    pub(crate) reach: f64,
    /// Where it leads, by record.
    pub(crate) targets: Vec<(usize, Rc<Target>)>,
}

/// The slots of links that may be the items', the best first: one that most records have, and those
/// that stand in for it.
pub(crate) fn links(view: &View<'_, '_>, slots: &[Slot], records: usize) -> Vec<LinkSlot> {
    let outline = view.outline;
    let mut all: Vec<LinkSlot> = slots
        .iter()
        .enumerate()
        .filter(|(_, s)| s.hits.len() * 20 >= records && outline.tag_text(s.hits[0].1) == "a")
        .filter_map(|(i, s)| link_slot(view, i, s, records))
        .collect();
    agree(&mut all);
    all.sort_by(|a, b| b.quality.total_cmp(&a.quality).then(a.slot.cmp(&b.slot)));
    if all.first().is_some_and(|l| in_turn(l, records)) {
        all.truncate(1);
    }
    let mut chosen: Vec<LinkSlot> = Vec::new();
    let mut covered: HashSet<usize> = HashSet::new();
    for link in all {
        let new = link.targets.iter().filter(|(r, _)| !covered.contains(r)).count();
        let useful = chosen.is_empty() || (new * 20 >= records && alike(outline, slots, &chosen[0], &link));
        if useful && chosen.len() <= FALLBACKS {
            covered.extend(link.targets.iter().map(|(r, _)| *r));
            chosen.push(link);
        }
    }
    chosen
}

/// Whether every second or third record has the link, over and over: records of several rows.
pub(crate) fn in_turn(link: &LinkSlot, records: usize) -> bool {
    let with: Vec<usize> = link.targets.iter().map(|(r, _)| *r).collect();
    let Some(step) = with.windows(2).map(|w| w[1] - w[0]).min() else { return false };
    let regular = with.windows(2).filter(|w| w[1] - w[0] == step).count();
    (2..=4).contains(&step)
        && with.len() >= 4
        && regular * 10 >= (with.len() - 1) * 8
        && with.len() * 5 >= records
}

/// Several links of a record to one place say that it is the item's: picture, title, "read more". One
/// of them must say something.
fn agree(all: &mut [LinkSlot]) {
    let mut seen: HashMap<(usize, u32), (usize, f64)> = HashMap::new();
    for link in &*all {
        for (record, target) in &link.targets {
            let (n, telling) = seen.entry((*record, target.number)).or_default();
            *n += 1;
            *telling = telling.max(link.telling);
        }
    }
    for link in all {
        let agreed = |(r, t): &&(usize, Rc<Target>)| {
            seen.get(&(*r, t.number)).is_some_and(|(n, say)| *n > 1 && *say > 0.1)
        };
        let shared = link.targets.iter().filter(agreed).count();
        link.quality *= 1.0 + 0.5 * count(shared) / count(link.targets.len().max(1));
    }
}

/// Whether a slot may stand in for the first: not for what the first one's records have beside it.
fn alike(outline: &Outline<'_>, slots: &[Slot], first: &LinkSlot, other: &LinkSlot) -> bool {
    let beside = other.targets.iter().filter(|(r, _)| first.targets.iter().any(|(q, _)| q == r)).count();
    let headed = |l: &LinkSlot| in_heading(outline, slots[l.slot].hits[0].1);
    let says = other.telling >= first.telling * 0.5;
    (beside * 4 <= other.targets.len() && says)
        || (headed(first) == headed(other) && other.quality > first.quality * 0.6)
}

fn link_slot(view: &View<'_, '_>, number: usize, slot: &Slot, records: usize) -> Option<LinkSlot> {
    let outline = view.outline;
    let found = slot.hits.iter().filter_map(|(r, p)| Some((*r, view.target(*p)?)));
    let mut targets: Vec<(usize, Rc<Target>)> = found.collect();
    // Rows of several kinds may have links in one place: those to people are not the items'.
    let people = targets.iter().filter(|(_, t)| t.shelf).count();
    if people * 10 > targets.len() && people * 10 < targets.len() * 9 {
        targets.retain(|(_, t)| !t.shelf);
    }
    if targets.len() < 2 && records > 1 {
        return None;
    }
    let coverage = count(targets.len()) / count(records);
    let distinct = count(different(targets.iter().map(|(_, t)| t))) / count(targets.len());
    let texts: Vec<Rc<Said<'_>>> = slot.hits.iter().take(READ).map(|(_, p)| view.said(*p)).collect();
    let manner = view.manner(&texts);
    let heading = slot.hits.iter().any(|(_, p)| in_heading(outline, *p) || has_heading(outline, *p));
    let telling =
        manner.distinct * manner.wordy * (1.0 - 0.8 * manner.dated) * (manner.letters / 24.0).min(1.0);
    let titled = slot.hits.iter().take(3).all(|(_, p)| is_titled(outline, *p));
    let (shelves, below) = (share(&targets, |t| t.shelf), share(&targets, |t| t.below));
    let reach = coverage * distinct * (1.0 - 0.7 * (shelves - below).max(0.0));
    let quality = reach
        * distinct
        * (0.4
            + telling
            + 0.15 * manner.distinct
            + if heading { 1.0 } else { 0.0 }
            + if titled { 0.4 } else { 0.0 }
            + 0.2 * share(&targets, |t| t.document)
            + 0.3 * share(&targets, |t| t.article)
            + 0.4 * below)
        * if crowded(outline, slot) { 0.6 } else { 1.0 }
        * if slot.sibling == 0 { 1.0 } else { 0.5 };
    Some(LinkSlot { slot: number, quality, telling, reach, targets })
}

/// Whether a link or what is closest around it is called a title.
fn is_titled(outline: &Outline<'_>, place: Place) -> bool {
    const WORDS: [&str; 6] = ["title", "headline", "heading", "header", "subject", "topictitle"];
    std::iter::once(place).chain(outline.ancestors(place).take(2)).any(|p| {
        class_words(outline, p).any(|w| {
            WORDS.iter().any(|x| w.eq_ignore_ascii_case(x)) || w.ends_with("Title") || w.ends_with("Headline")
        })
    })
}

/// Whether most links of a slot stand in a row with others of their kind, as tags and authors do.
fn crowded(outline: &Outline<'_>, slot: &Slot) -> bool {
    let alike = |place: Place| {
        let same = |c: &Place| {
            outline.tag(*c) == outline.tag(place) && outline.classes(*c) == outline.classes(place)
        };
        outline.children(outline.parent(place)).filter(same).count() > 1
    };
    // The links of a whole list stand in a row as well; there each is a record.
    let first: Vec<bool> = slot.hits.iter().take(12).map(|(_, p)| alike(*p)).collect();
    first.iter().filter(|a| **a).count() * 3 > first.len() * 2
}

fn has_heading(outline: &Outline<'_>, place: Place) -> bool {
    (place + 1..outline.end(place)).take(30).any(|p| is_heading(outline.tag_text(p)))
}
