//! A listing that was found -> the rules that find it again.

use super::super::listing::Listing;
use super::super::listing::item_date::{DateSlot, Where};
use super::super::listing::slots::{Record, Slot};
use super::candidate::{Class, Pattern, is_tag, lasting};
use crate::html::{Outline, Place, weight};
use crate::model::Kind;
use crate::rules::{FieldSpec, RuleSpec, SelectSpec, SelectorSpec, SourceSpec};

/// A selector that is right for fewer records than this is not offered.
const RIGHT: f64 = 0.5;

/// The rules for a listing, and how well its items are told from the rest of the page: 1.0 exactly.
pub(crate) fn rules(outline: &Outline<'_>, listing: &Listing) -> Option<(RuleSpec, f64)> {
    let writer = Writer { outline, listing };
    let places: Vec<Place> = listing.records.iter().map(|r| r.place).collect();
    let (item, fit) = super::items(outline, &places, || writer.inner())?;
    let select = SelectSpec {
        item: Some(SelectorSpec::Text(item.css(outline))),
        title: FieldSpec::of_sources(writer.titles()),
        link: FieldSpec::of_sources(writer.sources(&listing.links)),
        date: FieldSpec::of_sources(writer.dates()),
        summary: FieldSpec::of_sources(writer.sources(listing.summary.as_slice())),
        author: FieldSpec::of_sources(writer.sources(listing.author.as_slice())),
        image: FieldSpec::of_sources(writer.sources(listing.image.as_slice())),
        enclosure: FieldSpec::of_sources(writer.sources(listing.media.as_slice())),
        ..SelectSpec::default()
    };
    Some((RuleSpec { kind: Kind::Html, select: Some(select), pages: None }, fit))
}

struct Writer<'a, 'd> {
    outline: &'a Outline<'d>,
    listing: &'a Listing,
}

impl Writer<'_, '_> {
    /// What every record has inside: its link, if that is in it.
    fn inner(&self) -> Option<Pattern> {
        let slot = self.listing.links.first().or(self.listing.titles.first())?;
        let slot = &self.listing.slots[*slot];
        let own = slot.hits.first().is_some_and(|(r, p)| self.listing.records[*r].place == *p);
        if slot.sibling != 0 || own {
            return None;
        }
        let (pattern, _) = super::field(self.outline, &self.listing.records, slot)?;
        let all = self.listing.records.iter().all(|r| pattern.first(self.outline, r.place, false).is_some());
        all.then_some(pattern)
    }

    fn sources(&self, slots: &[usize]) -> Vec<SourceSpec> {
        slots.iter().filter_map(|slot| self.source(&self.listing.slots[*slot])).collect()
    }

    fn source(&self, slot: &Slot) -> Option<SourceSpec> {
        if slot.sibling != 0 {
            return self.beside(slot).map(|xpath| SourceSpec { xpath: Some(xpath), ..SourceSpec::default() });
        }
        let (pattern, right) = super::field(self.outline, &self.listing.records, slot)?;
        (right >= RIGHT).then(|| SourceSpec { css: Some(pattern.css(self.outline)), ..SourceSpec::default() })
    }

    /// The title, without the date where that stands in the same element.
    fn titles(&self) -> Vec<SourceSpec> {
        let beside_date = self.listing.titles.first().and_then(|t| self.beside_date(&self.listing.slots[*t]));
        let captions = self.listing.captions.and_then(|slot| self.source(&self.listing.slots[slot]));
        match beside_date {
            Some(source) => vec![source],
            None if captions.is_some() => captions
                .into_iter()
                .map(|source| SourceSpec { attr: Some("alt".to_owned()), ..source })
                .collect(),
            None => self.sources(&self.listing.titles),
        }
    }

    /// The piece of text beside a date inside the title's element, if there is nothing else in it.
    fn beside_date(&self, title: &Slot) -> Option<SourceSpec> {
        let date = &self.listing.slots[self.listing.date.as_ref()?.slot];
        let mut pieces: Vec<usize> = Vec::new();
        for (record, place) in title.hits.iter().take(20) {
            let inner = date.at(*record)?;
            let texts = self.outline.own_texts(*place);
            let [(number, text)] = texts.as_slice() else { return None };
            let rest = self.outline.weight(*place).saturating_sub(self.outline.weight(inner));
            if inner <= *place || inner >= self.outline.end(*place) || weight(text) * 10 < rest * 8 {
                return None;
            }
            pieces.push(*number);
        }
        let number = *pieces.first()?;
        pieces.iter().all(|n| *n == number).then_some(())?;
        let way = if title.sibling == 0 { self.way(title)? } else { self.beside(title)? };
        Some(SourceSpec {
            xpath: Some(format!("{way}/text()[{number}]")),
            regex: Some(r"(?s)^[\s:|·–—-]*(.+)$".to_owned()),
            ..SourceSpec::default()
        })
    }

