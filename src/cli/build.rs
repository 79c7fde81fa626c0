//! `build`: every feed once, then static files in the layout of the addresses that are served.

use std::path::Path;

use anyhow::Context;
use futures_util::{StreamExt, stream};

use super::arguments::{Build, PlaceArgs};
use super::check::{by_site, progress};
use super::{End, output, run, target};
use crate::app;
use crate::board::Board;
use crate::config::{Channel, Config};
use crate::model::{FeedHead, FeedState, Format, Item, Outcome};
use crate::render::{opml, render};
use crate::run::Tools;
use crate::scheduler::register;
use crate::serve::pages::{self, FeedView};
use crate::served;
use crate::store::Scope;

pub(super) async fn build(at: &PlaceArgs, options: Build) -> anyhow::Result<End> {
    let config = target::config(at, Some(&options.fetch))?;
    let tools = app::tools(&config)?;
    register(&tools, &config, Scope::These).await?;
    let failures = run_all(&tools, &config).await;
    let board = Board::default();
    board.refresh(tools.store.as_ref()).await?;
    let state = |channel| served::state(&config, channel, |id| board.state(id));
    let states: Vec<(&Channel, FeedState)> = config.channels.iter().map(|c| (c, state(c))).collect();
    for (channel, state) in &states {
        documents(&tools, &config, channel, state, &options.out).await?;
        page(&tools, &config, channel, state, &options.out).await?;
    }
    overview(&tools, &config, &states, &options.out)?;
    for failure in &failures {
        output::note(&format!("error: {failure}"));
    }
    let (all, bad) = (config.feeds.len(), failures.len());
    output::line(&format!(
        "{} of {} read, written to {}",
        all - bad,
        output::counted(all, "feed", "feeds"),
        options.out.display()
    ))?;
    Ok(if failures.is_empty() { End::Fine } else { End::Failed })
}

/// Runs every feed; gives a line per failure.
async fn run_all(tools: &Tools, config: &Config) -> Vec<String> {
    let bar = progress(config.feeds.len());
    let runs = stream::iter(by_site(config)).map(|feeds| async {
        let mut failures = Vec::new();
        for feed in feeds {
            let outcome = run::claimed(tools, config, &feed).await;
            if let Err(error) = run::articles(tools, config, &feed).await {
                failures.push(format!("{}: {error:#}", feed.id));
            }
            bar.inc(1);
            match outcome.map(|report| report.record.outcome) {
                Ok(Outcome::Failed(trouble)) => failures.push(format!("{}: {trouble}", feed.id)),
                Ok(_) => {}
                Err(error) => failures.push(format!("{}: {error:#}", feed.id)),
            }
        }
        failures
    });
    let failures: Vec<Vec<String>> = runs.buffer_unordered(config.limits.fetches).collect().await;
    bar.finish_and_clear();
    failures.concat()
}

async fn items(tools: &Tools, config: &Config, channel: &Channel, limit: u32) -> anyhow::Result<Vec<Item>> {
    Ok(served::items(tools.store.as_ref(), config, channel, tools.clock.now(), limit).await?)
}

/// The documents of a feed; one that never succeeded has none.
async fn documents(
    tools: &Tools,
    config: &Config,
    channel: &Channel,
    state: &FeedState,
    out: &Path,
) -> anyhow::Result<()> {
    if state.changed.is_none() {
        return Ok(());
    }
    let items = items(tools, config, channel, u32::MAX).await?;
    let head = config.channel_head(channel, state);
    for format in Format::ALL {
        let file = out.join("feeds").join(format!("{}.{}", channel.id(), format.extension()));
        write(&file, &render(&head, &items, format).body)?;
    }
    Ok(())
}

/// The page of a feed, as the index of a folder: static hosts then serve it at `/feeds/{id}`.
async fn page(
    tools: &Tools,
    config: &Config,
    channel: &Channel,
    state: &FeedState,
    out: &Path,
) -> anyhow::Result<()> {
    let items = items(tools, config, channel, count(pages::MAX_ITEMS)).await?;
    let runs = tools.store.runs(channel.id(), count(pages::MAX_RUNS)).await?;
    let schedule = channel.schedule_words();
    let (head, documents) = (config.channel_head(channel, state), state.changed.is_some());
    let view = FeedView { head: &head, state, schedule: &schedule, documents };
    let html = pages::feed(&view, &items, &runs, tools.clock.now());
    let file = out.join("feeds").join(channel.id().as_str()).join("index.html");
    write(&file, relative(&html, "../../").as_bytes())
}

fn count(most: usize) -> u32 {
    u32::try_from(most).unwrap_or(u32::MAX)
}

/// Pages link from the root of the server; static files may lie anywhere below one.
fn relative(html: &str, up: &str) -> String {
    html.replace("href=\"/\"", &format!("href=\"{up}index.html\""))
        .replace("href=\"/", &format!("href=\"{up}"))
}

fn overview(
    tools: &Tools,
    config: &Config,
    states: &[(&Channel, FeedState)],
    out: &Path,
) -> anyhow::Result<()> {
    let heads: Vec<FeedHead> = states.iter().map(|(c, state)| config.channel_head(c, state)).collect();
    let schedules: Vec<String> = states.iter().map(|(c, _)| c.schedule_words()).collect();
    let views: Vec<FeedView<'_>> = heads
        .iter()
        .zip(states)
        .zip(&schedules)
        .map(|((head, (_, state)), schedule)| FeedView {
            head,
            state,
            schedule,
            documents: state.changed.is_some(),
        })
        .collect();
    write(&out.join("feeds.opml"), &opml(&config.server.title, &with_documents(&heads)))?;
    let index = pages::index(&config.server.title, &views, tools.clock.now());
    write(&out.join("index.html"), relative(&index, "").as_bytes())?;
    write(&out.join("style.css"), pages::STYLE.as_bytes())
}

/// Feeds that never succeeded have no documents to subscribe to.
fn with_documents(heads: &[FeedHead]) -> Vec<FeedHead> {
    heads.iter().filter(|h| h.changed != chrono::DateTime::UNIX_EPOCH).cloned().collect()
}

/// Writes a file as a whole or not at all, and leaves an equal one as it is.
fn write(file: &Path, body: &[u8]) -> anyhow::Result<()> {
    if std::fs::read(file).is_ok_and(|old| old == body) {
        return Ok(());
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    let new = file.with_extension(format!("new-{}", std::process::id()));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&new, body))
        .and_then(|()| std::fs::rename(&new, file))
        .with_context(|| format!("cannot write {}", file.display()))
}
