//! Which texts and pictures of a record are what: title, summary, author, tags, picture, media.

use std::collections::HashSet;
use std::rc::Rc;

use super::super::page::signals::{class_words, in_heading, is_heading};
use super::super::page::texts::{Manner, Said};
use super::super::page::view::View;
use super::groups::{count, hash};
use super::slots::Slot;
use crate::html::{Outline, Place};

/// Texts of a slot that are read.
const READ: usize = 16;
/// Letters from which on a title says enough.
const ENOUGH_LETTERS: f64 = 14.0;
/// What is heavier than this is more than a title.
const TITLE_WEIGHT: f64 = 130.0;
/// What is lighter than this is no summary.
const SUMMARY_WEIGHT: f64 = 45.0;

/// A slot with texts.
pub(crate) struct TextSlot {
    pub(crate) slot: usize,
    pub(crate) manner: Manner,
    /// The share of its elements that have any text.
    pub(crate) filled: f64,
    /// How good it is as a title.
    pub(crate) title: f64,
}

/// The slots that hold text of their own, in page order, judged as titles. `link` is the slot of the
/// items' link.
pub(crate) fn texts(
    view: &View<'_, '_>,
    slots: &[Slot],
    records: usize,
    link: Option<usize>,
) -> Vec<TextSlot> {
    let outline = view.outline;
    let mut out: Vec<TextSlot> = Vec::new();
    let named = link.is_some_and(|l| names(view, &slots[l]));
    for (number, slot) in slots.iter().enumerate() {
        let first = slot.hits[0].1;
        if slot.hits.len() * 5 < records || !holds_text(outline, slot, first) {
            continue;
        }
        let texts = slot.hits.iter().take(READ).map(|(_, p)| view.said(*p)).filter(|s| !s.text.is_empty());
        let texts: Vec<Rc<Said<'_>>> = texts.collect();
        let filled = count(texts.len()) / count(slot.hits.len().clamp(1, READ));
        let manner = view.manner(&texts);
        let mut title = quality(&manner);
        let heads = slot.hits.iter().any(|(_, p)| in_heading(outline, *p));
        let linked = link.is_some_and(|l| belongs(outline, slot, &slots[l]));
        // Headings and links are titles even if they say little: `v2.4.0`.
        if (heads || linked) && manner.distinct > 0.8 && manner.dated < 0.5 && manner.weight < TITLE_WEIGHT {
            title = title.max(if heads { 0.6 } else { 0.2 });
        }
        title *= slot.coverage(records).min(1.0) / (1.0 + 0.07 * count(out.len()));
        title *= if heads { 1.7 } else { 1.0 } * if linked { 2.0 } else { 1.0 };
        if heads && named && !linked {
            title *= 0.4;
        }
        out.push(TextSlot { slot: number, manner, filled, title: title * filled });
    }
    out
}

/// Whether the text of the link tells the items apart.
fn names(view: &View<'_, '_>, link: &Slot) -> bool {
    let texts: Vec<Rc<Said<'_>>> = link.hits.iter().take(READ).map(|(_, p)| view.said(*p)).collect();
    let manner = view.manner(&texts);
    manner.distinct > 0.9 && (3.0..TITLE_WEIGHT).contains(&manner.weight) && manner.dated < 0.5
}

/// Whether an element is read as one text: a heading, or most of its text is its own.
fn holds_text(outline: &Outline<'_>, slot: &Slot, first: Place) -> bool {
    let tag = outline.tag_text(first);
    if is_heading(tag) || matches!(tag, "time" | "dt") {
        return outline.weight(first) > 0 || slot.hits.iter().any(|(_, p)| outline.weight(*p) > 0);
    }
    slot.hits.iter().take(5).any(|(_, p)| {
        let (own, all) = (outline.own_weight(*p), outline.weight(*p));
        own > 0 && (own * 2 >= all || all - own < 60)
    })
}

fn quality(manner: &Manner) -> f64 {
    let long = if manner.weight > TITLE_WEIGHT { (TITLE_WEIGHT / manner.weight).powi(2) } else { 1.0 };
    let letters = (manner.letters / ENOUGH_LETTERS).min(1.0);
    manner.distinct
        * letters
        * manner.wordy.powf(1.5)
        * long
        * (1.0 - 0.85 * manner.dated)
        * (1.0 - 0.5 * manner.prose)
}

/// Whether a slot lies in the link's, or holds it and nothing else.
fn belongs(outline: &Outline<'_>, slot: &Slot, link: &Slot) -> bool {
    let (mut in_it, mut seen) = (0, 0);
    for (record, place) in slot.hits.iter().take(10) {
        let Some(link) = link.at(*record) else { continue };
        seen += 1;
        let inside = (link..outline.end(link)).contains(place);
        let around = (*place..outline.end(*place)).contains(&link)
            && outline.weight(link) * 10 >= outline.weight(*place) * 7;
        in_it += usize::from(inside || around);
    }
    seen > 0 && in_it * 2 > seen
}

/// The slots of the title, the best first, others for records that lack it.
pub(crate) fn titles(slots: &[Slot], texts: &[TextSlot], records: usize) -> Vec<usize> {
    let mut ranked: Vec<&TextSlot> = texts.iter().filter(|t| t.title > 0.02).collect();
    ranked.sort_by(|a, b| b.title.total_cmp(&a.title).then(a.slot.cmp(&b.slot)));
    let mut covered: HashSet<usize> = HashSet::new();
    let mut out: Vec<usize> = Vec::new();
    for text in ranked {
        let hits = slots[text.slot].hits.iter().map(|h| h.0);
        let new = hits.clone().filter(|r| !covered.contains(r)).count();
        let fits =
            out.is_empty() || (new * 20 >= records.max(20) && new * 10 >= slots[text.slot].hits.len() * 8);
        if fits && out.len() < 3 {
            covered.extend(hits);
            out.push(text.slot);
        }
    }
    out
}

