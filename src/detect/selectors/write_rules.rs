//! A listing -> the rules that find it again.

use super::candidate::CandidateSelector;
use super::field::{field_selector, telling_selector};
use super::items::item_selector;
use super::xpath::{selector_path, slot_path};
use crate::detect::listing::Listing;
use crate::detect::listing::anchors::{Anchor, AnchorKind};
use crate::detect::listing::date_position::DatePosition;
use crate::detect::listing::fields::caption_attribute;
use crate::detect::listing::item_date::DateSlot;
use crate::detect::listing::slots::Slot;
use crate::detect::page::versions::REST_PATTERN;
use crate::html::{ElementId, Outline, weight};
use crate::model::Kind;
use crate::rules::{FieldSpec, ReplaceSpec, RuleSpec, SelectSpec, SelectorSpec, SelectorTable, SourceSpec};

/// A selector that is right for a smaller share of records is not offered.
const MIN_FIELD_FIT: f64 = 0.5;
/// Records whose titles are looked at for a date inside.
const MAX_TITLES_READ: usize = 20;
/// Cuts off what separates a title from the date before it.
const TITLE_PATTERN: &str = r"(?s)^[\s:|·–—-]*(.+)$";

/// Makes the letters of "Unreleased" small, and takes away signs around it.
const SIGNS_AND_LETTERS: &str = "'UNRELASD []()¶#:-', 'unrelasd'";
/// The sign of a link from a heading to itself, and the pattern of a title without it.
const PERMALINK_MARK: char = '¶';
const UNMARKED_PATTERN: &str = r"(?s)^(.*?)\s*¶?\s*$";

/// The rules for a listing, and how well its items are told from the rest of the page: 1.0 is exactly.
pub(crate) fn write_rules(outline: &Outline<'_>, listing: &Listing) -> Option<(RuleSpec, f64)> {
    let writer = RulesWriter { outline, listing };
    let elements: Vec<ElementId> = listing.records.iter().map(|record| record.element).collect();
    let item = item_selector(outline, &elements, || writer.inner_selector())?;
    let css = || SelectorSpec::Text(item.selector.css(outline));
    let select = SelectSpec {
        item: Some(writer.released_items(&item.selector).unwrap_or_else(css)),
        title: FieldSpec::of_sources(writer.title_sources()),
        link: FieldSpec::of_sources(writer.link_sources()),
        date: FieldSpec::of_sources(writer.date_sources()),
        summary: FieldSpec::of_sources(writer.sources(listing.summary.as_slice())),
        author: FieldSpec::of_sources(writer.sources(listing.author.as_slice())),
        image: FieldSpec::of_sources(writer.sources(listing.image.as_slice())),
        enclosure: FieldSpec::of_sources(writer.sources(listing.media.as_slice())),
        ..SelectSpec::default()
    };
    Some((RuleSpec { kind: Kind::Html, select: Some(select), pages: None }, item.fit))
}

struct RulesWriter<'a, 'd> {
    outline: &'a Outline<'d>,
    listing: &'a Listing,
}

impl RulesWriter<'_, '_> {
    /// The selector of an element that every record holds: its link, else its title.
    fn inner_selector(&self) -> Option<CandidateSelector> {
        let records = &self.listing.records;
        let slot = self.listing.links.first().or(self.listing.titles.first())?;
        let slot = &self.listing.slots[*slot];
        let is_record = |(record, element): &(usize, ElementId)| records[*record].element == *element;
        if slot.sibling != 0 || slot.hits.first().is_some_and(is_record) {
            return None;
        }
        let selector = telling_selector(self.outline, records, slot)
            .or_else(|| field_selector(self.outline, records, slot).map(|found| found.selector))?;
        let holds = |record: ElementId| selector.find_inside(self.outline, record).is_some();
        records.iter().all(|record| holds(record.element)).then_some(selector)
    }

    /// The items but for what is not released yet, if the page has such a heading: XPath can leave it out.
    fn released_items(&self, items: &CandidateSelector) -> Option<SelectorSpec> {
        let title = &self.listing.slots[*self.listing.titles.first()?];
        let is_unreleased = |(_, element): &(usize, ElementId)| {
            let text = self.outline.text(*element).trim_matches(|c: char| !c.is_alphanumeric());
            text.eq_ignore_ascii_case("unreleased")
        };
        if title.sibling != 0 || !title.hits.iter().any(is_unreleased) {
            return None;
        }
        let items = selector_path(self.outline, items)?;
        let title = self.path(title)?;
        let xpath = Some(format!("{items}[not(translate({title}, {SIGNS_AND_LETTERS})='unreleased')]"));
        Some(SelectorSpec::Table(SelectorTable { xpath, ..SelectorTable::default() }))
    }

    fn sources(&self, slots: &[usize]) -> Vec<SourceSpec> {
        slots.iter().filter_map(|slot| self.source(&self.listing.slots[*slot])).collect()
    }

    fn source(&self, slot: &Slot) -> Option<SourceSpec> {
        if slot.sibling != 0 {
            return self.path(slot).map(by_xpath);
        }
        let found = field_selector(self.outline, &self.listing.records, slot)?;
        let css = || found.selector.css(self.outline);
        (found.fit >= MIN_FIELD_FIT).then(|| SourceSpec { css: Some(css()), ..SourceSpec::default() })
    }

    /// The links, or the anchors of items without links.
    fn link_sources(&self) -> Vec<SourceSpec> {
        let anchor = || self.listing.anchor.and_then(|anchor| self.anchor_source(anchor));
        let links = self.sources(&self.listing.links);
        if links.is_empty() { anchor().into_iter().collect() } else { links }
    }

