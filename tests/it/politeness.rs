//! Manners: conditional requests, robots.txt, pace, the name we go by.

use std::time::Duration;

use feedbridge::fetch::{Answer, Fetcher};
use feedbridge::model::{TroubleKind, Validators};
use tokio::time::Instant;

use crate::addresses::{network, request};
use crate::support::origin::Origin;

#[tokio::test]
async fn validators_come_back_and_304_is_unchanged() {
    let origin = Origin::start().await;
    let headers =
        "Content-Type: text/html\r\nETag: W/\"v1\"\r\nLast-Modified: Tue, 04 Nov 2025 10:00:00 GMT\r\n";
    origin.answer("/", "200 OK", headers, b"<p>one");
    let mut request = request(&origin.url("/"), &[&origin.address()]);
    let Ok(Answer::Fetched(fetched)) = network().fetch(&request).await else { panic!("a page") };
    assert_eq!(fetched.validators.etag.as_deref(), Some("W/\"v1\""));
    request.validators = fetched.validators;
    origin.answer("/", "304 Not Modified", "", b"");
    let answer = network().fetch(&request).await.expect("an answer");
    assert!(matches!(answer, Answer::Unchanged { ref validators, .. } if *validators == request.validators));
    let second = &origin.seen()[1];
    assert_eq!(second.header("if-none-match"), Some("W/\"v1\""));
    assert_eq!(second.header("if-modified-since"), Some("Tue, 04 Nov 2025 10:00:00 GMT"));
    request.validators = Validators::default();
    let failure = network().fetch(&request).await.expect_err("a 304 that nobody asked for");
    assert_eq!(failure.trouble.kind, TroubleKind::HttpStatus);
}

#[tokio::test]
async fn the_same_bytes_again_are_unchanged() {
    let origin = Origin::start().await;
    origin.page("/", "<p>one");
    let mut request = request(&origin.url("/"), &[&origin.address()]);
    let Ok(Answer::Fetched(fetched)) = network().fetch(&request).await else { panic!("a page") };
    request.known_body = Some(fetched.body_hash);
    assert!(matches!(network().fetch(&request).await, Ok(Answer::Unchanged { bytes: 6, .. })));
}

#[tokio::test]
async fn we_say_who_we_are() {
    let origin = Origin::start().await;
    origin.page("/", "<p>one");
    network().fetch(&request(&origin.url("/"), &[&origin.address()])).await.expect("a page");
    let seen = &origin.seen()[0];
    assert_eq!(seen.header("user-agent"), Some("feedbridge/0.1.0 (+https://feeds.example.org)"));
    assert_eq!(seen.header("accept-encoding"), Some("gzip, br, zstd, deflate"));
    assert_eq!(seen.header("referer"), None);
    assert_eq!(seen.header("cookie"), None);
}

#[tokio::test]
async fn robots_are_asked_once_and_obeyed() {
    let origin = Origin::start().await;
    let text = "Content-Type: text/plain\r\n";
    origin.answer(
        "/robots.txt",
        "200 OK",
        text,
        b"User-agent: feedbridge\nDisallow: /private\nCrawl-delay: 7\n",
    );
    origin.page("/", "<p>one");
    origin.page("/private/x", "<p>secret");
    let network = network();
    let mut open = request(&origin.url("/"), &[&origin.address()]);
    open.obey_robots = true;
    let mut private = request(&origin.url("/private/x"), &[&origin.address()]);
    private.obey_robots = true;
    let Ok(Answer::Fetched(fetched)) = network.fetch(&open).await else { panic!("a page") };
    assert_eq!(fetched.crawl_delay, Some(Duration::from_secs(7)));
    let failure = network.fetch(&private).await.expect_err("forbidden");
    assert_eq!(failure.trouble.kind, TroubleKind::Robots);
    let paths: Vec<String> = origin.all_seen().into_iter().map(|s| s.path).collect();
    assert_eq!(paths, ["/robots.txt", "/"]);
    private.obey_robots = false;
    tokio::time::timeout(Duration::from_secs(20), network.fetch(&private))
        .await
        .expect("in time")
        .expect("ignored when told so");
}

