//! The store: opening, claims and fences, retention, and what survives.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use feedbridge::clock::ManualClock;
use feedbridge::model::FeedId;
use feedbridge::store::{Registration, Scope, SqliteStore, Store, StoreError};

use crate::support::recorded::{Bench, Next};
use crate::support::{config, feed_toml, listing};

fn start() -> DateTime<Utc> {
    "2026-03-05T06:00:00Z".parse().expect("an instant")
}

fn registration(id: &str, site: &str, next: DateTime<Utc>) -> Registration {
    Registration {
        feed: FeedId::parse(id).expect("an id"),
        site: site.to_owned(),
        schedule: "every 1h".to_owned(),
        settings_hash: "1:r".to_owned(),
        next_regular: next,
    }
}

fn open(file: &Path) -> (Arc<ManualClock>, Result<SqliteStore, StoreError>) {
    let clock = Arc::new(ManualClock::new(start()));
    let store = SqliteStore::open(file, clock.clone());
    (clock, store)
}

const HOLD: Duration = Duration::from_secs(120);

#[tokio::test]
async fn files_that_are_no_store_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    let make = |name: &str, sql: &str| {
        let made = rusqlite::Connection::open(file(name)).expect("a database");
        made.execute_batch(sql).expect("SQL");
    };
    make(
        "newer",
        "CREATE TABLE feeds (id TEXT); PRAGMA application_id = 1180975730; PRAGMA user_version = 99;",
    );
    make("other", "CREATE TABLE recipes (id TEXT);");
    std::fs::write(
        file("text"),
        "this is no database, but a text of some length that nobody would take for one",
    )
    .expect("written");
    for (name, says) in
        [("newer", "newer than the"), ("other", "another program"), ("text", "not a usable database")]
    {
        let before = std::fs::read(file(name)).expect("readable");
        let error = open(&file(name)).1.err().expect(name).to_string();
        assert!(error.contains(says), "{name}: {error}");
        assert_eq!(std::fs::read(file(name)).expect("readable"), before, "{name}");
    }
    assert!(open(&file("deep/er/new.db")).1.is_ok(), "folders are made");
}

#[tokio::test]
async fn a_feed_is_claimed_once_and_a_site_by_one_feed_at_a_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let (clock, store) = open(&folder.path().join("t.db"));
    let store = store.expect("a store");
    let later = start() + TimeDelta::hours(1);
    let feeds =
        vec![registration("a", "x", later), registration("b", "x", later), registration("c", "y", later)];
    store.register(feeds, Scope::All).await.expect("registered");
    clock.advance(TimeDelta::seconds(1));
    let first = store.claim_due("one", 10, HOLD).await.expect("claims");
    let names: Vec<&str> = first.iter().map(|c| c.feed.as_str()).collect();
    assert_eq!(names, ["a", "c"]);
    assert!(store.claim_due("two", 10, HOLD).await.expect("claims").is_empty());
    assert!(store.claim(&first[0].feed, "two", HOLD).await.expect("an answer").is_none());
    clock.advance(TimeDelta::seconds(121));
    let second = store.claim_due("two", 10, HOLD).await.expect("claims");
    assert_eq!(second.len(), 2);
    assert!(second.iter().all(|c| c.fence >= 1));
    store.release("two").await.expect("released");
    assert_eq!(store.claim_due("one", 10, HOLD).await.expect("claims").len(), 2);
}

#[tokio::test]
async fn who_lost_the_claim_writes_nothing() {
    let bench = Bench::new(config(&feed_toml("t", "https://example.org/", "127.0.0.1", "")), start()).await;
    let feed = bench.config.feeds[0].clone();
    let claim = bench.tools.store.claim(&feed.id, "late", HOLD).await.expect("an answer").expect("free");
    bench.clock.advance(TimeDelta::seconds(121));
    bench.page(&listing(&["One"]));
    bench.run().await;
    bench.page(&listing(&["Other"]));
    let lost = feedbridge::run::run(&bench.tools, &bench.config, &feed, &claim).await;
    assert!(matches!(lost, Err(StoreError::ClaimLost(_))));
    let items = bench.tools.store.items(&feed.id, 10).await.expect("items");
    assert_eq!(items.iter().map(|i| i.content.title.as_str()).collect::<Vec<_>>(), ["One"]);
}

