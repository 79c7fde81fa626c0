//! The items of a listing: one raw candidate for each element that the item rule matches.

use std::collections::HashMap;

use url::Url;

use super::dates::{DateText, RawItems};
use super::extraction::listing_problem;
use super::field;
use super::field::FieldValue;
use super::item_node::ItemNode;
use super::rule_reader::RuleReader;
use super::search_bound;
use super::shared_date;
use super::web_address::absolute;
use crate::html::TreeShape;
use crate::html::parse;
use crate::html::tree::{ElementRef, Html};
use crate::html::xpath;
use crate::model::{Candidate, FieldName, Podcast, Problem, Subject};
use crate::rules::{Find, Rules, Select};

/// Cap on the text of all items, as a multiple of the page's size. Title, summary and content may each be
/// the whole of an item; items that are nested in each other would take the page hundreds of times.
const MAX_TEXT_PER_PAGE: usize = 4;

/// Bytes of a long title, which the site may have cut without a mark.
const LONG_TITLE_BYTES: usize = 100;

/// Bounds of the items of one page.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageBounds {
    /// Size of the page, in bytes.
    pub(super) bytes: usize,
    /// Cap on the number of items.
    pub(super) items: usize,
}

/// The elements that the item rule matches; none, with a problem, if the rules would take too many steps.
pub(super) fn bounded_elements<'d>(
    document: &'d Html,
    shape: &TreeShape,
    reader: &RuleReader<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<ElementRef<'d>> {
    let found = search_bound::check_listing(shape, reader.rules).and_then(|()| {
        let elements = elements(document, reader, problems);
        search_bound::check_fields(shape, reader, &elements).map(|()| elements)
    });
    found.unwrap_or_else(|why| {
        problems.push(listing_problem(why));
        Vec::new()
    })
}

/// The elements that the item rule matches.
fn elements<'d>(
    document: &'d Html,
    reader: &RuleReader<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<ElementRef<'d>> {
    match &reader.rules.item {
        // In page order: `Html::select` would give cells that were written out last.
        Select::Css(css) => parse::all_within(document.root_element(), css.selector()).collect(),
        Select::XPath(path) => match path.evaluate(document.root_element(), &reader.budget) {
            Ok(xpath::Value::Nodes(nodes)) => nodes.iter().filter_map(xpath::XPathNode::element).collect(),
            Ok(_) => {
                problems.push(listing_problem(format!("`{}` gives no elements", path.text())));
                Vec::new()
            }
            Err(why) => {
                problems.push(listing_problem(format!("`{}`: {why}", path.text())));
                Vec::new()
            }
        },
        Select::Json(_) | Select::Jq(_) => Vec::new(),
    }
}

/// Reads the items; their dates stay texts.
pub(super) fn raw_items<'d>(
    items: impl Iterator<Item = ItemNode<'d>>,
    bounds: PageBounds,
    reader: &RuleReader<'_>,
    base: &Url,
    problems: &mut Vec<Problem>,
) -> RawItems {
    let mut collector = ItemCollector { reader, base, raw: RawItems::default(), problems };
    let max_items = bounds.items;
    let mut bytes_left = bounds.bytes * MAX_TEXT_PER_PAGE;
    for (index, item) in items.enumerate() {
        if index >= max_items {
            let message = format!("only the first {max_items} items of the page are taken");
            collector.problems.push(listing_problem(message));
            break;
        }
        let position = u32::try_from(index).unwrap_or(u32::MAX);
        let item_bytes = collector.collect(item, position);
        let Some(rest) = bytes_left.checked_sub(item_bytes) else {
            let message = format!(
                "the items have more text than {MAX_TEXT_PER_PAGE} times the page: they lie in each other, or replacements made it; \
                 the rest is not taken"
            );
            collector.problems.push(listing_problem(message));
            break;
        };
        bytes_left = rest;
    }
    collector.drop_buttons();
    collector.report_unused_rules();
    collector.raw
}

/// Fields that many an item of a good listing lacks: a rule for one is a problem when no item has it.
const OFTEN_ABSENT: [FieldName; 4] =
    [FieldName::Author, FieldName::Tags, FieldName::Enclosure, FieldName::Comments];

/// Whether an item has one of the fields that may be absent.
fn has_field(candidate: &Candidate, name: FieldName) -> bool {
    match name {
        FieldName::Author => !candidate.authors.is_empty(),
        FieldName::Tags => !candidate.tags.is_empty(),
        FieldName::Enclosure => !candidate.enclosures.is_empty(),
        _ => candidate.comments.is_some(),
    }
}

