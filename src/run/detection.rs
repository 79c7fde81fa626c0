//! Feeds without rules: what their page is, and how its listing is read, is found out by the first run
//! and kept to. It is looked for again only when it gives nothing any more.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::attempt::Failure;
use super::paging::{Reach, Remembered, parsed};
use super::reading::{Reading, unparsable};
use crate::config::{Feed, Limits};
use crate::date::DateRules;
use crate::detect;
use crate::detect::{Detecting, FoundRules, NativeFeed, NoListing};
use crate::fetch::Fetched;
use crate::history::KnownItems;
use crate::model::{Found, Page, Trouble, TroubleKind};
use crate::normalise::normalise;

/// What was found on a page.
#[derive(Debug, Clone)]
pub struct Detected {
    /// Its listings, the best first.
    pub listings: Vec<DetectedListing>,
    /// Why there are none, or what speaks against the page where there are some.
    pub verdict: NoListing,
    /// The feeds that it announces.
    pub feeds: Vec<NativeFeed>,
    /// Its title.
    pub title: Option<String>,
}

/// A listing with its items.
#[derive(Debug, Clone)]
pub struct DetectedListing {
    /// How good it is; compares listings of one page.
    pub score: f64,
    /// The rules that find it.
    pub rules: FoundRules,
    /// Its items.
    pub found: Vec<Found>,
}

/// Finds the listings of a page: at most `most`.
///
/// # Errors
/// When it cannot be parsed within the limits.
pub fn detected(
    page: &Page,
    dates: &DateRules,
    now: DateTime<Utc>,
    limits: &Limits,
    most: usize,
) -> Result<Detected, Trouble> {
    let how = Detecting { dates, limits: &limits.extract, now, most };
    let detection = detect::detect(page, &how).map_err(|e| unparsable(&e))?;
    let listings = detection.candidates.into_iter().map(|candidate| {
        let language = dates.language.as_deref();
        let (found, _) = normalise(candidate.extraction, language, now, &limits.text);
        DetectedListing { score: candidate.score, rules: candidate.rules, found }
    });
    Ok(Detected {
        listings: listings.filter(|l| !l.found.is_empty()).collect(),
        verdict: detection.verdict,
        feeds: detection.feeds,
        title: detection.title,
    })
}

impl Detected {
    /// Why the page gives no items, and what to do.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        let kind = match self.verdict {
            NoListing::NeedsScripts => TroubleKind::NeedsScripts,
            NoListing::Challenge => TroubleKind::Challenge,
            NoListing::Consent => TroubleKind::Consent,
            NoListing::Login => TroubleKind::Login,
            NoListing::Article | NoListing::None => TroubleKind::NoListing,
        };
        let feed = self.feeds.iter().find(|f| f.kind == "feed");
        let feed = feed.map(|f| format!("; the page announces a feed: {} (kind = \"feed\")", f.url));
        Trouble::new(kind, format!("{}{}", self.verdict.words(), feed.unwrap_or_default()))
    }
}

/// The feed with the rules by which a page is read: its own, or those that are found on the page.
///
/// # Errors
/// When the page cannot be parsed, or has no listing.
pub fn settle(page: &Page, feed: &Feed, now: DateTime<Utc>, limits: &Limits) -> Result<Feed, Trouble> {
    let Some(dates) = feed.recipe.source.auto() else { return Ok(feed.clone()) };
    let detected = detected(page, dates, now, limits, 1)?;
    let best = detected.listings.first().ok_or_else(|| detected.trouble())?;
    with_rules(feed, &best.rules).map(|(feed, _)| feed)
}

/// The first line of what is learned: a comment that says on which page. Rules of another page of the
/// same feed are of no use.
pub(super) fn learned_on(feed: &Feed) -> String {
    format!("# {}\n", feed.url)
}

/// The feed with rules that were found, and their lines.
fn with_rules(feed: &Feed, rules: &FoundRules) -> Result<(Feed, String), Trouble> {
    let lines = format!("{}{}", learned_on(feed), rules.toml());
    let with = feed.with_learned(&lines).ok_or_else(|| {
        Trouble::new(TroubleKind::Bug, format!("rules that were found cannot be read: {lines}"))
    })?;
    Ok((with, lines))
}

/// A first page that was read, and what it was read by.
pub(super) struct Settled<'f> {
    /// The feed, with the rules that were used.
    pub(super) feed: Cow<'f, Feed>,
    pub(super) reading: Reading,
    /// The rules, if they were found on the page.
    pub(super) learned: Option<String>,
}

