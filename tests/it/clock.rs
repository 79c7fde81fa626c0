//! A clock that goes wrong and is set right, and the two nights of a year in which clocks change: no run is
//! lost, none is doubled, and no item is.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use feedbridge::clock::Clock;
use feedbridge::config::Live;
use feedbridge::fetch::FetchFailure;
use feedbridge::model::{FeedState, Item, Trouble, TroubleKind};
use feedbridge::run;
use feedbridge::scheduler::{Scheduler, put_right, register};
use feedbridge::store::Scope;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::support::recorded::{Bench, Next};
use crate::support::{config, feed_toml, listing};

const HOLD: Duration = Duration::from_secs(120);
/// About ten years.
const DECADE: i64 = 3653;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// A feed that runs at three in the morning. It is six.
async fn daily(more: &str) -> Bench {
    let toml = feed_toml("t", "https://example.org/", "127.0.0.1", more).replace("every 1h", "0 3 * * *");
    Bench::new(config(&toml), at("2026-03-05T06:00:00Z")).await
}

/// Shows titles on a page that differs in its bytes from all others with another mark.
fn show(bench: &Bench, titles: &[&str], mark: i64) {
    bench.page(&format!("{}<!-- {mark} -->", listing(titles)));
}

/// Runs the feeds that are due, and gives how many.
async fn run_due(bench: &Bench) -> usize {
    let limits = &bench.config.limits;
    let claims = bench.tools.store.claim_due("test", 10, limits.claim).await.expect("claims");
    for claim in &claims {
        let feed = bench.config.feed(&claim.feed).expect("a feed");
        run::run(&bench.tools, &bench.config, feed, claim).await.expect("the run is written");
    }
    claims.len()
}

/// Puts the plan right, and gives how many feeds are due now because of it.
async fn set_right(bench: &Bench) -> usize {
    put_right(&bench.tools, &bench.config).await.expect("the store answers")
}

/// A minute of the daemon; gives how many runs there were.
async fn minute(bench: &Bench) -> usize {
    set_right(bench).await;
    let mut runs = 0;
    for _ in 0..2 {
        bench.clock.advance(TimeDelta::seconds(30));
        runs += run_due(bench).await;
    }
    runs
}

async fn restart(bench: &Bench) -> usize {
    bench.tools.store.release("test").await.expect("released");
    register(&bench.tools, &bench.config, Scope::All).await.expect("registered")
}

async fn items(bench: &Bench) -> Vec<Item> {
    bench.tools.store.items(&bench.config.feeds[0].id, 100).await.expect("items")
}

async fn titles(bench: &Bench) -> String {
    let mut titles: Vec<String> = items(bench).await.into_iter().map(|item| item.content.title).collect();
    titles.sort();
    titles.concat()
}

async fn state(bench: &Bench) -> FeedState {
    let state = bench.tools.store.state(&bench.config.feeds[0].id).await.expect("the store answers");
    state.expect("a feed")
}

#[tokio::test]
async fn a_clock_that_is_set_right_stops_no_feed() {
    for days in [1, -1, DECADE, -DECADE] {
        for restarts in [false, true] {
            let bench = daily("").await;
            show(&bench, &["One", "Two"], 0);
            assert_eq!(minute(&bench).await, 1);
            let before = items(&bench).await;
            for (mark, jump) in [(1, days), (2, -days)] {
                bench.clock.advance(TimeDelta::days(jump));
                show(&bench, &["One", "Two"], mark);
                let due_now = if restarts { restart(&bench).await } else { 0 };
                assert_eq!(due_now > 0, restarts && jump < 0, "{days}, {jump}: {due_now} are told of");
                assert_eq!(minute(&bench).await, 1, "{days}, {jump}");
                assert_eq!(set_right(&bench).await, 0, "it is told once");
                assert_eq!(minute(&bench).await, 0, "{days}, {jump}: once is enough");
                assert_eq!(items(&bench).await, before, "{days}, {jump}");
            }
            assert!(state(&bench).await.last_run.is_some_and(|run| run <= bench.clock.now()));
        }
    }
}

#[tokio::test]
async fn the_scheduler_notices_by_itself() {
    let feed = feed_toml("t", "https://example.org/", "127.0.0.1", "");
    let bench =
        Bench::new(config(&format!("[limits]\npace_s = 0\n{feed}")), at("2026-03-05T06:00:00Z")).await;
    show(&bench, &["One"], 0);
    bench.clock.advance(TimeDelta::days(1));
    assert_eq!(run_due(&bench).await, 1);
    bench.clock.advance(TimeDelta::days(-1));
    let live = Live { generation: 0, config: Arc::new(bench.config.clone()) };
    let (_sender, config) = watch::channel(live);
    let scheduler =
        Scheduler { tools: bench.tools.clone(), config, board: Arc::default(), node: "daemon".to_owned() };
    let stop = CancellationToken::new();
    let work = tokio::spawn(scheduler.work(stop.clone(), HOLD));
    let second_run = async {
        while bench.tools.store.runs(&bench.config.feeds[0].id, 10).await.expect("runs").len() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), second_run).await.expect("the feed runs again");
    stop.cancel();
    work.await.expect("it ends");
}

