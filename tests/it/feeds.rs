//! Feeds as sources, of every version and with every common damage: each file of `tests/feeds` is one.

use std::fs;
use std::path::{Path, PathBuf};

use feedbridge::config::Limits;
use feedbridge::extract::{ExtractContext, extract};
use feedbridge::fetch::Fetched;
use feedbridge::model::Validators;
use feedbridge::normalise::normalise;
use feedbridge::rules::SourceKind;
use serde_json::{Value, json};

fn feeds() -> Vec<PathBuf> {
    let all = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/feeds")).expect("tests/feeds");
    let paths = all.map(|e| e.expect("readable").path());
    let mut feeds: Vec<PathBuf> =
        paths.filter(|p| p.extension().is_some_and(|e| e == "xml" || e == "json")).collect();
    feeds.sort();
    feeds
}

/// The items of a feed, in the shape of the expected files.
fn read(path: &Path) -> Result<Value, String> {
    let body = fs::read(path).map_err(|e| e.to_string())?;
    let fetched = Fetched {
        url: "https://example.org/feeds/main".parse().expect("an address"),
        bytes: body.len() as u64,
        body,
        content_type: None,
        validators: Validators::default(),
        body_hash: String::new(),
        crawl_delay: None,
    };
    let page = fetched.into_page().map_err(|t| t.to_string())?;
    let (limits, now) = (Limits::default(), "2026-03-05T06:00:00Z".parse().expect("an instant"));
    let source = SourceKind::feed(chrono_tz::Tz::UTC, None);
    let context = ExtractContext::without_programs(&limits.extract, now);
    let extraction = extract(&page, &source, None, context).map_err(|e| e.to_string())?;
    let title = extraction.title.clone();
    let (found, _) = normalise(extraction, None, now, &limits.text);
    let items: Vec<Value> = found
        .iter()
        .map(|f| {
            let title = Some(&f.content.title).filter(|t| !t.is_empty());
            json!({ "title": title, "url": f.content.url, "date": f.date.map(|d| d.at.to_utc().timestamp()) })
        })
        .collect();
    Ok(json!({ "title": title, "items": items }))
}

/// Instants as numbers: offsets are written in several ways.
fn expected(path: &Path) -> Value {
    let text = fs::read_to_string(path.with_extension("expected")).expect("an expected file");
    let mut value: Value = serde_json::from_str(&text).expect("JSON");
    for item in value["items"].as_array_mut().expect("items") {
        if let Some(date) = item["date"].as_str() {
            item["date"] = chrono::DateTime::parse_from_rfc3339(date).expect("a date").timestamp().into();
        }
    }
    value
}

#[test]
fn feeds_say_what_is_in_them() {
    let feeds = feeds();
    assert!(feeds.len() >= 60, "only {} feeds", feeds.len());
    let mut wrong = Vec::new();
    for path in &feeds {
        let (seen, wanted) = (read(path), expected(path));
        if seen.as_ref() != Ok(&wanted) {
            wrong.push(format!("{}:\n  saw {seen:?}\n  not {wanted}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} of {} feeds:\n{}", wrong.len(), feeds.len(), wrong.join("\n"));
}
