//! The operations feed, and the answer for uptime monitors.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use chrono::TimeDelta;
use feedbridge::board::Board;
use feedbridge::config::{Config, Live};
use feedbridge::model::TroubleKind;
use feedbridge::serve::{ServerState, router};
use http::Request;
use roxmltree::{Document, Node};
use serde_json::Value;
use tokio::sync::watch;
use tower_service::Service as _;

use super::notify_bench::{ALARMS, DETAIL, ITEMS, PostBench, feed, server_state};

const HOUR: TimeDelta = TimeDelta::hours(1);
const ATOM: &str = "http://www.w3.org/2005/Atom";
/// A host that only people at this machine can mean.
const HERE: (&str, &str) = ("Host", "localhost:8080");

/// A server of the feeds of a bench.
struct BenchServer {
    state: Arc<ServerState>,
}

impl BenchServer {
    async fn of(post: &PostBench) -> Self {
        let tools = &post.bench.tools;
        let live = Live { generation: 0, config: Arc::new(post.bench.config.clone()) };
        let board = Arc::new(Board::default());
        board.refresh(tools.store.as_ref()).await.expect("the store answers");
        let state = server_state(tools, watch::channel(live).1, board);
        Self { state: Arc::new(state) }
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).expect("a request");
        let response = router(Arc::clone(&self.state)).call(request).await.expect("an answer");
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        (status, String::from_utf8(body.to_vec()).expect("UTF-8"))
    }

    async fn status(&self, path: &str) -> u16 {
        self.get(path, &[HERE]).await.0
    }

    async fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.get(path, &[HERE]).await.1).expect("JSON")
    }
}

/// Two feeds that were read; one of them had new items, a trouble, and is well again; then the other is in trouble.
async fn eventful() -> PostBench {
    let feeds = [feed("a", "tags = [\"shipping\"]\n"), feed("b", "")].concat();
    let post = PostBench::new(&feeds, &[ALARMS, ("all", "when = [\"item\"]")]).await;
    for id in ["a", "b"] {
        post.shows(id, &["One"]).await;
    }
    post.wait(HOUR);
    post.shows("a", &["Four", "Three", "Two", "One"]).await;
    for _ in 0..3 {
        post.wait(HOUR);
        post.fails("a", TroubleKind::Connect).await;
    }
    post.wait(HOUR);
    post.shows("a", &["Four", "Three", "Two", "One"]).await;
    post.wait(HOUR);
    post.fails("b", TroubleKind::Tls).await;
    post
}

fn texts<'a>(parent: Node<'a, 'a>, namespace: Option<&str>, name: &str) -> Vec<&'a str> {
    let own =
        parent.children().filter(|n| n.tag_name().name() == name && n.tag_name().namespace() == namespace);
    own.map(|node| node.text().unwrap_or_default()).collect()
}

fn assert_distinct<'a>(names: impl Iterator<Item = &'a str>) {
    let names: Vec<&str> = names.collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
    assert!(names.iter().all(|name| !name.is_empty()), "{names:?}");
}

#[tokio::test]
async fn the_operations_feed_has_one_item_of_each_change() {
    let post = eventful().await;
    let json = BenchServer::of(&post).await.json("/ops.json").await;
    assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
    let items = json["items"].as_array().expect("items");
    let titles: Vec<&str> = items.iter().filter_map(|item| item["title"].as_str()).collect();
    let expected = [
        format!("Feed b: {}", TroubleKind::Tls.words()),
        "Feed a is fine again".to_owned(),
        format!("Feed a: {}", TroubleKind::Connect.words()),
    ];
    assert_eq!(titles, expected);
    assert_distinct(items.iter().map(|item| item["id"].as_str().expect("an id")));
    for item in items {
        let url = item["url"].as_str().expect("a link");
        assert!(url.ends_with("/feeds/a") || url.ends_with("/feeds/b"), "{url}");
        assert!(item["date_published"].is_string());
    }
}

