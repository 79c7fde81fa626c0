//! `preview`: shows the items that a page would give, and why fields are empty. Writes nothing.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, Utc};
use tokio::time::Instant;
use url::Url;

use super::arguments::{PlaceArgs, Preview, PreviewFormat};
use super::end::End;
use super::target::{self, NotATarget, Target};
use super::{output, page};
use crate::app;
use crate::channel::{Feed, Recipe};
use crate::clock::{Clock, WallClock};
use crate::config::Config;
use crate::cpu::CpuPool;
use crate::fetch::{Fetched, Guard, Network};
use crate::history::{self, KnownItems};
use crate::model::{FeedState, Format, Item, Kind, Problem, Trouble};
use crate::render::render;
use crate::rules::SourceKind;
use crate::run::{self, JqProgram, ListingContext, ListingReader, ReadSettings, Reading, Remembered};
use crate::shape::{PreviewShape, field_counts};
use crate::store::Store;

/// The result of a preview.
struct PreviewedPage {
    url: Url,
    outcome: Result<Reading, Trouble>,
    now: DateTime<Utc>,
}

pub(super) async fn preview(at: &PlaceArgs, options: Preview) -> anyhow::Result<End> {
    let target = target::target(&options.target)?;
    let config = configuration(at, &options, &target)?;
    let feed = match (&options.feed, &target) {
        (Some(id), _) => Some(target::any_feed(&config, id)?.as_ref().clone()),
        (None, Target::Feed(id)) => Some(target::any_feed(&config, id.as_str())?.as_ref().clone()),
        (None, Target::Url(url)) => config.feeds.iter().find(|f| f.url == *url).map(|f| f.as_ref().clone()),
        (None, Target::Bytes(_)) => None,
    };
    let network = match &target {
        Target::Bytes(_) => None,
        Target::Feed(_) | Target::Url(_) => {
            Some(Network::new(config.limits.fetch.clone(), Arc::new(WallClock)))
        }
    };
    let page = match fetched(&config, feed.as_ref(), target, network.as_ref(), &options).await {
        Ok(page) => page,
        Err(trouble) => return failed(&options, None, &trouble),
    };
    let is_bare = feed.is_none();
    let mut feed = match (feed, options.kind.as_deref().and_then(Kind::parse)) {
        (feed, Some(kind)) => of_kind(feed, kind, &page.url)?,
        (Some(feed), None) => feed,
        // Without rules, the listing is detected.
        (None, None) => of_kind(None, Kind::Auto, &page.url)?,
    };
    if is_bare {
        // The pages after the first one are requested like it.
        feed.fetch.guard = Guard::new(options.fetch.allow_address.clone(), false);
        feed.fetch.timeout = options.fetch.timeout.map(Duration::from_secs);
    }
    let url = page.url.clone();
    let now = WallClock.now();
    let remembered = remembered(&config, &feed).await;
    let outcome = match &network {
        Some(network) => whole(network, &config, &feed, page, remembered).await,
        None => page.into_page_for(&feed.home).and_then(|page| {
            let jq = JqProgram::own().for_page();
            let settings = ReadSettings { now, limits: &config.limits, jq: &jq };
            run::read_at_hand(&page, &feed, &remembered, settings)
        }),
    };
    show(&options, &config, &feed, PreviewedPage { url, outcome, now })
}

/// All of a listing, as a first run would read it.
async fn whole(
    network: &Network,
    config: &Config,
    feed: &Feed,
    first: Fetched,
    remembered: Remembered,
) -> Result<Reading, Trouble> {
    let cpu = CpuPool::new(config.limits.cpu_threads);
    let jq = JqProgram::own();
    let reader =
        ListingReader { fetcher: network, cpu: &cpu, jq: &jq, clock: &WallClock, metrics: None, config };
    let until = Instant::now() + config.limits.run;
    let known = KnownItems::new();
    let whole = reader.listing(feed, first, ListingContext { remembered, known: &known, until }).await;
    whole.map(|listing| listing.reading).map_err(|failure| failure.trouble)
}

