//! Feeds that are made of others: `from`.

use std::path::Path;

use serde_json::Value;

use crate::support::daemon::{Daemon, run};
use crate::support::origin::Origin;

fn page(items: &[(&str, &str)]) -> String {
    let cards = items
        .iter()
        .map(|(path, title)| format!("<article><h2><a href=\"{path}\">{title}</a></h2></article>"));
    format!("<main>{}</main>", cards.collect::<Vec<_>>().concat())
}

/// Two feeds of one site, and what is derived from them.
fn toml(origin: &Origin, derived: &str) -> String {
    let feed = |id: &str| {
        format!(
            "[[feed]]\nid = \"{id}\"\nurl = \"{}\"\n[feed.fetch]\nallow_addresses = [\"{}\"]\nrobots = \"ignore\"\n\
             [feed.select]\nitem = \"article\"\ntitle = \"h2\"\n",
            origin.url(&format!("/{id}")),
            origin.address()
        )
    };
    format!("[limits]\npace_s = 0\n{}{}{derived}", feed("a"), feed("b"))
}

fn items(folder: &Path, id: &str) -> Vec<(String, String)> {
    let output = run(&["items", id, "--json"], folder);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = |item: &Value, key: &str| item[key].as_str().expect("a text").to_owned();
    value["items"].as_array().expect("items").iter().map(|i| (text(i, "title"), text(i, "id"))).collect()
}

fn titles(folder: &Path, id: &str) -> Vec<String> {
    items(folder, id).into_iter().map(|(title, _)| title).collect()
}

async fn site() -> Origin {
    let origin = Origin::start().await;
    origin.page("/a", &page(&[("/1", "Missile test"), ("/2", "Harvest"), ("/3", "Satellite up")]));
    origin.page(
        "/b",
        &page(&[
            ("https://www.example.net/x", "Missile  TEST!"),
            ("/3/?utm_source=b", "Satellite up: new"),
            ("/5", "Choir"),
        ]),
    );
    origin
}

