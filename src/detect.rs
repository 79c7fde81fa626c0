//! Page -> ranked rules: finds the listing on a page, and writes the rules that find it again. Pure.
//!
//! The page is read once (`page/`). Elements that repeat are a group, each of them is a record, and the
//! same position in all records is a slot. Slots are read as links, titles and dates; the group whose slots
//! look most like a listing of articles wins (`listing/`). Rules are written for it (`selectors/`), and the
//! items are those that ordinary extraction finds by the rules. A page without a listing gets a reason
//! ([`Obstacle`]) instead of items.

mod announced;
mod json_lists;
mod listing;
mod obstacle;
mod page;
mod pagination;
mod ratio;
mod selectors;
mod xml_list;

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::date::DateRules;
use crate::extract::{
    ExtractContext, ExtractLimits, Extraction, HtmlDocument, extract, extract_values, json_value,
    kind_of_text,
};
use crate::html::{Unparsable, allowance};
use crate::model::{Candidate, FieldName, Kind, Page};
use crate::rules::{CompiledRules, LearnedFrom, RuleSpec, Rules, SourceKind};
use json_lists::JsonList;
use listing::Listing;
use listing::ranking::{self, Ranking};
use page::dates::DateReader;
use page::links::PageUrls;
use page::regions::Regions;
use page::view::PageView;

pub use announced::NativeFeed;
pub use obstacle::Obstacle;

/// Listings of one page that are offered.
pub const MAX_LISTINGS: usize = 5;
/// Lists in JSON for which items are extracted.
const MAX_JSON_LISTS: usize = 6;

/// The listings of a page, or the reason why there are none.
#[derive(Debug, Clone)]
pub struct Detection {
    /// The best first; empty if the page has none.
    pub listings: Vec<FoundListing>,
    /// Why there are none, or what speaks against the page where there are some.
    pub obstacle: Obstacle,
    /// The feeds that the page announces.
    pub feeds: Vec<NativeFeed>,
    /// The title of the page.
    pub title: Option<String>,
}

impl Detection {
    fn of(listings: Vec<FoundListing>) -> Self {
        Self { listings, obstacle: Obstacle::None, feeds: Vec::new(), title: None }
    }
}

/// A listing that was found.
#[derive(Debug, Clone)]
pub struct FoundListing {
    /// How good it is; compares listings of one page.
    pub score: f64,
    /// The rules that find it, as they are written.
    pub spec: RuleSpec,
    /// The same rules, compiled.
    pub rules: CompiledRules,
    /// The part of the page in which it was found.
    pub from: LearnedFrom,
    /// The result of ordinary extraction by these rules.
    pub extraction: Extraction,
}

/// Units of the page's allowance for each node: its nodes are compared with one another.
const UNITS_PER_NODE: u64 = 2;

/// How listings are searched for.
#[derive(Debug, Clone)]
pub struct DetectionOptions<'a> {
    /// How to read dates that say too little, such as those without a year.
    pub dates: &'a DateRules,
    /// Limits of extraction.
    pub limits: &'a ExtractLimits,
    /// The moment of reading.
    pub now: DateTime<Utc>,
    /// How many listings to return at most.
    pub max_listings: usize,
}

impl<'a> DetectionOptions<'a> {
    /// The settings of extraction: detection writes no jq programs.
    fn extract_context(&self) -> ExtractContext<'a> {
        ExtractContext::without_programs(self.limits, self.now)
    }
}

/// Finds the listings of a page.
///
/// # Errors
/// When the page cannot be parsed within the limits.
pub fn detect(page: &Page, options: &DetectionOptions<'_>) -> Result<Detection, Unparsable> {
    match kind_of_text(&page.text) {
        Some(Kind::Json) => detect_in_json(page, options),
        Some(Kind::Xml) => detect_in_xml(page, options).map_or_else(|| detect_in_html(page, options), Ok),
        Some(kind) => self_describing(page, kind, options),
        None => detect_in_html(page, options),
    }
}

fn detect_in_html(page: &Page, options: &DetectionOptions<'_>) -> Result<Detection, Unparsable> {
    detect_in_document(page, &HtmlDocument::parse(page, options.limits)?, options)
}

