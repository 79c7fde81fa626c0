//! New items are told: each once, several together, and never those that a feed began with.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use feedbridge::channel::Channel;
use feedbridge::delivery;
use feedbridge::model::{EventKind, FeedId, Item, TroubleKind};
use feedbridge::served::{self, DerivedNews};

use super::notify_bench::{ITEMS, PostBench, feed};

const HOUR: TimeDelta = TimeDelta::hours(1);

/// A feed that was read once.
async fn read_once(rule: (&str, &str)) -> PostBench {
    let post = PostBench::new(&feed("a", ""), &[rule]).await;
    post.shows("a", &["One"]).await;
    assert_eq!(post.send().await, 0, "the first run tells nobody");
    post.wait(HOUR);
    post
}

#[tokio::test]
async fn the_first_run_of_a_feed_tells_nobody() {
    let post = PostBench::new(&feed("a", ""), &[ITEMS]).await;
    post.shows("a", &["Four", "Three", "Two", "One"]).await;
    assert_eq!(post.send().await, 0);
    post.wait(HOUR);
    post.shows("a", &["Four", "Three", "Two", "One"]).await;
    assert_eq!(post.send().await, 0, "an unchanged page has no new items");
    assert!(post.arrived().is_empty());
}

#[tokio::test]
async fn the_first_items_after_failures_tell_nobody() {
    let post = PostBench::new(&feed("a", ""), &[ITEMS]).await;
    for _ in 0..3 {
        post.fails("a", TroubleKind::Connect).await;
        assert_eq!(post.send().await, 0);
        post.wait(HOUR);
    }
    post.shows("a", &["Two", "One"]).await;
    assert_eq!(post.send().await, 0);
}

#[tokio::test]
async fn two_new_items_are_two_messages_the_oldest_first() {
    let post = read_once(ITEMS).await;
    post.shows("a", &["Three", "Two", "One"]).await;
    assert_eq!(post.send().await, 2);
    assert_eq!(post.titles(), ["Two", "Three"]);
    let arrived = post.arrived();
    assert!(arrived.iter().all(|message| message.event() == "item" && message.items().len() == 1));
    assert_eq!(arrived[0].json["link"], "https://example.org/Two");
    assert_eq!(arrived[0].json["feed"]["id"], "a");
    assert_eq!(post.send().await, 0, "each is told once");
}

#[tokio::test]
async fn three_new_items_are_one_message() {
    let post = read_once(ITEMS).await;
    post.shows("a", &["Four", "Three", "Two", "One"]).await;
    assert_eq!(post.send().await, 1);
    assert_eq!(post.titles(), ["Feed a: 3 new items"]);
    assert_eq!(post.arrived()[0].items(), ["Four", "Three", "Two"]);
}

#[tokio::test]
async fn the_number_of_items_that_are_told_together_can_be_set() {
    let post = read_once(("hook", "when = [\"item\"]\nsummary_from = 5")).await;
    post.shows("a", &["Five", "Four", "Three", "Two", "One"]).await;
    assert_eq!(post.send().await, 4);
    assert_eq!(post.titles(), ["Two", "Three", "Four", "Five"]);
}

#[tokio::test]
async fn five_hundred_new_items_are_one_message_that_names_a_hundred() {
    let feeds = format!("[limits]\ncandidates = 600\n{}[feed.keep]\nitems = 600\n", feed("a", ""));
    let post = PostBench::new(&feeds, &[ITEMS]).await;
    post.shows("a", &["Old"]).await;
    post.wait(HOUR);
    let titles: Vec<String> = (0..500).map(|n| format!("Number {n}")).collect();
    let page: Vec<&str> = titles.iter().map(String::as_str).chain(["Old"]).collect();
    post.shows("a", &page).await;
    assert_eq!(post.send().await, 1);
    let arrived = post.arrived();
    assert_eq!(arrived[0].title(), "Feed a: 500 new items");
    assert_eq!(arrived[0].items(), page[..100]);
    assert_eq!(arrived[0].json["omitted"], 400);
    // A text for people has half of the names.
    assert!(arrived[0].body().ends_with("\n… and 450 more"), "{}", arrived[0].body());
    post.wait(HOUR);
    post.shows("a", &page).await;
    assert_eq!(post.send().await, 0);
}

