//! Messages reach their target: at least once, in order, with one id, whatever the target and the machine do.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use feedbridge::store::{MessageState, SqliteStore};

use super::notify_bench::{ITEMS, PostBench, feed, send_all};

const HOUR: TimeDelta = TimeDelta::hours(1);
const DAY: TimeDelta = TimeDelta::days(1);
const DOWN: &str = "503 Service Unavailable";
/// Items of one run are messages of their own, however many there are.
const EACH: (&str, &str) = ("hook", "when = [\"item\"]\nsummary_from = 100");

/// A feed that has new items, of which nobody was told yet.
async fn news(rules: &[(&str, &str)], titles: &[&str]) -> PostBench {
    let post = PostBench::new(&feed("a", ""), rules).await;
    post.shows("a", &["One"]).await;
    post.wait(HOUR);
    let page: Vec<&str> = titles.iter().copied().chain(["One"]).collect();
    post.shows("a", &page).await;
    post
}

/// Tries again whenever the target has rested, until a moment. Gives the number of tries.
async fn tries_until(post: &PostBench, end: DateTime<Utc>) -> usize {
    let mut tries = 0;
    while let Some(until) = post.state("hook").await.rest_until.filter(|until| *until < end) {
        post.bench.clock.set(until - TimeDelta::seconds(1));
        assert_eq!(post.send().await, 0, "the target rests");
        post.bench.clock.set(until);
        assert_eq!(post.send().await, 1);
        tries += 1;
    }
    tries
}

#[tokio::test]
async fn a_message_that_is_refused_holds_nothing_up() {
    for status in ["404 Not Found", "400 Bad Request", "401 Unauthorized"] {
        let post = news(&[ITEMS], &["Three", "Two"]).await;
        post.answer("hook", status, "");
        assert_eq!(post.delivery.round().await.expect("the store answers"), 1);
        post.answer("hook", "200 OK", "");
        assert_eq!(post.send().await, 1, "{status}");
        assert_eq!(post.titles(), ["Two", "Three"]);
        let state = post.state("hook").await;
        assert_eq!((state.dead, state.waiting, state.failures), (1, 0, 0), "{status}");
        assert_eq!(post.delivery.store.revive("hook").await.expect("the store answers"), 1);
        assert_eq!(post.send().await, 1, "a person can send it again");
        let arrived = post.arrived();
        assert_eq!(arrived[0].id, arrived[2].id);
    }
}

#[tokio::test]
async fn these_answers_are_tried_again() {
    for status in ["408 Request Timeout", "425 Too Early", "429 Too Many Requests", "500 Oops", "302 Found"] {
        let post = news(&[ITEMS], &["Two"]).await;
        post.answer("hook", status, "Location: /elsewhere\r\n");
        assert_eq!(post.send().await, 1, "{status}");
        assert_eq!(post.state("hook").await.waiting, 1, "{status}");
        post.answer("hook", "204 No Content", "");
        post.wait(TimeDelta::seconds(5));
        assert_eq!(post.send().await, 1, "{status}");
        assert_eq!(post.titles(), ["Two", "Two"]);
        assert_eq!(post.target.seen().len(), 2, "no redirect is followed");
    }
}

/// The wait after a failure begins with 5 s and doubles up to an hour: ten waits take 5115 s, and 22 of an hour
/// each fit into the rest of the day.
#[tokio::test]
async fn a_target_that_is_down_for_a_day_gets_all_in_order() {
    let other = ("other", "when = [\"item\"]\nsummary_from = 100");
    let post = news(&[EACH, other], &["Five", "Four", "Three", "Two"]).await;
    post.answer("hook", DOWN, "");
    let begin = post.now();
    assert_eq!(post.send().await, 1 + 4, "the first try, and all to the other target");
    let of_other: Vec<String> =
        post.arrived_at("other").iter().map(|message| message.title().to_owned()).collect();
    assert_eq!(of_other, ["Two", "Three", "Four", "Five"]);
    assert_eq!(post.state("other").await.failures, 0);
    assert_eq!(1 + tries_until(&post, begin + DAY).await, 33);
    let down = post.arrived();
    assert!(down.iter().all(|message| message.id == down[0].id), "only the first message is tried");
    assert_eq!(down.last().map(|message| &message.timestamp), Some(&post.now().timestamp().to_string()));
    post.shows("a", &["Six", "Five", "Four", "Three", "Two", "One"]).await;
    post.answer("hook", "200 OK", "");
    assert_eq!(post.send().await, 1, "the other target waits for nobody");
    post.wait(HOUR);
    assert_eq!(post.send().await, 5);
    assert_eq!(post.titles()[down.len()..], ["Two", "Three", "Four", "Five", "Six"]);
    assert_eq!(post.arrived()[down.len()].id, down[0].id);
    assert_eq!(post.arrived_at("other").len(), 5);
}

