//! Feeds that a site has itself: fetched, and judged by comparing them with the listing of the page.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::detection::Detected;
use super::listing_reader::ListingReader;
use super::reading::unparsable;
use crate::date::DateRules;
use crate::detect::NativeFeed;
use crate::extract::{ExtractContext, extract};
use crate::fetch::{Accept, Answer, Request};
use crate::html::Unparsable;
use crate::model::{Found, Kind, Trouble, TroubleKind};
use crate::normalise::{canonical_address, normalise};
use crate::rules::SourceKind;

/// The most announced feeds that are fetched.
const ANNOUNCED: usize = 3;
/// Usual paths of feeds, tried if a page announces none.
const USUAL_PATHS: [&str; 3] = ["/feed", "/rss.xml", "/feed.xml"];
/// The newest item of a feed may be this much older than the newest item of the page.
const MAX_LAG: TimeDelta = TimeDelta::days(1);
/// Percent of the page's items that a feed must have.
const MIN_SHARED_PERCENT: usize = 60;

/// The first characters of a text, which tell a web page.
const PROLOGUE_CHARS: usize = 1024;

/// A feed of the site itself, compared with the page.
#[derive(Debug, Clone)]
pub struct JudgedFeed {
    /// The feed.
    pub feed: NativeFeed,
    /// Its items.
    pub found: Vec<Found>,
    /// The date of its newest item.
    pub newest: Option<DateTime<Utc>>,
    /// The number of items of the page's listing that the feed has too, and the number of all items of the
    /// listing.
    pub shared: (usize, usize),
    /// Why the feed cannot be read instead of the page. `None` if it is fresh and complete enough.
    pub against: Option<String>,
    /// Why there is nothing to compare: it could not be fetched, or is no feed.
    pub trouble: Option<Trouble>,
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
        if let Some(trouble) = &self.trouble {
            return unread(trouble);
        }
        let newest =
            self.newest.map_or("no dates".to_owned(), |n| format!("newest {}", n.format("%Y-%m-%d")));
        let (shared, all) = self.shared;
        let listing = if all > 0 { format!(", {shared} of the page's {all}") } else { String::new() };
        let verdict = self.against.as_deref().unwrap_or("fit to be read instead of the page");
        format!("{} items, {newest}{listing}: {verdict}", self.found.len())
    }
}

/// Fetches the feeds that a page announces, and judges them. If the page announces none, tries the usual
/// paths of feeds. Each request is a copy of `like`, a request to the page's site, with the address of a
/// feed.
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
    // A feed at a usual path may be of the whole site, so it needs a listing to compare it with.
    if is_guess && listing.is_some() {
        let usual = USUAL_PATHS.iter().filter_map(|path| like.url.join(path).ok());
        wanted.extend(usual.map(|url| NativeFeed { url, title: None, kind: Kind::Feed }));
    }
    let mut judged_feeds = Vec::new();
    for feed in wanted {
        let request = Request { url: feed.url.clone(), accept: Accept::Feed, ..like.clone() };
        let found = items(reader, &request, dates, now).await;
        let gives_items = found.as_ref().is_ok_and(|items| !items.is_empty());
        if is_guess && !gives_items {
            continue;
        }
        let judged = judge(feed, found, listing.map_or(&[], |listing| &listing.reading.found));
        let is_enough = is_guess && judged.fit();
        judged_feeds.push(judged);
        if is_enough {
            break;
        }
    }
    judged_feeds
}

/// The items of a feed.
///
/// # Errors
/// When it cannot be fetched or read.
async fn items(
    reader: ListingReader<'_>,
    request: &Request,
    dates: &DateRules,
    now: DateTime<Utc>,
) -> Result<Vec<Found>, Trouble> {
    let answer = reader.fetcher.fetch(request).await.map_err(|failure| failure.trouble)?;
    let Answer::Fetched(fetched) = answer else { return Ok(Vec::new()) };
    let source = SourceKind::Feed(dates.clone());
    let limits = reader.config.limits.clone();
    let read = reader.on_pool(fetched, move |fetched| {
        let page = fetched.into_page()?;
        let context = ExtractContext::without_programs(&limits.extract, now);
        let extraction = extract(&page, &source, None, context);
        let extraction = extraction.map_err(|reason| not_read(&reason, &page.text))?;
        Ok(normalise(extraction, None, now, &limits.text).0)
    });
    read.await.map_err(|failure| failure.trouble)
}

/// The trouble of a text that is not read as a feed. Sites that have lost a feed often give a page instead.
fn not_read(reason: &Unparsable, text: &str) -> Trouble {
    let beginning: String = text.chars().take(PROLOGUE_CHARS).collect::<String>().to_ascii_lowercase();
    let is_web_page = ["<!doctype html", "<html"].iter().any(|mark| beginning.contains(mark));
    if is_web_page && *reason == Unparsable::NoFeed {
        return Trouble::new(TroubleKind::WrongType, "the address gives a web page and no feed");
    }
    unparsable(reason)
}

/// Why a feed could not be read, in words.
fn unread(trouble: &Trouble) -> String {
    format!("not fit: {}", trouble.detail)
}

fn judge(feed: NativeFeed, found: Result<Vec<Found>, Trouble>, listing: &[Found]) -> JudgedFeed {
    let (found, trouble) = match found {
        Ok(found) => (found, None),
        Err(trouble) => (Vec::new(), Some(trouble)),
    };
    let newest = |items: &[Found]| items.iter().filter_map(|f| f.date.map(|d| d.at.to_utc())).max();
    let address = |f: &Found| f.content.url.as_ref().map(canonical_address);
    let addresses: HashSet<String> = found.iter().filter_map(address).collect();
    let is_in = |f: &&Found| address(f).is_some_and(|a| addresses.contains(&a));
    let shared = listing.iter().filter(is_in).count();
    let newest_in_feed = newest(&found);
    let newest_on_page = newest(listing);
    let is_old = matches!((newest_in_feed, newest_on_page), (Some(own), Some(page)) if own + MAX_LAG < page);
    let against = if found.is_empty() {
        Some("not fit: it gives no items")
    } else if newest_in_feed.is_none() && newest_on_page.is_some() {
        Some("not fit: it has no dates, but the page has")
    } else if is_old {
        Some("not fit: it is older than the page")
    } else if shared * 100 < listing.len() * MIN_SHARED_PERCENT
        || !listing.iter().take(2).any(|f| is_in(&f)) && !listing.is_empty()
    {
        Some("not fit: items of the page are missing in it")
    } else {
        None
    };
    let against = trouble.as_ref().map(unread).or_else(|| against.map(str::to_owned));
    JudgedFeed { feed, found, newest: newest_in_feed, shared: (shared, listing.len()), against, trouble }
}