#[tokio::test]
async fn a_filter_keeps_the_titles_that_match() {
    let rule = ("hook", "when = [\"item\"]\nfilter = [{ keep = { title = \"(?i)tide\" } }]");
    let post = read_once(rule).await;
    post.shows("a", &["High tide", "Choir", "Harvest", "Tide table", "One"]).await;
    assert_eq!(post.send().await, 2, "of four new items two are left, which is less than three");
    assert_eq!(post.titles(), ["Tide table", "High tide"]);
    post.wait(HOUR);
    post.shows("a", &["Market", "High tide", "Choir", "Harvest", "Tide table", "One"]).await;
    assert_eq!(post.send().await, 0);
}

#[tokio::test]
async fn a_derived_feed_is_told_by_what_passes_its_filter() {
    let derived = "[[feed]]\nid = \"alerts\"\ntitle = \"Alerts\"\nfrom = [\"a\", \"b\"]\n\
                   [[feed.filter]]\nkeep = { title = \"(?i)tide\" }\n";
    let feeds = [feed("a", ""), feed("b", ""), derived.to_owned()].concat();
    let rule = ("hook", "when = [\"item\", \"trouble\"]\nfeeds = [\"alerts\"]");
    let post = PostBench::new(&feeds, &[rule]).await;
    post.shows("a", &["Calm", "Tide one"]).await;
    post.shows("b", &["Fair"]).await;
    assert_eq!(post.send().await, 0);
    post.wait(HOUR);
    post.shows("a", &["Harbour", "Tide two", "Calm", "Tide one"]).await;
    assert_eq!(post.send().await, 1);
    let first = &post.arrived()[0];
    assert_eq!((first.title(), &first.json["feed"]["id"]), ("Tide two", &"alerts".into()));
    post.wait(HOUR);
    // Both feeds have the same address: the derived feed has this item already.
    post.shows("b", &["Tide two", "Fair"]).await;
    assert_eq!(post.send().await, 0);
    post.wait(HOUR);
    post.shows("b", &["Tide three", "Tide two", "Fair"]).await;
    assert_eq!(post.send().await, 1);
    post.wait(HOUR);
    post.fails("b", TroubleKind::Connect).await;
    assert_eq!(post.send().await, 1, "troubles of the feeds that it is made of are told");
    assert_eq!(post.titles()[..2], ["Tide two", "Tide three"]);
    let last = &post.arrived()[2];
    assert_eq!((last.event(), &last.json["feed"]["id"]), ("trouble", &"b".into()));
}

/// Three feeds with the same site, and one that is made of them.
async fn made_of_three(settings: &str, rule: (&str, &str)) -> PostBench {
    let derived = format!("[[feed]]\nid = \"alerts\"\ntitle = \"Alerts\"\nfrom = [\"*\"]\n{settings}");
    let feeds = [feed("a", ""), feed("b", ""), feed("c", ""), derived].concat();
    let post = PostBench::new(&feeds, &[rule]).await;
    for id in ["a", "b", "c"] {
        post.shows(id, &[format!("Begin of {id}").as_str()]).await;
    }
    post.wait(HOUR);
    post
}

#[tokio::test]
async fn an_old_item_of_another_feed_is_not_told_again() {
    let rule = ("hook", "when = [\"item\"]\nfeeds = [\"alerts\"]");
    let post = made_of_three("", rule).await;
    post.shows("a", &["Tide two", "Begin of a"]).await;
    assert_eq!(post.send().await, 1);
    for days in [1, 60] {
        post.wait(TimeDelta::days(days));
        let id = if days == 1 { "b" } else { "c" };
        let new = format!("Only in {id}");
        let old = format!("Begin of {id}");
        post.shows(id, &[new.as_str(), "Tide two", old.as_str()]).await;
        assert_eq!(post.send().await, 1, "after {days} days");
    }
    assert_eq!(post.titles(), ["Tide two", "Only in b", "Only in c"]);
}

