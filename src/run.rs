//! One run of one feed: the data flow from top to bottom.

mod announced;
mod articles;
mod attempt;
mod detection;
mod failure;
mod field_loss;
mod html_in_json;
mod jq_process;
mod listing;
mod listing_reader;
mod page_collector;
mod reading;
mod request;
mod reread;
mod resolve;
mod spans;
mod template;
mod trial;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use tokio::time::{Instant, timeout};
use tracing::Instrument;

use crate::channel::Feed;
use crate::clock::Clock;
use crate::config::Config;
use crate::cpu::CpuPool;
use crate::fetch::Fetcher;
use crate::history::{KnownItems, Merge};
use crate::model::{Found, Limit, Outcome, Problem, RunRecord, Trouble, TroubleKind};
use crate::rules::LearnedRules;
use crate::store::{Claim, Memory, RunCommit, Store, StoreError};
use crate::telemetry::Metrics;
use crate::{digest, history, telemetry};

pub use crate::fetch::Request;
pub use announced::{JudgedFeed, judged};
pub use articles::{article, articles};
pub use attempt::{Attempt, attempt};
pub use detection::{Detected, DetectedListing, DetectionContext, detected};
pub use failure::Failure;
pub use jq_process::{JQ_WORKER, JqProgram};
pub use listing::{ListingContext, ReadListing};
pub use listing_reader::{ListingReader, Remembered};
pub use reading::{ReadSettings, Reading, read};
pub use request::{learned, request};
pub use resolve::read_at_hand;
pub use trial::{Trial, trial};

/// How long a run or an article is put off when this machine could not do it.
const PUT_OFF: TimeDelta = TimeDelta::seconds(30);

/// The parts of the program that every run uses.
#[derive(Clone)]
pub struct Tools {
    /// The database.
    pub store: Arc<dyn Store>,
    /// The source of pages.
    pub fetcher: Arc<dyn Fetcher>,
    /// The pool on which pages are parsed.
    pub cpu: CpuPool,
    /// The program that evaluates jq programs.
    pub jq: JqProgram,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// The counters of runs and fetches.
    pub metrics: Arc<Metrics>,
}

impl Tools {
    /// A reader of listings with these tools.
    #[must_use]
    pub fn listing_reader<'a>(&'a self, config: &'a Config) -> ListingReader<'a> {
        ListingReader {
            fetcher: self.fetcher.as_ref(),
            cpu: &self.cpu,
            jq: &self.jq,
            clock: self.clock.as_ref(),
            metrics: Some(self.metrics.as_ref()),
            config,
        }
    }
}

/// The result of a run.
#[derive(Debug, Clone)]
pub struct RunReport {
    /// The line in the history of runs.
    pub record: RunRecord,
    /// Problems with single items.
    pub problems: Vec<Problem>,
    /// The trouble of the feed after a run that succeeded: its items have lost a field.
    pub lasting: Option<Trouble>,
}

/// Runs a claimed feed and writes the end of it. A run for which this machine had too little, such as open
/// files, is put off: it is not recorded, and does not count as a failure of the feed.
///
/// # Errors
/// When the store cannot be read or written, or the claim was lost; then nothing has changed.
pub async fn run(
    tools: &Tools,
    config: &Config,
    feed: &Feed,
    claim: &Claim,
) -> Result<RunReport, StoreError> {
    let span = spans::of_run(&feed.id);
    let ended = whole_run(tools, config, feed, claim).instrument(span.clone()).await;
    spans::note_run(&span, ended.as_ref().ok().map(|report| &report.record));
    ended
}

