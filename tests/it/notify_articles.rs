//! Filters of rules see what items' own pages say: such items are told when the pages were read.

use std::time::Duration;

use chrono::TimeDelta;
use feedbridge::model::{Trouble, TroubleKind};
use feedbridge::run;

use super::notify_bench::{PostBench, feed};
use crate::support::recorded::Next;

const MINUTE: TimeDelta = TimeDelta::minutes(1);
const BY_CONTENT: (&str, &str) =
    ("hook", "when = [\"item\"]\nfilter = [{ keep = { content = \"ledgers\" } }]");
const BY_TITLE: (&str, &str) = ("hook", "when = [\"item\"]\nfilter = [{ keep = { title = \"Two|Three\" } }]");

fn article(word: &str) -> String {
    let paragraph = format!(
        "The harbour office opened its new archive on Tuesday, and the first visitors came before eight in \
         the morning, as they had been told that the {word} would be on show."
    );
    format!(
        "<html lang=\"en\"><head><title>Wire</title></head><body><article><h1>Wire</h1>\
         <p>{paragraph}</p><p>{paragraph}</p><p>{paragraph}</p></article></body></html>"
    )
}

/// Fetches the pages of items that are due.
async fn read_articles(post: &PostBench, next: Next) {
    post.bench.next(next);
    let (tools, config) = (&post.bench.tools, &post.bench.config);
    let until = tokio::time::Instant::now() + Duration::from_secs(60);
    run::articles(tools, config, &config.feeds[0], until).await.expect("the store answers");
}

fn shown(word: &str) -> Next {
    Next::Page(article(word).into_bytes(), Some("text/html; charset=utf-8".to_owned()))
}

fn refused() -> Next {
    Next::Fails(Trouble::new(TroubleKind::Robots, "the quay is closed to robots").into())
}

/// A feed whose items have pages; those of its first item were read.
async fn read_once(rule: (&str, &str)) -> PostBench {
    let post = PostBench::new(&(feed("a", "") + "[feed.article]\n"), &[rule]).await;
    post.shows("a", &["One"]).await;
    read_articles(&post, shown("ledgers")).await;
    assert_eq!(post.send().await, 0);
    post.wait(MINUTE * 60);
    post
}

#[tokio::test]
async fn an_item_is_judged_by_its_page_once_after_a_restart_too() {
    let mut post = read_once(BY_CONTENT).await;
    post.shows("a", &["Two", "One"]).await;
    assert_eq!(post.send().await, 0, "its page is still to be read");
    assert_eq!(post.state("hook").await.held, 1);
    post.restart();
    read_articles(&post, shown("ledgers")).await;
    assert_eq!(post.send().await, 1);
    assert_eq!(post.titles(), ["Two"]);
    post.wait(MINUTE * 60);
    assert_eq!(post.send().await, 0, "it is told once");
    post.shows("a", &["Three", "Two", "One"]).await;
    read_articles(&post, shown("boats")).await;
    assert_eq!(post.send().await, 0, "its page has no such word");
    assert_eq!(post.state("hook").await.held, 0);
}

#[tokio::test]
async fn a_page_that_was_read_before_anybody_looked_is_no_reason_to_wait() {
    let post = read_once(BY_CONTENT).await;
    post.shows("a", &["Two", "One"]).await;
    read_articles(&post, shown("ledgers")).await;
    assert_eq!(post.send().await, 1);
}

#[tokio::test]
async fn new_items_of_one_run_stay_together() {
    let post = read_once((
        "hook",
        "when = [\"item\"]\nsummary_from = 2\nfilter = [{ keep = { content = \"ledgers\" } }]",
    ))
    .await;
    post.shows("a", &["Three", "Two", "One"]).await;
    assert_eq!(post.send().await, 0);
    read_articles(&post, shown("ledgers")).await;
    assert_eq!(post.send().await, 1);
    assert_eq!(post.arrived()[0].items(), ["Three", "Two"]);
}

#[tokio::test]
async fn a_page_that_is_given_up_ends_the_wait() {
    let post = read_once(BY_TITLE).await;
    post.shows("a", &["Two", "One"]).await;
    assert_eq!(post.send().await, 0);
    read_articles(&post, refused()).await;
    assert_eq!(post.send().await, 1);
}

#[tokio::test]
async fn nobody_waits_longer_than_half_an_hour() {
    let post = read_once(BY_TITLE).await;
    post.shows("a", &["Two", "One"]).await;
    assert_eq!(post.send().await, 0);
    post.wait(MINUTE * 30 - TimeDelta::seconds(1));
    assert_eq!(post.send().await, 0);
    post.wait(TimeDelta::seconds(1));
    assert_eq!(post.send().await, 1);
    read_articles(&post, shown("ledgers")).await;
    assert_eq!(post.send().await, 0, "it is told once");
}

#[tokio::test]
async fn filters_that_no_page_can_change_do_not_wait() {
    let rule = ("hook", "when = [\"item\"]\nfilter = [{ keep = { link = \"Two\" } }]");
    let post = read_once(rule).await;
    post.shows("a", &["Two", "One"]).await;
    assert_eq!(post.send().await, 1);
}

#[tokio::test]
async fn the_filter_of_a_derived_feed_waits_for_the_pages_of_its_source() {
    let derived = "[[feed]]\nid = \"alerts\"\ntitle = \"Alerts\"\nfrom = [\"a\"]\n\
                   [[feed.filter]]\nkeep = { content = \"ledgers\" }\n";
    let feeds = feed("a", "") + "[feed.article]\n" + derived;
    let post = PostBench::new(&feeds, &[("hook", "when = [\"item\"]\nfeeds = [\"alerts\"]")]).await;
    post.shows("a", &["One"]).await;
    read_articles(&post, shown("ledgers")).await;
    assert_eq!(post.send().await, 0);
    post.wait(MINUTE * 60);
    post.shows("a", &["Two", "One"]).await;
    assert_eq!(post.send().await, 0, "its page is still to be read");
    read_articles(&post, shown("ledgers")).await;
    assert_eq!(post.send().await, 1);
    assert_eq!(post.titles(), ["Two"]);
    post.wait(MINUTE * 60);
    post.shows("a", &["Three", "Two", "One"]).await;
    read_articles(&post, shown("boats")).await;
    assert_eq!(post.send().await, 0, "its page has no such word");
}
