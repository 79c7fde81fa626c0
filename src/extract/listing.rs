//! The items of a listing: one raw candidate per element that matches.

use url::Url;

use super::dates::{DateText, RawItems};
use super::field;
use super::field::{Node, Reader, Value};
use crate::html::tree::{ElementRef, Html};
use crate::html::xpath;
use crate::model::{Candidate, Podcast, Problem};
use crate::rules::{Find, Rules, Select};

/// So many times the page may its items take in all: title, summary and content may each be all of
/// an item. Items that lie in each other would take the page hundreds of times.
const OVERLAP: usize = 4;

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
    page_bytes: usize,
    reader: &Reader<'_>,
    base: &Url,
    max: usize,
    problems: &mut Vec<Problem>,
) -> RawItems {
    let mut out = RawItems { items: Vec::new(), dates: Vec::new(), updates: Vec::new() };
    let mut left = page_bytes * OVERLAP;
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
            field: "item".to_owned(),
            position: Some(position),
            message: "no title, link or summary in it; not taken as an item".to_owned(),
        });
        return taken;
    }
    missing_fields(&candidate, reader.rules, position, problems);
    let index = out.items.len();
    let dates = date_text(item, reader, "date", index, position, problems);
    let updates = date_text(item, reader, "updated", index, position, problems);
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
    let rules = reader.rules;
    let title = if rules.title.is_some() { one("title") } else { field::default_title(item) };
    let link = if rules.link.is_some() { one("link") } else { field::default_link(item, reader) };
    Candidate {
        position,
        id: one("id").map(|id| id.trim().to_owned()),
        title,
        link: link.map(|l| absolute(base, &l)),
        date: None,
        updated: None,
        summary: one("summary"),
        content: one("content"),
        authors: many("author"),
        tags: many("tags"),
        image: one("image"),
        enclosures: field::enclosures(item, reader),
        comments: one("comments").map(|c| absolute(base, &c)),
        schemes: Vec::new(),
        podcast: Podcast::default(),
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

fn date_text(
    item: Node<'_>,
    reader: &Reader<'_>,
    name: &str,
    index: usize,
    position: u32,
    problems: &mut Vec<Problem>,
) -> Option<DateText> {
    reader.rules.field(name)?;
    let Some(value) = field::values(item, reader, name, false).into_iter().next() else {
        problems.push(missing(reader.rules, name, position));
        return None;
    };
    let by_attribute = value.source.attr.is_some();
    let machine = value.element.filter(|_| !by_attribute).and_then(field::machine_date);
    Some(DateText { index, position, text: value.text, machine, rules: value.source.date.clone() })
}

/// A configured field that gave nothing is worth a word, if the item should have it.
fn missing_fields(candidate: &Candidate, rules: &Rules, position: u32, problems: &mut Vec<Problem>) {
    let missed = [
        ("title", candidate.title.is_none()),
        ("link", candidate.link.is_none()),
        ("id", candidate.id.is_none()),
        ("summary", candidate.summary.is_none()),
        ("content", candidate.content.is_none()),
        ("image", candidate.image.is_none()),
    ];
    for (name, missed) in missed {
        if missed && rules.field(name).is_some() {
            problems.push(missing(rules, name, position));
        }
    }
}

fn missing(rules: &Rules, name: &str, position: u32) -> Problem {
    let sources = rules.field(name).map_or(&[][..], |f| &f.sources);
    let tried: Vec<String> = sources
        .iter()
        .map(|s| match &s.find {
            Find::Select(select) => format!("`{}`", select.text()),
            Find::From(other) => format!("the pattern on `{other}`"),
            Find::Const(_) => "the constant".to_owned(),
        })
        .collect();
    let message = format!("nothing found by {}", tried.join(", nor by "));
    Problem { field: name.to_owned(), position: Some(position), message }
}

pub(super) fn whole(message: String) -> Problem {
    Problem { field: "item".to_owned(), position: None, message }
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
    web(base, &address)
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
pub(super) fn web(base: &Url, address: &str) -> Option<Url> {
    let address = address.trim();
    let url = (!address.is_empty()).then(|| base.join(address).ok()).flatten()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}
