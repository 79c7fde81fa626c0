//! `run`: runs one feed now.

use anyhow::bail;
use tokio::time::Instant;

use super::arguments::{PlaceArgs, Run};
use super::end::End;
use super::{output, target};
use crate::app;
use crate::channel::Feed;
use crate::config::Config;
use crate::model::Outcome;
use crate::run::{self, RunReport, Tools};
use crate::scheduler::register;
use crate::store::Scope;

pub(super) async fn run(place: &PlaceArgs, options: Run) -> anyhow::Result<End> {
    let config = target::config(place, Some(&options.fetch))?;
    let feed = target::feed(&config, &options.id)?;
    let tools = app::tools(&config)?;
    register(&tools, &config, Scope::These).await?;
    let report = claimed(&tools, &config, feed).await?;
    for line in output::problem_lines(&report.problems) {
        output::note(&line);
    }
    let record = &report.record;
    let counts = format!("{} found, {} new, {} edited", record.found, record.added, record.changed);
    match &record.outcome {
        Outcome::Failed(trouble) => {
            output::note(&format!("error: {}: {trouble}", feed.id));
            Ok(End::Failed)
        }
        outcome => {
            let ms = record.duration_ms;
            let result = match outcome {
                Outcome::Unchanged => "unchanged since the last run".to_owned(),
                _ => format!("{}; {counts}", outcome.name()),
            };
            output::line(&format!("{}: {result}; {ms} ms", feed.id))?;
            if let Some(trouble) = &report.lasting {
                output::note(&format!("warning: {}: {trouble}", feed.id));
            }
            let fetched = articles(&tools, &config, feed).await?;
            if feed.recipe.article.is_some() {
                output::line(&format!("{} fetched", output::counted(fetched, "article", "articles")))?;
            }
            Ok(End::Fine)
        }
    }
}

/// Fetches articles of a feed that are due, for at most the time limit of a run, and returns how many came.
/// The others are fetched another time.
pub(super) async fn articles(tools: &Tools, config: &Config, feed: &Feed) -> anyhow::Result<usize> {
    let until = Instant::now() + config.limits.run;
    Ok(run::articles(tools, config, feed, until).await?)
}

/// Claims a feed and runs it.
///
/// # Errors
/// When another process has the claim, or the store fails.
pub(super) async fn claimed(tools: &Tools, config: &Config, feed: &Feed) -> anyhow::Result<RunReport> {
    // The pause that the site asks for may be longer than the time limit of a run, so it comes first.
    tools.fetcher.wait_for_pace(&feed.url).await;
    let node = format!("command-{}", std::process::id());
    let Some(claim) = tools.store.claim(&feed.id, &node, config.limits.claim).await? else {
        bail!("another process is running feed `{}` just now; try again later", feed.id);
    };
    Ok(run::run(tools, config, feed, &claim).await?)
}
