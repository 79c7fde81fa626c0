//! Every folder of `tests/sites` is a test of the folder's name: pages over time become exactly the expected
//! items.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use feedbridge::config::Config;
use feedbridge::model::{Item, Outcome};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};

use crate::recorded::{Bench, Next};

#[path = "support/recorded.rs"]
#[expect(dead_code, unreachable_pub, reason = "the other test binary uses more of it")]
mod recorded;

/// Fewer folders than this mean that they were not found.
const LEAST_SITES: usize = 15;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folders = folders();
    assert!(folders.len() >= LEAST_SITES, "only {} sites", folders.len());
    libtest_mimic::run(&arguments, folders.into_iter().map(trial).collect()).exit_code()
}

fn folders() -> Vec<PathBuf> {
    let all = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sites")).expect("tests/sites");
    let mut folders: Vec<PathBuf> = all.map(|e| e.expect("readable").path()).filter(|p| p.is_dir()).collect();
    folders.sort();
    folders
}

fn trial(folder: PathBuf) -> Trial {
    let name = folder.file_name().unwrap_or_default().display().to_string();
    Trial::test(name, move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(site(&folder)).map_err(Failed::from)
    })
}

async fn site(folder: &Path) -> Result<(), String> {
    let file = folder.join("feeds.toml");
    let config = Config::load(&file).map_err(|e| e.to_string())?;
    let expected = fs::read(folder.join("expected.json")).map_err(|e| e.to_string())?;
    let expected: Value = serde_json::from_slice(&expected).map_err(|e| e.to_string())?;
    let runs = expected["runs"].as_array().ok_or("no runs")?;
    let now = |run: &Value| run["now"].as_str().expect("now").parse().expect("an instant");
    let bench = Bench::new(config, now(&runs[0])).await;
    for (i, run) in runs.iter().enumerate() {
        let page = fs::read(folder.join(format!("{}.html", i + 1))).map_err(|e| e.to_string())?;
        let declared = fs::read_to_string(folder.join(format!("{}.type", i + 1)));
        let declared = declared.map_or_else(|_| "text/html".to_owned(), |t| t.trim().to_owned());
        bench.clock.set(now(run));
        bench.next(Next::Page(page, Some(declared)));
        check_run(&bench, run).await.map_err(|e| format!("run {}: {e}", i + 1))?;
    }
    Ok(())
}

async fn check_run(bench: &Bench, expected: &Value) -> Result<(), String> {
    let report = bench.run().await;
    let trouble = match &report.record.outcome {
        Outcome::Failed(trouble) => Some(trouble.kind.name()),
        _ => None,
    };
    let seen = json!({
        "outcome": report.record.outcome.name(),
        "trouble": trouble,
        "added": report.record.added,
        "changed": report.record.changed,
    });
    for (key, value) in seen.as_object().expect("an object") {
        if expected[key] != *value {
            return Err(format!("{key} is {value}, not {}; problems: {:?}", expected[key], report.problems));
        }
    }
    let feed = &bench.config.feeds[0].id;
    let items = bench.tools.store.items(feed, u32::MAX).await.map_err(|e| e.to_string())?;
    let wanted = expected["items"].as_array().ok_or("no items")?;
    if items.len() != wanted.len() {
        let titles: Vec<&str> = items.iter().map(|i| i.content.title.as_str()).collect();
        return Err(format!(
            "{} items, not {}: {titles:?}; {:?}",
            items.len(),
            wanted.len(),
            report.problems
        ));
    }
    items.iter().zip(wanted).enumerate().try_for_each(|(i, (item, wanted))| {
        check_item(item, wanted).map_err(|e| format!("item {}: {e}; problems: {:?}", i + 1, report.problems))
    })
}

fn check_item(item: &Item, wanted: &Value) -> Result<(), String> {
    let content = &item.content;
    let seen = json!({
        "title": content.title,
        "url": content.url,
        "date": item.date.to_rfc3339(),
        "date_source": item.date_source.name(),
        "summary": content.summary,
        "content_html": content.content_html,
        "authors": content.authors,
        "tags": content.tags,
        "image": content.image,
        "enclosures": content.enclosures,
        "comments": content.comments,
        "podcast": content.podcast,
        "updated": item.updated.map(|u| u.to_rfc3339()),
    });
    for (key, value) in wanted.as_object().expect("an object") {
        if seen[key] != *value {
            return Err(format!("{key} is {}, not {value}", seen[key]));
        }
    }
    Ok(())
}
