//! Articles beside the runs: few at once, one of each site, so that a slow site holds up neither the
//! listings nor the articles of others.

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

/// The store is looked at this often at least, and at most.
const LOOK_EVERY: Duration = Duration::from_secs(5);
const BREATH: Duration = Duration::from_millis(200);

/// What fetches articles.
pub(super) struct Articles {
    pub(super) tools: Tools,
    pub(super) config: watch::Receiver<Live>,
    pub(super) board: Arc<Board>,
    sites: BTreeSet<String>,
}

impl Articles {
    pub(super) fn new(tools: Tools, config: watch::Receiver<Live>, board: Arc<Board>) -> Self {
        Self { tools, config, board, sites: BTreeSet::new() }
    }

    /// Fetches what is wanted until `stop`; what is under way then is given up, and tried again later.
    pub(super) async fn work(mut self, stop: CancellationToken) {
        let mut turns: JoinSet<String> = JoinSet::new();
        loop {
            let wait = match self.start_due(&mut turns).await {
                Ok(wait) => wait,
                Err(error) => {
                    tracing::error!("articles wait: {error}");
                    LOOK_EVERY
                }
            };
            tokio::select! {
                () = stop.cancelled() => return turns.shutdown().await,
                () = tokio::time::sleep(wait) => {}
                Some(ended) = turns.join_next() => match ended {
                    Ok(site) => {
                        self.sites.remove(&site);
                    }
                    Err(error) => {
                        // Whose turn it was is not known: all are looked at again.
                        tracing::error!("an article ended badly: {error}");
                        self.sites.clear();
                    }
                }
            }
        }
    }

    async fn start_due(&mut self, turns: &mut JoinSet<String>) -> Result<Duration, StoreError> {
        let config = Arc::clone(&self.config.borrow_and_update().config);
        let free = config.limits.articles.saturating_sub(turns.len());
        let store = &self.tools.store;
        // Looking costs nothing; taking asks for the writer.
        let wait = match store.next_article().await? {
            Some(due) => (due - store.now().await?).to_std().unwrap_or_default(),
            None => LOOK_EVERY,
        };
        if free == 0 || !wait.is_zero() {
            return Ok(wait.clamp(BREATH, LOOK_EVERY));
        }
        let busy: Vec<String> = self.sites.iter().cloned().collect();
        let taken = store.take_articles(None, &busy, free, config.limits.claim).await?;
        // What is due is of sites that are busy: the end of a turn wakes the loop.
        let wait = if taken.is_empty() { LOOK_EVERY } else { BREATH };
        for turn in taken {
            self.sites.insert(turn.site.clone());
            turns.spawn(one(self.tools.clone(), self.config.clone(), Arc::clone(&self.board), turn));
        }
        Ok(wait)
    }
}

/// One turn; gives the site that is free again.
async fn one(tools: Tools, config: watch::Receiver<Live>, board: Arc<Board>, turn: ArticleClaim) -> String {
    let config = Arc::clone(&config.borrow().config);
    let feed = config.feed(&turn.feed).cloned();
    match run::article(&tools, &config, feed.as_deref(), &turn).await {
        Ok(false) => {}
        Ok(true) => {
            if let Err(error) = board.refresh_feed(tools.store.as_ref(), &turn.feed).await {
                tracing::error!("the state of the feed could not be read: {error}");
            }
        }
        Err(error) => tracing::error!(feed.id = %turn.feed, "an article could not be written: {error}"),
    }
    turn.site
}