/// The list of XML of no known kind, if most of its elements are items with an address.
fn detect_in_xml(page: &Page, options: &DetectionOptions<'_>) -> Option<Detection> {
    let spec = xml_list::rules(&page.text, options.limits.depth)?;
    let rules = spec.compile(options.dates).ok()?;
    let extraction = extract(page, &rules.source, None, options.extract_context()).ok()?;
    let items = &extraction.candidates;
    let complete = items.iter().filter(|item| item.title.is_some() && item.link.is_some()).count();
    if complete * 2 <= items.len() {
        return None;
    }
    let title = extraction.title.clone();
    let listing = FoundListing { score: 1.0, spec, rules, from: LearnedFrom::Markup, extraction };
    Some(Detection { title, ..Detection::of(vec![listing]) })
}

/// The lists of an answer that is JSON.
fn detect_in_json(page: &Page, options: &DetectionOptions<'_>) -> Result<Detection, Unparsable> {
    let value = json_value(&page.text)?;
    if value["version"].as_str().is_some_and(|v| v.starts_with("https://jsonfeed.org/")) {
        return self_describing(page, Kind::Feed, options);
    }
    let values = [value];
    let lists = json_lists::lists(&values, &DateReader::new(options.dates, options.now));
    let extract = |rules: &Rules| extract_values(page, &values, rules, options.extract_context());
    Ok(Detection::of(in_json_lists(lists, options, extract)))
}

/// A feed or a sitemap, which names its fields itself.
fn self_describing(page: &Page, kind: Kind, options: &DetectionOptions<'_>) -> Result<Detection, Unparsable> {
    let spec = RuleSpec::of_kind(kind);
    let Ok(rules) = spec.compile(options.dates) else { return Ok(Detection::of(Vec::new())) };
    let extraction = extract(page, &rules.source, None, options.extract_context())?;
    let title = extraction.title.clone();
    let listing = FoundListing { score: 1.0, spec, rules, from: LearnedFrom::SelfDescribing, extraction };
    Ok(Detection { title, ..Detection::of(vec![listing]) })
}

/// Finds the listings of a web page that is parsed already.
///
/// # Errors
/// When the page has more markup than is read at a time.
pub fn detect_in_document(
    page: &Page,
    document: &HtmlDocument,
    options: &DetectionOptions<'_>,
) -> Result<Detection, Unparsable> {
    allowance::take(UNITS_PER_NODE * document.nodes() as u64)?;
    let outline = document.outline();
    let regions = Regions::of(&outline);
    let mut dates = options.dates.clone();
    dates.language = dates.language.or_else(|| document.language());
    let urls = PageUrls { base: document.base(), page: &page.url };
    let view = PageView::new(&outline, &regions, DateReader::new(&dates, options.now), urls);
    let obstacle = obstacle::find::obstacle(document, &outline, &regions);
    let mut listings = in_markup(document, &view, options);
    listings.retain(|listing| listing.score >= obstacle.min_score(is_dated(&listing.extraction)));
    // Lists in the scripts of an article or a login are no listing.
    if listings.is_empty() && matches!(obstacle, Obstacle::NeedsScripts | Obstacle::None) {
        let lists = json_lists::lists(&document.embedded(), &view.dates);
        listings = in_json_lists(lists, options, |rules| {
            document.extract_json(page, rules, options.limits, options.now)
        });
    }
    Ok(Detection {
        listings,
        obstacle,
        feeds: announced::announced(document, &outline, &page.url),
        title: document.title().map(str::to_owned),
    })
}

/// The listings that a person sees on the page.
fn in_markup(
    document: &HtmlDocument,
    view: &PageView<'_, '_>,
    options: &DetectionOptions<'_>,
) -> Vec<FoundListing> {
    let listings = ranking::listings(view, options.max_listings);
    let mut found: Vec<FoundListing> = Vec::new();
    let mut taken: Vec<&Listing> = Vec::new();
    for ranked in Ranking::of(view.outline, &listings) {
        if found.len() >= options.max_listings {
            break;
        }
        // Two listings with the same links are the same list. To compare links is faster than to extract
        // items.
        if taken.iter().any(|t| t.shares_targets_with(ranked.listing)) {
            continue;
        }
        let Some(listing) = extracted(document, ranked.rules, ranked.score, options) else { continue };
        if !found.iter().any(|other| overlaps(&other.extraction, &listing.extraction)) {
            found.push(listing);
            taken.push(ranked.listing);
        }
    }
    if let (Some(best), Some(listing)) = (found.first_mut(), taken.first()) {
        add_pages(best, listing, document, view, options);
    }
    found
}

/// Runs rules through the ordinary extraction; `None` if they find fewer than two items.
fn extracted(
    document: &HtmlDocument,
    spec: RuleSpec,
    score: f64,
    options: &DetectionOptions<'_>,
) -> Option<FoundListing> {
    let (rules, extraction) = run_rules(document, &spec, options)?;
    let is_list = extraction.candidates.len() > 1;
    let found = FoundListing { score, spec, rules, from: LearnedFrom::Markup, extraction };
    is_list.then(|| without_idle_rules(found, document, options))
}

