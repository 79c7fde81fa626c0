//! The rules by which a feed's page is read. A feed without rules in feeds.toml finds them on its page in
//! the first run and keeps to them. They are looked for again only when they give nothing any more.

use std::borrow::Cow;
use std::sync::Arc;

use url::Url;

use super::detection::{Detected, DetectedListing, DetectionContext, detected, detected_in};
use super::failure::Failure;
use super::field_loss::with_vital_fields;
use super::listing_reader::{ListingReader, READ_WITHIN, Remembered, no_result};
use super::reading::{ReadContext, ReadSettings, Reading, inner_page, read, reading, unparsable};
use crate::channel::Feed;
use crate::date::DateRules;
use crate::detect;
use crate::extract::{HtmlDocument, kind_of_text};
use crate::fetch::Fetched;
use crate::history::{self, KnownItems};
use crate::html::allowance;
use crate::model::{Page, Trouble, TroubleKind};
use crate::rules::{LearnedRules, SourceKind, Unbounded};

/// A feed with its rules, and the first page as they read it.
pub(super) struct ResolvedFeed<'f> {
    /// The feed, with the rules that were used.
    pub(super) feed: Cow<'f, Feed>,
    pub(super) reading: Reading,
    /// The rules, if they were found on the page.
    pub(super) learned: Option<LearnedRules>,
}

/// Reads a page that was not fetched for a run: by the feed's own rules, else by those of an earlier run,
/// else by those that are detected on the page.
///
/// # Errors
/// When the page cannot be parsed, or has no listing.
pub fn read_at_hand(
    page: &Page,
    feed: &Feed,
    remembered: &Remembered,
    settings: ReadSettings<'_>,
) -> Result<Reading, Trouble> {
    let ReadSettings { now, limits, .. } = settings;
    let recipe = &feed.recipe;
    let container = remembered.container.as_deref();
    let Some(dates) = recipe.source.auto() else { return read(page, recipe, container, settings) };
    if let Some(with) = remembered.learned.as_ref().and_then(|learned| feed.with_learned(learned)) {
        return read(page, &with.recipe, container, settings);
    }
    let found = detected(page, DetectionContext { dates, now, limits, most: 1 })?;
    let trouble = found.trouble();
    let best = found.listings.into_iter().next().ok_or(trouble)?;
    Ok(best.reading.filtered(&recipe.filters, now, &limits.text))
}

/// How the first page of a feed without rules is to be read.
struct Wanted {
    /// The feed with the rules of an earlier run, if there are some.
    with: Option<Feed>,
    /// Selector of the element that held the items in the last good run.
    container: Option<String>,
    /// The address of the page for readers.
    home: Url,
    /// The settings for dates.
    dates: DateRules,
    /// The largest number of listings that are detected.
    most: usize,
}

/// The first page of a feed without rules, as it was read.
struct FirstLook {
    /// The items by the rules of an earlier run.
    learned: Option<Result<Reading, Trouble>>,
    /// The listings of the page. They are detected only if no rules of an earlier run gave items.
    detected: Option<Result<Detected, Trouble>>,
}

impl ListingReader<'_> {
    /// Reads the first page of a feed: by its own rules; or by those that an earlier run has found; or, if
    /// there are none or they give nothing, by those that are found now.
    ///
    /// Rules that gave items before are given up only for a listing in which a known item stands: a page
    /// that shows another list is a trouble, and not news.
    pub(super) async fn resolve<'f>(
        self,
        feed: &'f Feed,
        first: Fetched,
        remembered: Remembered,
        known: &KnownItems,
    ) -> Result<ResolvedFeed<'f>, Failure> {
        let Some(dates) = feed.recipe.source.auto() else {
            let reading = self.page(feed, first, remembered.container).await?;
            return Ok(ResolvedFeed { feed: Cow::Borrowed(feed), reading, learned: None });
        };
        let learned = remembered.learned.and_then(|learned| Some((feed.with_learned(&learned)?, learned)));
        let bytes = first.bytes;
        let crawl_delay = first.crawl_delay;
        let failed = |trouble: Trouble| Failure { crawl_delay, bytes, ..trouble.into() };
        let with = learned.as_ref().map(|(with, _)| with.clone());
        let wanted = Wanted {
            with,
            container: remembered.container.clone(),
            home: feed.home.clone(),
            dates: dates.clone(),
            most: if known.is_empty() { 1 } else { detect::MAX_LISTINGS },
        };
        let look = self.look(first, wanted).await?;
        let lost = match (learned, look.learned) {
            (Some((with, learned)), Some(Ok(reading))) => {
                return Ok(ResolvedFeed { feed: Cow::Owned(with), reading, learned: Some(learned) });
            }
            (_, Some(Err(trouble))) if look.detected.is_none() => return Err(failed(trouble)),
            (_, Some(Err(trouble))) => Some(trouble),
            _ => None,
        };
        let found = look.detected.unwrap_or_else(|| Err(nothing_detected()));
        let found = match found.and_then(|found| best_of(found, known)) {
            Ok(best) => Ok(self.adopt(feed, best).await?),
            Err(trouble) => Err(trouble),
        };
        match lost {
            None => found.map_err(failed),
            Some(lost) => accept(found, lost, remembered.container.as_deref(), known).map_err(failed),
        }
    }

    /// Reads the page of a feed without rules, on the pool: by the rules of an earlier run. If these give
    /// nothing any more, its listings are detected. The page is parsed once.
    async fn look(self, first: Fetched, wanted: Wanted) -> Result<FirstLook, Failure> {
        let now = self.clock.now();
        let limits = self.config.limits.clone();
        let look = move |fetched: Fetched| {
            let page = fetched.into_page_for(&wanted.home)?;
            let context = DetectionContext { dates: &wanted.dates, now, limits: &limits, most: wanted.most };
            Ok(match &wanted.with {
                Some(with) => {
                    allowance::of_page(|| by_learned(&page, with, wanted.container.as_deref(), context))
                }
                None => FirstLook { learned: None, detected: Some(detected(&page, context)) },
            })
        };
        self.on_pool(first, look).await
    }

    /// The feed with the rules of a listing that was found. Filters are work for the pool.
    async fn adopt(self, feed: &Feed, found: DetectedListing) -> Result<ResolvedFeed<'static>, Failure> {
        let now = self.clock.now();
        let learned = LearnedRules::new(feed.url.clone(), now, found.from, found.spec);
        let recipe = Arc::clone(&feed.recipe);
        let limits = self.config.limits.text;
        let unfiltered = found.reading;
        let filter = move || unfiltered.filtered(&recipe.filters, now, &limits);
        let reading = self.cpu.run_within(READ_WITHIN, filter).await.map_err(|reason| no_result(&reason))?;
        let feed = Cow::Owned(feed.with_rules(found.rules));
        Ok(ResolvedFeed { feed, reading, learned: Some(learned) })
    }
}

