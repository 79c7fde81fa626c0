//! `preview`: what a page would give, and why fields are empty. Writes nothing.

use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::time::Instant;
use url::Url;

use super::arguments::{FetchArgs, PlaceArgs, Preview, PreviewFormat};
use super::target::{self, NotATarget, Target};
use super::{End, output};
use crate::app;
use crate::clock::{Clock, WallClock};
use crate::config::{Config, Feed, Recipe};
use crate::cpu::CpuPool;
use crate::extract::SourceKind;
use crate::fetch::{Fetched, Fetcher, Network};
use crate::history::{self, KnownItems};
use crate::model::{FeedState, Format, Item, Problem, Trouble, Validators};
use crate::render::render;
use crate::run::{self, Reach, Reading};
use crate::store::{Memory, Store};

/// What the preview found.
struct Seen {
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
    let feed = match (feed, options.kind.as_deref()) {
        (feed, Some(kind)) => Some(of_kind(feed, kind, &page.url)?),
        (feed, None) => feed,
    };
    let Some(feed) = feed else {
        let hint = "name a feed whose rules fit with --feed ID, or the page's own feed in feeds.toml";
        let what = if network.is_some() { page.url.as_str() } else { "this file" };
        return Err(NotATarget(format!("there are no rules for {what}: {hint}")).into());
    };
    let url = page.url.clone();
    let now = WallClock.now();
    let container = remembered(&config, &feed).await.container;
    let outcome = match &network {
        Some(network) => whole(network, &config, &feed, page, container).await,
        None => page
            .into_page()
            .and_then(|page| run::read(&page, &feed.recipe, container.as_deref(), now, &config.limits)),
    };
    show(&options, &config, &feed, Seen { url, outcome, now })
}

/// All of a listing, as a first run would read it.
async fn whole(
    network: &Network,
    config: &Config,
    feed: &Feed,
    first: Fetched,
    container: Option<String>,
) -> Result<Reading, Trouble> {
    let cpu = CpuPool::new(config.limits.cpu_threads);
    let reach = Reach { fetcher: network, cpu: &cpu, clock: &WallClock, config };
    let until = Instant::now() + config.limits.run;
    let whole = run::listing(reach, feed, first, container, &KnownItems::new(), until).await;
    whole.map(|listing| listing.reading).map_err(|failure| failure.trouble)
}

