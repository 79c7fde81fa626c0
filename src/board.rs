//! The last known state of every feed, in memory, for the server and the scheduler.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::{FeedId, FeedState};
use crate::store::{Store, StoreError};

/// Longest time between a writer's look at the clock and its commit. Each refresh reads this far
/// back, so that late commits are not missed.
const COMMIT_DELAY: TimeDelta = TimeDelta::seconds(15);

/// The last known states of feeds.
#[derive(Default)]
pub struct Board {
    states: RwLock<HashMap<FeedId, FeedState>>,
    /// Store time of the last refresh; `None` before the first.
    refreshed: Mutex<Option<DateTime<Utc>>>,
}

impl Board {
    /// Reads the states that any process has written since the last refresh.
    ///
    /// # Errors
    /// When the store fails; the known states stay.
    pub async fn refresh(&self, store: &dyn Store) -> Result<(), StoreError> {
        let now = store.now().await?;
        let last_refresh = *self.refreshed.lock().unwrap_or_else(PoisonError::into_inner);
        // After the clock was set back, the last refresh says nothing about what was written since.
        let last_refresh = last_refresh.filter(|at| *at <= now);
        let written = store.states(last_refresh.map(|at| at - COMMIT_DELAY)).await?;
        self.states.write().unwrap_or_else(PoisonError::into_inner).extend(written);
        *self.refreshed.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        Ok(())
    }

    /// Reads the state of one feed, after a run of it.
    ///
    /// # Errors
    /// When the store fails; the known state stays.
    pub async fn refresh_feed(&self, store: &dyn Store, feed: &FeedId) -> Result<(), StoreError> {
        if let Some(state) = store.state(feed).await? {
            self.states.write().unwrap_or_else(PoisonError::into_inner).insert(feed.clone(), state);
        }
        Ok(())
    }

    /// The state of a feed. An unknown feed has the state of one that has never run.
    #[must_use]
    pub fn state(&self, feed: &FeedId) -> FeedState {
        let states = self.states.read().unwrap_or_else(PoisonError::into_inner);
        states.get(feed).cloned().unwrap_or_default()
    }
}
