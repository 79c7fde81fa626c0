//! When messages are sent: digests, quiet hours, and no more than so many an hour.

use chrono::{DateTime, TimeDelta, Utc};
use feedbridge::model::TroubleKind;

use super::notify_bench::{PostBench, feed};

const HOUR: TimeDelta = TimeDelta::hours(1);
const FEEDS: [&str; 5] = ["a", "b", "c", "d", "e"];

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// Five feeds that were read once, ten minutes after midnight.
async fn five(more: &str) -> PostBench {
    let feeds: Vec<String> = FEEDS.iter().map(|id| feed(id, "")).collect();
    let post = PostBench::new(&feeds.concat(), &[("hook", more)]).await;
    for id in FEEDS {
        post.shows(id, &["One"]).await;
    }
    assert_eq!(post.send().await, 0);
    post.wait(HOUR);
    post
}

#[tokio::test]
async fn a_digest_is_one_message_at_its_time_of_the_zone() {
    let post = five("when = [\"item\"]\nat = \"08:00\"\ntimezone = \"Europe/Berlin\"").await;
    post.shows("a", &["Three", "Two", "One"]).await;
    assert_eq!(post.send().await, 0);
    post.wait(HOUR);
    post.shows("b", &["Four", "One"]).await;
    assert_eq!(post.send().await, 0);
    post.bench.clock.set(at("2026-03-02T06:59:59Z"));
    assert_eq!(post.send().await, 0);
    post.bench.clock.set(at("2026-03-02T07:00:00Z"));
    assert_eq!(post.send().await, 1);
    let arrived = post.arrived();
    assert_eq!(arrived[0].title(), "3 new items");
    assert_eq!(arrived[0].items(), ["Three", "Two", "Four"]);
    assert_eq!(arrived[0].json["gathered"], "digest");
    post.shows("c", &["Five", "One"]).await;
    assert_eq!(post.send().await, 0, "it waits for the next morning");
    post.bench.clock.set(at("2026-03-03T07:00:00Z"));
    assert_eq!(post.send().await, 1);
    post.bench.clock.set(at("2026-03-04T07:00:00Z"));
    assert_eq!(post.send().await, 0, "without news there is no digest");
}

#[tokio::test]
async fn quiet_hours_end_with_one_message() {
    let post = five("quiet = \"22:00-07:00\"").await;
    for id in ["a", "b", "c"] {
        post.fails(id, TroubleKind::Connect).await;
        assert_eq!(post.send().await, 0);
        post.wait(HOUR);
    }
    post.bench.clock.set(at("2026-03-02T06:59:59Z"));
    assert_eq!(post.send().await, 0);
    post.bench.clock.set(at("2026-03-02T07:00:00Z"));
    assert_eq!(post.send().await, 1);
    let arrived = post.arrived();
    assert_eq!(arrived[0].json["events"].as_array().map(Vec::len), Some(3));
    assert_eq!(arrived[0].json["gathered"], "quiet");
    post.fails("d", TroubleKind::Connect).await;
    assert_eq!(post.send().await, 1, "by day it is told at once");
    post.bench.clock.set(at("2026-03-02T22:00:00Z"));
    post.fails("e", TroubleKind::Connect).await;
    assert_eq!(post.send().await, 0);
    post.bench.clock.set(at("2026-03-03T07:00:00Z"));
    assert_eq!(post.send().await, 1);
}

#[tokio::test]
async fn more_than_enough_within_an_hour_is_told_together() {
    let post = five("most_per_hour = 2").await;
    for id in FEEDS {
        post.fails(id, TroubleKind::Connect).await;
    }
    assert_eq!(post.send().await, 2);
    post.wait(HOUR - TimeDelta::seconds(1));
    assert_eq!(post.send().await, 0);
    post.wait(TimeDelta::seconds(2));
    assert_eq!(post.send().await, 1);
    let arrived = post.arrived();
    let told: Vec<&str> = arrived[2].json["events"]
        .as_array()
        .expect("events")
        .iter()
        .filter_map(|e| e["feed"]["id"].as_str())
        .collect();
    assert_eq!(told, ["c", "d", "e"]);
    assert_eq!(arrived[2].json["gathered"], "overflow");
    assert_eq!(arrived[2].title(), "3 troubles");
    post.wait(HOUR * 24);
    assert_eq!(post.send().await, 0, "nothing is told twice");
}

