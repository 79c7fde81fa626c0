//! Feeds that a site has itself: fetched, and judged by what its listing shows.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::detection::Detected;
use super::listing_reader::ListingReader;
use super::reading::unparsable;
use crate::date::DateRules;
use crate::detect::NativeFeed;
use crate::extract::extract;
use crate::fetch::{Answer, Request};
use crate::model::{Found, Kind};
use crate::normalise::{canonical_address, normalise};
use crate::rules::SourceKind;

/// Announced feeds that are looked at.
const ANNOUNCED: usize = 3;
/// Where feeds mostly are, if a page announces none: from the site's root.
const USUAL: [&str; 3] = ["/feed", "/rss.xml", "/feed.xml"];
/// A feed may be this much behind its page.
const BEHIND: TimeDelta = TimeDelta::days(1);
/// Percent of the page's items that a complete feed has.
const COMPLETE: usize = 60;

/// A native feed, and what speaks for and against it.
#[derive(Debug, Clone)]
pub struct JudgedFeed {
    /// The feed.
    pub feed: NativeFeed,
    /// Its items.
    pub found: Vec<Found>,
    /// The date of its newest item.
    pub newest: Option<DateTime<Utc>>,
    /// Items of the page's listing that are in it too, and how many the listing has.
    pub shared: (usize, usize),
    /// What speaks against it; `None`: it is as fresh as the page, and as complete.
    pub against: Option<&'static str>,
}

impl JudgedFeed {
    /// Whether it may be read instead of the page.
    #[must_use]
    pub fn fit(&self) -> bool {
        self.against.is_none()
    }

    /// The judgement in words.
    #[must_use]
    pub fn words(&self) -> String {
        let newest =
            self.newest.map_or("no dates".to_owned(), |n| format!("newest {}", n.format("%Y-%m-%d")));
        let (shared, all) = self.shared;
        let listing = if all > 0 { format!(", {shared} of the page's {all}") } else { String::new() };
        let verdict = self.against.unwrap_or("fit to be read instead of the page");
        format!("{} items, {newest}{listing}: {verdict}", self.found.len())
    }
}

/// Fetches the feeds that a page announces (or, if there are none, looks where feeds mostly are) and judges them. `like` is a
/// request to the page's own site.
pub async fn judged(
    reader: ListingReader<'_>,
    like: &Request,
    detected: &Detected,
    dates: &DateRules,
    now: DateTime<Utc>,
) -> Vec<JudgedFeed> {
    let listing = detected.listings.first();
    let announced = detected.feeds.iter().filter(|feed| feed.kind == Kind::Feed).take(ANNOUNCED);
    let mut wanted: Vec<NativeFeed> = announced.cloned().collect();
    let is_guess = wanted.is_empty();
    // A feed that is only guessed may be of the whole site: a listing must vouch for it.
    if is_guess && listing.is_some() {
        let usual = USUAL.iter().filter_map(|path| like.url.join(path).ok());
        wanted.extend(usual.map(|url| NativeFeed { url, title: None, kind: Kind::Feed }));
    }
    let mut out = Vec::new();
    for feed in wanted {
        let request = Request { url: feed.url.clone(), ..like.clone() };
        let found = items(reader, &request, dates, now).await;
        if is_guess && found.is_empty() {
            continue;
        }
        let judged = judge(feed, found, listing.map_or(&[], |listing| &listing.reading.found));
        let is_enough = is_guess && judged.fit();
        out.push(judged);
        if is_enough {
            break;
        }
    }
    out
}

/// The items of a feed; none if it cannot be fetched or read.
async fn items(
    reader: ListingReader<'_>,
    request: &Request,
    dates: &DateRules,
    now: DateTime<Utc>,
) -> Vec<Found> {
    let Ok(Answer::Fetched(fetched)) = reader.fetcher.fetch(request).await else { return Vec::new() };
    let source = SourceKind::Feed(dates.clone());
    let limits = reader.config.limits.clone();
    let read = reader.on_pool(fetched, move |fetched| {
        let extraction = extract(&fetched.into_page()?, &source, None, &limits.extract, now);
        let extraction = extraction.map_err(|reason| unparsable(&reason))?;
        Ok(normalise(extraction, None, now, &limits.text).0)
    });
    read.await.unwrap_or_default()
}

fn judge(feed: NativeFeed, found: Vec<Found>, listing: &[Found]) -> JudgedFeed {
    let newest = |items: &[Found]| items.iter().filter_map(|f| f.date.map(|d| d.at.to_utc())).max();
    let address = |f: &Found| f.content.url.as_ref().map(canonical_address);
    let has: HashSet<String> = found.iter().filter_map(address).collect();
    let is_in = |f: &&Found| address(f).is_some_and(|a| has.contains(&a));
    let shared = listing.iter().filter(is_in).count();
    let own = newest(&found);
    let seen = newest(listing);
    let old = matches!((own, seen), (Some(own), Some(seen)) if own + BEHIND < seen);
    let against = if found.is_empty() {
        Some("not fit: it gives no items")
    } else if own.is_none() && seen.is_some() {
        Some("not fit: it has no dates, and the page has")
    } else if old {
        Some("not fit: it is older than the page")
    } else if shared * 100 < listing.len() * COMPLETE
        || !listing.iter().take(2).any(|f| is_in(&f)) && !listing.is_empty()
    {
        Some("not fit: items of the page are missing in it")
    } else {
        None
    };
    JudgedFeed { feed, found, newest: own, shared: (shared, listing.len()), against }
}