#[tokio::test]
async fn a_failure_of_the_wrong_time_does_not_hold_a_feed_up() {
    let bench = daily("").await;
    show(&bench, &["One"], 0);
    assert_eq!(minute(&bench).await, 1);
    bench.clock.advance(TimeDelta::days(DECADE));
    bench.next(Next::Fails(Trouble::new(TroubleKind::Tls, "the certificate has expired").into()));
    for _ in 0..60 {
        minute(&bench).await;
    }
    assert!(state(&bench).await.failures >= 4);
    bench.clock.advance(TimeDelta::days(-DECADE));
    show(&bench, &["One"], 1);
    assert_eq!(minute(&bench).await, 1);
    assert_eq!(state(&bench).await.failures, 0);
}

#[tokio::test]
async fn a_run_that_was_put_off_at_the_wrong_time_does_not_hold_a_feed_up() {
    let bench = daily("").await;
    bench.next(Next::Fails(Trouble::new(TroubleKind::Connect, "refused").into()));
    assert_eq!(minute(&bench).await, 1);
    bench.clock.advance(TimeDelta::days(2));
    bench.next(Next::Fails(Trouble::new(TroubleKind::Machine, "no open files").into()));
    assert_eq!(run_due(&bench).await, 1);
    bench.clock.advance(TimeDelta::days(-2));
    show(&bench, &["One"], 1);
    assert_eq!(minute(&bench).await, 1);
    assert_eq!(state(&bench).await.failures, 0);
}

#[tokio::test]
async fn waits_with_a_reason_are_kept() {
    let bench = daily("").await;
    let limited = |hours: u64| {
        let trouble = Trouble::new(TroubleKind::RateLimited, "status 429");
        let retry_after = Some(Duration::from_secs(hours * 3600));
        Next::Fails(FetchFailure { trouble, retry_after, crawl_delay: None, bytes: 0 })
    };
    bench.next(limited(150));
    assert_eq!(minute(&bench).await, 1);
    let due = state(&bench).await.next_due;
    assert_eq!(restart(&bench).await, 0);
    assert_eq!((minute(&bench).await, state(&bench).await.next_due), (0, due), "the site asked for days");
    bench.clock.set(due.expect("a time"));
    bench.clock.advance(TimeDelta::days(1));
    bench.next(limited(1));
    assert_eq!(minute(&bench).await, 1);
    bench.clock.advance(TimeDelta::days(-1));
    show(&bench, &["One"], 1);
    assert_eq!(minute(&bench).await, 0, "the site asked for an hour, whatever the time");
    bench.clock.advance(TimeDelta::minutes(60));
    assert_eq!(minute(&bench).await, 1);
}

#[tokio::test]
async fn a_claim_of_the_wrong_time_keeps_its_length_only() {
    let bench = daily("").await;
    let id = bench.config.feeds[0].id.clone();
    let claim = || async { bench.tools.store.claim(&id, "gone", HOLD).await.expect("an answer").is_some() };
    bench.clock.advance(TimeDelta::days(DECADE));
    assert!(claim().await);
    bench.clock.advance(TimeDelta::days(-DECADE));
    assert_eq!(minute(&bench).await, 0, "the run may be under way");
    assert!(!claim().await);
    bench.clock.advance(TimeDelta::minutes(2));
    assert!(claim().await);
}

#[tokio::test]
async fn an_article_of_the_wrong_time_is_fetched_now() {
    let bench = daily("[feed.article]\n").await;
    show(&bench, &["One"], 0);
    assert_eq!(minute(&bench).await, 1);
    let store = &bench.tools.store;
    bench.clock.advance(TimeDelta::days(1));
    assert_eq!(store.take_articles(None, &[], 5, HOLD).await.expect("claims").len(), 1);
    bench.clock.advance(TimeDelta::days(-1));
    set_right(&bench).await;
    assert_eq!(store.take_articles(None, &[], 5, HOLD).await.expect("claims").len(), 1);
}

