//! The part of a run that can fail: fetch, then read.

use std::time::Duration;

use tokio::time::Instant;

use super::Tools;
use super::detection::learned_on;
use super::paging::{Listing, Remembered, listing};
use super::reading::Reading;
use crate::config::{Config, Feed};
use crate::digest;
use crate::fetch::{Answer, FetchFailure, Fetched, Request};
use crate::history::KnownItems;
use crate::model::{Cause, Problem, Trouble, TroubleKind, Validators};
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

/// Why an attempt gave nothing.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The class and the sentence.
    pub trouble: Trouble,
    /// How long the site asks to be left alone.
    pub retry_after: Option<Duration>,
    /// What robots.txt asks for between two requests.
    pub crawl_delay: Option<Duration>,
    /// Bytes received.
    pub bytes: u64,
    /// What did not work on single items.
    pub problems: Vec<Problem>,
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self { trouble, retry_after: None, crawl_delay: None, bytes: 0, problems: Vec::new() }
    }
}

impl From<FetchFailure> for Failure {
    fn from(failure: FetchFailure) -> Self {
        let FetchFailure { trouble, retry_after, crawl_delay, bytes } = failure;
        Self { trouble, retry_after, crawl_delay, bytes, problems: Vec::new() }
    }
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
    let (bytes, crawl_delay) = (fetched.bytes, fetched.crawl_delay);
    let (validators, body_hash) = (fetched.validators.clone(), fetched.body_hash.clone());
    let known = tools.store.known_items(&feed.id).await;
    let known =
        known.map_err(|e| Failure::from(Trouble::caused(TroubleKind::Bug, Cause::Store(e.to_string()))))?;
    let reach = tools.reach(config);
    let remembered = Remembered { container: memory.container.clone(), learned: learned(feed, memory) };
    let whole = listing(reach, feed, fetched, remembered, &known, until).await;
    let Listing { reading, bytes: more, elsewhere, learned } = whole?;
    let memory = Memory {
        validators: if elsewhere { Validators::default() } else { validators },
        body_hash: Some(body_hash).filter(|_| !elsewhere),
        // What held other rules' items says nothing of these.
        container: reading
            .container
            .clone()
            .or_else(|| memory.container.clone().filter(|_| learned == memory.learned)),
        rules_hash: Some(rules_hash(feed, learned.as_deref())),
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

/// Names the rules that a page is read by: those of the configuration, or those found on the page.
fn rules_hash(feed: &Feed, learned: Option<&str>) -> String {
    match learned {
        Some(lines) => digest::settings_hash(&[&feed.rules_hash, lines]),
        None => feed.rules_hash.clone(),
    }
}

/// Whether what is remembered was learned with the feed's present settings.
fn is_of(feed: &Feed, memory: &Memory) -> bool {
    memory.rules_hash.as_deref() == Some(rules_hash(feed, memory.learned.as_deref()).as_str())
}

/// The rules that were found on the feed's page, if it still has this page. Other settings may have
/// changed: that is no reason to look for another list.
#[must_use]
pub fn learned(feed: &Feed, memory: &Memory) -> Option<String> {
    memory.learned.clone().filter(|lines| lines.starts_with(&learned_on(feed)))
}

/// The request for a feed's listing: conditional, unless the rules have changed since the last
/// page was read.
#[must_use]
pub fn request(config: &Config, feed: &Feed, memory: &Memory) -> Request {
    let same_rules = is_of(feed, memory);
    let agent = feed.fetch.user_agent.as_ref().unwrap_or(&config.server.user_agent);
    Request {
        url: feed.url.clone(),
        post: feed.fetch.post.clone(),
        head_only: false,
        user_agent: agent.clone(),
        headers: feed.fetch.headers.clone(),
        validators: if same_rules { memory.validators.clone() } else { Validators::default() },
        known_body: memory.body_hash.clone().filter(|_| same_rules),
        guard: feed.fetch.guard.clone(),
        obey_robots: feed.fetch.obey_robots,
        timeout: feed.fetch.timeout,
    }
}