#[tokio::test]
async fn the_operations_feed_is_valid_in_xml() {
    let post = eventful().await;
    let server = BenchServer::of(&post).await;
    let (_, rss) = server.get("/ops.rss", &[HERE]).await;
    let document = Document::parse(&rss).expect("RSS is well-formed");
    let items: Vec<Node> = document.descendants().filter(|node| node.has_tag_name("item")).collect();
    assert_eq!(items.len(), 3);
    assert_distinct(items.iter().flat_map(|item| texts(*item, None, "guid")));
    for name in ["title", "link", "guid", "pubDate"] {
        assert!(items.iter().all(|item| texts(*item, None, name).len() == 1), "{name}: {rss}");
    }
    let (_, atom) = server.get("/ops.atom", &[HERE]).await;
    let document = Document::parse(&atom).expect("Atom is well-formed");
    let entries: Vec<Node> =
        document.descendants().filter(|node| node.has_tag_name((ATOM, "entry"))).collect();
    assert_eq!(entries.len(), 3);
    assert_distinct(entries.iter().flat_map(|entry| texts(*entry, Some(ATOM), "id")));
    for name in ["id", "title", "updated"] {
        assert!(entries.iter().all(|entry| texts(*entry, Some(ATOM), name).len() == 1), "{name}: {atom}");
        assert_eq!(texts(document.root_element(), Some(ATOM), name).len(), 1, "{name}: {atom}");
    }
}

#[tokio::test]
async fn an_operations_feed_without_events_is_valid_and_empty() {
    let post = PostBench::new(&feed("a", ""), &[]).await;
    let server = BenchServer::of(&post).await;
    for path in ["/ops.rss", "/ops.atom", "/ops.json"] {
        assert_eq!(server.status(path).await, 200, "{path}");
    }
    assert_eq!(server.json("/ops.json").await["items"].as_array().map(Vec::len), Some(0));
    assert_eq!(server.status("/ops.txt").await, 404);
}

#[tokio::test]
async fn details_are_for_people_at_the_machine() {
    let post = eventful().await;
    let server = BenchServer::of(&post).await;
    for path in ["/ops.rss", "/ops.atom", "/ops.json"] {
        let (status, local) = server.get(path, &[HERE]).await;
        assert_eq!(status, 200);
        assert!(local.contains(DETAIL), "{path}: {local}");
        for elsewhere in [
            &[("Host", "feeds.example.org")][..],
            &[("Host", "localhost.example.org:8080")],
            &[HERE, ("X-Forwarded-For", "192.0.2.1")],
            &[HERE, ("Forwarded", "for=192.0.2.1")],
            &[HERE, ("Via", "1.1 proxy")],
        ] {
            let (status, general) = server.get(path, elsewhere).await;
            assert_eq!(status, 200);
            assert!(!general.contains(DETAIL), "{path} {elsewhere:?}: {general}");
            assert!(general.contains("Feed a is fine again"), "{general}");
        }
    }
}

#[tokio::test]
async fn a_monitor_sees_every_feed() {
    let post = eventful().await;
    let server = BenchServer::of(&post).await;
    for (query, status) in [
        ("", 503),
        ("?feeds=a", 200),
        ("?feeds=b", 503),
        ("?feeds=a,b", 503),
        ("?tags=shipping", 200),
        ("?tags=shipping&feeds=b", 503),
        ("?feeds=a&max_age=2h", 200),
        ("?feeds=a&max_age=3600", 200),
        ("?feeds=a&max_age=59m", 503),
        ("?feeds=nobody", 404),
        ("?tags=nothing", 404),
        ("?max_age=soon", 400),
        ("?age=2h", 400),
    ] {
        assert_eq!(server.status(&format!("/health/feeds{query}")).await, status, "{query}");
    }
    let all = server.json("/health/feeds").await;
    assert_eq!((&all["ok"], &all["feeds"][0]["id"]), (&false.into(), &"b".into()), "the bad ones come first");
    assert_eq!(all["feeds"][0]["trouble"], "tls");
    assert_eq!(all["feeds"].as_array().map(Vec::len), Some(2));
    assert_eq!(all["feeds"][1]["age_s"], 3600);
    post.wait(HOUR * 3);
    assert_eq!(server.status("/health/feeds?feeds=a&max_age=2h").await, 503);
    assert_eq!(server.status("/health/feeds?feeds=a").await, 200);
}

