//! Ways to a page: redirects that set cookies, pages that lead on, sites that say 304 for ever, and answers
//! that only browsers understand.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use feedbridge::clock::ManualClock;
use feedbridge::cpu::CpuPool;
use feedbridge::fetch::{Accept, Answer, FetchFailure, Fetched, Fetcher, Request};
use feedbridge::model::{Outcome, Secret, TroubleKind};
use feedbridge::run::{self, JqProgram, Tools};
use feedbridge::store::{Scope, SqliteStore};
use http::HeaderName;

use crate::addresses::{network, request};
use crate::support::daemon::run as command;
use crate::support::origin::Origin;
use crate::support::{config, feed_toml, listing};

const FOUND: &str = "302 Found";

fn to(origin: &Origin, path: &str) -> Request {
    request(&origin.url(path), &[&origin.address()])
}

async fn fetched(request: &Request) -> Fetched {
    match network().fetch(request).await {
        Ok(Answer::Fetched(fetched)) => fetched,
        other => panic!("{}: {other:?}", request.url),
    }
}

async fn failed(request: &Request) -> FetchFailure {
    network().fetch(request).await.expect_err(request.url.as_str())
}

fn paths(origin: &Origin) -> Vec<String> {
    origin.seen().into_iter().map(|seen| seen.path).collect()
}

#[tokio::test]
async fn a_cookie_wall_opens_for_one_fetch() {
    let origin = Origin::start().await;
    let ok = ("200 OK", "Content-Type: text/html\r\n", "<p>news".as_bytes());
    let set = "Location: /front\r\nSet-Cookie: visit=7f; Path=/; Max-Age=3600; HttpOnly\r\n";
    origin.answer("/front", FOUND, set, b"");
    origin.answer_if("/front", ("cookie", "visit=7f"), ok);
    assert_eq!(fetched(&to(&origin, "/front")).await.body, b"<p>news");
    // The next fetch begins without cookies.
    assert_eq!(fetched(&to(&origin, "/front")).await.body, b"<p>news");
    let cookies: Vec<bool> = origin.seen().iter().map(|seen| seen.header("cookie").is_some()).collect();
    assert_eq!(cookies, [false, true, false, true]);
}

