//! `check`: lists all problems of the configuration. With `--online` it also fetches every feed once and
//! counts the fields that were found.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::time::Instant;

use super::arguments::{Check, PlaceArgs};
use super::end::End;
use super::{output, target};
use crate::channel::{Feed, Recipe};
use crate::clock::{Clock, WallClock};
use crate::config::{Config, ConfigError, ConfigProblems};
use crate::cpu::CpuPool;
use crate::fetch::{Answer, Fetcher, Network, Request, site_of};
use crate::history::KnownItems;
use crate::model::Trouble;
use crate::run::{self, JqProgram, ListingContext, ListingReader, Reading, Remembered};
use crate::shape::{CheckShape, DryRunShape, field_counts};
use crate::store::Memory;

pub(super) async fn check(place: &PlaceArgs, options: Check) -> anyhow::Result<End> {
    // A file that the daemon refuses is refused here too.
    let config = target::config(place, Some(&options.fetch)).and_then(Config::with_stated_feeds);
    let config = match config {
        Err(ConfigError::Invalid(problems)) if options.json => {
            output::json(&CheckShape::invalid(&problems))?;
            return Ok(End::Usage);
        }
        Err(error) if options.json => {
            output::json(&CheckShape::refused(error.file(), error.line(), error.to_string()))?;
            return Ok(End::Usage);
        }
        other => other?,
    };
    let runs = if options.online { dry_runs(&config).await } else { Vec::new() };
    let failed = runs.iter().any(|(_, outcome)| outcome.is_err());
    if options.json {
        let feeds = runs.iter().map(|(feed, outcome)| DryRunShape::of(feed, outcome));
        output::json(&CheckShape::valid(&config.warnings, feeds.collect()))?;
    } else {
        let warnings = &config.warnings;
        if !warnings.problems().is_empty() {
            output::note(&warnings.report(output::colours_on_stderr()));
        }
        let feeds = output::counted(config.channels.len(), "feed", "feeds");
        output::line(&format!(
            "{}: no problems, {}{feeds}",
            config.file.display(),
            counted_warnings(warnings)
        ))?;
        if options.online {
            show(&runs)?;
        }
    }
    Ok(if failed { End::Failed } else { End::Fine })
}

/// The number of warnings, if there are any.
fn counted_warnings(warnings: &ConfigProblems) -> String {
    match warnings.problems().len() {
        0 => String::new(),
        count => format!("{}, ", output::counted(count, "warning", "warnings")),
    }
}

/// A feed and the outcome of its dry run.
type DryRun = (Arc<Feed>, Result<Reading, Trouble>);

/// Fetches and reads every feed once. Nothing is stored.
async fn dry_runs(config: &Config) -> Vec<DryRun> {
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
    let runs_by_site: Vec<Vec<DryRun>> = runs.buffer_unordered(config.limits.fetches).collect().await;
    bar.finish_and_clear();
    let mut all_runs: Vec<DryRun> = runs_by_site.into_iter().flatten().collect();
    all_runs.sort_by_key(|(feed, _)| config.feeds.iter().position(|f| f.id == feed.id));
    all_runs
}

async fn dry_run(config: &Config, feed: &Feed, network: &Network, cpu: &CpuPool) -> Result<Reading, Trouble> {
    let request: Request = run::request(config, feed, &Memory::default());
    let fetched = match network.fetch(&request).await.map_err(|f| f.trouble)? {
        Answer::Fetched(fetched) => fetched,
        Answer::Unchanged { .. } => unreachable!("an unconditional request"),
    };
    // The first page shows whether the rules fit, so further pages are not fetched.
    let first_page_only = Recipe { pages: None, ..feed.recipe.as_ref().clone() };
    let feed = Feed { recipe: Arc::new(first_page_only), ..feed.clone() };
    let jq = JqProgram::own();
    let reader = ListingReader { fetcher: network, cpu, jq: &jq, clock: &WallClock, config };
    let until = Instant::now() + config.limits.run;
    let known = KnownItems::new();
    let context = ListingContext { remembered: Remembered::default(), known: &known, until };
    let result = reader.listing(&feed, fetched, context).await;
    result.map(|listing| listing.reading).map_err(|failure| failure.trouble)
}

/// All feeds in groups, one for each site. The feeds of one site run one after another.
pub(super) fn by_site(config: &Config) -> Vec<Vec<Arc<Feed>>> {
    let mut sites: BTreeMap<String, Vec<Arc<Feed>>> = BTreeMap::new();
    for feed in &config.feeds {
        sites.entry(site_of(&feed.url)).or_default().push(Arc::clone(feed));
    }
    sites.into_values().collect()
}

/// A progress bar; it shows nothing if stderr is no terminal.
pub(super) fn progress(feeds: usize) -> ProgressBar {
    let bar = ProgressBar::new(feeds as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} feeds {msg}") {
        bar.set_style(style);
    }
    bar
}

fn show(runs: &[DryRun]) -> anyhow::Result<()> {
    let header =
        ["feed", "outcome", "items", "title", "link", "date", "summary", "content", "image", "problems"];
    let mut table = output::table(&header);
    for (feed, outcome) in runs {
        let mut row = vec![feed.id.to_string()];
        match outcome {
            Ok(reading) => {
                row.push("fine".to_owned());
                row.extend(field_counts(&reading.found).map(|(_, count)| count.to_string()));
                row.push(reading.problems.len().to_string());
            }
            Err(trouble) => row.push(trouble.kind.to_string()),
        }
        table.add_row(row);
    }
    output::line(&table.to_string())?;
    for (feed, outcome) in runs {
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
