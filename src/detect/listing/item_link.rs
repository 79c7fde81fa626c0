//! Finds the slot whose links lead to the items, among all slots of links.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::slots::Slot;
use super::title::MAX_TEXTS;
use crate::detect::page::links::{LinkTarget, distinct, share};
use crate::detect::page::signals::{class_words, in_heading, is_heading};
use crate::detect::page::text_stats::TextStats;
use crate::detect::page::texts::TextFacts;
use crate::detect::page::view::PageView;
use crate::detect::ratio::{as_f64, indicator};
use crate::html::{ElementId, Outline};

/// Maximum number of fallbacks: slots for records that have no link in the first slot.
const MAX_FALLBACKS: usize = 2;
/// A link's text with so many letters is long enough: more letters do not make it better.
const ENOUGH_LETTERS: f64 = 24.0;
/// Maximum number of elements inside a link that are searched for a heading.
const MAX_INNER_ELEMENTS: usize = 30;

/// A slot of links.
pub(crate) struct LinkSlot {
    /// The index of the slot.
    pub(crate) slot: usize,
    /// How good it is as the link of the items, 0 to about 2.
    pub(crate) quality: f64,
    /// How much its texts say, 0 to 1.
    text_quality: f64,
    /// The share of records that have a link here. Repeated targets lower it, and so do tags and people.
    pub(crate) unique_coverage: f64,
    /// The target of each link, with the index of the record.
    pub(crate) targets: Vec<(usize, Rc<LinkTarget>)>,
}

/// The slot of the items' links, then fallbacks for records without a link in it. Empty if no slot has links.
pub(crate) fn link_slots(view: &PageView<'_, '_>, slots: &[Slot], records: usize) -> Vec<LinkSlot> {
    let outline = view.outline;
    let mut links: Vec<LinkSlot> = slots
        .iter()
        .enumerate()
        .filter(|(_, slot)| slot.hits.len() * 20 >= records && outline.tag_text(slot.hits[0].1) == "a")
        .filter_map(|(index, slot)| link_slot(view, index, slot, records))
        .collect();
    prefer_repeated_targets(&mut links);
    links.sort_by(|a, b| b.quality.total_cmp(&a.quality).then(a.slot.cmp(&b.slot)));
    if links.first().is_some_and(|link| is_periodic(link, records)) {
        links.truncate(1);
    }
    let mut chosen: Vec<LinkSlot> = Vec::new();
    let mut covered: HashSet<usize> = HashSet::new();
    for link in links {
        let new = link.targets.iter().filter(|(record, _)| !covered.contains(record)).count();
        let is_useful = match chosen.first() {
            None => true,
            Some(first) => new * 20 >= records && is_fallback(outline, slots, first, &link),
        };
        if is_useful && chosen.len() <= MAX_FALLBACKS {
            covered.extend(link.targets.iter().map(|(record, _)| *record));
            chosen.push(link);
        }
    }
    chosen
}

/// Whether only every second, third or fourth record has the link. Then each item stretches over several
/// records, such as rows of a table.
pub(crate) fn is_periodic(link: &LinkSlot, records: usize) -> bool {
    let with_link: Vec<usize> = link.targets.iter().map(|(record, _)| *record).collect();
    let steps = || with_link.windows(2).map(|pair| pair[1] - pair[0]);
    let Some(period) = steps().min() else { return false };
    let regular = steps().filter(|step| *step == period).count();
    (2..=4).contains(&period)
        && with_link.len() >= 4
        && regular * 10 >= (with_link.len() - 1) * 8
        && with_link.len() * 5 >= records
}

/// Raises the quality of links whose target other links of the same record have too, such as picture, title
/// and "read more": this target is probably the item's page. The text of at least one of these links must say
/// something.
fn prefer_repeated_targets(links: &mut [LinkSlot]) {
    // For each record and target: the number of links that lead there, and the best text quality among them.
    let mut uses: HashMap<(usize, u32), (usize, f64)> = HashMap::new();
    for link in &*links {
        for (record, target) in &link.targets {
            let (count, text_quality) = uses.entry((*record, target.number)).or_default();
            *count += 1;
            *text_quality = text_quality.max(link.text_quality);
        }
    }
    for link in links {
        let is_repeated = |(record, target): &&(usize, Rc<LinkTarget>)| {
            let found = uses.get(&(*record, target.number));
            found.is_some_and(|(count, text_quality)| *count > 1 && *text_quality > 0.1)
        };
        let repeated = link.targets.iter().filter(is_repeated).count();
        link.quality *= 1.0 + 0.5 * as_f64(repeated) / as_f64(link.targets.len().max(1));
    }
}

/// Whether a slot may stand in for the first one. Either few of its records have the first one too and its
/// texts say enough, or it is nearly as good as the first one, and both or neither stand in headings.
fn is_fallback(outline: &Outline<'_>, slots: &[Slot], first: &LinkSlot, other: &LinkSlot) -> bool {
    let has_first = |record: usize| first.targets.iter().any(|(r, _)| *r == record);
    let beside_first = other.targets.iter().filter(|(record, _)| has_first(*record)).count();
    let is_heading = |link: &LinkSlot| in_heading(outline, slots[link.slot].hits[0].1);
    let has_good_text = other.text_quality >= first.text_quality * 0.5;
    (beside_first * 4 <= other.targets.len() && has_good_text)
        || (is_heading(first) == is_heading(other) && other.quality > first.quality * 0.6)
}