/// The page read as another kind, with the settings of a feed or without any. Kinds that need rules
/// take those of the feed.
fn of_kind(feed: Option<Feed>, kind: Kind, url: &Url) -> anyhow::Result<Feed> {
    let own = feed.as_ref().and_then(|f| f.recipe.source.rules().cloned().map(Box::new));
    let source = match (kind, own) {
        (Kind::Html, Some(rules)) => SourceKind::Html(rules),
        (Kind::Json, Some(rules)) => SourceKind::Json(rules),
        (Kind::Xml, Some(rules)) => SourceKind::Xml(rules),
        (Kind::Json | Kind::Xml, None) => {
            let message = format!(
                "--kind {} needs rules: name a feed that has [feed.select] with --feed ID",
                kind.name()
            );
            return Err(NotATarget(message).into());
        }
        (kind, _) => {
            // The listing of a web page without rules is detected.
            let kind = if kind == Kind::Html { Kind::Auto } else { kind };
            match &feed {
                None => return page::bare_feed(url, kind),
                Some(feed) => {
                    let made = page::bare_feed(url, kind)?;
                    let language = feed.recipe.language.as_deref();
                    made.recipe.source.clone().dated(feed.timezone, language)
                }
            }
        }
    };
    let feed = feed.context("rules come from a feed")?;
    let recipe = Arc::new(Recipe { source, ..feed.recipe.as_ref().clone() });
    Ok(Feed { recipe, ..feed })
}

/// The configuration; without a file, and where none is needed, the defaults.
fn configuration(at: &PlaceArgs, options: &Preview, target: &Target) -> anyhow::Result<Config> {
    let needed = options.feed.is_some() || matches!(target, Target::Feed(_)) || at.config.is_some();
    if !needed && !target::config_file(at).exists() {
        let config = Config::parse("", std::path::Path::new("feeds.toml"))?;
        return Ok(config.overridden(&target::overrides(at, Some(&options.fetch))));
    }
    Ok(target::config(at, Some(&options.fetch))?)
}

async fn fetched(
    config: &Config,
    feed: Option<&Feed>,
    target: Target,
    network: Option<&Network>,
    options: &Preview,
) -> Result<Fetched, Trouble> {
    let url = match (target, feed) {
        (Target::Bytes(body), feed) => {
            let url = options.base.clone().or_else(|| feed.map(|f| f.url.clone()));
            return Ok(page::from_bytes(body, url));
        }
        (Target::Url(url), _) => url,
        (Target::Feed(_), Some(feed)) => feed.url.clone(),
        (Target::Feed(id), None) => unreachable!("feed {id} was looked up before"),
    };
    let request = page::request_of(config, feed, url, &options.fetch);
    page::fetched(network.expect("addresses are fetched from the network"), &request).await
}

/// The memory of the last run of the feed, if there is a database.
async fn remembered(config: &Config, feed: &Feed) -> Remembered {
    let Ok(Some(store)) = app::look(config) else { return Remembered::default() };
    let memory = store.memory(&feed.id).await.ok().flatten().unwrap_or_default();
    Remembered { learned: run::learned(feed, &memory), container: memory.container }
}

fn show(options: &Preview, config: &Config, feed: &Feed, seen: PreviewedPage) -> anyhow::Result<End> {
    let reading = match seen.outcome {
        Ok(reading) => reading,
        Err(trouble) => return failed(options, Some(&seen.url), &trouble),
    };
    let fields = field_counts(&reading.found);
    let merge = history::merge(&feed.id, &KnownItems::new(), reading.found, seen.now, false);
    let mut items: Vec<Item> = merge.added.into_iter().map(|(item, _)| item).collect();
    history::sort(&mut items);
    let format = match options.format {
        PreviewFormat::Table => return table(&items, &fields, &reading.problems),
        PreviewFormat::Json => {
            let title = reading.title.as_deref();
            output::json(&PreviewShape::of(&seen.url, title, &items, &fields, &reading.problems))?;
            return Ok(End::Fine);
        }
        PreviewFormat::Rss => Format::Rss,
        PreviewFormat::Atom => Format::Atom,
        PreviewFormat::Jsonfeed => Format::Json,
    };
    let state = FeedState { changed: Some(seen.now), title: reading.title, ..FeedState::default() };
    let document = render(&config.head(feed, &state), &items, format);
    output::raw(&String::from_utf8_lossy(&document.body))
}

fn table(items: &[Item], fields: &[(&str, usize)], problems: &[Problem]) -> anyhow::Result<End> {
    output::line(&output::preview_table(items).to_string())?;
    // The first count is that of the items themselves.
    let counts: Vec<String> = fields.iter().skip(1).map(|(name, count)| format!("{name} {count}")).collect();
    let count = output::counted(items.len(), "item", "items");
    output::line(&format!("\n{count}: {}", counts.join(", ")))?;
    for line in output::problem_lines(problems) {
        output::line(&line)?;
    }
    Ok(End::Fine)
}

fn failed(options: &Preview, url: Option<&Url>, trouble: &Trouble) -> anyhow::Result<End> {
    if options.format == PreviewFormat::Json {
        output::json(&PreviewShape::failed(url, trouble))?;
    }
    output::note(&format!("error: {trouble}"));
    Ok(End::Failed)
}
