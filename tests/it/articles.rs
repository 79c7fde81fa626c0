//! The full text of pages of many shapes: each folder of `tests/articles` is a page and its text.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use feedbridge::article::{ArticleRules, article};
use feedbridge::config::Limits;
use feedbridge::model::Page;
use feedbridge::normalise::safe_html;

/// Runs of four words, and how often each stands there.
fn shingles(text: &str) -> HashMap<Vec<String>, usize> {
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    let mut out = HashMap::new();
    for run in words.windows(4.min(words.len().max(1))) {
        *out.entry(run.to_vec()).or_default() += 1;
    }
    out
}

/// F1 of the shingles of a text against those of the truth.
fn f1(found: &str, truth: &str) -> f64 {
    let (found, truth) = (shingles(found), shingles(truth));
    let shared: usize = truth.iter().map(|(run, n)| found.get(run).copied().unwrap_or(0).min(*n)).sum();
    let of = |all: &HashMap<Vec<String>, usize>| {
        f64::from(u32::try_from(all.values().sum::<usize>()).expect("small"))
    };
    2.0 * f64::from(u32::try_from(shared).expect("small")) / (of(&found) + of(&truth))
}

#[test]
fn the_text_of_articles_is_found() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/articles");
    let mut pages: Vec<PathBuf> = fs::read_dir(folder)
        .expect("tests/articles")
        .map(|e| e.expect("readable").path())
        .filter(|p| p.extension().is_some_and(|e| e == "html"))
        .collect();
    pages.sort();
    assert!(pages.len() >= 30, "only {} pages", pages.len());
    let (mut sum, mut poor) = (0.0, Vec::new());
    for path in &pages {
        let (score, report) = judged(path);
        sum += score;
        poor.extend(report);
    }
    let mean = sum / f64::from(u32::try_from(pages.len()).expect("few"));
    println!("F1 of four-word shingles over {} pages: {mean:.4}", pages.len());
    assert!(poor.is_empty(), "{} of {} pages:\n{}", poor.len(), pages.len(), poor.join("\n"));
    assert!(mean >= MEAN, "F1 {mean:.4}");
}

/// Over all pages; and of each one.
const MEAN: f64 = 0.97;
const LEAST: f64 = 0.90;

fn page(text: String) -> Page {
    Page {
        url: "https://example.org/news/1".parse().expect("an address"),
        text,
        charset: "UTF-8",
        replacements: false,
    }
}

/// F1 of a page, and what is wrong with it.
fn judged(path: &Path) -> (f64, Option<String>) {
    let text = fs::read_to_string(path).expect("a page");
    let truth = fs::read_to_string(path.with_extension("txt")).expect("its text");
    let (title, truth) = truth.split_once('\n').expect("a title, then the text");
    let page = page(text);
    let found = article(&page, &ArticleRules::default(), Limits::default().extract.depth)
        .expect("a page within the limits");
    let score = f1(found.text.as_deref().unwrap_or_default(), truth);
    let name = path.file_name().unwrap_or_default().display().to_string();
    let right = score >= LEAST && found.title.as_deref() == Some(title);
    let report =
        || format!("{name}: F1 {score:.3}, title {:?}\n{}", found.title, found.text.unwrap_or_default());
    (score, (!right).then(report))
}

/// The safe HTML of an article with these parts between its paragraphs.
fn html_with(parts: &str) -> String {
    let prose = "The weir was rebuilt with oak from the lower wood, and the miller says that it will hold for \
        forty years if the ice is kept away from its gates, which nobody did in the last three winters.";
    let text = format!(
        "<html><head><title>The weir holds</title></head><body><nav><a href=/>Home</a></nav><main><article>\
         <h1>The weir holds</h1><p>{prose}</p><p>Again: {prose}</p>{parts}<p>At last, {prose}</p></article></main>"
    );
    let page = page(text);
    let found = article(&page, &ArticleRules::default(), Limits::default().extract.depth);
    let html = found.expect("a page within the limits").content_html.expect("a main text");
    safe_html(&html, &page.url, None).expect("within bounds")
}

#[track_caller]
fn has(parts: &str, expected: &[&str]) {
    let html = html_with(parts);
    for part in expected {
        assert_eq!(html.matches(part).count(), 1, "{part} in {html}");
    }
}

#[test]
fn pictures_of_articles_are_found_once() {
    has(
        "<figure><img src='data:image/gif;base64,R0' data-srcset='/p/a,w_300.jpg 300w,/p/a,w_900.jpg 900w' alt=Gate>\
         <noscript><img src='/p/a.jpg' alt=Gate></noscript><figcaption>The gate</figcaption></figure>",
        &["<img", "src=\"https://example.org/p/a,w_900.jpg\"", "<figcaption>The gate"],
    );
    has(
        "<p><noscript><img src='/p/b.jpg' alt=Ice></noscript></p>",
        &["<img", "src=\"https://example.org/p/b.jpg\""],
    );
    has(
        "<picture><source data-srcset='/p/c.png'><img class=lazy src='/i/placeholder.svg' alt=c></picture>",
        &["<img", "src=\"https://example.org/p/c.png\""],
    );
}

#[test]
fn players_of_articles_are_links() {
    has(
        "<div class=player><iframe data-src='https://player.example.net/v/7' title='The gate opens'></iframe></div>",
        &["href=\"https://player.example.net/v/7\"", ">The gate opens</a>"],
    );
    has(
        "<div><amp-video src=/v/ice.mp4 poster=/p/ice.jpg width=16 height=9 layout=responsive></amp-video></div>",
        &["href=\"https://example.org/v/ice.mp4\"", "src=\"https://example.org/p/ice.jpg\""],
    );
}

#[test]
fn notes_and_numbers_of_articles_stay() {
    has(
        "<p>It froze in March<sup><a id=m1 href='#n1'>1</a></sup> for eleven days, says the book of the mill.</p>\
         <ol start=7><li>Oak from the lower wood</li><li>Iron from the old bridge</li></ol>\
         <aside class=footnotes><ol><li id=n1>By the old calendar. <a href='#m1'>^</a></li></ol></aside>",
        &["<ol start=\"7\">", "href=\"#n1\"", "<li id=\"n1\">By the old calendar."],
    );
}
