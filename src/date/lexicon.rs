//! Words of dates in many languages, from the tables in `languages/`. Their form is in its README.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Order;
use super::fold::fold;

/// The tables, most read languages first: where a word means two things, the first language wins.
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

/// A set of languages, one bit for each.
pub(super) type Languages = u128;

/// All of them.
pub(super) const ANY: Languages = Languages::MAX;

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
    Decade,
}

/// What a word may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    /// A month, from 1.
    Month(u32),
    /// A month of the Persian solar calendar, from 1.
    Persian(u32),
    /// A day of the week, from Monday = 0.
    Weekday(u8),
    Unit(Unit),
    /// What makes an amount of time past.
    Ago,
    /// What makes it future.
    In,
    /// Days from today.
    Today(i8),
    Now,
    Am,
    Pm,
    /// A part of a day, as the hour in its middle or at its beginning.
    Part(u32),
    /// A part of today.
    TodayPart(u32),
    Noon,
    Midnight,
    /// Before a time.
    At,
    /// The mark after the hour of a time: 14 Uhr 30.
    Clock,
    MinuteMark,
    SecondMark,
    YearMark,
    MonthMark,
    DayMark,
    /// Before the number of a month.
    MonthPrefix,
    /// Means nothing inside a date.
    Fill,
    /// Glued to the number of a day.
    Ordinal,
    Number(u32),
    Amount(u32, Unit),
    And,
    About,
    /// The word for the day of a month: `eighth`.
    OrdinalDay(u32),
    /// Makes a week, month or year the present one.
    This,
    /// Makes a weekday the last one.
    Last,
    /// Makes a weekday one of the week before.
    LastWeek,
    /// Added to the year of an era.
    Era(i32),
    /// Before a date on listings.
    Posted,
}

impl Sense {
    /// Whether a word with this meaning can say when something was, without a number beside it.
    pub(super) const fn tells(self) -> bool {
        !matches!(
            self,
            Self::Fill
                | Self::And
                | Self::At
                | Self::About
                | Self::Posted
                | Self::In
                | Self::Ago
                | Self::Last
                | Self::This
        )
    }
}

/// One meaning of a word, and the languages in which it has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) sense: Sense,
    pub(super) languages: Languages,
}

/// The words of a phrase after its first, and what the whole may mean.
pub(super) type Phrase = (Vec<String>, Vec<Meaning>);

/// Meanings of words and phrases.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    words: HashMap<String, Vec<Meaning>>,
    /// By first word, longest first.
    phrases: HashMap<String, Vec<Phrase>>,
    /// The order of numeric dates in each language, by bit.
    orders: Vec<Option<Order>>,
    /// The bits of languages, by tag.
    tags: HashMap<&'static str, usize>,
    /// Characters of the longest word that begins with a character.
    longest: HashMap<char, usize>,
}

/// The lexicon, made at the first date that needs it.
pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::load);

impl Lexicon {
    fn load() -> Self {
        let mut lexicon = Self::default();
        for table in TABLES {
            lexicon.read(table);
        }
        for phrases in lexicon.phrases.values_mut() {
            phrases.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
        }
        lexicon
    }