    fn anchor_source(&self, anchor: Anchor) -> Option<SourceSpec> {
        let source = self.source(&self.listing.slots[anchor.slot])?;
        // An id is no address yet.
        let sign = || ReplaceSpec::One(["^".to_owned(), "#".to_owned()]);
        let replace = matches!(anchor.kind, AnchorKind::Id | AnchorKind::Name).then(sign);
        Some(SourceSpec { attr: Some(anchor.kind.attribute().to_owned()), replace, ..source })
    }

    fn path(&self, slot: &Slot) -> Option<String> {
        slot_path(self.outline, &self.listing.records, slot)
    }

    fn title_sources(&self) -> Vec<SourceSpec> {
        let slots = &self.listing.slots;
        let title = self.listing.titles.first().map(|title| &slots[*title]);
        let date = self.listing.date.as_ref().map(|date| &slots[date.slot]);
        let inner = [date, self.permalink_mark(title)];
        let beside = |title| inner.into_iter().flatten().find_map(|inner| self.title_beside(title, inner));
        if let Some(source) = title.and_then(beside) {
            return vec![source];
        }
        match self.listing.captions.and_then(|caption| self.caption_source(&slots[caption])) {
            Some(source) => vec![source],
            None => self.titles_without_mark(),
        }
    }

    /// The titles, each without the mark at its end that leads to the item itself.
    fn titles_without_mark(&self) -> Vec<SourceSpec> {
        let mut sources = self.sources(&self.listing.titles);
        let titles = self.listing.titles.first().map(|title| &self.listing.slots[*title]);
        let hits = || titles.iter().flat_map(|slot| slot.hits.iter().take(MAX_TITLES_READ));
        let is_marked = |(_, element): &&(usize, ElementId)| {
            self.outline.text(*element).trim_end().ends_with(PERMALINK_MARK)
        };
        if hits().filter(is_marked).count() * 2 > hits().count() {
            for source in &mut sources {
                source.regex = Some(UNMARKED_PATTERN.to_owned());
            }
        }
        sources
    }

    /// The attribute that names the elements of a slot.
    fn caption_source(&self, slot: &Slot) -> Option<SourceSpec> {
        let attribute = caption_attribute(self.outline, slot.hits.first()?.1)?;
        Some(SourceSpec { attr: Some(attribute.to_owned()), ..self.source(slot)? })
    }

    /// The links to the items themselves that stand in their titles as a mark, such as `#`.
    fn permalink_mark(&self, title: Option<&Slot>) -> Option<&Slot> {
        let anchor = self.listing.anchor.filter(|anchor| anchor.kind == AnchorKind::Link)?;
        let mark = &self.listing.slots[anchor.slot];
        let (record, element) = *mark.hits.first()?;
        let weight_of_title = self.outline.weight(title?.at(record)?);
        (self.outline.weight(element) * 2 <= weight_of_title).then_some(mark)
    }

    /// The text node of a title whose element holds one text node, another element such as the date, and
    /// little else.
    fn title_beside(&self, title: &Slot, inner: &Slot) -> Option<SourceSpec> {
        let mut numbers: Vec<usize> = Vec::new();
        for (record, element) in title.hits.iter().take(MAX_TITLES_READ) {
            numbers.push(self.text_node_beside(*element, inner.at(*record)?)?);
        }
        let number = *numbers.first()?;
        if numbers.iter().any(|other| *other != number) {
            return None;
        }
        let path = self.path(title)?;
        Some(SourceSpec {
            regex: Some(TITLE_PATTERN.to_owned()),
            ..by_xpath(format!("{path}/text()[{number}]"))
        })
    }

    /// The number of the only text node of an element, if it and an inner element are nearly all of its text.
    fn text_node_beside(&self, element: ElementId, inner: ElementId) -> Option<usize> {
        let outline = self.outline;
        let text_nodes = outline.own_texts(element);
        let [(number, text)] = text_nodes.as_slice() else { return None };
        let is_inside = inner > element && inner < outline.end(element);
        let rest = outline.weight(element).saturating_sub(outline.weight(inner));
        (is_inside && weight(text) * 10 >= rest * 8).then_some(*number)
    }

    /// The date in a heading over the records, else the records' own.
    fn date_sources(&self) -> Vec<SourceSpec> {
        match &self.listing.date_heading {
            Some(path) => vec![by_xpath(path.clone())],
            None => self.listing.date.iter().filter_map(|date| self.date_source(date)).collect(),
        }
    }

    fn date_source(&self, date: &DateSlot) -> Option<SourceSpec> {
        let slot = &self.listing.slots[date.slot];
        // Only the text node directly beside the element: the next one may belong to the next item.
        let text_beside =
            |path: String, axis: &str| by_xpath(format!("{path}/{axis}-sibling::node()[1][self::text()]"));
        let source = match &date.position {
            DatePosition::Text => self.source(slot)?,
            DatePosition::AfterVersion => {
                SourceSpec { regex: Some(REST_PATTERN.to_owned()), ..self.source(slot)? }
            }
            DatePosition::TextNode(number) => by_xpath(format!("{}/text()[{number}]", self.path(slot)?)),
            DatePosition::Attribute(name) => {
                SourceSpec { attr: Some((*name).to_owned()), ..self.source(slot)? }
            }
            DatePosition::TextAfter => text_beside(self.path(slot)?, "following"),
            DatePosition::TextBefore => text_beside(self.path(slot)?, "preceding"),
        };
        Some(SourceSpec { order: date.order.map(|order| order.name().to_owned()), ..source })
    }
}

fn by_xpath(path: String) -> SourceSpec {
    SourceSpec { xpath: Some(path), ..SourceSpec::default() }
}