fn run_rules(
    document: &HtmlDocument,
    spec: &RuleSpec,
    options: &DetectionOptions<'_>,
) -> Option<(CompiledRules, Extraction)> {
    let rules = spec.compile(options.dates).ok()?;
    let SourceKind::Html(html) = &rules.source else { return None };
    let extraction = document.extract(html, None, options.limits, options.now);
    Some((rules, extraction))
}

/// A listing without the rules that give nothing on its own page, such as a date where all texts are "Read
/// more": they would only be problems of every run.
fn without_idle_rules(
    listing: FoundListing,
    document: &HtmlDocument,
    options: &DetectionOptions<'_>,
) -> FoundListing {
    let Some(spec) = without_idle_fields(&listing.spec, &listing.extraction.candidates) else {
        return listing;
    };
    match run_rules(document, &spec, options) {
        Some((rules, extraction)) => FoundListing { spec, rules, extraction, ..listing },
        None => listing,
    }
}

/// Whether an item has a field.
type HasField = fn(&Candidate) -> bool;

/// The rules without those of fields that no item has; `None` if there are no such fields.
fn without_idle_fields(spec: &RuleSpec, items: &[Candidate]) -> Option<RuleSpec> {
    let fields: [(FieldName, HasField); 6] = [
        (FieldName::Date, |item| item.date.is_some()),
        (FieldName::Summary, |item| item.summary.is_some()),
        (FieldName::Author, |item| !item.authors.is_empty()),
        (FieldName::Image, |item| item.image.is_some()),
        (FieldName::Enclosure, |item| !item.enclosures.is_empty()),
        (FieldName::Link, |item| item.link.is_some()),
    ];
    let mut select = spec.select.clone()?;
    let mut is_changed = false;
    for (name, has_field) in fields {
        if select.field(name).is_some() && !items.iter().any(has_field) {
            *select.field_mut(name) = None;
            is_changed = true;
        }
    }
    is_changed.then(|| RuleSpec { select: Some(select), ..spec.clone() })
}

/// Adds the rules for further pages to a listing; `place` is where it stands on the page.
fn add_pages(
    listing: &mut FoundListing,
    place: &Listing,
    document: &HtmlDocument,
    view: &PageView<'_, '_>,
    options: &DetectionOptions<'_>,
) {
    let items = u32::try_from(listing.extraction.candidates.len()).unwrap_or(u32::MAX);
    let pages = pagination::pages(document, view, place, items);
    let spec = RuleSpec { pages, ..listing.spec.clone() };
    let Ok(rules) = spec.compile(options.dates) else { return };
    if let SourceKind::Html(html) = &rules.source {
        listing.extraction.next = document.next_page(html);
    }
    listing.spec = spec;
    listing.rules = rules;
}

/// The listings that stand in JSON, each extracted from the JSON at hand.
fn in_json_lists(
    lists: Vec<JsonList>,
    options: &DetectionOptions<'_>,
    extract: impl Fn(&Rules) -> Result<Extraction, Unparsable>,
) -> Vec<FoundListing> {
    let read = lists.into_iter().take(MAX_JSON_LISTS).filter_map(|list| {
        let rules = list.rules.compile(options.dates).ok()?;
        let extraction = extract(rules.source.rules()?).ok()?;
        // The same path may lead to something else in another script.
        let is_whole = extraction.candidates.len() == list.size.min(options.limits.candidates);
        let from = LearnedFrom::Json;
        is_whole.then_some(FoundListing { score: list.score, spec: list.rules, rules, from, extraction })
    });
    read.take(options.max_listings).collect()
}

/// Whether at least half of several items have a date.
fn is_dated(extraction: &Extraction) -> bool {
    let all = &extraction.candidates;
    all.len() > 3 && all.iter().filter(|c| c.date.is_some()).count() * 2 >= all.len()
}

/// Whether most items of the smaller extraction are in the other.
fn overlaps(one: &Extraction, other: &Extraction) -> bool {
    let name = |item: &Candidate| item.link.clone().or_else(|| item.title.clone()).unwrap_or_default();
    let names =
        |extraction: &Extraction| -> HashSet<String> { extraction.candidates.iter().map(name).collect() };
    let ours = names(one);
    let theirs = names(other);
    ours.intersection(&theirs).count() * 2 > ours.len().min(theirs.len())
}
