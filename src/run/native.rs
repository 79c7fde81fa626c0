//! Feeds that a site has itself: fetched, and judged by what its listing shows.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::Request;
use super::detection::DetectedListing;
use crate::config::Limits;
use crate::date::DateRules;
use crate::detect::NativeFeed;
use crate::extract::{SourceKind, extract};
use crate::fetch::{Answer, Fetcher};
use crate::model::{Found, Page};
use crate::normalise::{normalise, same_address};

/// Announced feeds that are looked at.
const ANNOUNCED: usize = 3;
/// Where feeds mostly are, if a page announces none: from the site's root.
const USUAL: [&str; 3] = ["/feed", "/rss.xml", "/feed.xml"];
/// A feed may be this much behind its page.
const BEHIND: TimeDelta = TimeDelta::days(3);
/// Percent of the page's items that a complete feed has.
const COMPLETE: usize = 60;

/// A native feed, and what speaks for and against it.
#[derive(Debug, Clone)]
pub struct JudgedFeed {
    /// The feed.
    pub feed: NativeFeed,
    /// Items in it.
    pub items: usize,
    /// The date of its newest item.
    pub newest: Option<DateTime<Utc>>,
    /// Items of the page's listing that are in it too, and how many the listing has.
    pub shared: (usize, usize),
    /// Whether it is as fresh as the page, and as complete.
    pub fit: bool,
}

impl JudgedFeed {
    /// The judgement in words.
    #[must_use]
    pub fn words(&self) -> String {
        let newest =
            self.newest.map_or("no dates".to_owned(), |n| format!("newest {}", n.format("%Y-%m-%d")));
        let (shared, all) = self.shared;
        let listing =
            if all > 0 { format!(", has {shared} of the page's {all} items") } else { String::new() };
        let verdict = if self.fit { "fit to be used" } else { "not fit: old or not complete" };
        format!("{} items, {newest}{listing}: {verdict}", self.items)
    }
}

/// Fetches the feeds that a page announces (or, if there are none, looks where feeds mostly are) and
/// judges them. What gives nothing is left out. `like` is a request to the page's own site.
pub async fn judged(
    fetcher: &dyn Fetcher,
    like: &Request,
    announced: &[NativeFeed],
    listing: Option<&DetectedListing>,
    dates: &DateRules,
    now: DateTime<Utc>,
    limits: &Limits,
) -> Vec<JudgedFeed> {
    let mut wanted: Vec<NativeFeed> = announced.iter().take(ANNOUNCED).cloned().collect();
    let guess = wanted.is_empty();
    if guess {
        let usual = USUAL.iter().filter_map(|path| like.url.join(path).ok());
        wanted.extend(usual.map(|url| NativeFeed { url, title: None, kind: "feed" }));
    }
    let mut out = Vec::new();
    for feed in wanted.into_iter().filter(|f| f.kind == "feed") {
        let Some(page) = page(fetcher, like, &feed.url).await else { continue };
        let source = SourceKind::Feed(dates.clone());
        let Ok(extraction) = extract(&page, &source, None, &limits.extract, now) else { continue };
        let (found, _) = normalise(extraction, None, now, &limits.text);
        out.push(judge(feed, &found, listing.map_or(&[], |l| &l.found)));
        if guess {
            break;
        }
    }
    out
}

async fn page(fetcher: &dyn Fetcher, like: &Request, url: &Url) -> Option<Page> {
    let request = Request { url: url.clone(), ..like.clone() };
    match fetcher.fetch(&request).await.ok()? {
        Answer::Fetched(fetched) => fetched.into_page().ok(),
        Answer::Unchanged { .. } => None,
    }
}

fn judge(feed: NativeFeed, found: &[Found], listing: &[Found]) -> JudgedFeed {
    let newest = |items: &[Found]| items.iter().filter_map(|f| f.date.map(|d| d.at.to_utc())).max();
    let address = |f: &Found| f.content.url.as_ref().map(same_address);
    let has: HashSet<String> = found.iter().filter_map(address).collect();
    let shared = listing.iter().filter_map(address).filter(|a| has.contains(a)).count();
    let (own, seen) = (newest(found), newest(listing));
    let fresh = match (own, seen) {
        (Some(own), Some(seen)) => own + BEHIND >= seen,
        _ => true,
    };
    let complete = shared * 100 >= listing.len() * COMPLETE;
    let fit = !found.is_empty() && fresh && complete;
    JudgedFeed { feed, items: found.len(), newest: own, shared: (shared, listing.len()), fit }
}
