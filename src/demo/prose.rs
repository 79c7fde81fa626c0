//! The text of one article: sentences with their slots filled, as HTML and as plain text.

use super::html::escaped;
use super::mixer::{Mixer, nth};
use super::text::{BOATS, COUNTS, GOODS, OPENINGS, PARTS, PEOPLE, PLACES, SENTENCES};
use super::timetable::Slot;

/// The longest title and excerpt, in characters; what is longer is cut without a mark.
pub(super) const EXCERPT_CHARS: usize = 130;

/// Steps through all pairs of place and count; it shares no factor with their number, 750.
const PAIR_STEP: u64 = 431;

/// The body of an article.
pub(super) struct Prose {
    paragraphs: Vec<Vec<Piece>>,
}

enum Piece {
    Text(String),
    /// A person's name, in an inline element of its own.
    Name(String),
}

/// What the slots of one article hold: the same in all its sentences.
struct Words {
    place: &'static str,
    count: &'static str,
    person: &'static str,
    other: &'static str,
    boats: &'static str,
    goods: &'static str,
    part: &'static str,
}

impl Prose {
    /// The text of a slot. Neighbours in a series never begin alike in their first 130 characters:
    /// each block of openings uses every opening once, with other pairs of words than the last.
    pub(super) fn of(slot: &Slot) -> Self {
        let mut mixer = Mixer::new(slot.seed(), 1);
        let block = slot.serial / OPENINGS.len() as u64;
        let opening = opening(block, slot.serial);
        // The same step for every opening keeps its pairs distinct from block to block; what is
        // added only keeps neighbours from all speaking of one town.
        let pair = block.wrapping_mul(PAIR_STEP).wrapping_add(opening * 47);
        let words = Words::of(pair, &mut mixer);
        let mut sentences = Sentences::new(&mut mixer);
        let mut first = filled(nth(&OPENINGS, opening), &words);
        first.extend(following(&mut sentences, 1, &words));
        let mut paragraphs = vec![first];
        for _ in 0..2 + mixer.roll() % 3 {
            let mut paragraph = following(&mut sentences, 2 + mixer.roll() % 2, &words);
            // The space that joins a sentence to the one before it has no place at the start.
            paragraph.remove(0);
            paragraphs.push(paragraph);
        }
        Self { paragraphs }
    }

    /// The paragraphs as HTML.
    pub(super) fn html(&self) -> String {
        let paragraph =
            |p: &Vec<Piece>| format!("<p>{}</p>\n", p.iter().map(Piece::html).collect::<String>());
        self.paragraphs.iter().map(paragraph).collect()
    }

    /// What stands for a headline: the first characters of the text, cut hard.
    pub(super) fn excerpt(&self) -> String {
        let paragraphs = self.paragraphs.iter().map(|p| p.iter().map(Piece::plain).collect());
        let text = paragraphs.collect::<Vec<String>>().join(" ");
        text.chars().take(EXCERPT_CHARS).collect::<String>().trim_end().to_owned()
    }
}

impl Piece {
    fn plain(&self) -> &str {
        match self {
            Self::Text(text) | Self::Name(text) => text,
        }
    }

    fn html(&self) -> String {
        match self {
            Self::Text(text) => escaped(text),
            Self::Name(name) => format!("<strong>{}</strong>", escaped(name)),
        }
    }
}

impl Words {
    fn of(pair: u64, mixer: &mut Mixer) -> Self {
        let person = mixer.roll() % PEOPLE.len() as u64;
        let apart = 1 + mixer.roll() % (PEOPLE.len() as u64 - 1);
        Self {
            place: nth(&PLACES, pair),
            count: nth(&COUNTS, pair / PLACES.len() as u64),
            person: nth(&PEOPLE, person),
            other: nth(&PEOPLE, person + apart),
            boats: mixer.pick(&BOATS),
            goods: mixer.pick(&GOODS),
            part: mixer.pick(&PARTS),
        }
    }

    fn piece(&self, slot: &str) -> Option<Piece> {
        let text = match slot {
            "person" => return Some(Piece::Name(self.person.to_owned())),
            "other" => return Some(Piece::Name(self.other.to_owned())),
            "place" => self.place,
            "count" => self.count,
            "boats" => self.boats,
            "goods" => self.goods,
            "part" => self.part,
            _ => return None,
        };
        Some(Piece::Text(text.to_owned()))
    }
}

/// Sentences in an order of their own, each at most once per article.
struct Sentences {
    next: u64,
    step: u64,
}

impl Sentences {
    fn new(mixer: &mut Mixer) -> Self {
        let count = SENTENCES.len() as u64;
        Self { next: mixer.roll() % count, step: 1 + mixer.roll() % (count - 1) }
    }

    fn sentence(&mut self) -> &'static str {
        self.next += self.step;
        nth(&SENTENCES, self.next)
    }
}

/// Which opening a serial number has: within its block each occurs once, in a mixed order.
fn opening(block: u64, serial: u64) -> u64 {
    let mut mixer = Mixer::new(block, 2);
    // An odd factor permutes, because the number of openings is a power of two.
    let count = OPENINGS.len() as u64;
    let position = serial % count;
    (position * ((mixer.roll() % count) | 1) + mixer.roll() % count) % count
}

fn following(sentences: &mut Sentences, count: u64, words: &Words) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for _ in 0..count {
        pieces.push(Piece::Text(" ".to_owned()));
        pieces.extend(filled(sentences.sentence(), words));
    }
    pieces
}

/// Fills the slots of a sentence. A space follows each name, also before a comma: that is what
/// sites do that put names into elements, and what a bridge must cope with.
fn filled(sentence: &str, words: &Words) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = sentence;
    while let Some((before, slot, after)) = next_slot(rest) {
        pieces.push(Piece::Text(before.to_owned()));
        let piece = words.piece(slot);
        let named = matches!(piece, Some(Piece::Name(_)));
        pieces.extend(piece);
        rest = if named { after.trim_start() } else { after };
        if named {
            pieces.push(Piece::Text(" ".to_owned()));
        }
    }
    pieces.push(Piece::Text(rest.to_owned()));
    pieces
}

/// The text before the next slot, the slot's name, and what comes after it.
pub(super) fn next_slot(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (slot, after) = rest.split_once('}')?;
    Some((before, slot, after))
}
