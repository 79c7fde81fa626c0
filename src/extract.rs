//! (page, rules) -> candidates and problems. Pure: no I/O, no clock, no async.
//!
//! One broken item never costs the others: what does not work becomes a [`Problem`] on that item.

mod article;
mod attributes;
mod container;
mod document;
mod dom;
mod feed;
mod field;
mod folding;
mod json;
mod listing;
mod outline;
mod rules;
mod said;
mod sitemap;
mod structured;
mod tree;
mod value;
mod wordpress;
mod xpath;

use chrono::{DateTime, Utc};
use url::Url;

use crate::date::{self, DateRules};
use crate::model::{Candidate, DateSource, Page, PageDate, Problem};
use field::{Node, Reader};

pub use article::{Article, ArticleRules, article, article_by};
pub use document::{Document, Statement};
pub use dom::Unparsable;
pub use folding::weight;
pub use json::{Jq, JsonPath, json_value};
pub use outline::{Name, Outline, Place};
pub use rules::{Css, Field, Find, Rules, Select, Source, SourceKind};
pub use value::readable as plain_text;
pub use xpath::XPath;

/// Bounds of one extraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtractLimits {
    /// Deepest nesting of elements; html5ever takes quadratic time in it.
    pub depth: usize,
    /// Most items taken from one page.
    pub candidates: usize,
}

/// What a page held.
#[derive(Debug, Clone, PartialEq)]
pub struct Extraction {
    /// The items, in page order.
    pub candidates: Vec<Candidate>,
    /// What did not work, by item and field.
    pub problems: Vec<Problem>,
    /// Where the listing is.
    pub listing: Listing,
    /// The base of relative addresses: `<base href>`, else the page's own.
    pub base: Url,
    /// The page's `<title>`.
    pub title: Option<String>,
    /// The next page of the listing, as this one links to it.
    pub next: Option<Url>,
    /// What the address of the next page needs, as this page says it.
    pub cursor: Option<String>,
    /// The language that the page says it has.
    pub language: Option<String>,
    /// Pages that hold the items instead of this one.
    pub elsewhere: Elsewhere,
}

/// Pages that hold the items instead of the one that was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// Where they are.
    pub pages: Vec<Url>,
    /// What is newest comes first: once a known item is reached, the rest is known as well.
    pub newest_first: bool,
}

/// Where the listing is, told apart so that an empty listing is not taken for a changed layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// Elements matched; a selector of what holds them, if one could be made.
    Found(Option<String>),
    /// What holds the items is there, and nothing in it matches.
    Empty,
    /// Neither items nor what held them are on the page.
    Missing,
}

/// Extracts the items of a page. `remembered` is the container selector of the last good run; `now`
/// is what `3 hours ago` is reckoned from.
///
/// # Errors
/// When the page cannot be parsed within the limits.
pub fn extract(
    page: &Page,
    source: &SourceKind,
    remembered: Option<&str>,
    limits: &ExtractLimits,
    now: DateTime<Utc>,
) -> Result<Extraction, Unparsable> {
    match source {
        SourceKind::Html(rules) => listing_page(page, rules, remembered, limits, now),
        SourceKind::Json(rules) => json_page(page, rules, limits, now),
        SourceKind::Feed(dates) => feed::extract(page, dates, limits, now),
        SourceKind::Sitemap(dates) => sitemap::extract(page, dates, limits, now),
        SourceKind::Structured(dates) => structured::extract(page, dates, limits, now),
        SourceKind::WordPress(dates) => wordpress::extract(page, dates, limits, now),
        SourceKind::Auto(_) => Err(Unparsable::NotSettled),
    }
}

fn listing_page(
    page: &Page,
    rules: &Rules,
    remembered: Option<&str>,
    limits: &ExtractLimits,
    now: DateTime<Utc>,
) -> Result<Extraction, Unparsable> {
    let document = Document::parse(page, limits)?;
    let extraction = document.extract(rules, remembered, limits, now);
    match other_kind(&page.text) {
        Some(other) if extraction.listing == Listing::Missing => Err(other),
        _ => Ok(extraction),
    }
}

/// What a text is that is no web page, as `kind` in feeds.toml: `json`, `feed` or `sitemap`.
#[must_use]
pub fn kind_of_text(text: &str) -> Option<&'static str> {
    match other_kind(text) {
        Some(Unparsable::NoPage(_, kind)) => Some(kind),
        _ => None,
    }
}