/// After 5115 s, the first try later than 3 days is that after 71 hours more.
#[tokio::test]
async fn a_message_is_given_up_after_three_days() {
    let post = news(&[ITEMS], &["Two"]).await;
    post.answer("hook", DOWN, "");
    assert_eq!(post.send().await, 1);
    assert_eq!(1 + tries_until(&post, post.now() + DAY * 30).await, 11 + 71);
    let state = post.state("hook").await;
    assert_eq!((state.dead, state.waiting), (1, 0));
    post.answer("hook", "200 OK", "");
    post.shows("a", &["Three", "Two", "One"]).await;
    assert_eq!(post.send().await, 1, "later messages are sent");
}

#[tokio::test]
async fn messages_behind_one_that_fails_are_given_up_after_three_days_too() {
    let post = news(&[EACH], &["Four", "Three", "Two"]).await;
    post.answer("hook", DOWN, "");
    assert_eq!(post.send().await, 1);
    post.wait(DAY * 3);
    post.delivery.housekeeping().await.expect("the store answers");
    assert_eq!(post.state("hook").await.waiting, 3, "three days are not over");
    post.wait(TimeDelta::seconds(1));
    assert_eq!(post.tidy_and_send().await, 0);
    let state = post.state("hook").await;
    assert_eq!((state.dead, state.waiting), (3, 0));
    post.answer("hook", "200 OK", "");
    assert_eq!(post.delivery.store.revive("hook").await.expect("the store answers"), 3);
    assert_eq!(post.send().await, 3);
    assert_eq!(post.titles()[1..], ["Two", "Three", "Four"]);
}

#[tokio::test]
async fn retry_after_is_obeyed() {
    // The clock shows ten past one.
    for asked in ["7200", "Mon, 02 Mar 2026 03:10:00 GMT"] {
        for status in [DOWN, "429 Too Many Requests"] {
            let post = news(&[EACH], &["Three", "Two"]).await;
            post.answer("hook", status, &format!("Retry-After: {asked}\r\n"));
            assert_eq!(post.send().await, 1);
            post.answer("hook", "200 OK", "");
            for _ in 0..119 {
                post.wait(TimeDelta::minutes(1));
                assert_eq!(post.send().await, 0, "{asked}");
            }
            post.wait(TimeDelta::minutes(1));
            assert_eq!(post.send().await, 2, "{asked}");
        }
    }
}

#[tokio::test]
async fn messages_of_each_feed_keep_their_order() {
    let feeds = [feed("a", ""), feed("b", ""), feed("c", "")].concat();
    let post = PostBench::new(&feeds, &[EACH]).await;
    for id in ["a", "b", "c"] {
        post.shows(id, &["Zero"]).await;
    }
    let titles: Vec<String> = (1..=8).rev().map(|n| format!("Number {n}")).collect();
    let page: Vec<&str> = titles.iter().map(String::as_str).chain(["Zero"]).collect();
    for id in ["a", "b", "c"] {
        post.wait(HOUR);
        post.shows(id, &page).await;
    }
    assert_eq!(post.send().await, 24);
    let arrived = post.arrived();
    for id in ["a", "b", "c"] {
        let own = arrived.iter().filter(|message| message.json["feed"]["id"] == id);
        let told: Vec<&str> = own.map(super::notify_bench::Arrived::title).collect();
        assert_eq!(told, page[..8].iter().rev().copied().collect::<Vec<_>>(), "{id}");
    }
    let mut ids: Vec<&str> = arrived.iter().map(|message| message.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 24, "each message has an id of its own");
}

