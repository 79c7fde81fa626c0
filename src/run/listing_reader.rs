//! The reader of listings, and how it reads one page on the pool for CPU work.

use std::sync::Arc;

use super::failure::Failure;
use super::reading::{Reading, read};
use crate::channel::Feed;
use crate::clock::Clock;
use crate::config::Config;
use crate::cpu::CpuPool;
use crate::fetch::{Fetched, Fetcher};
use crate::model::{Trouble, TroubleKind};
use crate::rules::LearnedRules;

/// The parts of the program with which listings are read.
#[derive(Clone, Copy)]
pub struct ListingReader<'a> {
    /// The source of pages.
    pub fetcher: &'a dyn Fetcher,
    /// The pool on which they are parsed.
    pub cpu: &'a CpuPool,
    /// The time of day.
    pub clock: &'a dyn Clock,
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
        let done = self.cpu.run(move || work(fetched)).await;
        let done = done.map_err(|panic| Trouble::new(TroubleKind::Bug, panic.to_string()));
        done.and_then(|result| result).map_err(|trouble| Failure { crawl_delay, bytes, ..trouble.into() })
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
        self.on_pool(fetched, move |fetched| {
            read(&fetched.into_page()?, &recipe, remembered.as_deref(), now, &limits)
        })
        .await
    }
}
