//! What kind of text stands in a slot: a title, a date, a number, the same words everywhere.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;

use super::super::listing::groups::{count, hash};
use super::dates::{Dates, Read};
use super::signals::{LONGEST_DATE, looks_like_date};
use crate::date::Order;
use crate::html::{Outline, Place, weight};

/// Texts that are read as dates, to tell what a slot holds.
const DATES_READ: usize = 6;
/// Texts, and words of one, among which those are looked for that all have.
const WORDS_FROM: usize = 2;
const WORDS_OF_ONE: usize = 8;

/// What the texts of one slot are like, on the average.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Manner {
    /// Letters of one text; those of scripts without spaces count twice.
    pub(crate) letters: f64,
    /// All characters of one text, counted the same way.
    pub(crate) weight: f64,
    /// Share of letters among letters and digits.
    pub(crate) wordy: f64,
    /// Share of texts that differ from all others.
    pub(crate) distinct: f64,
    /// Share of texts that look like a date and little else.
    pub(crate) dated: f64,
    /// Share of texts that end as sentences do.
    pub(crate) prose: f64,
}

/// The words of a text, as hashes.
#[derive(Debug)]
struct Words {
    /// The first few, with their letters and digits.
    first: Vec<(u64, (f64, f64))>,
    /// All, sorted.
    all: Vec<u64>,
    /// A bit for each of them, which says of most others that they are not here.
    bits: u64,
}

/// A text of the page, and how much it says.
#[derive(Debug)]
pub(crate) struct Said<'a> {
    pub(crate) text: &'a str,
    /// A number that no other text of the page has.
    pub(crate) number: usize,
    letters: f64,
    digits: f64,
    pub(crate) weight: f64,
    pub(crate) looks_like_date: bool,
    /// How many numbers are in it.
    numbers: usize,
    words: OnceCell<Words>,
    numeric_date: OnceCell<bool>,
    /// What it is as a date: by itself, and in each order of numbers.
    readings: [Cell<Option<Read>>; 4],
}

impl<'a> Said<'a> {
    /// A text; `number` tells it from the others of the page.
    pub(crate) fn new(text: &'a str, number: usize) -> Self {
        let (letters, digits) = amounts(text);
        Self {
            text,
            number,
            letters,
            digits,
            weight: f64::from(weight(text)),
            looks_like_date: digits > 0.0 && looks_like_date(text),
            numbers: if digits > 0.0 { numbers(text) } else { 0 },
            words: OnceCell::new(),
            numeric_date: OnceCell::new(),
            readings: [const { Cell::new(None) }; 4],
        }
    }

    /// A short text with digits as in dates, and few letters beside them.
    pub(crate) fn is_mostly_date(&self) -> bool {
        self.looks_like_date && self.weight <= 32.0 && self.letters <= 22.0
    }

    /// Whether it has three numbers with the same sign between them: their order may be that of the
    /// column.
    pub(crate) fn has_numeric_date(&self) -> bool {
        *self.numeric_date.get_or_init(|| self.may_show_order() && has_numeric_date(self.text))
    }

    /// Whether it may show in which order the numbers of its column stand.
    pub(crate) fn may_show_order(&self) -> bool {
        self.numbers >= 3
    }

    /// What it is as a date in an order of numbers, read by `read` if that is not known yet.
    pub(crate) fn reading(&self, order: Option<Order>, read: impl FnOnce() -> Read) -> Read {
        let kept = &self.readings[order.map_or(0, |o| o as usize + 1)];
        kept.get().unwrap_or_else(|| {
            let read = read();
            kept.set(Some(read));
            read
        })
    }

    fn words(&self) -> &Words {
        self.words.get_or_init(|| {
            let words = self.text.split(|c| !is_letter(c) && !c.is_numeric()).filter(|w| !w.is_empty());
            let mut all: Vec<u64> = words.clone().map(|w| hash(&w)).collect();
            let first = all.iter().copied().zip(words.map(amounts)).take(WORDS_OF_ONE).collect();
            all.sort_unstable();
            let bits = all.iter().fold(0, |bits, word| bits | 1 << (word % 64));
            Words { first, all, bits }
        })
    }

    fn has_word(&self, word: u64) -> bool {
        let words = self.words();
        words.bits >> (word % 64) & 1 == 1 && words.all.binary_search(&word).is_ok()
    }
}