#[tokio::test]
async fn due_times_survive_and_overdue_feeds_are_spread() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("t.db");
    let later = start() + TimeDelta::hours(1);
    let feeds: Vec<Registration> =
        (0..20).map(|i| registration(&format!("f{i:02}"), &format!("s{i}"), later)).collect();
    {
        let (_, store) = open(&file);
        store.expect("a store").register(feeds.clone(), Scope::All).await.expect("registered");
    }
    let (clock, store) = open(&file);
    let store = store.expect("a store");
    clock.set(start() + TimeDelta::minutes(10));
    store.register(feeds.clone(), Scope::All).await.expect("registered");
    let mut counts = Vec::new();
    for _ in 0..5 {
        clock.advance(TimeDelta::seconds(1));
        counts.push(store.claim_due("n", 100, HOLD).await.expect("claims").len());
    }
    assert_eq!(counts.iter().sum::<usize>(), 20);
    assert!(counts.iter().all(|n| *n <= 6), "{counts:?}");
    let states = store.states(None).await.expect("states");
    assert_eq!(states.len(), 20);
    store.register(feeds[..5].to_vec(), Scope::These).await.expect("registered");
    assert_eq!(
        store.states(None).await.expect("states").len(),
        20,
        "a command for some feeds leaves the others"
    );
    store.register(feeds[..5].to_vec(), Scope::All).await.expect("registered");
    assert_eq!(
        store.states(None).await.expect("states").len(),
        5,
        "what is no longer configured is no longer served"
    );
}

#[tokio::test]
async fn a_trouble_changes_nothing_that_is_served() {
    let bench = Bench::new(config(&feed_toml("t", "https://example.org/", "127.0.0.1", "")), start()).await;
    let id = bench.config.feeds[0].id.clone();
    bench.page(&listing(&["One", "Two"]));
    bench.run().await;
    let state = bench.tools.store.states(None).await.expect("states")[&id].clone();
    let items = bench.tools.store.items(&id, 10).await.expect("items");
    for (page, kind) in [
        ("<main></main>", "container_empty"),
        ("<h1>Log in</h1>", "container_missing"),
        ("<main><article></article></main>", "no_items"),
    ] {
        bench.clock.advance(TimeDelta::hours(1));
        bench.page(page);
        let report = bench.run().await;
        let feedbridge::model::Outcome::Failed(trouble) = report.record.outcome else { panic!("{page}") };
        assert_eq!(trouble.kind.name(), kind);
    }
    bench.next(Next::Panics);
    let report = bench.run().await;
    assert!(format!("{:?}", report.record.outcome).contains("Bug"));
    let now = bench.tools.store.states(None).await.expect("states")[&id].clone();
    assert_eq!(
        (now.version, now.changed, now.last_success),
        (state.version, state.changed, state.last_success)
    );
    assert_eq!(now.failures, 4);
    assert_eq!(bench.tools.store.items(&id, 10).await.expect("items"), items);
    bench.page(&listing(&["One", "Two", "Three"]));
    assert_eq!(bench.run().await.record.added, 1);
    assert_eq!(bench.tools.store.states(None).await.expect("states")[&id].failures, 0);
    assert_eq!(bench.tools.store.runs(&id, 100).await.expect("runs").len(), 6);
}