    /// The date over the record's group, else the record's own.
    fn dates(&self) -> Vec<SourceSpec> {
        match &self.listing.heading {
            Some(path) => vec![SourceSpec { xpath: Some(path.clone()), ..SourceSpec::default() }],
            None => self.listing.date.iter().filter_map(|date| self.date(date)).collect(),
        }
    }

    fn date(&self, date: &DateSlot) -> Option<SourceSpec> {
        let slot = &self.listing.slots[date.slot];
        let source = match &date.at {
            Where::Piece(number) => {
                let to = if slot.sibling == 0 { self.way(slot)? } else { self.beside(slot)? };
                SourceSpec { xpath: Some(format!("{to}/text()[{number}]")), ..SourceSpec::default() }
            }
            Where::Behind | Where::Before => {
                let axis = if date.at == Where::Behind { "following" } else { "preceding" };
                let to = if slot.sibling == 0 { self.way(slot)? } else { self.beside(slot)? };
                // Only what stands right beside it: the next text may be the next item's.
                let path = format!("{to}/{axis}-sibling::node()[1][self::text()]");
                SourceSpec { xpath: Some(path), ..SourceSpec::default() }
            }
            Where::Text => self.source(slot)?,
            Where::Attribute(name) => SourceSpec { attr: Some((*name).to_owned()), ..self.source(slot)? },
        };
        Some(SourceSpec { order: date.order.map(|order| order.name().to_owned()), ..source })
    }

    /// The way to a slot beside its record, as XPath: by which sibling it is, and what that is.
    fn beside(&self, slot: &Slot) -> Option<String> {
        let (number, place) = *slot.hits.first()?;
        let record = self.listing.records.get(number)?;
        let sibling = self.sibling(record, slot.sibling)?;
        let axis = if slot.sibling > 0 { "following" } else { "preceding" };
        let steps = slot.sibling.unsigned_abs();
        let tag = Some(self.outline.tag_text(sibling)).filter(|t| is_tag(t))?;
        let to = format!("./{axis}-sibling::*[{steps}][self::{tag}]");
        Some(if sibling == place { to } else { format!("{to}{}", self.down(sibling, place)) })
    }

    fn sibling(&self, record: &Record, steps: isize) -> Option<Place> {
        if steps > 0 {
            let mut at = record.place;
            for _ in 0..steps {
                at = self.outline.next_sibling(at)?;
            }
            return Some(at);
        }
        let before = self.outline.children(self.outline.parent(record.place));
        let before: Vec<Place> = before.take_while(|c| *c < record.place).collect();
        before.iter().rev().nth(steps.unsigned_abs().checked_sub(1)?).copied()
    }

    /// The way to a slot inside its record, as XPath.
    fn way(&self, slot: &Slot) -> Option<String> {
        let (number, place) = *slot.hits.first()?;
        let root = self.listing.records.get(number)?.place;
        Some(if place == root { ".".to_owned() } else { format!(".{}", self.down(root, place)) })
    }

    /// From an element down to one inside: by a class that lasts, else step by step.
    fn down(&self, root: Place, place: Place) -> String {
        let tag = self.outline.tag_text(place);
        let whole = lasting(self.outline, place).into_iter().find_map(|c| match c {
            Class::Whole(name) => Some(self.outline.text_of(name)),
            Class::Stem(_) => None,
        });
        // A class says which only where the first element with it is the one.
        let first = |class: &str| {
            let inside = (root + 1..self.outline.end(root)).find(|p| {
                self.outline.tag(*p) == self.outline.tag(place)
                    && self.outline.classes(*p).iter().any(|c| self.outline.text_of(*c) == class)
            });
            inside == Some(place)
        };
        if let Some(class) = whole.filter(|class| first(class)) {
            return format!("//{tag}[contains(concat(' ', normalize-space(@class), ' '), ' {class} ')]");
        }
        let mut steps: Vec<Place> = vec![place];
        steps.extend(self.outline.ancestors(place).take_while(|a| *a > root));
        let step = |p: &Place| match self.outline.tag_text(*p) {
            tag if is_tag(tag) => format!("/{tag}[{}]", self.outline.nth(*p)),
            _ => "/*".to_owned(),
        };
        steps.iter().rev().map(step).collect()
    }
}