/// What a text is that is no web page.
fn other_kind(text: &str) -> Option<Unparsable> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.starts_with(['{', '[']) {
        return Some(Unparsable::NoPage("JSON", "json"));
    }
    let mut cut = text.len().min(2000);
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    let head = &text[..cut];
    if head.contains("<rss") || head.contains("<rdf:RDF") || head.contains("<feed") {
        return Some(Unparsable::NoPage("a feed", "feed"));
    }
    let sitemap = head.contains("<urlset") || head.contains("<sitemapindex");
    sitemap.then_some(Unparsable::NoPage("a sitemap", "sitemap"))
}

fn json_page(
    page: &Page,
    rules: &Rules,
    limits: &ExtractLimits,
    now: DateTime<Utc>,
) -> Result<Extraction, Unparsable> {
    let document = json::read(&page.text, rules, limits)?;
    let (reader, mut problems) = (Reader::new(rules), Vec::new());
    problems.extend(document.problem);
    let listing = match (document.items.is_empty(), document.there) {
        (false, _) => Listing::Found(None),
        (true, true) => Listing::Empty,
        (true, false) => Listing::Missing,
    };
    let nodes = document.items.iter().map(Node::Json);
    let raws =
        listing::raw_items(nodes, page.text.len(), &reader, &page.url, limits.candidates, &mut problems);
    problems.extend(reader.complaints());
    let candidates = dated(raws, document.language.as_deref(), now, &mut problems);
    let root = Node::Json(&document.root);
    let cursor = rules.cursor.as_ref().and_then(|field| field::single(root, &reader, "cursor", field));
    let next = rules
        .next
        .as_ref()
        .and_then(|select| value::texts(&document.root, select, "link", false).ok()?.pop());
    let next = next.and_then(|address| listing::web(&page.url, &address));
    let base = page.url.clone();
    let (title, language, elsewhere) = (None, document.language, Elsewhere::default());
    Ok(Extraction { candidates, problems, listing, base, title, next, cursor, language, elsewhere })
}

/// The items with their dates read.
fn dated(
    raws: listing::RawItems,
    language: Option<&str>,
    now: DateTime<Utc>,
    problems: &mut Vec<Problem>,
) -> Vec<Candidate> {
    let mut candidates = raws.items;
    let column = |field| DateColumn { field, language, now };
    column("date").read(raws.dates, &mut candidates, |c, d| c.date = d, problems);
    column("updated").read(raws.updates, &mut candidates, |c, d| c.updated = d, problems);
    problems.sort_by_key(|p| p.position);
    candidates
}

/// A date's text, waiting for the whole column to settle the order of day and month.
#[derive(Debug, Clone)]
struct DateText {
    index: usize,
    position: u32,
    text: String,
    machine: Option<String>,
    rules: DateRules,
}

type Put = fn(&mut Candidate, Option<PageDate>);

/// The dates of one field, over all items of a page.
struct DateColumn<'a> {
    field: &'a str,
    /// The language that the page says it has.
    language: Option<&'a str>,
    now: DateTime<Utc>,
}

impl DateColumn<'_> {
    fn read(
        &self,
        column: Vec<DateText>,
        candidates: &mut [Candidate],
        put: Put,
        problems: &mut Vec<Problem>,
    ) {
        let unclear = column.iter().filter(|d| d.machine.is_none() && d.rules.format.is_none());
        let texts: Vec<&str> = unclear.map(|d| d.text.as_str()).collect();
        let order = date::column_order(&texts);
        for mut raw in column {
            raw.rules.order = raw.rules.order.or(order);
            raw.rules.language = raw.rules.language.or_else(|| self.language.map(str::to_owned));
            match self.read_one(&raw) {
                Ok(date) => put(&mut candidates[raw.index], Some(date)),
                Err(message) => {
                    problems.push(Problem {
                        field: self.field.to_owned(),
                        position: Some(raw.position),
                        message,
                    });
                }
            }
        }
    }

    fn read_one(&self, raw: &DateText) -> Result<PageDate, String> {
        let machine = raw.machine.as_deref();
        let by_machine = |text: &str| date::read_machine(text, &raw.rules).ok();
        // With an explicit format the text is what the rule speaks of; `datetime` is the way out.
        let first = if raw.rules.format.is_none() { machine.and_then(by_machine) } else { None };
        let by_text = || date::read(&raw.text, &raw.rules, Some(self.now));
        let reading = match first {
            Some(reading) => Ok(reading),
            None => by_text().or_else(|e| machine.and_then(by_machine).ok_or(e)),
        };
        reading
            .map(|r| PageDate {
                at: r.at,
                precision: r.precision,
                source: DateSource::Page,
                relative: r.relative,
            })
            .map_err(|e| format!("date `{}`: {e}", shown(&raw.text)))
    }
}

/// A page's text, short enough for a message.
fn shown(text: &str) -> String {
    let mut out: String = text.chars().take(80).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}
