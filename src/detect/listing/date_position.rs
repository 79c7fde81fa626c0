//! Where in the elements of a slot a date may stand: in the text, beside it, or in an attribute.

use std::rc::Rc;

use super::slots::Slot;
use crate::detect::page::signals::{MAX_DATE_WEIGHT, is_heading, looks_like_date};
use crate::detect::page::texts::TextFacts;
use crate::detect::page::versions::{after_version, names_release};
use crate::detect::page::view::PageView;
use crate::html::{ElementId, Outline};

/// Elements of a slot that are looked at for positions.
const MAX_ELEMENTS: usize = 5;
/// Longer attributes and pieces of text are no dates.
const MAX_DATE_BYTES: usize = 200;
/// Text nodes of one element that may be dates.
const MAX_TEXT_NODES: usize = 6;

/// Attributes that hold dates.
const ATTRIBUTES: [&str; 9] = [
    "datetime",
    "data-date",
    "data-datetime",
    "data-time",
    "data-timestamp",
    "data-epoch",
    "data-published",
    "content",
    "title",
];

/// Where in the elements of a slot the date stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DatePosition {
    /// In the text, or in the `datetime` of a `time` element.
    Text,
    /// In the n-th text node of the element itself, from 1, as XPath counts them.
    TextNode(usize),
    Attribute(&'static str),
    /// In the text behind the version of a release: `1.2.0 - 4 May 2026`.
    AfterVersion,
    /// In the text right after a link, where line breaks separate links.
    TextAfter,
    /// In the text right before a link.
    TextBefore,
}

impl DatePosition {
    /// The text of an element at this position.
    pub(super) fn text<'a>(&self, view: &PageView<'a, '_>, element: ElementId) -> Option<Rc<TextFacts<'a>>> {
        let outline = view.outline;
        let is_short = |text: &&str| text.len() <= MAX_DATE_BYTES;
        let text = match self {
            Self::Text => {
                let is_time = outline.tag_text(element) == "time";
                let datetime = if is_time { outline.attr(element, "datetime") } else { None };
                let shown = || Some(view.text_facts(element)).filter(|facts| !is_long_number(facts.text));
                return datetime.map(|text| view.facts_of(text)).or_else(shown);
            }
            Self::AfterVersion => after_version(view.text_facts(element).text)?,
            Self::TextNode(number) => outline.own_texts(element).into_iter().find(|(n, _)| n == number)?.1,
            Self::Attribute(name) => outline.attr(element, name).filter(is_short)?,
            Self::TextAfter => outline.text_after(element).filter(is_short)?,
            Self::TextBefore => outline.text_before(element).filter(is_short)?,
        };
        let is_for_machines =
            matches!(self, Self::Attribute(name) if *name == "datetime" || name.starts_with("data-"));
        (is_for_machines || !is_long_number(text)).then(|| view.facts_of(text))
    }
}

/// Whether a text is a number as long as a Unix time. Where people read it, it is an identifier or a
/// telephone number.
fn is_long_number(text: &str) -> bool {
    let whole = text.trim().split('.').next().unwrap_or_default();
    matches!(whole.len(), 9 | 10 | 13 | 16 | 19) && whole.bytes().all(|b| b.is_ascii_digit())
}

/// Where in a slot dates may stand, by its first elements.
pub(super) fn positions(outline: &Outline<'_>, slot: &Slot) -> Vec<DatePosition> {
    let first: Vec<ElementId> = slot.hits.iter().take(MAX_ELEMENTS).map(|(_, element)| *element).collect();
    let mut positions = Vec::new();
    if first.iter().any(|element| may_hold_date(outline, *element)) {
        positions.push(DatePosition::Text);
    }
    if first.iter().any(|element| may_hold_dated_version(outline, *element)) {
        positions.push(DatePosition::AfterVersion);
    }
    positions.extend(date_attributes(outline, &first).map(DatePosition::Attribute));
    if first.first().is_some_and(|element| outline.tag_text(*element) == "a") {
        let may_be_date = |text: &str| text.len() <= MAX_DATE_BYTES && looks_like_date(text);
        let is_majority = |count: usize| count * 2 > first.len();
        let after = first.iter().filter_map(|link| outline.text_after(*link));
        if is_majority(after.filter(|text| may_be_date(text)).count()) {
            positions.push(DatePosition::TextAfter);
        }
        let before = first.iter().filter_map(|link| outline.text_before(*link));
        if is_majority(before.filter(|text| may_be_date(text)).count()) {
            positions.push(DatePosition::TextBefore);
        }
    }
    positions.extend(text_nodes(outline, &first).map(DatePosition::TextNode));
    positions
}

/// Whether the text of an element may have a date in it.
fn may_hold_date(outline: &Outline<'_>, element: ElementId) -> bool {
    if outline.tag_text(element) == "time" || outline.attr(element, "datetime").is_some() {
        return true;
    }
    let weight = outline.weight(element);
    (outline.own_weight(element) >= 3 || weight <= 40) && (3..=MAX_DATE_WEIGHT * 2).contains(&weight)
}

/// Whether an element is the heading of a release, with more text behind its version.
fn may_hold_dated_version(outline: &Outline<'_>, element: ElementId) -> bool {
    let text = || outline.text(element);
    is_heading(outline.tag_text(element))
        && outline.weight(element) <= MAX_DATE_WEIGHT * 2
        && names_release(text())
        && after_version(text()).is_some_and(looks_like_date)
}

/// The attributes of elements that may hold dates.
fn date_attributes(outline: &Outline<'_>, elements: &[ElementId]) -> impl Iterator<Item = &'static str> {
    let may_be_date =
        |value: &str| value.len() <= MAX_DATE_BYTES && value.bytes().any(|b| b.is_ascii_digit());
    let attributes = elements.iter().flat_map(|element| outline.attrs(*element));
    let present: Vec<&str> =
        attributes.filter(|(_, value)| may_be_date(value)).map(|(name, _)| name).collect();
    ATTRIBUTES.into_iter().filter(move |name| present.contains(name))
}

/// The numbers of text nodes of elements that have text of their own beside other elements.
fn text_nodes(outline: &Outline<'_>, elements: &[ElementId]) -> impl Iterator<Item = usize> {
    let has_mixed_text = |element: ElementId| {
        let own = outline.own_weight(element);
        own > 3 && own < outline.weight(element)
    };
    let mut numbers: Vec<usize> = Vec::new();
    for element in elements.iter().filter(|element| has_mixed_text(**element)) {
        numbers.extend(outline.own_texts(*element).iter().take(MAX_TEXT_NODES).map(|(number, _)| *number));
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter().take(MAX_TEXT_NODES)
}
