//! Incidents are opened once and closed once: in a mute, when their feed is gone, and while they last.

use chrono::TimeDelta;
use feedbridge::model::TroubleKind;

use super::notify_bench::{ALARMS, PostBench, feed};

const HOUR: TimeDelta = TimeDelta::hours(1);
const DAY: TimeDelta = TimeDelta::days(1);
const PAGERDUTY: (&str, &str) =
    ("hook", "pagerduty = { server = \"TARGET\", routing_key = \"0123456789abcdef0123456789abcdef\" }");
const ENQUEUE: &str = "/hook/v2/enqueue";
const ALERTMANAGER: (&str, &str) = ("hook", "alertmanager = { server = \"TARGET\" }");
const ALERTS: &str = "/hook/api/v2/alerts";

/// Two feeds that were read once, and a rule.
async fn fine(rule: (&str, &str)) -> PostBench {
    let post = PostBench::new(&[feed("a", ""), feed("b", "")].concat(), &[rule]).await;
    post.target.answer(ENQUEUE, "202 Accepted", "", b"{}");
    post.target.answer(ALERTS, "200 OK", "", b"");
    for id in ["a", "b"] {
        post.shows(id, &["One"]).await;
    }
    assert_eq!(post.send().await, 0);
    post.wait(HOUR);
    post
}

fn actions(post: &PostBench) -> Vec<String> {
    let action = |body: serde_json::Value| body["event_action"].as_str().expect("an action").to_owned();
    post.bodies(ENQUEUE).into_iter().map(action).collect()
}

#[tokio::test]
async fn a_mute_holds_no_resolve_back() {
    let post = fine(PAGERDUTY).await;
    post.fails("a", TroubleKind::Connect).await;
    assert_eq!(post.send().await, 1);
    post.mute("a", Some(HOUR * 12)).await;
    post.wait(HOUR);
    post.shows("a", &["One"]).await;
    assert_eq!(post.send().await, 1, "a resolve alarms nobody");
    assert_eq!(actions(&post), ["trigger", "resolve"]);
    post.fails("a", TroubleKind::Connect).await;
    post.wait(HOUR);
    post.shows("a", &["One"]).await;
    assert_eq!(post.send().await, 0, "this trouble was not told");
    post.wait(DAY);
    assert_eq!(post.send().await, 0);
}

#[tokio::test]
async fn an_incident_of_a_feed_that_is_taken_out_is_closed_once() {
    let mut post = fine(PAGERDUTY).await;
    post.fails("a", TroubleKind::Connect).await;
    assert_eq!(post.tidy_and_send().await, 1);
    post.use_feeds(&feed("b", ""), &[PAGERDUTY]).await;
    post.restart();
    assert_eq!(post.tidy_and_send().await, 1);
    let bodies = post.bodies(ENQUEUE);
    assert_eq!(actions(&post), ["trigger", "resolve"]);
    assert_eq!(bodies[0]["dedup_key"], bodies[1]["dedup_key"]);
    post.wait(DAY);
    assert_eq!(post.tidy_and_send().await, 0);
    // It comes back, and is still in trouble: that is news.
    post.use_feeds(&[feed("a", ""), feed("b", "")].concat(), &[PAGERDUTY]).await;
    post.fails("a", TroubleKind::Connect).await;
    assert_eq!(post.tidy_and_send().await, 1);
    assert_eq!(actions(&post), ["trigger", "resolve", "trigger"]);
}

#[tokio::test]
async fn people_are_told_that_a_feed_in_trouble_is_no_longer_watched() {
    let post = fine(ALARMS).await;
    post.fails("a", TroubleKind::Connect).await;
    assert_eq!(post.send().await, 1);
    post.use_feeds(&feed("b", ""), &[ALARMS]).await;
    assert_eq!(post.tidy_and_send().await, 1);
    let arrived = post.arrived();
    assert_eq!((arrived[1].event(), arrived[1].title()), ("recovered", "a is no longer watched"));
    assert!(arrived[1].body().contains("no connection to the site"), "{}", arrived[1].body());
}

#[tokio::test]
async fn a_feed_that_is_fine_is_taken_out_without_a_word() {
    let post = fine(ALARMS).await;
    post.fails("a", TroubleKind::Connect).await;
    post.shows("a", &["One"]).await;
    assert_eq!(post.send().await, 2);
    post.use_feeds(&feed("b", ""), &[ALARMS]).await;
    assert_eq!(post.tidy_and_send().await, 0);
}

#[tokio::test]
async fn an_alert_is_sent_each_day_while_the_trouble_lasts() {
    let post = fine(ALERTMANAGER).await;
    post.fails("a", TroubleKind::Connect).await;
    assert_eq!(post.tidy_and_send().await, 1);
    for day in 1..=9 {
        post.wait(DAY - HOUR);
        post.fails("a", TroubleKind::Connect).await;
        assert_eq!(post.tidy_and_send().await, 0, "day {day}");
        post.wait(HOUR);
        assert_eq!(post.tidy_and_send().await, 1, "day {day}");
    }
    let bodies = post.bodies(ALERTS);
    let (first, last) = (&bodies[0][0], &bodies[9][0]);
    assert_eq!((&first["labels"], &first["startsAt"]), (&last["labels"], &last["startsAt"]));
    assert_eq!(first["endsAt"], "2026-03-09T01:10:00Z");
    assert_eq!(last["endsAt"], "2026-03-18T01:10:00Z");
    post.shows("a", &["One"]).await;
    assert_eq!(post.tidy_and_send().await, 1);
    post.wait(DAY * 2);
    assert_eq!(post.tidy_and_send().await, 0, "it is over");
}

