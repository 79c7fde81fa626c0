//! Structured data as a source: JSON-LD, microdata of schema.org, and microformats; without any of them,
//! the Open Graph data of the page itself.

mod item_type;
mod json_ld;
mod microdata;
mod microformats;
mod open_graph;

use chrono::{DateTime, Utc};
use url::Url;

use super::self_describing::{SelfDescribed, SelfDescribedItem, to_extraction};
use crate::date::DateRules;
use crate::extract::extraction::{ExtractLimits, Extraction, LinkedPages, ListingState};
use crate::html::{Unparsable, parse};
use crate::model::Page;

/// Extracts the items that the structured data of a page describes.
///
/// # Errors
/// When the page cannot be parsed within the limits.
pub(crate) fn extract(
    page: &Page,
    dates: &DateRules,
    limits: &ExtractLimits,
    now: DateTime<Utc>,
) -> Result<Extraction, Unparsable> {
    let html = parse::parse(&page.text, limits.depth)?;
    let base = parse::base(&html, &page.url);
    // The format with the most items; of equal ones the first, which is the most precise.
    let formats = [json_ld::items(&html), microdata::items(&html), microformats::items(&html)];
    let mut items = Vec::new();
    for of_format in formats {
        let distinct = distinct_items(of_format, &base);
        if distinct.len() > items.len() {
            items = distinct;
        }
    }
    if items.is_empty() {
        items.extend(open_graph::item(&html));
    }
    items.truncate(limits.candidates);
    for (index, item) in items.iter_mut().enumerate() {
        item.candidate.position = u32::try_from(index).unwrap_or(u32::MAX);
    }
    let source = SelfDescribed {
        title: parse::title(&html),
        language: parse::language(&html),
        items,
        linked_pages: LinkedPages::default(),
    };
    let mut extraction = to_extraction(source, page, dates, now);
    extraction.base = base;
    if extraction.candidates.is_empty() {
        extraction.listing = ListingState::Missing;
    }
    Ok(extraction)
}

/// The items that have a title or an address. Of several items with one address, the one with the most
/// fields is kept.
fn distinct_items(items: Vec<SelfDescribedItem>, base: &Url) -> Vec<SelfDescribedItem> {
    let mut out: Vec<SelfDescribedItem> = Vec::new();
    let address = |i: &SelfDescribedItem| i.candidate.link.as_ref().and_then(|l| base.join(l.trim()).ok());
    let field_count = |i: &SelfDescribedItem| {
        usize::from(i.date.is_some())
            + usize::from(i.candidate.summary.is_some())
            + usize::from(i.candidate.title.is_some())
    };
    for item in items {
        if item.candidate.title.is_none() && item.candidate.link.is_none() {
            continue;
        }
        let url = address(&item);
        match out.iter_mut().find(|o| url.is_some() && address(o) == url) {
            Some(other) if field_count(&item) > field_count(other) => *other = item,
            Some(_) => {}
            None => out.push(item),
        }
    }
    out
}
