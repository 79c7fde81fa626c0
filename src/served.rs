//! The items and the state that a channel serves.
//!
//! A scraped feed serves its own history. A derived feed serves the items of other feeds, merged and
//! filtered at each request. Nothing of a derived feed is stored, so that new filters apply to old
//! items too.

mod derive;
mod news;

pub use news::DerivedNews;

use chrono::{DateTime, Utc};

use crate::channel::{Channel, Derived};
use crate::config::Config;
use crate::model::{FeedId, FeedState, Item};
use crate::store::{Store, StoreError};

/// The newest items of a channel, in served order.
///
/// # Errors
/// When the store fails.
pub async fn items(
    store: &dyn Store,
    config: &Config,
    channel: &Channel,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<Item>, StoreError> {
    match channel {
        Channel::Scraped(feed) => store.items(&feed.id, limit).await,
        Channel::Derived(derived) => {
            let mut lists = Vec::new();
            for feed in config.sources(derived) {
                lists.push(store.items(&feed.id, u32::MAX).await?);
            }
            let mut items = derive::derived_items(lists, derived, now);
            items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            Ok(items)
        }
    }
}

/// The state of a channel; `state_of` gives the state of a feed. A derived feed changes with each of its
/// sources, and is never in trouble itself.
#[must_use]
pub fn state(config: &Config, channel: &Channel, state_of: impl Fn(&FeedId) -> FeedState) -> FeedState {
    match channel {
        Channel::Scraped(feed) => {
            let state = state_of(&feed.id);
            FeedState { items: state.items.or(Some(0)), ..state }
        }
        Channel::Derived(derived) => derived_state(config, derived, state_of),
    }
}

/// The sum of versions, the latest past times and the earliest next run of all sources.
fn derived_state(config: &Config, derived: &Derived, state_of: impl Fn(&FeedId) -> FeedState) -> FeedState {
    let mut combined = FeedState { items: None, ..FeedState::default() };
    for feed in config.sources(derived) {
        let state = state_of(&feed.id);
        combined.version = combined.version.wrapping_add(state.version);
        combined.changed = combined.changed.max(state.changed);
        combined.last_success = combined.last_success.max(state.last_success);
        combined.last_run = combined.last_run.max(state.last_run);
        combined.next_due = combined.next_due.into_iter().chain(state.next_due).min();
    }
    combined
}
