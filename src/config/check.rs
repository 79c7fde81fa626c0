//! Raw configuration -> checked configuration, collecting every mistake of meaning.

mod checker;
mod common_keys;
mod derived;
mod feed;
mod fetch;
mod filter;
pub(super) mod limits;
mod source;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use url::Url;

use super::raw::{RawConfig, RawFeed, RawServer, RawStore};
use super::read::Source;
use super::report::ConfigProblem;
use super::{Config, Server};
use crate::channel::{Channel, Feed};
use crate::model::{FeedId, ListenAddress};
use crate::rules::{SelectSpec, SelectorSpec, Step};
use checker::Checker;

/// Where documents are served if nobody says so.
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
/// Where the history is kept if nobody says so.
const DEFAULT_STORE: &str = "sqlite:data/feedbridge.db";

/// Checks everything; the configuration is `None` only if nothing useful can be said.
pub(super) fn check(
    raw: &RawConfig,
    source: &Source<'_>,
    file: &Path,
    problems: Vec<ConfigProblem>,
) -> (Option<Config>, Vec<ConfigProblem>) {
    let folder = file.parent().unwrap_or(Path::new(""));
    let mut checker = Checker { source, problems, folder };
    let server = server(&raw.server, &mut checker);
    let database = database(&raw.store, &mut checker);
    let limits = limits::check(&raw.limits, &mut checker);
    let (channels, disabled) = feeds(raw, &limits, &mut checker);
    let scraped = |c: &Channel| match c {
        Channel::Scraped(feed) => Some(Arc::clone(feed)),
        Channel::Derived(_) => None,
    };
    let read: Vec<Arc<Feed>> = channels.iter().filter_map(scraped).collect();
    let config = server.map(|server| Config {
        file: file.to_owned(),
        server,
        database,
        limits,
        channel_places: channels.iter().enumerate().map(|(place, c)| (c.id().clone(), place)).collect(),
        channels,
        places: read.iter().enumerate().map(|(place, f)| (f.id.clone(), place)).collect(),
        feeds: read,
        disabled,
    });
    (config, checker.problems)
}

/// What is served, in the order of the file, and the scraped feeds that are switched off.
fn feeds(
    raw: &RawConfig,
    limits: &limits::Limits,
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
    duplicates(&all, checker);
    derived::sources(&all, checker);
    probe_defaults(raw, checker);
    let enabled = |i: usize| raw.feed[i].enabled.or(raw.defaults.enabled).unwrap_or(true);
    let (mut channels, mut disabled) = (Vec::new(), Vec::new());
    for (i, channel) in all.into_iter().enumerate() {
        if let Some(Channel::Scraped(feed)) = &channel {
            in_time(feed, i, limits, checker);
        }
        match channel {
            Some(channel) if enabled(i) => channels.push(channel),
            Some(Channel::Scraped(feed)) => disabled.push(feed),
            Some(Channel::Derived(_)) | None => {}
        }
    }
    (channels, disabled)
}

/// A fetch must fit into a run.
fn in_time(feed: &Feed, index: usize, limits: &limits::Limits, checker: &mut Checker<'_>) {
    if feed.fetch.timeout.is_some_and(|t| t > limits.run) {
        let steps = [Step::Key("fetch".to_owned()), Step::Key("timeout".to_owned())];
        let path = checker.feed_path(index, &steps);
        let message = format!("the timeout of `{}` is longer than a whole run may take", feed.id);
        let hint = format!("raise `run_s` in [limits], now {}", limits.run.as_secs());
        checker.problem(&path, message, Some(hint));
    }
}

