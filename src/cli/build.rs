//! `build`: runs every feed once, then writes static files. Their paths are those that the server uses.

use std::path::Path;

use anyhow::Context;
use futures_util::{StreamExt, stream};

use super::arguments::{Build, PlaceArgs};
use super::check::{by_site, progress};
use super::end::End;
use super::{output, run, target};
use crate::app;
use crate::board::Board;
use crate::channel::Channel;
use crate::config::Config;
use crate::model::{FeedHead, FeedState, Format, Item, Outcome};
use crate::render::{opml, render};
use crate::run::Tools;
use crate::scheduler::register;
use crate::serve::pages::{self, FeedPage, FeedView, IndexPage};
use crate::served;
use crate::store::Scope;

pub(super) async fn build(place: &PlaceArgs, options: Build) -> anyhow::Result<End> {
    let config = target::config(place, Some(&options.fetch))?;
    let tools = app::tools(&config)?;
    register(&tools, &config, Scope::These).await?;
    let failures = run_all(&tools, &config).await;
    let board = Board::default();
    board.refresh(tools.store.as_ref()).await?;
    let state_of = |channel| served::state(&config, channel, |id| board.state(id));
    let states: Vec<(&Channel, FeedState)> = config.channels.iter().map(|c| (c, state_of(c))).collect();
    let site = StaticSite { tools: &tools, config: &config, folder: &options.out };
    for (channel, state) in &states {
        site.write_documents(channel, state).await?;
        site.write_feed_page(channel, state).await?;
    }
    site.write_index(&states)?;
    for failure in &failures {
        output::note(&format!("error: {failure}"));
    }
    let feeds = config.feeds.len();
    output::line(&format!(
        "{} of {} read, written to {}",
        feeds - failures.len(),
        output::counted(feeds, "feed", "feeds"),
        options.out.display()
    ))?;
    Ok(if failures.is_empty() { End::Fine } else { End::Failed })
}

/// Runs every feed and returns a line for each failure.
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
            match outcome.map(|report| (report.record.outcome, report.lasting)) {
                Ok((Outcome::Failed(trouble), _) | (_, Some(trouble))) => {
                    failures.push(format!("{}: {trouble}", feed.id));
                }
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

/// The folder of static files that is written, with everything that is needed for them.
struct StaticSite<'a> {
    tools: &'a Tools,
    config: &'a Config,
    folder: &'a Path,
}

impl StaticSite<'_> {
    async fn items(&self, channel: &Channel, limit: u32) -> anyhow::Result<Vec<Item>> {
        let now = self.tools.clock.now();
        Ok(served::items(self.tools.store.as_ref(), self.config, channel, now, limit).await?)
    }

    /// Writes the documents of a feed. A feed that never succeeded has none.
    async fn write_documents(&self, channel: &Channel, state: &FeedState) -> anyhow::Result<()> {
        if state.changed.is_none() {
            return Ok(());
        }
        let items = self.items(channel, u32::MAX).await?;
        let head = self.config.channel_head(channel, state);
        for format in Format::ALL {
            let name = format!("{}.{}", channel.id(), format.extension());
            let file = self.folder.join("feeds").join(name);
            write_if_changed(&file, &render(&head, &items, format).body)?;
        }
        Ok(())
    }

    /// Writes the page of a feed as the index of a folder. So static hosts serve it at `/feeds/{id}`.
    async fn write_feed_page(&self, channel: &Channel, state: &FeedState) -> anyhow::Result<()> {
        let items = self.items(channel, as_limit(pages::MAX_ITEMS)).await?;
        let runs = self.tools.store.runs(channel.id(), as_limit(pages::MAX_RUNS)).await?;
        let schedule = channel.schedule_words();
        let head = self.config.channel_head(channel, state);
        let documents = state.changed.is_some();
        let view = FeedView { head: &head, state, schedule: &schedule, documents };
        let now = self.tools.clock.now();
        // Events and deliveries are shown by the daemon alone, which makes them.
        let page = FeedPage { view, items: &items, runs: &runs, events: &[], deliveries: &[], now };
        let html = pages::feed(&page);
        let file = self.folder.join("feeds").join(channel.id().as_str()).join("index.html");
        write_if_changed(&file, with_relative_links(&html, "../../").as_bytes())
    }

    /// Writes the list of all feeds: as OPML and as a page with its style sheet.
    fn write_index(&self, states: &[(&Channel, FeedState)]) -> anyhow::Result<()> {
        let head_of = |(channel, state): &(&Channel, FeedState)| self.config.channel_head(channel, state);
        let heads: Vec<FeedHead> = states.iter().map(head_of).collect();
        let schedules: Vec<String> = states.iter().map(|(channel, _)| channel.schedule_words()).collect();
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
        let title = &self.config.server.title;
        write_if_changed(&self.folder.join("feeds.opml"), &opml(title, &with_documents(&heads)))?;
        let now = self.tools.clock.now();
        let index =
            pages::index(&IndexPage { title, feeds: &views, has_operations: false, failing_targets: 0, now });
        write_if_changed(&self.folder.join("index.html"), with_relative_links(&index, "").as_bytes())?;
        write_if_changed(&self.folder.join("style.css"), pages::STYLE.as_bytes())
    }
}

/// The number as the limit of a query.
fn as_limit(max: usize) -> u32 {
    u32::try_from(max).unwrap_or(u32::MAX)
}

/// A page whose links are relative. The server's pages link from its root, but static files may lie in any
/// folder. `to_root` leads from the folder of the page to the root.
fn with_relative_links(html: &str, to_root: &str) -> String {
    html.replace("href=\"/\"", &format!("href=\"{to_root}index.html\""))
        .replace("href=\"/", &format!("href=\"{to_root}"))
}

/// The heads of feeds that have documents: feeds that succeeded at least once.
fn with_documents(heads: &[FeedHead]) -> Vec<FeedHead> {
    heads.iter().filter(|h| h.changed != chrono::DateTime::UNIX_EPOCH).cloned().collect()
}

/// Writes a file as a whole or not at all. A file with the same content is left as it is.
fn write_if_changed(file: &Path, body: &[u8]) -> anyhow::Result<()> {
    if std::fs::read(file).is_ok_and(|old| old == body) {
        return Ok(());
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    let temporary = file.with_extension(format!("new-{}", std::process::id()));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&temporary, body))
        .and_then(|()| std::fs::rename(&temporary, file))
        .with_context(|| format!("cannot write {}", file.display()))
}
