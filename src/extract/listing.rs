//! The items of a listing: one raw candidate per element that matches.

use url::Url;

use super::dates::{DateText, RawItems};
use super::field;
use super::field::{Node, Reader, Value};
use crate::html::tree::{ElementRef, Html};
use crate::html::xpath;
use crate::model::{Candidate, FieldName, Podcast, Problem, Subject};
use crate::rules::{Find, Rules, Select};

/// Cap on the text of all items, as a multiple of the page's size. Title, summary and content may each be the whole of an
/// item; items that are nested in each other would take the page hundreds of times.
const MAX_TEXT_PER_PAGE: usize = 4;

/// Bounds of the items of one page.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageBounds {
    /// Size of the page.
    pub(super) bytes: usize,
    /// Most items that are taken.
    pub(super) items: usize,
}

/// The elements that the item rule matches.
pub(super) fn elements<'d>(
    document: &'d Html,
    reader: &Reader<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<ElementRef<'d>> {
    match &reader.rules.item {
        Select::Css(css) => document.select(css.selector()).collect(),
        Select::XPath(path) => match path.evaluate(document.root_element(), &reader.steps) {
            Ok(xpath::Value::Spots(spots)) => spots.iter().filter_map(xpath::Spot::element).collect(),
            Ok(_) => {
                problems.push(whole(format!("`{}` gives no elements", path.text())));
                Vec::new()
            }
            Err(why) => {
                problems.push(whole(format!("`{}`: {why}", path.text())));
                Vec::new()
            }
        },
        Select::Json(_) | Select::Jq(_) => Vec::new(),
    }
}

/// Reads every item.
pub(super) fn raw_items<'d>(
    items: impl Iterator<Item = Node<'d>>,
    bounds: PageBounds,
    reader: &Reader<'_>,
    base: &Url,
    problems: &mut Vec<Problem>,
) -> RawItems {
    let mut out = RawItems { items: Vec::new(), dates: Vec::new(), updates: Vec::new() };
    let max = bounds.items;
    let mut left = bounds.bytes * MAX_TEXT_PER_PAGE;
    for (position, item) in items.enumerate() {
        if position >= max {
            problems.push(whole(format!("only the first {max} items of the page are taken")));
            break;
        }
        let position = u32::try_from(position).unwrap_or(u32::MAX);
        let taken = read_item(item, reader, base, position, &mut out, problems);
        let Some(rest) = left.checked_sub(taken) else {
            problems.push(whole("the items lie in each other; the rest is not taken".to_owned()));
            break;
        };
        left = rest;
    }
    out
}

/// Reads an item; gives how many bytes of text it has.
fn read_item(
    item: Node<'_>,
    reader: &Reader<'_>,
    base: &Url,
    position: u32,
    out: &mut RawItems,
    problems: &mut Vec<Problem>,
) -> usize {
    let candidate = candidate(item, reader, base, position);
    let taken = bytes(&candidate);
    if candidate.title.is_none() && candidate.link.is_none() && candidate.summary.is_none() {
        // Header rows of tables and spacers match honest item selectors; they are no items.
        problems.push(Problem {
            field: Subject::Item,
            position: Some(position),
            message: "no title, link or summary in it; not taken as an item".to_owned(),
        });
        return taken;
    }
    missing_fields(&candidate, reader.rules, position, problems);
    let place = RowPlace { index: out.items.len(), position };
    let dates = date_text(item, reader, FieldName::Date, place, problems);
    let updates = date_text(item, reader, FieldName::Updated, place, problems);
    out.dates.extend(dates);
    out.updates.extend(updates);
    out.items.push(candidate);
    taken
}

/// Bytes of an item's texts.
fn bytes(candidate: &Candidate) -> usize {
    let texts = [&candidate.title, &candidate.summary, &candidate.content, &candidate.id, &candidate.link];
    texts.into_iter().flatten().map(String::len).sum()
}