#[tokio::test]
async fn cookies_are_gathered_on_the_way_and_keep_to_their_paths() {
    let origin = Origin::start().await;
    origin.answer("/in", FOUND, "Location: /gate/one\r\nSet-Cookie: a=1; Path=/\r\n", b"");
    origin.answer("/gate/one", "303 See Other", "Location: /gate/two\r\nSet-Cookie: b=2\r\n", b"");
    origin.answer(
        "/gate/two",
        "307 Temporary Redirect",
        "Location: /list\r\nSet-Cookie: a=3; Path=/\r\n",
        b"",
    );
    origin.page("/list", "<p>news");
    fetched(&to(&origin, "/in")).await;
    let sent: Vec<Option<String>> =
        origin.seen().iter().map(|seen| seen.header("cookie").map(str::to_owned)).collect();
    let expected = [None, Some("a=1"), Some("b=2; a=1"), Some("a=3")].map(|c| c.map(str::to_owned));
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn cookies_do_not_leave_their_site_and_own_ones_stay() {
    let origin = Origin::start().await;
    let other = Origin::start().await;
    other.page("/list", "<p>news");
    let location = format!("Location: http://localhost:{}/list\r\nSet-Cookie: a=1\r\n", other.port);
    origin.answer("/", FOUND, &location, b"");
    let mut request = request(&origin.url("/"), &["127.0.0.1", "::1"]);
    request.headers = vec![(HeaderName::from_static("cookie"), Secret::new("own=1".to_owned()))];
    fetched(&request).await;
    assert_eq!(origin.seen()[0].header("cookie"), Some("own=1"));
    assert_eq!(other.seen()[0].header("cookie"), None);
}

#[tokio::test]
async fn a_loop_is_named_with_its_cookies() {
    let origin = Origin::start().await;
    origin.answer("/plain", FOUND, "Location: /plain\r\n", b"");
    origin.answer("/wall", FOUND, "Location: /wall\r\nSet-Cookie: a=1\r\n", b"");
    for (path, speaks_of_cookies) in [("/plain", false), ("/wall", true)] {
        let trouble = failed(&to(&origin, path)).await.trouble;
        assert_eq!(trouble.kind, TroubleKind::Redirect);
        assert_eq!(trouble.detail.contains("cookie"), speaks_of_cookies, "{trouble}");
    }
}

#[tokio::test]
async fn a_page_that_only_leads_on_is_followed() {
    let origin = Origin::start().await;
    origin.page("/", "<title>Moved</title><meta http-equiv=\"Refresh\" content=\"0; URL='news/'\"><p>Moved.");
    origin.page("/news/", &listing(&["One", "Two"]));
    let page = fetched(&to(&origin, "/")).await;
    assert_eq!(page.url.path(), "/news/");
    origin.answer(
        "/wall",
        "200 OK",
        "Content-Type: text/html\r\nSet-Cookie: seen=1\r\n",
        b"<meta http-equiv=refresh content='1'>Please wait",
    );
    origin.answer_if("/wall", ("cookie", "seen=1"), ("200 OK", "Content-Type: text/html\r\n", b"<p>news"));
    assert_eq!(fetched(&to(&origin, "/wall")).await.body, b"<p>news");
}

#[tokio::test]
async fn a_page_that_loads_itself_again_is_read_once() {
    let origin = Origin::start().await;
    let titles: Vec<String> = (1..=12).map(|n| format!("Notice number {n} of the harbour office")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let page = format!("<meta http-equiv=refresh content=60>{}", listing(&titles));
    origin.page("/live", &page);
    assert_eq!(fetched(&to(&origin, "/live")).await.body, page.as_bytes());
    assert_eq!(paths(&origin), ["/live"]);
}

#[tokio::test]
async fn pages_that_lead_in_circles_are_left_after_a_few() {
    let origin = Origin::start().await;
    origin.page("/a", "<meta http-equiv=refresh content='0;url=/b'>");
    origin.page("/b", "<meta http-equiv=refresh content='0;url=/a'>");
    let trouble = failed(&to(&origin, "/a")).await.trouble;
    assert_eq!(trouble.kind, TroubleKind::Redirect);
    assert!(trouble.detail.contains("leads on in a circle"), "{trouble}");
    assert_eq!(paths(&origin), ["/a", "/b", "/a", "/b"]);
}

#[tokio::test]
async fn a_listing_is_read_if_what_it_leads_on_to_fails() {
    let origin = Origin::start().await;
    let titles: Vec<String> = (1..=12).map(|n| format!("Notice number {n} of the harbour office")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let page = |seconds_and_url: &str| {
        format!("<meta http-equiv=refresh content=\"{seconds_and_url}\">{}", listing(&titles))
    };
    origin.answer("/robots.txt", "200 OK", "", b"User-agent: *\nDisallow: /closed\n");
    origin.answer("/busy", "429 Too Many Requests", "", b"");
    origin.page("/between", "<meta http-equiv=refresh content='0;url=/nothere'>");
    for target in ["/nothere", "/closed/list", "/between", "http://192.168.7.7/"] {
        let text = page(&format!("5;url={target}"));
        origin.page("/list", &text);
        let mut polite = to(&origin, "/list");
        polite.obey_robots = true;
        let read = fetched(&polite).await;
        assert_eq!((read.url.path(), read.body.as_slice()), ("/list", text.as_bytes()), "{target}");
    }
    origin.page("/list", &page("5;url=/busy"));
    assert_eq!(failed(&to(&origin, "/list")).await.trouble.kind, TroubleKind::RateLimited);
    origin.page("/list", "<meta http-equiv=refresh content='0;url=/nothere'>");
    assert_eq!(failed(&to(&origin, "/list")).await.trouble.kind, TroubleKind::HttpStatus);
}

#[tokio::test]
async fn guard_and_robots_hold_for_pages_that_lead_on() {
    let origin = Origin::start().await;
    let inside = Origin::start().await;
    let refresh = |url: &str| format!("<meta http-equiv=refresh content='0;url={url}'>");
    origin.page("/a", &refresh(&inside.url("/secret")));
    assert_eq!(failed(&to(&origin, "/a")).await.trouble.kind, TroubleKind::RefusedAddress);
    assert_eq!(inside.connections(), 0);
    origin.answer("/robots.txt", "200 OK", "", b"User-agent: *\nDisallow: /closed\n");
    origin.page("/b", &refresh("/closed/list"));
    let mut polite = to(&origin, "/b");
    polite.obey_robots = true;
    assert_eq!(failed(&polite).await.trouble.kind, TroubleKind::Robots);
}

#[tokio::test]
async fn answers_that_browsers_read_are_read() {
    let origin = Origin::start().await;
    let html = "Content-Type: text/html\r\n";
    origin.answer("/203", "203 Non-Authoritative Information", html, b"<p>one");
    origin.answer("/coding", "200 OK", &format!("{html}Content-Encoding: UTF-8\r\n"), b"<p>one");
    let lines: String = (0..160).map(|n| format!("X-Line-{n}: value\r\n")).collect();
    origin.answer("/lines", "200 OK", &format!("{html}{lines}"), b"<p>one");
    for path in ["/203", "/coding", "/lines"] {
        assert_eq!(fetched(&to(&origin, path)).await.body, b"<p>one", "{path}");
    }
}

#[tokio::test]
async fn a_request_asks_for_its_kind_of_document() {
    let origin = Origin::start().await;
    origin.page("/", "<p>one");
    for (accept, begins) in [
        (Accept::Page, "text/html,"),
        (Accept::Feed, "application/atom+xml,application/rss+xml,"),
        (Accept::Json, "application/json,"),
        (Accept::Xml, "application/xml,"),
    ] {
        fetched(&Request { accept, ..to(&origin, "/") }).await;
        let seen = origin.seen();
        let header = seen.last().and_then(|seen| seen.header("accept")).unwrap_or_default();
        assert!(header.starts_with(begins) && header.contains("*/*"), "{header}");
    }
}

fn start() -> DateTime<Utc> {
    "2026-03-05T06:00:00Z".parse().expect("an instant")
}

fn tools(database: &Path, clock: &Arc<ManualClock>) -> Tools {
    Tools {
        jq: JqProgram::own(),
        store: Arc::new(SqliteStore::open(database, clock.clone()).expect("a store")),
        fetcher: Arc::new(network()),
        cpu: CpuPool::new(1),
        clock: clock.clone(),
        metrics: Arc::default(),
    }
}

#[tokio::test]
async fn a_title_that_an_earlier_version_did_not_keep_is_looked_for_once() {
    use Outcome::{Fresh, Unchanged};
    let named = listing(&["One"]);
    let nameless = named.replace("<title>News</title>", "");
    for (page, expected) in [(named, Some("News")), (nameless, None)] {
        let origin = Origin::start().await;
        let headers = "Content-Type: text/html\r\nETag: \"same\"\r\n";
        origin.answer("/", "200 OK", headers, page.as_bytes());
        origin.answer_if("/", ("if-none-match", "same"), ("304 Not Modified", "", b""));
        let config = config(&feed_toml("t", &origin.url("/"), &origin.address(), ""));
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("t.db");
        let clock = Arc::new(ManualClock::new(start()));
        let tools = tools(&database, &clock);
        feedbridge::scheduler::register(&tools, &config, Scope::All).await.expect("registered");
        let feed = &config.feeds[0];
        let mut outcomes = Vec::new();
        for hours in [0, 1, 30, 60] {
            clock.set(start() + TimeDelta::hours(hours));
            if hours == 1 {
                let open = rusqlite::Connection::open(&database).expect("a database");
                open.execute("UPDATE feeds SET title = NULL", []).expect("as an earlier version left it");
            }
            let claim = tools.store.claim(&feed.id, "test", config.limits.claim).await.expect("the store");
            let report = run::run(&tools, &config, feed, &claim.expect("free")).await.expect("written");
            assert_eq!(report.record.changed, 0);
            outcomes.push(report.record.outcome);
        }
        assert_eq!(outcomes, [Fresh, Unchanged, Fresh, Unchanged], "{expected:?}");
        let seen = origin.seen();
        let conditional: Vec<bool> = seen.iter().map(|seen| seen.header("if-none-match").is_some()).collect();
        assert_eq!(conditional, [false, true, false, true], "{expected:?}");
        let state = tools.store.state(&feed.id).await.expect("the store").expect("registered");
        assert_eq!(state.title.as_deref(), expected);
    }
}

#[tokio::test]
async fn a_site_that_says_304_for_ever_is_not_believed_for_ever() {
    use Outcome::{Fresh, Unchanged};
    let origin = Origin::start().await;
    let headers = "Content-Type: text/html\r\nETag: \"same\"\r\n";
    origin.answer("/", "200 OK", headers, listing(&["One"]).as_bytes());
    origin.answer_if("/", ("if-none-match", "same"), ("304 Not Modified", "", b""));
    let config = config(&feed_toml("t", &origin.url("/"), &origin.address(), ""));
    let folder = tempfile::tempdir().expect("a folder");
    let clock = Arc::new(ManualClock::new(start()));
    let tools = tools(&folder.path().join("t.db"), &clock);
    feedbridge::scheduler::register(&tools, &config, Scope::All).await.expect("registered");
    let feed = &config.feeds[0];
    let mut outcomes = Vec::new();
    for hours in [0, 1, 48, 6 * 24, 8 * 24, 9 * 24, 14 * 24, 16 * 24] {
        clock.set(start() + TimeDelta::hours(hours));
        if hours == 1 {
            origin.answer("/", "200 OK", headers, listing(&["Two", "One"]).as_bytes());
        }
        let claim = tools.store.claim(&feed.id, "test", config.limits.claim).await.expect("the store");
        let report = run::run(&tools, &config, feed, &claim.expect("free")).await.expect("written");
        outcomes.push(report.record.outcome);
    }
    // At the end the page is asked for again, and has not changed.
    assert_eq!(outcomes, [Fresh, Unchanged, Unchanged, Unchanged, Fresh, Unchanged, Unchanged, Unchanged]);
    let seen = origin.seen();
    let conditional: Vec<bool> = seen.iter().map(|seen| seen.header("if-none-match").is_some()).collect();
    assert_eq!(conditional, [false, true, true, true, false, true, true, false]);
}

#[tokio::test]
async fn a_listing_inside_of_json_is_read_from_the_first_page_on() {
    let origin = Origin::start().await;
    let body = serde_json::json!({ "ok": true, "html": listing(&["One", "Two"]) }).to_string();
    origin.answer("/more", "200 OK", "Content-Type: application/json\r\n", body.as_bytes());
    let toml = feed_toml("t", &origin.url("/more"), &origin.address(), "");
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("feeds.toml"), toml).expect("written");
        let done = command(&["preview", "t", "--format", "json"], folder.path());
        let text = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(text.contains("\"One\"") && text.contains("\"Two\""), "{text}");
    })
    .await
    .expect("joined");
}

