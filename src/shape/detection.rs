//! The listings of a page, as JSON.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;
use url::Url;

use super::item::ItemShape;
use super::trouble::TroubleShape;
use crate::model::public_address;
use crate::model::{Kind, Trouble};
use crate::run::{DetectedListing, JudgedFeed};
use crate::survey::Survey;

/// The listings of a page, and the feeds of its site.
#[derive(Debug, Clone, Serialize)]
pub struct DetectionShape {
    url: Url,
    title: Option<String>,
    /// The items of the best listing.
    items: Vec<ItemShape>,
    /// All listings, the best first.
    candidates: Vec<ListingShape>,
    /// Addresses of the site's own feeds.
    feeds: Vec<Url>,
    /// The site's own feeds that were fetched, and how they compare with the page.
    judged: Vec<JudgedFeedShape>,
    /// Why there is no listing.
    reason: Option<TroubleShape>,
    /// The best listing as a `[[feed]]`.
    toml: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct ListingShape {
    score: f64,
    rules: Value,
    items: Vec<ItemShape>,
    toml: String,
}

#[derive(Debug, Clone, Serialize)]
struct JudgedFeedShape {
    url: Url,
    title: Option<String>,
    items: usize,
    /// RFC 3339.
    newest: Option<String>,
    shared: usize,
    fit: bool,
    against: Option<String>,
}

impl From<&Survey> for DetectionShape {
    fn from(survey: &Survey) -> Self {
        let items = |listing: &DetectedListing| -> Vec<ItemShape> {
            survey.items(&listing.reading.found).iter().map(ItemShape::from).collect()
        };
        let listings = &survey.detected.listings;
        let shape = |listing: &DetectedListing| ListingShape {
            score: listing.score,
            rules: listing.spec.json(),
            items: items(listing),
            toml: survey.feed(listing).toml(),
        };
        let best = listings.first();
        let reason = || TroubleShape::no_listing(survey.detected.obstacle, &survey.detected.trouble());
        Self {
            url: public_address(&survey.url),
            title: survey.detected.title.clone(),
            items: best.map(&items).unwrap_or_default(),
            candidates: listings.iter().map(shape).collect(),
            feeds: feeds(survey),
            judged: survey.feeds.iter().map(judged).collect(),
            reason: best.is_none().then(reason),
            toml: best.map(|listing| survey.feed(listing).toml()),
        }
    }
}

/// The announced feeds, then those that were found otherwise; each once.
fn feeds(survey: &Survey) -> Vec<Url> {
    let announced = survey.detected.feeds.iter().filter(|feed| feed.kind == Kind::Feed).map(|feed| &feed.url);
    let all = announced.chain(survey.feeds.iter().map(|judged| &judged.feed.url));
    let mut seen = HashSet::new();
    all.filter(|url| seen.insert(*url)).cloned().collect()
}

fn judged(judged: &JudgedFeed) -> JudgedFeedShape {
    JudgedFeedShape {
        url: judged.feed.url.clone(),
        title: judged.feed.title.clone(),
        items: judged.found.len(),
        newest: judged.newest.map(|newest| newest.to_rfc3339()),
        shared: judged.shared.0,
        fit: judged.fit(),
        against: judged.against.clone(),
    }
}

/// A page that could not be fetched or parsed.
#[derive(Debug, Clone, Serialize)]
pub struct FailedDetectionShape {
    url: Option<Url>,
    title: Option<String>,
    items: [ItemShape; 0],
    candidates: [ListingShape; 0],
    feeds: [Url; 0],
    judged: [JudgedFeedShape; 0],
    reason: TroubleShape,
    toml: Option<String>,
}

impl FailedDetectionShape {
    /// The trouble of a page, with its address if it has one.
    #[must_use]
    pub fn of(url: Option<&Url>, trouble: &Trouble) -> Self {
        Self {
            url: url.map(public_address),
            title: None,
            items: [],
            candidates: [],
            feeds: [],
            judged: [],
            reason: trouble.into(),
            toml: None,
        }
    }
}
