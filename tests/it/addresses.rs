//! Refused addresses: every spelling of a private one is refused before a connection is made.

use std::sync::Arc;
use std::time::{Duration, Instant};

use feedbridge::clock::WallClock;
use feedbridge::config::Limits;
use feedbridge::fetch::{Accept, Answer, FetchFailure, Fetcher, Guard, Network, Request};
use feedbridge::model::{Secret, TroubleKind, Validators};
use http::HeaderName;
use url::Url;

use crate::support::origin::Origin;

pub fn network() -> Network {
    let mut limits = Limits::default().fetch;
    limits.pace = Duration::ZERO;
    Network::new(limits, Arc::new(WallClock))
}

pub fn request(url: &str, allow: &[&str]) -> Request {
    let allowed = allow.iter().map(|a| a.parse().expect("an exception")).collect();
    Request {
        post: None,
        head_only: false,
        url: Url::parse(url).expect("an address"),
        user_agent: "feedbridge/0.1.0 (+https://feeds.example.org)".to_owned(),
        headers: Vec::new(),
        query: Vec::new(),
        validators: Validators::default(),
        known_body: None,
        guard: Guard::new(allowed, false),
        authorities: None,
        accept: Accept::Page,
        obey_robots: false,
        timeout: None,
    }
}

async fn refused(request: &Request) {
    let begin = Instant::now();
    let outcome: Result<Answer, FetchFailure> = network().fetch(request).await;
    let failure = outcome.expect_err(request.url.as_str());
    assert_eq!(failure.trouble.kind, TroubleKind::RefusedAddress, "{}: {}", request.url, failure.trouble);
    assert!(
        ["allow it with", "can never be allowed", "only http"]
            .iter()
            .any(|words| failure.trouble.detail.contains(words)),
        "{}",
        failure.trouble
    );
    assert!(begin.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn every_spelling_of_loopback_is_refused_before_a_connection() {
    let origin = Origin::start().await;
    let port = origin.port;
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "localhost",
        "LOCALHOST",
        "10.0.0.1",
        "169.254.169.254",
    ] {
        for robots in [false, true] {
            let mut request = request(&format!("http://{host}:{port}/"), &[]);
            request.obey_robots = robots;
            refused(&request).await;
        }
    }
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_refused_at_its_hop() {
    let (outer, inner) = (Origin::start().await, Origin::start().await);
    let allow = outer.address();
    for target in [
        format!("http://127.0.0.1:{}/x", inner.port),
        format!("http://localhost:{}/x", inner.port),
        format!("http://[::ffff:127.0.0.1]:{}/x", inner.port),
        format!("http://2130706433:{}/x", inner.port),
        format!("//127.0.0.1:{}/x", inner.port),
    ] {
        for status in [
            "301 Moved Permanently",
            "302 Found",
            "303 See Other",
            "307 Temporary Redirect",
            "308 Permanent Redirect",
        ] {
            outer.answer("/go", status, &format!("Location: {target}\r\n"), b"");
            refused(&request(&outer.url("/go"), &[&allow])).await;
        }
    }
    assert_eq!(inner.connections(), 0);
}

#[tokio::test]
async fn a_redirect_out_of_the_web_is_not_followed() {
    let origin = Origin::start().await;
    for target in [
        "file:///etc/passwd",
        "gopher://example.org/",
        "ftp://example.org/",
        "javascript:alert(1)",
        "data:text/html,x",
    ] {
        origin.answer("/go", "302 Found", &format!("Location: {target}\r\n"), b"");
        let failure =
            network().fetch(&request(&origin.url("/go"), &[&origin.address()])).await.expect_err(target);
        assert_eq!(failure.trouble.kind, TroubleKind::Redirect, "{target}");
    }
    origin.answer("/loop", "302 Found", "Location: /loop\r\n", b"");
    let failure =
        network().fetch(&request(&origin.url("/loop"), &[&origin.address()])).await.expect_err("a loop");
    assert_eq!(failure.trouble.kind, TroubleKind::Redirect);
}

#[tokio::test]
async fn an_exception_is_for_its_feed_and_its_port_alone() {
    let origin = Origin::start().await;
    origin.page("/", "<p>fine</p>");
    let network = network();
    let allowed = request(&origin.url("/"), &[&origin.address()]);
    assert!(network.fetch(&allowed).await.is_ok());
    let by_name = request(&format!("http://localhost:{}/", origin.port), &[&origin.address(), "::1"]);
    assert!(network.fetch(&by_name).await.is_ok(), "a name that leads to the exception");
    let before = origin.connections();
    // The same network, with a connection to that host in its pool, but another feed.
    assert!(network.fetch(&request(&origin.url("/"), &[])).await.is_err());
    assert!(network.fetch(&request(&format!("http://localhost:{}/", origin.port), &[])).await.is_err());
    assert!(network.fetch(&request(&origin.url("/"), &["127.0.0.1:1"])).await.is_err());
    assert_eq!(origin.connections(), before);
}

#[tokio::test]
async fn secrets_go_to_their_own_origin_only() {
    let (origin, other) = (Origin::start().await, Origin::start().await);
    origin.answer("/go", "302 Found", &format!("Location: {}\r\n", other.url("/x")), b"");
    other.page("/x", "<p>fine</p>");
    let mut request = request(&origin.url("/go"), &["127.0.0.1"]);
    request.headers =
        vec![(HeaderName::from_static("authorization"), Secret::new("Bearer TOK3N".to_owned()))];
    assert!(!format!("{request:?}").contains("TOK3N"), "a secret has no Debug form");
    network().fetch(&request).await.expect("a page");
    assert_eq!(origin.seen()[0].header("authorization"), Some("Bearer TOK3N"));
    assert_eq!(other.seen()[0].header("authorization"), None);
}

#[tokio::test]
async fn a_proxy_in_the_environment_is_not_used() {
    let (origin, proxy) = (Origin::start().await, Origin::start().await);
    let folder = tempfile::tempdir().expect("a folder");
    let toml = crate::support::feed_toml("t", &origin.url("/"), &origin.address(), "");
    std::fs::write(folder.path().join("feeds.toml"), toml).expect("written");
    origin.page("/", &crate::support::listing(&["One"]));
    let proxy_url = format!("http://{}", proxy.address());
    let path = folder.path().to_owned();
    let output = tokio::task::spawn_blocking(move || {
        crate::support::daemon::program()
            .args(["preview", "t", "--format", "json"])
            .envs([("HTTP_PROXY", &proxy_url), ("http_proxy", &proxy_url), ("ALL_PROXY", &proxy_url)])
            .current_dir(path)
            .output()
    });
    let output = output.await.expect("joined").expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!((proxy.connections(), origin.seen().len()), (0, 1));
}
