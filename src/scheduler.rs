//! The loop that claims due feeds, runs them, and sleeps until the next one is due.
//!
//! The number of runs at the same time is limited. A run that hangs occupies one of these slots and
//! its own site, and delays nothing else.

mod articles;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::board::Board;
use crate::channel::Feed;
use crate::config::{Config, Live};
use crate::fetch::site_of;
use crate::run::{self, Tools};
use crate::served;
use crate::store::{Claim, Registration, Scope, StoreError};
use crate::telemetry::FeedHealth;
use articles::ArticleScheduler;

/// The longest sleep between two looks at the store: other nodes and commands write to it too.
const MAX_SLEEP: Duration = Duration::from_secs(5);
/// The shortest sleep between two looks at the store.
const MIN_SLEEP: Duration = Duration::from_millis(20);

/// Runs the feeds of a configuration when they are due.
pub struct Scheduler {
    /// Store, fetcher and the like, for the runs.
    pub tools: Tools,
    /// The configuration in use.
    pub config: watch::Receiver<Live>,
    /// States of feeds; refreshed after each run.
    pub board: Arc<Board>,
    /// The name under which feeds are claimed.
    pub node: String,
}

/// Writes the configured feeds and their schedules to the store. Gives the number of feeds that are due now
/// because the clock was ahead when their due time was set.
///
/// # Errors
/// When the store fails.
pub async fn register(tools: &Tools, config: &Config, scope: Scope) -> Result<usize, StoreError> {
    enrol(tools, &config.feeds, scope).await
}

/// Looks for feeds that would wait for a time which a clock that was ahead has set, and makes them due now.
/// Gives their number.
///
/// # Errors
/// When the store fails.
pub async fn put_right(tools: &Tools, config: &Config) -> Result<usize, StoreError> {
    let ahead = tools.store.ahead().await?;
    if ahead.is_empty() {
        return Ok(0);
    }
    let feeds: Vec<Arc<Feed>> = ahead.iter().filter_map(|id| config.feed(id).cloned()).collect();
    enrol(tools, &feeds, Scope::These).await
}

/// Registers feeds with their next times by the schedule, and says once that the clock was ahead.
async fn enrol(tools: &Tools, feeds: &[Arc<Feed>], scope: Scope) -> Result<usize, StoreError> {
    let now = tools.store.now().await?;
    let registration = |feed: &Arc<Feed>| Registration {
        feed: feed.id.clone(),
        site: site_of(&feed.url),
        schedule: format!("{} {}", feed.schedule_text, feed.timezone),
        settings_hash: feed.settings_hash.clone(),
        next_regular: feed.schedule.next_after(now, feed.id.as_str()),
    };
    let registrations: Vec<Registration> = feeds.iter().map(registration).collect();
    let due_now = tools.store.register(registrations, scope).await?;
    if due_now > 0 {
        tracing::warn!("the clock was ahead: {due_now} feeds are due now");
    }
    Ok(due_now)
}

