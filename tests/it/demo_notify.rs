//! The demo tells people: its site breaks a layout and mends it within two minutes, which shows on `/`, in
//! `/ops.atom` and at the inbox of the site.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use chrono::{DateTime, TimeDelta, Utc};
use feedbridge::board::Board;
use feedbridge::clock::ManualClock;
use feedbridge::config::{Config, Limits, Live};
use feedbridge::cpu::CpuPool;
use feedbridge::delivery::{Courier, Delivery};
use feedbridge::demo::{self, INBOX_PATH, INBOX_SECRET, SampleSite};
use feedbridge::fetch::Network;
use feedbridge::model::TroubleKind;
use feedbridge::run::{self, JqProgram, Tools};
use feedbridge::scheduler::register;
use feedbridge::serve::{Listener, ServerState, router, sample_router, serve};
use feedbridge::store::{Scope, SqliteStore};
use http::Request;
use tempfile::TempDir;
use tokio::sync::watch;
use tower_service::Service as _;

use super::notify_bench::{send_all, server_state};
use crate::support::config;
use crate::support::daemon::program;

fn start() -> DateTime<Utc> {
    "2026-03-04T05:06:07Z".parse().expect("an instant")
}

/// The demo at a clock that a test moves.
struct DemoBench {
    clock: Arc<ManualClock>,
    site: Router,
    config: Arc<Config>,
    tools: Tools,
    delivery: Arc<Delivery>,
    server: Arc<ServerState>,
    /// Removed with the bench.
    _folder: TempDir,
}

impl DemoBench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(ManualClock::new(start()));
        let listener = Listener::bind(&"127.0.0.1:0".parse().expect("an address")).await.expect("a port");
        let origin = listener.address();
        let site = sample_router(SampleSite::new(start(), origin.clone()), clock.clone());
        tokio::spawn(serve(listener, site.clone(), Limits::default().listen, std::future::pending()));
        let config = Arc::new(demo_config(&origin, folder.path()));
        let tools = tools(&config, folder.path(), &clock);
        register(&tools, &config, Scope::All).await.expect("registered");
        let (_, live) = watch::channel(Live { generation: 0, config: Arc::clone(&config) });
        let board = Arc::new(Board::default());
        let delivery = Arc::new(Delivery {
            store: Arc::clone(&tools.store),
            config: live.clone(),
            board: Arc::clone(&board),
            clock: clock.clone(),
            metrics: Arc::clone(&tools.metrics),
            courier: Arc::new(Courier::new(config.limits.fetch.clone())),
        });
        let server = Arc::new(server_state(&tools, live, board));
        Self { clock, site, config, tools, delivery, server, _folder: folder }
    }

    /// Moves the clock to so many seconds after the start, runs what is due, and sends what is to be told.
    async fn at(&self, seconds: i64) {
        self.clock.set(start() + TimeDelta::seconds(seconds));
        loop {
            let claims = self.tools.store.claim_due("test", 10, self.config.limits.claim).await;
            let claims = claims.expect("the store answers");
            if claims.is_empty() {
                break;
            }
            for claim in &claims {
                let feed = self.config.feed(&claim.feed).expect("a feed");
                run::run(&self.tools, &self.config, feed, claim).await.expect("the run is written");
            }
        }
        send_all(&self.delivery).await;
        self.server.board.refresh(self.tools.store.as_ref()).await.expect("the store answers");
    }

    async fn inbox(&self) -> String {
        get(self.site.clone(), INBOX_PATH).await
    }

    async fn status_page(&self, path: &str) -> String {
        get(router(Arc::clone(&self.server)), path).await
    }
}

fn demo_config(origin: &str, folder: &Path) -> Config {
    let key_file = folder.join("inbox.key");
    std::fs::write(&key_file, INBOX_SECRET).expect("written");
    let listen = "127.0.0.1:8080";
    let key_file = key_file.to_str().expect("UTF-8");
    let config =
        config(&demo::configuration(origin, "http://127.0.0.1:8080", listen, "sqlite:demo.db", key_file));
    assert!(config.warnings.problems().is_empty(), "{}", config.warnings);
    config
}

fn tools(config: &Config, folder: &Path, clock: &Arc<ManualClock>) -> Tools {
    Tools {
        jq: JqProgram::own(),
        store: Arc::new(SqliteStore::open(&folder.join("t.db"), clock.clone()).expect("a store")),
        fetcher: Arc::new(Network::new(config.limits.fetch.clone(), clock.clone())),
        cpu: CpuPool::new(1),
        clock: clock.clone(),
        metrics: Arc::default(),
    }
}

async fn get(mut router: Router, path: &str) -> String {
    let request = Request::get(path).header("Host", "127.0.0.1:8080").body(Body::empty());
    let response = router.call(request.expect("a request")).await.expect("an answer");
    assert_eq!(response.status().as_u16(), 200, "{path}");
    let body = to_bytes(response.into_body(), 1 << 22).await.expect("a body");
    String::from_utf8(body.to_vec()).expect("UTF-8")
}

#[tokio::test]
async fn a_trouble_and_its_end_are_seen_within_two_minutes() {
    let demo = DemoBench::new().await;
    demo.at(0).await;
    assert!(demo.inbox().await.contains("Nothing has arrived yet."), "the first run of a feed tells nobody");
    for seconds in (5..60).step_by(5) {
        demo.at(seconds).await;
    }
    let index = demo.status_page("/").await;
    let trouble = TroubleKind::ContainerMissing.words();
    let inbox = demo.inbox().await;
    assert_eq!(inbox.matches("· trouble ·").count(), 1, "several runs have failed, one message: {inbox}");
    assert!(index.contains(trouble), "{index}");
    let operations = demo.status_page("/ops.atom").await;
    assert!(operations.contains(&format!("Harbour notices: {trouble}")), "{operations}");
    for seconds in (60..120).step_by(5) {
        demo.at(seconds).await;
    }
    let inbox = demo.inbox().await;
    assert_eq!(inbox.matches("· trouble ·").count(), 1, "{inbox}");
    assert_eq!(inbox.matches("· recovered ·").count(), 1, "{inbox}");
    assert!(inbox.contains(">Harbour notices is fine again</a></h2>"), "{inbox}");
    assert!(inbox.contains("<a href=\"http://127.0.0.1:8080/feeds/notices\""), "{inbox}");
    assert!(inbox.contains("· item ·") && !inbox.contains("signature not valid"), "{inbox}");
    let (end, begin) = (inbox.find("· recovered ·"), inbox.find("· trouble ·"));
    assert!(end < begin, "the newest comes first: {inbox}");
    let operations = demo.status_page("/ops.atom").await;
    assert!(operations.contains("Harbour notices is fine again"), "{operations}");
    assert_eq!(operations.matches("<entry>").count(), 2, "{operations}");
}

#[test]
fn the_demo_says_where_its_inbox_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = program();
    command.args(["demo", "--listen", "127.0.0.1:0", "--data", "data"]).current_dir(folder.path());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let said = lines.find_map(|line| line.ok()?.strip_prefix("Notifications:").map(str::to_owned));
    let _ = child.kill();
    let _ = child.wait();
    let address = said.expect("a line with the address").trim().to_owned();
    assert!(address.starts_with("http://127.0.0.1:") && address.ends_with(INBOX_PATH), "{address}");
    assert!(folder.path().join("data/inbox.key").exists());
}
