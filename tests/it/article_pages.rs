//! `[feed.article]`: items' own pages are fetched after the listing, and never cost an item.

use std::path::Path;
use std::time::{Duration, Instant};

use feedbridge::config::Config;
use feedbridge::fetch::FetchFailure;
use feedbridge::model::{Cause, DateSource, Item, Trouble, TroubleKind};
use feedbridge::run;

use crate::support::daemon::{Daemon, run as run_program};
use crate::support::origin::{Origin, Step};
use crate::support::recorded::{Bench, Next};

const LISTING: &str = r#"<main><article><h2><a href="/a/1">Harbour office opens its archive to all who…</a></h2>
    <p>The first visitors came early.</p></article></main>"#;

const TOML: &str = "[[feed]]\nid = \"t\"\nurl = \"https://example.org/\"\ntimezone = \"Europe/Oslo\"\n\
    [feed.select]\nitem = \"article\"\ntitle = \"h2 a\"\nsummary = \"p\"\n[feed.article]\n";

fn article(headline: &str) -> String {
    let paragraph = "The harbour office opened its new archive on Tuesday, and the first visitors came \
                     before eight in the morning, as they had been told that the ledgers would be on show.";
    format!(
        r#"<html lang="en"><head><title>{headline} - Wire</title><meta property="og:image" content="/i.jpg">
        <meta property="article:published_time" content="2026-03-02T07:30:00+01:00"><meta name="author" content="Ann Lee"></head>
        <body><nav><a href="/">Home</a></nav><article><h1>{headline}</h1><p>{paragraph}</p><p>{paragraph}</p>
        <figure><img src="/i.jpg"></figure><p class="end">{paragraph}</p></article><footer>Imprint</footer></body></html>"#
    )
}

async fn bench(more: &str) -> Bench {
    let config = Config::parse(&format!("{TOML}{more}"), Path::new("feeds.toml")).expect("a configuration");
    let bench = Bench::new(config, "2026-03-05T06:00:00Z".parse().expect("an instant")).await;
    bench.page(LISTING);
    assert_eq!(bench.run().await.record.added, 1);
    bench
}

impl Bench {
    /// Fetches what is wanted now; gives how many came.
    async fn articles(&self) -> usize {
        let until = tokio::time::Instant::now() + Duration::from_secs(60);
        run::articles(&self.tools, &self.config, &self.config.feeds[0], until)
            .await
            .expect("the store answers")
    }

    async fn item(&self) -> Item {
        let items = self.tools.store.items(&self.config.feeds[0].id, 10).await.expect("items");
        assert_eq!(items.len(), 1);
        items[0].clone()
    }

    async fn version(&self) -> u64 {
        let state = self.tools.store.state(&self.config.feeds[0].id).await.expect("the store answers");
        state.expect("a state").version
    }
}

#[tokio::test]
async fn an_article_completes_its_item() {
    let bench = bench("").await;
    let before = bench.item().await;
    assert_eq!((before.content.content_html, before.date_source), (None, DateSource::FirstSeen));
    let version = bench.version().await;
    bench.page(&article("Harbour office opens its archive to all who ask"));
    assert_eq!(bench.articles().await, 1);
    let item = bench.item().await;
    assert_eq!(item.guid, before.guid);
    assert_eq!(item.content.title, "Harbour office opens its archive to all who ask");
    assert_eq!(item.content.summary.as_deref(), Some("The first visitors came early."));
    assert!(
        item.content.content_html.is_some_and(|h| h.matches("<p").count() == 3 && !h.contains("Imprint"))
    );
    assert_eq!(item.content.authors, ["Ann Lee"]);
    assert_eq!(item.content.image.map(String::from).as_deref(), Some("https://example.org/i.jpg"));
    assert_eq!(
        (item.date.to_rfc3339().as_str(), item.date_source),
        ("2026-03-02T07:30:00+01:00", DateSource::Article)
    );
    assert_eq!(item.updated, None, "the site has not edited it");
    assert_eq!(bench.version().await, version + 1, "documents are made anew");
    // Once is enough, and the listing does not take it back.
    assert_eq!(bench.articles().await, 0);
    bench.page(&LISTING.replace("</main>", "<p>x</p></main>"));
    assert_eq!(bench.run().await.record.changed, 0);
    assert!(bench.item().await.content.content_html.is_some());
}