/// Reads the first page of a feed: by its rules; or by those that an earlier run has found; or, if
/// there are none or they give nothing, by those that are found now.
///
/// Rules that gave items before are given up only for a listing in which a known item stands: a
/// page that shows another list is a trouble, and not news.
pub(super) async fn settled<'f>(
    reach: Reach<'_>,
    feed: &'f Feed,
    first: Fetched,
    remembered: Remembered,
    known: &KnownItems,
) -> Result<Settled<'f>, Failure> {
    let Some(dates) = feed.recipe.source.auto() else {
        let reading = parsed(reach, feed, first, remembered.container, false).await?;
        return Ok(Settled { feed: Cow::Borrowed(feed), reading, learned: None });
    };
    let container = remembered.container.clone();
    let learned = remembered.learned.and_then(|lines| Some((feed.with_learned(&lines)?, lines)));
    let mut lost = None;
    if let Some((with, lines)) = learned {
        match parsed(reach, &with, first.clone(), remembered.container, false).await {
            Ok(reading) => return Ok(Settled { feed: Cow::Owned(with), reading, learned: Some(lines) }),
            Err(failure) if !is_lost(&failure) => return Err(failure),
            Err(failure) => lost = Some(failure),
        }
    }
    let found = found_now(reach, feed, dates.clone(), first, known).await;
    let Some(failure) = lost else { return found };
    match found {
        Ok(found) if known.is_empty() => Ok(found),
        // An empty container is left alone, unless its items have only got another shape.
        Ok(found)
            if failure.trouble.kind == TroubleKind::ContainerEmpty
                && found.reading.container != container =>
        {
            Err(failure)
        }
        Ok(found) if knows_one(&found.reading, known) => Ok(found),
        Ok(found) => Err(strange(failure, &found.reading)),
        // What the page asks for says more than that its listing is gone.
        Err(asking) if asks(&asking) => Err(asking),
        Err(_) => Err(failure),
    }
}

/// The trouble of a page that shows another list than the one that is known.
fn strange(failure: Failure, other: &Reading) -> Failure {
    let items = other.found.len();
    let detail = format!(
        "{}; a listing of {items} items was found, but none of them is known here: if it is the right one, write down \
         the rules that `feedbridge detect` prints",
        failure.trouble.detail
    );
    Failure { trouble: Trouble::new(failure.trouble.kind, detail), ..failure }
}

/// Whether a page asks for something instead of showing its listing.
fn asks(failure: &Failure) -> bool {
    use TroubleKind::{Challenge, Consent, Login, NeedsScripts};
    matches!(failure.trouble.kind, Challenge | Consent | Login | NeedsScripts)
}

/// Whether the page is not what it was: what held the items is gone, or what is there is none.
fn is_lost(failure: &Failure) -> bool {
    use TroubleKind::{ContainerEmpty, ContainerMissing, NoItems, WrongType};
    matches!(failure.trouble.kind, ContainerEmpty | ContainerMissing | NoItems | WrongType)
}

fn knows_one(reading: &Reading, known: &KnownItems) -> bool {
    reading.found.iter().any(|f| known.contains_key(&f.key))
}

/// Finds the listing of a page. Of several, that in which most items are known, else the best one.
async fn found_now(
    reach: Reach<'_>,
    feed: &Feed,
    dates: DateRules,
    first: Fetched,
    known: &KnownItems,
) -> Result<Settled<'static>, Failure> {
    let (now, limits) = (reach.clock.now(), reach.config.limits.clone());
    let (bytes, crawl_delay) = (first.bytes, first.crawl_delay);
    let body = first.clone();
    let most = if known.is_empty() { 1 } else { detect::MAX_CANDIDATES };
    let work = reach.cpu.run(move || detected(&body.into_page()?, &dates, now, &limits, most));
    let outcome = work.await.map_err(|p| Trouble::new(TroubleKind::Bug, p.to_string())).and_then(|d| d);
    let failed = |trouble: Trouble| Failure { crawl_delay, bytes, ..trouble.into() };
    let detected = outcome.map_err(failed)?;
    let of_known = |l: &DetectedListing| l.found.iter().filter(|f| known.contains_key(&f.key)).count();
    // The first of equal ones: the best.
    let best = detected.listings.iter().rev().max_by_key(|l| of_known(l));
    let best = best.ok_or_else(|| failed(detected.trouble()))?;
    let (with, lines) = with_rules(feed, &best.rules).map_err(failed)?;
    let reading = parsed(reach, &with, first, None, false).await?;
    Ok(Settled { feed: Cow::Owned(with), reading, learned: Some(lines) })
}
