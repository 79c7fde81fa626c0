//! Raw configuration -> checked configuration, collecting every mistake of meaning.

mod address;
mod body;
mod checker;
mod cookies;
mod derived;
mod every_feed;
mod feed;
mod fetch;
mod filter;
pub(super) mod limits;
mod notify;
mod notify_service;
mod notify_timing;
mod secret;
mod server;
mod source;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use super::checked::Config;
use super::raw::{RawConfig, RawFeed};
use super::read::SettingsTree;
use super::report::{ConfigProblem, ConfigProblems};
use crate::channel::{Channel, Feed};
use crate::model::FeedId;
use crate::rules::{SelectSpec, SelectorSpec, key};
use checker::Checker;
use limits::Limits;

/// Where a configuration comes from, and how it is read.
#[derive(Clone, Copy)]
pub(super) struct ConfigOrigin<'a> {
    /// Its file.
    pub(super) file: &'a Path,
    /// The content of the file, for the places of warnings.
    pub(super) text: &'a str,
    /// Whether secrets are read from variables and files. Without them, no page can be fetched.
    pub(super) reads_secrets: bool,
}

/// Checks everything, and adds to the problems of form. The configuration is `None` if there is no address to
/// listen on.
pub(super) fn check(
    raw: &RawConfig,
    source: &SettingsTree<'_>,
    origin: &ConfigOrigin<'_>,
    form_problems: Vec<ConfigProblem>,
) -> (Option<Config>, Vec<ConfigProblem>) {
    let ConfigOrigin { file, text, reads_secrets } = *origin;
    let folder = file.parent().unwrap_or(Path::new(""));
    let mut checker =
        Checker { source, problems: form_problems, warnings: Vec::new(), folder, reads_secrets };
    let server = server::check(&raw.server, &mut checker);
    let database = server::database(&raw.store, &mut checker);
    let limits = limits::check(&raw.limits, &mut checker);
    let (channels, disabled) = check_feeds(raw, &limits, &mut checker);
    let scraped = |c: &Channel| match c {
        Channel::Scraped(feed) => Some(Arc::clone(feed)),
        Channel::Derived(_) => None,
    };
    let feeds: Vec<Arc<Feed>> = channels.iter().filter_map(scraped).collect();
    let base_url_given = server.as_ref().is_some_and(|server| server.base_url_given);
    let notify = notify::check(raw, &channels, base_url_given, &mut checker);
    let warnings = std::mem::take(&mut checker.warnings);
    let config = server.map(|server| Config {
        warnings: ConfigProblems::warnings(&file.display().to_string(), text, warnings),
        file: file.to_owned(),
        states_feeds: source.has(&[key("feed")]),
        server,
        database,
        limits,
        channel_positions: positions(channels.iter().map(Channel::id)),
        told_items: notify::told_items(&notify, &channels),
        notify,
        channels,
        feed_positions: positions(feeds.iter().map(|feed| &feed.id)),
        feeds,
        disabled,
    });
    (config, checker.problems)
}

/// The position of each id in a list.
fn positions<'a>(ids: impl Iterator<Item = &'a FeedId>) -> BTreeMap<FeedId, usize> {
    ids.enumerate().map(|(position, id)| (id.clone(), position)).collect()
}

/// The served channels, in the order of the file, and the scraped feeds that are switched off.
fn check_feeds(
    raw: &RawConfig,
    limits: &Limits,
    checker: &mut Checker<'_>,
) -> (Vec<Channel>, Vec<Arc<Feed>>) {
    let all: Vec<Option<Channel>> = raw
        .feed
        .iter()
        .enumerate()
        .map(|(i, feed)| match &feed.from {
            Some(from) => derived::check(feed, from, raw, i, checker).map(Channel::Derived),
            None => feed::check(feed, &raw.defaults, i, checker).map(Arc::new).map(Channel::Scraped),
        })
        .collect();
    refuse_same_ids(&all, checker);
    derived::refuse_all_of_nothing(&all, checker);
    check_defaults(raw, checker);
    let is_enabled = |i: usize| raw.feed[i].enabled.or(raw.defaults.enabled).unwrap_or(true);
    let mut channels = Vec::new();
    let mut disabled = Vec::new();
    for (i, channel) in all.into_iter().enumerate() {
        if let Some(Channel::Scraped(feed)) = &channel {
            check_timeout(feed, i, limits, checker);
        }
        match channel {
            Some(channel) if is_enabled(i) => channels.push(channel),
            Some(Channel::Scraped(feed)) => disabled.push(feed),
            Some(Channel::Derived(_)) | None => {}
        }
    }
    (channels, disabled)
}

/// A fetch must fit into a run.
fn check_timeout(feed: &Feed, index: usize, limits: &Limits, checker: &mut Checker<'_>) {
    if feed.fetch.timeout.is_some_and(|timeout| timeout > limits.run) {
        let path = checker.feed_path(index, &[key("fetch"), key("timeout")]);
        let message = format!("the timeout of `{}` is longer than a whole run may take", feed.id);
        let hint = format!("raise `run_s` in [limits], now {}", limits.run.as_secs());
        checker.problem(&path, message, Some(hint));
    }
}

/// Checks `[defaults]` even if no feed uses it yet. It must not have keys that belong to a single feed.
fn check_defaults(raw: &RawConfig, checker: &mut Checker<'_>) {
    let defaults = &raw.defaults;
    let keys_of_one_feed = [
        ("id", defaults.id.is_some()),
        ("url", defaults.url.is_some()),
        ("home", defaults.home.is_some()),
        ("from", defaults.from.is_some()),
    ];
    for (name, is_given) in keys_of_one_feed {
        if is_given {
            let message = format!("`{name}` cannot be the same for all feeds");
            let hint = "write it into each [[feed]]".to_owned();
            checker.problem(&Checker::path(&["defaults", name]), message, Some(hint));
        }
    }
    if raw.feed.is_empty() {
        let select = SelectSpec { item: Some(SelectorSpec::Text("a".to_owned())), ..SelectSpec::default() };
        let sample = RawFeed {
            url: Some("https://example.org/".to_owned()),
            select: Some(select),
            ..RawFeed::default()
        };
        feed::check(&sample, defaults, 0, checker);
    }
}

fn refuse_same_ids(channels: &[Option<Channel>], checker: &mut Checker<'_>) {
    let mut first_uses: HashMap<&FeedId, usize> = HashMap::new();
    for (i, channel) in channels.iter().enumerate() {
        let Some(channel) = channel else { continue };
        let first = *first_uses.entry(channel.id()).or_insert(i);
        if first != i {
            let path = checker.feed_path(i, &[key("id")]);
            let message = format!("feed id `{}` is used twice", channel.id());
            let hint = format!("feed number {} has it already: give this one another `id`", first + 1);
            checker.problem(&path, message, Some(hint));
        }
    }
}
