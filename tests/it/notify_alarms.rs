//! Troubles are told once for each change, and a feed that is now well and now ill makes no flood.

use chrono::TimeDelta;
use feedbridge::model::TroubleKind;

use super::notify_bench::{ALARMS, Arrived, DETAIL, ITEMS, PostBench, feed};

const HOUR: TimeDelta = TimeDelta::hours(1);
const DAY: TimeDelta = TimeDelta::days(1);

/// A feed that was read once, and rules that are told of it.
async fn fine(rules: &[(&str, &str)]) -> PostBench {
    let post = PostBench::new(&feed("a", ""), rules).await;
    post.shows("a", &["One"]).await;
    assert_eq!(post.send().await, 0);
    post.wait(HOUR);
    post
}

fn events(arrived: &[Arrived]) -> Vec<&str> {
    arrived.iter().map(Arrived::event).collect()
}

#[tokio::test]
async fn a_trouble_is_told_once_and_once_more_when_it_is_another() {
    let post = fine(&[ALARMS]).await;
    for run in 0..5 {
        post.fails("a", TroubleKind::Connect).await;
        assert_eq!(post.send().await, usize::from(run == 0), "run {run}");
        post.wait(HOUR);
    }
    for run in 0..3 {
        post.fails("a", TroubleKind::Tls).await;
        assert_eq!(post.send().await, usize::from(run == 0), "run {run}");
        post.wait(HOUR);
    }
    for run in 0..3 {
        post.shows("a", &["One"]).await;
        assert_eq!(post.send().await, usize::from(run == 0), "run {run}");
        post.wait(HOUR);
    }
    let arrived = post.arrived();
    assert_eq!(events(&arrived), ["trouble", "trouble", "recovered"]);
    assert_eq!(arrived[0].json["trouble"]["name"], "connect");
    assert_eq!(arrived[1].json["trouble"]["name"], "tls");
    assert!(arrived[0].body().contains(DETAIL), "{}", arrived[0].body());
    let since = |message: &Arrived| message.json["trouble"]["since"].clone();
    assert_eq!(since(&arrived[0]), since(&arrived[1]), "it is still in trouble");
    assert!(arrived[2].body().contains("8 hours"), "{}", arrived[2].body());
    assert!(arrived.iter().all(|message| !message.body().contains("times in trouble")));
}

#[tokio::test]
async fn a_rule_of_items_tells_no_troubles() {
    let post = fine(&[ITEMS]).await;
    post.fails("a", TroubleKind::Connect).await;
    post.wait(HOUR);
    post.shows("a", &["One"]).await;
    assert_eq!(post.send().await, 0);
}

#[tokio::test]
async fn a_feed_that_fails_from_the_first_run_on_is_told() {
    let post = PostBench::new(&feed("a", ""), &[ALARMS]).await;
    post.fails("a", TroubleKind::Dns).await;
    assert_eq!(post.send().await, 1);
    post.wait(HOUR);
    post.shows("a", &["One"]).await;
    assert_eq!(post.send().await, 1);
    assert_eq!(events(&post.arrived()), ["trouble", "recovered"]);
}

/// The feed changes its state every half hour. It is flapping from its third trouble within 12 hours on: the two
/// troubles and recoveries before are told at once. From then on it is told of every 6 hours.
#[tokio::test]
async fn a_feed_that_flaps_for_a_week_is_told_every_six_hours() {
    let post = PostBench::new(&feed("a", ""), &[ALARMS]).await;
    post.shows("a", &["One"]).await;
    for step in 1..=7 * 24 * 6 {
        post.wait(TimeDelta::minutes(10));
        match step % 6 {
            3 => post.fails("a", TroubleKind::Connect).await,
            0 => post.shows("a", &["One"]).await,
            _ => {}
        }
        post.send().await;
    }
    let (at_once, reports) = (2 * 2 + 1, 7 * 24 / 6);
    let arrived = post.arrived();
    assert_eq!(arrived.len(), at_once + reports);
    assert_eq!(events(&arrived[..at_once]), ["trouble", "recovered", "trouble", "recovered", "trouble"]);
    let body = |n: usize| arrived[n].body();
    assert!(!body(0).contains("times in trouble") && !body(1).contains("times in trouble"));
    assert!(body(4).contains("from now on this is told every 6 hours"), "{}", body(4));
    for second in [2, 3] {
        assert!(body(second).contains("2 times in trouble since 2026-03-02 00:40 UTC"), "{}", body(second));
    }
    assert!(body(at_once).contains("6 times in trouble since 2026-03-02 00:40 UTC"), "{}", body(at_once));
    for message in &arrived[at_once + 1..] {
        assert!(message.body().contains("12 times in trouble since "), "{}", message.body());
    }
    // It is fine from now on: that is told at the next of these moments, and then there is nothing to tell.
    post.wait(HOUR * 6);
    assert_eq!(post.send().await, 1);
    assert_eq!(post.arrived().last().map(Arrived::event), Some("recovered"));
    post.wait(DAY);
    assert_eq!(post.send().await, 0);
}