#[tokio::test]
async fn a_jump_of_years_drops_nothing_and_days_count_again_after_it() {
    let bench = daily("[feed.keep]\ndays = 10\n").await;
    show(&bench, &["A", "B", "C"], 0);
    assert_eq!(minute(&bench).await, 1);
    bench.clock.advance(TimeDelta::days(1));
    show(&bench, &["A", "B"], 1);
    assert_eq!(minute(&bench).await, 1);
    let before = items(&bench).await;
    bench.clock.advance(TimeDelta::days(DECADE));
    show(&bench, &["A", "B", "D"], 2);
    assert_eq!(minute(&bench).await, 1);
    assert_eq!(bench.run().await.record.added, 0);
    assert_eq!(titles(&bench).await, "ABCD");
    bench.clock.advance(TimeDelta::days(-DECADE));
    show(&bench, &["A", "B"], 3);
    assert_eq!(minute(&bench).await, 1);
    let now = items(&bench).await;
    assert!(before.iter().all(|item| now.contains(item)), "{now:?}");
    for day in 1..=9 {
        bench.clock.advance(TimeDelta::days(1));
        show(&bench, &["A", "B"], 3 + day / 3);
        assert_eq!(minute(&bench).await, 1);
        assert_eq!(titles(&bench).await, "ABCD", "day {day}");
    }
    for day in 10..=14 {
        bench.clock.advance(TimeDelta::days(1));
        show(&bench, &["A", "B"], 3 + day / 3);
        assert_eq!(minute(&bench).await, 1);
    }
    assert_eq!(titles(&bench).await, "AB", "what left the page long ago goes");
}

#[tokio::test]
async fn an_item_that_leaves_after_the_clock_was_set_right_is_no_longer_listed() {
    let bench = daily("").await;
    let id = bench.config.feeds[0].id.clone();
    bench.clock.advance(TimeDelta::days(1));
    show(&bench, &["A", "B", "C"], 0);
    assert_eq!(bench.run().await.record.added, 3);
    bench.clock.advance(TimeDelta::days(-1));
    for mark in 1..5 {
        show(&bench, &["A", "B"], mark);
        bench.run().await;
        let known = bench.tools.store.known_items(&id).await.expect("items");
        assert_eq!(known.values().filter(|item| item.listed).count(), 2, "{mark}");
        bench.clock.advance(TimeDelta::hours(20));
    }
}

#[tokio::test]
async fn a_jump_of_years_forgets_no_dropped_item() {
    let bench = daily("[feed.keep]\nitems = 2\n").await;
    show(&bench, &["A", "B", "C"], 0);
    assert_eq!(minute(&bench).await, 1);
    for (mark, jump) in [(1, DECADE), (2, -DECADE), (3, -DECADE), (4, DECADE)] {
        bench.clock.advance(TimeDelta::days(jump));
        show(&bench, &["A", "B"], mark);
        assert_eq!(minute(&bench).await, 1, "{jump}");
    }
    show(&bench, &["A", "B", "C"], 5);
    assert_eq!(bench.run().await.record.added, 0);
    assert_eq!(titles(&bench).await, "AB");
}

/// The moments at which a feed ran in a night, by a daemon that looks every five minutes.
async fn night(schedule: &str, begin: &str) -> Vec<DateTime<Utc>> {
    let more = "timezone = \"Europe/Berlin\"\n";
    let toml = feed_toml("t", "https://example.org/", "127.0.0.1", more).replace("every 1h", schedule);
    let bench = Bench::new(config(&toml), at(begin)).await;
    show(&bench, &["One"], 0);
    for _ in 0..12 * 10 {
        assert_eq!(set_right(&bench).await, 0);
        bench.clock.advance(TimeDelta::seconds(30));
        run_due(&bench).await;
        bench.clock.advance(TimeDelta::seconds(270));
    }
    let runs = bench.tools.store.runs(&bench.config.feeds[0].id, 100).await.expect("runs");
    runs.into_iter().rev().map(|run| run.started).collect()
}

#[tokio::test]
async fn the_nights_in_which_clocks_change_lose_and_double_no_run() {
    let spring = "2026-03-28T22:00:00Z";
    let autumn = "2026-10-24T22:00:00Z";
    for begin in [spring, autumn] {
        for (schedule, minutes) in [("every 1h", 60), ("15 * * * *", 60), ("*/30 * * * *", 30)] {
            // The first run is that of a new feed.
            let runs = night(schedule, begin).await;
            let gaps: Vec<i64> = runs[1..].windows(2).map(|two| (two[1] - two[0]).num_minutes()).collect();
            let expected = usize::try_from(10 * 60 / minutes - 2).expect("small");
            assert!(gaps.iter().all(|gap| *gap == minutes), "{schedule} from {begin}: {gaps:?}");
            assert!(gaps.len() >= expected, "{schedule} from {begin}: {gaps:?}");
        }
    }
    // Half past two does not come in spring, and comes twice in autumn.
    for (begin, ran) in [(spring, "2026-03-29T01:00:30Z"), (autumn, "2026-10-25T00:30:30Z")] {
        assert_eq!(night("30 2 * * *", begin).await[1..], [at(ran)], "from {begin}");
    }
}
