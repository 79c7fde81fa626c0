//! Items keep their identities while others come to the page and leave it.

use chrono::{DateTime, Utc};
use feedbridge::config::Config;
use feedbridge::model::Item;

use crate::support::recorded::{Bench, Next};

const PAGE: &str = "https://harbour.example.org/list";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

async fn bench(kind: &str, select: &str) -> Bench {
    let toml = format!("[[feed]]\nid = \"t\"\nurl = \"{PAGE}\"\nkind = \"{kind}\"\n{select}");
    let config = Config::parse(&toml, std::path::Path::new("feeds.toml")).expect("a configuration");
    Bench::new(config, at("2026-11-20T06:00:00Z")).await
}

const ROWS: &str = "[feed.select]\nitem = \"li\"\ntitle = \"a\"\nlink = \"a\"\ndate = \"time\"\n";

/// A page of links with their titles and days.
fn rows(rows: &[(&str, &str, &str)]) -> String {
    let row = |(link, title, day): &(&str, &str, &str)| {
        format!("<li><a href=\"{link}\">{title}</a> <time>2026-11-{day}</time></li>")
    };
    format!("<html lang=\"en\"><body><ul>{}</ul></body></html>", rows.iter().map(row).collect::<String>())
}

/// Runs over the pages, and gives the number of new and of edited items of each run.
async fn over(bench: &Bench, pages: &[String]) -> Vec<(u32, u32)> {
    let mut counts = Vec::new();
    for (hour, page) in (7..).zip(pages) {
        bench.clock.set(at(&format!("2026-11-20T{hour:02}:00:00Z")));
        let content_type =
            if page.starts_with("<rss") { "application/rss+xml" } else { "text/html; charset=utf-8" };
        bench.next(Next::Page(page.as_bytes().to_vec(), Some(content_type.to_owned())));
        let record = bench.run().await.record;
        counts.push((record.added, record.changed));
    }
    counts
}

/// Titles with their days, sorted.
async fn kept(bench: &Bench) -> Vec<String> {
    let items = bench.tools.store.items(&bench.config.feeds[0].id, 100).await.expect("items");
    let line = |item: &Item| format!("{} {}", item.content.title, item.date.format("%d"));
    let mut lines: Vec<String> = items.iter().map(line).collect();
    lines.sort();
    lines
}

#[tokio::test]
async fn one_link_with_several_titles() {
    let bench = bench("html", ROWS).await;
    let pages = [
        rows(&[("/form", "Lathe course", "02"), ("/form", "Knot course", "01"), ("/x", "Fair", "01")]),
        rows(&[("/form", "Knot course", "01"), ("/x", "Fair", "01")]),
        rows(&[("/form", "Dye course", "05"), ("/x", "Fair", "01")]),
        rows(&[("/form", "Lathe course", "02"), ("/form", "Dye course", "05"), ("/x", "Fair again", "01")]),
        rows(&[("/form", "Sail course", "09")]),
    ];
    assert_eq!(over(&bench, &pages).await, [(3, 0), (0, 0), (1, 0), (0, 1), (1, 0)]);
    let expected = ["Dye course 05", "Fair again 01", "Knot course 01", "Lathe course 02", "Sail course 09"];
    assert_eq!(kept(&bench).await, expected);
}

#[tokio::test]
async fn fragments_of_one_page() {
    for link in ["", PAGE, "/log"] {
        let bench = bench("html", ROWS).await;
        let links: Vec<String> = (0..4).map(|number| format!("{link}#n{number}")).collect();
        let [one, two, three] = [1, 2, 3].map(|number: usize| links[number].as_str());
        let pages = [
            rows(&[(two, "Update", "02"), (one, "Update", "01")]),
            rows(&[(three, "Update", "03"), (two, "Update", "02")]),
            rows(&[(three, "Update, mended", "03"), (two, "Update", "02")]),
            rows(&[(three, "Update, mended", "03")]),
        ];
        assert_eq!(over(&bench, &pages).await, [(2, 0), (1, 0), (0, 1), (0, 0)], "{link}");
        assert_eq!(kept(&bench).await, ["Update 01", "Update 02", "Update, mended 03"], "{link}");
    }
}

