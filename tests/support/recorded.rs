//! Pages from a recording, and the tools of a run around them.

use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use feedbridge::clock::ManualClock;
use feedbridge::config::Config;
use feedbridge::cpu::CpuPool;
use feedbridge::fetch::{Answer, BodyHold, FetchFailure, Fetched, Fetcher, Request};
use feedbridge::model::Validators;
use feedbridge::run::{self, JqProgram, RunReport, Tools};
use feedbridge::scheduler::register;
use feedbridge::store::{Scope, SqliteStore};
use feedbridge::telemetry::Metrics;
use tempfile::TempDir;

/// The result of the next fetch.
#[derive(Clone)]
pub enum Next {
    Page(Vec<u8>, Option<String>),
    Fails(FetchFailure),
    Panics,
}

/// A fetcher that gives what it was told last.
pub struct Recorded(Mutex<Next>);

#[async_trait]
impl Fetcher for Recorded {
    async fn fetch(&self, request: &Request) -> Result<Answer, FetchFailure> {
        let next = self.0.lock().expect("next").clone();
        let (body, content_type) = match next {
            Next::Page(body, content_type) => (body, content_type),
            Next::Fails(failure) => return Err(failure),
            Next::Panics => panic!("a panic that a test asked for"),
        };
        let body_hash = feedbridge::digest::hex(&body, 64);
        let (bytes, validators) = (body.len() as u64, Validators::default());
        if request.known_body.as_ref() == Some(&body_hash) {
            return Ok(Answer::Unchanged { validators, not_modified: false, bytes, crawl_delay: None });
        }
        let url = request.url.clone();
        Ok(Answer::Fetched(Fetched {
            url,
            body,
            hold: BodyHold::default(),
            content_type,
            validators,
            body_hash,
            bytes,
            crawl_delay: None,
            parameters: request.query.clone(),
        }))
    }
}

const DATABASE: &str = "t.db";

/// A feed whose time, pages and database a test holds in its hands.
pub struct Bench {
    pub tools: Tools,
    pub clock: Arc<ManualClock>,
    pub config: Config,
    fetcher: Arc<Recorded>,
    /// Removed with the bench.
    folder: TempDir,
}

impl Bench {
    pub async fn new(config: Config, now: DateTime<Utc>) -> Self {
        Self::over("", config, now).await
    }

    /// A bench over a database that is made of SQL.
    pub async fn over(sql: &str, config: Config, now: DateTime<Utc>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        if !sql.is_empty() {
            let made = rusqlite::Connection::open(folder.path().join(DATABASE)).expect("a database");
            made.execute_batch(sql).expect("SQL");
        }
        let clock = Arc::new(ManualClock::new(now));
        let fetcher = Arc::new(Recorded(Mutex::new(Next::Panics)));
        let store = SqliteStore::open(&folder.path().join(DATABASE), clock.clone()).expect("a store");
        let tools = Tools {
            jq: JqProgram::at(Path::new(env!("CARGO_BIN_EXE_feedbridge"))),
            store: Arc::new(store),
            fetcher: fetcher.clone(),
            cpu: CpuPool::new(1),
            clock: clock.clone(),
            metrics: Arc::new(Metrics::default()),
        };
        register(&tools, &config, Scope::All).await.expect("registered");
        Self { tools, clock, config, fetcher, folder }
    }

    /// Where its database is.
    pub fn database(&self) -> std::path::PathBuf {
        self.folder.path().join(DATABASE)
    }

    pub fn next(&self, next: Next) {
        *self.fetcher.0.lock().expect("next") = next;
    }

    pub fn page(&self, html: &str) {
        self.next(Next::Page(html.as_bytes().to_vec(), Some("text/html; charset=utf-8".to_owned())));
    }

    /// Runs the first feed, due or not.
    pub async fn run(&self) -> RunReport {
        let feed = &self.config.feeds[0];
        let claim = self.tools.store.claim(&feed.id, "test", self.config.limits.claim).await;
        let claim = claim.expect("the store answers").expect("nobody else holds the feed");
        run::run(&self.tools, &self.config, feed, &claim).await.expect("the run is written")
    }
}