#[tokio::test]
async fn a_restart_sends_nothing_again() {
    let mut post = news(&[ITEMS], &["Three", "Two"]).await;
    assert_eq!(post.send().await, 2);
    for _ in 0..3 {
        post.restart();
        assert_eq!(post.tidy_and_send().await, 0);
        post.wait(HOUR);
    }
    assert_eq!(post.arrived().len(), 2);
}

#[tokio::test]
async fn what_waits_at_a_restart_is_sent_after_it() {
    let mut post = news(&[ITEMS], &["Three", "Two"]).await;
    post.restart();
    assert_eq!(post.send().await, 2, "events that nobody has planned yet");
    post.answer("hook", DOWN, "");
    post.wait(HOUR);
    post.shows("a", &["Four", "Three", "Two", "One"]).await;
    assert_eq!(post.send().await, 1);
    post.restart();
    post.answer("hook", "200 OK", "");
    assert_eq!(post.send().await, 0, "the target rests");
    post.wait(TimeDelta::seconds(5));
    assert_eq!(post.send().await, 1);
    let arrived = post.arrived();
    assert_eq!(arrived.len(), 4);
    assert_eq!(arrived[2].id, arrived[3].id);
}

#[tokio::test]
async fn a_message_that_was_being_sent_at_a_kill_is_sent_again_with_its_id() {
    let mut post = news(&[ITEMS], &["Two"]).await;
    post.answer("hook", DOWN, "");
    assert_eq!(post.send().await, 1);
    post.wait(HOUR);
    let lease = Duration::from_secs(60);
    let claims = post.delivery.store.take_messages(&["hook".to_owned()], 2, lease).await;
    assert_eq!(claims.expect("claims").len(), 1);
    post.restart();
    post.answer("hook", "200 OK", "");
    assert_eq!(post.send().await, 0, "it may be on its way");
    post.wait(TimeDelta::seconds(61));
    assert_eq!(post.send().await, 1);
    let arrived = post.arrived();
    assert_eq!((arrived.len(), &arrived[0].id), (2, &arrived[1].id));
    let kept = post.delivery.store.messages(None, 10).await.expect("messages");
    assert_eq!((kept.len(), kept[0].state, kept[0].tries), (1, MessageState::Sent, 3));
}

#[tokio::test]
async fn a_restored_backup_sends_what_waited_with_the_same_id() {
    let post = news(&[ITEMS], &["Three", "Two"]).await;
    post.answer("hook", DOWN, "");
    assert_eq!(post.send().await, 1);
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy.db");
    SqliteStore::back_up(&post.bench.database(), &copy).expect("a copy");
    post.answer("hook", "200 OK", "");
    post.wait(HOUR);
    assert_eq!(post.send().await, 2);
    let restored = post.delivery_over(&copy);
    assert_eq!(send_all(&restored).await, 2);
    let arrived = post.arrived();
    let ids: Vec<&str> = arrived[1..].iter().map(|message| message.id.as_str()).collect();
    assert_eq!(ids[..2], ids[2..], "the target can tell that it has them");
    assert_eq!(arrived[0].id, arrived[1].id);
}

#[tokio::test]
async fn messages_of_a_rule_that_is_gone_are_dropped() {
    let other = ("other", "when = [\"trouble\"]");
    let digest = ("hook", "when = [\"item\"]\nat = \"08:00\"");
    for (rule, left) in [(ITEMS, &[other][..]), (ITEMS, &[][..]), (digest, &[other][..]), (digest, &[][..])] {
        let rules: Vec<(&str, &str)> = [rule].into_iter().chain(left.iter().copied()).collect();
        let post = news(&rules, &["Two"]).await;
        post.answer("hook", DOWN, "");
        post.send().await;
        let before = post.arrived().len();
        post.use_rules(left);
        for _ in 0..24 {
            post.wait(HOUR);
            assert_eq!(post.tidy_and_send().await, 0);
        }
        post.answer("hook", "200 OK", "");
        post.use_rules(&rules);
        for _ in 0..24 {
            post.wait(HOUR);
            assert_eq!(post.tidy_and_send().await, 0, "{rule:?} without it: {left:?}");
        }
        assert_eq!(post.arrived().len(), before);
    }
}