/// 144 changes within 12 hours, and nobody has planned them: of these, the first five are told one by one.
#[tokio::test]
async fn a_feed_that_flapped_while_nobody_planned_makes_no_flood() {
    let post = fine(&[ALARMS]).await;
    for _ in 0..72 {
        post.wait(TimeDelta::minutes(5));
        post.fails("a", TroubleKind::Connect).await;
        post.wait(TimeDelta::minutes(5));
        post.shows("a", &["One"]).await;
    }
    assert_eq!(post.send().await, 5);
    assert_eq!(events(&post.arrived()), ["trouble", "recovered", "trouble", "recovered", "trouble"]);
    post.wait(HOUR * 6);
    assert_eq!(post.send().await, 1);
    assert_eq!(post.arrived()[5].event(), "recovered");
}

#[tokio::test]
async fn a_feed_that_rests_between_its_troubles_does_not_flap() {
    let post = fine(&[ALARMS]).await;
    for _ in 0..10 {
        post.fails("a", TroubleKind::Connect).await;
        assert_eq!(post.send().await, 1);
        post.wait(HOUR * 6);
        post.shows("a", &["One"]).await;
        assert_eq!(post.send().await, 1);
        post.wait(HOUR * 6);
    }
}

#[tokio::test]
async fn nothing_is_told_of_a_muted_feed_that_recovers_meanwhile() {
    let post = fine(&[ALARMS]).await;
    post.mute("a", Some(HOUR * 12)).await;
    post.fails("a", TroubleKind::Connect).await;
    assert_eq!(post.send().await, 0);
    post.wait(HOUR);
    post.shows("a", &["One"]).await;
    for _ in 0..24 {
        assert_eq!(post.send().await, 0);
        post.wait(HOUR);
    }
    assert_eq!(post.state("hook").await.held, 0, "nothing is kept for later");
}

#[tokio::test]
async fn a_trouble_that_lasts_is_told_at_the_end_of_the_mute() {
    let post = fine(&[ALARMS]).await;
    post.mute("a", Some(HOUR * 12)).await;
    post.fails("a", TroubleKind::Connect).await;
    post.wait(HOUR * 12 - TimeDelta::seconds(1));
    assert_eq!(post.send().await, 0);
    post.wait(TimeDelta::seconds(1));
    assert_eq!(post.send().await, 1);
    post.wait(DAY);
    assert_eq!(post.send().await, 0);
    assert_eq!(events(&post.arrived()), ["trouble"]);
}

#[tokio::test]
async fn the_end_of_a_mute_by_hand_tells_at_once() {
    let post = fine(&[ALARMS]).await;
    post.mute("a", Some(DAY)).await;
    post.fails("a", TroubleKind::Connect).await;
    assert_eq!(post.send().await, 0);
    post.wait(HOUR);
    post.mute("a", None).await;
    assert_eq!(post.send().await, 1);
}

#[tokio::test]
async fn the_end_of_a_trouble_that_was_told_is_told_after_the_mute() {
    for other_name in [false, true] {
        let post = fine(&[ALARMS]).await;
        post.fails("a", TroubleKind::Connect).await;
        assert_eq!(post.send().await, 1);
        post.wait(HOUR);
        post.mute("a", Some(HOUR * 12)).await;
        if other_name {
            post.fails("a", TroubleKind::Tls).await;
            post.wait(HOUR);
        }
        post.shows("a", &["One"]).await;
        assert_eq!(post.send().await, 0);
        post.wait(HOUR * 12);
        assert_eq!(post.send().await, 1, "with another name meanwhile: {other_name}");
        assert_eq!(events(&post.arrived()), ["trouble", "recovered"]);
    }
}

#[tokio::test]
async fn a_mute_of_one_feed_leaves_others_and_items_alone() {
    let feeds = [feed("a", ""), feed("b", "")].concat();
    let post = PostBench::new(&feeds, &[("hook", "when = [\"item\", \"trouble\"]")]).await;
    for id in ["a", "b"] {
        post.shows(id, &["One"]).await;
    }
    post.mute("a", Some(DAY)).await;
    post.wait(HOUR);
    post.shows("a", &["Two", "One"]).await;
    post.fails("b", TroubleKind::Connect).await;
    assert_eq!(post.send().await, 2);
}

#[tokio::test]
async fn a_silence_is_told_once_and_its_end_once() {
    let feeds = feed("a", "") + "[feed.expect]\nmax_silence = \"3d\"\n";
    let post = PostBench::new(&feeds, &[ALARMS]).await;
    post.shows("a", &["One"]).await;
    post.wait(DAY * 3 - HOUR);
    post.shows("a", &["One"]).await;
    assert_eq!(post.tidy_and_send().await, 0);
    post.wait(HOUR);
    assert_eq!(post.tidy_and_send().await, 0, "nobody has looked since");
    post.shows("a", &["One"]).await;
    assert_eq!(post.tidy_and_send().await, 1);
    for _ in 0..5 {
        post.wait(DAY);
        post.shows("a", &["One"]).await;
        assert_eq!(post.tidy_and_send().await, 0);
    }
    post.shows("a", &["Two", "One"]).await;
    assert_eq!(post.tidy_and_send().await, 1);
    let arrived = post.arrived();
    assert_eq!(events(&arrived), ["silent", "recovered"]);
    assert_eq!(arrived[0].title(), "Feed a: no new item for 3 days");
    assert!(arrived[0].json["trouble"].is_null());
    post.wait(DAY * 2);
    assert_eq!(post.tidy_and_send().await, 0, "it counts from the new item on");
    post.wait(DAY);
    post.shows("a", &["Two", "One"]).await;
    assert_eq!(post.tidy_and_send().await, 1);
}
