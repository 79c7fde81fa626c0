//! Gets the page that a command works on, and the configuration for fetching it.

use std::path::Path;
use std::sync::Arc;

use url::Url;

use super::arguments::{FetchArgs, PlaceArgs};
use super::target::{self, NotATarget, Target};
use crate::channel::Feed;
use crate::clock::WallClock;
use crate::config::Config;
use crate::fetch::{Accept, Answer, BodyHold, Fetched, Fetcher, Guard, Network};
use crate::model::{Kind, Trouble, Validators};
use crate::rules::quoted;
use crate::run::{self, Request};
use crate::store::Memory;
use anyhow::Context;

/// The configuration in use; the defaults if no file is named and none is found.
pub(super) fn configuration(place: &PlaceArgs, fetch: &FetchArgs) -> anyhow::Result<Config> {
    if place.config.is_some() || target::config_file(place).exists() {
        return Ok(target::config(place, Some(fetch))?);
    }
    let config = Config::parse("", Path::new("feeds.toml"))?;
    Ok(config.overridden(&target::overrides(place, Some(fetch))))
}

/// Fetches pages from the network, within the limits of the configuration.
pub(super) fn network(config: &Config) -> Network {
    Network::new(config.limits.fetch.clone(), Arc::new(WallClock))
}

/// Fetches the address that `text` names, or reads its file or standard input as if `base` had sent it.
///
/// # Errors
/// When `text` names neither an address nor a file. The trouble of a fetch is in the inner result.
pub(super) async fn page(
    config: &Config,
    text: &str,
    base: Option<&Url>,
    fetch: &FetchArgs,
) -> anyhow::Result<Result<Fetched, Trouble>> {
    match target::target(text)? {
        Target::Bytes(body) => Ok(Ok(from_bytes(body, base.cloned()))),
        Target::Url(url) => Ok(fetched(&network(config), &bare_request(config, url, fetch)).await),
        Target::Feed(id) => {
            Err(NotATarget(format!("`{id}` is neither a web address (https://...) nor a file")).into())
        }
    }
}

/// Fetches a request that has no conditions.
pub(super) async fn fetched(network: &Network, request: &Request) -> Result<Fetched, Trouble> {
    match network.fetch(request).await {
        Ok(Answer::Fetched(fetched)) => Ok(fetched),
        Ok(Answer::Unchanged { .. }) => unreachable!("an unconditional request"),
        Err(failure) => Err(failure.trouble),
    }
}

/// A request for an address that belongs to no feed: without headers, parameters and validators.
pub(super) fn bare_request(config: &Config, url: Url, options: &FetchArgs) -> Request {
    Request {
        url,
        post: None,
        head_only: false,
        user_agent: config.server.user_agent.clone(),
        headers: Vec::new(),
        query: Vec::new(),
        validators: Validators::default(),
        known_body: None,
        guard: Guard::new(options.allow_address.clone(), false),
        authorities: None,
        accept: Accept::Page,
        obey_robots: true,
        timeout: options.timeout.map(std::time::Duration::from_secs),
    }
}

/// The request for an address that may be on the site of a feed. Headers and exceptions of the feed are meant
/// for its own site only.
pub(super) fn request_of(config: &Config, feed: Option<&Feed>, url: Url, options: &FetchArgs) -> Request {
    match feed {
        Some(feed) if feed.url.origin() == url.origin() => {
            Request { url, ..run::request(config, feed, &Memory::default()) }
        }
        _ => bare_request(config, url, options),
    }
}

/// Bytes of a file or of standard input as if `url` had sent them.
pub(super) fn from_bytes(body: Vec<u8>, url: Option<Url>) -> Fetched {
    let url = url.unwrap_or_else(|| Url::parse("http://localhost/").expect("a fixed address"));
    Fetched {
        url,
        bytes: body.len() as u64,
        body,
        hold: BodyHold::default(),
        content_type: None,
        validators: Validators::default(),
        body_hash: String::new(),
        crawl_delay: None,
        parameters: Vec::new(),
    }
}

/// A feed of nothing but an address and a kind, as feeds.toml would have it.
pub(super) fn bare_feed(url: &Url, kind: Kind) -> anyhow::Result<Feed> {
    let url = quoted(url.as_str());
    let text = format!("[[feed]]\nid = \"preview\"\nurl = {url}\nkind = \"{}\"\n", kind.name());
    let config = Config::parse(&text, Path::new("feeds.toml"))?;
    let feed = config.feeds.first().context("a feed was just written down")?;
    Ok(feed.as_ref().clone())
}
