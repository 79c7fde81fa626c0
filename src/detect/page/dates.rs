//! How the dates of a page are read.

use chrono::{DateTime, FixedOffset, Utc};

use super::signals::looks_like_date;
use super::texts::{Said, is_clock};
use crate::date;
use crate::date::{DateFailure, DateRules, Order};
use crate::html::weight;

/// A text that is heavier than this, and has no number as dates have, is no date: `the day before
/// yesterday` is not.
const LONGEST_WORDS: u32 = 24;
/// A date with words around it has no more bytes.
const LONGEST_BYTES: usize = 600;

/// What a text is as a date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Read {
    /// A date, and whether it was reckoned from the moment of reading.
    At(DateTime<FixedOffset>, bool),
    /// A date whose day and month cannot be told apart.
    Unclear,
    /// None.
    Nothing,
}

/// How the dates of a page are read.
pub(crate) struct Dates {
    rules: DateRules,
    /// The same, by the order of numbers that a column has shown.
    ordered: [DateRules; 3],
    pub(crate) now: DateTime<Utc>,
}

impl Dates {
    pub(crate) fn new(rules: &DateRules, now: DateTime<Utc>) -> Self {
        let ordered = |order| DateRules { order: Some(order), ..rules.clone() };
        let ordered = [Order::Dmy, Order::Mdy, Order::Ymd].map(ordered);
        Self { rules: rules.clone(), ordered, now }
    }

    /// Reads a text of the page, once.
    pub(crate) fn read(&self, said: &Said<'_>, order: Option<Order>) -> Read {
        said.reading(order, || {
            let may_be = said.looks_like_date || said.weight <= f64::from(LONGEST_WORDS);
            if may_be { self.read_anew(said.text, order) } else { Read::Nothing }
        })
    }

    /// A time of day alone says nothing of the day.
    fn read_anew(&self, text: &str, order: Option<Order>) -> Read {
        if text.len() > LONGEST_BYTES || is_clock(text) {
            return Read::Nothing;
        }
        let rules = order.map_or(&self.rules, |order| &self.ordered[order as usize]);
        match date::read(text, rules, Some(self.now)) {
            Ok(reading) => Read::At(reading.at, reading.relative),
            Err(DateFailure::Ambiguous) => Read::Unclear,
            Err(_) => Read::Nothing,
        }
    }

    /// Whether there is a date in a text, be it an unclear one.
    pub(crate) fn is_date(&self, text: &str) -> bool {
        (looks_like_date(text) || weight(text) <= LONGEST_WORDS)
            && self.read_anew(text, None) != Read::Nothing
    }
}
