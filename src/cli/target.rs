//! Finds the configuration, the feed or the page that a command works on.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use url::Url;

use super::address::completed;
use super::arguments::{FetchArgs, PlaceArgs};
use super::variables;
use crate::app::ConfigSource;
use crate::channel::{Channel, Feed};
use crate::config::{Config, ConfigError, Overrides, address_error};
use crate::model::FeedId;
use crate::model::redacted;

/// An error of usage: the argument names nothing that the command can work on.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NotATarget(pub(super) String);

/// A larger file or standard input, in bytes, is refused.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// The configuration file: the one that `--config` names, else `./feeds.toml` if it exists, else the one in
/// the user's configuration folder (XDG Base Directory Specification).
pub(super) fn config_file(place: &PlaceArgs) -> PathBuf {
    if let Some(file) = &place.config {
        return file.clone();
    }
    let here = PathBuf::from("feeds.toml");
    if here.exists() {
        return here;
    }
    let variable = |name| variables::value(name).map(PathBuf::from);
    let folder = variable("XDG_CONFIG_HOME").or_else(|| variable("HOME").map(|home| home.join(".config")));
    let users_file = folder.map(|f| f.join("feedbridge/feeds.toml")).filter(|file| file.exists());
    users_file.unwrap_or(here)
}

/// The settings of the command line and of variables that replace those of the file.
pub(super) fn overrides(place: &PlaceArgs, fetch: Option<&FetchArgs>) -> Overrides {
    Overrides {
        listen: place.listen.clone(),
        base_url: place.base_url.clone(),
        data: place.data.clone(),
        allow_addresses: fetch.map(|f| f.allow_address.clone()).unwrap_or_default(),
        timeout: fetch.and_then(|f| f.timeout).map(Duration::from_secs),
        user_agent: fetch.and_then(|f| f.user_agent.clone()),
        without_secrets: false,
    }
}

/// The configuration in use.
pub(super) fn config(place: &PlaceArgs, fetch: Option<&FetchArgs>) -> Result<Config, ConfigError> {
    ConfigSource::File(config_file(place)).load(&overrides(place, fetch))
}

/// The configuration for a command that fetches nothing and sends nothing: secrets may be missing.
pub(super) fn config_without_secrets(place: &PlaceArgs) -> Result<Config, ConfigError> {
    let overrides = Overrides { without_secrets: true, ..overrides(place, None) };
    ConfigSource::File(config_file(place)).load(&overrides)
}

/// The feed with an id that has a page of its own, or an error that names the feeds there are.
pub(super) fn feed<'a>(config: &'a Config, id: &str) -> anyhow::Result<&'a Arc<Feed>> {
    let found = FeedId::parse(id).ok().and_then(|id| config.feed(&id));
    found.ok_or_else(|| unknown(config, id))
}

/// The channel with an id, or an error that names those there are.
pub(super) fn channel<'a>(config: &'a Config, id: &str) -> anyhow::Result<&'a Channel> {
    let found = FeedId::parse(id).ok().and_then(|id| config.channel(&id));
    found.ok_or_else(|| unknown(config, id))
}

/// As [`feed`], but also finds a feed that is switched off. For commands that only show it.
pub(super) fn any_feed<'a>(config: &'a Config, id: &str) -> anyhow::Result<&'a Arc<Feed>> {
    let found = config.feeds.iter().chain(&config.disabled).find(|f| f.id.as_str() == id);
    found.ok_or_else(|| unknown(config, id))
}

/// The error for an id that names no feed that the command can work on.
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
    let known =
        if ids.is_empty() { "it has no feeds".to_owned() } else { format!("it has {}", ids.join(", ")) };
    NotATarget(format!("no feed `{id}` in {}: {known}", config.file.display())).into()
}

/// The thing that an argument names.
pub(super) enum Target {
    /// The page of a configured feed.
    Feed(FeedId),
    /// An address.
    Url(Url),
    /// The content of a file or of standard input.
    Bytes(Vec<u8>),
}

/// Reads an argument: `-` for standard input, an address, a file that exists, the id of a feed, or an address
/// without its scheme. No id has a dot, so that it is never taken for a host.
pub(super) fn target(text: &str) -> anyhow::Result<Target> {
    if text == "-" {
        return Ok(Target::Bytes(read(std::io::stdin().lock(), "standard input")?));
    }
    if text.contains("://") {
        let url = Url::parse(text).map_err(|e| {
            NotATarget(format!("`{}` is not a web address: {}", redacted(text), address_error(e)))
        })?;
        return Ok(Target::Url(url));
    }
    if Path::new(text).is_file() {
        let file = std::fs::File::open(text).with_context(|| format!("cannot open {text}"))?;
        return Ok(Target::Bytes(read(file, text)?));
    }
    if let Ok(id) = FeedId::parse(text) {
        return Ok(Target::Feed(id));
    }
    completed(text).map(Target::Url).ok_or_else(|| {
        NotATarget(format!(
            "`{text}` is neither the id of a feed, nor a web address (https://...), nor a file"
        ))
        .into()
    })
}

/// Reads all bytes of a source. `name` is for messages.
fn read(from: impl Read, name: &str) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let result = from.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes);
    result.with_context(|| format!("cannot read {name}"))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(NotATarget(format!("{name} is larger than {} MiB", MAX_FILE_BYTES >> 20)).into());
    }
    Ok(bytes)
}
