//! Answers to readers and browsers, over real connections to the real program.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::daemon::{Daemon, Reply};
use crate::support::origin::Origin;
use crate::support::{feed_toml, listing};

/// A daemon whose one feed has two items, and its site.
async fn served<T: Send + 'static>(check: impl FnOnce(&Daemon, &Origin, &Path) -> T + Send + 'static) -> T {
    let origin = Origin::start().await;
    origin.page("/", &listing(&["First &lt;item&gt;", "Second &amp; item"]));
    let toml =
        feed_toml("news", &origin.url("/"), &origin.address(), "title = \"The <News>\"\nlanguage = \"en\"");
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        let daemon = Daemon::start(folder.path(), &toml);
        daemon.until("/feeds/news.json", |r| {
            r.status == 200 && r.json()["items"].as_array().is_some_and(|i| i.len() == 2)
        });
        check(&daemon, &origin, folder.path())
    })
    .await
    .expect("joined")
}

fn unpacked(reply: &Reply) -> Vec<u8> {
    let mut out = Vec::new();
    let read = match reply.header("content-encoding") {
        None => (&reply.body[..]).read_to_end(&mut out),
        Some("gzip") => flate2::read::GzDecoder::new(&reply.body[..]).read_to_end(&mut out),
        Some("br") => brotli::Decompressor::new(&reply.body[..], 4096).read_to_end(&mut out),
        Some("zstd") => {
            zstd::stream::read::Decoder::new(&reply.body[..]).expect("zstd").read_to_end(&mut out)
        }
        Some(other) => panic!("{other}"),
    };
    read.expect("it unpacks");
    out
}

const ASKS_OPEN_METRICS: &str = "Accept: application/openmetrics-text;version=1.0.0\r\n";
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[tokio::test]
async fn documents_have_validators_and_codings() {
    served(|daemon, _, _| {
        for extension in ["rss", "atom", "json"] {
            let path = format!("/feeds/news.{extension}");
            let plain = daemon.get(&path, "");
            assert_eq!((plain.status, plain.header("content-encoding")), (200, None));
            let tag = plain.header("etag").expect("an ETag").to_owned();
            assert!(tag.starts_with('"') && tag.len() == 34, "{tag}");
            assert!(plain.header("last-modified").is_some_and(|d| d.ends_with("GMT")));
            assert!(
                plain
                    .header("cache-control")
                    .is_some_and(|c| c.contains("max-age=1800") && c.contains("stale-if-error")),
                "{}",
                plain.head
            );
            assert_eq!(plain.header("vary"), Some("Accept-Encoding"));
            assert!(plain.header("link").is_some_and(|l| l.contains(&path) && l.contains("rel=\"self\"")));
            for coding in ["gzip", "br", "zstd"] {
                let packed = daemon.get(&path, &format!("Accept-Encoding: {coding}\r\n"));
                assert_eq!(packed.header("content-encoding"), Some(coding));
                assert_eq!(unpacked(&packed), plain.body, "{path} as {coding}");
                assert!(packed.body.len() < plain.body.len());
                assert_ne!(packed.header("etag"), Some(tag.as_str()), "another representation, another tag");
                let again = daemon.get(
                    &path,
                    &format!(
                        "Accept-Encoding: {coding}\r\nIf-None-Match: {}\r\n",
                        packed.header("etag").expect("a tag")
                    ),
                );
                assert_eq!((again.status, again.body.len()), (304, 0));
            }
            assert_eq!(daemon.get(&path, &format!("If-None-Match: \"x\", {tag}\r\n")).status, 304);
            assert_eq!(daemon.get(&path, "If-None-Match: \"x\"\r\n").status, 200);
            let since = format!("If-Modified-Since: {}\r\n", plain.header("last-modified").expect("a date"));
            assert_eq!(daemon.get(&path, &since).status, 304);
            let head =
                daemon.request(&format!("HEAD {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"));
            assert_eq!((head.status, head.body.len()), (200, 0));
            assert_eq!(head.header("content-length"), Some(plain.body.len().to_string().as_str()));
        }
    })
    .await;
}

#[tokio::test]
async fn no_request_changes_what_is_served_or_fetched() {
    served(|daemon, origin, _| {
        let plain = daemon.get("/feeds/news.rss", "");
        let rendered = || {
            let metrics = daemon.get("/metrics", "").text();
            let line = metrics
                .lines()
                .find(|l| l.starts_with("feedbridge_documents_rendered_total"))
                .map(str::to_owned);
            line.expect("the counter")
        };
        let before = rendered();
        for i in 0..50 {
            let reply = daemon.get(
                &format!("/feeds/news.rss?url=http://127.0.0.1:{}/{i}&x={i}", origin.port),
                "X-Forwarded-Host: evil.example\r\nForwarded: host=evil\r\n",
            );
            assert_eq!(reply.body, plain.body);
        }
        assert!(plain.text().contains(&daemon.base), "self links follow the bound address");
        assert_eq!(origin.seen().len(), 1);
        assert_eq!(rendered(), before);
    })
    .await;
}

