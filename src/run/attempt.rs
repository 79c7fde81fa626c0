//! The part of a run that can fail: fetch, then read.

use std::time::Duration;

use tokio::time::Instant;

use super::Tools;
use super::failure::Failure;
use super::listing::ReadListing;
use super::listing_reader::Remembered;
use super::reading::Reading;
use super::request::{learned, request, rules_hash};
use crate::channel::Feed;
use crate::config::Config;
use crate::fetch::{Answer, Fetched};
use crate::history::KnownItems;
use crate::model::{Cause, Trouble, TroubleKind, Validators};
use crate::store::Memory;

/// Percent of a run's time that pages may take.
const PAGES_SHARE: u32 = 80;

/// What an attempt gave.
#[derive(Debug)]
pub enum Attempt {
    /// The listing is what it was.
    Unchanged {
        /// For the next request.
        validators: Validators,
        /// Bytes received.
        bytes: u64,
        /// What robots.txt asks for between two requests.
        crawl_delay: Option<Duration>,
    },
    /// The listing was read.
    Fresh {
        /// What it held.
        reading: Box<Reading>,
        /// What the history knew before.
        known: KnownItems,
        /// For the next run.
        memory: Box<Memory>,
        /// Bytes received.
        bytes: u64,
        /// What robots.txt asks for between two requests.
        crawl_delay: Option<Duration>,
    },
}

/// Fetches a feed's listing and reads it; writes nothing.
///
/// # Errors
/// Whatever kept it from giving items.
pub async fn attempt(
    tools: &Tools,
    config: &Config,
    feed: &Feed,
    memory: &Memory,
) -> Result<Attempt, Failure> {
    let until = Instant::now() + config.limits.run * PAGES_SHARE / 100;
    let request = request(config, feed, memory);
    match tools.fetcher.fetch(&request).await? {
        Answer::Unchanged { validators, bytes, crawl_delay } => {
            Ok(Attempt::Unchanged { validators, bytes, crawl_delay })
        }
        Answer::Fetched(fetched) => fresh(tools, config, feed, memory, fetched, until).await,
    }
}

async fn fresh(
    tools: &Tools,
    config: &Config,
    feed: &Feed,
    memory: &Memory,
    fetched: Fetched,
    until: Instant,
) -> Result<Attempt, Failure> {
    let bytes = fetched.bytes;
    let crawl_delay = fetched.crawl_delay;
    let validators = fetched.validators.clone();
    let body_hash = fetched.body_hash.clone();
    let known = tools.store.known_items(&feed.id).await;
    let known =
        known.map_err(|e| Failure::from(Trouble::caused(TroubleKind::Bug, Cause::Store(e.to_string()))))?;
    let reader = tools.listing_reader(config);
    let remembered = Remembered { container: memory.container.clone(), learned: learned(feed, memory) };
    let whole = reader.listing(feed, fetched, remembered, &known, until).await;
    let ReadListing { reading, bytes: more, elsewhere, learned } = whole?;
    let memory = Memory {
        validators: if elsewhere { Validators::default() } else { validators },
        body_hash: Some(body_hash).filter(|_| !elsewhere),
        // The container of other rules' items says nothing about these.
        container: reading
            .container
            .clone()
            .or_else(|| memory.container.clone().filter(|_| learned == memory.learned)),
        rules_hash: Some(rules_hash(feed, learned.as_ref())),
        failures: 0,
        language: reading.language.clone().or_else(|| memory.language.clone()),
        learned,
    };
    Ok(Attempt::Fresh {
        reading: Box::new(reading),
        known,
        memory: Box::new(memory),
        bytes: bytes + more,
        crawl_delay,
    })
}
