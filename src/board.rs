//! What is known of all feeds, in memory, for whoever serves or shows them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::{FeedId, FeedState};
use crate::store::{Store, StoreError};

/// A writer may take so long from looking at the clock to its commit.
const MARGIN: TimeDelta = TimeDelta::seconds(15);

/// The newest known states.
#[derive(Default)]
pub struct Board {
    states: RwLock<HashMap<FeedId, FeedState>>,
    seen: Mutex<Option<DateTime<Utc>>>,
}

impl Board {
    /// Reads what has been touched since the last reading, by whatever process.
    ///
    /// # Errors
    /// When the store fails; what was known stays.
    pub async fn refresh(&self, store: &dyn Store) -> Result<(), StoreError> {
        let now = store.now().await?;
        let since = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let touched = store.states(since.map(|s| s - MARGIN)).await?;
        self.states.write().unwrap_or_else(PoisonError::into_inner).extend(touched);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        Ok(())
    }

    /// Reads the state of one feed, after a run of it.
    ///
    /// # Errors
    /// When the store fails; what was known stays.
    pub async fn refresh_feed(&self, store: &dyn Store, feed: &FeedId) -> Result<(), StoreError> {
        if let Some(state) = store.state(feed).await? {
            self.states.write().unwrap_or_else(PoisonError::into_inner).insert(feed.clone(), state);
        }
        Ok(())
    }

    /// The state of a feed; that of a feed without a run if none is known.
    #[must_use]
    pub fn state(&self, feed: &FeedId) -> FeedState {
        let states = self.states.read().unwrap_or_else(PoisonError::into_inner);
        states.get(feed).cloned().unwrap_or_default()
    }
}