#[tokio::test]
async fn robots_that_fail_forbid_and_robots_that_are_not_there_allow() {
    for (status, allowed) in
        [("404 Not Found", true), ("403 Forbidden", true), ("500 Oops", false), ("503 Busy", false)]
    {
        let origin = Origin::start().await;
        origin.answer("/robots.txt", status, "", b"");
        origin.page("/", "<p>one");
        let mut request = request(&origin.url("/"), &[&origin.address()]);
        request.obey_robots = true;
        let outcome = network().fetch(&request).await;
        assert_eq!(outcome.is_ok(), allowed, "{status}");
        if let Err(failure) = outcome {
            assert_eq!(failure.trouble.kind, TroubleKind::RobotsUnreachable);
            assert_eq!(origin.seen().len(), 0);
        }
    }
}

#[tokio::test]
async fn requests_to_one_site_keep_their_distance() {
    let origin = Origin::start().await;
    origin.page("/", "<p>one");
    let mut limits = feedbridge::config::Limits::default().fetch;
    limits.pace = Duration::from_millis(400);
    let network = feedbridge::fetch::Network::new(limits, std::sync::Arc::new(feedbridge::clock::WallClock));
    let request = request(&origin.url("/"), &[&origin.address()]);
    let begin = Instant::now();
    let (a, b, c) = tokio::join!(network.fetch(&request), network.fetch(&request), network.fetch(&request));
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert!(begin.elapsed() >= Duration::from_millis(800), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_status_is_data_of_its_trouble() {
    let origin = Origin::start().await;
    let network = network();
    for (path, answer, code) in
        [("/gone", "410 Gone", 410), ("/shut", "403 Forbidden", 403), ("/odd", "599 ", 599)]
    {
        origin.answer(path, answer, "", b"");
        let failure = network.fetch(&request(&origin.url(path), &[&origin.address()])).await.expect_err(path);
        assert_eq!(failure.trouble.status(), Some(code), "{path}");
    }
}

#[tokio::test]
async fn of_a_huge_robots_file_the_beginning_counts() {
    let origin = Origin::start().await;
    let text = format!("User-agent: *\nDisallow: /private\n{}", "# padding\n".repeat(90_000));
    origin.answer("/robots.txt", "200 OK", "Content-Type: text/plain\r\n", text.as_bytes());
    origin.page("/open", "<p>one");
    let network = network();
    for (path, allowed) in [("/open", true), ("/private", false)] {
        let mut request = request(&origin.url(path), &[&origin.address()]);
        request.obey_robots = true;
        assert_eq!(network.fetch(&request).await.is_ok(), allowed, "{path}");
    }
}

#[tokio::test]
async fn validators_are_sent_only_to_the_address_that_gave_them() {
    let origin = Origin::start().await;
    origin.answer("/latest", "302 Found", "Location: /1\r\n", b"");
    origin.answer("/1", "200 OK", "Last-Modified: Mon, 02 Mar 2026 00:00:00 GMT\r\n", b"<p>one");
    origin.answer("/2", "200 OK", "Last-Modified: Sun, 01 Mar 2026 00:00:00 GMT\r\n", b"<p>two");
    let network = network();
    let mut request = request(&origin.url("/latest"), &[&origin.address()]);
    let Ok(Answer::Fetched(first)) = network.fetch(&request).await else { panic!("a page") };
    request.validators = first.validators;
    origin.answer("/latest", "302 Found", "Location: /2\r\n", b"");
    assert!(network.fetch(&request).await.is_ok());
    let seen = origin.seen();
    assert!(seen.iter().all(|s| s.header("if-modified-since").is_none()), "nothing of /1 goes to /2");
    origin.answer("/latest", "302 Found", "Location: /1\r\n", b"");
    assert!(network.fetch(&request).await.is_ok());
    assert!(origin.seen().last().is_some_and(|s| s.header("if-modified-since").is_some()));
}
