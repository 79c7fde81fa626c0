//! Page -> ranked rules: finds the listing on a page, and writes the rules that find it again. Pure.
//!
//! The page is read once (`page/`). Elements that repeat are groups, the same place in each of their records is a slot, and
//! slots are read as links, titles and dates; the group whose slots look most like a listing of articles wins (`listing/`).
//! Rules are written for it (`selectors/`), and the items are those that ordinary extraction finds by the rules. A page
//! without a listing gets a reason ([`NoListing`]) instead of items.

mod announced;
mod json_lists;
mod listing;
mod page;
mod pagination;
mod selectors;
mod verdict;

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::date::DateRules;
use crate::extract::{
    Document, ExtractLimits, Extraction, extract, extract_values, json_value, kind_of_text,
};
use crate::html::Unparsable;
use crate::model::{Kind, Page};
use crate::rules::{CompiledRules, LearnedFrom, RuleSpec, Rules, SourceKind};
use json_lists::JsonList;
use listing::Listing;
use listing::ranking::{self, Ranking};
use page::dates::Dates;
use page::links::Web;
use page::regions::Regions;
use page::view::View;

pub use announced::NativeFeed;
pub use verdict::NoListing;

/// Listings of one page that are offered.
pub const MAX_LISTINGS: usize = 5;
/// Lists in JSON that are tried before a page is given up.
const TRIED: usize = 6;

/// The listings of a page, or the reason why there are none.
#[derive(Debug, Clone)]
pub struct Detection {
    /// Its listings, the best first; none if it is no listing.
    pub listings: Vec<FoundListing>,
    /// Why there are none, or what speaks against the page where there are some.
    pub verdict: NoListing,
    /// The feeds that it announces.
    pub feeds: Vec<NativeFeed>,
    /// Its title.
    pub title: Option<String>,
}