/// Reads the items of one listing, one after the other.
struct ItemCollector<'a, 'r> {
    reader: &'a RuleReader<'r>,
    base: &'a Url,
    raw: RawItems,
    problems: &'a mut Vec<Problem>,
}

impl ItemCollector<'_, '_> {
    /// Reads an item at a position of the listing; returns the size of its texts, in bytes.
    fn collect(&mut self, item: ItemNode<'_>, position: u32) -> usize {
        let mut candidate = candidate(item, self.reader, self.base, position);
        let bytes = text_bytes(&candidate);
        if candidate.title.is_none() && candidate.link.is_none() && candidate.summary.is_none() {
            // Header rows of tables and spacers match good item selectors, and are not items.
            self.problems.push(Problem {
                field: Subject::Item,
                position: Some(position),
                message: "no title, link or summary in it; not taken as an item".to_owned(),
            });
            return bytes;
        }
        if candidate.link.is_none() {
            let fragment = field::link_within_page(item, self.reader);
            candidate.is_link_within_page = fragment.is_some();
            candidate.link = fragment.map(|fragment| absolute(self.base, &fragment));
        }
        self.report_missing_fields(&candidate);
        let date = self.date_text(item, FieldName::Date, position);
        let updated = self.date_text(item, FieldName::Updated, position);
        self.raw.dates.extend(date);
        self.raw.updates.extend(updated);
        self.raw.items.push(candidate);
        bytes
    }

    /// The text of a date field. Without a rule for the field there is none, and no problem.
    fn date_text(&mut self, item: ItemNode<'_>, name: FieldName, position: u32) -> Option<DateText> {
        self.reader.rules.field(name)?;
        let Some(value) = field::values(item, self.reader, name, false).into_iter().next() else {
            self.problems.push(missing_field(self.reader.rules, name, Some(position)));
            return None;
        };
        let is_attribute = value.source.attr.is_some();
        let machine = value.element.filter(|_| !is_attribute).and_then(field::machine_date);
        let index = self.raw.items.len();
        // A rule with a pattern or a format says exactly which date it means, wherever that stands.
        let is_exact = value.source.regex.is_some() || value.source.date.format.is_some();
        let outside = match (item, value.holder) {
            _ if is_exact => None,
            (ItemNode::Element(item) | ItemNode::Xml(item), Some(holder)) => {
                shared_date::outside(item, holder)
            }
            _ => None,
        };
        let rules = value.source.date.clone();
        Some(DateText { index, position, text: value.text, machine, outside, rules })
    }

    /// Takes out the fragments that are no places of items. Those that several items have are of buttons, which
    /// open something; those that count the items lead to other items tomorrow.
    fn drop_buttons(&mut self) {
        let within_page = || self.raw.items.iter().filter(|item| item.is_link_within_page);
        let mut uses: HashMap<String, u32> = HashMap::new();
        for link in within_page().filter_map(|item| item.link.clone()) {
            *uses.entry(link).or_default() += 1;
        }
        let counts_items = uses.len() > 1
            && [0, 1].into_iter().any(|first| {
                within_page().all(|item| trailing_number(item.link.as_deref()) == Some(item.position + first))
            });
        let is_used_again = |link: &String| uses.get(link).is_some_and(|count| *count > 1);
        for item in self.raw.items.iter_mut().filter(|item| item.is_link_within_page) {
            if counts_items || item.link.as_ref().is_some_and(is_used_again) {
                item.link = None;
                item.is_link_within_page = false;
                let problem = missing_field(self.reader.rules, FieldName::Link, Some(item.position));
                self.problems.push(problem);
            }
        }
    }

    /// Reports rules for fields that may be absent, if they found nothing in any item.
    fn report_unused_rules(&mut self) {
        let items = &self.raw.items;
        let is_unused = |name: &FieldName| {
            let has_rule = self.reader.rules.field(*name).is_some();
            has_rule && !items.is_empty() && !items.iter().any(|item| has_field(item, *name))
        };
        let unused: Vec<FieldName> = OFTEN_ABSENT.into_iter().filter(is_unused).collect();
        for name in unused {
            self.problems.push(missing_field(self.reader.rules, name, None));
        }
    }

