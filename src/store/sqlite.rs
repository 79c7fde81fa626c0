//! The store in one SQLite file: one thread writes, one reads. The only home of the crate.

mod articles;
mod items;
mod open;
mod plan;
mod runs;
mod worker;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeZone, Utc};

use super::{ArticleEnd, ArticleTurn, Claim, Finish, Memory, Registration, Scope, Store, StoreError};
use crate::clock::Clock;
use crate::history::KnownItems;
use crate::model::{FeedId, FeedState, Item, RunRecord};
use worker::Worker;

/// The embedded store. Its "database time" is the clock it is given: it lives in this process.
pub struct SqliteStore {
    writer: Worker,
    reader: Worker,
    clock: Arc<dyn Clock>,
}

impl SqliteStore {
    /// Opens or creates the database, and brings its schema up to date.
    ///
    /// # Errors
    /// When the file is no database, a broken one, or one of a newer version: it is left as it is.
    pub fn open(file: &Path, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let writer = open::writer(file)?;
        let reader = open::reader(file)?;
        Ok(Self {
            writer: Worker::start("store-writer", writer)?,
            reader: Worker::start("store-reader", reader)?,
            clock,
        })
    }

    /// Opens an existing database to look at it; deeds that write fail.
    ///
    /// # Errors
    /// When there is none, or one of another version.
    pub fn look(file: &Path, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        Ok(Self {
            writer: Worker::start("store-looker", open::looker(file)?)?,
            reader: Worker::start("store-reader", open::looker(file)?)?,
            clock,
        })
    }

    fn millis(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn now(&self) -> Result<DateTime<Utc>, StoreError> {
        Ok(self.clock.now())
    }

    async fn register(&self, feeds: Vec<Registration>, scope: Scope) -> Result<(), StoreError> {
        let now = self.millis();
        self.writer.call(move |db| plan::register(db, &feeds, scope, now)).await
    }

    async fn claim_due(&self, node: &str, limit: usize, claim: Duration) -> Result<Vec<Claim>, StoreError> {
        let (node, now) = (node.to_owned(), self.millis());
        self.writer.call(move |db| plan::claim_due(db, &node, limit, claim, now)).await
    }

    async fn claim(&self, feed: &FeedId, node: &str, claim: Duration) -> Result<Option<Claim>, StoreError> {
        let (feed, node, now) = (feed.clone(), node.to_owned(), self.millis());
        self.writer.call(move |db| plan::claim_one(db, &feed, &node, claim, now)).await
    }

    async fn dismiss(&self, claim: &Claim) -> Result<(), StoreError> {
        let (claim, now) = (claim.clone(), self.millis());
        self.writer.call(move |db| plan::dismiss(db, &claim, now)).await
    }

    async fn release(&self, node: &str) -> Result<(), StoreError> {
        let (node, now) = (node.to_owned(), self.millis());
        self.writer.call(move |db| plan::release(db, &node, now)).await
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let now = self.millis();
        let due = self.reader.call(move |db| plan::next_due(db, now)).await?;
        Ok(due.map(instant))
    }

    async fn memory(&self, feed: &FeedId) -> Result<Option<Memory>, StoreError> {
        let feed = feed.clone();
        self.reader.call(move |db| plan::memory(db, &feed)).await
    }

    async fn known_items(&self, feed: &FeedId) -> Result<KnownItems, StoreError> {
        let feed = feed.clone();
        self.reader.call(move |db| items::known(db, &feed)).await
    }

    async fn finish_run(&self, claim: &Claim, finish: Finish) -> Result<(), StoreError> {
        let (claim, now) = (claim.clone(), self.millis());
        let feed = claim.feed.clone();
        let held = self.writer.call(move |db| runs::finish(db, &claim, &finish, now)).await?;
        if held { Ok(()) } else { Err(StoreError::ClaimLost(feed)) }
    }

    async fn take_articles(
        &self,
        of: Option<&FeedId>,
        busy: &[String],
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<ArticleTurn>, StoreError> {
        let (of, busy, now) = (of.cloned(), busy.to_vec(), self.millis());
        self.writer.call(move |db| articles::take(db, of.as_ref(), &busy, limit, lease, now)).await
    }

    async fn finish_article(&self, turn: &ArticleTurn, end: ArticleEnd) -> Result<bool, StoreError> {
        let (turn, now) = (turn.clone(), self.millis());
        self.writer.call(move |db| articles::finish(db, &turn, &end, now)).await
    }

    async fn next_article(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(self.reader.call(articles::next).await?.map(instant))
    }

    async fn state(&self, feed: &FeedId) -> Result<Option<FeedState>, StoreError> {
        let (feed, now) = (feed.clone(), self.millis());
        self.reader.call(move |db| runs::state(db, &feed, now)).await
    }

    async fn states(&self, since: Option<DateTime<Utc>>) -> Result<HashMap<FeedId, FeedState>, StoreError> {
        let (since, now) = (since.map_or(i64::MIN, |s| s.timestamp_millis()), self.millis());
        self.reader.call(move |db| runs::states(db, since, now)).await
    }

    async fn items(&self, feed: &FeedId, limit: u32) -> Result<Vec<Item>, StoreError> {
        let feed = feed.clone();
        self.reader.call(move |db| items::served(db, &feed, limit)).await
    }

    async fn runs(&self, feed: &FeedId, limit: u32) -> Result<Vec<RunRecord>, StoreError> {
        let feed = feed.clone();
        self.reader.call(move |db| runs::newest(db, &feed, limit)).await
    }
}

/// Milliseconds of the database -> instant; nonsense becomes the epoch rather than a panic.
fn instant(millis: i64) -> DateTime<Utc> {
    Utc.timestamp_millis_opt(millis).single().unwrap_or(DateTime::UNIX_EPOCH)
}

fn millis_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}