#[tokio::test]
async fn of_one_source_no_more_items_are_told_than_the_derived_feed_keeps() {
    let rule = ("hook", "when = [\"item\"]\nfeeds = [\"alerts\"]");
    let post = made_of_three("keep = { items = 1 }\n", rule).await;
    post.shows("a", &["Tide three", "Tide two", "Tide one", "Begin of a"]).await;
    assert_eq!(post.send().await, 1);
    assert_eq!(post.titles(), ["Tide three"]);
}

#[tokio::test]
async fn a_new_item_with_an_old_date_is_among_the_new_items() {
    let post = made_of_three("", ITEMS).await;
    post.shows("a", &["Tide two", "Tide one", "Begin of a"]).await;
    let (store, config) = (post.delivery.store.as_ref(), &post.bench.config);
    let channel = config.channel(&FeedId::parse("alerts").expect("an id")).expect("a channel");
    let Channel::Derived(derived) = channel else { panic!("it is made of others") };
    let database = rusqlite::Connection::open(post.bench.database()).expect("a database");
    let old = "UPDATE items SET date = 0 WHERE feed = 'a' AND content LIKE '%Tide two%'";
    assert_eq!(database.execute(old, []).expect("SQL"), 1);
    let own = store.items(&FeedId::parse("a").expect("an id"), u32::MAX).await.expect("items");
    let new: Vec<Item> = own.into_iter().filter(|item| item.content.title != "Begin of a").collect();
    let found = DerivedNews::at(post.now()).among(store, config, derived, &new).await.expect("items");
    let titles: Vec<&str> = found.iter().map(|item| item.content.title.as_str()).collect();
    assert_eq!(titles, ["Tide one", "Tide two"]);
}

/// The texts by which items of a feed are compared.
fn told(items: Vec<Item>) -> Vec<(String, String)> {
    items.into_iter().map(|item| (item.guid, item.content.title)).collect()
}

#[tokio::test]
async fn the_new_items_of_a_derived_feed_are_those_that_it_serves() {
    for settings in [
        "",
        "same_title = \"2d\"\n",
        "keep = { items = 2 }\n",
        "keep = { days = 30 }\n",
        "[[feed.filter]]\nkeep = { title = \"(?i)tide\" }\n",
        "[[feed.filter]]\ndrop = { title = \"(?i)tide\" }\n",
    ] {
        let post = made_of_three(settings, ITEMS).await;
        post.shows("a", &["Tide two", "Harvest", "Begin of a"]).await;
        post.wait(TimeDelta::days(40));
        let begin = post.now();
        post.shows("b", &["Tide two", "Choir", "Begin of b"]).await;
        post.wait(HOUR);
        post.shows("c", &["Tide three", "Harvest", "Choir", "Begin of c"]).await;
        let (store, config) = (post.delivery.store.as_ref(), &post.bench.config);
        let channel = config.channel(&FeedId::parse("alerts").expect("an id")).expect("a channel");
        let Channel::Derived(derived) = channel else { panic!("it is made of others") };
        let all = served::items(store, config, channel, post.now(), u32::MAX).await.expect("items");
        let mut news = DerivedNews::at(post.now());
        for id in ["a", "b", "c"] {
            let own = store.items(&FeedId::parse(id).expect("an id"), u32::MAX).await.expect("items");
            let new: Vec<Item> = own.into_iter().filter(|item| item.first_seen >= begin).collect();
            let is_new = |item: &&Item| new.iter().any(|other| other.guid == item.guid);
            let expected: Vec<Item> = all.iter().filter(is_new).cloned().collect();
            let found = news.among(store, config, derived, &new).await.expect("items");
            assert_eq!(told(found), told(expected), "{id} with {settings}");
        }
    }
}