/// Looks at the texts of elements. Words that stand in most of them say nothing of any.
pub(crate) fn manner(all: &[Rc<Said<'_>>], dates: &Dates) -> Manner {
    let (mut letters, mut digits, mut total_weight) = (0.0, 0.0, 0.0);
    let usual = usual_words(all);
    for said in all {
        letters += said.letters;
        digits += said.digits;
        total_weight += said.weight;
        for (word, (own_letters, own_digits)) in &usual {
            if said.has_word(*word) {
                letters -= own_letters;
                digits -= own_digits;
            }
        }
    }
    let (letters, digits) = (letters.max(0.0), digits.max(0.0));
    let mut different: Vec<usize> = all.iter().map(|s| s.number).collect();
    different.sort_unstable();
    different.dedup();
    let total = count(all.len().max(1));
    let first = &all[..all.len().min(DATES_READ)];
    let is_date = |s: &&Rc<Said<'_>>| s.is_mostly_date() && dates.read(s, None) != Read::Nothing;
    Manner {
        letters: letters / total,
        weight: total_weight / total,
        wordy: if letters + digits > 0.0 { letters / (letters + digits) } else { 0.0 },
        distinct: count(different.len()) / total,
        dated: count(first.iter().filter(is_date).count()) / count(first.len().max(1)),
        prose: count(all.iter().filter(|s| s.text.ends_with(['.', '。', '…', '।'])).count()) / total,
    }
}

/// How many runs of digits, of any script, a text has.
fn numbers(text: &str) -> usize {
    text.split(|c: char| !c.is_numeric()).filter(|run| !run.is_empty()).count()
}

/// Words that two thirds of the texts have, with their letters and digits. Such a word stands in one of
/// the first texts.
fn usual_words(all: &[Rc<Said<'_>>]) -> Vec<(u64, (f64, f64))> {
    let least = (all.len() * 2).div_ceil(3).max(3);
    let Some(misses) = all.len().checked_sub(least) else { return Vec::new() };
    let first = all.iter().take((misses + 1).min(WORDS_FROM));
    let mut found: Vec<(u64, (f64, f64))> = first.flat_map(|s| s.words().first.iter().copied()).collect();
    found.sort_unstable_by_key(|(word, _)| *word);
    found.dedup_by_key(|(word, _)| *word);
    // Most words are told by the first few texts that lack them.
    found.retain(|(word, _)| all.iter().filter(|s| !s.has_word(*word)).nth(misses).is_none());
    found
}

/// Three numbers with the same sign between them.
fn has_numeric_date(text: &str) -> bool {
    let numbers = |sign: char| {
        let parts: Vec<&str> = text.split(sign).collect();
        let ends = |t: &str| t.ends_with(|c: char| c.is_numeric());
        let begins = |t: &str| t.starts_with(|c: char| c.is_numeric());
        parts.windows(3).any(|w| ends(w[0]) && begins(w[1]) && ends(w[1]) && begins(w[2]) && w[1].len() <= 4)
    };
    ['/', '.', '-'].into_iter().any(numbers)
}

/// `char::is_alphabetic`, faster for the letters that most texts beyond ASCII are made of.
fn is_letter(c: char) -> bool {
    let usual = matches!(c,
        'a'..='z' | 'A'..='Z' | 'ß'..='ö' | 'ø'..='ž' | 'α'..='ω' | 'А'..='я' // Latin, Greek, Cyrillic
        | 'ؠ'..='ي' | 'अ'..='ह' | 'ा'..='ौ' | 'অ'..='ঌ' | 'ও'..='ন' | 'প'..='র' | 'ா'..='ூ' | 'ก'..='ะ' // Arabic, Indic, Thai
        | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '一'..='\u{9fff}' | '가'..='힣'); // kana, Han, Hangul
    usual || c.is_alphabetic()
}

fn amounts(text: &str) -> (f64, f64) {
    let (mut letters, mut digits) = (0.0, 0.0);
    for c in text.chars() {
        if is_letter(c) {
            letters += if c >= '\u{2e80}' { 2.0 } else { 1.0 };
        } else if c.is_numeric() {
            digits += 1.0;
        }
    }
    (letters, digits)
}

/// Whether the text of an element may have a date in it.
pub(crate) fn may_be_date(outline: &Outline<'_>, place: Place) -> bool {
    let tag = outline.tag_text(place);
    if tag == "time" || outline.attr(place, "datetime").is_some() {
        return true;
    }
    let whole = outline.weight(place);
    (outline.own_weight(place) >= 3 || whole <= 40) && (3..=LONGEST_DATE * 2).contains(&whole)
}

/// `11:26`, `9.05 pm`, `14h30`.
pub(crate) fn is_clock(text: &str) -> bool {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (3..=6).contains(&digits)
        && text.contains([':', 'h', 'H', '.'])
        && text.chars().all(|c| c.is_ascii_digit() || ":.hHapmAPM ".contains(c))
        && text.split(|c: char| !c.is_ascii_digit()).all(|n| n.len() <= 2)
        && text.matches('.').count() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_to_letters_is_right() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_letter(c), c.is_alphabetic(), "{c:?}");
        }
    }
}
