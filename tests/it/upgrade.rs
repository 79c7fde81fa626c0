//! A database of an earlier version is taken over: no feed runs early, no identifier and no first-seen time
//! changes, and an edit of the site is told as one.
//!
//! `tests/upgrade` has the database as SQL, written by the version before settings had canonical hashes and
//! learned rules a JSON form, with the configuration and the pages that it was made of: twenty feeds, five
//! of them with learned rules.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use feedbridge::channel::Feed;
use feedbridge::config::Config;
use feedbridge::model::{Item, Outcome};
use feedbridge::run;

use crate::support::recorded::{Bench, Next};

/// Ten minutes after the last run of the version before.
const STARTED: &str = "2026-11-20T12:10:00Z";
/// All feeds are due by then.
const LATER: &str = "2026-11-21T06:00:00Z";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/upgrade")
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

async fn upgraded() -> Bench {
    let config = Config::load(&folder().join("feeds.toml")).expect("a configuration");
    let sql = fs::read_to_string(folder().join("before.sql")).expect("readable");
    Bench::over(&sql, config, at(STARTED)).await
}

/// The page of a feed, as it was or with one notice edited.
fn page(feed: &Feed, edited: bool) -> Next {
    let name = feed.url.path().trim_start_matches('/');
    let text = fs::read_to_string(folder().join("pages").join(name)).expect("a page");
    let text = if edited { text.replace("hall opens at 10", "hall closes at 10") } else { text };
    Next::Page(text.into_bytes(), None)
}

/// Identifiers with what must never change of their items.
async fn kept(bench: &Bench, feed: &Feed) -> BTreeMap<String, (String, DateTime<Utc>, String)> {
    let items = bench.tools.store.items(&feed.id, 100).await.expect("items");
    let kept = |item: Item| (item.guid, (item.key, item.first_seen, item.date.to_rfc3339()));
    items.into_iter().map(kept).collect()
}

#[tokio::test]
async fn no_feed_is_due_early() {
    let sql = fs::read_to_string(folder().join("before.sql")).expect("readable");
    let before = rusqlite::Connection::open_in_memory().expect("a database");
    before.execute_batch(&sql).expect("SQL");
    let bench = upgraded().await;
    assert_eq!(bench.config.feeds.len(), 20);
    for feed in &bench.config.feeds {
        let due: i64 = before
            .query_row("SELECT next_due FROM feeds WHERE id = ?1", [feed.id.as_str()], |row| row.get(0))
            .expect("a feed");
        let state = bench.tools.store.state(&feed.id).await.expect("the store").expect("a feed");
        let next = state.next_due.expect("a due time");
        assert_eq!(next.timestamp_millis(), due, "{}", feed.id);
        assert!(next > at(STARTED), "{}", feed.id);
    }
    let limits = &bench.config.limits;
    let claims = bench.tools.store.claim_due("test", 100, limits.claim).await.expect("the store");
    assert!(claims.is_empty(), "{claims:?}");
}

#[tokio::test]
async fn no_edit_is_swallowed_and_no_identifier_changes() {
    let bench = upgraded().await;
    let mut learned = 0;
    for feed in &bench.config.feeds {
        let before = kept(&bench, feed).await;
        assert!(before.len() >= 7, "{}: {} items", feed.id, before.len());
        bench.clock.set(at(LATER));
        bench.next(page(feed, true));
        let record = run_once(&bench, feed).await;
        assert_eq!((record.added, record.changed), (0, 1), "{}: {:?}", feed.id, record.outcome);
        assert_eq!(kept(&bench, feed).await, before, "{}", feed.id);
        let items = bench.tools.store.items(&feed.id, 100).await.expect("items");
        let edited: Vec<&Item> = items.iter().filter(|item| item.content.title.contains("closes")).collect();
        assert_eq!(edited.len(), 1, "{}", feed.id);
        assert!(edited[0].updated.is_some(), "{}: the edit moves `updated`", feed.id);
        let memory = bench.tools.store.memory(&feed.id).await.expect("the store").expect("a memory");
        learned += usize::from(memory.learned.is_some());
        // The next run is conditional again.
        assert_eq!(run_once(&bench, feed).await.outcome, Outcome::Unchanged, "{}", feed.id);
    }
    assert_eq!(learned, 5);
}

