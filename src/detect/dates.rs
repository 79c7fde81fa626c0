//! Which text of a record is its date.

use chrono::{DateTime, Utc};

use super::groups::count;
use super::slots::Slot;
use super::texts::{may_be_date, mostly_date};
use crate::date::{self, DateFailure, DateRules, Order};
use crate::extract::{Outline, Place};

/// Texts of a slot that are read; a first few must hold dates for more to be read.
const READ: usize = 60;
const FIRST: usize = 8;

/// Attributes that hold dates.
const ATTRIBUTES: [&str; 8] = [
    "datetime",
    "data-date",
    "data-datetime",
    "data-time",
    "data-timestamp",
    "data-published",
    "content",
    "title",
];

/// Where in a slot the date stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Where {
    /// Its text, or what it says for machines.
    Text,
    /// One of its own pieces of text, as XPath counts them.
    Piece(usize),
    /// An attribute.
    Attribute(&'static str),
}

/// A slot of dates.
#[derive(Debug, Clone)]
pub(super) struct DateSlot {
    pub(super) slot: usize,
    pub(super) at: Where,
    /// The order of day and month, where the texts alone do not say it and the sequence of dates does.
    pub(super) order: Option<Order>,
    /// The share of all records that have a date there.
    pub(super) share: f64,
    quality: f64,
}

/// How the dates of a page are read.
pub(super) struct Reading<'a> {
    pub(super) rules: &'a DateRules,
    pub(super) now: DateTime<Utc>,
}

impl Reading<'_> {
    /// Whether there is a date in a text, be it one whose day and month cannot be told apart. A time
    /// of day alone says nothing of the day.
    pub(super) fn is_date(&self, text: &str) -> bool {
        !is_clock(text)
            && matches!(date::read(text, self.rules, Some(self.now)), Ok(_) | Err(DateFailure::Ambiguous))
    }
}

/// The slot that holds the dates of publication, if there is one.
pub(super) fn date(
    outline: &Outline<'_>,
    slots: &[Slot],
    records: usize,
    title: Option<usize>,
    reading: &Reading<'_>,
) -> Option<DateSlot> {
    let mut best: Option<DateSlot> = None;
    let mut rank = 0;
    for (number, slot) in slots.iter().enumerate() {
        if slot.hits.len() * 4 < records {
            continue;
        }
        for at in places(outline, slot) {
            let Some(mut found) = date_slot(outline, number, slot, at, records, reading) else { continue };
            found.quality *= 1.0 / (1.0 + 0.04 * f64::from(rank));
            if Some(number) == title {
                found.quality *= 0.6;
            }
            rank += 1;
            if best.as_ref().is_none_or(|b| found.quality > b.quality) {
                best = Some(found);
            }
        }
    }
    best
}

/// Where in a slot a date may stand, by its first elements.
fn places(outline: &Outline<'_>, slot: &Slot) -> Vec<Where> {
    let mut out = Vec::new();
    let first: Vec<Place> = slot.hits.iter().take(FIRST).map(|(_, p)| *p).collect();
    if first.iter().any(|p| may_be_date(outline, *p)) {
        out.push(Where::Text);
    }
    for name in ATTRIBUTES {
        if first.iter().any(|p| outline.attr(*p, name).is_some_and(|v| v.bytes().any(|b| b.is_ascii_digit())))
        {
            out.push(Where::Attribute(name));
        }
    }
    let mut pieces: Vec<usize> = Vec::new();
    for place in
        first.iter().filter(|p| outline.own_weight(**p) > 3 && outline.own_weight(**p) < outline.weight(**p))
    {
        pieces.extend(outline.own_texts(*place).iter().take(6).map(|(i, _)| *i));
    }
    pieces.sort_unstable();
    pieces.dedup();
    out.extend(pieces.into_iter().take(6).map(Where::Piece));
    out
}