#[test]
fn templates_with_mistakes_are_told_by_check() {
    let checked = |template: &str| {
        let toml = format!(
            "[server]\nbase_url = \"https://feeds.example.org\"\n{}\n[[notify]]\nwhen = [\"item\", \"trouble\"]\n\
             title = '{template}'\nntfy = {{ topic = \"tides\" }}\n",
            feed("a", "")
        );
        Config::parse(&toml, std::path::Path::new("feeds.toml")).map_err(|e| e.to_string())
    };
    for wrong in
        ["{{ headline }}", "{{ title|shout }}", "{{ items[0].title }}", "{{ foo(title) }}", "{{ title"]
    {
        let told = checked(wrong).expect_err(wrong);
        assert!(told.contains("template"), "{wrong}: {told}");
    }
    for right in [
        "{{ feed.title }}: {{ title }}",
        "{{ trouble.words }}{{ items|length }}",
        "{% for i in items %}{{ i.title }}{% endfor %}",
    ] {
        assert!(checked(right).is_ok(), "{right}");
    }
}

#[tokio::test]
async fn the_index_counts_the_targets_that_fail() {
    for status in ["503 Down", "404 Not Found"] {
        let post = PostBench::new(&feed("a", ""), &[ITEMS, ("other", "when = [\"item\"]")]).await;
        let server = BenchServer::of(&post).await;
        let failing = "1 target of notifications did not take all messages";
        post.shows("a", &["One"]).await;
        post.wait(HOUR);
        assert!(!server.get("/", &[HERE]).await.1.contains("of notifications did not"), "{status}");
        post.answer("hook", status, "");
        post.shows("a", &["Two", "One"]).await;
        post.send().await;
        let (code, page) = server.get("/", &[HERE]).await;
        assert_eq!(code, 200);
        assert!(page.contains(failing), "{status}: {page}");
        post.answer("hook", "200 OK", "");
        post.wait(HOUR);
        post.delivery.store.revive("hook").await.expect("the store answers");
        post.send().await;
        assert!(!server.get("/", &[HERE]).await.1.contains("of notifications did not"), "{status}");
    }
}

#[test]
fn a_second_notification_of_a_service_needs_a_name() {
    let checked = |first: &str, second: &str| {
        let toml = format!(
            "{}[[notify]]\n{first}ntfy = {{ topic = \"tides\" }}\n[[notify]]\n{second}ntfy = {{ topic = \"ferries\" }}\n",
            feed("a", "")
        );
        let config = Config::parse(&toml, std::path::Path::new("feeds.toml")).map_err(|e| e.to_string())?;
        Ok::<_, String>(config.notify.iter().map(|rule| rule.rule.name.clone()).collect::<Vec<_>>())
    };
    let named = "name = \"ferries\"\n";
    assert_eq!(checked("", named), Ok(vec!["ntfy".to_owned(), "ferries".to_owned()]));
    assert_eq!(checked(named, ""), Ok(vec!["ferries".to_owned(), "ntfy".to_owned()]));
    let told = checked("", "").expect_err("the second has no name of its own");
    assert!(told.contains("needs a `name`") && told.contains("name = \"ntfy-2\""), "{told}");
}

#[test]
fn each_notification_without_a_name_is_offered_one_that_is_free() {
    let rules =
        ["tides", "ferries", "locks"].map(|topic| format!("[[notify]]\nntfy = {{ topic = \"{topic}\" }}\n"));
    let taken = "[[notify]]\nname = \"ntfy-3\"\nntfy = { topic = \"weirs\" }\n";
    let toml = format!("{}{}{taken}", feed("a", ""), rules.concat());
    let checked = Config::parse(&toml, std::path::Path::new("feeds.toml")).map(|_| ());
    let told = checked.expect_err("two have no name of their own").to_string();
    assert!(told.contains("name = \"ntfy-2\"") && told.contains("name = \"ntfy-4\""), "{told}");
}
