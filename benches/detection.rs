//! Measures how long it takes to find the listing of a page, as a multiple of the bare parse of the same
//! page. The pages are those of `tests/detect/learn`, which are small, one of 96 kB, and two of 3 MB.
//!
//! "Whole" is the time from text to rules and items: a parse, the detection, and an ordinary extraction by
//! the rules found. A run by these rules alone is measured as well; "finding itself" is the difference.
//!
//! `cargo bench --bench detection` measures all; with `-- 96` only the large pages with `96` in their names.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use feedbridge::config::Limits;
use feedbridge::date::DateRules;
use feedbridge::detect::{DetectionOptions, detect};
use feedbridge::extract::{ExtractContext, HtmlDocument, extract};
use feedbridge::model::Page;

const LARGE_BYTES: usize = 3_000_000;
const ROUNDS: usize = 15;

/// The shortest times of one page, or the sums of those of several pages.
#[derive(Clone, Copy, Default)]
struct Times {
    /// The bare parse.
    parse: Duration,
    /// A run by known rules.
    run: Duration,
    /// Detection and a run by the rules found.
    whole: Duration,
}

impl Times {
    /// The whole as a multiple of the parse.
    fn whole_ratio(self) -> f64 {
        self.whole.as_secs_f64() / self.parse.as_secs_f64()
    }

    /// The detection alone as a multiple of the parse.
    fn finding_ratio(self) -> f64 {
        self.whole.saturating_sub(self.run).as_secs_f64() / self.parse.as_secs_f64()
    }
}

fn main() {
    let pages = pages();
    let bytes: usize = pages.iter().map(|(_, p)| p.text.len()).sum();
    let mut sum = Times::default();
    let mut worst = (Times::default(), "");
    for (name, page) in &pages {
        let times = measured(page, ROUNDS);
        if worst.1.is_empty() || times.finding_ratio() > worst.0.finding_ratio() {
            worst = (times, name);
        }
        sum.parse += times.parse;
        sum.run += times.run;
        sum.whole += times.whole;
    }
    print(&format!("{} pages of {} kB", pages.len(), bytes / pages.len() / 1000), sum);
    print(&format!("the worst of them, {}", worst.1), worst.0);
    let picked = std::env::args().skip(1).find(|a| !a.starts_with('-')).unwrap_or_default();
    let large = |name: &str, rounds: usize, page: &dyn Fn() -> Page| {
        if name.contains(&picked) {
            print(name, measured(&page(), rounds));
        }
    };
    large("96 kB, one list", 40, &|| long_list(96_000));
    large("3 MB, a listing among prose", 5, &mixed);
    large("3 MB, one long list", 5, &|| long_list(LARGE_BYTES));
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn print(name: &str, times: Times) {
    let millis = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "{name}: bare parse {:.2} ms; whole {:.2} ms, {:.2} times the parse; finding itself {:.2} times",
        millis(times.parse),
        millis(times.whole),
        times.whole_ratio(),
        times.finding_ratio()
    );
}

/// The shortest times of a bare parse, a run by the rules found, and the whole. They take turns, so that
/// other load on the machine slows all three.
fn measured(page: &Page, rounds: usize) -> Times {
    let limits = Limits::default();
    let dates = DateRules { format: None, zone: chrono_tz::Tz::UTC, order: None, language: None };
    let now = "2026-11-20T12:00:00Z".parse().expect("an instant");
    let how = DetectionOptions { dates: &dates, limits: &limits.extract, now, max_listings: 1 };
    let found = detect(page, &how).expect("a page").listings.into_iter().next();
    let rules = found.map(|found| found.rules.source);
    let mut least = Times { parse: Duration::MAX, run: Duration::MAX, whole: Duration::MAX };
    for _ in 0..rounds {
        let begin = Instant::now();
        drop(black_box(detect(black_box(page), &how).expect("a page")));
        least.whole = least.whole.min(begin.elapsed());
        let begin = Instant::now();
        match &rules {
            Some(rules) => drop(black_box(extract(
                black_box(page),
                rules,
                None,
                ExtractContext::without_programs(&limits.extract, now),
            ))),
            None => drop(black_box(HtmlDocument::parse(black_box(page), &limits.extract))),
        }
        least.run = least.run.min(begin.elapsed());
        let begin = Instant::now();
        drop(black_box(scraper::Html::parse_document(black_box(&page.text))));
        least.parse = least.parse.min(begin.elapsed());
    }
    least
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

/// Words of random letters, the same for the same seed.
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
    let title = words(seed, 9);
    let text = words(seed, 40);
    format!(
        "<article class=\"post-{i} entry\"><a href=\"/a/{i}-{}\"><img src=\"/m/{i}.jpg\" alt=\"\"></a><h2><a href=\"/a/{i}-{0}\">{title}</a></h2>\
         <time datetime=\"2026-03-{:02}\">March {1}, 2026</time><p class=\"summary\">{text}</p></article>\n",
        title.replace(' ', "-"),
        i % 28 + 1
    )
}

/// 60 cards, then paragraphs up to [`LARGE_BYTES`].
fn mixed() -> Page {
    let mut seed = 7;
    let mut text = String::from("<!doctype html><html lang=en><body><main>");
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

/// Cards and nothing else, up to a size in bytes.
fn long_list(bytes: usize) -> Page {
    let mut seed = 7;
    let mut text = String::from("<!doctype html><html lang=en><body><main>");
    let mut n = 0;
    while text.len() < bytes {
        n += 1;
        text.push_str(&card(&mut seed, n));
    }
    page(text)
}
