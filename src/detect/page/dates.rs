//! Reads texts of a page as dates.

use chrono::{DateTime, Utc};

use super::signals::looks_like_date;
use super::texts::{DateReading, TextFacts};
use crate::date;
use crate::date::{DateFailure, DateRules, Order};
use crate::html::weight;

/// A text without digits as dates have them may still be a date up to this weight: `the day before
/// yesterday` is 24.
const MAX_WORDS_WEIGHT: u32 = 24;
/// Longer texts are not read as dates.
const MAX_DATE_BYTES: usize = 600;

/// Reads texts of one page as dates.
pub(crate) struct DateReader {
    rules: DateRules,
    /// The same rules, with the order of numbers that a column has shown; by [`Order`].
    rules_by_order: [DateRules; 3],
    pub(crate) now: DateTime<Utc>,
}

impl DateReader {
    pub(crate) fn new(rules: &DateRules, now: DateTime<Utc>) -> Self {
        let with_order = |order| DateRules { order: Some(order), ..rules.clone() };
        let rules_by_order = [Order::Dmy, Order::Mdy, Order::Ymd].map(with_order);
        Self { rules: rules.clone(), rules_by_order, now }
    }

    /// Reads a text of the page; each text is parsed once for each order of numbers.
    pub(crate) fn read(&self, facts: &TextFacts<'_>, order: Option<Order>) -> DateReading {
        facts.date_reading(order, || {
            let may_be_date = facts.looks_like_date || facts.weight <= f64::from(MAX_WORDS_WEIGHT);
            if may_be_date { self.parse(facts.text, order) } else { DateReading::NotADate }
        })
    }

    /// Parses a text. A time of day alone is not a date.
    fn parse(&self, text: &str, order: Option<Order>) -> DateReading {
        if text.len() > MAX_DATE_BYTES || is_clock(text) {
            return DateReading::NotADate;
        }
        let rules = order.map_or(&self.rules, |order| &self.rules_by_order[order as usize]);
        match date::read(text, rules, Some(self.now)) {
            Ok(reading) => DateReading::Date { at: reading.at, is_relative: reading.relative },
            Err(DateFailure::Ambiguous) => DateReading::Ambiguous,
            Err(_) => DateReading::NotADate,
        }
    }

    /// Whether a text has a date, even an ambiguous one.
    pub(crate) fn is_date(&self, text: &str) -> bool {
        (looks_like_date(text) || weight(text) <= MAX_WORDS_WEIGHT)
            && self.parse(text, None) != DateReading::NotADate
    }
}

/// Whether a text is a time of day: `11:26`, `9.05 pm`, `14h30`.
fn is_clock(text: &str) -> bool {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (3..=6).contains(&digits)
        && text.contains([':', 'h', 'H', '.'])
        && text.chars().all(|c| c.is_ascii_digit() || ":.hHapmAPM ".contains(c))
        && text.split(|c: char| !c.is_ascii_digit()).all(|n| n.len() <= 2)
        && text.matches('.').count() <= 1
}
