//! What finding the listing of a page costs, its parse and the extraction of its items included, beside
//! the bare parse of the same page: the pages of `tests/detect/learn`, which are small, one of 96 kB,
//! and two of 3 MB.
//!
//! `cargo bench --bench detection`

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use feedbridge::config::Limits;
use feedbridge::date::DateRules;
use feedbridge::detect::{Detecting, detect};
use feedbridge::model::Page;

const LARGE_BYTES: usize = 3_000_000;
const ROUNDS: usize = 15;

fn main() {
    let pages = pages();
    let (mut found, mut parsed) = (Duration::ZERO, Duration::ZERO);
    let mut worst = (0.0_f64, String::new());
    for (name, page) in &pages {
        let (detection, parse) = measured(page, ROUNDS);
        let ratio = detection.as_secs_f64() / parse.as_secs_f64();
        if ratio > worst.0 {
            worst = (ratio, name.clone());
        }
        found += detection;
        parsed += parse;
    }
    let bytes: usize = pages.iter().map(|(_, p)| p.text.len()).sum();
    #[expect(clippy::print_stdout, reason = "the figures are what a benchmark is for")]
    {
        println!(
            "{} pages, {bytes} bytes: parsed in {:.1} ms, listings found in {:.1} ms {:.2} times the parse; worst {:.2} ({})",
            pages.len(),
            millis(parsed),
            millis(found),
            found.as_secs_f64() / parsed.as_secs_f64(),
            worst.0,
            worst.1
        );
        let others = [
            ("96 kB, one list", long_list(96_000), 40),
            ("3 MB, a listing among prose", mixed(), 3),
            ("3 MB, one long list", long_list(LARGE_BYTES), 3),
        ];
        // `-- --quick` and its like are for other benchmarks; a word picks those whose names have it.
        let picked = std::env::args().skip(1).find(|a| !a.starts_with('-'));
        for (name, page, rounds) in others {
            if picked.as_ref().is_some_and(|word| !name.contains(word.as_str())) {
                continue;
            }
            let (detection, parse) = measured(&page, rounds);
            println!(
                "{name}: parsed in {:.1} ms, listings found in {:.1} ms, {:.2} times the parse",
                millis(parse),
                millis(detection),
                detection.as_secs_f64() / parse.as_secs_f64()
            );
        }
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The least time of a detection and of a bare parse, by turns.
fn measured(page: &Page, rounds: usize) -> (Duration, Duration) {
    let limits = Limits::default();
    let dates = DateRules { format: None, zone: chrono_tz::Tz::UTC, order: None, language: None };
    let now = "2026-11-20T12:00:00Z".parse().expect("an instant");
    let how = Detecting { dates: &dates, limits: &limits.extract, now, most: 1 };
    let (mut found, mut parsed) = (Duration::MAX, Duration::MAX);
    for _ in 0..rounds {
        let begin = Instant::now();
        drop(black_box(detect(black_box(page), &how).expect("a page")));
        found = found.min(begin.elapsed());
        let begin = Instant::now();
        drop(black_box(scraper::Html::parse_document(black_box(&page.text))));
        parsed = parsed.min(begin.elapsed());
    }
    (found, parsed)
}

fn pages() -> Vec<(String, Page)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/detect/learn");
    let all = fs::read_dir(folder).expect("pages").map(|e| e.expect("readable").path());
    let mut pages: Vec<(String, Page)> = all
        .filter(|f| f.is_dir())
        .map(|f| {
            let text = fs::read_to_string(f.join("page.html")).expect("readable");
            (f.file_name().expect("a name").to_string_lossy().into_owned(), page(text))
        })
        .collect();
    pages.sort_by(|a, b| a.0.cmp(&b.0));
    pages
}

fn page(text: String) -> Page {
    let url = "https://example.org/news".parse().expect("an address");
    Page { url, text, charset: "UTF-8", replacements: false }
}

/// Words that mean nothing, always the same.
fn words(seed: &mut u64, n: usize) -> String {
    let mut word = || {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let length = 3 + (*seed >> 33) % 7;
        (0..length)
            .map(|i| char::from(b'a' + u8::try_from((*seed >> (5 * i)) % 20).unwrap_or(0)))
            .collect::<String>()
    };
    (0..n).map(|_| word()).collect::<Vec<_>>().join(" ")
}

fn card(seed: &mut u64, i: usize) -> String {
    let (title, text) = (words(seed, 9), words(seed, 40));
    format!(
        "<article class=\"post-{i} entry\"><a href=\"/a/{i}-{}\"><img src=\"/m/{i}.jpg\" alt=\"\"></a><h2><a href=\"/a/{i}-{0}\">{title}</a></h2>\
         <time datetime=\"2026-03-{:02}\">March {1}, 2026</time><p class=\"summary\">{text}</p></article>\n",
        title.replace(' ', "-"),
        i % 28 + 1
    )
}

/// 60 cards among paragraphs.
fn mixed() -> Page {
    let (mut seed, mut text) = (7, String::from("<!doctype html><html lang=en><body><main>"));
    for i in 0..60 {
        text.push_str(&card(&mut seed, i));
    }
    text.push_str("</main><div class=\"rest\">");
    let mut n = 0;
    while text.len() < LARGE_BYTES {
        n += 1;
        let _ = writeln!(text, "<p class=\"n{n}\">{}</p>", words(&mut seed, 30));
    }
    page(text)
}

/// Cards and nothing else.
fn long_list(bytes: usize) -> Page {
    let (mut seed, mut text) = (7, String::from("<!doctype html><html lang=en><body><main>"));
    let mut n = 0;
    while text.len() < bytes {
        n += 1;
        text.push_str(&card(&mut seed, n));
    }
    page(text)
}