    /// Reports the fields that have a rule and no value, as far as every item should have them.
    fn report_missing_fields(&mut self, candidate: &Candidate) {
        let fields = [
            (FieldName::Title, candidate.title.is_none()),
            (FieldName::Link, candidate.link.is_none()),
            (FieldName::Id, candidate.id.is_none()),
            (FieldName::Summary, candidate.summary.is_none()),
            (FieldName::Content, candidate.content.is_none()),
            (FieldName::Image, candidate.image.is_none()),
        ];
        let has_extra = |name| candidate.extras.iter().any(|(extra, _)| extra == name);
        let extras = FieldName::extras().map(|name| (name, !has_extra(name)));
        for (name, is_missing) in fields.into_iter().chain(extras) {
            if is_missing && self.reader.rules.field(name).is_some() {
                self.problems.push(missing_field(self.reader.rules, name, Some(candidate.position)));
            }
        }
    }
}

/// The size of an item's texts, in bytes.
fn text_bytes(candidate: &Candidate) -> usize {
    let texts = [&candidate.title, &candidate.summary, &candidate.content, &candidate.id, &candidate.link];
    let fields: usize = texts.into_iter().flatten().map(String::len).sum();
    let extras: usize = candidate.extras.iter().map(|(_, text)| text.len()).sum();
    fields + extras
}

fn candidate(item: ItemNode<'_>, reader: &RuleReader<'_>, base: &Url, position: u32) -> Candidate {
    let one = |name| first_text(field::values(item, reader, name, false));
    let many = |name| texts(field::values(item, reader, name, true));
    let has_rule = |name| reader.rules.field(name).is_some();
    let title = if has_rule(FieldName::Title) { one(FieldName::Title) } else { field::default_title(item) };
    let is_worth_completing = title.as_deref().is_some_and(may_be_cut);
    let fuller_titles = if is_worth_completing { field::labels_of_title(item, reader) } else { Vec::new() };
    let link =
        if has_rule(FieldName::Link) { one(FieldName::Link) } else { field::default_link(item, reader) };
    Candidate {
        position,
        id: one(FieldName::Id).map(|id| id.trim().to_owned()),
        fuller_titles,
        title,
        link: link.map(|l| absolute(base, &l)),
        is_link_within_page: false,
        date: None,
        updated: None,
        summary: one(FieldName::Summary),
        content: one(FieldName::Content),
        authors: many(FieldName::Author),
        tags: many(FieldName::Tags),
        image: one(FieldName::Image),
        enclosures: field::enclosures(item, reader),
        comments: one(FieldName::Comments).map(|c| absolute(base, &c)),
        schemes: Vec::new(),
        podcast: Podcast::default(),
        extras: FieldName::extras().filter_map(|name| Some((name, one(name)?))).collect(),
    }
}

/// The number that a text ends with.
fn trailing_number(text: Option<&str>) -> Option<u32> {
    let text = text?;
    let digits = text.trim_end_matches(|c: char| c.is_ascii_digit());
    text[digits.len()..].parse().ok()
}

/// Whether a title is long, or ends as cut titles do: then other texts of its element are worth reading.
fn may_be_cut(title: &str) -> bool {
    title.len() >= LONG_TITLE_BYTES || title.trim_end().ends_with(['…', '.', ']', ')'])
}

fn first_text(values: Vec<FieldValue<'_, '_>>) -> Option<String> {
    values.into_iter().map(|value| value.text).find(|text| !text.trim().is_empty())
}

fn texts(values: Vec<FieldValue<'_, '_>>) -> Vec<String> {
    values.into_iter().map(|value| value.text).filter(|text| !text.trim().is_empty()).collect()
}

/// The problem of a field whose rule found nothing: it names the selectors that were tried.
/// Without a position, the problem is one of all items.
fn missing_field(rules: &Rules, name: FieldName, position: Option<u32>) -> Problem {
    let sources = rules.field(name).map_or(&[][..], |field| &field.sources);
    let tried: Vec<String> = sources
        .iter()
        .map(|source| match &source.find {
            Find::Select(select) => match &source.attr {
                Some(attr) => format!("`{}` with the attribute `{attr}`", select.text()),
                None => format!("`{}`", select.text()),
            },
            Find::From(other) => format!("the pattern on `{}`", other.key()),
            Find::Const(_) => "the constant".to_owned(),
        })
        .collect();
    let scope = if position.is_none() { " in any item" } else { "" };
    let message = format!("nothing found by {}{scope}", tried.join(", nor by "));
    Problem { field: name.into(), position, message }
}