/// Reads a page by the rules of an earlier run; if these are lost, looks for listings in the same document.
fn by_learned(page: &Page, with: &Feed, container: Option<&str>, context: DetectionContext<'_>) -> FirstLook {
    let DetectionContext { now, limits, .. } = context;
    let recipe = &with.recipe;
    let SourceKind::Html(rules) = &recipe.source else {
        let learned = read(page, recipe, container, ReadSettings { now, limits, jq: &Unbounded })
            .and_then(|reading| with_vital_fields(reading, with));
        let detected = learned.as_ref().is_err_and(is_lost).then(|| detected(page, context));
        return FirstLook { learned: Some(learned), detected };
    };
    let inner = inner_page(page, &recipe.source);
    let page = inner.as_ref().unwrap_or(page);
    let document = match HtmlDocument::parse(page, &limits.extract) {
        Ok(document) => document,
        Err(reason) => return FirstLook { learned: Some(Err(unparsable(&reason))), detected: None },
    };
    let read = ReadContext { remembered: container, language: recipe.language.as_deref(), now, limits };
    let learned = document
        .extract_listing(rules, container, &limits.extract, now)
        .map_err(|reason| unparsable(&reason))
        .and_then(|extraction| reading(page, extraction, &recipe.source, read))
        .and_then(|reading| with_vital_fields(reading, with))
        .map(|reading| reading.filtered(&recipe.filters, now, &limits.text));
    let detected = learned.as_ref().is_err_and(is_lost).then(|| match kind_of_text(&page.text) {
        Some(_) => detected(page, context),
        None => detected_in(page, &document, context),
    });
    FirstLook { learned: Some(learned), detected }
}

/// Of several listings, the one with the most known items; of equal ones, the best.
fn best_of(found: Detected, known: &KnownItems) -> Result<DetectedListing, Trouble> {
    let trouble = found.trouble();
    let known_items = |l: &DetectedListing| history::known_among(known, &l.reading.found);
    found.listings.into_iter().rev().max_by_key(known_items).ok_or(trouble)
}

/// Decides between the trouble of learned rules that give nothing any more and a listing that was detected
/// instead.
fn accept(
    found: Result<ResolvedFeed<'static>, Trouble>,
    lost: Trouble,
    container: Option<&str>,
    known: &KnownItems,
) -> Result<ResolvedFeed<'static>, Trouble> {
    match found {
        Ok(found) if known.is_empty() => Ok(found),
        // An empty container is left alone, unless its items have only got another shape.
        Ok(found)
            if lost.kind == TroubleKind::ContainerEmpty
                && found.reading.container.as_deref() != container =>
        {
            Err(lost)
        }
        Ok(found) if history::has_known(known, &found.reading.found) => Ok(found),
        Ok(found) => Err(unknown_listing(&lost, found.reading.found.len())),
        // That the page asks for something says more than that its listing is gone.
        Err(demand) if is_demand(&demand) => Err(demand),
        Err(_) => Err(lost),
    }
}

/// The trouble of a page that shows another list than the one that is known.
fn unknown_listing(lost: &Trouble, items: usize) -> Trouble {
    let detail = format!(
        "{}; the page has a listing of {items} items, but none of them is in the history: if it is the right one, copy \
         the rules that `feedbridge detect` prints into feeds.toml",
        lost.detail
    );
    Trouble::new(lost.kind, detail)
}

fn nothing_detected() -> Trouble {
    Trouble::new(TroubleKind::Bug, "no listing was looked for; please report it")
}

/// Whether a page asks for something, such as a login, instead of showing its listing.
fn is_demand(trouble: &Trouble) -> bool {
    use TroubleKind::{Challenge, Consent, Login, NeedsScripts};
    matches!(trouble.kind, Challenge | Consent | Login | NeedsScripts)
}

/// Whether the rules do not fit the page any more: the container is gone, there is no item in it, or its
/// items have lost their titles or links.
fn is_lost(trouble: &Trouble) -> bool {
    use TroubleKind::{ContainerEmpty, ContainerMissing, FieldGone, NoItems, WrongType};
    matches!(trouble.kind, ContainerEmpty | ContainerMissing | FieldGone | NoItems | WrongType)
}
