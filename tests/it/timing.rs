//! When runs happen: back-off, Retry-After, one hanging feed beside good ones.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use feedbridge::clock::Clock;
use feedbridge::fetch::FetchFailure;
use feedbridge::model::{Trouble, TroubleKind};
use feedbridge::store::{SqliteStore, Store};

use crate::support::daemon::Daemon;
use crate::support::origin::{Origin, Step};
use crate::support::recorded::{Bench, Next};
use crate::support::{config, feed_toml, listing};

fn start() -> DateTime<Utc> {
    "2026-03-05T06:00:00Z".parse().expect("an instant")
}

#[tokio::test]
async fn failures_wait_longer_and_longer_but_never_give_up() {
    let bench = Bench::new(config(&feed_toml("t", "https://example.org/", "127.0.0.1", "")), start()).await;
    let id = bench.config.feeds[0].id.clone();
    let mut tries = 0;
    while bench.clock.now() < start() + TimeDelta::days(7) {
        bench.next(Next::Fails(Trouble::new(TroubleKind::Timeout, "no answer").into()));
        bench.run().await;
        tries += 1;
        let due = bench.tools.store.states(None).await.expect("states")[&id].next_due.expect("a time");
        let wait = due - bench.clock.now();
        assert!(wait >= TimeDelta::minutes(1) && wait <= TimeDelta::hours(24), "{wait}");
        bench.clock.set(due);
    }
    assert!((11..=20).contains(&tries), "{tries} tries in a week");
    bench.page(&listing(&["One"]));
    bench.run().await;
    let state = bench.tools.store.states(None).await.expect("states")[&id].clone();
    assert_eq!((state.failures, state.trouble), (0, None));
    assert!(state.next_due.expect("a time") - bench.clock.now() <= TimeDelta::hours(1));
}

#[tokio::test]
async fn a_clock_that_jumps_makes_no_burst() {
    let bench = Bench::new(config(&feed_toml("t", "https://example.org/", "127.0.0.1", "")), start()).await;
    let id = bench.config.feeds[0].id.clone();
    bench.page(&listing(&["One"]));
    bench.run().await;
    let claims = || async {
        bench.tools.store.claim_due("n", 10, Duration::from_secs(120)).await.expect("claims").len()
    };
    assert_eq!(claims().await, 0);
    bench.clock.advance(TimeDelta::days(365));
    assert_eq!(claims().await, 1, "missed runs collapse to one");
    bench.tools.store.release("n").await.expect("released");
    bench.run().await;
    assert_eq!(claims().await, 0);
    bench.clock.advance(TimeDelta::days(-1));
    assert_eq!(claims().await, 0, "set back, nothing runs again");
    feedbridge::scheduler::register(&bench.tools, &bench.config, feedbridge::store::Scope::All)
        .await
        .expect("registered");
    let due = bench.tools.store.states(None).await.expect("states")[&id].next_due.expect("a time");
    assert_eq!(due, bench.clock.now(), "a start makes it due now");
}

#[tokio::test]
async fn a_feed_that_hangs_delays_no_other() {
    let mut toml = "[limits]\nfetches = 4\nfetch_s = 30\npace_s = 0\n".to_owned();
    let mut origins = Vec::new();
    for i in 0..3 {
        let hanging = Origin::start().await;
        hanging.script("/", vec![Step::Hang]);
        toml += &feed_toml(&format!("hang{i}"), &hanging.url("/"), &hanging.address(), "");
        origins.push(hanging);
    }
    for i in 0..6 {
        let good = Origin::start().await;
        good.page("/", &listing(&["One"]));
        toml += &feed_toml(&format!("good{i}"), &good.url("/"), &good.address(), "");
        origins.push(good);
    }
    let done = tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        let daemon = Daemon::start(folder.path(), &toml);
        for i in 0..6 {
            daemon.until(&format!("/feeds/good{i}.json"), |r| {
                r.json()["items"].as_array().is_some_and(|x| x.len() == 1)
            });
        }
    });
    tokio::time::timeout(Duration::from_secs(20), done).await.expect("in time").expect("joined");
    drop(origins);
}

#[tokio::test]
async fn retry_after_is_kept_for_the_whole_site_and_over_restarts() {
    let bench = Bench::new(
        config(
            &(feed_toml("a", "https://example.org/a", "127.0.0.1", "")
                + &feed_toml("b", "https://www.example.org/b", "127.0.0.1", "")),
        ),
        start(),
    )
    .await;
    let claims =
        || async { bench.tools.store.claim_due("n", 10, Duration::from_secs(120)).await.expect("claims") };
    bench.clock.advance(TimeDelta::seconds(1));
    let first = claims().await;
    assert_eq!(first.len(), 1, "one feed of a site at a time");
    bench.tools.store.release("n").await.expect("released");
    let trouble = Trouble::new(TroubleKind::RateLimited, "status 429");
    let hour = Some(Duration::from_secs(3600));
    bench.next(Next::Fails(FetchFailure { trouble, retry_after: hour, crawl_delay: None, bytes: 0 }));
    bench.run().await;
    bench.clock.advance(TimeDelta::minutes(59));
    assert_eq!(claims().await.len(), 0, "the other feed of the site waits too");
    let again = SqliteStore::open(&bench.database(), bench.clock.clone()).expect("a store");
    assert!(again.claim_due("n", 10, Duration::from_secs(120)).await.expect("claims").is_empty());
    bench.clock.advance(TimeDelta::minutes(2));
    assert!(!again.claim_due("n", 10, Duration::from_secs(120)).await.expect("claims").is_empty());
}
