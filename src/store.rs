//! The history and the plan, kept: a trait of deeds, and SQLite.
//!
//! Every deed is one transaction. What decides about time (which feed is due, how long a claim
//! holds) is decided by the store's own clock, so that several nodes on one database agree.

mod sqlite;

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::history::{KnownItems, Merge};
use crate::model::{Completion, Content, FeedId, FeedState, Item, PageDate, RunRecord, Validators};

pub use sqlite::SqliteStore;

/// Why a deed was not done.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database was written by a newer version of the program.
    #[error(
        "the database {file} has schema {found}, newer than the {known} of this version; use the newer feedbridge, or another database"
    )]
    NewerSchema {
        /// The database.
        file: String,
        /// Its schema.
        found: i64,
        /// The newest schema that this version knows.
        known: i64,
    },
    /// The file is not a database of feedbridge, or a broken one.
    #[error(
        "{file} is not a usable database: {reason}; it was left as it is: restore a backup, or name another one"
    )]
    Unusable {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// The claim has run out, or another node has taken the feed over.
    #[error("the claim on feed `{0}` no longer holds")]
    ClaimLost(FeedId),
    /// The database failed.
    #[error("the database failed: {0}")]
    Failed(String),
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
}

/// A feed of the configuration, for the plan.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Which feed.
    pub feed: FeedId,
    /// The site that is paced: its registrable domain.
    pub site: String,
    /// Text of the schedule: when it changes, so does the next due time.
    pub schedule: String,
    /// Changes when anything about the feed changes: then it is due at once.
    pub settings_hash: String,
    /// The next regular due time.
    pub next_regular: DateTime<Utc>,
}

/// What a registration is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All feeds that there are: others are no longer due or served.
    All,
    /// These feeds: others are left as they are.
    These,
}

/// The right to run a feed, until a deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Which feed.
    pub feed: FeedId,
    /// Counts up with each claim: a later claim makes an earlier one void.
    pub fence: i64,
    /// What the last run left.
    pub memory: Memory,
}

/// What a run remembers for the next one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory {
    /// Of the last page.
    pub validators: Validators,
    /// Hash of the last page's body.
    pub body_hash: Option<String>,
    /// Selector of what held the items.
    pub container: Option<String>,
    /// Rules of the last good run.
    pub rules_hash: Option<String>,
    /// Failed runs since the last success.
    pub failures: u32,
    /// The language that the page says it has.
    pub language: Option<String>,
    /// The rules that were found on the page, as lines of feeds.toml, of feeds that have none there.
    pub learned: Option<String>,
}

/// How a run ended: written in one transaction.
#[derive(Debug, Clone)]
pub struct Finish {
    /// The run's line in the history of runs.
    pub record: RunRecord,
    /// What changes in the history; `None` if the run changes nothing.
    pub merge: Option<Merge>,
    /// For the next run.
    pub memory: Memory,
    /// When the next run is due.
    pub next_due: DateTime<Utc>,
    /// Until when the site is left alone.
    pub site_rest: Duration,
    /// Newest items that are kept.
    pub keep_items: u32,
    /// Days after which an item that left the page goes.
    pub keep_days: Option<u32>,
    /// Whether the items' own pages are wanted.
    pub articles: bool,
}

/// The right to fetch an item's own page, for a while.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleTurn {
    /// The item's feed.
    pub feed: FeedId,
    /// The item.
    pub key: String,
    /// The feed's site, which is paced.
    pub site: String,
    /// What its listing said of it.
    pub content: Content,
    /// How often it was tried, this time included.
    pub tries: u32,
}

/// What came of a turn.
#[derive(Debug, Clone, PartialEq)]
pub enum ArticleEnd {
    /// What the page adds, and the date that it says.
    Found(Box<Completion>, Option<PageDate>),
    /// It is tried again then.
    Later(DateTime<Utc>),
    /// It is not tried again.
    Never,
}

/// Where the history is kept.
#[async_trait]
pub trait Store: Send + Sync {
    /// The store's own time.
    async fn now(&self) -> Result<DateTime<Utc>, StoreError>;

    /// Makes the configured feeds known, with a due time each; feeds that are no longer configured
    /// keep their history and are no longer due. Overdue feeds are spread over the next moments.
    async fn register(&self, feeds: Vec<Registration>, scope: Scope) -> Result<(), StoreError>;

    /// Claims due feeds, at most one per site and `limit` in all, for as long as `claim`.
    async fn claim_due(&self, node: &str, limit: usize, claim: Duration) -> Result<Vec<Claim>, StoreError>;

    /// Claims one feed now, due or not; `None` if somebody else holds it or it is not registered.
    async fn claim(&self, feed: &FeedId, node: &str, claim: Duration) -> Result<Option<Claim>, StoreError>;

    /// Gives back a claim on a feed that the configuration does not have: it is no longer due.
    async fn dismiss(&self, claim: &Claim) -> Result<(), StoreError>;

    /// Gives up all claims of a node.
    async fn release(&self, node: &str) -> Result<(), StoreError>;

    /// The moment at which the next feed can be claimed.
    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// What the last run of a feed remembers; `None` if the feed is not registered.
    async fn memory(&self, feed: &FeedId) -> Result<Option<Memory>, StoreError>;

    /// What is known of a feed's items.
    async fn known_items(&self, feed: &FeedId) -> Result<KnownItems, StoreError>;

    /// Writes the end of a run, if the claim still holds.
    async fn finish_run(&self, claim: &Claim, finish: Finish) -> Result<(), StoreError>;

    /// Takes items whose own pages are wanted now, at most one of each site that is not `busy` and
    /// `limit` in all, for as long as `lease`; those of one feed only if it is named.
    async fn take_articles(
        &self,
        of: Option<&FeedId>,
        busy: &[String],
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<ArticleTurn>, StoreError>;

    /// Writes what came of a turn; gives whether what is served has changed.
    async fn finish_article(&self, turn: &ArticleTurn, end: ArticleEnd) -> Result<bool, StoreError>;

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
