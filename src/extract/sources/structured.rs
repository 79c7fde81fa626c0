//! What a page says of its items for machines: JSON-LD, microdata of schema.org, microformats 2; and,
//! if that is nothing, what Open Graph says of the page itself.

mod json_ld;
mod microdata;
mod microformats;

use chrono::{DateTime, Utc};
use url::Url;

use super::super::{ExtractLimits, Extraction, LinkedPages, ListingState};
use super::self_describing::{Said, SaidItem, read};
use crate::date::DateRules;
use crate::html::tree::{ElementRef, Html};
use crate::html::{Unparsable, parse};
use crate::model::{Candidate, Page};

/// Kinds of things that are items of a listing (schema.org), in lower case.
fn is_item(kind: &str) -> bool {
    let kind = kind.rsplit(['/', '#', ':']).next().unwrap_or(kind).to_ascii_lowercase();
    kind.ends_with("article")
        || kind.ends_with("posting")
        || kind.ends_with("event")
        || kind.ends_with("episode")
        || matches!(
            kind.as_str(),
            "report"
                | "recipe"
                | "videoobject"
                | "audioobject"
                | "review"
                | "product"
                | "book"
                | "movie"
                | "dataset"
                | "course"
                | "howto"
                | "creativework"
                | "podcastepisode"
                | "discussionforumposting"
                | "question"
        )
}

/// Reads what a page says.
///
/// # Errors
/// When it cannot be parsed within the limits.
pub(crate) fn extract(
    page: &Page,
    dates: &DateRules,
    limits: &ExtractLimits,
    now: DateTime<Utc>,
) -> Result<Extraction, Unparsable> {
    let html = parse::parse(&page.text, limits.depth)?;
    let base = parse::base(&html, &page.url);
    // The way that says most; of equal ones the first, which says it best.
    let ways = [json_ld::items(&html), microdata::items(&html), microformats::items(&html)];
    let mut items = Vec::new();
    for way in ways {
        let way = distinct(way, &base);
        if way.len() > items.len() {
            items = way;
        }
    }
    if items.is_empty() {
        items.extend(of_open_graph(&html));
    }
    items.truncate(limits.candidates);
    for (position, item) in items.iter_mut().enumerate() {
        item.candidate.position = u32::try_from(position).unwrap_or(u32::MAX);
    }
    let said = Said {
        title: parse::title(&html),
        language: parse::language(&html),
        items,
        elsewhere: LinkedPages::default(),
    };
    let mut extraction = read(said, page, dates, now);
    extraction.base = base;
    if extraction.candidates.is_empty() {
        extraction.listing = ListingState::Missing;
    }
    Ok(extraction)
}

/// Items that have a title or an address, each address once: the one that says more of it.
fn distinct(items: Vec<SaidItem>, base: &Url) -> Vec<SaidItem> {
    let mut out: Vec<SaidItem> = Vec::new();
    let address = |i: &SaidItem| i.candidate.link.as_ref().and_then(|l| base.join(l.trim()).ok());
    let says = |i: &SaidItem| {
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
            Some(other) if says(&item) > says(other) => *other = item,
            Some(_) => {}
            None => out.push(item),
        }
    }
    out
}

/// The page itself, if it says that it is an article.
fn of_open_graph(html: &Html) -> Option<SaidItem> {
    let metas: Vec<ElementRef<'_>> =
        html.root_element().descendent_elements().filter(|e| e.value().name() == "meta").collect();
    let meta = |name: &str| {
        let named = metas.iter().find(|m| m.attr("property").or_else(|| m.attr("name")) == Some(name))?;
        named.attr("content").map(str::to_owned).filter(|c| !c.trim().is_empty())
    };
    meta("og:type").filter(|t| t == "article")?;
    Some(SaidItem {
        candidate: Candidate {
            title: meta("og:title"),
            link: meta("og:url"),
            summary: meta("og:description"),
            image: meta("og:image"),
            authors: meta("article:author").filter(|a| !a.starts_with("http")).into_iter().collect(),
            tags: meta("article:section").into_iter().collect(),
            ..Candidate::default()
        },
        date: meta("article:published_time"),
        updated: meta("article:modified_time"),
    })
}
