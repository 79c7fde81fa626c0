//! The store in one SQLite file: one thread writes, one reads. Only this file and its folder use SQLite.

mod alarms;
mod articles;
mod backup;
mod columns;
mod database_file;
mod error;
mod events;
mod items;
mod listed;
mod notices;
mod open;
mod outbox;
mod outbox_calls;
mod plan;
mod quick_check;
mod register;
mod runs;
mod worker;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::article_claim::{ArticleClaim, ArticleOutcome};
use super::claim::{Claim, Memory, Registration, Scope};
use super::contract::Store;
use super::error::StoreError;
use super::run_commit::RunCommit;
use crate::clock::Clock;
use crate::history::{KnownItems, ListedItem};
use crate::model::{FeedId, FeedState, Item, RunRecord};
use articles::ArticleQuery;
use columns::instant;
use database_file::DatabaseFile;
use worker::{Purpose, Worker};

/// The embedded store. It lives in this process, so its clock is the one that the process has.
pub struct SqliteStore {
    writer: Worker,
    reader: Worker,
    file: Arc<DatabaseFile>,
    clock: Arc<dyn Clock>,
}

impl SqliteStore {
    /// Opens or creates the database, and brings its schema up to date.
    ///
    /// # Errors
    /// When the file is no database, a broken one, or one of a newer version. It is left as it is.
    pub fn open(file: &Path, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let writer = open::writer(file)?;
        let reader = open::reader(file)?;
        Self::start("store-writer", (writer, reader), file, clock)
    }

    /// Opens an existing database for reading; operations that write fail.
    ///
    /// # Errors
    /// When there is none, or one of another version.
    pub fn open_read_only(file: &Path, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        Self::start("store-looker", (open::read_only(file)?, open::read_only(file)?), file, clock)
    }

    /// Starts the threads of two connections: the first is for operations that write.
    fn start(
        writer_name: &str,
        connections: (Connection, Connection),
        file: &Path,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        let (writer, reader) = connections;
        let file = Arc::new(DatabaseFile::opened(file));
        Ok(Self {
            writer: Worker::start(writer_name, writer, Arc::clone(&file), Purpose::Writing)?,
            reader: Worker::start("store-reader", reader, Arc::clone(&file), Purpose::Reading)?,
            file,
            clock,
        })
    }

    /// Copies an existing database as it is at one moment, also while another process writes to it, and
    /// returns the number of items in the copy. `copy` is an empty file: it keeps its permissions. A
    /// database of an older version is copied as it is.
    ///
    /// # Errors
    /// When `database` is none of feedbridge, or of a newer version, or the copy cannot be written. What
    /// `copy` has then is of no use.
    pub fn back_up(database: &Path, copy: &Path) -> Result<u64, StoreError> {
        backup::back_up(database, copy)
    }

    fn now_millis(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn now(&self) -> Result<DateTime<Utc>, StoreError> {
        Ok(self.clock.now())
    }

    async fn register(&self, feeds: Vec<Registration>, scope: Scope) -> Result<usize, StoreError> {
        let now = self.now_millis();
        self.writer.call(move |db| register::register(db, &feeds, scope, now)).await
    }

    async fn ahead(&self) -> Result<Vec<FeedId>, StoreError> {
        let now = self.now_millis();
        self.reader.call(move |db| plan::ahead(db, now)).await
    }

    async fn claim_due(&self, node: &str, limit: usize, lease: Duration) -> Result<Vec<Claim>, StoreError> {
        let node = node.to_owned();
        let now = self.now_millis();
        self.writer.call(move |db| plan::claim_due(db, &node, limit, lease, now)).await
    }

    async fn claim(&self, feed: &FeedId, node: &str, lease: Duration) -> Result<Option<Claim>, StoreError> {
        let feed = feed.clone();
        let node = node.to_owned();
        let now = self.now_millis();
        self.writer.call(move |db| plan::claim_one(db, &feed, &node, lease, now)).await
    }

    async fn dismiss(&self, claim: &Claim) -> Result<(), StoreError> {
        let claim = claim.clone();
        let now = self.now_millis();
        self.writer.call(move |db| plan::dismiss(db, &claim, now)).await
    }

    async fn put_off(&self, claim: &Claim, until: DateTime<Utc>, rest: Duration) -> Result<(), StoreError> {
        let claim = claim.clone();
        let due = until.timestamp_millis();
        let now = self.now_millis();
        self.writer.call(move |db| plan::put_off(db, &claim, due, rest, now)).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.next_due().await?;
        self.file.check()
    }

    fn size(&self) -> u64 {
        self.file.size()
    }

    async fn release(&self, node: &str) -> Result<(), StoreError> {
        let node = node.to_owned();
        let now = self.now_millis();
        self.writer.call(move |db| plan::release(db, &node, now)).await
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let now = self.now_millis();
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

    async fn listed_items(&self, feed: &FeedId, keys: Vec<String>) -> Result<Vec<ListedItem>, StoreError> {
        let feed = feed.clone();
        self.reader.call(move |db| listed::with_keys(db, &feed, &keys)).await
    }

    async fn newest_listed(&self, feed: &FeedId, limit: u32) -> Result<Vec<ListedItem>, StoreError> {
        let feed = feed.clone();
        self.reader.call(move |db| listed::newest(db, &feed, limit)).await
    }

    async fn finish_run(&self, claim: &Claim, run: RunCommit) -> Result<(), StoreError> {
        let claim = claim.clone();
        let now = self.now_millis();
        let feed = claim.feed.clone();
        let held = self.writer.call(move |db| runs::finish(db, &claim, &run, now)).await?;
        self.file.has_grown();
        if held { Ok(()) } else { Err(StoreError::ClaimLost(feed)) }
    }

    async fn take_articles(
        &self,
        of: Option<&FeedId>,
        busy: &[String],
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<ArticleClaim>, StoreError> {
        let query = ArticleQuery { feed: of.cloned(), busy_sites: busy.to_vec(), limit, lease };
        let now = self.now_millis();
        self.writer.call(move |db| articles::take(db, &query, now)).await
    }

    async fn finish_article(
        &self,
        claim: &ArticleClaim,
        outcome: ArticleOutcome,
    ) -> Result<bool, StoreError> {
        let claim = claim.clone();
        let now = self.now_millis();
        self.writer.call(move |db| articles::finish(db, &claim, &outcome, now)).await
    }

    async fn next_article(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(self.reader.call(articles::next).await?.map(instant))
    }

    async fn state(&self, feed: &FeedId) -> Result<Option<FeedState>, StoreError> {
        let feed = feed.clone();
        let now = self.now_millis();
        self.reader.call(move |db| runs::state(db, &feed, now)).await
    }

    async fn states(&self, since: Option<DateTime<Utc>>) -> Result<HashMap<FeedId, FeedState>, StoreError> {
        let since = since.map_or(i64::MIN, |s| s.timestamp_millis());
        let now = self.now_millis();
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