impl Detection {
    fn of(listings: Vec<FoundListing>) -> Self {
        Self { listings, verdict: NoListing::None, feeds: Vec::new(), title: None }
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

/// How a page is looked at.
#[derive(Debug, Clone)]
pub struct Detecting<'a> {
    /// How dates are read that say too little.
    pub dates: &'a DateRules,
    /// Bounds of extraction.
    pub limits: &'a ExtractLimits,
    /// The moment of reading.
    pub now: DateTime<Utc>,
    /// Listings that are wanted at most.
    pub most: usize,
}

/// Finds the listings of a page.
///
/// # Errors
/// When the page cannot be parsed within the limits.
pub fn detect(page: &Page, how: &Detecting<'_>) -> Result<Detection, Unparsable> {
    match kind_of_text(&page.text) {
        Some(Kind::Json) => detect_in_json(page, how),
        Some(kind) => self_describing(page, kind, how),
        None => Ok(detect_in_document(page, &Document::parse(page, how.limits)?, how)),
    }
}

/// The lists of an answer that is JSON.
fn detect_in_json(page: &Page, how: &Detecting<'_>) -> Result<Detection, Unparsable> {
    let value = json_value(&page.text)?;
    if value["version"].as_str().is_some_and(|v| v.starts_with("https://jsonfeed.org/")) {
        return self_describing(page, Kind::Feed, how);
    }
    let values = [value];
    let lists = json_lists::lists(&values, &Dates::new(how.dates, how.now));
    let extract = |rules: &Rules| extract_values(page, &values, rules, how.limits, how.now);
    Ok(Detection::of(in_json_lists(lists, how, extract)))
}

/// A feed or a sitemap, which names its fields itself.
fn self_describing(page: &Page, kind: Kind, how: &Detecting<'_>) -> Result<Detection, Unparsable> {
    let spec = RuleSpec::of_kind(kind);
    let Ok(rules) = spec.compile(how.dates) else { return Ok(Detection::of(Vec::new())) };
    let extraction = extract(page, &rules.source, None, how.limits, how.now)?;
    let title = extraction.title.clone();
    let listing = FoundListing { score: 1.0, spec, rules, from: LearnedFrom::SelfDescribing, extraction };
    Ok(Detection { title, ..Detection::of(vec![listing]) })
}

/// Finds the listings of a web page that is parsed already.
#[must_use]
pub fn detect_in_document(page: &Page, document: &Document, how: &Detecting<'_>) -> Detection {
    let outline = document.outline();
    let regions = Regions::of(&outline);
    let mut dates = how.dates.clone();
    dates.language = dates.language.or_else(|| document.language());
    let web = Web { base: document.base(), page: &page.url };
    let view = View::new(&outline, &regions, Dates::new(&dates, how.now), web);
    let verdict = verdict::verdict(document, &outline, &regions);
    let mut listings = in_markup(document, &view, how);
    listings.retain(|listing| listing.score >= verdict.least_score(is_dated(&listing.extraction)));
    // Lists in the scripts of an article or a login are no listing.
    if listings.is_empty() && matches!(verdict, NoListing::NeedsScripts | NoListing::None) {
        let lists = json_lists::lists(&document.embedded(), &view.dates);
        listings = in_json_lists(lists, how, |rules| document.extract_json(page, rules, how.limits, how.now));
    }
    Detection {
        listings,
        verdict,
        feeds: announced::announced(document, &outline, &page.url),
        title: document.title().map(str::to_owned),
    }
}

/// The listings that a person sees on the page.
fn in_markup(document: &Document, view: &View<'_, '_>, how: &Detecting<'_>) -> Vec<FoundListing> {
    let listings = ranking::listings(view, how.most);
    let mut found: Vec<FoundListing> = Vec::new();
    let mut taken: Vec<&Listing> = Vec::new();
    for ranked in Ranking::of(view.outline, &listings) {
        if found.len() >= how.most {
            break;
        }
        // Another view of a list that is taken need not be read to be known as such.
        if taken.iter().any(|t| t.leads_where(ranked.listing)) {
            continue;
        }
        let Some(listing) = extracted(document, ranked.rules, ranked.score, how) else { continue };
        if !found.iter().any(|other| overlaps(&other.extraction, &listing.extraction)) {
            found.push(listing);
            taken.push(ranked.listing);
        }
    }
    if let Some(best) = found.first_mut() {
        add_pages(best, document, view, how);
    }
    found
}

/// Runs rules through the ordinary extraction; `None` if they find fewer than two items.
fn extracted(document: &Document, spec: RuleSpec, score: f64, how: &Detecting<'_>) -> Option<FoundListing> {
    let rules = spec.compile(how.dates).ok()?;
    let SourceKind::Html(html) = &rules.source else { return None };
    let extraction = document.extract(html, None, how.limits, how.now);
    let is_list = extraction.candidates.len() > 1;
    is_list.then_some(FoundListing { score, spec, rules, from: LearnedFrom::Markup, extraction })
}

/// Adds the rules for further pages to a listing.
fn add_pages(listing: &mut FoundListing, document: &Document, view: &View<'_, '_>, how: &Detecting<'_>) {
    let items = u32::try_from(listing.extraction.candidates.len()).unwrap_or(u32::MAX);
    let pages = pagination::pages(document, view, items);
    let spec = RuleSpec { pages, ..listing.spec.clone() };
    let Ok(rules) = spec.compile(how.dates) else { return };
    if let SourceKind::Html(html) = &rules.source {
        listing.extraction.next = document.next_page(html);
    }
    listing.spec = spec;
    listing.rules = rules;
}

/// The listings that stand in JSON, each extracted from the JSON at hand.
fn in_json_lists(
    lists: Vec<JsonList>,
    how: &Detecting<'_>,
    extract: impl Fn(&Rules) -> Result<Extraction, Unparsable>,
) -> Vec<FoundListing> {
    let read = lists.into_iter().take(TRIED).filter_map(|list| {
        let rules = list.rules.compile(how.dates).ok()?;
        let extraction = extract(rules.source.rules()?).ok()?;
        // The same path may lead to something else in another script.
        let is_whole = extraction.candidates.len() == list.size.min(how.limits.candidates);
        let from = LearnedFrom::Json;
        is_whole.then_some(FoundListing { score: list.score, spec: list.rules, rules, from, extraction })
    });
    read.take(how.most).collect()
}

/// Whether at least half of several items have a date.
fn is_dated(extraction: &Extraction) -> bool {
    let all = &extraction.candidates;
    all.len() > 3 && all.iter().filter(|c| c.date.is_some()).count() * 2 >= all.len()
}

/// Whether most items of the smaller extraction are in the other.
fn overlaps(one: &Extraction, other: &Extraction) -> bool {
    let names = |extraction: &Extraction| -> HashSet<String> {
        let name = |c: &crate::model::Candidate| c.link.clone().or_else(|| c.title.clone());
        extraction.candidates.iter().map(|c| name(c).unwrap_or_default()).collect()
    };
    let ours = names(one);
    let theirs = names(other);
    ours.intersection(&theirs).count() * 2 > ours.len().min(theirs.len())
}
