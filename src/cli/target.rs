//! What commands work on: configurations, feeds, pages.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use url::Url;

use super::arguments::{FetchArgs, PlaceArgs};
use crate::app::ConfigSource;
use crate::config::{Channel, Config, ConfigError, Feed, Overrides};
use crate::model::FeedId;

/// The argument names nothing that the command can work on.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NotATarget(pub(super) String);

/// The most that is read from a file or standard input, in bytes.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// The configuration file: as named, else `./feeds.toml`, else the user's.
pub(super) fn config_file(at: &PlaceArgs) -> PathBuf {
    if let Some(file) = &at.config {
        return file.clone();
    }
    let here = PathBuf::from("feeds.toml");
    if here.exists() {
        return here;
    }
    let set = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let folder = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|h| h.join(".config")));
    let own = folder.map(|f| f.join("feedbridge/feeds.toml")).filter(|f| f.exists());
    own.unwrap_or(here)
}

/// The settings of the command line that override the file's.
pub(super) fn overrides(at: &PlaceArgs, fetch: Option<&FetchArgs>) -> Overrides {
    Overrides {
        listen: None,
        data: at.data.clone(),
        allow_addresses: fetch.map(|f| f.allow_address.clone()).unwrap_or_default(),
        timeout: fetch.and_then(|f| f.timeout).map(Duration::from_secs),
        user_agent: fetch.and_then(|f| f.user_agent.clone()),
    }
}

/// The configuration in use.
pub(super) fn config(at: &PlaceArgs, fetch: Option<&FetchArgs>) -> Result<Config, ConfigError> {
    ConfigSource::File(config_file(at)).load(&overrides(at, fetch))
}

/// The feed of an id, or an error that names those there are.
pub(super) fn feed<'a>(config: &'a Config, id: &str) -> anyhow::Result<&'a Arc<Feed>> {
    let found = FeedId::parse(id).ok().and_then(|id| config.feed(&id));
    found.ok_or_else(|| unknown(config, id))
}

/// The feed of an id, be it scraped or derived, or an error that names those there are.
pub(super) fn channel<'a>(config: &'a Config, id: &str) -> anyhow::Result<&'a Channel> {
    let found = FeedId::parse(id).ok().and_then(|id| config.channel(&id));
    found.ok_or_else(|| unknown(config, id))
}

/// As [`feed`], also one that is switched off: what only looks may look at it.
pub(super) fn any_feed<'a>(config: &'a Config, id: &str) -> anyhow::Result<&'a Arc<Feed>> {
    let found = config.feeds.iter().chain(&config.disabled).find(|f| f.id.as_str() == id);
    found.ok_or_else(|| unknown(config, id))
}

fn unknown(config: &Config, id: &str) -> anyhow::Error {
    if config.disabled.iter().any(|f| f.id.as_str() == id) {
        return NotATarget(format!("feed `{id}` is switched off (`enabled = false`)")).into();
    }
    if config.channels.iter().any(|c| c.id().as_str() == id) {
        let message =
            format!("feed `{id}` is made of others and is never fetched; see `feedbridge items {id}`");
        return NotATarget(message).into();
    }
    let ids: Vec<&str> = config.channels.iter().map(|c| c.id().as_str()).take(20).collect();
    let known = if ids.is_empty() { "it has none".to_owned() } else { format!("it has {}", ids.join(", ")) };
    NotATarget(format!("no feed `{id}` in {}: {known}", config.file.display())).into()
}

/// What `preview` is pointed at.
pub(super) enum Target {
    /// A configured feed's own page.
    Feed(FeedId),
    /// An address.
    Url(Url),
    /// Bytes at hand.
    Bytes(Vec<u8>),
}

/// Reads a target: `-`, an address, a file that exists, or a feed's id.
pub(super) fn target(text: &str) -> anyhow::Result<Target> {
    if text == "-" {
        return Ok(Target::Bytes(read(std::io::stdin().lock(), "standard input")?));
    }
    if text.contains("://") {
        let url = Url::parse(text).map_err(|e| NotATarget(format!("`{text}` is no address: {e}")))?;
        return Ok(Target::Url(url));
    }
    if Path::new(text).is_file() {
        let file = std::fs::File::open(text).with_context(|| format!("cannot open {text}"))?;
        return Ok(Target::Bytes(read(file, text)?));
    }
    FeedId::parse(text).map(Target::Feed).map_err(|_| {
        NotATarget(format!("`{text}` is neither a feed's id, nor an address, nor a file")).into()
    })
}

fn read(from: impl Read, name: &str) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = from.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes);
    read.with_context(|| format!("cannot read {name}"))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(NotATarget(format!("{name} is larger than {} MiB", MAX_FILE_BYTES >> 20)).into());
    }
    Ok(bytes)
}
