//! Page -> ranked rules: finds the listing on a page, and writes the rules that find it again. Pure.
//!
//! Elements that repeat are groups ([`groups`]); the same place in each of their records is a slot
//! ([`slots`]); slots are read as links, titles and dates; the group whose slots look most like a
//! listing of articles wins. What is offered are rules, and the items that ordinary extraction finds
//! by them.

mod dates;
mod fields;
mod found_rules;
mod groups;
mod headings;
mod links;
mod listing;
mod pattern;
mod regions;
mod rules;
mod selectors;
mod signals;
mod slots;
mod texts;

use chrono::{DateTime, Utc};
use url::Url;

use crate::date::DateRules;
use crate::extract::{Document, ExtractLimits, Extraction, Outline, Place, SourceKind};
use dates::Reading;
use links::Web;
use listing::{Listing, View, listing};
use regions::Regions;
use signals::Signals;

pub use found_rules::{FoundPages, FoundRules, FoundSource};

/// Listings of one page that are offered.
pub const MAX_CANDIDATES: usize = 5;

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
    /// The page's own address.
    pub url: &'a Url,
    /// How dates are read that say too little.
    pub dates: &'a DateRules,
    /// Bounds of extraction.
    pub limits: &'a ExtractLimits,
    /// The moment of reading.
    pub now: DateTime<Utc>,
    /// Listings that are wanted at most.
    pub most: usize,
}

/// The listings of a page, the best first.
#[must_use]
pub fn detect(document: &Document, how: &Detecting<'_>) -> Vec<Candidate> {
    let outline = document.outline();
    let regions = Regions::of(&outline);
    let signals = Signals::of(&outline);
    let mut dates = how.dates.clone();
    dates.language = dates.language.or_else(|| document.language());
    let view = View {
        outline: &outline,
        regions: &regions,
        web: Web { base: document.base(), page: how.url },
        reading: Reading { rules: &dates, now: how.now },
    };
    let groups = groups::groups(&outline, &regions, &signals);
    let mut listings: Vec<Listing> = groups.iter().filter_map(|g| listing(&view, g)).collect();
    nested(&outline, &mut listings);
    listings.sort_by(|a, b| b.score.total_cmp(&a.score));
    if std::env::var_os("DEBUG_DETECT").is_some() { for l in listings.iter().take(14) { let p=l.records[0].place; eprintln!("{:.2} n={} {} .{:?} links={:?} title={:?} date={:?} heading={:?}", l.score, l.records.len(), outline.tag_text(p), outline.attr(p,"class"), l.links.len(), l.titles.first().map(|t| outline.text(l.slots[*t].hits[0].1)), l.date.as_ref().map(|d| (d.share, d.at.clone())), l.heading); } }
    let mut out: Vec<Candidate> = Vec::new();
    for listing in &listings {
        if out.len() >= how.most {
            break;
        }
        let Some(candidate) = candidate(document, &outline, listing, how) else { continue };
        if !out.iter().any(|c| overlaps(&c.extraction, &candidate.extraction)) {
            out.push(candidate);
        }
    }
    out
}

/// Lists that stand inside the items of another one, whose link is its own and not one of theirs, are
/// part of its items: the notes of a release, the tags of an article.
fn nested(outline: &Outline<'_>, listings: &mut [Listing]) {
    let inside = |place: Place, listing: &Listing| {
        let at = listing.records.partition_point(|r| r.place <= place);
        at > 0 && place < outline.end(listing.records[at - 1].place)
    };
    let demoted: Vec<usize> = (0..listings.len())
        .filter(|i| {
            let inner = &listings[*i];
            listings.iter().enumerate().any(|(j, outer)| {
                let Some(link) = outer.links.first().map(|l| &outer.slots[*l]) else { return false };
                let strictly = |r: &slots::Record| inside(r.place, outer) && !outer.records.iter().any(|o| o.place == r.place);
                let within = inner.records.iter().filter(|r| strictly(r)).count() * 10 >= inner.records.len() * 8;
                let own = link.hits.iter().filter(|(_, p)| inside(*p, inner)).count() * 4 < link.hits.len();
                j != *i && outer.records.len() > 2 && outer.score * 5.0 > inner.score && within && own
            })
        })
        .collect();
    for i in demoted {
        listings[i].score *= 0.2;
    }
}

/// Writes the rules for a listing and runs them.
fn candidate(
    document: &Document,
    outline: &Outline<'_>,
    listing: &Listing,
    how: &Detecting<'_>,
) -> Option<Candidate> {
    let (rules, fit) = rules::rules(outline, listing)?;
    let SourceKind::Html(compiled) = rules.compile(how.dates).ok()? else { return None };
    let extraction = document.extract(&compiled, None, how.limits, how.now);
    let found = extraction.candidates.len();
    if found < 2 || fit < 0.5 {
        return None;
    }
    Some(Candidate { score: listing.score * fit, rules, extraction })
}

/// Whether most items of the smaller one are in the other.
fn overlaps(a: &Extraction, b: &Extraction) -> bool {
    let links = |e: &Extraction| -> std::collections::HashSet<String> {
        e.candidates.iter().map(|c| c.link.clone().or_else(|| c.title.clone()).unwrap_or_default()).collect()
    };
    let (a, b) = (links(a), links(b));
    a.intersection(&b).count() * 2 > a.len().min(b.len())
}