    fn read(&mut self, table: &'static str) {
        for line in table.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#')) {
            let mut words = line.split_whitespace();
            if line.starts_with(char::is_whitespace) {
                let key = words.next().unwrap_or_default();
                let bit = self.orders.len().saturating_sub(1);
                self.row(key, line.trim_start()[key.len()..].trim(), 1 << bit);
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

    fn row(&mut self, key: &str, cells: &str, languages: Languages) {
        for (i, group) in cells.split('|').enumerate() {
            for word in group.split_whitespace() {
                let Some((word, sense)) = sense(key, i, word) else {
                    debug_assert!(false, "unknown row {key} or word {word}");
                    continue;
                };
                self.add(word, Meaning { sense, languages });
            }
        }
    }

    fn add(&mut self, word: &str, meaning: Meaning) {
        let folded = fold(word).text;
        let mut parts = folded.split(['_', '-', '.', '\'']).filter(|p| !p.is_empty());
        let Some(first) = parts.next() else { return };
        let rest: Vec<String> = parts.map(str::to_owned).collect();
        if let Some(initial) = first.chars().next() {
            let longest = self.longest.entry(initial).or_default();
            *longest = first.chars().count().max(*longest);
        }
        let meanings = if rest.is_empty() {
            self.words.entry(first.to_owned()).or_default()
        } else {
            let phrases = self.phrases.entry(first.to_owned()).or_default();
            let known = phrases.iter().position(|(known, _)| *known == rest);
            let at = known.unwrap_or_else(|| {
                phrases.push((rest, Vec::new()));
                phrases.len() - 1
            });
            &mut phrases[at].1
        };
        match meanings.iter_mut().find(|m| m.sense == meaning.sense) {
            Some(same) => same.languages |= meaning.languages,
            None => meanings.push(meaning),
        }
    }

    /// What a folded word may mean.
    pub(super) fn word(&self, word: &str) -> &[Meaning] {
        self.words.get(word).map_or(&[], Vec::as_slice)
    }

    /// Phrases that begin with a folded word, longest first.
    pub(super) fn phrases(&self, first: &str) -> &[Phrase] {
        self.phrases.get(first).map_or(&[], Vec::as_slice)
    }

    /// Characters of the longest word that begins with a character; none does where it is 0.
    pub(super) fn longest(&self, initial: char) -> usize {
        self.longest.get(&initial).copied().unwrap_or_default()
    }

    /// The language of a BCP 47 tag, if there is a table of it.
    pub(super) fn language(&self, tag: &str) -> Option<Languages> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        let found =
            self.tags.get(primary).or_else(|| self.tags.get(primary.to_ascii_lowercase().as_str()))?;
        Some(1 << found)
    }

    /// The order of numeric dates in a language; of several, in the most read one.
    pub(super) fn order(&self, languages: Languages) -> Option<Order> {
        let first = usize::try_from(languages.trailing_zeros()).ok()?;
        self.orders.get(first).copied().flatten()
    }
}

/// The word of a cell and what it means, by the row's key and the cell's group.
fn sense<'w>(key: &str, group: usize, word: &'w str) -> Option<(&'w str, Sense)> {
    let number = u32::try_from(group + 1).ok()?;
    Some((
        word,
        match key {
            "months" => Sense::Month(number),
            "persian" => Sense::Persian(number),
            "days" => Sense::Weekday(u8::try_from(group).ok()?),
            "second" | "minute" | "hour" | "day" | "week" | "month" | "year" | "decade" => {
                Sense::Unit(unit(key)?)
            }
            "ago" => Sense::Ago,
            "in" => Sense::In,
            "today" => Sense::Today(0),
            "yesterday" => Sense::Today(-1),
            "before" => Sense::Today(-2),
            "tomorrow" => Sense::Today(1),
            "now" => Sense::Now,
            "am" => Sense::Am,
            "pm" => Sense::Pm,
            "noon" => Sense::Noon,
            "midnight" => Sense::Midnight,
            "at" => Sense::At,
            "clock" => Sense::Clock,
            "minute_mark" => Sense::MinuteMark,
            "second_mark" => Sense::SecondMark,
            "year_mark" => Sense::YearMark,
            "month_mark" => Sense::MonthMark,
            "day_mark" => Sense::DayMark,
            "month_prefix" => Sense::MonthPrefix,
            "fill" => Sense::Fill,
            "ordinal" => Sense::Ordinal,
            "ordinals" => Sense::OrdinalDay(number),
            "this" => Sense::This,
            "numbers" => Sense::Number(number),
            "and" => Sense::And,
            "about" => Sense::About,
            "last" => Sense::Last,
            "last_week" => Sense::LastWeek,
            "posted" => Sense::Posted,
            "era" => return era(word),
            "parts" => return part(word, Sense::Part),
            "today_parts" => return part(word, Sense::TodayPart),
            "amounts" => return amount(word),
            _ => return None,
        },
    ))
}

fn unit(key: &str) -> Option<Unit> {
    Some(match key {
        "second" => Unit::Second,
        "minute" => Unit::Minute,
        "hour" => Unit::Hour,
        "day" => Unit::Day,
        "week" => Unit::Week,
        "month" => Unit::Month,
        "year" => Unit::Year,
        "decade" => Unit::Decade,
        _ => return None,
    })
}

/// `令和:2018`.
fn era(cell: &str) -> Option<(&str, Sense)> {
    let (word, base) = cell.split_once(':')?;
    Some((word, Sense::Era(base.parse().ok()?)))
}

/// `18:abend`.
fn part(cell: &str, sense: fn(u32) -> Sense) -> Option<(&str, Sense)> {
    let (hour, word) = cell.split_once(':')?;
    Some((word, sense(hour.parse().ok()?)))
}

/// `2h:ساعتين`.
fn amount(cell: &str) -> Option<(&str, Sense)> {
    let (amount, word) = cell.split_once(':')?;
    let (number, unit) = amount.split_at(amount.len().checked_sub(1)?);
    let unit = match unit {
        "s" => Unit::Second,
        "m" => Unit::Minute,
        "h" => Unit::Hour,
        "d" => Unit::Day,
        "w" => Unit::Week,
        "M" => Unit::Month,
        "y" => Unit::Year,
        _ => return None,
    };
    Some((word, Sense::Amount(number.parse().ok()?, unit)))
}
