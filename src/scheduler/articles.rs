//! Fetches articles (the items' own pages) beside the runs.
//!
//! Few articles are fetched at the same time, and at most one of each site, so that a slow site delays
//! neither the listings nor the articles of other sites.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::board::Board;
use crate::config::Live;
use crate::run::{self, Tools};
use crate::store::{ArticleClaim, StoreError};

/// The longest sleep between two looks at the store.
const MAX_SLEEP: Duration = Duration::from_secs(5);
/// The shortest sleep between two looks at the store.
const MIN_SLEEP: Duration = Duration::from_millis(200);

/// Fetches articles when they are due.
pub(super) struct ArticleScheduler {
    tools: Tools,
    config: watch::Receiver<Live>,
    board: Arc<Board>,
    /// Sites from which an article is being fetched.
    busy_sites: BTreeSet<String>,
}

impl ArticleScheduler {
    pub(super) fn new(tools: Tools, config: watch::Receiver<Live>, board: Arc<Board>) -> Self {
        Self { tools, config, board, busy_sites: BTreeSet::new() }
    }

    /// Fetches due articles until `stop`. Fetches under way at that moment are aborted and tried
    /// again later.
    pub(super) async fn work(mut self, stop: CancellationToken) {
        let mut turns: JoinSet<String> = JoinSet::new();
        loop {
            let sleep = match self.start_due(&mut turns).await {
                Ok(sleep) => sleep,
                Err(error) => {
                    error.log(None, "articles wait");
                    MAX_SLEEP
                }
            };
            tokio::select! {
                () = stop.cancelled() => return turns.shutdown().await,
                () = tokio::time::sleep(sleep) => {}
                Some(ended) = turns.join_next() => match ended {
                    Ok(site) => {
                        self.busy_sites.remove(&site);
                    }
                    Err(error) => {
                        // The error does not name the site, so all sites count as free again.
                        tracing::error!("an article ended badly: {error}");
                        self.busy_sites.clear();
                    }
                }
            }
        }
    }

    /// Starts as many due articles as the limit allows, and returns how long to sleep.
    async fn start_due(&mut self, turns: &mut JoinSet<String>) -> Result<Duration, StoreError> {
        let config = Arc::clone(&self.config.borrow_and_update().config);
        let free = config.limits.articles.saturating_sub(turns.len());
        let store = &self.tools.store;
        // The look is a cheap read; taking articles needs the store's writer.
        let until_due = match store.next_article().await? {
            Some(due) => (due - store.now().await?).to_std().unwrap_or_default(),
            None => MAX_SLEEP,
        };
        if free == 0 || !until_due.is_zero() {
            return Ok(until_due.clamp(MIN_SLEEP, MAX_SLEEP));
        }
        let busy_sites: Vec<String> = self.busy_sites.iter().cloned().collect();
        let taken = store.take_articles(None, &busy_sites, free, config.limits.claim).await?;
        // If nothing was taken, all due articles are of busy sites: the end of their turn wakes the loop.
        let sleep = if taken.is_empty() { MAX_SLEEP } else { MIN_SLEEP };
        for turn in taken {
            self.busy_sites.insert(turn.site.clone());
            turns.spawn(fetch_article(
                self.tools.clone(),
                self.config.clone(),
                Arc::clone(&self.board),
                turn,
            ));
        }
        Ok(sleep)
    }
}

/// Fetches one article and returns its site, which is free again.
async fn fetch_article(
    tools: Tools,
    config: watch::Receiver<Live>,
    board: Arc<Board>,
    turn: ArticleClaim,
) -> String {
    let config = Arc::clone(&config.borrow().config);
    let feed = config.feed(&turn.feed).cloned();
    match run::article(&tools, &config, feed.as_deref(), &turn).await {
        Ok(false) => {}
        Ok(true) => {
            if let Err(error) = board.refresh_feed(tools.store.as_ref(), &turn.feed).await {
                error.log(Some(&turn.feed), "the state of the feed could not be read");
            }
        }
        Err(error) => error.log(Some(&turn.feed), "an article could not be written"),
    }
    turn.site
}
