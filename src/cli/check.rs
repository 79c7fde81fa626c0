//! `check`: all problems of the file; online: a dry run of every feed with counts per field.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::arguments::{Check, PlaceArgs};
use super::{End, output, target};
use crate::clock::{Clock, WallClock};
use crate::config::{Config, ConfigError, ConfigProblems, Feed, Recipe};
use crate::cpu::CpuPool;
use crate::fetch::{Answer, Fetcher, Network, Request, site_of};
use crate::history::KnownItems;
use crate::model::{Found, Problem, Trouble};
use crate::run::{self, Reach, Reading, Remembered};
use crate::store::Memory;

pub(super) async fn check(at: &PlaceArgs, options: Check) -> anyhow::Result<End> {
    let config = match target::config(at, Some(&options.fetch)) {
        Err(ConfigError::Invalid(problems)) if options.json => {
            output::json_value(&problems_json(&problems))?;
            return Ok(End::Usage);
        }
        other => other?,
    };
    let dry = if options.online { dry_runs(&config).await } else { Vec::new() };
    let failed = dry.iter().any(|(_, outcome)| outcome.is_err());
    if options.json {
        let feeds: Vec<Value> = dry.iter().map(|(feed, outcome)| dry_json(feed, outcome)).collect();
        output::json_value(&json!({ "ok": !failed, "problems": [], "feeds": feeds }))?;
    } else {
        let feeds = output::counted(config.channels.len(), "feed", "feeds");
        output::line(&format!("{}: no problems, {feeds}", config.file.display()))?;
        if options.online {
            show(&dry)?;
        }
    }
    Ok(if failed { End::Failed } else { End::Fine })
}

fn problems_json(problems: &ConfigProblems) -> Value {
    let list: Vec<Value> = problems
        .problems()
        .iter()
        .map(|p| {
            let place = problems.place(p);
            json!({ "file": problems.file(), "line": place.line, "column": place.column,
                    "message": p.message, "hint": p.hint })
        })
        .collect();
    json!({ "ok": false, "problems": list, "feeds": [] })
}

type Dry = (Arc<Feed>, Result<Reading, Trouble>);

/// Fetches and reads every feed once; nothing is written.
async fn dry_runs(config: &Config) -> Vec<Dry> {
    let clock: Arc<dyn Clock> = Arc::new(WallClock);
    let network = Network::new(config.limits.fetch.clone(), clock);
    let cpu = CpuPool::new(config.limits.cpu_threads);
    let bar = progress(config.feeds.len());
    let runs = stream::iter(by_site(config)).map(|feeds| async {
        let mut done = Vec::new();
        for feed in feeds {
            let outcome = dry_run(config, &feed, &network, &cpu).await;
            bar.inc(1);
            done.push((feed, outcome));
        }
        done
    });
    let done: Vec<Vec<Dry>> = runs.buffer_unordered(config.limits.fetches).collect().await;
    bar.finish_and_clear();
    let mut done: Vec<Dry> = done.into_iter().flatten().collect();
    done.sort_by_key(|(feed, _)| config.feeds.iter().position(|f| f.id == feed.id));
    done
}

async fn dry_run(config: &Config, feed: &Feed, network: &Network, cpu: &CpuPool) -> Result<Reading, Trouble> {
    let request: Request = run::request(config, feed, &Memory::default());
    let fetched = match network.fetch(&request).await.map_err(|f| f.trouble)? {
        Answer::Fetched(fetched) => fetched,
        Answer::Unchanged { .. } => unreachable!("an unconditional request"),
    };
    // The first page tells whether the rules fit; the pages after it are left alone.
    let recipe = Recipe { pages: None, ..feed.recipe.as_ref().clone() };
    let feed = Feed { recipe: Arc::new(recipe), ..feed.clone() };
    let reach = Reach { fetcher: network, cpu, clock: &WallClock, config };
    let until = Instant::now() + config.limits.run;
    let whole = run::listing(reach, &feed, fetched, Remembered::default(), &KnownItems::new(), until).await;
    whole.map(|listing| listing.reading).map_err(|failure| failure.trouble)
}

/// Feeds in groups, one for each site: those of one site take turns.
pub(super) fn by_site(config: &Config) -> Vec<Vec<Arc<Feed>>> {
    let mut sites: BTreeMap<String, Vec<Arc<Feed>>> = BTreeMap::new();
    for feed in &config.feeds {
        sites.entry(site_of(&feed.url)).or_default().push(Arc::clone(feed));
    }
    sites.into_values().collect()
}

/// A bar on a terminal; nothing elsewhere.
pub(super) fn progress(feeds: usize) -> ProgressBar {
    let bar = ProgressBar::new(feeds as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} feeds {msg}") {
        bar.set_style(style);
    }
    bar
}

fn show(dry: &[Dry]) -> anyhow::Result<()> {
    let header =
        ["feed", "outcome", "items", "title", "link", "date", "summary", "content", "image", "problems"];
    let mut table = output::table(&header);
    for (feed, outcome) in dry {
        let mut row = vec![feed.id.to_string()];
        match outcome {
            Ok(reading) => {
                row.push("fine".to_owned());
                row.extend(counts(&reading.found).map(|(_, n)| n.to_string()));
                row.push(reading.problems.len().to_string());
            }
            Err(trouble) => row.push(trouble.kind.to_string()),
        }
        table.add_row(row);
    }
    output::line(&table.to_string())?;
    for (feed, outcome) in dry {
        let lines = match outcome {
            Ok(reading) => output::problem_lines(&reading.problems),
            Err(trouble) => vec![trouble.to_string()],
        };
        for line in lines {
            output::line(&format!("{}: {line}", feed.id))?;
        }
    }
    Ok(())
}

/// Items, and items that have each field.
fn counts(found: &[Found]) -> [(&'static str, usize); 7] {
    let having = |has: fn(&Found) -> bool| found.iter().filter(|f| has(f)).count();
    [
        ("items", found.len()),
        ("title", having(|f| !f.content.title.is_empty())),
        ("link", having(|f| f.content.url.is_some())),
        ("date", having(|f| f.date.is_some())),
        ("summary", having(|f| f.content.summary.is_some())),
        ("content", having(|f| f.content.content_html.is_some())),
        ("image", having(|f| f.content.image.is_some())),
    ]
}

fn dry_json(feed: &Feed, outcome: &Result<Reading, Trouble>) -> Value {
    let problems: &[Problem] = outcome.as_ref().map_or(&[], |r| &r.problems);
    let fields = outcome.as_ref().ok().map(|r| {
        counts(&r.found)
            .into_iter()
            .map(|(name, n)| (name.to_owned(), json!(n)))
            .collect::<serde_json::Map<_, _>>()
    });
    let trouble = outcome.as_ref().err();
    json!({
        "id": feed.id,
        "fields": fields,
        "problems": problems,
        "trouble": trouble.map(|t| json!({ "kind": t.kind.name(), "message": t.detail })),
    })
}
