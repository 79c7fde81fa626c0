//! Pages that are too much: each ends as a named trouble, soon, and with little memory.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use feedbridge::clock::WallClock;
use feedbridge::config::Limits;
use feedbridge::fetch::{Fetcher, Network};
use feedbridge::model::{Outcome, TroubleKind};

use crate::addresses::{network, request};
use crate::support::daemon::Daemon;
use crate::support::origin::{Origin, Step};
use crate::support::recorded::Bench;
use crate::support::{config, feed_toml, listing};

fn gzip_bomb() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0; 1 << 20];
    (0..512).for_each(|_| encoder.write_all(&zeros).expect("in memory"));
    encoder.finish().expect("in memory")
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

/// The beginning of a gzip file, and 6 MiB of which half cannot be packed well.
fn large_gzip_file() -> Vec<u8> {
    let mut state = 1_u32;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let mut file = b"\x1f\x8b\x08".to_vec();
    file.extend((0..3 << 20).map(|_| byte()));
    file.resize(6 << 20, 0);
    file
}

#[tokio::test]
async fn pages_over_a_limit_are_named_troubles() {
    let origin = Origin::start().await;
    let html = "Content-Type: text/html\r\n";
    origin.answer("/bomb", "200 OK", &format!("{html}Content-Encoding: gzip\r\n"), &gzip_bomb());
    origin.answer("/large", "200 OK", html, &vec![b'x'; 6 << 20]);
    origin.answer("/twice", "200 OK", &format!("{html}Content-Encoding: gzip, gzip\r\n"), b"x");
    origin.answer("/broken", "200 OK", &format!("{html}Content-Encoding: br\r\n"), b"no brotli at all");
    origin.answer("/error", "500 Internal Server Error", html, b"x");
    origin.answer("/busy", "429 Too Many Requests", "Retry-After: 120\r\n", b"x");
    let head =
        |length: usize| format!("HTTP/1.1 200 OK\r\n{html}Content-Length: {length}\r\n\r\n").into_bytes();
    origin.script("/short", vec![Step::Send(head(1000)), Step::Send(b"<p>".to_vec())]);
    origin.script(
        "/chunk",
        vec![Step::Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".to_vec())],
    );
    origin.script("/nonsense", vec![Step::Send(b"nonsense\r\n\r\n".to_vec())]);
    // A gzip file that is larger than what may be received, and is packed once more.
    origin.answer("/file.gz", "200 OK", "Content-Encoding: gzip\r\n", &packed(&large_gzip_file()));
    for (path, kind) in [
        ("/bomb", TroubleKind::TooLarge),
        ("/large", TroubleKind::TooLarge),
        ("/file.gz", TroubleKind::TooLarge),
        ("/twice", TroubleKind::BadEncoding),
        ("/broken", TroubleKind::BadEncoding),
        ("/error", TroubleKind::HttpStatus),
        ("/busy", TroubleKind::RateLimited),
        ("/short", TroubleKind::BrokenAnswer),
        ("/chunk", TroubleKind::BrokenAnswer),
        ("/nonsense", TroubleKind::BrokenAnswer),
        ("/nothing", TroubleKind::HttpStatus),
    ] {
        let begin = Instant::now();
        let failure =
            network().fetch(&request(&origin.url(path), &[&origin.address()])).await.expect_err(path);
        assert_eq!(failure.trouble.kind, kind, "{path}: {}", failure.trouble);
        assert!(begin.elapsed() < Duration::from_secs(10), "{path} took {:?}", begin.elapsed());
        if path == "/busy" {
            assert_eq!(failure.retry_after, Some(Duration::from_secs(120)));
        }
    }
}

#[tokio::test]
async fn large_pages_wait_for_memory_and_no_deadline_counts_it() {
    let origin = Origin::start().await;
    origin.answer("/large", "200 OK", "Content-Type: text/html\r\n", &vec![b'x'; (4 << 20) + (96 << 10)]);
    let mut limits = Limits::default().fetch;
    limits.pace = Duration::ZERO;
    limits.idle_read = Duration::from_secs(1);
    let network = Network::new(limits, Arc::new(WallClock));
    let mut large = request(&origin.url("/large"), &[&origin.address()]);
    let mut unread = Vec::new();
    for _ in 0..5 {
        unread.push(network.fetch(&large).await.expect("a page"));
    }
    large.timeout = Some(Duration::from_secs(1));
    let mut waiting = network.fetch(&large);
    assert!(tokio::time::timeout(Duration::from_millis(1500), &mut waiting).await.is_err());
    drop(unread.pop());
    assert!(waiting.await.is_ok());
    origin.page("/small", "<p>one");
    let small = request(&origin.url("/small"), &[&origin.address()]);
    unread.push(network.fetch(&large).await.expect("a page"));
    assert!(network.fetch(&small).await.is_ok(), "a small page needs no room");
}

#[tokio::test]
async fn a_drip_and_a_silence_end_at_their_deadlines() {
    let origin = Origin::start().await;
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n".to_vec();
    origin.script("/drip", vec![Step::Send(head.clone()), Step::Drip(b'x', Duration::from_millis(50))]);
    origin.script("/half", vec![Step::Send(head), Step::Hang]);
    origin.script("/mute", vec![Step::Hang]);
    for path in ["/drip", "/half", "/mute"] {
        let mut request = request(&origin.url(path), &[&origin.address()]);
        request.timeout = Some(Duration::from_secs(1));
        let begin = Instant::now();
        let failure = network().fetch(&request).await.expect_err(path);
        assert_eq!(failure.trouble.kind, TroubleKind::Timeout, "{path}: {}", failure.trouble);
        assert!(begin.elapsed() < Duration::from_secs(3), "{path} took {:?}", begin.elapsed());
    }
}

#[tokio::test]
async fn pages_that_eat_the_processor_are_refused() {
    let toml = feed_toml("t", "https://example.org/", "127.0.0.1", "");
    let bench = Bench::new(config(&toml), "2026-03-05T06:00:00Z".parse().expect("an instant")).await;
    for page in [
        "<ul><li>".repeat(16_000),
        "<div>".repeat(400_000),
        "<b>".repeat(40_000),
        "<div><a>".repeat(16_000),
        "<table><tr><td>".repeat(10_000),
        "<svg>".repeat(30_000),
        format!("<p {}>", "a ".repeat(200_000)),
    ] {
        bench.page(&page);
        let begin = Instant::now();
        let report = bench.run().await;
        let Outcome::Failed(trouble) = &report.record.outcome else { panic!("{}: not refused", &page[..16]) };
        assert_eq!(trouble.kind, TroubleKind::TooDeep, "{}", &page[..16]);
        assert!(begin.elapsed() < Duration::from_secs(4), "{} took {:?}", &page[..16], begin.elapsed());
    }
    let long = format!("{}{}", "<p>text<br>".repeat(200_000), listing(&["One"]));
    bench.page(&long);
    assert_eq!(bench.run().await.record.outcome, Outcome::Fresh);
}

fn resident_kib(pid: u32, field: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    let line = status.lines().find(|l| l.starts_with(field)).expect("the field");
    line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("a number")
}

#[tokio::test]
async fn a_bomb_costs_little_memory_and_the_daemon_goes_on() {
    let origin = Origin::start().await;
    let html = "Content-Type: text/html\r\n";
    let bomb = gzip_bomb();
    for i in 0..4 {
        origin.answer(&format!("/bomb{i}"), "200 OK", &format!("{html}Content-Encoding: gzip\r\n"), &bomb);
    }
    origin.page("/deep", &"<ul><li>".repeat(16_000));
    origin.page("/good", &listing(&["One", "Two"]));
    let mut toml = "[limits]\npace_s = 0\n".to_owned();
    for path in ["good", "bomb0", "deep", "bomb1", "bomb2", "bomb3"] {
        toml += &feed_toml(path, &origin.url(&format!("/{path}")), &origin.address(), "");
    }
    let folder = tempfile::tempdir().expect("a folder");
    tokio::task::spawn_blocking(move || {
        let daemon = Daemon::start(folder.path(), &toml);
        daemon.until("/feeds/good.json", |r| {
            r.status == 200 && r.json()["items"].as_array().is_some_and(|i| i.len() == 2)
        });
        let base = resident_kib(daemon.pid(), "VmRSS");
        daemon.until("/metrics", |r| {
            r.text().contains("feedbridge_runs_total{outcome=\"failed\",trouble=\"too_large\"} 4")
        });
        daemon.until("/metrics", |r| {
            r.text().contains("feedbridge_runs_total{outcome=\"failed\",trouble=\"too_deep\"} 1")
        });
        let peak = resident_kib(daemon.pid(), "VmHWM");
        assert!(peak < base + 32 * 1024, "{base} KiB before, at most {peak} KiB");
        assert_eq!(daemon.get("/feeds/good.rss", "").status, 200);
    })
    .await
    .expect("joined");
}