#[tokio::test]
async fn the_container_is_remembered_without_being_told() {
    let toml = "[[feed]]\nid = \"t\"\nurl = \"https://example.org/\"\n[feed.select]\nitem = \"article\"\ntitle = \"h2\"\n";
    let bench = Bench::new(config(toml), start()).await;
    bench.page("<div class=\"wrap\"><div class=\"list\"><article><h2>One</h2></article></div></div>");
    bench.run().await;
    for (page, kind) in [
        ("<div class=\"wrap\"><div class=\"list\"></div></div>", "container_empty"),
        ("<p>new design</p>", "container_missing"),
    ] {
        bench.page(page);
        assert!(format!("{:?}", bench.run().await.record.outcome.name()).contains("failed"));
        let id = bench.config.feeds[0].id.clone();
        let trouble = bench.tools.store.states(None).await.expect("states")[&id].trouble.clone();
        assert_eq!(trouble.map(|t| t.kind.name()), Some(kind));
    }
}

#[tokio::test]
async fn pruned_items_stay_away_and_old_ones_go() {
    let toml = feed_toml("t", "https://example.org/", "127.0.0.1", "")
        .replace("[feed.fetch]", "[feed.keep]\nitems = 3\ndays = 10\n[feed.fetch]");
    let bench = Bench::new(config(&toml), start()).await;
    let id = bench.config.feeds[0].id.clone();
    bench.page(&listing(&["A", "B", "C", "D", "E"]));
    assert_eq!(bench.run().await.record.added, 5);
    let titles = || async {
        let items = bench.tools.store.items(&id, 10).await.expect("items");
        items.into_iter().map(|i| i.content.title).collect::<String>()
    };
    assert_eq!(titles().await, "ABC");
    bench.clock.advance(TimeDelta::days(1));
    bench.page(&listing(&["X", "A", "B", "C", "D", "E"]));
    assert_eq!(bench.run().await.record.added, 1, "D and E are known, though pruned");
    assert_eq!(titles().await, "XAB");
    bench.clock.advance(TimeDelta::days(11));
    bench.page(&listing(&["Y"]));
    bench.run().await;
    assert_eq!(titles().await, "YXA", "one look at the clock drops nothing");
    bench.clock.advance(TimeDelta::days(1));
    bench.run().await;
    assert_eq!(titles().await, "Y", "what left the page long ago goes");
}

#[tokio::test]
async fn a_run_by_old_settings_does_not_write_over_the_new_plan() {
    let folder = tempfile::tempdir().expect("a folder");
    let (clock, store) = open(&folder.path().join("t.db"));
    let store = store.expect("a store");
    let feed = registration("a", "x", start() + TimeDelta::days(30));
    store.register(vec![feed.clone()], Scope::All).await.expect("registered");
    let old = store.claim(&feed.feed, "n", HOLD).await.expect("an answer").expect("free");
    let edited = Registration { settings_hash: "1:edited".to_owned(), ..feed };
    store.register(vec![edited], Scope::All).await.expect("registered");
    clock.advance(TimeDelta::seconds(1));
    let new = store.claim_due("n", 10, HOLD).await.expect("claims");
    assert_eq!(new.len(), 1, "an edited feed is due at once, also while it runs");
    assert!(new[0].fence > old.fence);
}

#[tokio::test]
async fn a_feed_that_nobody_has_is_given_back_and_holds_up_no_site() {
    let folder = tempfile::tempdir().expect("a folder");
    let (clock, store) = open(&folder.path().join("t.db"));
    let store = store.expect("a store");
    let later = start() + TimeDelta::hours(1);
    store.register(vec![registration("a", "x", later)], Scope::All).await.expect("registered");
    store.register(vec![registration("b", "x", later)], Scope::These).await.expect("registered");
    clock.advance(TimeDelta::seconds(1));
    let first = store.claim_due("n", 10, HOLD).await.expect("claims");
    store.dismiss(&first[0]).await.expect("given back");
    let second = store.claim_due("n", 10, HOLD).await.expect("claims");
    assert_eq!(second.len(), 1);
    assert_ne!(second[0].feed, first[0].feed);
}
