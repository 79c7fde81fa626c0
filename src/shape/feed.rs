//! Feeds with their state, as JSON.

use chrono::{DateTime, Utc};
use serde::Serialize;
use url::Url;

use super::trouble::TroubleShape;
use crate::channel::Channel;
use crate::model::public_address;
use crate::model::{FeedId, FeedState};

/// All feeds.
#[derive(Debug, Clone, Serialize)]
pub struct FeedsShape {
    /// In the order of feeds.toml.
    pub feeds: Vec<FeedShape>,
}

/// A feed with its state.
#[derive(Debug, Clone, Serialize)]
pub struct FeedShape {
    id: FeedId,
    title: String,
    /// The page of a scraped feed, without secrets.
    url: Option<Url>,
    schedule: String,
    items: Option<u64>,
    changed: Option<DateTime<Utc>>,
    last_success: Option<DateTime<Utc>>,
    last_run: Option<DateTime<Utc>>,
    next_run: Option<DateTime<Utc>>,
    running: bool,
    failures: u32,
    trouble: Option<TroubleShape>,
    muted_until: Option<DateTime<Utc>>,
    /// No new item for longer than usual.
    silent: bool,
}

impl FeedShape {
    /// A feed in a state.
    #[must_use]
    pub fn of(channel: &Channel, state: &FeedState) -> Self {
        Self {
            id: channel.id().clone(),
            title: channel.title(state.title.as_deref()).to_owned(),
            url: channel.url().map(public_address),
            schedule: channel.schedule_words(),
            items: state.items,
            changed: state.changed,
            last_success: state.last_success,
            last_run: state.last_run,
            next_run: state.next_due,
            running: state.running,
            failures: state.failures,
            trouble: state.trouble.as_ref().map(TroubleShape::from),
            muted_until: state.muted_until,
            silent: state.silent,
        }
    }
}
