//! Every folder of `tests/sites` is a test of the folder's name: pages over time become exactly the expected
//! items, and at last exactly the documents that are kept beside them.

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use feedbridge::config::Config;
use feedbridge::model::{Format, Item, Outcome};
use feedbridge::render::render;
use libtest_mimic::{Arguments, Failed, Trial};
use regex::{Captures, Regex};
use serde_json::{Value, json};

use crate::recorded::{Bench, Next};

#[path = "support/recorded.rs"]
#[expect(dead_code, unreachable_pub, reason = "the other test binary uses more of it")]
mod recorded;

/// Where the documents say that they are served, whatever a `feeds.toml` says.
const BASE_URL: &str = "https://feeds.example.org";

/// Added to a failure that a changed or missing snapshot causes.
const HOW_TO_ACCEPT: &str = "if the new documents are right, accept them with `cargo insta review`, \
                             or with `INSTA_UPDATE=always cargo test --test sites NAME`";

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
        let documents = runtime.block_on(site(&folder))?;
        compare(&folder.join("documents"), &documents).map_err(Failed::from)
    })
}

/// Reads all pages of a folder and checks the items after each. Returns the documents after the last, each
/// with the name of its snapshot.
async fn site(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let file = folder.join("feeds.toml");
    let mut config = Config::load(&file).map_err(|e| e.to_string())?;
    BASE_URL.clone_into(&mut config.server.base_url);
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
    documents(&bench).await
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
    let extras = content.extras.iter().map(|(field, text)| (field.key().to_owned(), json!(text)));
    let mut seen = json!({
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
    seen.as_object_mut().expect("an object").extend(extras);
    for (key, value) in wanted.as_object().expect("an object") {
        if seen[key] != *value {
            return Err(format!("{key} is {}, not {value}", seen[key]));
        }
    }
    Ok(())
}

/// The same as what the server would send: their only time is that of the last change.
async fn documents(bench: &Bench) -> Result<Vec<(String, String)>, String> {
    let (store, feed) = (&bench.tools.store, &bench.config.feeds[0]);
    let state = store.state(&feed.id).await.map_err(|e| e.to_string())?.ok_or("no state")?;
    let items = store.items(&feed.id, u32::MAX).await.map_err(|e| e.to_string())?;
    let head = bench.config.head(feed, &state);
    let documents = Format::ALL.into_iter().map(|format| {
        let body = render(&head, &items, format).body;
        let text = std::str::from_utf8(&body).map_err(|e| e.to_string())?;
        let lines = if format == Format::Json { lines_of_json(text)? } else { lines_of_xml(text) };
        Ok((format!("feed.{}", format.extension()), lines))
    });
    documents.collect()
}

/// An object's or a list's elements stand on lines of their own; members of an object are sorted.
fn lines_of_json(text: &str) -> Result<String, String> {
    let value: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    serde_json::to_string_pretty(&value).map_err(|e| e.to_string())
}

/// The document with a line break between two tags, and without the program's version. Texts stay as they
/// are, and so do CDATA sections.
fn lines_of_xml(text: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let text = text
        .replacen(&format!("<generator>feedbridge {version}<"), "<generator>feedbridge VERSION<", 1)
        .replacen(&format!("<generator version=\"{version}\""), "<generator version=\"VERSION\"", 1);
    let boundary = Regex::new(r"(?s)><!\[CDATA\[.*?\]\]></|><").expect("a pattern");
    let broken = boundary.replace_all(&text, |found: &Captures<'_>| match &found[0] {
        "><" => ">\n<".to_owned(),
        cdata => cdata.to_owned(),
    });
    broken.into_owned()
}

/// Compares all documents, also when the first is wrong, so that one run shows or accepts them all.
fn compare(folder: &Path, documents: &[(String, String)]) -> Result<(), String> {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let differs = |(name, text): &&(String, String)| {
        settings.bind(|| catch_unwind(|| insta::assert_snapshot!(name.as_str(), text))).is_err()
    };
    let wrong: Vec<String> =
        documents.iter().filter(differs).map(|(name, _)| format!("documents/{name}.snap")).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("{} changed, or did not exist; {HOW_TO_ACCEPT}", wrong.join(", ")))
}
