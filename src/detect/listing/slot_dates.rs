//! Reads the texts of one slot as a column of dates: one text may tell in which order the others have day
//! and month.

use std::rc::Rc;

use chrono::{DateTime, Datelike as _, FixedOffset, TimeDelta};

use crate::date;
use crate::date::Order;
use crate::detect::page::dates::DateReader;
use crate::detect::page::texts::{DateReading, TextFacts};

/// Different dates that must be in sequence to tell the order of day and month.
const MIN_DISTINCT_DATES: usize = 3;

/// The texts of one slot, read as dates.
pub(super) struct SlotDates {
    /// How many texts are dates.
    pub(super) dates: usize,
    /// How many dates count from the moment of reading.
    pub(super) relative: usize,
    /// How many dates lie in the future.
    pub(super) future: usize,
    /// How many dates have a day, but no year.
    pub(super) yearless: usize,
    /// Whether the dates only rise or only fall.
    pub(super) is_sorted: bool,
    /// The order of day and month, where only the sequence of the dates tells it.
    pub(super) order: Option<Order>,
}

impl SlotDates {
    pub(super) fn read(texts: &[Rc<TextFacts<'_>>], reader: &DateReader) -> Self {
        let order = order_in_texts(texts, reader);
        let mut column = Self { dates: 0, relative: 0, future: 0, yearless: 0, is_sorted: true, order: None };
        let mut has_ambiguous = false;
        let mut moments = Vec::new();
        for facts in texts {
            match reader.read(facts, order) {
                DateReading::Date { at, is_relative } => {
                    column.dates += 1;
                    column.relative += usize::from(is_relative);
                    column.future += usize::from(is_future(at, reader));
                    column.yearless += usize::from(is_relative && has_number(facts.text, at.day()));
                    moments.push(at);
                }
                DateReading::Ambiguous => {
                    column.dates += 1;
                    has_ambiguous = true;
                }
                DateReading::NotADate => {}
            }
        }
        column.is_sorted = rises(&moments) || falls(&moments);
        if has_ambiguous {
            column.order = order_by_sequence(texts, reader);
        }
        column
    }
}

/// The order of numbers that one of the texts shows, such as `25/11/2026`. Most columns need none.
fn order_in_texts(texts: &[Rc<TextFacts<'_>>], reader: &DateReader) -> Option<Order> {
    let needs_order = |facts: &Rc<TextFacts<'_>>| {
        reader.read(facts, None) == DateReading::Ambiguous || facts.has_numeric_date()
    };
    if !texts.iter().any(needs_order) {
        return None;
    }
    let with_numbers = texts.iter().filter(|facts| facts.may_show_order());
    date::column_order(&with_numbers.map(|facts| facts.text).collect::<Vec<_>>())
}

/// The order of day and month under which the dates are in sequence, if they are not under the other.
fn order_by_sequence(texts: &[Rc<TextFacts<'_>>], reader: &DateReader) -> Option<Order> {
    let is_month_first = is_sequence(texts, reader, Order::Mdy);
    let is_day_first = is_sequence(texts, reader, Order::Dmy);
    match (is_month_first, is_day_first) {
        (true, false) => Some(Order::Mdy),
        (false, true) => Some(Order::Dmy),
        _ => None,
    }
}

/// Whether all texts are dates under an order, none in the future, which only rise or only fall.
fn is_sequence(texts: &[Rc<TextFacts<'_>>], reader: &DateReader, order: Order) -> bool {
    let readings = texts.iter().map(|facts| match reader.read(facts, Some(order)) {
        DateReading::Date { at, .. } => Some(at),
        DateReading::Ambiguous | DateReading::NotADate => None,
    });
    let Some(mut moments) = readings.collect::<Option<Vec<_>>>() else { return false };
    let is_sorted = rises(&moments) || falls(&moments);
    let is_past = !moments.iter().any(|at| is_future(*at, reader));
    moments.sort_unstable();
    moments.dedup();
    is_past && is_sorted && moments.len() >= MIN_DISTINCT_DATES
}

fn rises(moments: &[DateTime<FixedOffset>]) -> bool {
    moments.is_sorted()
}

fn falls(moments: &[DateTime<FixedOffset>]) -> bool {
    moments.is_sorted_by(|a, b| a >= b)
}

/// A day is allowed for time zones.
fn is_future(at: DateTime<FixedOffset>, reader: &DateReader) -> bool {
    at > reader.now + TimeDelta::days(1)
}

/// Whether a text has this number: `4 November` has its day, `4 days ago` mostly not.
fn has_number(text: &str, number: u32) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.parse() == Ok(number))
}