#[tokio::test]
async fn items_that_get_links_to_places_of_the_page_are_not_new() {
    let bench = bench("html", ROWS).await;
    let pages = [
        rows(&[("#", "Lock", "02"), ("#", "Weir", "01")]),
        rows(&[("#lock-a", "Lock", "02"), ("#weir-b", "Weir", "01")]),
        rows(&[("#modal", "Lock", "02"), ("#modal", "Weir", "01")]),
        rows(&[("#1", "Lock", "02"), ("#2", "Weir", "01")]),
    ];
    assert_eq!(over(&bench, &pages).await, [(2, 0), (0, 0), (0, 0), (0, 0)]);
}

#[tokio::test]
async fn a_link_to_another_page_goes_before_a_fragment() {
    let select = "[feed.select]\nitem = \"li\"\ntitle = \"h3\"\nlink = [\"a.more\", \"h3 a\"]\n";
    let bench = bench("html", select).await;
    let item = |name: &str| {
        format!(
            "<li><h3><a href=\"/ships/{name}\">{name}</a></h3><a class=\"more\" href=\"#{name}\">+</a></li>"
        )
    };
    let page = format!("<html><body><ul>{}{}</ul></body></html>", item("ketch"), item("yawl"));
    assert_eq!(over(&bench, &[page]).await, [(2, 0)]);
    let items = bench.tools.store.items(&bench.config.feeds[0].id, 100).await.expect("items");
    let links = items.iter().filter_map(|item| item.content.url.as_ref());
    assert!(links.clone().count() == 2 && links.clone().all(|url| url.path().starts_with("/ships/")));
}

#[tokio::test]
async fn routes_of_one_page() {
    let bench = bench("html", ROWS).await;
    let pages = [
        rows(&[("/app#/news/31", "Dock", "02"), ("/app#/news/30", "Dock", "01")]),
        rows(&[("/app#/news/31", "Dock shut", "02"), ("/app#/news/30", "Dock", "01")]),
    ];
    assert_eq!(over(&bench, &pages).await, [(2, 0), (0, 1)]);
}

#[tokio::test]
async fn spellings_of_one_address() {
    let bench = bench("html", ROWS).await;
    let pages = [
        rows(&[("/v?a=1&b=2", "Sluice", "01"), ("/%7Ekim/caf%C3%A9", "Mill", "02")]),
        rows(&[("/v?b=2&a=1", "Sluice", "01"), ("/~kim/café", "Mill", "02")]),
        rows(&[("/v?b=2&a=1&utm_source=x", "Sluice open", "01"), ("/~kim/caf%c3%a9", "Mill", "02")]),
    ];
    assert_eq!(over(&bench, &pages).await, [(2, 0), (0, 0), (0, 1)]);
}

fn entry(title: &str, link: &str, guid: &str) -> String {
    format!("<item><title>{title}</title><link>{link}</link><guid isPermaLink=\"false\">{guid}</guid></item>")
}

fn feed(entries: &[String]) -> String {
    format!("<rss version=\"2.0\"><channel><title>x</title>{}</channel></rss>", entries.concat())
}

#[tokio::test]
async fn an_id_that_is_the_link_with_a_number() {
    let bench = bench("feed", "").await;
    let story = "https://harbour.example.org/story?at_campaign=rss";
    let id = |number: u32| format!("https://harbour.example.org/story#{number}");
    let other = entry("Buoy", "https://harbour.example.org/b", "https://harbour.example.org/b#0");
    let pages = [
        feed(&[entry("Crane falls", story, &id(0)), other.clone()]),
        feed(&[entry("Crane falls", story, &id(2)), other.clone()]),
        feed(&[entry("Crane fell", story, &id(5)), other]),
    ];
    assert_eq!(over(&bench, &pages).await, [(2, 0), (0, 0), (0, 1)]);
}

