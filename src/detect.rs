//! Page -> ranked rules: finds the listing on a page, and writes the rules that find it again. Pure.
//!
//! Elements that repeat are groups (`groups.rs`); the same place in each of their records is a slot
//! (`slots.rs`); slots are read as links, titles and dates; the group whose slots look most like a
//! listing of articles wins. What is offered are rules, and the items that ordinary extraction finds
//! by them. A page without a listing gets a reason ([`NoListing`]) instead of items.

mod announced;
mod found_rules;
mod json_lists;
mod listing;
mod page;
mod pagination;
mod selectors;
mod verdict;

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::date::DateRules;
use crate::extract::{Document, ExtractLimits, Extraction, extract, json_value, kind_of_text};
use crate::html::Unparsable;
use crate::model::Page;
use crate::rules::SourceKind;
use json_lists::StateList;
use listing::Listing;
use listing::ranking::Ranking;
use page::dates::Dates;
use page::links::Web;
use page::regions::Regions;
use page::view::View;

pub use announced::NativeFeed;
pub use found_rules::{FoundPages, FoundRules, FoundSource, quoted};
pub use verdict::NoListing;

/// Listings of one page that are offered.
pub const MAX_CANDIDATES: usize = 5;
/// Lists in scripts that are tried before a page is given up.
const TRIED: usize = 6;

/// What a page was found to be.
#[derive(Debug, Clone)]
pub struct Detection {
    /// Its listings, the best first; none if it is no listing.
    pub candidates: Vec<Candidate>,
    /// Why there are none, or what speaks against the page where there are some.
    pub verdict: NoListing,
    /// The feeds that it announces.
    pub feeds: Vec<NativeFeed>,
    /// Its title.
    pub title: Option<String>,
}

impl Detection {
    fn nothing() -> Self {
        Self { candidates: Vec::new(), verdict: NoListing::None, feeds: Vec::new(), title: None }
    }
}

/// A listing that was found.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// How good it is; compares listings of one page.
    pub score: f64,
    /// The rules that find it.
    pub rules: FoundRules,
    /// What ordinary extraction finds by them.
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
        Some("json") => of_json(page, how),
        Some(kind) => of_kind(page, kind, how),
        None => of_page(page, how),
    }
}

/// An answer that is JSON: its lists.
fn of_json(page: &Page, how: &Detecting<'_>) -> Result<Detection, Unparsable> {
    let value = json_value(&page.text)?;
    if value["version"].as_str().is_some_and(|v| v.starts_with("https://jsonfeed.org/")) {
        return of_kind(page, "feed", how);
    }
    let lists = json_lists::lists(&[value], &Dates::new(how.dates, how.now));
    Ok(Detection { candidates: in_lists(page, lists, how), ..Detection::nothing() })
}

/// A feed or a sitemap, which says itself what is what.
fn of_kind(page: &Page, kind: &'static str, how: &Detecting<'_>) -> Result<Detection, Unparsable> {
    let rules = FoundRules::of_kind(kind);
    let Ok(source) = rules.compile(how.dates) else { return Ok(Detection::nothing()) };
    let extraction = extract(page, &source, None, how.limits, how.now)?;
    let title = extraction.title.clone();
    let candidates = vec![Candidate { score: 1.0, rules, extraction }];
    Ok(Detection { candidates, title, ..Detection::nothing() })
}

fn of_page(page: &Page, how: &Detecting<'_>) -> Result<Detection, Unparsable> {
    let document = Document::parse(page, how.limits)?;
    let outline = document.outline();
    let regions = Regions::of(&outline);
    let mut dates = how.dates.clone();
    dates.language = dates.language.or_else(|| document.language());
    let web = Web { base: document.base(), page: &page.url };
    let view = View::new(&outline, &regions, Dates::new(&dates, how.now), web);
    let verdict = verdict::verdict(&document, &outline, &regions);
    let mut candidates = in_markup(&document, &view, how);
    candidates.retain(|c| c.score >= verdict.least_score(is_dated(&c.extraction)));
    // What else stands in the scripts of an article or a login is no listing.
    if candidates.is_empty() && matches!(verdict, NoListing::NeedsScripts | NoListing::None) {
        let lists = json_lists::lists(&document.embedded(), &view.dates);
        candidates = in_lists(page, lists, how);
    }
    Ok(Detection {
        candidates,
        verdict,
        feeds: announced::announced(&document, &outline, &page.url),
        title: document.title().map(str::to_owned),
    })
}

/// The listings that a person sees on the page.
fn in_markup(document: &Document, view: &View<'_, '_>, how: &Detecting<'_>) -> Vec<Candidate> {
    let listings = listing::ranking::listings(view, how.most);
    let mut out: Vec<Candidate> = Vec::new();
    let mut taken: Vec<&Listing> = Vec::new();
    for ranked in Ranking::of(view.outline, &listings) {
        if out.len() >= how.most {
            break;
        }
        // Another view of a list that is taken need not be read to be known as such.
        if taken.iter().any(|t| t.leads_where(ranked.listing)) {
            continue;
        }
        let Some(candidate) = candidate(document, ranked.rules, ranked.score, how) else { continue };
        if !out.iter().any(|c| overlaps(&c.extraction, &candidate.extraction)) {
            out.push(candidate);
            taken.push(ranked.listing);
        }
    }
    if let Some(best) = out.first_mut() {
        let items = u32::try_from(best.extraction.candidates.len()).unwrap_or(u32::MAX);
        best.rules.pages = pagination::pages(document, view, items);
    }
    out
}

/// Runs rules through the ordinary extraction.
fn candidate(document: &Document, rules: FoundRules, score: f64, how: &Detecting<'_>) -> Option<Candidate> {
    let SourceKind::Html(compiled) = rules.compile(how.dates).ok()? else { return None };
    let extraction = document.extract(&compiled, None, how.limits, how.now);
    (extraction.candidates.len() > 1).then_some(Candidate { score, rules, extraction })
}

/// The listings that stand in JSON.
fn in_lists(page: &Page, lists: Vec<StateList>, how: &Detecting<'_>) -> Vec<Candidate> {
    let read = lists.into_iter().take(TRIED).filter_map(|list| {
        let source = list.rules.compile(how.dates).ok()?;
        let extraction = extract(page, &source, None, how.limits, how.now).ok()?;
        // The same path may lead to something else in another script.
        let whole = extraction.candidates.len() == list.size.min(how.limits.candidates);
        whole.then_some(Candidate { score: list.score, rules: list.rules, extraction })
    });
    read.take(how.most).collect()
}

/// Whether at least half of several items have a date.
fn is_dated(extraction: &Extraction) -> bool {
    let all = &extraction.candidates;
    all.len() > 3 && all.iter().filter(|c| c.date.is_some()).count() * 2 >= all.len()
}

/// Whether most items of the smaller one are in the other.
fn overlaps(a: &Extraction, b: &Extraction) -> bool {
    let names = |e: &Extraction| -> HashSet<String> {
        e.candidates.iter().map(|c| c.link.clone().or_else(|| c.title.clone()).unwrap_or_default()).collect()
    };
    let (a, b) = (names(a), names(b));
    a.intersection(&b).count() * 2 > a.len().min(b.len())
}
