//! Feeds, rules of notifications, and a target that answers as it is told. Time passes only when a test says so.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use chrono::{DateTime, TimeDelta, Utc};
use feedbridge::board::Board;
use feedbridge::clock::Clock;
use feedbridge::config::{Config, Live};
use feedbridge::cpu::CpuPool;
use feedbridge::delivery::{Courier, Delivery};
use feedbridge::model::{FeedId, Trouble, TroubleKind};
use feedbridge::run::{self, Tools};
use feedbridge::scheduler::register;
use feedbridge::serve::{DocumentCache, ServerState};
use feedbridge::store::{Scope, SqliteStore, Store, TargetState};
use serde_json::Value;
use tokio::sync::watch;

use crate::support::origin::Origin;
use crate::support::recorded::{Bench, Next};
use crate::support::{config, feed_toml, listing};

/// The detail of each trouble of these tests.
pub const DETAIL: &str = "the berth of the quay is closed";

/// The usual rule: its name, and that it tells items.
pub const ITEMS: (&str, &str) = ("hook", "when = [\"item\"]");
/// A rule that tells all but items.
pub const ALARMS: (&str, &str) = ("hook", "");

/// Ten minutes after midnight, on a Monday.
fn start() -> DateTime<Utc> {
    "2026-03-02T00:10:00Z".parse().expect("an instant")
}

/// A message that the target was sent, taken or not.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub id: String,
    pub timestamp: String,
    pub json: Value,
}

impl Arrived {
    pub fn title(&self) -> &str {
        self.json["title"].as_str().expect("a title")
    }

    pub fn body(&self) -> &str {
        self.json["body"].as_str().expect("a body")
    }

    pub fn event(&self) -> &str {
        self.json["event"].as_str().expect("an event")
    }

    /// The titles of the items that are named.
    pub fn items(&self) -> Vec<&str> {
        let items = self.json["items"].as_array().expect("items");
        items.iter().map(|item| item["title"].as_str().expect("a title")).collect()
    }
}

/// A feed `id` with a title.
pub fn feed(id: &str, more: &str) -> String {
    let more = format!("title = \"Feed {id}\"\n{more}");
    feed_toml(id, &format!("https://example.org/{id}"), "127.0.0.1", &more)
}

/// Runs of feeds, and what is sent of them.
pub struct PostBench {
    pub bench: Bench,
    pub target: Origin,
    pub delivery: Arc<Delivery>,
    live: watch::Sender<Live>,
    feeds: String,
}

impl PostBench {
    /// Feeds, and rules with their names; the target of a rule has its name as the path.
    pub async fn new(feeds: &str, rules: &[(&str, &str)]) -> Self {
        let target = Origin::start().await;
        let checked = config(&toml(&target, feeds, rules));
        let bench = Bench::new(checked, start()).await;
        let live = Live { generation: 0, config: Arc::new(bench.config.clone()) };
        let (live, receiver) = watch::channel(live);
        let delivery = delivery(&bench, Arc::clone(&bench.tools.store), receiver);
        let post = Self { bench, target, delivery, live, feeds: feeds.to_owned() };
        for (name, _) in rules {
            post.answer(name, "200 OK", "");
        }
        post
    }

    /// Sets the answer of the target of a rule.
    pub fn answer(&self, rule: &str, status: &str, headers: &str) {
        self.target.answer(&format!("/{rule}"), status, headers, b"");
    }

    /// Puts other rules in use.
    pub fn use_rules(&self, rules: &[(&str, &str)]) {
        let config: Config = config(&toml(&self.target, &self.feeds, rules));
        self.live.send_replace(Live { generation: 1, config: Arc::new(config) });
    }

    /// Puts other feeds in use, as a reload does.
    pub async fn use_feeds(&self, feeds: &str, rules: &[(&str, &str)]) {
        let config: Config = config(&toml(&self.target, feeds, rules));
        register(&self.bench.tools, &config, Scope::All).await.expect("registered");
        self.live.send_replace(Live { generation: 2, config: Arc::new(config) });
    }

    /// The bodies that a path of the target was sent, in order.
    pub fn bodies(&self, path: &str) -> Vec<Value> {
        let seen = self.target.seen().into_iter().filter(|seen| seen.path == path);
        seen.map(|seen| serde_json::from_str(&seen.body).expect("JSON")).collect()
    }

    /// As after a restart: nothing but the database is left.
    pub fn restart(&mut self) {
        let database = self.bench.database();
        self.delivery = self.delivery_over(&database);
    }

    /// A part that sends from a database.
    pub fn delivery_over(&self, database: &Path) -> Arc<Delivery> {
        let store = SqliteStore::open(database, self.bench.clock.clone()).expect("a store");
        delivery(&self.bench, Arc::new(store), self.live.subscribe())
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.bench.clock.now()
    }