#[tokio::test]
async fn entries_of_one_page_with_ids() {
    let bench = bench("feed", "").await;
    let log = "https://harbour.example.org/log";
    let version = |number: u32| entry(&format!("Version {number}"), log, &format!("{log}#v{number}"));
    let pages =
        [feed(&[version(2), version(1)]), feed(&[version(3), version(2)]), feed(&[version(4), version(3)])];
    assert_eq!(over(&bench, &pages).await, [(2, 0), (1, 0), (1, 0)]);
}

#[tokio::test]
async fn ids_that_each_visit_makes_anew() {
    let bench = bench("feed", "").await;
    let visit = |number: u32| {
        let item = |name: &str| {
            entry(name, &format!("https://harbour.example.org/{name}"), &format!("{number}-{name}-{number}"))
        };
        feed(&["Ferry", "Buoy", "Pilot", "Quay"].map(item))
    };
    assert_eq!(over(&bench, &[1, 2, 3, 4].map(visit)).await, [(4, 0), (0, 0), (0, 0), (0, 0)]);
}

#[tokio::test]
async fn a_changelog_with_its_latest_entry_only() {
    let log = "https://harbour.example.org/ch";
    let at = |name: &str| format!("{log}#{name}");
    let by_id = |name: &str| feed(&[entry(name, log, &at(name))]);
    let by_link =
        |name: &str| feed(&[format!("<item><title>{name}</title><link>{}</link></item>", at(name))]);
    let names = ["v1.0", "v1.1", "v1.2"];
    for pages in [names.map(by_id), names.map(by_link)] {
        let bench = bench("feed", "").await;
        assert_eq!(over(&bench, &pages).await, [(1, 0), (1, 0), (1, 0)]);
        assert_eq!(kept(&bench).await.len(), 3);
    }
    let bench = bench("html", ROWS).await;
    let pages = [("/app#news/31", "Dock"), ("/app#news/32", "Mill")].map(|(l, t)| rows(&[(l, t, "02")]));
    assert_eq!(over(&bench, &pages).await, [(1, 0), (1, 0)]);
}

#[tokio::test]
async fn an_id_that_moves_to_https() {
    let bench = bench("feed", "").await;
    let page = |scheme: &str, title: &str| {
        feed(&[entry(
            title,
            "https://harbour.example.org/slip",
            &format!("{scheme}://harbour.example.org/?p=11"),
        )])
    };
    let pages = [page("http", "Slip"), page("https", "Slipway open"), page("https", "Slipway open")];
    assert_eq!(over(&bench, &pages).await, [(1, 0), (0, 1), (0, 0)]);
}

#[tokio::test]
async fn spellings_of_one_query() {
    let bench = bench("html", ROWS).await;
    let pages = [
        rows(&[
            ("/v?print", "Sluice", "01"),
            ("/v?to=%2Fdock", "Mill", "02"),
            ("/v?q=low+tide", "Tide", "03"),
        ]),
        rows(&[
            ("/v?print=", "Sluice", "01"),
            ("/v?to=/dock", "Mill", "02"),
            ("/v?q=low%20tide", "Tide", "03"),
        ]),
    ];
    assert_eq!(over(&bench, &pages).await, [(3, 0), (0, 0)]);
}

#[tokio::test]
async fn a_heading_of_another_level_is_no_edit() {
    let select = "[feed.select]\nitem = \"article\"\ntitle = \"h2\"\nlink = \"a\"\nsummary = \"p\"\n";
    let bench = bench("html", select).await;
    let names = ["Lock gate", "Tide tables", "Berths free", "Winch sold", "Dredger due"];
    let page = |other: usize| {
        let article = |(n, name): (usize, &str)| {
            let level = if n == other { 3 } else { 2 };
            format!(
                "<article><h{level}>{name}</h{level}><p>Notice {n} of the harbour.</p><a href=\"/{n}\">More</a></article>"
            )
        };
        let articles: String = names.into_iter().enumerate().map(article).collect();
        format!("<html lang=\"en\"><body><main>{articles}</main></body></html>")
    };
    assert_eq!(over(&bench, &[page(9), page(2), page(2), page(9)]).await, [(5, 0), (0, 0), (0, 0), (0, 0)]);
    let kept = kept(&bench).await;
    assert!(kept.iter().any(|line| line.starts_with("Berths free")), "{kept:?}");
}
