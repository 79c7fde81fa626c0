//! The text of one article: sentences with their placeholders filled, as HTML and as plain text.

use super::html::escaped;
use super::pseudo_random::{PseudoRandom, nth};
use super::text::{BOATS, COUNTS, GOODS, OPENINGS, PARTS, PEOPLE, PLACES, SENTENCES};
use super::timetable::Publication;

/// The maximum length of titles and excerpts, in characters. Longer ones are cut without an ellipsis.
pub(super) const EXCERPT_CHARS: usize = 130;

/// The step through all pairs of place and count. It is coprime to their number, 750.
const PAIR_STEP: u64 = 431;

/// The body of an article.
pub(super) struct Prose {
    paragraphs: Vec<Vec<Inline>>,
}

/// A part of a paragraph.
enum Inline {
    Text(String),
    /// A person's name, in an inline element of its own.
    Name(String),
}

/// The values of the placeholders of one article, the same in all its sentences.
struct Values {
    place: &'static str,
    count: &'static str,
    person: &'static str,
    other: &'static str,
    boats: &'static str,
    goods: &'static str,
    part: &'static str,
}

impl Prose {
    /// The text of a publication. Neighbours in a series always differ in their first 130 characters:
    /// each block of publications uses every opening once, with another pair of place and count than
    /// the block before.
    pub(super) fn of(publication: &Publication) -> Self {
        let mut random = PseudoRandom::new(publication.seed(), 1);
        let block = publication.serial / OPENINGS.len() as u64;
        let opening = opening(block, publication.serial);
        // The same step for every opening keeps its pairs distinct from block to block. The addend
        // gives the openings of one block different towns.
        let pair = block.wrapping_mul(PAIR_STEP).wrapping_add(opening * 47);
        let values = Values::of(pair, &mut random);
        let mut sentences = Sentences::new(&mut random);
        let mut first = fill(nth(&OPENINGS, opening), &values);
        first.extend(next_sentences(&mut sentences, 1, &values));
        let mut paragraphs = vec![first];
        for _ in 0..2 + random.next_number() % 3 {
            let mut paragraph = next_sentences(&mut sentences, 2 + random.next_number() % 2, &values);
            // The first part is the space that joins a sentence to the one before it.
            paragraph.remove(0);
            paragraphs.push(paragraph);
        }
        Self { paragraphs }
    }

    /// The paragraphs as HTML.
    pub(super) fn html(&self) -> String {
        let paragraph =
            |p: &Vec<Inline>| format!("<p>{}</p>\n", p.iter().map(Inline::html).collect::<String>());
        self.paragraphs.iter().map(paragraph).collect()
    }

    /// The first characters of the text, cut at the limit. They serve as the headline.
    pub(super) fn excerpt(&self) -> String {
        let paragraphs = self.paragraphs.iter().map(|p| p.iter().map(Inline::plain).collect());
        let text = paragraphs.collect::<Vec<String>>().join(" ");
        text.chars().take(EXCERPT_CHARS).collect::<String>().trim_end().to_owned()
    }
}

impl Inline {
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

impl Values {
    fn of(pair: u64, random: &mut PseudoRandom) -> Self {
        let person = random.next_number() % PEOPLE.len() as u64;
        let distance = 1 + random.next_number() % (PEOPLE.len() as u64 - 1);
        Self {
            place: nth(&PLACES, pair),
            count: nth(&COUNTS, pair / PLACES.len() as u64),
            person: nth(&PEOPLE, person),
            other: nth(&PEOPLE, person + distance),
            boats: random.pick(&BOATS),
            goods: random.pick(&GOODS),
            part: random.pick(&PARTS),
        }
    }

    /// The value of a placeholder, if there is one of this name.
    fn value(&self, placeholder: &str) -> Option<Inline> {
        let text = match placeholder {
            "person" => return Some(Inline::Name(self.person.to_owned())),
            "other" => return Some(Inline::Name(self.other.to_owned())),
            "place" => self.place,
            "count" => self.count,
            "boats" => self.boats,
            "goods" => self.goods,
            "part" => self.part,
            _ => return None,
        };
        Some(Inline::Text(text.to_owned()))
    }
}

/// An iteration over the sentences, each at most once per article.
struct Sentences {
    next: u64,
    step: u64,
}

impl Sentences {
    fn new(random: &mut PseudoRandom) -> Self {
        let count = SENTENCES.len() as u64;
        Self { next: random.next_number() % count, step: 1 + random.next_number() % (count - 1) }
    }

    fn sentence(&mut self) -> &'static str {
        self.next += self.step;
        nth(&SENTENCES, self.next)
    }
}

/// The index of the opening for a serial number. Each occurs once within a block, in a pseudo-random
/// order.
fn opening(block: u64, serial: u64) -> u64 {
    let mut random = PseudoRandom::new(block, 2);
    // A multiplication by an odd factor is a permutation, because the number of openings is a power of
    // two.
    let count = OPENINGS.len() as u64;
    let position = serial % count;
    (position * ((random.next_number() % count) | 1) + random.next_number() % count) % count
}

/// The next sentences, with a space before each.
fn next_sentences(sentences: &mut Sentences, count: u64, values: &Values) -> Vec<Inline> {
    let mut parts = Vec::new();
    for _ in 0..count {
        parts.push(Inline::Text(" ".to_owned()));
        parts.extend(fill(sentences.sentence(), values));
    }
    parts
}

/// Fills the placeholders of a sentence. A space follows each name, also before a comma, as on sites
/// that put names into elements of their own. feedbridge must cope with it.
fn fill(sentence: &str, values: &Values) -> Vec<Inline> {
    let mut parts = Vec::new();
    let mut rest = sentence;
    while let Some((before, placeholder, after)) = next_placeholder(rest) {
        parts.push(Inline::Text(before.to_owned()));
        let value = values.value(placeholder);
        let is_name = matches!(value, Some(Inline::Name(_)));
        parts.extend(value);
        rest = if is_name { after.trim_start() } else { after };
        if is_name {
            parts.push(Inline::Text(" ".to_owned()));
        }
    }
    parts.push(Inline::Text(rest.to_owned()));
    parts
}

/// Splits a text at its next placeholder: the text before it, its name, and the text after it.
pub(super) fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}