#[tokio::test]
async fn a_target_that_is_down_has_one_repeated_alert_to_take() {
    let post = fine(ALERTMANAGER).await;
    post.fails("a", TroubleKind::Connect).await;
    assert_eq!(post.tidy_and_send().await, 1);
    post.target.answer(ALERTS, "503 Down", "", b"");
    for day in 1..=2 {
        post.wait(DAY);
        assert_eq!(post.tidy_and_send().await, 1, "day {day}");
        assert_eq!(post.state("hook").await.waiting, 1, "day {day}");
    }
}

#[tokio::test]
async fn other_services_are_told_once() {
    for rule in [PAGERDUTY, ALARMS] {
        let post = fine(rule).await;
        post.fails("a", TroubleKind::Connect).await;
        assert_eq!(post.tidy_and_send().await, 1);
        post.wait(DAY * 2);
        assert_eq!(post.tidy_and_send().await, 0);
    }
}

#[tokio::test]
async fn an_incident_of_a_feed_that_its_rule_no_longer_names_is_closed_once() {
    let post = fine(PAGERDUTY).await;
    post.fails("a", TroubleKind::Connect).await;
    assert_eq!(post.tidy_and_send().await, 1);
    let narrow = format!("feeds = [\"b\"]\n{}", PAGERDUTY.1);
    post.use_rules(&[("hook", narrow.as_str())]);
    assert_eq!(post.tidy_and_send().await, 1);
    assert_eq!(actions(&post), ["trigger", "resolve"]);
    post.wait(HOUR);
    post.shows("a", &["One"]).await;
    assert_eq!(post.tidy_and_send().await, 0, "the rule does not tell it");
    post.use_feeds(&feed("b", ""), &[("hook", narrow.as_str())]).await;
    post.wait(DAY);
    assert_eq!(post.tidy_and_send().await, 0, "it was closed already");
}

#[tokio::test]
async fn a_feed_that_is_back_is_not_told_as_gone() {
    let post = fine(PAGERDUTY).await;
    post.fails("a", TroubleKind::Connect).await;
    assert_eq!(post.tidy_and_send().await, 1);
    post.use_feeds(&feed("b", ""), &[PAGERDUTY]).await;
    // The configuration has it again, and the store does not know yet.
    post.use_rules(&[PAGERDUTY]);
    assert_eq!(post.tidy_and_send().await, 0);
    post.use_feeds(&[feed("a", ""), feed("b", "")].concat(), &[PAGERDUTY]).await;
    post.wait(HOUR);
    post.shows("a", &["One"]).await;
    assert_eq!(post.tidy_and_send().await, 1);
    assert_eq!(actions(&post), ["trigger", "resolve"]);
}

#[tokio::test]
async fn a_trouble_that_nobody_was_told_of_is_told_when_its_feed_comes_back() {
    let post = fine(ALARMS).await;
    post.mute("a", Some(HOUR * 12)).await;
    post.fails("a", TroubleKind::Connect).await;
    assert_eq!(post.send().await, 0);
    post.use_feeds(&feed("b", ""), &[ALARMS]).await;
    post.wait(HOUR * 12);
    assert_eq!(post.send().await, 0, "it is not configured");
    post.use_feeds(&[feed("a", ""), feed("b", "")].concat(), &[ALARMS]).await;
    post.fails("a", TroubleKind::Connect).await;
    assert_eq!(post.send().await, 1);
}

#[tokio::test]
async fn an_alert_is_sent_again_in_a_long_mute_whatever_waits_for_its_end() {
    let post = fine(ALERTMANAGER).await;
    post.fails("a", TroubleKind::Connect).await;
    assert_eq!(post.tidy_and_send().await, 1);
    post.mute("a", Some(DAY * 10)).await;
    post.wait(HOUR);
    post.fails("a", TroubleKind::Tls).await;
    assert_eq!(post.tidy_and_send().await, 0, "it waits for the end of the mute");
    post.wait(DAY * 6 - HOUR);
    assert_eq!(post.tidy_and_send().await, 1);
    assert_eq!(post.state("hook").await.held, 1, "it still waits");
    post.wait(DAY * 4);
    assert_eq!(post.tidy_and_send().await, 1);
    assert_eq!(post.state("hook").await.held, 0);
    let bodies = post.bodies(ALERTS);
    assert_eq!(bodies[0][0]["startsAt"], bodies[1][0]["startsAt"]);
}

#[tokio::test]
async fn an_alert_that_is_sent_again_takes_no_room_within_the_hour() {
    let rule = format!("most_per_hour = 1\n{}", ALERTMANAGER.1);
    let post = fine(("hook", rule.as_str())).await;
    post.fails("a", TroubleKind::Connect).await;
    assert_eq!(post.tidy_and_send().await, 1);
    post.wait(DAY);
    assert_eq!(post.tidy_and_send().await, 1, "the alert of a again");
    post.fails("b", TroubleKind::Connect).await;
    assert_eq!(post.tidy_and_send().await, 1, "the one message of this hour");
    assert_eq!(post.state("hook").await.held, 0);
}