#[tokio::test]
async fn of_a_feed_that_waited_for_room_the_last_state_is_told() {
    let post = five("most_per_hour = 1").await;
    post.fails("a", TroubleKind::Connect).await;
    post.fails("b", TroubleKind::Connect).await;
    assert_eq!(post.send().await, 1);
    post.wait(TimeDelta::minutes(30));
    post.shows("b", &["One"]).await;
    assert_eq!(post.send().await, 0);
    post.wait(HOUR);
    assert_eq!(post.send().await, 1);
    let arrived = post.arrived();
    assert_eq!((arrived[0].event(), arrived[1].event()), ("trouble", "recovered"));
    post.wait(HOUR * 24);
    assert_eq!(post.send().await, 0);
}

#[tokio::test]
async fn a_mute_that_is_set_anew_respects_quiet_hours_and_times() {
    for (timing, morning) in
        [("quiet = \"22:00-07:00\"", "2026-03-03T07:00:00Z"), ("at = \"08:00\"", "2026-03-03T08:00:00Z")]
    {
        let post = five(timing).await;
        post.bench.clock.set(at("2026-03-02T12:00:00Z"));
        post.mute("a", Some(HOUR * 48)).await;
        post.fails("a", TroubleKind::Connect).await;
        assert_eq!(post.send().await, 0);
        post.mute("a", Some(HOUR * 11)).await;
        post.bench.clock.set(at("2026-03-02T23:00:00Z"));
        assert_eq!(post.send().await, 0, "{timing}: the mute is over, and it is night");
        post.bench.clock.set(at(morning) - TimeDelta::seconds(1));
        assert_eq!(post.send().await, 0, "{timing}");
        post.bench.clock.set(at(morning));
        assert_eq!(post.send().await, 1, "{timing}");
        post.wait(HOUR * 48);
        assert_eq!(post.send().await, 0, "{timing}: it is told once");
    }
}

#[tokio::test]
async fn a_mute_that_ended_by_day_is_not_told_at_night() {
    let post = five("quiet = \"22:00-07:00\"").await;
    post.bench.clock.set(at("2026-03-02T12:00:00Z"));
    post.mute("a", Some(HOUR * 48)).await;
    post.fails("a", TroubleKind::Connect).await;
    assert_eq!(post.send().await, 0);
    post.mute("a", Some(HOUR)).await;
    // Nothing ran when the mute ended.
    post.bench.clock.set(at("2026-03-02T23:00:00Z"));
    assert_eq!(post.send().await, 0);
    post.bench.clock.set(at("2026-03-03T07:00:00Z"));
    assert_eq!(post.send().await, 1);
}

/// A message has room for 200 events. Those that it tells by their number were told, too: their ends are news.
#[tokio::test]
async fn a_digest_of_many_troubles_has_told_all_of_them() {
    let ids: Vec<String> = (0..201).map(|n| format!("f{n}")).collect();
    let feeds: Vec<String> = ids.iter().map(|id| feed(id, "")).collect();
    let post = PostBench::new(&feeds.concat(), &[("hook", "at = \"08:00\"")]).await;
    for id in &ids {
        post.fails(id, TroubleKind::Connect).await;
    }
    post.bench.clock.set(at("2026-03-02T08:00:00Z") - TimeDelta::seconds(1));
    // A round plans 200 events.
    for _ in 0..2 {
        assert_eq!(post.send().await, 0);
    }
    post.wait(TimeDelta::seconds(1));
    assert_eq!(post.send().await, 1);
    assert_eq!(post.arrived()[0].json["omitted"], 1);
    assert_eq!(post.delivery.store.open_alarms().await.expect("the store answers").len(), 201);
}