fn candidate(item: Node<'_>, reader: &Reader<'_>, base: &Url, position: u32) -> Candidate {
    let one = |name| first_text(field::values(item, reader, name, false));
    let many = |name| texts(field::values(item, reader, name, true));
    let has_rule = |name| reader.rules.field(name).is_some();
    let title = if has_rule(FieldName::Title) { one(FieldName::Title) } else { field::default_title(item) };
    let link =
        if has_rule(FieldName::Link) { one(FieldName::Link) } else { field::default_link(item, reader) };
    Candidate {
        position,
        id: one(FieldName::Id).map(|id| id.trim().to_owned()),
        title,
        link: link.map(|l| absolute(base, &l)),
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

/// Absolute where that is possible; what is no address stays as written, for the message about it.
fn absolute(base: &Url, link: &str) -> String {
    base.join(link.trim()).map_or_else(|_| link.to_owned(), String::from)
}

fn first_text(values: Vec<Value<'_, '_>>) -> Option<String> {
    values.into_iter().map(|v| v.text).find(|t| !t.trim().is_empty())
}

fn texts(values: Vec<Value<'_, '_>>) -> Vec<String> {
    values.into_iter().map(|v| v.text).filter(|t| !t.trim().is_empty()).collect()
}

/// The row of an item: its place among the items that were taken, and its position on the listing.
#[derive(Clone, Copy)]
struct RowPlace {
    index: usize,
    position: u32,
}

fn date_text(
    item: Node<'_>,
    reader: &Reader<'_>,
    name: FieldName,
    place: RowPlace,
    problems: &mut Vec<Problem>,
) -> Option<DateText> {
    reader.rules.field(name)?;
    let Some(value) = field::values(item, reader, name, false).into_iter().next() else {
        problems.push(missing(reader.rules, name, place.position));
        return None;
    };
    let by_attribute = value.source.attr.is_some();
    let machine = value.element.filter(|_| !by_attribute).and_then(field::machine_date);
    let RowPlace { index, position } = place;
    Some(DateText { index, position, text: value.text, machine, rules: value.source.date.clone() })
}

/// A configured field that gave nothing is worth a word, if the item should have it.
fn missing_fields(candidate: &Candidate, rules: &Rules, position: u32, problems: &mut Vec<Problem>) {
    let missed = [
        (FieldName::Title, candidate.title.is_none()),
        (FieldName::Link, candidate.link.is_none()),
        (FieldName::Id, candidate.id.is_none()),
        (FieldName::Summary, candidate.summary.is_none()),
        (FieldName::Content, candidate.content.is_none()),
        (FieldName::Image, candidate.image.is_none()),
    ];
    for (name, missed) in missed {
        if missed && rules.field(name).is_some() {
            problems.push(missing(rules, name, position));
        }
    }
}

fn missing(rules: &Rules, name: FieldName, position: u32) -> Problem {
    let sources = rules.field(name).map_or(&[][..], |f| &f.sources);
    let tried: Vec<String> = sources
        .iter()
        .map(|s| match &s.find {
            Find::Select(select) => format!("`{}`", select.text()),
            Find::From(other) => format!("the pattern on `{}`", other.key()),
            Find::Const(_) => "the constant".to_owned(),
        })
        .collect();
    let message = format!("nothing found by {}", tried.join(", nor by "));
    Problem { field: name.into(), position: Some(position), message }
}

pub(super) fn whole(message: String) -> Problem {
    Problem { field: Subject::Item, position: None, message }
}

/// The next page: by the rule, else by `rel="next"`.
pub(super) fn next_page(document: &Html, reader: &Reader<'_>, base: &Url) -> Option<Url> {
    let address = match &reader.rules.next {
        Some(Select::Css(css)) => led_to(document.select(css.selector()).next()?),
        Some(Select::XPath(path)) => match path.evaluate(document.root_element(), &reader.steps).ok()? {
            xpath::Value::Spots(spots) => {
                let first = spots.first()?;
                first.element().map_or_else(|| Some(first.text()), led_to)
            }
            other => Some(other.text()),
        },
        Some(Select::Json(_) | Select::Jq(_)) => None,
        None => related(document),
    }?;
    web_address(base, &address)
}

/// Where an element leads: by a link in it, or by what scripts read.
fn led_to(element: ElementRef<'_>) -> Option<String> {
    let link = std::iter::once(element).chain(element.descendent_elements()).find_map(|e| e.attr("href"));
    let address = link.or_else(|| element.attr("data-url")).or_else(|| element.attr("data-href"));
    address.map(str::to_owned)
}

/// Where `rel="next"` leads.
fn related(document: &Html) -> Option<String> {
    let next = |e: &ElementRef<'_>| {
        matches!(e.value().name(), "a" | "link")
            && e.attr("rel").is_some_and(|r| r.split_whitespace().any(|r| r.eq_ignore_ascii_case("next")))
    };
    document.root_element().descendent_elements().find(next)?.attr("href").map(str::to_owned)
}

/// An address that a page gives, if it is one of the web.
pub(super) fn web_address(base: &Url, address: &str) -> Option<Url> {
    let address = address.trim();
    let url = (!address.is_empty()).then(|| base.join(address).ok()).flatten()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}
