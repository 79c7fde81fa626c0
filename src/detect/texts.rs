//! What kind of text stands in a slot: a title, a date, a number, the same words everywhere.

use std::collections::HashSet;
use std::rc::Rc;

use super::groups::count;
use super::signals::{LONGEST_DATE, looks_like_date};
use super::view::Dates;
use crate::extract::{Outline, Place, weight};

/// Texts that are read as dates, to tell what a slot holds.
const DATES_READ: usize = 6;
/// Texts, and words of one, among which those are looked for that all have.
const WORDS_FROM: usize = 2;
const WORDS_OF_ONE: usize = 8;

/// What the texts of one slot are like, on the average.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Manner {
    /// Letters of one text; those of scripts without spaces count twice.
    pub(super) letters: f64,
    /// All characters of one text, counted the same way.
    pub(super) weight: f64,
    /// Share of letters among letters and digits.
    pub(super) wordy: f64,
    /// Share of texts that differ from all others.
    pub(super) distinct: f64,
    /// Share of texts that look like a date and little else.
    pub(super) dated: f64,
    /// Share of texts that end as sentences do.
    pub(super) prose: f64,
}

/// A text, and how much it says.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) text: Rc<str>,
    letters: f64,
    digits: f64,
    weight: f64,
}

impl Said {
    pub(super) fn new(text: Rc<str>) -> Self {
        let (letters, digits) = amounts(&text);
        Self { letters, digits, weight: f64::from(weight(&text)), text }
    }
}

/// Looks at the texts of elements. Words that stand in most of them say nothing of any.
pub(super) fn manner(all: &[Rc<Said>], dates: &Dates<'_>) -> Manner {
    let (mut letters, mut digits, mut total_weight) = (0.0, 0.0, 0.0);
    let usual = usual_words(all);
    for said in all {
        letters += said.letters;
        digits += said.digits;
        total_weight += said.weight;
        for (word, (own_letters, own_digits)) in &usual {
            if has_word(&said.text, word) {
                letters -= own_letters;
                digits -= own_digits;
            }
        }
    }
    let (letters, digits) = (letters.max(0.0), digits.max(0.0));
    let different: HashSet<&str> = all.iter().map(|s| &*s.text).collect();
    let total = count(all.len().max(1));
    let first = &all[..all.len().min(DATES_READ)];
    let is_date = |s: &&Rc<Said>| mostly_date(&s.text) && dates.is_date(&s.text);
    Manner {
        letters: letters / total,
        weight: total_weight / total,
        wordy: if letters + digits > 0.0 { letters / (letters + digits) } else { 0.0 },
        distinct: count(different.len()) / total,
        dated: count(first.iter().filter(is_date).count()) / count(first.len().max(1)),
        prose: count(all.iter().filter(|s| s.text.ends_with(['.', '。', '…', '।'])).count()) / total,
    }
}

fn is_border(c: char) -> bool {
    !c.is_alphanumeric()
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(char::is_alphanumeric)
            && !text[at + word.len()..].starts_with(char::is_alphanumeric)
    })
}

/// Words that two thirds of the texts have, with their letters and digits. Such a word stands in one of
/// the first texts.
fn usual_words(all: &[Rc<Said>]) -> Vec<(&str, (f64, f64))> {
    let least = (all.len() * 2).div_ceil(3).max(3);
    let mut words: Vec<&str> = Vec::new();
    for said in all.iter().take(all.len() - least.min(all.len()) + 1).take(WORDS_FROM) {
        let own = said.text.split(is_border).filter(|w| !w.is_empty()).take(WORDS_OF_ONE);
        words.extend(own);
    }
    words.sort_unstable();
    words.dedup();
    let usual = |w: &&str| all.iter().filter(|s| has_word(&s.text, w)).count() >= least;
    words.into_iter().filter(usual).map(|w| (w, amounts(w))).collect()
}

fn amounts(text: &str) -> (f64, f64) {
    let (mut letters, mut digits) = (0.0, 0.0);
    for c in text.chars() {
        if c.is_numeric() {
            digits += 1.0;
        } else if c.is_alphabetic() {
            letters += if c >= '\u{2e80}' { 2.0 } else { 1.0 };
        }
    }
    (letters, digits)
}

/// A short text with digits as in dates, and few letters beside them.
pub(super) fn mostly_date(text: &str) -> bool {
    weight(text) <= 32 && looks_like_date(text) && {
        let (letters, digits) = amounts(text);
        digits > 0.0 && letters <= 22.0
    }
}

/// Whether the text of an element may have a date in it.
pub(super) fn may_be_date(outline: &Outline<'_>, place: Place) -> bool {
    let tag = outline.tag_text(place);
    if tag == "time" || outline.attr(place, "datetime").is_some() {
        return true;
    }
    let whole = outline.weight(place);
    (outline.own_weight(place) >= 3 || whole <= 40) && (3..=LONGEST_DATE * 2).contains(&whole)
}

/// `11:26`, `9.05 pm`, `14h30`.
pub(super) fn is_clock(text: &str) -> bool {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (3..=6).contains(&digits)
        && text.contains([':', 'h', 'H', '.'])
        && text.chars().all(|c| c.is_ascii_digit() || ":.hHapmAPM ".contains(c))
        && text.split(|c: char| !c.is_ascii_digit()).all(|n| n.len() <= 2)
        && text.matches('.').count() <= 1
}