/// The page read as another kind, with the settings of a feed or without any. Kinds that need rules
/// take those of the feed.
fn of_kind(feed: Option<Feed>, kind: &str, url: &Url) -> anyhow::Result<Feed> {
    let own = feed.as_ref().and_then(|f| f.recipe.source.rules().cloned().map(Box::new));
    let source = match (kind, own) {
        ("html", Some(rules)) => SourceKind::Html(rules),
        ("json", Some(rules)) => SourceKind::Json(rules),
        ("html" | "json", None) => {
            let message =
                format!("--kind {kind} needs rules: name a feed that has [feed.select] with --feed ID");
            return Err(NotATarget(message).into());
        }
        _ => {
            // What the configuration says of a kind, it says here too.
            let text = format!("[[feed]]\nid = \"preview\"\nurl = \"{url}\"\nkind = \"{kind}\"\n");
            let config = Config::parse(&text, std::path::Path::new("feeds.toml"))?;
            let made = config.feeds.first().context("a feed was just written down")?;
            match &feed {
                None => return Ok(made.as_ref().clone()),
                Some(feed) => {
                    made.recipe.source.clone().dated(feed.timezone, feed.recipe.language.as_deref())
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
            return Ok(from_bytes(body, url));
        }
        (Target::Url(url), _) => url,
        (Target::Feed(_), Some(feed)) => feed.url.clone(),
        (Target::Feed(id), None) => unreachable!("feed {id} was looked up before"),
    };
    let request = match feed {
        // What the file allows and says is meant for the feed's own site.
        Some(feed) if feed.url.origin() == url.origin() => {
            run::Request { url, ..run::request(config, feed, &Memory::default()) }
        }
        _ => bare_request(config, url, &options.fetch),
    };
    let network = network.expect("addresses are fetched from the network");
    match network.fetch(&request).await {
        Ok(crate::fetch::Answer::Fetched(fetched)) => Ok(fetched),
        Ok(crate::fetch::Answer::Unchanged { .. }) => unreachable!("an unconditional request"),
        Err(failure) => Err(failure.trouble),
    }
}

pub(super) fn bare_request(config: &Config, url: Url, options: &FetchArgs) -> run::Request {
    run::Request {
        url,
        post: None,
        head_only: false,
        user_agent: config.server.user_agent.clone(),
        headers: Vec::new(),
        validators: Validators::default(),
        known_body: None,
        guard: crate::fetch::Guard::new(options.allow_address.clone(), false),
        obey_robots: true,
        timeout: options.timeout.map(std::time::Duration::from_secs),
    }
}

pub(super) fn from_bytes(body: Vec<u8>, url: Option<Url>) -> Fetched {
    let url = url.unwrap_or_else(|| Url::parse("http://localhost/").expect("a fixed address"));
    Fetched {
        url,
        bytes: body.len() as u64,
        body,
        content_type: None,
        validators: Validators::default(),
        body_hash: String::new(),
        crawl_delay: None,
    }
}

/// What the last run of the feed remembers, if there is a database.
async fn remembered(config: &Config, feed: &Feed) -> Memory {
    let Ok(Some(store)) = app::look(config) else { return Memory::default() };
    store.memory(&feed.id).await.ok().flatten().unwrap_or_default()
}

fn show(options: &Preview, config: &Config, feed: &Feed, seen: Seen) -> anyhow::Result<End> {
    let reading = match seen.outcome {
        Ok(reading) => reading,
        Err(trouble) => return failed(options, Some(&seen.url), &trouble),
    };
    let merge = history::merge(&feed.id, &KnownItems::new(), reading.found, seen.now, false);
    let mut items: Vec<Item> = merge.added.into_iter().map(|(item, _)| item).collect();
    history::sort(&mut items);
    let format = match options.format {
        PreviewFormat::Table => return table(&items, &reading.problems),
        PreviewFormat::Json => {
            let value = json(Some(&seen.url), reading.title.as_deref(), &items, &reading.problems);
            output::json_value(&value)?;
            return Ok(End::Fine);
        }
        PreviewFormat::Rss => Format::Rss,
        PreviewFormat::Atom => Format::Atom,
        PreviewFormat::Jsonfeed => Format::Json,
    };
    let state = FeedState { changed: Some(seen.now), ..FeedState::default() };
    let document = render(&config.head(feed, &state), &items, format);
    output::raw(&String::from_utf8_lossy(&document.body))
}

fn table(items: &[Item], problems: &[Problem]) -> anyhow::Result<End> {
    output::line(&output::items_table(items).to_string())?;
    output::line(&format!("\n{}", output::counted(items.len(), "item", "items")))?;
    for line in output::problem_lines(problems) {
        output::line(&line)?;
    }
    Ok(End::Fine)
}

fn json(url: Option<&Url>, title: Option<&str>, items: &[Item], problems: &[Problem]) -> Value {
    json!({
        "url": url,
        "title": title,
        "items": items.iter().map(output::item_json).collect::<Vec<_>>(),
        "problems": problems,
    })
}

fn failed(options: &Preview, url: Option<&Url>, trouble: &Trouble) -> anyhow::Result<End> {
    if options.format == PreviewFormat::Json {
        let mut value = json(url, None, &[], &[]);
        value["trouble"] = json!({ "kind": trouble.kind.name(), "message": trouble.detail });
        output::json_value(&value)?;
    }
    output::note(&format!("error: {trouble}"));
    Ok(End::Failed)
}
