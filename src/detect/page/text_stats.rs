//! Statistics of the texts of one slot: they tell titles, dates, numbers and labels from each other.

use std::rc::Rc;

use super::dates::DateReader;
use super::texts::{CharacterCounts, DateReading, TextFacts};
use super::versions::names_release;
use crate::detect::ratio::{as_f64, ratio};

/// Texts that are read as dates.
const MAX_DATES_READ: usize = 6;
/// Texts among whose first words the repeated words are looked for.
const MAX_REPEAT_SOURCES: usize = 2;

/// Means and shares of the texts of one slot.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TextStats {
    /// Mean number of letters; those of scripts without spaces count twice. Repeated words do not count.
    pub(crate) letters: f64,
    /// Mean weight; see [`crate::html::weight`].
    pub(crate) weight: f64,
    /// Share of letters among letters and digits.
    pub(crate) letter_share: f64,
    /// Share of texts that differ from all others.
    pub(crate) distinct_share: f64,
    /// Share of texts that are a date and little else.
    pub(crate) date_share: f64,
    /// Share of texts that are the name of a release.
    pub(crate) release_share: f64,
    /// Share of texts that end as sentences do.
    pub(crate) sentence_share: f64,
}

/// Statistics of several texts. Words that most of them have say nothing of any, and do not count as letters.
pub(crate) fn text_stats(texts: &[Rc<TextFacts<'_>>], dates: &DateReader) -> TextStats {
    let counts = counts_without_repeated_words(texts);
    let total_weight = texts.iter().fold(0.0, |sum, facts| sum + facts.weight);
    let total = as_f64(texts.len().max(1));
    let first = &texts[..texts.len().min(MAX_DATES_READ)];
    let is_date = |facts: &&Rc<TextFacts<'_>>| {
        // The name of a release may have a date behind its version.
        facts.is_mostly_date()
            && !names_release(facts.text)
            && dates.read(facts, None) != DateReading::NotADate
    };
    let is_sentence = |facts: &&Rc<TextFacts<'_>>| facts.text.ends_with(['.', '。', '…', '।']);
    let characters = counts.letters + counts.digits;
    TextStats {
        letters: counts.letters / total,
        weight: total_weight / total,
        letter_share: if characters > 0.0 { counts.letters / characters } else { 0.0 },
        distinct_share: as_f64(distinct(texts)) / total,
        date_share: ratio(first.iter().filter(is_date).count(), first.len()),
        release_share: as_f64(texts.iter().filter(|facts| names_release(facts.text)).count()) / total,
        sentence_share: as_f64(texts.iter().filter(is_sentence).count()) / total,
    }
}

/// How many different texts there are.
fn distinct(texts: &[Rc<TextFacts<'_>>]) -> usize {
    let mut numbers: Vec<usize> = texts.iter().map(|facts| facts.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.len()
}

/// Letters and digits of all texts together, without those of repeated words.
fn counts_without_repeated_words(texts: &[Rc<TextFacts<'_>>]) -> CharacterCounts {
    let repeated = repeated_words(texts);
    let mut sum = CharacterCounts::default();
    for facts in texts {
        sum.letters += facts.counts.letters;
        sum.digits += facts.counts.digits;
        for (word, counts) in &repeated {
            if facts.has_word(*word) {
                sum.letters -= counts.letters;
                sum.digits -= counts.digits;
            }
        }
    }
    CharacterCounts { letters: sum.letters.max(0.0), digits: sum.digits.max(0.0) }
}

/// Words that two thirds of the texts have, with their letters and digits. Such a word is in one of the
/// first texts.
fn repeated_words(texts: &[Rc<TextFacts<'_>>]) -> Vec<(u64, CharacterCounts)> {
    let needed = (texts.len() * 2).div_ceil(3).max(3);
    let Some(allowed_misses) = texts.len().checked_sub(needed) else { return Vec::new() };
    let sources = texts.iter().take((allowed_misses + 1).min(MAX_REPEAT_SOURCES));
    let mut words: Vec<(u64, CharacterCounts)> = sources.flat_map(|facts| facts.leading_words()).collect();
    words.sort_unstable_by_key(|(word, _)| *word);
    words.dedup_by_key(|(word, _)| *word);
    // Most words are ruled out by the first few texts that lack them, so `nth` seldom reads all texts.
    words.retain(|(word, _)| {
        texts.iter().filter(|facts| !facts.has_word(*word)).nth(allowed_misses).is_none()
    });
    words
}
