//! Which feed runs when: claim what is due, run it within bounds, sleep until the next.
//!
//! A feed that hangs holds one of the places and its own site, nothing else.

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
use crate::model::Health;
use crate::run::{self, Tools};
use crate::store::{Claim, Registration, Scope, StoreError};
use articles::Articles;

/// Other nodes and commands write to the store too: it is looked at this often at least.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// And at most this often.
const BREATH: Duration = Duration::from_millis(20);

/// What the scheduler works with.
pub struct Scheduler {
    /// What runs need.
    pub tools: Tools,
    /// The configuration in use.
    pub config: watch::Receiver<Live>,
    /// Where results are announced.
    pub board: Arc<Board>,
    /// The name under which feeds are claimed.
    pub node: String,
}

/// Makes the configured feeds known to the store.
///
/// # Errors
/// When the store fails.
pub async fn register(tools: &Tools, config: &Config, scope: Scope) -> Result<(), StoreError> {
    let now = tools.store.now().await?;
    let registration = |feed: &Arc<Feed>| Registration {
        feed: feed.id.clone(),
        site: site_of(&feed.url),
        schedule: format!("{} {}", feed.schedule_text, feed.timezone),
        settings_hash: feed.settings_hash.clone(),
        next_regular: feed.schedule.next_after(now, feed.id.as_str()),
    };
    tools.store.register(config.feeds.iter().map(registration).collect(), scope).await
}

impl Scheduler {
    /// Runs due feeds until `stop`, then waits for what runs at most `drain` long.
    pub async fn work(mut self, stop: CancellationToken, drain: Duration) {
        let mut runs = JoinSet::new();
        let articles = Articles::new(self.tools.clone(), self.config.clone(), Arc::clone(&self.board));
        let articles = tokio::spawn(articles.work(stop.clone()));
        let mut looked: Option<Instant> = None;
        loop {
            if looked.is_none_or(|at| at.elapsed() >= LOOK_EVERY) {
                looked = Some(Instant::now());
                self.look().await;
            }
            let wait = self.step(&mut runs).await;
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(wait) => {}
                Some(ended) = runs.join_next() => {
                    if let Err(error) = ended {
                        tracing::error!("a run ended badly: {error}");
                    }
                    let config = Arc::clone(&self.config.borrow().config);
                    self.count_states(&config);
                }
                Ok(()) = self.config.changed() => {}
            }
        }
        self.drain(runs, drain).await;
        if let Err(error) = articles.await {
            tracing::error!("articles ended badly: {error}");
        }
    }

    /// Looks at what other processes have done, and counts.
    async fn look(&self) {
        if let Err(error) = self.board.refresh(self.tools.store.as_ref()).await {
            tracing::error!("the states of feeds could not be read: {error}");
        }
        let config = Arc::clone(&self.config.borrow().config);
        self.count_states(&config);
    }

    /// Starts what is due; gives how long to sleep.
    async fn step(&mut self, runs: &mut JoinSet<()>) -> Duration {
        let config = Arc::clone(&self.config.borrow_and_update().config);
        match self.start_due(&config, runs).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::error!("the scheduler waits: {error}");
                LOOK_EVERY
            }
        }
    }

    async fn start_due(&self, config: &Arc<Config>, runs: &mut JoinSet<()>) -> Result<Duration, StoreError> {
        let store = &self.tools.store;
        let free = config.limits.fetches.saturating_sub(runs.len());
        if free == 0 {
            return Ok(LOOK_EVERY);
        }
        for claim in store.claim_due(&self.node, free, config.limits.claim).await? {
            match config.feed(&claim.feed).cloned() {
                Some(feed) => self.start(config, feed, claim, runs),
                None => store.dismiss(&claim).await?,
            }
        }
        let Some(due) = store.next_due().await? else { return Ok(LOOK_EVERY) };
        let wait = (due - store.now().await?).to_std().unwrap_or_default();
        Ok(wait.clamp(BREATH, LOOK_EVERY))
    }

    fn start(&self, config: &Arc<Config>, feed: Arc<Feed>, claim: Claim, runs: &mut JoinSet<()>) {
        let (tools, config, board) = (self.tools.clone(), Arc::clone(config), Arc::clone(&self.board));
        runs.spawn(async move {
            match run::run(&tools, &config, &feed, &claim).await {
                Ok(_) => {}
                Err(StoreError::ClaimLost(_)) => {
                    tracing::info!(feed.id = %feed.id, "the feed was changed meanwhile; what the run found is dropped");
                }
                Err(error) => tracing::error!(feed.id = %feed.id, "the run could not be written: {error}"),
            }
            if let Err(error) = board.refresh_feed(tools.store.as_ref(), &feed.id).await {
                tracing::error!("the state of the feed could not be read: {error}");
            }
        });
    }

    fn count_states(&self, config: &Config) {
        let (mut fine, mut waiting, mut troubled) = (0, 0, 0);
        for feed in &config.feeds {
            match Health::of(&self.board.state(&feed.id)) {
                Health::Trouble => troubled += 1,
                Health::Waiting => waiting += 1,
                Health::Fine => fine += 1,
            }
        }
        self.tools.metrics.set_feeds([("fine", fine), ("waiting", waiting), ("trouble", troubled)]);
    }

    async fn drain(&self, mut runs: JoinSet<()>, limit: Duration) {
        let all = async { while runs.join_next().await.is_some() {} };
        if tokio::time::timeout(limit, all).await.is_err() {
            tracing::warn!("{} runs were cut off by the stop", runs.len());
            runs.shutdown().await;
        }
        if let Err(error) = self.tools.store.release(&self.node).await {
            tracing::error!("claims could not be given back: {error}");
        }
    }
}