async fn whole_run(
    tools: &Tools,
    config: &Config,
    feed: &Feed,
    claim: &Claim,
) -> Result<RunReport, StoreError> {
    let started = tools.clock.now();
    let stopwatch = Instant::now();
    tracing::debug!(feed.id = %feed.id, failures = claim.memory.failures, "a run begins");
    let outcome = guarded(tools, config, feed, &claim.memory).await;
    let duration = stopwatch.elapsed();
    let ended = EndedRun { config, feed, claim, started, duration, now: tools.clock.now() };
    let concluded = std::panic::catch_unwind(AssertUnwindSafe(|| ended.conclude(outcome)));
    let (report, commit) = concluded.unwrap_or_else(|_| ended.conclude(Err(panicked())));
    if is_put_off(&report) {
        // A part of the requests may have been made: the site rests as after any run.
        let put_off = tools.store.put_off(claim, ended.now + PUT_OFF, commit.site_rest);
        spans::within(spans::of_store(), put_off).await?;
    } else {
        let stopwatch = Instant::now();
        spans::within(spans::of_store(), tools.store.finish_run(claim, commit)).await?;
        tools.metrics.run_stored(stopwatch.elapsed());
    }
    tools.metrics.run_ended(&report.record);
    log(feed, &report);
    Ok(report)
}

/// An attempt that ends in time and survives a panic.
async fn guarded(tools: &Tools, config: &Config, feed: &Feed, memory: &Memory) -> Result<Attempt, Failure> {
    let limit = config.limits.run;
    // On the heap, as it is large: many runs wait at the same time.
    let work = AssertUnwindSafe(Box::pin(attempt(tools, config, feed, memory))).catch_unwind();
    match timeout(limit, work).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(panicked()),
        Err(_) => Err(Trouble::from(Limit::Run(limit)).into()),
    }
}

/// Whether a run failed because this machine had too little for it. Other failures of the machine may last, so
/// that they have a back-off, as those of a site have.
fn is_put_off(report: &RunReport) -> bool {
    matches!(&report.record.outcome, Outcome::Failed(trouble) if trouble.is_shortage())
}

fn panicked() -> Failure {
    Trouble::new(TroubleKind::Bug, "the program panicked; the log says where").into()
}

/// The end of a run, before it is written.
struct Conclusion {
    outcome: Outcome,
    /// Bytes received.
    bytes: u64,
    /// Number of items on the listing.
    found: usize,
    merge: Option<Merge>,
    memory: Memory,
    problems: Vec<Problem>,
    /// How long the site asks to be left alone after a failure.
    retry_after: Option<Duration>,
    /// How long the feed is left alone for another reason.
    leave_alone: Option<Duration>,
    /// The pause between two requests that robots.txt asks for.
    crawl_delay: Option<Duration>,
}

/// A run whose attempt is over.
struct EndedRun<'a> {
    config: &'a Config,
    feed: &'a Feed,
    claim: &'a Claim,
    started: DateTime<Utc>,
    duration: Duration,
    /// The time at which the attempt was over.
    now: DateTime<Utc>,
}

