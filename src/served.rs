//! What a channel serves: a scraped feed its own history, a derived one that of others, merged and
//! filtered when it is asked for. Nothing of a derived feed is kept, so that new filters hold for old
//! items too.

mod derive;

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
            let mut items = derive::derive(lists, derived, now);
            items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            Ok(items)
        }
    }
}

/// The state of a channel, from those of feeds. A derived feed changes with every one of its sources, and
/// is never in trouble itself.
#[must_use]
pub fn state(config: &Config, channel: &Channel, of: impl Fn(&FeedId) -> FeedState) -> FeedState {
    match channel {
        Channel::Scraped(feed) => {
            let state = of(&feed.id);
            FeedState { items: state.items.or(Some(0)), ..state }
        }
        Channel::Derived(derived) => joined(config, derived, of),
    }
}

fn joined(config: &Config, derived: &Derived, of: impl Fn(&FeedId) -> FeedState) -> FeedState {
    let mut joined = FeedState { items: None, ..FeedState::default() };
    for feed in config.sources(derived) {
        let state = of(&feed.id);
        joined.version = joined.version.wrapping_add(state.version);
        joined.changed = joined.changed.max(state.changed);
        joined.last_success = joined.last_success.max(state.last_success);
        joined.last_run = joined.last_run.max(state.last_run);
        joined.next_due = joined.next_due.into_iter().chain(state.next_due).min();
    }
    joined
}