#[tokio::test]
async fn new_settings_are_told_from_a_new_form_of_their_hash() {
    let bench = upgraded().await;
    let text = fs::read_to_string(folder().join("feeds.toml")).expect("readable");
    let text = text.replace("title = \"h2 a\"", "title = \"h2\"");
    let config = Config::parse(&text, &folder().join("feeds.toml")).expect("a configuration");
    feedbridge::scheduler::register(&bench.tools, &config, feedbridge::store::Scope::All)
        .await
        .expect("registered");
    let claims = bench.tools.store.claim_due("test", 100, config.limits.claim).await.expect("the store");
    let due: Vec<&str> = claims.iter().map(|claim| claim.feed.as_str()).collect();
    assert_eq!(due, ["harbour"], "only the feed with new settings is due at once");
}

/// A database of the version before items were matched by more than their keys: links that several items share,
/// fragments, guids with fragments, queries, percent-encoding.
#[tokio::test]
async fn items_of_the_version_before_are_neither_new_nor_edited() {
    let folder = folder().join("shared_links");
    let config = Config::load(&folder.join("feeds.toml")).expect("a configuration");
    let sql = fs::read_to_string(folder.join("before.sql")).expect("readable");
    let bench = Bench::over(&sql, config, at(STARTED)).await;
    for feed in &bench.config.feeds {
        let before = kept(&bench, feed).await;
        assert!(before.len() >= 3, "{}: {} items", feed.id, before.len());
        let name = feed.url.path().trim_start_matches('/');
        let text = fs::read_to_string(folder.join("pages").join(name)).expect("a page");
        // Other bytes, so that the page is read, and the same items.
        for (hour, page) in [(6, format!("{text}\n")), (8, format!("{text}\n\n"))] {
            bench.clock.set(at(&format!("2026-11-21T{hour:02}:00:00Z")));
            bench.next(Next::Page(page.into_bytes(), None));
            let record = run_once(&bench, feed).await;
            assert_eq!((record.outcome, record.added, record.changed), (Outcome::Fresh, 0, 0), "{}", feed.id);
        }
        assert_eq!(kept(&bench, feed).await, before, "{}", feed.id);
    }
}

/// Items as an earlier version has read them: with a space before a comma, and without a summary. No page is
/// asked for earlier because of that, and no old item is told as edited.
#[tokio::test]
async fn items_that_are_only_read_better_are_not_edited() {
    let list = |third: &str| {
        let title = |n: usize| ["Weir, closed", "Lock, painted", third][n];
        let item = |n: usize| {
            format!("<li><a class=\"t\" href=\"/n/{n}\">{}</a><p>It is notice {n}.</p></li>", title(n))
        };
        format!("<ul>{}</ul>", (0..3).map(item).collect::<Vec<_>>().concat())
    };
    let rules = "[[feed]]\nid = \"quay\"\nurl = \"https://quay.example.org/\"\n\
        [feed.select]\nitem = \"li\"\ntitle = \"a.t\"\nlink = \"a.t\"\nsummary = \"p\"\n";
    let config = Config::parse(rules, Path::new("feeds.toml")).expect("a configuration");
    let bench = Bench::new(config, at(STARTED)).await;
    let feed = bench.config.feeds[0].clone();
    bench.page(&list("Winch, sold"));
    assert_eq!(run_once(&bench, &feed).await.added, 3);
    let old = rusqlite::Connection::open(bench.database()).expect("a database");
    let made_old = "UPDATE feeds SET reading = NULL;
        UPDATE items SET content = json_remove(content, '$.summary'), fingerprint = 'old';
        UPDATE items SET content = replace(content, 'Weir,', 'Weir ,');";
    old.execute_batch(made_old).expect("SQL");
    drop(old);
    bench.clock.set(at(LATER));
    bench.page(&list("Winch, bought"));
    assert_eq!(run_once(&bench, &feed).await.changed, 1, "one title says something else");
    let items = bench.tools.store.items(&feed.id, 10).await.expect("items");
    let edited: Vec<&str> =
        items.iter().filter(|item| item.updated.is_some()).map(|item| item.content.title.as_str()).collect();
    assert_eq!(edited, ["Winch, bought"]);
    assert!(items.iter().any(|item| item.content.title == "Weir, closed"), "the better reading is served");
    assert!(items.iter().all(|item| item.content.summary.is_some()));
    bench.page(&list("Winch, bought").replace("Weir, closed", "Weir: closed"));
    bench.clock.set(at(LATER) + chrono::TimeDelta::hours(2));
    assert_eq!(run_once(&bench, &feed).await.changed, 1, "only the first run is judged so");
}

