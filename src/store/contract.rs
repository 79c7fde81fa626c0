//! The operations of a store.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::article_claim::{ArticleClaim, ArticleOutcome};
use super::claim::{Claim, Memory, Registration, Scope};
use super::error::StoreError;
use super::outbox::Outbox;
use super::run_commit::RunCommit;
use crate::history::{KnownItems, ListedItem};
use crate::model::{FeedId, FeedState, Item, RunRecord};

/// A database of the history and the plan.
#[async_trait]
pub trait Store: Outbox {
    /// The time by the store's own clock.
    async fn now(&self) -> Result<DateTime<Utc>, StoreError>;

    /// Registers the configured feeds, with a due time each. Feeds that are no longer configured keep
    /// their history and are no longer due. Overdue feeds are spread over the next moments.
    ///
    /// A feed is due now if its due time is further ahead than its schedule or a failure explains: the clock
    /// was ahead when it was set. Gives the number of these feeds. Claims, rests of sites and articles that
    /// wait since then are put right as well.
    async fn register(&self, feeds: Vec<Registration>, scope: Scope) -> Result<usize, StoreError>;

    /// The feeds that were written more than a minute in the future. To register them puts them right.
    async fn ahead(&self) -> Result<Vec<FeedId>, StoreError>;

    /// Claims due feeds for the time of `lease`, at most one per site and `limit` in all.
    async fn claim_due(&self, node: &str, limit: usize, lease: Duration) -> Result<Vec<Claim>, StoreError>;

    /// Claims one feed now for the time of `lease`, due or not. `None` if somebody else holds the feed
    /// or it is not registered.
    async fn claim(&self, feed: &FeedId, node: &str, lease: Duration) -> Result<Option<Claim>, StoreError>;

    /// Gives back a claim on a feed that is not in the configuration: the feed is no longer due.
    async fn dismiss(&self, claim: &Claim) -> Result<(), StoreError>;

    /// Gives back a claim whose run failed because of this machine: nothing is recorded, the feed is due again at
    /// `until`, and its site rests for the time of `rest`.
    async fn put_off(&self, claim: &Claim, until: DateTime<Utc>, rest: Duration) -> Result<(), StoreError>;

    /// Whether the store can be read, and could be written when that was last tried; else the reason.
    async fn check(&self) -> Result<(), StoreError>;

    /// The bytes that the store takes on disk; 0 if nobody can tell.
    fn size(&self) -> u64;

    /// Gives up all claims of a node.
    async fn release(&self, node: &str) -> Result<(), StoreError>;

    /// The moment at which the next feed can be claimed.
    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// The memory that the last run of a feed left; `None` if the feed is not registered.
    async fn memory(&self, feed: &FeedId) -> Result<Option<Memory>, StoreError>;

    /// The keys and fingerprints of a feed's items.
    async fn known_items(&self, feed: &FeedId) -> Result<KnownItems, StoreError>;

    /// The items of a feed with these keys, without what their own pages added.
    async fn listed_items(&self, feed: &FeedId, keys: Vec<String>) -> Result<Vec<ListedItem>, StoreError>;

    /// The newest items of a feed, without what their own pages added.
    async fn newest_listed(&self, feed: &FeedId, limit: u32) -> Result<Vec<ListedItem>, StoreError>;

    /// Writes the end of a run, if the claim still holds.
    async fn finish_run(&self, claim: &Claim, run: RunCommit) -> Result<(), StoreError>;

    /// Claims items whose own pages are to be fetched now, for the time of `lease`: at most one of each
    /// site that is not `busy`, and `limit` in all. If a feed is named, only items of that feed.
    async fn take_articles(
        &self,
        of: Option<&FeedId>,
        busy: &[String],
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<ArticleClaim>, StoreError>;

    /// Writes the result of an item's own page, and tells whether the served documents change.
    async fn finish_article(&self, claim: &ArticleClaim, outcome: ArticleOutcome)
    -> Result<bool, StoreError>;

    /// The moment at which the next article can be fetched.
    async fn next_article(&self) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// The state of a feed; `None` if it is not registered.
    async fn state(&self, feed: &FeedId) -> Result<Option<FeedState>, StoreError>;

    /// States of the feeds that were touched at or after a moment (`None`: all).
    async fn states(&self, since: Option<DateTime<Utc>>) -> Result<HashMap<FeedId, FeedState>, StoreError>;

    /// The newest items of a feed, in served order.
    async fn items(&self, feed: &FeedId, limit: u32) -> Result<Vec<Item>, StoreError>;

    /// The newest runs of a feed, newest first.
    async fn runs(&self, feed: &FeedId, limit: u32) -> Result<Vec<RunRecord>, StoreError>;
}
