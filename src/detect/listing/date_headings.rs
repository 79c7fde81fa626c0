//! Dates in headings over groups of records: the heading of a day or a month.

use super::slots::{MAX_RECORDS, Record};
use crate::date::is_day_heading;
use crate::detect::page::signals::is_heading;
use crate::detect::page::texts::DateReading;
use crate::detect::page::view::PageView;
use crate::detect::ratio::as_f64;
use crate::detect::selectors::stable_names::stable_class;
use crate::detect::selectors::xpath::class_test;
use crate::html::{ElementId, Name, Outline};

/// The record and ancestors of it that are looked at for a heading beside them.
const MAX_LEVELS: usize = 5;
/// Siblings that are looked at for a heading.
const MAX_SIBLINGS: usize = 400;
/// Elements of a sibling that are looked at for a date.
const MAX_SIBLING_ELEMENTS: u32 = 8;
/// A heavier text is not the date of a group.
const MAX_DATE_WEIGHT: u32 = 60;
/// The share of records that must have a date over them.
const MIN_DATED_SHARE: f64 = 0.9;

/// The path from a record to the heading over it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct HeadingPath {
    /// The ancestor of the record beside which the heading stands; `None` is the record itself.
    ancestor: Option<Ancestor>,
    sibling: Sibling,
    /// The tag of the element in the sibling that has the date; `None` is the sibling itself.
    inner_tag: Option<Name>,
}

/// The n-th of the ancestors with a tag, from 1, the closest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ancestor {
    tag: Name,
    n: usize,
}

/// The element beside a record or its ancestor that has the heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sibling {
    tag: Name,
    class: Option<Name>,
    /// The tag of a child, where neither tag nor class tell the heading from the records.
    child_tag: Option<Name>,
}

/// The XPath expression from a record to the date in the heading over it, if nearly all records have one.
pub(crate) fn date_heading(view: &PageView<'_, '_>, records: &[Record]) -> Option<String> {
    let n = records.len();
    let mut paths: Vec<HeadingPath> = Vec::new();
    // A path that leads from some records to a date is tried on all of them.
    for record in [0, n / 2, n.saturating_sub(1), n / 3].into_iter().filter_map(|i| records.get(i)) {
        let path = heading_path(view, record.element, records);
        paths.extend(path.filter(|path| !paths.contains(path)));
    }
    paths.into_iter().find(|path| fits(view, path, records)).map(|path| path.xpath(view.outline))
}

/// Whether a path leads from nearly all records to a date of a group.
fn fits(view: &PageView<'_, '_>, path: &HeadingPath, records: &[Record]) -> bool {
    let outline = view.outline;
    let sample = records.iter().take(MAX_RECORDS);
    let found: Vec<ElementId> =
        sample.clone().filter_map(|record| path.follow(outline, record.element)).collect();
    let dated = found.iter().filter(|element| is_date(view, **element)).count();
    let mut distinct = found.clone();
    distinct.dedup();
    // An element that nearly every record has for itself is a part of the record.
    if distinct.len() * 4 > found.len() * 3 && found.len() > 2 {
        return false;
    }
    as_f64(dated) >= MIN_DATED_SHARE * as_f64(sample.len())
        && (distinct.len() > 1 || distinct.iter().all(|element| is_heading_of_day(view, *element)))
}

/// Whether an element is the heading of a day. Any other date over all records, such as `As of 4 November`,
/// is that of the page.
fn is_heading_of_day(view: &PageView<'_, '_>, element: ElementId) -> bool {
    is_heading(view.outline.tag_text(element)) && is_day_heading(view.text_facts(element).text)
}

fn is_date(view: &PageView<'_, '_>, element: ElementId) -> bool {
    if view.outline.weight(element) > MAX_DATE_WEIGHT {
        return false;
    }
    let facts = view.text_facts(element);
    facts.looks_like_date && view.dates.read(&facts, None) != DateReading::NotADate
}

