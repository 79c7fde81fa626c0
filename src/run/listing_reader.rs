//! The reader of listings, and how it reads one page on the pool for CPU work.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::field::Empty;

use super::failure::Failure;
use super::jq_process::JqProgram;
use super::reading::{ReadSettings, Reading, read};
use super::spans::within;
use crate::channel::Feed;
use crate::clock::Clock;
use crate::config::Config;
use crate::cpu::{CpuPool, NoResult};
use crate::fetch::{Fetched, Fetcher};
use crate::model::{Limit, Trouble, TroubleKind};
use crate::rules::LearnedRules;
use crate::telemetry::Metrics;

/// The work of reading one page ends within this time: the bounds of parsing are far below it.
pub(super) const READ_WITHIN: Duration = Duration::from_secs(15);
/// Pages of more bytes than this are read one at a time.
const LARGE_PAGE_BYTES: usize = 512 << 10;
/// A feed whose page took longer is left alone for this time.
const LEAVE_ALONE: Duration = Duration::from_secs(86_400);

/// The failure of work on the pool that gave no result.
pub(super) fn no_result(reason: &NoResult) -> Failure {
    match *reason {
        NoResult::Panicked(_) => Trouble::new(TroubleKind::Bug, reason.to_string()).into(),
        NoResult::Overdue(limit) => {
            Failure { leave_alone: Some(LEAVE_ALONE), ..Trouble::from(Limit::Reading(limit)).into() }
        }
    }
}

/// The parts of the program with which listings are read.
#[derive(Clone, Copy)]
pub struct ListingReader<'a> {
    /// The source of pages.
    pub fetcher: &'a dyn Fetcher,
    /// The pool on which they are parsed.
    pub cpu: &'a CpuPool,
    /// The program that evaluates jq programs.
    pub jq: &'a JqProgram,
    /// The time of day.
    pub clock: &'a dyn Clock,
    /// The counters of a daemon; a command needs none.
    pub metrics: Option<&'a Metrics>,
    /// Limits, and the User-Agent.
    pub config: &'a Config,
}

/// The memory of earlier runs about a page.
#[derive(Debug, Clone, Default)]
pub struct Remembered {
    /// Selector of the element that held the items.
    pub container: Option<String>,
    /// The rules that were found on it.
    pub learned: Option<LearnedRules>,
}

impl ListingReader<'_> {
    /// Works on a fetched page on the pool. A failure holds the number of bytes that were received.
    pub(super) async fn on_pool<T: Send + 'static>(
        self,
        fetched: Fetched,
        work: impl FnOnce(Fetched) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Failure> {
        let bytes = fetched.bytes;
        let crawl_delay = fetched.crawl_delay;
        let hold = fetched.hold.clone();
        let is_large = fetched.body.len() > LARGE_PAGE_BYTES;
        let work = move || {
            // The text and the tree of the page take memory in place of the body.
            let _hold = hold;
            work(fetched)
        };
        let turn_and_work = async {
            // The tree of a large page takes several times its size: one at a time bounds the peak.
            let _turn = if is_large { self.cpu.large_turn().await } else { None };
            match self.cpu.run_within(READ_WITHIN, work).await {
                Ok(done) => done.map_err(Failure::from),
                Err(reason) => Err(no_result(&reason)),
            }
        };
        let stopwatch = Instant::now();
        let span = tracing::info_span!("read", bytes = bytes.cast_signed(), otel.status_code = Empty);
        // On the heap, as it is large: many runs wait at the same time.
        let done = Box::pin(within(span, turn_and_work)).await;
        if let Some(metrics) = self.metrics {
            metrics.page_read(stopwatch.elapsed());
        }
        done.map_err(|failure| Failure { crawl_delay, bytes, ..failure })
    }

    /// Reads a page of a feed by the feed's rules.
    pub(super) async fn page(
        self,
        feed: &Feed,
        fetched: Fetched,
        remembered: Option<String>,
    ) -> Result<Reading, Failure> {
        let recipe = Arc::clone(&feed.recipe);
        let limits = self.config.limits.clone();
        let now = self.clock.now();
        let jq = self.jq.clone();
        let home = feed.home.clone();
        self.on_pool(fetched, move |fetched| {
            let process = jq.for_page();
            let settings = ReadSettings { now, limits: &limits, jq: &process };
            let page = fetched.into_page_for(&home)?;
            let reading = read(&page, &recipe, remembered.as_deref(), settings);
            process.start_trouble().map_or(reading, Err)
        })
        .await
    }
}
