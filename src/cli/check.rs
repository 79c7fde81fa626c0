//! `check`: lists all problems of the configuration. With `--online` it also fetches every feed once and
//! counts the fields that were found. Fields that stored items had, and that are gone now, are a trouble.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};

use super::arguments::{Check, PlaceArgs};
use super::end::End;
use super::{output, target};
use crate::app;
use crate::channel::Feed;
use crate::clock::{Clock, WallClock};
use crate::config::{Config, ConfigError, ConfigProblems};
use crate::cpu::CpuPool;
use crate::fetch::{Network, site_of};
use crate::model::Trouble;
use crate::run::{self, JqProgram, ListingReader, Reading, Trial};
use crate::shape::{CheckShape, DryRunShape, field_counts};
use crate::store::{SqliteStore, Store};

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
    let failed = runs.iter().any(|(_, outcome)| trouble(outcome).is_some());
    if options.json {
        let feeds = runs.into_iter().map(|(feed, outcome)| DryRunShape::of(&feed, &untroubled(outcome)));
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
type DryRun = (Arc<Feed>, Result<Trial, Trouble>);

/// The trouble of a feed: that of a run which fails, or one which a run leaves although it succeeds.
fn trouble(outcome: &Result<Trial, Trouble>) -> Option<&Trouble> {
    match outcome {
        Ok(trial) => trial.lasting.as_ref(),
        Err(trouble) => Some(trouble),
    }
}

/// The reading of a feed without any trouble.
fn untroubled(outcome: Result<Trial, Trouble>) -> Result<Reading, Trouble> {
    let Trial { reading, lasting } = outcome?;
    lasting.map_or(Ok(reading), Err)
}

/// Fetches and reads every feed once. Nothing is stored.
async fn dry_runs(config: &Config) -> Vec<DryRun> {
    let clock: Arc<dyn Clock> = Arc::new(WallClock);
    let network = Network::new(config.limits.fetch.clone(), clock);
    let cpu = CpuPool::new(config.limits.cpu_threads);
    let jq = JqProgram::own();
    let reader =
        ListingReader { fetcher: &network, cpu: &cpu, jq: &jq, clock: &WallClock, metrics: None, config };
    let store = earlier_runs(config);
    let store = store.as_ref().map(|store| store as &dyn Store);
    let bar = progress(config.feeds.len());
    let runs = stream::iter(by_site(config)).map(|feeds| async {
        let mut done = Vec::new();
        for feed in feeds {
            let outcome = Box::pin(run::trial(reader, &feed, store)).await;
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

/// The database, with which the pages are compared. Without it they are read all the same.
fn earlier_runs(config: &Config) -> Option<SqliteStore> {
    let shown = config.database.display();
    match app::look(config) {
        Ok(Some(store)) => return Some(store),
        Ok(None) => output::note(&format!(
            "note: there is no database {shown}, so no page is compared with earlier items; \
             run the feeds once to find fields that are gone"
        )),
        Err(error) => output::note(&format!(
            "warning: no page is compared with earlier items, because the database {shown} cannot be read; \
             check --data and who may read it: {error:#}"
        )),
    }
    None
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
        let named = trouble(outcome).map_or("fine", |trouble| trouble.kind.name());
        let mut row = vec![feed.id.to_string(), named.to_owned()];
        if let Ok(Trial { reading, .. }) = outcome {
            row.extend(field_counts(&reading.found).map(|(_, count)| count.to_string()));
            row.push(reading.problems.len().to_string());
        }
        table.add_row(row);
    }
    output::line(&table.to_string())?;
    for (feed, outcome) in runs {
        let problems = outcome.as_ref().map(|trial| output::problem_lines(&trial.reading.problems));
        let trouble = trouble(outcome).map(ToString::to_string);
        for line in problems.unwrap_or_default().into_iter().chain(trouble) {
            output::line(&format!("{}: {line}", feed.id))?;
        }
    }
    Ok(())
}
