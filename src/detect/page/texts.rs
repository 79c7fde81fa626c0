//! Facts about one text: its letters, digits and words, and whether it is a date. Each fact is computed once.

use std::cell::{Cell, OnceCell};

use chrono::{DateTime, FixedOffset};

use super::hash::hash_of;
use super::signals::looks_like_date;
use crate::date::Order;
use crate::html::weight;

/// Maximum number of words at the beginning of a text whose letters and digits are counted word by word.
const MAX_LEADING_WORDS: usize = 8;
/// A text that weighs more, or has more letters, is not mostly a date.
const MAX_MERE_DATE_WEIGHT: f64 = 32.0;
const MAX_MERE_DATE_LETTERS: f64 = 22.0;

/// A text, read as a date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum DateReading {
    Date {
        at: DateTime<FixedOffset>,
        /// Whether the text counts from the moment of reading, such as `yesterday`.
        is_relative: bool,
    },
    /// A date whose day and month cannot be told apart.
    Ambiguous,
    NotADate,
}

/// How many letters and digits a text has.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CharacterCounts {
    /// Letters of scripts without spaces between words count twice.
    pub(crate) letters: f64,
    pub(crate) digits: f64,
}

/// The words of a text, as hashes.
#[derive(Debug)]
struct Words {
    /// The first words, each with the number of its letters and digits.
    leading: Vec<(u64, CharacterCounts)>,
    /// All words, sorted.
    all: Vec<u64>,
    /// A Bloom filter with one bit for each word. It rules out most words that are not in `all`.
    bits: u64,
}

/// A text of the page.
#[derive(Debug)]
pub(crate) struct TextFacts<'a> {
    pub(crate) text: &'a str,
    /// Identifies the text among those of the page.
    pub(crate) number: usize,
    pub(crate) counts: CharacterCounts,
    pub(crate) weight: f64,
    pub(crate) looks_like_date: bool,
    /// The number of runs of digits, in any script.
    digit_runs: usize,
    words: OnceCell<Words>,
    has_numeric_date: OnceCell<bool>,
    /// The text read as a date: first without an [`Order`] of day, month and year, then in each order.
    date_readings: [Cell<Option<DateReading>>; 4],
}

impl<'a> TextFacts<'a> {
    /// Facts about a text; `number` identifies it among those of the page.
    pub(crate) fn new(text: &'a str, number: usize) -> Self {
        let counts = CharacterCounts::of(text);
        let has_digits = counts.digits > 0.0;
        Self {
            text,
            number,
            counts,
            weight: f64::from(weight(text)),
            looks_like_date: has_digits && looks_like_date(text),
            digit_runs: if has_digits { digit_runs(text) } else { 0 },
            words: OnceCell::new(),
            has_numeric_date: OnceCell::new(),
            date_readings: [const { Cell::new(None) }; 4],
        }
    }

    /// Whether it is short, has digits as dates have them, and few letters beside them.
    pub(crate) fn is_mostly_date(&self) -> bool {
        self.looks_like_date
            && self.weight <= MAX_MERE_DATE_WEIGHT
            && self.counts.letters <= MAX_MERE_DATE_LETTERS
    }

    /// Whether it has a date such as `03/11/2026`, whose numbers alone may not show which one is the day. The
    /// other dates of its column may show it.
    pub(crate) fn has_numeric_date(&self) -> bool {
        *self.has_numeric_date.get_or_init(|| self.may_show_order() && has_numeric_date(self.text))
    }

    /// Whether it has the three numbers of a date, so that it may show the [`Order`] of its column.
    pub(crate) fn may_show_order(&self) -> bool {
        self.digit_runs >= 3
    }

    /// The text read as a date, with its numbers in this order. `read` is called only once for each order.
    pub(crate) fn date_reading(
        &self,
        order: Option<Order>,
        read: impl FnOnce() -> DateReading,
    ) -> DateReading {
        let cache = &self.date_readings[order.map_or(0, |o| o as usize + 1)];
        cache.get().unwrap_or_else(|| {
            let reading = read();
            cache.set(Some(reading));
            reading
        })
    }

    /// The first words as hashes, with their letters and digits.
    pub(crate) fn leading_words(&self) -> impl Iterator<Item = (u64, CharacterCounts)> {
        self.words().leading.iter().copied()
    }

    /// Whether it has a word with this hash.
    pub(crate) fn has_word(&self, word: u64) -> bool {
        let words = self.words();
        words.bits >> (word % 64) & 1 == 1 && words.all.binary_search(&word).is_ok()
    }

    fn words(&self) -> &Words {
        self.words.get_or_init(|| {
            let words = self.text.split(|c| !is_letter(c) && !c.is_numeric()).filter(|w| !w.is_empty());
            let mut all: Vec<u64> = words.clone().map(|w| hash_of(&w)).collect();
            let counts = words.map(CharacterCounts::of);
            let leading = all.iter().copied().zip(counts).take(MAX_LEADING_WORDS).collect();
            all.sort_unstable();
            let bits = all.iter().fold(0, |bits, word| bits | 1 << (word % 64));
            Words { leading, all, bits }
        })
    }
}

impl CharacterCounts {
    fn of(text: &str) -> Self {
        let mut counts = Self::default();
        for c in text.chars() {
            if is_letter(c) {
                counts.letters += if c >= '\u{2e80}' { 2.0 } else { 1.0 };
            } else if c.is_numeric() {
                counts.digits += 1.0;
            }
        }
        counts
    }
}

fn digit_runs(text: &str) -> usize {
    text.split(|c: char| !c.is_numeric()).filter(|run| !run.is_empty()).count()
}

/// Whether a text has three numbers with the same separator between them.
fn has_numeric_date(text: &str) -> bool {
    let ends_with_digit = |part: &str| part.ends_with(|c: char| c.is_numeric());
    let starts_with_digit = |part: &str| part.starts_with(|c: char| c.is_numeric());
    let is_separated_by = |separator: char| {
        let parts: Vec<&str> = text.split(separator).collect();
        parts.windows(3).any(|w| {
            ends_with_digit(w[0])
                && starts_with_digit(w[1])
                && ends_with_digit(w[1])
                && starts_with_digit(w[2])
                && w[1].len() <= 4
        })
    };
    ['/', '.', '-'].into_iter().any(is_separated_by)
}

/// `char::is_alphabetic` with a fast path for the letters that most texts outside ASCII are made of.
fn is_letter(c: char) -> bool {
    let is_common = matches!(c,
        'a'..='z' | 'A'..='Z' | 'ß'..='ö' | 'ø'..='ž' | 'α'..='ω' | 'А'..='я' // Latin, Greek, Cyrillic
        | 'ؠ'..='ي' | 'अ'..='ह' | 'ा'..='ौ' | 'অ'..='ঌ' | 'ও'..='ন' | 'প'..='র' | 'ா'..='ூ' | 'ก'..='ะ' // Arabic, Indic, Thai
        | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '一'..='\u{9fff}' | '가'..='힣'); // kana, Han, Hangul
    is_common || c.is_alphabetic()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_path_agrees_with_the_standard_library() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_letter(c), c.is_alphabetic(), "{c:?}");
        }
    }
}