#[tokio::test]
async fn any_heading_may_complete_a_title() {
    let bench = bench("").await;
    let page = article("Harbour office opens its archive to all who ask");
    let page = page.replace(
        "<title>Harbour office opens its archive to all who ask - Wire",
        "<title>Wire, the news of the coast",
    );
    bench.page(
        &page
            .replace("<article><h1>", "<h1>The news of the coast</h1><article><h2>")
            .replace("ask</h1>", "ask</h2>"),
    );
    assert_eq!(bench.articles().await, 1);
    assert_eq!(bench.item().await.content.title, "Harbour office opens its archive to all who ask");
}

#[tokio::test]
async fn a_failed_article_costs_nothing_and_is_tried_again() {
    let bench = bench("").await;
    let fails = |kind, detail: &str| Next::Fails(FetchFailure::from(Trouble::new(kind, detail)));
    bench.next(fails(TroubleKind::HttpStatus, "status 503 Service Unavailable"));
    assert_eq!(bench.articles().await, 0);
    let item = bench.item().await;
    assert_eq!(item.content.summary.as_deref(), Some("The first visitors came early."));
    bench.page(&article("Harbour office opens its archive to all who ask"));
    assert_eq!(bench.articles().await, 0, "not at once");
    bench.clock.set("2026-03-05T06:01:01Z".parse().expect("an instant"));
    assert_eq!(bench.articles().await, 1);
    assert!(bench.item().await.content.content_html.is_some());
}

#[tokio::test]
async fn what_is_gone_is_not_asked_for_again() {
    let bench = bench("").await;
    let gone = Trouble::caused(TroubleKind::HttpStatus, Cause::Status { code: 404, pause: None });
    bench.next(Next::Fails(FetchFailure::from(gone)));
    assert_eq!(bench.articles().await, 0);
    bench.clock.set("2026-04-05T06:00:00Z".parse().expect("an instant"));
    bench.page(&article("Harbour office opens its archive to all who ask"));
    assert_eq!(bench.articles().await, 0);
}

#[tokio::test]
async fn an_edited_item_is_read_again() {
    let bench = bench("").await;
    bench.page(&article("Harbour office opens its archive to all who ask"));
    assert_eq!(bench.articles().await, 1);
    bench.page(&LISTING.replace("came early", "came late"));
    assert_eq!(bench.run().await.record.changed, 1);
    assert!(bench.item().await.content.content_html.is_some(), "what is known stays until then");
    bench.page(&article("Harbour office opens its archive to all who come"));
    assert_eq!(bench.articles().await, 1);
    assert!(bench.item().await.content.title.ends_with("who come"));
}

