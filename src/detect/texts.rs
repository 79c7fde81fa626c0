//! What kind of text stands in a slot: a title, a date, a number, the same words everywhere.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::groups::{count, hash};
use super::signals::{LONGEST_DATE, looks_like_date};
use super::view::Dates;
use crate::extract::{Outline, Place, weight};

/// Texts that are read as dates, to tell what a slot holds.
const DATES_READ: usize = 6;

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

/// Looks at the texts of elements. Words that stand in most of them say nothing of any.
pub(super) fn manner(texts: &[Rc<str>], dates: &Dates<'_>) -> Manner {
    let (mut letters, mut digits, mut all) = (0.0, 0.0, 0.0);
    let mut seen = HashSet::new();
    let usual = usual_words(texts);
    for text in texts {
        let telling = text.split(is_border).filter(|w| !usual.contains(*w));
        for (own_letters, own_digits) in telling.map(amounts) {
            letters += own_letters;
            digits += own_digits;
        }
        all += f64::from(weight(text));
        seen.insert(hash(text));
    }
    let total = count(texts.len().max(1));
    let first = &texts[..texts.len().min(DATES_READ)];
    let dated = count(first.iter().filter(|t| mostly_date(t) && dates.is_date(t)).count())
        / count(first.len().max(1));
    Manner {
        letters: letters / total,
        weight: all / total,
        wordy: if letters + digits > 0.0 { letters / (letters + digits) } else { 0.0 },
        distinct: count(seen.len()) / total,
        dated,
        prose: count(texts.iter().filter(|t| t.ends_with(['.', '。', '…', '।'])).count()) / total,
    }
}

fn is_border(c: char) -> bool {
    !c.is_alphanumeric()
}

/// Words that two thirds of the texts have.
fn usual_words(texts: &[Rc<str>]) -> HashSet<&str> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for text in texts {
        let words: HashSet<&str> = text.split(is_border).filter(|w| !w.is_empty()).collect();
        for word in words {
            *counts.entry(word).or_default() += 1;
        }
    }
    let least = (texts.len() * 2).div_ceil(3).max(3);
    counts.into_iter().filter(|(_, n)| *n >= least).map(|(w, _)| w).collect()
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
