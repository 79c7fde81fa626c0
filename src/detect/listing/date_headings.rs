//! Dates that stand over groups of records: in the heading of a day or a month.

use super::super::page::dates::Read;
use super::super::page::signals::is_heading;
use super::super::page::view::View;
use super::super::selectors::candidate::{Class, lasting};
use super::groups::count;
use super::slots::{Record, SAMPLE};
use crate::html::{Name, Outline, Place};

/// Elements around a record beside which the heading may stand.
const LEVELS: usize = 5;
/// Siblings that are looked at for a heading.
const SIBLINGS: usize = 400;
/// What is heavier is no date over a group.
const HEAVIEST: u32 = 60;
/// Records whose headings are looked for, before a way to them is tried on all.
const TRIED: usize = 4;

/// The way from a record to the heading over its group.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Way {
    /// The element around the record beside which the heading stands: its tag, and which of the
    /// elements around the record with this tag it is; `None`: the record itself.
    around: Option<(Name, usize)>,
    /// The sibling's tag, a class of it, and the tag of a child that tells it from records.
    sibling: (Name, Option<Name>, Option<Name>),
    /// The tag of the element in the sibling that has the date.
    inner: Option<Name>,
}

/// The XPath expression from a record to the date over its group, if nearly all records have one.
pub(crate) fn date(view: &View<'_, '_>, records: &[Record]) -> Option<String> {
    let n = records.len();
    let tried = [0, n / 2, n.saturating_sub(1), n / 3].into_iter().take(TRIED);
    let mut ways: Vec<Way> = Vec::new();
    for record in tried.filter_map(|i| records.get(i)) {
        let found = way(view, record.place, records);
        if let Some(found) = found.filter(|w| !ways.contains(w)) {
            ways.push(found);
        }
    }
    ways.into_iter().find(|w| leads(view, w, records)).map(|w| w.xpath(view.outline))
}

/// Whether a way leads nearly all records to a date.
fn leads(view: &View<'_, '_>, way: &Way, records: &[Record]) -> bool {
    let outline = view.outline;
    let seen = records.iter().take(SAMPLE);
    let found: Vec<Place> = seen.filter_map(|r| way.follow(outline, r.place)).collect();
    let dated = found.iter().filter(|p| is_date(view, **p)).count();
    let mut different = found.clone();
    different.dedup();
    // What nearly every record has for itself is a part of it.
    if different.len() * 4 > found.len() * 3 && found.len() > 2 {
        return false;
    }
    // One for all items may be anything, unless it is a heading.
    let headings = found.iter().all(|p| is_heading(outline.tag_text(*p)));
    count(dated) >= 0.9 * count(records.len().min(SAMPLE)) && (different.len() > 1 || headings)
}

fn is_date(view: &View<'_, '_>, place: Place) -> bool {
    if view.outline.weight(place) > HEAVIEST {
        return false;
    }
    let said = view.said(place);
    said.looks_like_date && view.dates.read(&said, None) != Read::Nothing
}

/// The closest heading before a record that has a date, and the way to it.
fn way(view: &View<'_, '_>, record: Place, records: &[Record]) -> Option<Way> {
    let outline = view.outline;
    let mut seen: Vec<Name> = Vec::new();
    for (level, at) in std::iter::once(record).chain(outline.ancestors(record)).take(LEVELS).enumerate() {
        let tag = outline.tag(at);
        if level > 0 {
            seen.push(tag);
        }
        let around = (level > 0).then(|| (tag, seen.iter().filter(|t| **t == tag).count()));
        let before: Vec<Place> = outline.children(outline.parent(at)).take_while(|c| *c < at).collect();
        let no_record = |p: &&Place| level > 0 || !records.iter().any(|r| r.place == **p);
        for sibling in before.iter().rev().take(SIBLINGS).filter(no_record) {
            let Some(dated) = dated(view, *sibling) else { continue };
            let class = lasting(outline, *sibling).into_iter().find_map(|c| match c {
                Class::Whole(name) => Some(name),
                Class::Stem(_) => None,
            });
            let like_record = outline.tag(*sibling) == outline.tag(at);
            let child = outline
                .children(*sibling)
                .next()
                .map(|c| outline.tag(c))
                .filter(|_| like_record && class.is_none());
            let inner = (dated != *sibling).then(|| outline.tag(dated));
            return Some(Way { around, sibling: (outline.tag(*sibling), class, child), inner });
        }
    }
    None
}

/// The element in a sibling that holds a date and nothing else.
fn dated(view: &View<'_, '_>, sibling: Place) -> Option<Place> {
    let outline = view.outline;
    let end = outline.end(sibling).min(sibling + 8);
    (sibling..end).find(|p| outline.own_weight(*p) > 3 && is_date(view, *p))
}

impl Way {
    fn follow(&self, outline: &Outline<'_>, record: Place) -> Option<Place> {
        let at = match self.around {
            None => record,
            Some((tag, n)) => outline.ancestors(record).filter(|a| outline.tag(*a) == tag).nth(n - 1)?,
        };
        let before: Vec<Place> = outline.children(outline.parent(at)).take_while(|c| *c < at).collect();
        let sibling = before.iter().rev().find(|s| self.is_sibling(outline, **s))?;
        match self.inner {
            None => Some(*sibling),
            Some(tag) => (*sibling..outline.end(*sibling)).find(|p| outline.tag(*p) == tag),
        }
    }

    fn is_sibling(&self, outline: &Outline<'_>, place: Place) -> bool {
        let (tag, class, child) = self.sibling;
        outline.tag(place) == tag
            && class.is_none_or(|c| outline.classes(place).contains(&c))
            && child.is_none_or(|c| outline.children(place).any(|x| outline.tag(x) == c))
    }

    fn xpath(&self, outline: &Outline<'_>) -> String {
        let from = match self.around {
            None => ".".to_owned(),
            Some((tag, n)) => format!("./ancestor::{}[{n}]", outline.text_of(tag)),
        };
        let (tag, class, child) = self.sibling;
        let class = class.map_or(String::new(), |c| {
            format!("[contains(concat(' ', normalize-space(@class), ' '), ' {} ')]", outline.text_of(c))
        });
        let child = child.map_or(String::new(), |c| format!("[{}]", outline.text_of(c)));
        let inner =
            self.inner.map_or(String::new(), |t| format!("/descendant-or-self::{}[1]", outline.text_of(t)));
        format!("{from}/preceding-sibling::{}{class}{child}[1]{inner}", outline.text_of(tag))
    }
}