fn date_slot(
    outline: &Outline<'_>,
    number: usize,
    slot: &Slot,
    at: Where,
    records: usize,
    reading: &Reading<'_>,
) -> Option<DateSlot> {
    let text = |place: Place| text_at(outline, place, &at);
    let first: Vec<String> = slot.hits.iter().take(FIRST).filter_map(|(_, p)| text(*p)).collect();
    if Texts::read(&first, reading).dates * 2 < slot.hits.len().min(FIRST) {
        return None;
    }
    let texts: Vec<String> = slot.hits.iter().take(READ).filter_map(|(_, p)| text(*p)).collect();
    let read = Texts::read(&texts, reading);
    if read.dates * 2 < texts.len() || read.future * 2 > texts.len() {
        return None;
    }
    let share = count(read.dates) / count(texts.len().max(1)) * slot.coverage(records);
    let clean = count(texts.iter().filter(|t| mostly_date(t)).count()) / count(texts.len().max(1));
    let machine = outline.tag_text(slot.hits[0].1) == "time" || at == Where::Attribute("datetime");
    let by_attribute = matches!(at, Where::Attribute(name) if name != "datetime");
    let quality = share
        * (1.0 + 0.3 * clean)
        * (1.0 - count(read.future) / count(texts.len()))
        * if machine { 1.15 } else { 1.0 }
        * if by_attribute { 0.9 } else { 1.0 }
        * if read.relative * 2 > texts.len() { 0.8 } else { 1.0 };
    Some(DateSlot { slot: number, at, order: read.order, share, quality })
}

pub(super) fn text_at(outline: &Outline<'_>, place: Place, at: &Where) -> Option<String> {
    match at {
        Where::Text => {
            let own = (outline.tag_text(place) == "time").then(|| outline.attr(place, "datetime")).flatten();
            Some(own.map_or_else(|| outline.text(place), str::to_owned))
        }
        Where::Piece(number) => {
            outline.own_texts(place).into_iter().find(|(i, _)| i == number).map(|(_, t)| t.to_owned())
        }
        Where::Attribute(name) => outline.attr(place, name).map(str::to_owned),
    }
}

/// `11:26`, `9.05 pm`, `14h30`.
fn is_clock(text: &str) -> bool {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (3..=6).contains(&digits)
        && text.contains([':', 'h', 'H', '.'])
        && text.chars().all(|c| c.is_ascii_digit() || ":.hHapmAPM ".contains(c))
        && text.split(|c: char| !c.is_ascii_digit()).all(|n| n.len() <= 2)
        && text.matches('.').count() <= 1
}

/// What the texts of one slot say.
struct Texts {
    dates: usize,
    relative: usize,
    future: usize,
    order: Option<Order>,
}

impl Texts {
    fn read(texts: &[String], reading: &Reading<'_>) -> Self {
        let all: Vec<&str> = texts.iter().map(String::as_str).collect();
        let column = date::column_order(&all);
        let ordered = DateRules { order: column, ..reading.rules.clone() };
        let (mut out, mut unclear) = (Self { dates: 0, relative: 0, future: 0, order: None }, Vec::new());
        for text in texts.iter().filter(|t| !is_clock(t)) {
            match date::read(text, &ordered, Some(reading.now)) {
                Ok(read) => {
                    out.dates += 1;
                    out.relative += usize::from(read.relative);
                    out.future += usize::from(read.at > reading.now + chrono::TimeDelta::days(1));
                }
                Err(DateFailure::Ambiguous) => {
                    out.dates += 1;
                    unclear.push(text.as_str());
                }
                Err(_) => {}
            }
        }
        if !unclear.is_empty() {
            out.order = by_sequence(&all, reading);
        }
        out
    }
}

/// The order under which a list is sorted, if it is not under the other.
fn by_sequence(texts: &[&str], reading: &Reading<'_>) -> Option<Order> {
    let sorted = |order| {
        let rules = DateRules { order: Some(order), ..reading.rules.clone() };
        let read = texts.iter().map(|t| date::read(t, &rules, Some(reading.now)).map(|r| r.at));
        let days: Result<Vec<_>, _> = read.collect();
        let Ok(mut days) = days else { return false };
        let present = days.iter().all(|d| *d <= reading.now + chrono::TimeDelta::days(1));
        let (falls, rises) = (days.is_sorted_by(|a, b| a >= b), days.is_sorted());
        days.sort_unstable();
        days.dedup();
        present && (falls || rises) && days.len() >= 3
    };
    match (sorted(Order::Mdy), sorted(Order::Dmy)) {
        (true, false) => Some(Order::Mdy),
        (false, true) => Some(Order::Dmy),
        _ => None,
    }
}