/// The links of a slot; `None` if nearly no record has one.
pub(super) fn link_slot(
    view: &PageView<'_, '_>,
    index: usize,
    slot: &Slot,
    records: usize,
) -> Option<LinkSlot> {
    let targets = item_targets(view, slot);
    if targets.len() < 2 && records > 1 {
        return None;
    }
    let coverage = as_f64(targets.len()) / as_f64(records);
    let distinct_share = as_f64(distinct(targets.iter().map(|(_, t)| t))) / as_f64(targets.len());
    let texts = slot.hits.iter().take(MAX_TEXTS).map(|(_, element)| view.text_facts(*element));
    let stats = view.text_stats(&texts.collect::<Vec<Rc<TextFacts<'_>>>>());
    let text_quality = text_quality(&stats);
    let taxonomy = share(&targets, |target| target.is_taxonomy);
    let below_page = share(&targets, |target| target.is_below_page);
    let unique_coverage = coverage * distinct_share * (1.0 - 0.7 * (taxonomy - below_page).max(0.0));
    let outline = view.outline;
    let has_heading = |element: ElementId| in_heading(outline, element) || holds_heading(outline, element);
    let is_heading = slot.hits.iter().any(|(_, element)| has_heading(*element));
    let is_titled = slot.hits.iter().take(3).all(|(_, element)| is_called_title(outline, *element));
    let title_bonus = if is_titled { 0.4 } else { 0.0 };
    let worth = 0.4
        + text_quality
        + 0.15 * stats.distinct_share
        + indicator(is_heading)
        + title_bonus
        + 0.2 * share(&targets, |target| target.is_document)
        + 0.3 * share(&targets, |target| target.is_article_like)
        + 0.4 * below_page;
    let row_factor = if stands_in_row(outline, slot) { 0.6 } else { 1.0 };
    let sibling_factor = if slot.sibling == 0 { 1.0 } else { 0.5 };
    let quality = unique_coverage * distinct_share * worth * row_factor * sibling_factor;
    Some(LinkSlot { slot: index, quality, text_quality, unique_coverage, targets })
}

/// The targets of a slot's links. If only some of them are tags or people, these are left out.
fn item_targets(view: &PageView<'_, '_>, slot: &Slot) -> Vec<(usize, Rc<LinkTarget>)> {
    let hits = slot.hits.iter();
    // A button under an item does something with it, and does not lead to it.
    let target = |element: ElementId| view.target(element).filter(|target| !target.is_action);
    let mut targets: Vec<(usize, Rc<LinkTarget>)> =
        hits.filter_map(|(record, element)| Some((*record, target(*element)?))).collect();
    let taxonomy = targets.iter().filter(|(_, target)| target.is_taxonomy).count();
    if taxonomy * 10 > targets.len() && taxonomy * 10 < targets.len() * 9 {
        targets.retain(|(_, target)| !target.is_taxonomy);
    }
    targets
}

/// How much the texts of links say, 0 to 1.
fn text_quality(stats: &TextStats) -> f64 {
    let letters = (stats.letters / ENOUGH_LETTERS).min(1.0);
    stats.distinct_share * stats.letter_share * (1.0 - 0.8 * stats.date_share) * letters
}

/// Whether the classes of a link, or of the elements closest around it, call it a title.
fn is_called_title(outline: &Outline<'_>, link: ElementId) -> bool {
    const WORDS: [&str; 6] = ["title", "headline", "heading", "header", "subject", "topictitle"];
    let is_title_word = |word: &str| {
        WORDS.iter().any(|title| word.eq_ignore_ascii_case(title))
            || word.ends_with("Title")
            || word.ends_with("Headline")
    };
    std::iter::once(link)
        .chain(outline.ancestors(link).take(2))
        .any(|element| class_words(outline, element).any(is_title_word))
}

/// Whether most links of a slot have siblings that look the same, as tags and authors have.
fn stands_in_row(outline: &Outline<'_>, slot: &Slot) -> bool {
    let has_similar_sibling = |link: ElementId| {
        let is_similar = |sibling: &ElementId| {
            outline.tag(*sibling) == outline.tag(link) && outline.classes(*sibling) == outline.classes(link)
        };
        outline.children(outline.parent(link)).filter(is_similar).count() > 1
    };
    let in_row: Vec<bool> = slot.hits.iter().take(12).map(|(_, link)| has_similar_sibling(*link)).collect();
    in_row.iter().filter(|in_row| **in_row).count() * 3 > in_row.len() * 2
}

fn holds_heading(outline: &Outline<'_>, link: ElementId) -> bool {
    (link + 1..outline.end(link)).take(MAX_INNER_ELEMENTS).any(|e| is_heading(outline.tag_text(e)))
}
