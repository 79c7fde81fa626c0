//! The listings that are found on a page, with their items. Pure.

use chrono::{DateTime, Utc};

use super::listing_reader::ListingReader;
use super::reading::{ReadContext, Reading, page_in_json, reading, unparsable};
use crate::config::Limits;
use crate::date::DateRules;
use crate::detect::{self, Detection, DetectionOptions, NativeFeed, Obstacle};
use crate::extract::HtmlDocument;
use crate::fetch::Fetched;
use crate::html::allowance;
use crate::model::{Kind, Page, Trouble, TroubleKind};
use crate::rules::{CompiledRules, LearnedFrom, RuleSpec};

/// The listings of a page.
#[derive(Debug, Clone)]
pub struct Detected {
    /// The listings, the best first.
    pub listings: Vec<DetectedListing>,
    /// Why there are none, or why the page is probably not a listing although some were found.
    pub obstacle: Obstacle,
    /// The feeds that the page announces.
    pub feeds: Vec<NativeFeed>,
    /// The page's title.
    pub title: Option<String>,
}

/// A listing with its items.
#[derive(Debug, Clone)]
pub struct DetectedListing {
    /// How good it is; compares listings of one page.
    pub score: f64,
    /// The rules that find it, as they are written.
    pub spec: RuleSpec,
    /// The same rules, compiled.
    pub rules: CompiledRules,
    /// The part of the page in which it was found.
    pub from: LearnedFrom,
    /// Its items, before any filter.
    pub reading: Reading,
}

/// The settings for detecting the listings of a page.
#[derive(Debug, Clone, Copy)]
pub struct DetectionContext<'a> {
    /// The settings for dates.
    pub dates: &'a DateRules,
    /// The time of reading.
    pub now: DateTime<Utc>,
    /// Limits.
    pub limits: &'a Limits,
    /// The largest number of listings.
    pub most: usize,
}

impl<'a> DetectionContext<'a> {
    fn options(&self) -> DetectionOptions<'a> {
        DetectionOptions {
            dates: self.dates,
            limits: &self.limits.extract,
            now: self.now,
            max_listings: self.most,
        }
    }
}

/// Finds the listings of a page.
///
/// # Errors
/// When it cannot be parsed within the limits.
pub fn detected(page: &Page, context: DetectionContext<'_>) -> Result<Detected, Trouble> {
    let detect_in = |page: &Page| -> Result<Detected, Trouble> {
        allowance::of_page(|| {
            let detection = detect::detect(page, &context.options()).map_err(|e| unparsable(&e))?;
            Ok(Detected::of(page, detection, context))
        })
    };
    // A text in quotes is nothing but the HTML that it holds. An object may have a list beside its HTML.
    let is_quoted = page.text.trim_start().starts_with('"');
    let whole = if is_quoted { None } else { Some(detect_in(page)?) };
    let whole = match whole {
        Some(whole) if !whole.listings.is_empty() => return Ok(whole),
        whole => whole,
    };
    match (page_in_json(page), whole) {
        (Some(inner), _) => detect_in(&inner),
        (None, Some(whole)) => Ok(whole),
        (None, None) => detect_in(page),
    }
}

/// Finds the listings of a web page that is parsed already.
///
/// # Errors
/// When it has more markup than is read at a time.
pub(super) fn detected_in(
    page: &Page,
    document: &HtmlDocument,
    context: DetectionContext<'_>,
) -> Result<Detected, Trouble> {
    let detection =
        detect::detect_in_document(page, document, &context.options()).map_err(|e| unparsable(&e))?;
    Ok(Detected::of(page, detection, context))
}

impl Detected {
    fn of(page: &Page, detection: Detection, context: DetectionContext<'_>) -> Self {
        let DetectionContext { dates, now, limits, .. } = context;
        let context = ReadContext { remembered: None, language: dates.language.as_deref(), now, limits };
        let listings = detection.listings.into_iter().filter_map(|found| {
            let reading = reading(page, found.extraction, &found.rules.source, context).ok()?;
            let detect::FoundListing { score, spec, rules, from, .. } = found;
            (!reading.found.is_empty()).then_some(DetectedListing { score, spec, rules, from, reading })
        });
        Self {
            listings: listings.collect(),
            obstacle: detection.obstacle,
            feeds: detection.feeds,
            title: detection.title,
        }
    }

    /// Why the page gives no items, and what to do.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        let kind = match self.obstacle {
            Obstacle::NeedsScripts => TroubleKind::NeedsScripts,
            Obstacle::Challenge => TroubleKind::Challenge,
            Obstacle::Consent => TroubleKind::Consent,
            Obstacle::Login => TroubleKind::Login,
            Obstacle::Article | Obstacle::None => TroubleKind::NoListing,
        };
        let feed = self.feeds.iter().find(|feed| feed.kind == Kind::Feed);
        let advice = feed.map(|feed| format!("; the page announces a feed: {} (kind = \"feed\")", feed.url));
        Trouble::new(kind, format!("{}{}", self.obstacle.message(), advice.unwrap_or_default()))
    }
}

impl ListingReader<'_> {
    /// Finds the listings of a fetched page, on the pool.
    ///
    /// # Errors
    /// When it is not a page, or cannot be parsed within the limits.
    pub async fn detected(
        self,
        fetched: Fetched,
        dates: &DateRules,
        now: DateTime<Utc>,
        most: usize,
    ) -> Result<Detected, Trouble> {
        let dates = dates.clone();
        let limits = self.config.limits.clone();
        let work = self.on_pool(fetched, move |fetched| {
            let context = DetectionContext { dates: &dates, now, limits: &limits, most };
            detected(&fetched.into_page()?, context)
        });
        work.await.map_err(|failure| failure.trouble)
    }
}