fn runs(folder: &Path, ids: &[&str]) {
    for id in ids {
        let output = run(&["run", id], folder);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_both_carry_appears_once() {
    let origin = site().await;
    let folder = tempfile::tempdir().expect("a folder");
    let derived = "[[feed]]\nid = \"alerts\"\nfrom = [\"a\", \"b\"]\n[[feed.filter]]\nkeep = { any = \"(?i)missile|satellite\" }\n\
                   [[feed]]\nid = \"all\"\nfrom = [\"*\"]\nsame_title = \"2d\"\nkeep = { items = 3 }\n";
    std::fs::write(folder.path().join("feeds.toml"), toml(&origin, derived)).expect("written");
    runs(folder.path(), &["a"]);
    let first = items(folder.path(), "alerts");
    assert_eq!(titles(folder.path(), "alerts"), ["Missile test", "Satellite up"]);
    runs(folder.path(), &["b"]);
    let both = items(folder.path(), "alerts");
    assert_eq!(
        titles(folder.path(), "alerts"),
        [
            "Missile  TEST!".split_whitespace().collect::<Vec<_>>().join(" ").as_str(),
            "Missile test",
            "Satellite up"
        ]
    );
    assert!(first.iter().all(|item| both.contains(item)), "what was served stays as it was: {both:?}");
    let of_a = items(folder.path(), "a");
    assert!(first.iter().all(|item| of_a.contains(item)), "an item keeps its identifier");
    // One story, told by both under one title, counts once; and no more than three are wanted.
    let all = titles(folder.path(), "all");
    assert_eq!(all, ["Choir", "Missile test", "Harvest"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_derived_feed_is_served_like_any_other() {
    let origin = site().await;
    let folder = tempfile::tempdir().expect("a folder");
    let derived = "[[feed]]\nid = \"alerts\"\ntitle = \"Alerts\"\nfrom = [\"b\", \"a\"]\n[[feed.filter]]\nkeep = { title = \"(?i)missile\" }\n";
    let daemon = Daemon::start(folder.path(), &toml(&origin, derived));
    let reply =
        daemon.until("/feeds/alerts.json", |r| r.json()["items"].as_array().is_some_and(|i| i.len() == 2));
    assert_eq!(reply.json()["title"], "Alerts");
    let tag = reply.header("ETag").expect("an ETag").to_owned();
    let again = daemon.get("/feeds/alerts.json", &format!("If-None-Match: {tag}\r\n"));
    assert_eq!(again.status, 304);
    let page = daemon.get("/feeds/alerts", "Accept: text/html\r\n").text();
    assert!(page.contains("from b, a") && page.contains("Missile test"), "{page}");
    assert!(daemon.get("/feeds.opml", "").text().contains("/feeds/alerts.rss"));
    assert!(daemon.get("/", "").text().contains("Alerts"));
    let output = run(&["run", "alerts"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("is made of others"));
}

#[tokio::test(flavor = "multi_thread")]
async fn static_files_have_derived_feeds_too() {
    let origin = site().await;
    let folder = tempfile::tempdir().expect("a folder");
    let derived = "[[feed]]\nid = \"alerts\"\nfrom = [\"*\"]\n";
    std::fs::write(folder.path().join("feeds.toml"), toml(&origin, derived)).expect("written");
    let output = run(&["build", "--out", "out"], folder.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rss = std::fs::read_to_string(folder.path().join("out/feeds/alerts.rss")).expect("a document");
    assert!(rss.contains("Choir") && rss.contains("Harvest"));
    let feeds = String::from_utf8_lossy(&run(&["feeds"], folder.path()).stdout).into_owned();
    assert!(feeds.contains("from all feeds"), "{feeds}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_text_joins_the_item_that_was_seen_first() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    origin.page("/a", &page(&[("/1", "Short")]));
    origin.page("/b", "<main><article><h2><a href=\"/1\">Short and long</a></h2><div class=c><p>All of it.</p></div></article></main>");
    let toml = toml(&origin, "[[feed]]\nid = \"all\"\nfrom = [\"*\"]\n");
    let b = toml.rfind("title = \"h2\"\n").expect("the second feed");
    let toml = format!("{}content = \".c\"\n{}", &toml[..b], &toml[b..]);
    std::fs::write(folder.path().join("feeds.toml"), toml).expect("written");
    runs(folder.path(), &["a"]);
    let first = items(folder.path(), "all");
    runs(folder.path(), &["b"]);
    let both = items(folder.path(), "all");
    assert_eq!((both.len(), &both[0].1), (1, &first[0].1), "the identifier stays");
    let output = run(&["items", "all", "--json"], folder.path());
    let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(value["items"][0]["content_html"], "<p>All of it.</p>");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metrics_have_every_feed_and_none_that_is_gone() {
    let origin = site().await;
    let folder = tempfile::tempdir().expect("a folder");
    let derived = "[[feed]]\nid = \"alerts\"\nfrom = [\"b\", \"a\"]\n";
    let daemon = Daemon::start(folder.path(), &toml(&origin, derived));
    let metrics =
        daemon.until("/metrics", |r| r.text().contains("feedbridge_feeds{state=\"fine\"} 3")).text();
    for id in ["a", "b", "alerts"] {
        assert!(metrics.contains(&format!("feedbridge_feed_up{{feed=\"{id}\"}} 1")), "{metrics}");
        let line = format!("feedbridge_feed_last_success_timestamp_seconds{{feed=\"{id}\"}} ");
        assert!(metrics.contains(&line), "{metrics}");
    }
    std::fs::write(folder.path().join("feeds.toml"), toml(&origin, "")).expect("written");
    daemon.signal("HUP");
    daemon.until("/metrics", |r| !r.text().contains("feed=\"alerts\"") && r.text().contains("feed=\"a\""));
}