#[tokio::test]
async fn every_path_answers_as_it_should() {
    served(|daemon, _, _| {
        for (path, headers, status, content_type) in [
            ("/", "", 200, "text/html; charset=utf-8"),
            ("/feeds/news", "Accept: text/html\r\n", 200, "text/html; charset=utf-8"),
            ("/feeds/news", "", 200, "application/rss+xml; charset=utf-8"),
            ("/feeds/news", "Accept: application/atom+xml\r\n", 200, "application/atom+xml; charset=utf-8"),
            ("/feeds.opml", "", 200, "text/x-opml; charset=utf-8"),
            ("/style.css", "", 200, "text/css; charset=utf-8"),
            ("/health/live", "", 200, "text/plain; charset=utf-8"),
            ("/health/ready", "", 200, "text/plain; charset=utf-8"),
            ("/metrics", "", 200, "text/plain; version=0.0.4; charset=utf-8"),
            ("/metrics", ASKS_OPEN_METRICS, 200, OPEN_METRICS),
            ("/feeds/none.rss", "", 404, "text/html; charset=utf-8"),
            ("/feeds/news.exe", "", 404, "text/html; charset=utf-8"),
            ("/feeds/..%2f..%2fetc%2fpasswd", "", 404, "text/html; charset=utf-8"),
            ("/feeds/%ff", "", 404, "text/html; charset=utf-8"),
            ("/nothing", "", 404, "text/html; charset=utf-8"),
        ] {
            let reply = daemon.get(path, headers);
            assert_eq!(
                (reply.status, reply.header("content-type")),
                (status, Some(content_type)),
                "{path} {headers}"
            );
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
            assert!(
                reply.header("content-security-policy").is_some_and(|p| p.contains("default-src 'none'")),
                "{path}"
            );
        }
        let page = daemon.get("/feeds/news", "Accept: text/html\r\n").text();
        assert!(
            page.contains("The &lt;News&gt;")
                && page.contains("First &lt;item&gt;")
                && !page.contains("<script"),
            "{page}"
        );
        assert!(page.contains("rel=\"alternate\"") && page.contains("/feeds/news.atom"));
        assert!(daemon.get("/feeds.opml", "").text().contains("xmlUrl="));
        let nameless = "GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n";
        assert_eq!(daemon.request(nameless).status, 400, "RFC 9112 section 3.2");
        assert_eq!(daemon.request(&nameless.replace("1.1", "1.0")).status, 200);
        for hosts in ["Host: a.example\r\nHost: a.example", "Host: a b", "Host:", "Host: user@a.example"] {
            let request = format!("GET /feeds/news.rss HTTP/1.1\r\n{hosts}\r\nConnection: close\r\n\r\n");
            assert_eq!(daemon.request(&request).status, 400, "{hosts}");
        }
    })
    .await;
}

/// How long a connection lives that sends this and no more.
fn lifetime(daemon: &Daemon, sent: &str) -> Duration {
    let mut stream = TcpStream::connect(daemon.authority()).expect("it listens");
    let begin = Instant::now();
    stream.write_all(sent.as_bytes()).expect("sent");
    stream.set_read_timeout(Some(Duration::from_secs(15))).expect("a timeout");
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    begin.elapsed()
}

#[tokio::test]
async fn slow_clients_are_closed_within_eleven_seconds_while_others_are_answered() {
    served(|daemon, _, _| {
        std::thread::scope(|scope| {
            let slow = ["", "GET /feeds/ne", "GET / HTTP/1.1\r\nHost: t\r\nX-Half:"]
                .map(|sent| scope.spawn(move || lifetime(daemon, sent)));
            let begin = Instant::now();
            let mut answered = 0;
            while begin.elapsed() < Duration::from_secs(9) {
                let asked = Instant::now();
                assert_eq!(daemon.get("/feeds/news.rss", "").status, 200);
                assert!(asked.elapsed() < Duration::from_secs(1));
                answered += 1;
                std::thread::sleep(Duration::from_millis(100));
            }
            assert!(answered > 30);
            for thread in slow {
                let lived = thread.join().expect("joined");
                assert!(lived > Duration::from_secs(8) && lived < Duration::from_secs(11), "{lived:?}");
            }
        });
    })
    .await;
}

#[tokio::test]
async fn a_trouble_is_named_and_the_last_good_document_stays() {
    let origin = Origin::start().await;
    origin.page("/", &listing(&["One", "Two"]));
    let toml = "[limits]\npace_s = 0\nbackoff_min_s = 1\n".to_owned()
        + &feed_toml("news", &origin.url("/"), &origin.address(), "").replace("every 1h", "every 1s");
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        let daemon = Daemon::start(folder.path(), &toml);
        daemon.until("/feeds/news.json", |r| r.json()["items"].as_array().is_some_and(|i| i.len() == 2));
        let before = daemon.get("/feeds/news.rss", "");
        origin.page("/", "<h1>We have a new design</h1>");
        daemon.until("/", |r| r.text().contains("the listing is no longer where it was"));
        let metrics = daemon.get("/metrics", "").text();
        assert!(metrics.contains("outcome=\"failed\",trouble=\"container_missing\""), "{metrics}");
        let after = daemon.get("/feeds/news.rss", "");
        assert_eq!((after.status, &after.body), (200, &before.body));
        assert_eq!(after.header("last-modified"), before.header("last-modified"));
        assert_eq!(after.header("etag"), before.header("etag"));
        origin.page("/", &listing(&["Three", "One", "Two"]));
        daemon.until("/feeds/news.json", |r| r.json()["items"].as_array().is_some_and(|i| i.len() == 3));
    })
    .await
    .expect("joined");
}
