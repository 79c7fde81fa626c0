//! The part of a run that can fail: fetch, then read.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::Tools;
use super::failure::{Failure, store_failed};
use super::field_loss;
use super::listing::{ListingContext, ReadListing};
use super::listing_reader::Remembered;
use super::reading::Reading;
use super::request::{learned, request_at, rules_hash};
use super::reread::{READING, unedited};
use super::spans::fetched;
use crate::channel::Feed;
use crate::config::Config;
use crate::fetch::{Answer, Fetched};
use crate::history::KnownItems;
use crate::model::{Trouble, Validators};
use crate::rules::LearnedRules;
use crate::store::{Memory, Store};

/// Percent of a run's time that pages may take.
const PAGES_SHARE: u32 = 80;

/// A longer history is read again when the page is there: many runs may wait for their pages at the same time.
const HELD_ITEMS: usize = 100;

/// The result of an attempt.
#[derive(Debug)]
pub enum Attempt {
    /// The listing is the same as in the last run.
    Unchanged {
        /// The validators for the next request.
        validators: Validators,
        /// The site answered 304, so that its word is all there is for it.
        not_modified: bool,
        /// Bytes received.
        bytes: u64,
        /// The pause between two requests that robots.txt asks for.
        crawl_delay: Option<Duration>,
    },
    /// The listing was read.
    Fresh {
        /// The items of the listing.
        reading: Box<Reading>,
        /// The items that the history had before.
        known: KnownItems,
        /// Keys of known items that differ only by how this version reads pages, if they differ.
        unedited: HashSet<String>,
        /// The memory for the next run.
        memory: Box<Memory>,
        /// Bytes received.
        bytes: u64,
        /// The pause between two requests that robots.txt asks for.
        crawl_delay: Option<Duration>,
    },
}

/// Fetches a feed's listing and reads it; writes nothing.
///
/// # Errors
/// The reason why there are no items.
pub async fn attempt(
    tools: &Tools,
    config: &Config,
    feed: &Feed,
    memory: &Memory,
) -> Result<Attempt, Failure> {
    let until = Instant::now() + config.limits.run * PAGES_SHARE / 100;
    // The history comes first: without it, a page would be fetched for nothing.
    let few = Some(known_items(tools, feed).await?).filter(|known| known.len() <= HELD_ITEMS);
    let request = request_at(config, feed, memory, tools.clock.now());
    let stopwatch = Instant::now();
    let answer = fetched(tools.fetcher.as_ref(), &request).await;
    tools.metrics.fetched(stopwatch.elapsed());
    match answer? {
        Answer::Unchanged { validators, not_modified, bytes, crawl_delay } => {
            Ok(Attempt::Unchanged { validators, not_modified, bytes, crawl_delay })
        }
        Answer::Fetched(page) => {
            let known = match few {
                Some(known) => known,
                None => known_items(tools, feed).await?,
            };
            let remembered =
                Remembered { container: memory.container.clone(), learned: learned(feed, memory) };
            let context = ListingContext { remembered, known: &known, until };
            let first = FirstPage::of(&page, tools.clock.now());
            let mut listing = tools.listing_reader(config).listing(feed, page, context).await?;
            match compare(tools.store.as_ref(), feed, memory, &known, &mut listing).await {
                Ok(()) => Ok(first.attempt(feed, memory, listing, known)),
                Err(trouble) => Err(first.failure(trouble, listing)),
            }
        }
    }
}

async fn known_items(tools: &Tools, feed: &Feed) -> Result<KnownItems, Failure> {
    tools.store.known_items(&feed.id).await.map_err(|error| store_failed(&error).into())
}

/// Notes in a listing which fields its items have lost, and which items differ only by how pages are read.
async fn compare(
    store: &dyn Store,
    feed: &Feed,
    memory: &Memory,
    known: &KnownItems,
    listing: &mut ReadListing,
) -> Result<(), Trouble> {
    listing.gone = field_loss::kept(store, feed, memory, known, &mut listing.reading).await?;
    listing.unedited = unedited(store, feed, memory, known, &listing.reading.found).await?;
    Ok(())
}

/// The facts about the first page that outlive its text.
struct FirstPage {
    bytes: u64,
    crawl_delay: Option<Duration>,
    validators: Validators,
    body_hash: String,
    received: DateTime<Utc>,
}

impl FirstPage {
    fn of(fetched: &Fetched, received: DateTime<Utc>) -> Self {
        Self {
            received,
            bytes: fetched.bytes,
            crawl_delay: fetched.crawl_delay,
            validators: fetched.validators.clone(),
            body_hash: fetched.body_hash.clone(),
        }
    }

    /// The failure of a listing that was read from this page on.
    fn failure(&self, trouble: Trouble, listing: ReadListing) -> Failure {
        let bytes = self.bytes + listing.bytes;
        let problems = listing.reading.problems;
        Failure { bytes, problems, crawl_delay: self.crawl_delay, ..trouble.into() }
    }

    /// The attempt that read a listing from this page on. `old` is the memory of the last run.
    fn attempt(self, feed: &Feed, old: &Memory, listing: ReadListing, known: KnownItems) -> Attempt {
        let ReadListing { reading, bytes: further_bytes, elsewhere, learned, gone, unedited } = listing;
        // The container of other rules' items says nothing about these.
        let old_container = || {
            old.container.clone().filter(|_| {
                let identity = |rules: &Option<LearnedRules>| rules.as_ref().map(LearnedRules::identity);
                identity(&learned) == identity(&old.learned)
            })
        };
        let memory = Memory {
            validators: if elsewhere { Validators::default() } else { self.validators },
            body_hash: Some(self.body_hash).filter(|_| !elsewhere),
            received: Some(self.received),
            container: reading.container.clone().or_else(old_container),
            rules_hash: Some(rules_hash(feed, learned.as_ref())),
            reading: Some(READING),
            failures: 0,
            language: reading.language.clone().or_else(|| old.language.clone()),
            // An empty one says that it was looked for.
            title: reading.title.clone().or_else(|| old.title.clone()).or_else(|| Some(String::new())),
            learned,
            gone,
        };
        Attempt::Fresh {
            reading: Box::new(reading),
            known,
            unedited,
            memory: Box::new(memory),
            bytes: self.bytes + further_bytes,
            crawl_delay: self.crawl_delay,
        }
    }
}
