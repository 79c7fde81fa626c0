//! The slots of the fields beside title, link and date: summary, image, author, media.

use std::collections::HashSet;
use std::rc::Rc;

use super::nesting::{holds, is_part_of_link};
use super::slots::Slot;
use super::title::{MAX_TEXTS, TextSlot};
use crate::detect::page::hash::hash_of;
use crate::detect::page::signals::class_words;
use crate::detect::page::text_stats::TextStats;
use crate::detect::page::texts::TextFacts;
use crate::detect::page::view::PageView;
use crate::detect::ratio::as_f64;
use crate::html::{ElementId, Outline};

/// Mean weight below which texts are no summary.
const MIN_SUMMARY_WEIGHT: f64 = 45.0;
/// More text does not make a better summary.
const ENOUGH_SUMMARY_WEIGHT: f64 = 300.0;
/// Mean weight above which texts are no author.
const MAX_AUTHOR_WEIGHT: f64 = 60.0;
/// Longer alternative texts are no titles.
const MAX_CAPTION_BYTES: usize = 400;
/// Letters that a caption needs, as a mean.
const MIN_CAPTION_LETTERS: f64 = 4.0;

/// Finds fields among the slots of one listing.
#[derive(Clone, Copy)]
pub(crate) struct FieldFinder<'x, 'a, 'd> {
    pub(crate) view: &'x PageView<'a, 'd>,
    pub(crate) slots: &'x [Slot],
    pub(crate) texts: &'x [TextSlot],
    /// How many records the slots were made of.
    pub(crate) records: usize,
}

impl<'x, 'a> FieldFinder<'x, 'a, '_> {
    /// The slot of the summary; `title` and `date` are the slots of these.
    pub(crate) fn summary(self, title: Option<usize>, date: Option<usize>) -> Option<usize> {
        let title_text = self.texts.iter().find(|text| Some(text.slot) == title);
        let title_weight = title_text.map_or(0.0, |text| text.stats.weight);
        let min_weight = MIN_SUMMARY_WEIGHT.max(title_weight * 0.6);
        self.texts
            .iter()
            .filter(|text| text.stats.weight >= min_weight && text.stats.distinct_share > 0.7)
            .filter(|text| self.coverage(text) >= 0.3 && !self.is_title(text.slot, title))
            // A text with the date in it, or with many digits or links, changes with each visit.
            .filter(|text| text.stats.letter_share > 0.85 && !self.holds_date(text.slot, date))
            .filter(|text| !self.is_mostly_links(text.slot))
            .max_by(|a, b| {
                let worth =
                    |text: &TextSlot| self.coverage(text) * text.stats.weight.min(ENOUGH_SUMMARY_WEIGHT);
                worth(a).total_cmp(&worth(b)).then(b.slot.cmp(&a.slot))
            })
            .map(|text| text.slot)
    }

    fn coverage(self, text: &TextSlot) -> f64 {
        self.slots[text.slot].coverage(self.records)
    }

    fn is_title(self, slot: usize, title: Option<usize>) -> bool {
        let is_part = |title| is_part_of_link(self.view.outline, &self.slots[slot], &self.slots[title]);
        title.is_some_and(|title| title == slot || is_part(title))
    }

    fn holds_date(self, slot: usize, date: Option<usize>) -> bool {
        date.is_some_and(|date| holds(self.view.outline, &self.slots[slot], &self.slots[date]))
    }

    fn is_mostly_links(self, slot: usize) -> bool {
        let outline = self.view.outline;
        let hits = &self.slots[slot].hits;
        let is_linked = |element| outline.linked_weight(element) * 3 > outline.weight(element);
        hits.iter().filter(|(_, element)| is_linked(*element)).count() * 2 >= hits.len()
    }

    /// The slot of the picture: most items have one of their own.
    pub(crate) fn image(self) -> Option<usize> {
        let outline = self.view.outline;
        let distinct_share = |slot: &Slot| {
            let addresses = slot.hits.iter().filter_map(|(_, element)| image_address(outline, *element));
            let distinct: HashSet<u64> = addresses.map(|address| hash_of(&address)).collect();
            as_f64(distinct.len()) / as_f64(slot.hits.len())
        };
        let own = self.pictures(3).filter(|(_, slot)| distinct_share(slot) > 0.6);
        own.max_by_key(|(index, slot)| (slot.hits.len(), usize::MAX - index)).map(|(index, _)| index)
    }

    /// The slot of pictures whose alternative texts tell the items apart, else that of links whose labels do.
    pub(crate) fn captions(self) -> Option<(usize, TextStats)> {
        let links = self.slots.iter().enumerate().filter(|(_, slot)| self.is_usual_link(slot));
        self.pictures(7).chain(links).find_map(|(index, slot)| {
            let attribute = caption_attribute(self.view.outline, slot.hits[0].1)?;
            let hits = slot.hits.iter().take(MAX_TEXTS);
            let texts: Vec<Rc<TextFacts<'a>>> =
                hits.filter_map(|(_, element)| self.caption(*element, attribute)).collect();
            let stats = self.view.text_stats(&texts);
            let is_filled = texts.len() * 10 >= slot.hits.len().min(MAX_TEXTS) * 7;
            let is_title = is_filled && stats.letters >= MIN_CAPTION_LETTERS && stats.distinct_share > 0.7;
            is_title.then_some((index, stats))
        })
    }

    fn is_usual_link(self, slot: &Slot) -> bool {
        slot.hits.len() * 10 >= self.records * 7 && self.view.outline.tag_text(slot.hits[0].1) == "a"
    }

    fn caption(self, element: ElementId, attribute: &str) -> Option<Rc<TextFacts<'a>>> {
        let text = self.view.outline.attr(element, attribute).map(str::trim)?;
        (!text.is_empty() && text.len() <= MAX_CAPTION_BYTES).then(|| self.view.facts_of(text))
    }

    /// The slots of pictures that at least `tenths` tenths of the records have.
    fn pictures(self, tenths: usize) -> impl Iterator<Item = (usize, &'x Slot)> {
        let outline = self.view.outline;
        let is_picture = move |slot: &Slot| outline.tag_text(slot.hits[0].1) == "img";
        let is_usual = move |slot: &Slot| slot.hits.len() * 10 >= self.records * tenths;
        self.slots.iter().enumerate().filter(move |(_, slot)| is_picture(slot) && is_usual(slot))
    }

    /// The slot of media files: links or players of audio.
    pub(crate) fn media(self) -> Option<usize> {
        let is_media = |slot: &Slot| {
            slot.hits.len() * 10 >= self.records * 3
                && slot.hits.iter().all(|(_, element)| is_audio(self.view.outline, *element))
        };
        self.slots.iter().position(is_media)
    }

    /// The slot of the author: marked by `rel`, by microdata, or by a class.
    pub(crate) fn author(self) -> Option<usize> {
        let is_author = |text: &&TextSlot| {
            let slot = &self.slots[text.slot];
            slot.hits.len() * 10 >= self.records * 3
                && text.stats.weight <= MAX_AUTHOR_WEIGHT
                && text.stats.date_share < 0.5
                && is_marked_as_author(self.view.outline, slot.hits[0].1)
        };
        self.texts.iter().find(is_author).map(|text| text.slot)
    }
}

