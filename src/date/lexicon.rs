//! The words of dates in many languages, read from the tables in `languages/`. The README there
//! describes their form.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fold::fold;
use super::meaning::{Languages, Meaning};
use super::rules::Order;
use super::table_cell::cell_sense;

/// The tables, the most widely read languages first: where a word has two meanings, that of the first
/// language wins.
const TABLES: &[&str] = &[
    include_str!("languages/germanic.txt"),
    include_str!("languages/romance.txt"),
    include_str!("languages/slavic.txt"),
    include_str!("languages/east_asia.txt"),
    include_str!("languages/west_asia.txt"),
    include_str!("languages/south_islands.txt"),
    include_str!("languages/south_asia.txt"),
    include_str!("languages/europe.txt"),
];

/// The words of a phrase after its first, and the meanings of the whole phrase.
#[derive(Debug)]
pub(super) struct Phrase {
    pub(super) rest: Vec<String>,
    pub(super) meanings: Vec<Meaning>,
}

/// The meanings of words and phrases, and the facts of languages.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    words: HashMap<String, Vec<Meaning>>,
    /// Phrases by their first word, the longest first.
    phrases: HashMap<String, Vec<Phrase>>,
    /// The order of numeric dates in each language, by bit.
    orders: Vec<Option<Order>>,
    /// The bit of each language, by BCP 47 tag.
    tags: HashMap<&'static str, usize>,
    /// The length in characters of the longest word with a given first character.
    longest_words: HashMap<char, usize>,
}

/// The lexicon, built when the first date needs it.
pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::load);

impl Lexicon {
    fn load() -> Self {
        let mut lexicon = Self::default();
        for table in TABLES {
            lexicon.add_table(table);
        }
        for phrases in lexicon.phrases.values_mut() {
            phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.rest.len()));
        }
        lexicon
    }

    /// Adds the languages of a table.
    fn add_table(&mut self, table: &'static str) {
        for line in table.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#')) {
            let mut words = line.split_whitespace();
            if line.starts_with(char::is_whitespace) {
                let key = words.next().unwrap_or_default();
                let bit = self.orders.len().saturating_sub(1);
                self.add_row(key, line.trim_start()[key.len()..].trim(), 1 << bit);
            } else {
                let mut tags: Vec<&'static str> = words.collect();
                let order = tags.pop().and_then(Order::parse);
                for tag in tags {
                    self.tags.entry(tag).or_insert(self.orders.len());
                }
                self.orders.push(order);
            }
        }
    }

    /// Adds the words of a row; groups of words are separated by `|`.
    fn add_row(&mut self, key: &str, groups: &str, languages: Languages) {
        for (i, group) in groups.split('|').enumerate() {
            for word in group.split_whitespace() {
                let Some((word, sense)) = cell_sense(key, i, word) else {
                    debug_assert!(false, "unknown row {key} or word {word}");
                    continue;
                };
                self.add_word(word, Meaning { sense, languages });
            }
        }
    }

    /// Adds a word, or a phrase of several words, with its meaning.
    fn add_word(&mut self, word: &str, meaning: Meaning) {
        let folded = fold(word).text;
        let mut parts = folded.split(['_', '-', '.', '\'']).filter(|p| !p.is_empty());
        let Some(first) = parts.next() else { return };
        let rest: Vec<String> = parts.map(str::to_owned).collect();
        if let Some(initial) = first.chars().next() {
            let longest = self.longest_words.entry(initial).or_default();
            *longest = first.chars().count().max(*longest);
        }
        let meanings = if rest.is_empty() {
            self.words.entry(first.to_owned()).or_default()
        } else {
            self.phrase_meanings(first, rest)
        };
        match meanings.iter_mut().find(|m| m.sense == meaning.sense) {
            Some(same) => same.languages |= meaning.languages,
            None => meanings.push(meaning),
        }
    }

    /// The meanings of a phrase, which is added if it is new.
    fn phrase_meanings(&mut self, first: &str, rest: Vec<String>) -> &mut Vec<Meaning> {
        let phrases = self.phrases.entry(first.to_owned()).or_default();
        let known = phrases.iter().position(|phrase| phrase.rest == rest);
        let index = known.unwrap_or_else(|| {
            phrases.push(Phrase { rest, meanings: Vec::new() });
            phrases.len() - 1
        });
        &mut phrases[index].meanings
    }

    /// The meanings of a folded word.
    pub(super) fn word(&self, word: &str) -> &[Meaning] {
        self.words.get(word).map_or(&[], Vec::as_slice)
    }

    /// The phrases that begin with a folded word, the longest first.
    pub(super) fn phrases(&self, first: &str) -> &[Phrase] {
        self.phrases.get(first).map_or(&[], Vec::as_slice)
    }

    /// The length in characters of the longest word with a given first character; 0 if there is none.
    pub(super) fn longest_word(&self, initial: char) -> usize {
        self.longest_words.get(&initial).copied().unwrap_or_default()
    }

    /// The language of a BCP 47 tag, if the tables have it.
    pub(super) fn language(&self, tag: &str) -> Option<Languages> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        let found =
            self.tags.get(primary).or_else(|| self.tags.get(primary.to_ascii_lowercase().as_str()))?;
        Some(1 << found)
    }

    /// The order of numeric dates in a language. Of several languages, the most widely read one counts.
    pub(super) fn order(&self, languages: Languages) -> Option<Order> {
        let first = usize::try_from(languages.trailing_zeros()).ok()?;
        self.orders.get(first).copied().flatten()
    }
}