/// The path from a record to the closest heading before it that has a date.
fn heading_path(view: &PageView<'_, '_>, record: ElementId, records: &[Record]) -> Option<HeadingPath> {
    let outline = view.outline;
    let mut ancestor_tags: Vec<Name> = Vec::new();
    let levels = std::iter::once(record).chain(outline.ancestors(record)).take(MAX_LEVELS);
    for (level, element) in levels.enumerate() {
        let is_record = level == 0;
        let tag = outline.tag(element);
        let ancestor = (!is_record).then(|| {
            ancestor_tags.push(tag);
            Ancestor { tag, n: ancestor_tags.iter().filter(|t| **t == tag).count() }
        });
        let before = siblings_before(outline, element);
        let may_be_heading =
            |sibling: &&ElementId| !is_record || !records.iter().any(|r| r.element == **sibling);
        let found = before.iter().rev().take(MAX_SIBLINGS).filter(may_be_heading).find_map(|sibling| {
            let dated = dated_element(view, *sibling)?;
            let inner_tag = (dated != *sibling).then(|| outline.tag(dated));
            Some(HeadingPath { ancestor, sibling: Sibling::of(outline, *sibling, tag), inner_tag })
        });
        if found.is_some() {
            return found;
        }
    }
    None
}

fn siblings_before(outline: &Outline<'_>, element: ElementId) -> Vec<ElementId> {
    outline.children(outline.parent(element)).take_while(|child| *child < element).collect()
}

/// The element in a sibling that holds a date and nothing else.
fn dated_element(view: &PageView<'_, '_>, sibling: ElementId) -> Option<ElementId> {
    let outline = view.outline;
    let end = outline.end(sibling).min(sibling + MAX_SIBLING_ELEMENTS);
    (sibling..end).find(|element| outline.own_weight(*element) > 3 && is_date(view, *element))
}

impl Sibling {
    /// Describes a sibling of an element with this tag.
    fn of(outline: &Outline<'_>, sibling: ElementId, tag_beside: Name) -> Self {
        let tag = outline.tag(sibling);
        let class = stable_class(outline, sibling);
        let first_child_tag = outline.children(sibling).next().map(|child| outline.tag(child));
        let child_tag = first_child_tag.filter(|_| tag == tag_beside && class.is_none());
        Self { tag, class, child_tag }
    }

    fn matches(self, outline: &Outline<'_>, element: ElementId) -> bool {
        let has_child = |tag| outline.children(element).any(|child| outline.tag(child) == tag);
        outline.tag(element) == self.tag
            && self.class.is_none_or(|class| outline.classes(element).contains(&class))
            && self.child_tag.is_none_or(has_child)
    }
}

impl HeadingPath {
    fn follow(&self, outline: &Outline<'_>, record: ElementId) -> Option<ElementId> {
        let start = match self.ancestor {
            None => record,
            Some(Ancestor { tag, n }) => {
                outline.ancestors(record).filter(|ancestor| outline.tag(*ancestor) == tag).nth(n - 1)?
            }
        };
        let before = siblings_before(outline, start);
        let sibling = *before.iter().rev().find(|sibling| self.sibling.matches(outline, **sibling))?;
        match self.inner_tag {
            None => Some(sibling),
            Some(tag) => (sibling..outline.end(sibling)).find(|element| outline.tag(*element) == tag),
        }
    }

    fn xpath(&self, outline: &Outline<'_>) -> String {
        let start = match self.ancestor {
            None => ".".to_owned(),
            Some(Ancestor { tag, n }) => format!("./ancestor::{}[{n}]", outline.text_of(tag)),
        };
        let Sibling { tag, class, child_tag } = self.sibling;
        let tag = outline.text_of(tag);
        let class = class.map_or(String::new(), |class| class_test(outline.text_of(class)));
        let child = child_tag.map_or(String::new(), |tag| format!("[{}]", outline.text_of(tag)));
        let inner = self
            .inner_tag
            .map_or(String::new(), |tag| format!("/descendant-or-self::{}[1]", outline.text_of(tag)));
        format!("{start}/preceding-sibling::{tag}{class}{child}[1]{inner}")
    }
}
