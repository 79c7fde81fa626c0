//! One run of one feed: the data flow from top to bottom.

mod announced;
mod articles;
mod attempt;
mod detection;
mod failure;
mod html_in_json;
mod listing;
mod listing_reader;
mod page_collector;
mod reading;
mod request;
mod resolve;
mod template;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use tokio::time::{Instant, timeout};

use crate::channel::Feed;
use crate::clock::Clock;
use crate::config::Config;
use crate::cpu::CpuPool;
use crate::fetch::Fetcher;
use crate::history::{KnownItems, Merge};
use crate::model::{Limit, Outcome, Problem, RunRecord, Trouble, TroubleKind};
use crate::store::{Claim, Memory, RunCommit, Store, StoreError};
use crate::telemetry::Metrics;
use crate::{digest, history};

pub use crate::fetch::Request;
pub use announced::{JudgedFeed, judged};
pub use articles::{article, articles};
pub use attempt::{Attempt, attempt};
pub use detection::{Detected, DetectedListing, DetectionContext, detected};
pub use failure::Failure;
pub use listing::ReadListing;
pub use listing_reader::{ListingReader, Remembered};
pub use reading::{Reading, read};
pub use request::{learned, request};
pub use resolve::read_at_hand;

/// What every run needs.
#[derive(Clone)]
pub struct Tools {
    /// The history.
    pub store: Arc<dyn Store>,
    /// Where pages come from.
    pub fetcher: Arc<dyn Fetcher>,
    /// Where pages are parsed.
    pub cpu: CpuPool,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

impl Tools {
    /// The means by which listings are read.
    #[must_use]
    pub fn listing_reader<'a>(&'a self, config: &'a Config) -> ListingReader<'a> {
        ListingReader { fetcher: self.fetcher.as_ref(), cpu: &self.cpu, clock: self.clock.as_ref(), config }
    }
}

/// What a run did.
#[derive(Debug, Clone)]
pub struct RunReport {
    /// The line in the history of runs.
    pub record: RunRecord,
    /// What did not work on single items.
    pub problems: Vec<Problem>,
}

/// Runs a claimed feed and writes the end of it.
///
/// # Errors
/// When the store cannot be read or written, or the claim was lost; then nothing has changed.
pub async fn run(
    tools: &Tools,
    config: &Config,
    feed: &Feed,
    claim: &Claim,
) -> Result<RunReport, StoreError> {
    let (started, clock) = (tools.clock.now(), Instant::now());
    let outcome = guarded(tools, config, feed, &claim.memory).await;
    let duration = clock.elapsed();
    let times = (started, duration);
    let concluding = || conclude(tools, config, feed, claim, outcome, times);
    let concluded = std::panic::catch_unwind(AssertUnwindSafe(concluding));
    let (report, finish) =
        concluded.unwrap_or_else(|_| conclude(tools, config, feed, claim, Err(panicked()), times));
    tools.store.finish_run(claim, finish).await?;
    tools.metrics.run_ended(&report.record);
    log(feed, &report);
    Ok(report)
}

/// An attempt that ends in time and survives a panic.
async fn guarded(tools: &Tools, config: &Config, feed: &Feed, memory: &Memory) -> Result<Attempt, Failure> {
    let limit = config.limits.run;
    let work = AssertUnwindSafe(attempt(tools, config, feed, memory)).catch_unwind();
    match timeout(limit, work).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(panicked()),
        Err(_) => Err(Trouble::from(Limit::Run(limit)).into()),
    }
}

fn panicked() -> Failure {
    Trouble::new(TroubleKind::Bug, "a panic; the log has its place").into()
}

/// What the end of a run consists of, before it is written.
struct Conclusion {
    outcome: Outcome,
    bytes: u64,
    found: usize,
    merge: Option<Merge>,
    memory: Memory,
    problems: Vec<Problem>,
    /// How long the site asks to be left alone after a failure.
    retry_after: Option<Duration>,
    /// What robots.txt asks for between two requests.
    crawl_delay: Option<Duration>,
}