impl Scheduler {
    /// Runs due feeds until `stop`, then waits at most `drain` for the running ones to finish.
    pub async fn work(mut self, stop: CancellationToken, drain: Duration) {
        let mut runs = JoinSet::new();
        let articles =
            ArticleScheduler::new(self.tools.clone(), self.config.clone(), Arc::clone(&self.board));
        let article_task = tokio::spawn(articles.work(stop.clone()));
        let mut last_refresh: Option<Instant> = None;
        loop {
            if last_refresh.is_none_or(|at| at.elapsed() >= MAX_SLEEP) {
                last_refresh = Some(Instant::now());
                self.put_right_or_log().await;
                self.refresh_board().await;
            }
            let sleep = self.start_due_or_log(&mut runs).await;
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(sleep) => {}
                Some(ended) = runs.join_next() => {
                    if let Err(error) = ended {
                        tracing::error!("a run ended badly: {error}");
                    }
                    self.update_metrics();
                }
                // Feeds that the new configuration does not have vanish from the metrics.
                Ok(()) = self.config.changed() => self.update_metrics(),
            }
        }
        self.drain(runs, drain).await;
        if let Err(error) = article_task.await {
            tracing::error!("articles ended badly: {error}");
        }
    }

    /// Makes feeds due that wait for the time of a clock that was ahead. An error of the store is logged.
    async fn put_right_or_log(&self) {
        let config = Arc::clone(&self.config.borrow().config);
        if let Err(error) = put_right(&self.tools, &config).await {
            tracing::error!("due times could not be checked: {error}");
        }
    }

    /// Reads the states that other processes have written, and updates the metrics.
    async fn refresh_board(&self) {
        if let Err(error) = self.board.refresh(self.tools.store.as_ref()).await {
            error.log(None, "the states of feeds could not be read");
        }
        self.tools.metrics.set_store_bytes(self.tools.store.size());
        self.update_metrics();
    }

    /// Starts the due feeds and returns how long to sleep. An error of the store is logged.
    async fn start_due_or_log(&mut self, runs: &mut JoinSet<()>) -> Duration {
        let config = Arc::clone(&self.config.borrow_and_update().config);
        match self.start_due(&config, runs).await {
            Ok(sleep) => sleep,
            Err(error) => {
                error.log(None, "the scheduler waits");
                MAX_SLEEP
            }
        }
    }

    /// Starts as many due feeds as the limit allows, and returns how long to sleep. Claims of feeds that
    /// the configuration no longer has are dismissed.
    async fn start_due(&self, config: &Arc<Config>, runs: &mut JoinSet<()>) -> Result<Duration, StoreError> {
        let store = &self.tools.store;
        let free = config.limits.fetches.saturating_sub(runs.len());
        if free == 0 {
            return Ok(MAX_SLEEP);
        }
        let claims = store.claim_due(&self.node, free, config.limits.claim).await?;
        let now = store.now().await?;
        for claim in claims {
            match config.feed(&claim.feed).cloned() {
                Some(feed) => {
                    self.tools.metrics.run_begun((now - claim.due).to_std().unwrap_or_default());
                    self.start_run(config, feed, claim, runs);
                }
                None => store.dismiss(&claim).await?,
            }
        }
        let Some(due) = store.next_due().await? else { return Ok(MAX_SLEEP) };
        let until_due = (due - store.now().await?).to_std().unwrap_or_default();
        Ok(until_due.clamp(MIN_SLEEP, MAX_SLEEP))
    }

    /// Spawns one run. The board is refreshed after it, whether it succeeded or not.
    fn start_run(&self, config: &Arc<Config>, feed: Arc<Feed>, claim: Claim, runs: &mut JoinSet<()>) {
        let tools = self.tools.clone();
        let config = Arc::clone(config);
        let board = Arc::clone(&self.board);
        runs.spawn(async move {
            match run::run(&tools, &config, &feed, &claim).await {
                Ok(_) => {}
                Err(StoreError::ClaimLost(_)) => {
                    tracing::info!(feed.id = %feed.id, "the feed was changed meanwhile; what the run found is dropped");
                }
                Err(error) => error.log(Some(&feed.id), "the run could not be written"),
            }
            if let Err(error) = board.refresh_feed(tools.store.as_ref(), &feed.id).await {
                error.log(Some(&feed.id), "the state of the feed could not be read");
            }
        });
    }

    /// Tells the metrics the health of all served feeds, those included that are made of others.
    fn update_metrics(&self) {
        let config = Arc::clone(&self.config.borrow().config);
        let now = self.tools.clock.now();
        let mut feeds = Vec::with_capacity(config.channels.len());
        for channel in &config.channels {
            let state = served::state(&config, channel, |id| self.board.state(id));
            feeds.push(FeedHealth::of(channel.id(), &state, now));
        }
        self.tools.metrics.set_feeds(feeds);
        self.tools.metrics.set_overdue_reads(self.tools.cpu.overdue());
    }

    /// Waits at most `limit` for the running feeds, aborts the rest, and releases all claims.
    async fn drain(&self, mut runs: JoinSet<()>, limit: Duration) {
        let all_ended = async { while runs.join_next().await.is_some() {} };
        if tokio::time::timeout(limit, all_ended).await.is_err() {
            tracing::warn!("{} runs were cut off by the stop", runs.len());
            runs.shutdown().await;
        }
        if let Err(error) = self.tools.store.release(&self.node).await {
            tracing::error!("claims could not be given back: {error}");
        }
    }
}