/// The attribute that names what an element without text shows: the alternative text of a picture, the label
/// of a link.
pub(crate) fn caption_attribute(outline: &Outline<'_>, element: ElementId) -> Option<&'static str> {
    if outline.tag_text(element) == "img" {
        return Some("alt");
    }
    let is_filled = |name: &&str| outline.attr(element, name).is_some_and(|text| !text.trim().is_empty());
    ["title", "aria-label"].into_iter().find(is_filled)
}

fn image_address<'d>(outline: &Outline<'d>, picture: ElementId) -> Option<&'d str> {
    const ATTRIBUTES: [&str; 5] = ["data-src", "data-lazy-src", "data-original", "src", "srcset"];
    ATTRIBUTES.iter().find_map(|name| outline.attr(picture, name))
}

fn is_audio(outline: &Outline<'_>, element: ElementId) -> bool {
    const EXTENSIONS: [&str; 7] = [".mp3", ".m4a", ".ogg", ".opus", ".aac", ".flac", ".wav"];
    let address = outline.attr(element, "href").or_else(|| outline.attr(element, "src")).unwrap_or_default();
    let path = address.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    EXTENSIONS.iter().any(|extension| path.ends_with(extension))
}

fn is_marked_as_author(outline: &Outline<'_>, element: ElementId) -> bool {
    const WORDS: [&str; 2] = ["author", "byline"];
    let is_author_word = |word: &str| WORDS.iter().any(|author| word.eq_ignore_ascii_case(author));
    outline.attr(element, "rel") == Some("author")
        || outline.attr(element, "itemprop") == Some("author")
        || class_words(outline, element).any(is_author_word)
}