/// The version before did not keep which troubles it had told: its messages say so. What it has given up, and what is
/// over, is not taken over.
#[tokio::test]
async fn troubles_that_the_version_before_has_told_are_known() {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations");
    let step = |n: usize| fs::read_to_string(migrations.join(format!("{n:04}.sql"))).expect("readable");
    let mut sql: String = (1..=9).map(step).collect();
    let part = |event: &str, trouble: &str| {
        format!(
            "{{\"event\":\"{event}\",\"at\":\"2026-11-20T11:00:00Z\",\"feed\":\"quay\",\"source\":\"quay\",\
             {trouble}\"since\":\"2026-11-20T11:00:00Z\"}}"
        )
    };
    let trouble = |name: &str| part("trouble", &format!("\"trouble\":\"{name}\","));
    sql += "INSERT INTO feeds (id, site, schedule, registered, next_due, trouble)
            VALUES ('quay', 'quay', 'x', 'x', 0, 'connect');";
    let messages = [
        ("hook", "sent", trouble("dns")),
        ("hook", "waiting", trouble("connect")),
        ("hook", "sent", part("silent", "")),
        ("dead", "dead", trouble("connect")),
        ("over", "sent", trouble("connect")),
        ("over", "sent", part("recovered", "\"trouble\":\"connect\",")),
    ]
    .map(|(rule, state, told)| {
        format!(
            "INSERT INTO messages (rule, lane, created, state, changed, content)
             VALUES ('{rule}', 'quay', 1000, '{state}', 1000, '{{\"id\":\"msg_1\",\"parts\":[{told}]}}');"
        )
    });
    sql += &messages.concat();
    sql += "PRAGMA application_id = 1180975730; PRAGMA user_version = 9;";
    let config = "[[feed]]\nid = \"quay\"\nurl = \"https://quay.example.org/\"\n\
        [feed.select]\nitem = \"li\"\ntitle = \"a\"\nlink = \"a\"\n";
    let config = Config::parse(config, Path::new("feeds.toml")).expect("a configuration");
    let bench = Bench::over(&sql, config, at(STARTED)).await;
    let open = bench.tools.store.open_alarms().await.expect("the store");
    let told: Vec<(&str, bool, bool)> =
        open.iter().map(|open| (open.alarm.rule.as_str(), open.alarm.is_silence, open.lasts)).collect();
    assert_eq!(told, [("hook", false, true)]);
    assert_eq!(open[0].told.timestamp_millis(), 1000);
    assert!(open[0].alarm.part.as_ref().is_some_and(|part| part.contains("\"connect\"")), "{open:?}");
}

async fn run_once(bench: &Bench, feed: &Feed) -> feedbridge::model::RunRecord {
    let limits = &bench.config.limits;
    let claim = bench.tools.store.claim(&feed.id, "test", limits.claim).await.expect("the store");
    let claim = claim.expect("nobody else holds the feed");
    run::run(&bench.tools, &bench.config, feed, &claim).await.expect("the run is written").record
}