/// Checks what `[defaults]` says even if no feed uses it yet, and that it says nothing that only a
/// feed can.
fn probe_defaults(raw: &RawConfig, checker: &mut Checker<'_>) {
    let own = [
        ("id", raw.defaults.id.is_some()),
        ("url", raw.defaults.url.is_some()),
        ("from", raw.defaults.from.is_some()),
    ];
    for (name, given) in own {
        if given {
            let message = format!("`{name}` cannot be the same for all feeds");
            let hint = "write it into each [[feed]]".to_owned();
            checker.problem(&Checker::path(&["defaults", name]), message, Some(hint));
        }
    }
    if raw.feed.is_empty() {
        let select = SelectSpec { item: Some(SelectorSpec::Text("a".to_owned())), ..SelectSpec::default() };
        let probe = RawFeed {
            url: Some("https://example.org/".to_owned()),
            select: Some(select),
            ..RawFeed::default()
        };
        feed::check(&probe, &raw.defaults, 0, checker);
    }
}

fn server(raw: &RawServer, checker: &mut Checker<'_>) -> Option<Server> {
    let listen_text = raw.listen.as_deref().unwrap_or(DEFAULT_LISTEN);
    let listen: Option<ListenAddress> = match listen_text.parse() {
        Ok(listen) => Some(listen),
        Err(error) => {
            let path = Checker::path(&["server", "listen"]);
            let hint = "for example \"127.0.0.1:8080\" or \"unix:/run/feedbridge/http.sock\"";
            checker.problem(&path, format!("listen `{listen_text}`: {error}"), Some(hint.to_owned()));
            None
        }
    };
    let given = raw.base_url.as_deref().and_then(|text| base_url(text, checker));
    let listen = listen?;
    let contact = raw.contact.clone().or_else(|| given.clone());
    Some(Server {
        base_url_given: given.is_some(),
        base_url: given.unwrap_or_else(|| listen.default_base_url()),
        listen,
        title: raw.title.clone().unwrap_or_else(|| "feedbridge".to_owned()),
        user_agent: user_agent(contact.as_deref()),
    })
}

/// The honest default: who asks, and where the person behind it can be found.
fn user_agent(contact: Option<&str>) -> String {
    let name = concat!("feedbridge/", env!("CARGO_PKG_VERSION"));
    let clean = |c: &str| c.chars().filter(char::is_ascii_graphic).collect::<String>();
    contact.map_or_else(|| name.to_owned(), |c| format!("{name} (+{})", clean(c)))
}

fn base_url(text: &str, checker: &mut Checker<'_>) -> Option<String> {
    let fits =
        |u: &Url| matches!(u.scheme(), "http" | "https") && u.query().is_none() && u.fragment().is_none();
    match Url::parse(text) {
        Ok(url) if fits(&url) => Some(url.as_str().trim_end_matches('/').to_owned()),
        _ => {
            let path = Checker::path(&["server", "base_url"]);
            let hint = "for example \"https://feeds.example.org\"".to_owned();
            let message = format!("base_url `{text}` is not an http or https address without a query");
            checker.problem(&path, message, Some(hint));
            None
        }
    }
}

fn database(raw: &RawStore, checker: &mut Checker<'_>) -> PathBuf {
    let text = raw.url.as_deref().unwrap_or(DEFAULT_STORE);
    let path = text.strip_prefix("sqlite:").map(|p| p.strip_prefix("//").unwrap_or(p));
    match path.filter(|p| !p.is_empty()) {
        Some(path) => checker.resolve(path),
        None => {
            let place = Checker::path(&["store", "url"]);
            let hint = "for example \"sqlite:data/feedbridge.db\"".to_owned();
            checker.problem(&place, "the store's url must be `sqlite:PATH`".to_owned(), Some(hint));
            PathBuf::new()
        }
    }
}

fn duplicates(feeds: &[Option<Channel>], checker: &mut Checker<'_>) {
    let mut first: HashMap<&FeedId, usize> = HashMap::new();
    for (i, feed) in feeds.iter().enumerate() {
        let Some(feed) = feed else { continue };
        if let Some(other) = first.insert(feed.id(), i) {
            first.insert(feed.id(), other);
            let path = checker.feed_path(i, &[Step::Key("id".to_owned())]);
            let message = format!("feed id `{}` is used twice", feed.id());
            let hint = format!("feed number {} has it already: give this one another `id`", other + 1);
            checker.problem(&path, message, Some(hint));
        }
    }
}