#[tokio::test]
async fn selectors_say_what_is_taken() {
    let bench = bench("content = \".end\"\ntitle = { xpath = \"//h1\" }\n").await;
    bench.page(&article("Quite another headline"));
    assert_eq!(bench.articles().await, 1);
    let item = bench.item().await;
    assert_eq!(item.content.title, "Quite another headline");
    assert!(
        item.content.content_html.is_some_and(|h| h.starts_with("The harbour office") && !h.contains("<p"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_are_asked_about_files_when_it_is_wanted() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let toml = format!(
        "[limits]\npace_s = 0\n[[feed]]\nid = \"t\"\nurl = \"{}\"\n[feed.fetch]\nhead_enclosures = true\nrobots = \"ignore\"\n\
         allow_addresses = [\"{}\"]\n[feed.select]\nitem = \"li\"\ntitle = \"b\"\nenclosure = \"a\"\n",
        origin.url("/"),
        origin.address()
    );
    std::fs::write(folder.path().join("feeds.toml"), toml).expect("written");
    origin.page(
        "/",
        "<ul><li><b>One</b><a href=/one>listen</a></li><li><b>Two</b><a href=/gone.mp3>listen</a></li></ul>",
    );
    origin.script("/one", vec![Step::Send(b"HTTP/1.1 200 OK\r\nContent-Type: audio/ogg; codecs=opus\r\nContent-Length: 4321\r\nConnection: close\r\n\r\n".to_vec())]);
    assert!(run_program(&["run", "t"], folder.path()).status.success());
    let output = run_program(&["items", "t", "--json"], folder.path());
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let files = |i: usize| value["items"][i]["enclosures"][0].clone();
    assert_eq!((files(0)["type"].as_str(), files(0)["length"].as_u64()), (Some("audio/ogg"), Some(4321)));
    assert_eq!((files(1)["type"].as_str(), files(1)["length"].as_u64()), (Some("audio/mpeg"), None));
    assert!(origin.seen().iter().any(|s| s.head.starts_with("HEAD /one ")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_fetches_articles_too() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let toml = format!(
        "[limits]\npace_s = 0\n{}",
        TOML.replace("https://example.org/", &origin.url("/")).replace(
            "[feed.select]",
            &format!("[feed.fetch]\nallow_addresses = [\"{}\"]\n[feed.select]", origin.address())
        )
    );
    std::fs::write(folder.path().join("feeds.toml"), toml).expect("written");
    origin.page("/", LISTING);
    origin.page("/a/1", &article("Harbour office opens its archive to all who ask"));
    let output = run_program(&["run", "t"], folder.path());
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 article fetched"), "{text}");
}

/// A listing of 50 whose articles take for ever, and another feed beside it.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_article_server_holds_up_nothing() {
    let (slow, other) = (Origin::start().await, Origin::start().await);
    let folder = tempfile::tempdir().expect("a folder");
    let cards: Vec<String> = (1..=50)
        .map(|n| format!("<article><h2><a href=\"/a/{n}\">Item {n}</a></h2><p>Excerpt {n}.</p></article>"))
        .collect();
    slow.page("/", &format!("<main>{}</main>", cards.concat()));
    for n in 1..=50 {
        slow.script(&format!("/a/{n}"), vec![Step::Hang]);
    }
    other.page("/", "<main><article><h2><a href=\"/o/1\">Other</a></h2></article></main>");
    let feed = |id: &str, origin: &Origin, more: &str| {
        format!(
            "[[feed]]\nid = \"{id}\"\nurl = \"{}\"\nschedule = \"every 1s\"\n[feed.fetch]\nallow_addresses = [\"{}\"]\n\
             robots = \"ignore\"\n[feed.select]\nitem = \"article\"\ntitle = \"h2\"\nsummary = \"p\"\n{more}",
            origin.url("/"),
            origin.address()
        )
    };
    let toml = format!(
        "[limits]\npace_s = 0\n{}{}",
        feed("slow", &slow, "[feed.article]\n"),
        feed("other", &other, "")
    );
    let daemon = Daemon::start(folder.path(), &toml);
    let begin = Instant::now();
    let wait_for = async |origin: &Origin, runs: usize| {
        while origin.seen().iter().filter(|s| s.path == "/").count() < runs {
            assert!(begin.elapsed() < Duration::from_secs(60), "{:?}", origin.seen());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    wait_for(&slow, 1).await;
    while !slow.seen().iter().any(|s| s.path.starts_with("/a/")) {
        assert!(begin.elapsed() < Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // An article hangs now, and will for the ten seconds that silence may last.
    let document = daemon.until("/feeds/slow.json", |r| r.text().contains("Item 50")).text();
    let value: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    let items = value["items"].as_array().expect("items");
    assert_eq!(items.len(), 50);
    assert!(items.iter().all(|i| i["summary"].as_str().is_some_and(|s| s.starts_with("Excerpt"))));
    let runs = other.seen().len();
    wait_for(&other, runs + 2).await;
    let asked = slow.seen().iter().filter(|s| s.path.starts_with("/a/")).count();
    assert!(asked <= 2, "one at a time: {asked}");
}

#[tokio::test]
async fn an_article_that_this_machine_could_not_fetch_is_put_off_and_no_try_is_counted() {
    let bench = bench("").await;
    let fails = |kind| Next::Fails(FetchFailure::from(Trouble::new(kind, "a test asked for it")));
    for _ in 0..8 {
        bench.next(fails(TroubleKind::Machine));
        assert_eq!(bench.articles().await, 0);
        bench.clock.advance(chrono::TimeDelta::minutes(1));
    }
    bench.next(fails(TroubleKind::Timeout));
    assert_eq!(bench.articles().await, 0);
    bench.clock.advance(chrono::TimeDelta::minutes(2));
    bench.page(&article("Harbour office opens its archive to all who ask"));
    assert_eq!(bench.articles().await, 1, "it was the first failure that counts");
}