#[tokio::test]
async fn a_restart_sends_at_once_what_was_on_its_way_at_a_kill() {
    let mut post = read_once(ITEMS).await;
    post.answer("hook", "503 Down", "");
    post.shows("a", &["Two", "One"]).await;
    assert_eq!(post.send().await, 1);
    post.wait(HOUR);
    let claims = post.delivery.store.take_messages(&["hook".to_owned()], 2, Duration::from_secs(60)).await;
    assert_eq!(claims.expect("claims").len(), 1);
    post.answer("hook", "200 OK", "");
    post.restart();
    post.delivery.store.release_messages().await.expect("the store answers");
    assert_eq!(post.send().await, 1);
    let arrived = post.arrived();
    assert_eq!((arrived.len(), &arrived[0].id), (2, &arrived[1].id));
}

#[tokio::test]
async fn a_tag_names_the_feeds_that_have_it() {
    let feeds = [feed("a", "tags = [\"shipping\"]\n"), feed("b", "")].concat();
    let rule = ("hook", "when = [\"item\", \"trouble\"]\nfeeds = [\"shipping\"]");
    let post = PostBench::new(&feeds, &[rule]).await;
    for id in ["a", "b"] {
        post.shows(id, &["One"]).await;
    }
    post.wait(HOUR);
    for id in ["a", "b"] {
        post.shows(id, &["Two", "One"]).await;
        post.fails(id, TroubleKind::Connect).await;
    }
    assert_eq!(post.send().await, 2);
    let arrived = post.arrived();
    assert!(arrived.iter().all(|message| message.json["feed"]["id"] == "a"), "{arrived:?}");
    assert_eq!(arrived[0].json["feed"]["tags"], serde_json::json!(["shipping"]));
}

#[tokio::test]
async fn a_template_makes_title_and_body() {
    let rule = ("hook", "when = [\"item\"]\ntitle = \"{{ feed.id }}: {{ title }}\"\nbody = \"{{ link }}\"");
    let post = read_once(rule).await;
    post.shows("a", &["Two", "One"]).await;
    assert_eq!(post.send().await, 1);
    let arrived = post.arrived();
    assert_eq!((arrived[0].title(), arrived[0].body()), ("a: Two", "https://example.org/Two"));
}

#[tokio::test]
async fn a_preview_shows_real_items_and_tells_nobody() {
    let post = read_once(("hook", "when = [\"item\", \"trouble\"]")).await;
    let config = Arc::new(post.bench.config.clone());
    let rule = config.notify_rule("hook").expect("a rule");
    let samples = delivery::samples(Some(post.delivery.store.as_ref()), &config, rule, post.now()).await;
    let samples = samples.expect("samples");
    let kinds: Vec<EventKind> = samples.iter().map(|message| message.event).collect();
    assert_eq!(kinds, [EventKind::Item, EventKind::Trouble]);
    assert_eq!(samples[0].title, "One");
    assert_eq!(post.send().await, 0);
    assert!(post.arrived().is_empty());
    let test = delivery::test_message("hook", "Quay", post.now());
    assert!(test.title.contains("Quay") && test.body.contains("hook"), "{test:?}");
}

/// The database after 20 runs of 500 new items each, with a target that is down, and the messages that wait.
async fn after_ten_thousand_items(rule: (&str, &str)) -> (u64, u64) {
    let post = PostBench::new(&feed("a", ""), &[rule]).await;
    post.answer("hook", "503 Down", "");
    post.shows("a", &["One"]).await;
    for run in 0..20 {
        let title = |n| format!("Notice {run} {n} of the harbour office about the ferries of the week");
        let titles: Vec<String> = (0..500).map(title).collect();
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        post.wait(TimeDelta::minutes(10));
        post.shows("a", &titles).await;
        post.send().await;
    }
    let store = &post.bench.tools.store;
    (store.size(), store.target("hook").await.expect("a state").waiting)
}

#[tokio::test]
async fn ten_thousand_waiting_messages_take_less_than_twenty_megabytes() {
    let (without, _) = after_ten_thousand_items(("hook", "when = [\"trouble\"]")).await;
    let (with, waiting) = after_ten_thousand_items(("hook", "when = [\"item\"]\nsummary_from = 1000")).await;
    assert_eq!(waiting, 10_000);
    let taken = with.saturating_sub(without);
    assert!(taken < 20_000_000, "{taken} bytes");
}