impl EndedRun<'_> {
    fn conclude(&self, outcome: Result<Attempt, Failure>) -> (RunReport, RunCommit) {
        let feed = self.feed;
        let end = self.conclusion(outcome);
        let next_due = match end.outcome {
            Outcome::Failed(_) => {
                self.now + back_off(self.config, end.memory.failures, end.retry_after.max(end.leave_alone))
            }
            _ => feed.schedule.next_after(self.now, feed.id.as_str()),
        };
        let record = RunRecord {
            // The clock may have been set back meanwhile: a run does not begin after its end.
            started: self.started.min(self.now),
            duration_ms: u64::try_from(self.duration.as_millis()).unwrap_or(u64::MAX),
            outcome: end.outcome,
            bytes: end.bytes,
            found: count(end.found),
            added: count(end.merge.as_ref().map_or(0, |m| m.added.len())),
            changed: count(end.merge.as_ref().map_or(0, Merge::edited)),
            problems: count(end.problems.len()),
        };
        let lasting = match record.outcome {
            Outcome::Failed(_) => None,
            _ => field_loss::lasting(&feed.id, &end.memory.gone),
        };
        let asked_pause = end.retry_after.max(end.crawl_delay).unwrap_or_default();
        let commit = RunCommit {
            record: record.clone(),
            merge: end.merge,
            memory: end.memory,
            lasting: lasting.clone(),
            next_due,
            site_rest: asked_pause.max(self.config.limits.fetch.pace),
            keep_items: feed.keep.items,
            keep_days: feed.keep.days,
            articles: feed.recipe.follows_items(),
            tell_items: self.config.tells_items(&feed.id),
            max_silence: feed.max_silence,
        };
        (RunReport { record, problems: end.problems, lasting }, commit)
    }

    fn conclusion(&self, outcome: Result<Attempt, Failure>) -> Conclusion {
        let old = &self.claim.memory;
        match outcome {
            Ok(Attempt::Unchanged { validators, not_modified, bytes, crawl_delay }) => Conclusion {
                outcome: Outcome::Unchanged,
                bytes,
                found: 0,
                merge: None,
                memory: Memory {
                    failures: 0,
                    validators,
                    received: old.received.filter(|_| not_modified).or(Some(self.now)),
                    ..old.clone()
                },
                problems: Vec::new(),
                retry_after: None,
                leave_alone: None,
                crawl_delay,
            },
            Ok(Attempt::Fresh { reading, known, unedited, memory, bytes, crawl_delay }) => {
                let Reading { found, problems, .. } = *reading;
                let found_count = found.len();
                let mut merge = self.merge(&memory, &known, found);
                merge.excuse(&unedited);
                let title = kept_title(old, &memory, &merge);
                Conclusion {
                    outcome: Outcome::Fresh,
                    bytes,
                    found: found_count,
                    memory: Memory { title, ..*memory },
                    merge: Some(merge),
                    problems,
                    retry_after: None,
                    leave_alone: None,
                    crawl_delay,
                }
            }
            Err(failure) => Conclusion {
                outcome: Outcome::Failed(failure.trouble),
                bytes: failure.bytes,
                found: 0,
                merge: None,
                memory: Memory { failures: old.failures.saturating_add(1), ..old.clone() },
                problems: failure.problems,
                retry_after: failure.retry_after,
                leave_alone: failure.leave_alone,
                crawl_delay: failure.crawl_delay,
            },
        }
    }

    fn merge(&self, memory: &Memory, known: &KnownItems, found: Vec<Found>) -> Merge {
        // A hash in the form of an earlier version is no evidence of changed rules: then a difference is an
        // edit of the page.
        let old_hash = self.claim.memory.rules_hash.as_deref().filter(|hash| digest::is_settings_hash(hash));
        let settings_changed = old_hash.is_some_and(|old| memory.rules_hash.as_deref() != Some(old));
        let identity = |learned: &Option<LearnedRules>| learned.as_ref().map(LearnedRules::identity);
        let old_rules = identity(&self.claim.memory.learned);
        let rules_changed =
            settings_changed || (old_rules.is_some() && old_rules != identity(&memory.learned));
        history::merge(&self.feed.id, known, found, self.now, rules_changed)
    }
}

/// The title that is kept of the page. Another title alone makes no new document, since sites count things
/// in it: it is taken over when items change. The first title is taken at once.
fn kept_title(old: &Memory, new: &Memory, merge: &Merge) -> Option<String> {
    if merge.changes_documents() {
        return new.title.clone();
    }
    old.title.clone().filter(|title| !title.is_empty()).or_else(|| new.title.clone())
}

/// The wait after a failure. It doubles with each failure, from `backoff_min` to `backoff_max`. A longer
/// Retry-After of the site is obeyed.
fn back_off(config: &Config, failures: u32, retry_after: Option<Duration>) -> TimeDelta {
    let doublings = failures.saturating_sub(1).min(30);
    let doubled = config.limits.backoff_min.saturating_mul(1_u32 << doublings);
    let wait = doubled.min(config.limits.backoff_max).max(retry_after.unwrap_or_default());
    TimeDelta::from_std(wait).unwrap_or(TimeDelta::days(7))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn log(feed: &Feed, report: &RunReport) {
    let record = &report.record;
    match &record.outcome {
        Outcome::Failed(trouble) if trouble.is_shortage() => {
            if let Some(left_out) = telemetry::may_log("run_put_off") {
                tracing::warn!(feed.id = %feed.id, "a run is put off: {}{left_out}", trouble.detail);
            }
        }
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
    if let Some(trouble) = &report.lasting {
        tracing::warn!(
            feed.id = %feed.id,
            run.trouble = trouble.kind.name(),
            "the feed is in trouble: {}",
            trouble.detail
        );
    }
}