#[tokio::test]
async fn announced_feeds_that_cannot_be_read_say_why() {
    let origin = Origin::start().await;
    let cards: Vec<String> = (1..=6)
        .map(|n| format!("<article><a href=/n/{n}><h2>Notice number {n} of the harbour</h2></a></article>"))
        .collect();
    let page = |feed: &str| {
        format!("<link rel=alternate type=application/rss+xml href={feed}><main>{}</main>", cards.concat())
    };
    origin.page("/gone", &page("/gone.rss"));
    origin.answer("/gone.rss", "410 Gone", "", b"");
    origin.page("/page", &page("/page.rss"));
    origin.page("/page.rss", "<!doctype html><html><h1>Our feeds</h1><p>There are none any more.</html>");
    origin.page("/busy", &page("/busy.rss"));
    origin.answer("/busy.rss", "502 Bad Gateway", "", b"oops");
    let (base, allow) = (origin.url(""), origin.address());
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, words) in [("/gone", "410 Gone"), ("/page", "a web page and no feed"), ("/busy", "502")] {
            let url = format!("{base}{path}");
            let shown = command(&["detect", &url, "--allow-address", &allow], folder.path());
            let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
            assert!(shown.contains(&format!("{path}.rss (not fit: ")) && shown.contains(words), "{shown}");
            let json = command(&["detect", &url, "--json", "--allow-address", &allow], folder.path());
            let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
            let against = json["judged"][0]["against"].as_str().unwrap_or_default();
            assert!(against.contains(words), "{path}: {against}");
        }
    })
    .await
    .expect("joined");
}