    pub fn wait(&self, time: TimeDelta) {
        self.bench.clock.advance(time);
    }

    /// A run of a feed whose page lists these titles, the newest first.
    pub async fn shows(&self, id: &str, titles: &[&str]) {
        self.bench.page(&listing(titles));
        self.run(id).await;
    }

    /// A run of a feed that fails.
    pub async fn fails(&self, id: &str, kind: TroubleKind) {
        self.bench.next(Next::Fails(Trouble::new(kind, DETAIL).into()));
        self.run(id).await;
    }

    async fn run(&self, id: &str) {
        let Bench { tools, config, .. } = &self.bench;
        let feed = config.feed(&feed_id(id)).expect("a feed");
        let claim = tools.store.claim(&feed.id, "test", config.limits.claim).await;
        let claim = claim.expect("the store answers").expect("nobody else holds the feed");
        run::run(tools, config, feed, &claim).await.expect("the run is written");
    }

    /// Sends what can be sent now, and gives the number of tries.
    pub async fn send(&self) -> usize {
        send_all(&self.delivery).await
    }

    /// What the daemon does from time to time, and then sends.
    pub async fn tidy_and_send(&self) -> usize {
        self.delivery.housekeeping().await.expect("the store answers");
        self.send().await
    }

    /// All that the usual target was sent.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.arrived_at("hook")
    }

    /// All that the target of a rule was sent, in order.
    pub fn arrived_at(&self, rule: &str) -> Vec<Arrived> {
        let path = format!("/{rule}");
        let seen = self.target.seen().into_iter().filter(|seen| seen.path == path);
        seen.map(|seen| Arrived {
            id: seen.header("webhook-id").expect("an id").to_owned(),
            timestamp: seen.header("webhook-timestamp").expect("a time").to_owned(),
            json: serde_json::from_str(&seen.body).expect("JSON"),
        })
        .collect()
    }

    /// The titles of all messages to the usual target.
    pub fn titles(&self) -> Vec<String> {
        self.arrived().iter().map(|message| message.title().to_owned()).collect()
    }

    pub async fn state(&self, rule: &str) -> TargetState {
        self.delivery.store.target(rule).await.expect("the store answers")
    }

    /// Mutes a feed for a time; without one, ends it.
    pub async fn mute(&self, id: &str, time: Option<TimeDelta>) {
        let until = time.map(|time| self.now() + time);
        assert!(self.delivery.store.mute(&feed_id(id), until).await.expect("the store answers"));
    }
}

/// Sends what can be sent now, and gives the number of tries.
pub async fn send_all(delivery: &Arc<Delivery>) -> usize {
    let mut tried = 0;
    loop {
        match delivery.round().await.expect("the store answers") {
            0 => return tried,
            more => tried += more,
        }
    }
}

fn feed_id(id: &str) -> FeedId {
    FeedId::parse(id).expect("an id")
}

fn delivery(bench: &Bench, store: Arc<dyn Store>, config: watch::Receiver<Live>) -> Arc<Delivery> {
    Arc::new(Delivery {
        store,
        config,
        board: Arc::new(Board::default()),
        clock: bench.clock.clone(),
        metrics: Arc::clone(&bench.tools.metrics),
        courier: Arc::new(Courier::new(bench.config.limits.fetch.clone())),
    })
}

/// The target of a rule is a webhook, unless the rule has a service with `TARGET` as its server.
fn toml(target: &Origin, feeds: &str, rules: &[(&str, &str)]) -> String {
    let rule = |(name, more): &(&str, &str)| {
        let url = target.url(&format!("/{name}"));
        let webhook = format!("webhook = {{ url = \"{url}\" }}");
        let service = if more.contains("TARGET") { "" } else { &webhook };
        let more = more.replace("TARGET", &url);
        format!("[[notify]]\nname = \"{name}\"\nallow_addresses = [\"127.0.0.1\"]\n{more}\n{service}\n")
    };
    format!("{feeds}{}", rules.iter().map(rule).collect::<Vec<_>>().concat())
}

/// Everything that requests are answered from, over the tools of a bench.
pub fn server_state(tools: &Tools, config: watch::Receiver<Live>, board: Arc<Board>) -> ServerState {
    ServerState {
        config,
        refused_config: watch::channel(None).1,
        board,
        documents: Arc::new(DocumentCache::new(CpuPool::new(1), Arc::clone(&tools.metrics), 1 << 20)),
        store: Arc::clone(&tools.store),
        clock: Arc::clone(&tools.clock),
        cpu: CpuPool::new(1),
        metrics: Arc::clone(&tools.metrics),
        bound: "http://127.0.0.1:8080".to_owned(),
        ready: AtomicBool::new(true),
    }
}
