//! Measures how many pages are read per second on one core, from bytes to items. The page is a listing of
//! 96 kB with 20 items. The same HTML parser parsing the same page and doing nothing else is the reference.
//!
//! `cargo bench --bench pages`

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use feedbridge::config::{Config, Limits};
use feedbridge::fetch::{BodyHold, Fetched};
use feedbridge::model::Validators;
use feedbridge::rules::Unbounded;
use feedbridge::run::{ReadSettings, read};

const PAGE_BYTES: usize = 96_000;
const ITEMS: usize = 20;
const ROUND: Duration = Duration::from_secs(2);
const ROUNDS: usize = 5;

const TOML: &str = r#"
[[feed]]
id = "t"
url = "https://example.org/news"
[feed.select]
item = "article"
title = "h2 a"
date = "time"
summary = ".entry-summary"
tags = ".tags a"
image = "img"
"#;

fn main() {
    let config = Config::parse(TOML, Path::new("feeds.toml")).expect("a configuration");
    let recipe = config.feeds[0].recipe.clone();
    let limits = Limits::default();
    let now = "2026-03-31T00:00:00Z".parse().expect("an instant");
    let html = page();
    let read_items = || {
        let page = fetched(&html).into_page().expect("a page");
        let reading =
            read(&page, &recipe, None, ReadSettings { now, limits: &limits, jq: &Unbounded }).expect("items");
        assert_eq!(reading.found.len(), ITEMS);
        black_box(reading);
    };
    let parse_only = || {
        black_box(scraper::Html::parse_document(black_box(&html)));
    };
    let mut reads_per_second = 0.0_f64;
    let mut parses_per_second = 0.0_f64;
    // By turns, so that other load on the machine slows both.
    for _ in 0..ROUNDS {
        reads_per_second = reads_per_second.max(runs_per_second(&read_items));
        parses_per_second = parses_per_second.max(runs_per_second(&parse_only));
    }
    #[expect(clippy::print_stdout, reason = "a benchmark prints its figure")]
    {
        println!(
            "pages of {} bytes a second on one core, from bytes to items: {reads_per_second:.0}",
            html.len()
        );
        println!(
            "parsed only, by the same parser: {parses_per_second:.0}; share of the bare parse: {:.2}",
            reads_per_second / parses_per_second
        );
    }
}

fn fetched(html: &str) -> Fetched {
    Fetched {
        hold: BodyHold::default(),
        url: "https://example.org/news".parse().expect("an address"),
        body: html.as_bytes().to_vec(),
        content_type: Some("text/html; charset=utf-8".to_owned()),
        validators: Validators::default(),
        body_hash: String::new(),
        bytes: html.len() as u64,
        crawl_delay: None,
        parameters: Vec::new(),
    }
}

/// A listing like that of a blog: navigation with an archive, and 20 cards. The words are random, but the
/// same in each run.
fn page() -> String {
    let mut seed = 7_u64;
    let mut word = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let length = 3 + (seed >> 33) % 7;
        (0..length)
            .map(|i| char::from(b'a' + u8::try_from((seed >> (5 * i)) % 20).unwrap_or(0)))
            .collect::<String>()
    };
    let mut words = |n: usize| (0..n).map(|_| word()).collect::<Vec<_>>().join(" ");
    let mut cards = String::new();
    for i in 1..=ITEMS {
        let title = words(9);
        let text = words(60);
        let tag = words(1);
        let card = format!(
            "<article class=\"post-{i} type-post\"><div class=\"thumb\"><a href=\"/a/{i}\"><img src=\"/m/{i}.jpg\" \
             srcset=\"/m/{i}-300.jpg 300w\" alt=\"\"></a></div><h2 class=\"entry-title\"><a href=\"/a/{i}\">{title}</a></h2>\
             <time datetime=\"2026-03-{i:02}T10:00:00+00:00\">March {i}, 2026</time><div class=\"entry-summary\"><p>{text}</p></div>\
             <ul class=\"tags\"><li><a href=\"/t\">{tag}</a></li></ul></article>\n"
        );
        cards.push_str(&card);
    }
    let mut archive_links = String::new();
    let mut n = 0;
    while cards.len() + archive_links.len() + 200 < PAGE_BYTES {
        n += 1;
        let row =
            format!("<li class=\"cat-item cat-item-{n}\"><a href=\"/archive/{n}\">{}</a></li>\n", words(2));
        archive_links.push_str(&row);
    }
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>News</title></head><body><nav><ul>{archive_links}</ul></nav>\
         <main>{cards}</main></body></html>"
    )
}

fn runs_per_second(work: &dyn Fn()) -> f64 {
    let begin = Instant::now();
    let mut runs = 0_u32;
    while begin.elapsed() < ROUND {
        work();
        runs += 1;
    }
    f64::from(runs) / begin.elapsed().as_secs_f64()
}