fn conclude(
    tools: &Tools,
    config: &Config,
    feed: &Feed,
    claim: &Claim,
    outcome: Result<Attempt, Failure>,
    (started, duration): (DateTime<Utc>, Duration),
) -> (RunReport, RunCommit) {
    let now = tools.clock.now();
    let end = conclusion(feed, claim, outcome, now);
    let next_due = match end.outcome {
        Outcome::Failed(_) => now + back_off(config, end.memory.failures, end.retry_after),
        _ => feed.schedule.next_after(now, feed.id.as_str()),
    };
    let record = RunRecord {
        started,
        duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        outcome: end.outcome,
        bytes: end.bytes,
        found: count(end.found),
        added: count(end.merge.as_ref().map_or(0, |m| m.added.len())),
        changed: count(end.merge.as_ref().map_or(0, Merge::edited)),
        problems: count(end.problems.len()),
    };
    let rest = end.retry_after.max(end.crawl_delay).unwrap_or_default();
    let finish = RunCommit {
        record: record.clone(),
        merge: end.merge,
        memory: end.memory,
        next_due,
        site_rest: rest.max(config.limits.fetch.pace),
        keep_items: feed.keep.items,
        keep_days: feed.keep.days,
        articles: feed.recipe.follows_items(),
    };
    (RunReport { record, problems: end.problems }, finish)
}

fn conclusion(
    feed: &Feed,
    claim: &Claim,
    outcome: Result<Attempt, Failure>,
    now: DateTime<Utc>,
) -> Conclusion {
    match outcome {
        Ok(Attempt::Unchanged { validators, bytes, crawl_delay }) => Conclusion {
            outcome: Outcome::Unchanged,
            bytes,
            found: 0,
            merge: None,
            memory: Memory { failures: 0, validators, ..claim.memory.clone() },
            problems: Vec::new(),
            retry_after: None,
            crawl_delay,
        },
        Ok(Attempt::Fresh { reading, known, memory, bytes, crawl_delay }) => Conclusion {
            outcome: Outcome::Fresh,
            bytes,
            found: reading.found.len(),
            merge: Some(merge(feed, claim, &memory, &known, &reading, now)),
            memory: *memory,
            problems: reading.problems,
            retry_after: None,
            crawl_delay,
        },
        Err(failure) => Conclusion {
            outcome: Outcome::Failed(failure.trouble),
            bytes: failure.bytes,
            found: 0,
            merge: None,
            memory: Memory { failures: claim.memory.failures.saturating_add(1), ..claim.memory.clone() },
            problems: failure.problems,
            retry_after: failure.retry_after,
            crawl_delay: failure.crawl_delay,
        },
    }
}

fn merge(
    feed: &Feed,
    claim: &Claim,
    memory: &Memory,
    known: &KnownItems,
    reading: &Reading,
    now: DateTime<Utc>,
) -> Merge {
    // A hash in the form of an earlier version says nothing of the rules: what the page changed is an edit.
    let old = claim.memory.rules_hash.as_deref().filter(|hash| digest::is_settings_hash(hash));
    let rules_changed = old.is_some_and(|old| memory.rules_hash.as_deref() != Some(old));
    history::merge(&feed.id, known, reading.found.clone(), now, rules_changed)
}

/// Doubles from the least to the most, and never gives up; a site that names a time is obeyed.
fn back_off(config: &Config, failures: u32, retry_after: Option<Duration>) -> TimeDelta {
    let (min, max) = (config.limits.backoff_min, config.limits.backoff_max);
    let doubled = min.saturating_mul(1_u32 << failures.saturating_sub(1).min(30));
    let wait = doubled.min(max).max(retry_after.unwrap_or_default());
    TimeDelta::from_std(wait).unwrap_or(TimeDelta::days(7))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn log(feed: &Feed, report: &RunReport) {
    let record = &report.record;
    match &record.outcome {
        Outcome::Failed(trouble) => tracing::warn!(
            feed.id = %feed.id,
            run.outcome = "failed",
            run.trouble = trouble.kind.name(),
            duration_ms = record.duration_ms,
            bytes = record.bytes,
            "run failed: {}",
            trouble.detail
        ),
        outcome => tracing::info!(
            feed.id = %feed.id,
            run.outcome = outcome.name(),
            found = record.found,
            added = record.added,
            changed = record.changed,
            problems = record.problems,
            duration_ms = record.duration_ms,
            bytes = record.bytes,
            "run ended"
        ),
    }
}