/// The slot of the summary.
pub(crate) fn summary(
    outline: &Outline<'_>,
    slots: &[Slot],
    texts: &[TextSlot],
    records: usize,
    title: Option<usize>,
    date: Option<usize>,
) -> Option<usize> {
    let heavy = title.and_then(|t| texts.iter().find(|x| x.slot == t)).map_or(0.0, |t| t.manner.weight);
    let own_title =
        |slot: usize| title.is_some_and(|t| t == slot || belongs(outline, &slots[slot], &slots[t]));
    texts
        .iter()
        .filter(|t| t.manner.weight >= SUMMARY_WEIGHT.max(heavy * 0.6) && t.manner.distinct > 0.7)
        .filter(|t| slots[t.slot].coverage(records) >= 0.3 && !own_title(t.slot))
        // What holds the date, or mostly numbers and links, says of an item what changes with each visit.
        .filter(|t| t.manner.wordy > 0.85 && !date.is_some_and(|d| holds(outline, &slots[t.slot], &slots[d])))
        .filter(|t| {
            let linked = |p: Place| outline.linked_weight(p) * 3 > outline.weight(p);
            slots[t.slot].hits.iter().filter(|(_, p)| linked(*p)).count() * 2 < slots[t.slot].hits.len()
        })
        .max_by(|a, b| {
            let worth = |t: &TextSlot| slots[t.slot].coverage(records) * t.manner.weight.min(300.0);
            worth(a).total_cmp(&worth(b)).then(b.slot.cmp(&a.slot))
        })
        .map(|t| t.slot)
}

/// Whether a slot's elements hold those of another, or are them.
fn holds(outline: &Outline<'_>, outer: &Slot, inner: &Slot) -> bool {
    let within = |(record, place): &(usize, Place)| {
        inner.at(*record).is_some_and(|p| (*place..outline.end(*place)).contains(&p))
    };
    outer.hits.iter().take(10).filter(|h| within(h)).count() * 2 > outer.hits.len().min(10)
}

/// The slot of the picture: most have one of their own.
pub(crate) fn image(outline: &Outline<'_>, slots: &[Slot], records: usize) -> Option<usize> {
    let pictures = slots
        .iter()
        .enumerate()
        .filter(|(_, s)| outline.tag_text(s.hits[0].1) == "img" && s.hits.len() * 10 >= records * 3);
    let distinct = |slot: &Slot| {
        let addresses = slot.hits.iter().filter_map(|(_, p)| address_of(outline, *p));
        let all: HashSet<u64> = addresses.map(|a| hash(&a)).collect();
        count(all.len()) / count(slot.hits.len())
    };
    let own = pictures.filter(|(_, s)| distinct(s) > 0.6);
    own.max_by_key(|(i, s)| (s.hits.len(), usize::MAX - i)).map(|(i, _)| i)
}

/// The slot of pictures whose alternative texts tell the items apart.
pub(crate) fn captions(view: &View<'_, '_>, slots: &[Slot], records: usize) -> Option<(usize, Manner)> {
    let outline = view.outline;
    let pictures = slots
        .iter()
        .enumerate()
        .filter(|(_, s)| outline.tag_text(s.hits[0].1) == "img" && s.hits.len() * 10 >= records * 7);
    let said = |place: Place| {
        let text = outline.attr(place, "alt").map(str::trim).filter(|t| !t.is_empty() && t.len() <= 400)?;
        Some(view.known(text))
    };
    let mut pictures = pictures;
    pictures.find_map(|(number, slot)| {
        let texts: Vec<Rc<Said<'_>>> = slot.hits.iter().take(READ).filter_map(|(_, p)| said(*p)).collect();
        let manner = view.manner(&texts);
        let telling = texts.len() * 10 >= slot.hits.len().min(READ) * 7 && manner.letters >= 4.0;
        (telling && manner.distinct > 0.7).then_some((number, manner))
    })
}

fn address_of<'d>(outline: &Outline<'d>, place: Place) -> Option<&'d str> {
    let names = ["data-src", "data-lazy-src", "data-original", "src", "srcset"];
    names.iter().find_map(|n| outline.attr(place, n))
}

/// The slot of media files: links or players of audio.
pub(crate) fn media(outline: &Outline<'_>, slots: &[Slot], records: usize) -> Option<usize> {
    let audio = |place: Place| {
        let address = outline.attr(place, "href").or_else(|| outline.attr(place, "src")).unwrap_or_default();
        let path = address.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        [".mp3", ".m4a", ".ogg", ".opus", ".aac", ".flac", ".wav"].iter().any(|e| path.ends_with(e))
    };
    let fits = |slot: &&Slot| slot.hits.len() * 10 >= records * 3 && slot.hits.iter().all(|(_, p)| audio(*p));
    slots.iter().position(|s| fits(&s))
}

/// The slot of the author: what says so by `rel`, microdata or its name.
pub(crate) fn author(
    outline: &Outline<'_>,
    slots: &[Slot],
    texts: &[TextSlot],
    records: usize,
) -> Option<usize> {
    let says = |place: Place| {
        outline.attr(place, "rel") == Some("author")
            || outline.attr(place, "itemprop") == Some("author")
            || class_words(outline, place)
                .any(|w| ["author", "byline"].iter().any(|x| w.eq_ignore_ascii_case(x)))
    };
    let fits = |t: &&TextSlot| {
        let slot = &slots[t.slot];
        slot.hits.len() * 10 >= records * 3
            && t.manner.weight <= 60.0
            && t.manner.dated < 0.5
            && says(slot.hits[0].1)
    };
    texts.iter().find(fits).map(|t| t.slot)
}
