//! Which text of a record is its date.

use std::rc::Rc;

use chrono::{Datelike as _, TimeDelta};

use super::super::page::dates::{Dates, Read};
use super::super::page::signals::looks_like_date;
use super::super::page::texts::{Said, may_be_date};
use super::super::page::view::View;
use super::groups::count;
use super::slots::Slot;
use crate::date;
use crate::date::Order;
use crate::html::{Outline, Place};

/// Texts of a slot that are read; a first few must hold dates for more to be read.
const READ: usize = 60;
const FIRST: usize = 5;

/// What is no heavier may be a date and little else; texts behind the first few may be lighter.
const LOOKS_CLEAN: f64 = 48.0;

/// Bytes of an attribute or a piece of text that may be a date.
const LONGEST: usize = 200;

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
pub(crate) enum Where {
    /// Its text, or what it says for machines.
    Text,
    /// One of its own pieces of text, as XPath counts them.
    Piece(usize),
    /// An attribute.
    Attribute(&'static str),
    /// The text right behind it, where links are parted by line breaks.
    Behind,
    /// The text right before it.
    Before,
}

/// A slot of dates.
#[derive(Debug, Clone)]
pub(crate) struct DateSlot {
    pub(crate) slot: usize,
    pub(crate) at: Where,
    /// The order of day and month, where the texts alone do not say it and the sequence of dates does.
    pub(crate) order: Option<Order>,
    /// The share of all records that have a date there.
    pub(crate) share: f64,
    quality: f64,
}

/// The slot that holds the dates of publication, if there is one.
pub(crate) fn date(
    view: &View<'_, '_>,
    slots: &[Slot],
    records: usize,
    title: Option<usize>,
) -> Option<DateSlot> {
    let usual = slots.iter().enumerate().filter(|(_, s)| s.hits.len() * 4 >= records);
    let mut possible: Vec<Possible<'_>> = usual
        .flat_map(|(number, slot)| places(view.outline, slot).into_iter().map(move |at| (number, slot, at)))
        .map(|(number, slot, at)| Possible::of(view, number, slot, at, records))
        .enumerate()
        .map(|(turn, possible)| Possible { turn, ..possible })
        .collect();
    // What looks like a date and little else comes first: mostly nothing else need be read then.
    possible.sort_by_key(|p| (!p.looks_clean, p.turn));
    let mut best: Option<DateSlot> = None;
    let mut found: Vec<usize> = Vec::new();
    for possible in possible {
        let (turn, number) = (possible.turn, possible.number);
        // Dates that stand before others on the page are rather those of publication.
        let rank = count(found.iter().filter(|f| **f < turn).count());
        let weight = if Some(number) == title { 0.6 } else { 1.0 } / (1.0 + 0.04 * rank);
        let least = best.as_ref().map_or(0.0, |b| b.quality) / weight;
        let Some(mut slot) = possible.read(view, least) else { continue };
        slot.quality *= weight;
        found.push(turn);
        if best.as_ref().is_none_or(|b| slot.quality > b.quality) {
            best = Some(slot);
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
    let stamped = |v: &str| v.len() <= LONGEST && v.bytes().any(|b| b.is_ascii_digit());
    let mut names: Vec<&'static str> = Vec::new();
    for (name, _) in first.iter().flat_map(|p| outline.attrs(*p)).filter(|(_, v)| stamped(v)) {
        names.extend(ATTRIBUTES.iter().find(|a| **a == name).filter(|a| !names.contains(a)).copied());
    }
    names.sort_by_key(|name| ATTRIBUTES.iter().position(|a| a == name));
    out.extend(names.into_iter().map(Where::Attribute));
    let beside = |text: Option<&str>| text.is_some_and(|t| t.len() <= LONGEST && looks_like_date(t));
    let first: Vec<Place> = match first.first().map(|p| outline.tag_text(*p)) {
        Some("a") => first,
        _ => return with_pieces(outline, &first, out),
    };
    if first.iter().filter(|p| beside(outline.text_after(**p))).count() * 2 > first.len() {
        out.push(Where::Behind);
    }
    if first.iter().filter(|p| beside(outline.text_before(**p))).count() * 2 > first.len() {
        out.push(Where::Before);
    }
    with_pieces(outline, &first, out)
}

/// The same, with the pieces of text of their own that elements have beside others.
fn with_pieces(outline: &Outline<'_>, first: &[Place], mut out: Vec<Where>) -> Vec<Where> {
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

/// A place in a slot that may hold dates.
struct Possible<'s> {
    /// Which in page order it is.
    turn: usize,
    number: usize,
    slot: &'s Slot,
    at: Where,
    /// Whether some of its first texts are a date and little else by their looks, or it is for machines.
    looks_clean: bool,
    coverage: f64,
    /// How much a date counts by where it stands: what is for machines is surer.
    trust: f64,
}

impl<'s> Possible<'s> {
    fn of(view: &View<'_, '_>, number: usize, slot: &'s Slot, at: Where, records: usize) -> Self {
        let machine = view.outline.tag_text(slot.hits[0].1) == "time" || at == Where::Attribute("datetime");
        let by_attribute = matches!(at, Where::Attribute(name) if name != "datetime");
        let trust = if machine { 1.15 } else { 1.0 };
        let mut possible = Self {
            turn: 0,
            number,
            slot,
            at,
            looks_clean: machine,
            coverage: slot.coverage(records),
            trust: if by_attribute { trust * 0.9 } else { trust },
        };
        let looks_clean = |t: &Rc<Said<'_>>| t.looks_like_date && t.weight <= LOOKS_CLEAN;
        possible.looks_clean |= possible.texts(view, FIRST).iter().any(looks_clean);
        possible
    }

    /// The texts of the first elements that have one.
    fn texts<'a>(&self, view: &View<'a, '_>, most: usize) -> Vec<Rc<Said<'a>>> {
        self.slot.hits.iter().take(most).filter_map(|(_, p)| text_at(view, *p, &self.at)).collect()
    }

    /// The dates, if they may be better than `least`.
    fn read(self, view: &View<'_, '_>, least: f64) -> Option<DateSlot> {
        let most = self.coverage * self.trust * if self.looks_clean { 1.3 } else { 1.0 };
        if most <= least {
            return None;
        }
        let first = self.texts(view, FIRST);
        // With an order of its column, more may be a date than by itself.
        let is_none = |t: &&Rc<Said<'_>>| !t.has_numeric_date() && view.dates.read(t, None) == Read::Nothing;
        let hits = self.slot.hits.len().min(FIRST);
        let (absent, misses) = (hits - first.len(), hits / 2);
        if absent > misses || first.iter().filter(is_none).nth(misses - absent).is_some() {
            return None;
        }
        if Texts::read(&first, &view.dates).dates * 2 < hits {
            return None;
        }
        let texts = self.texts(view, READ);
        let read = Texts::read(&texts, &view.dates);
        if read.dates * 2 < texts.len() || read.future * 2 > texts.len() {
            return None;
        }
        // Days without a year that are not in sequence belong to years that stand elsewhere.
        if read.yearless * 2 > texts.len() && !read.in_sequence {
            return None;
        }
        let all = count(texts.len().max(1));
        let share = count(read.dates) / all * self.coverage;
        let clean = count(texts.iter().filter(|t| t.is_mostly_date()).count()) / all;
        let quality = share
            * (1.0 + 0.3 * clean)
            * (1.0 - count(read.future) / all)
            * self.trust
            * if read.relative * 2 > texts.len() { 0.8 } else { 1.0 };
        Some(DateSlot { slot: self.number, at: self.at, order: read.order, share, quality })
    }
}

fn text_at<'a>(view: &View<'a, '_>, place: Place, at: &Where) -> Option<Rc<Said<'a>>> {
    let outline = view.outline;
    let text = match at {
        Where::Text => {
            let own = (outline.tag_text(place) == "time").then(|| outline.attr(place, "datetime")).flatten();
            return Some(own.map_or_else(|| view.said(place), |own| view.known(own)));
        }
        Where::Piece(number) => outline.own_texts(place).into_iter().find(|(i, _)| i == number)?.1,
        Where::Attribute(name) => outline.attr(place, name).filter(|t| t.len() <= LONGEST)?,
        Where::Behind => outline.text_after(place).filter(|t| t.len() <= LONGEST)?,
        Where::Before => outline.text_before(place).filter(|t| t.len() <= LONGEST)?,
    };
    Some(view.known(text))
}

/// What the texts of one slot say.
struct Texts {
    dates: usize,
    relative: usize,
    future: usize,
    /// Days whose year is reckoned.
    yearless: usize,
    /// Whether they stand as the calendar has them, forwards or backwards.
    in_sequence: bool,
    order: Option<Order>,
}

impl Texts {
    fn read(all: &[Rc<Said<'_>>], dates: &Dates) -> Self {
        // Mostly all is clear, and the column need not be asked.
        let open = |t: &&Rc<Said<'_>>| dates.read(t, None) == Read::Unclear || t.has_numeric_date();
        let texts = || all.iter().filter(|t| t.may_show_order()).map(|t| t.text).collect::<Vec<_>>();
        let column = all.iter().find(open).and_then(|_| date::column_order(&texts()));
        let mut out = Self { dates: 0, relative: 0, future: 0, yearless: 0, in_sequence: true, order: None };
        let (mut unclear, mut days) = (false, Vec::new());
        for text in all {
            match dates.read(text, column) {
                Read::At(at, relative) => {
                    out.dates += 1;
                    out.relative += usize::from(relative);
                    out.future += usize::from(at > dates.now + TimeDelta::days(1));
                    out.yearless += usize::from(relative && has_number(text.text, at.day()));
                    days.push(at);
                }
                Read::Unclear => {
                    out.dates += 1;
                    unclear = true;
                }
                Read::Nothing => {}
            }
        }
        out.in_sequence = days.is_sorted() || days.is_sorted_by(|a, b| a >= b);
        if unclear {
            out.order = by_sequence(all, dates);
        }
        out
    }
}

/// Whether a text has this number: `4 November` has its day, `4 days ago` mostly not.
fn has_number(text: &str, number: u32) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|n| n.parse() == Ok(number))
}

/// The order under which a list is sorted, if it is not under the other.
fn by_sequence(texts: &[Rc<Said<'_>>], dates: &Dates) -> Option<Order> {
    let sorted = |order| {
        let read = texts.iter().map(|t| match dates.read(t, Some(order)) {
            Read::At(at, _) => Some(at),
            Read::Unclear | Read::Nothing => None,
        });
        let Some(mut days) = read.collect::<Option<Vec<_>>>() else { return false };
        let present = days.iter().all(|d| *d <= dates.now + TimeDelta::days(1));
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
