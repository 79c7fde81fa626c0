//! The checked configuration: settings that nothing later has to doubt.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::check::limits::Limits;
use super::report::ConfigProblems;
use crate::channel::{Channel, Derived, Feed};
use crate::fetch::Guard;
use crate::model::{FeedHead, FeedId, FeedState, ListenAddress};
use crate::notify::Rule;

/// How often a derived feed may change if all its sources are switched off.
const DEFAULT_PERIOD: Duration = Duration::from_secs(3600);

/// A checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file that it was read from.
    pub file: PathBuf,
    /// Whether the file has feeds, or says with `feed = []` that it has none. An empty or cut-off file does not.
    pub states_feeds: bool,
    /// Where and how documents are served.
    pub server: ServerSettings,
    /// The file of the embedded database.
    pub database: PathBuf,
    /// Limits.
    pub limits: Limits,
    /// Settings that are probably not as they are meant.
    pub warnings: ConfigProblems,
    /// The feeds that are read, in the order of the file.
    pub feeds: Vec<Arc<Feed>>,
    /// Feeds with `enabled = false`: they can be previewed.
    pub disabled: Vec<Arc<Feed>>,
    /// The served feeds: those that are read, and those that are derived from them, in the order of the file.
    pub channels: Vec<Channel>,
    /// Who is told of what, in the order of the file.
    pub notify: Vec<Arc<NotifyRule>>,
    /// The feeds whose new items somebody is told of.
    pub(super) told_items: BTreeSet<FeedId>,
    /// The position of each feed in `feeds`: every run asks for one.
    pub(super) feed_positions: BTreeMap<FeedId, usize>,
    /// The position of each channel in `channels`: every request asks for one.
    pub(super) channel_positions: BTreeMap<FeedId, usize>,
}

/// A `[[notify]]`, with what its target may be.
#[derive(Debug, Clone)]
pub struct NotifyRule {
    /// The rule.
    pub rule: Rule,
    /// The kind of its service: its key in feeds.toml.
    pub kind: &'static str,
    /// The addresses that may be reached.
    pub guard: Guard,
    /// A digest of its secrets, so that a changed secret is a changed setting.
    pub secrets: String,
}

/// Where and how documents are served.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Where to listen.
    pub listen: ListenAddress,
    /// The address of the server in self links, without a trailing slash.
    pub base_url: String,
    /// Whether a person gave `base_url`; else it follows the address that is bound.
    pub base_url_given: bool,
    /// The name of this server on its pages.
    pub title: String,
    /// The User-Agent of requests, with a contact address if one is known.
    pub user_agent: String,
    /// Whether the file has `contact`; else `base_url` is the contact, if it is given.
    pub contact_given: bool,
}

impl ServerSettings {
    /// The default User-Agent: the program, and an address where the sites' owners find the person who runs
    /// it.
    pub(super) fn default_user_agent(contact: Option<&str>) -> String {
        let name = concat!("feedbridge/", env!("CARGO_PKG_VERSION"));
        let printable = |text: &str| text.chars().filter(char::is_ascii_graphic).collect::<String>();
        contact.map_or_else(|| name.to_owned(), |contact| format!("{name} (+{})", printable(contact)))
    }

    /// The path of `base_url`, without a trailing slash: where a proxy serves the root.
    #[must_use]
    pub fn base_path(&self) -> String {
        Url::parse(&self.base_url)
            .map_or_else(|_| String::new(), |u| u.path().trim_end_matches('/').to_owned())
    }
}

impl Config {
    /// The feed with an id.
    #[must_use]
    pub fn feed(&self, id: &FeedId) -> Option<&Arc<Feed>> {
        self.feed_positions.get(id).and_then(|position| self.feeds.get(*position))
    }

    /// Whether somebody is told of the new items of a feed.
    #[must_use]
    pub fn tells_items(&self, id: &FeedId) -> bool {
        self.told_items.contains(id)
    }

    /// The rule of notifications with this name.
    #[must_use]
    pub fn notify_rule(&self, name: &str) -> Option<&Arc<NotifyRule>> {
        self.notify.iter().find(|rule| rule.rule.name == name)
    }

    /// The channel with an id.
    #[must_use]
    pub fn channel(&self, id: &FeedId) -> Option<&Channel> {
        self.channel_positions.get(id).and_then(|position| self.channels.get(*position))
    }

    /// The feeds that a derived one is made of, in its order; those that are switched off are left out.
    #[must_use]
    pub fn sources<'a>(
        &'a self,
        derived: &'a Derived,
    ) -> Box<dyn Iterator<Item = &'a Arc<Feed>> + Send + 'a> {
        match &derived.from {
            None => Box::new(self.feeds.iter()),
            Some(ids) => Box::new(ids.iter().filter_map(|id| self.feed(id))),
        }
    }

    /// How often a channel may change.
    #[must_use]
    pub fn period(&self, channel: &Channel) -> Duration {
        match channel {
            Channel::Scraped(feed) => feed.schedule.period(),
            Channel::Derived(derived) => {
                let periods = self.sources(derived).map(|f| f.schedule.period());
                periods.min().unwrap_or(DEFAULT_PERIOD)
            }
        }
    }

    /// The head of a channel's documents.
    #[must_use]
    pub fn channel_head(&self, channel: &Channel, state: &FeedState) -> FeedHead {
        let derived = match channel {
            Channel::Scraped(feed) => return self.head(feed, state),
            Channel::Derived(derived) => derived,
        };
        FeedHead {
            id: derived.id.clone(),
            path: feed_path(&derived.id),
            title: derived.title.clone(),
            description: derived.description.clone(),
            home: derived.home.clone(),
            base_url: self.server.base_url.clone(),
            language: derived.language.clone(),
            ttl_minutes: ttl_minutes(self.period(channel)),
            changed: state.changed.unwrap_or(chrono::DateTime::UNIX_EPOCH),
        }
    }

    /// The head of a feed's documents.
    #[must_use]
    pub fn head(&self, feed: &Feed, state: &FeedState) -> FeedHead {
        FeedHead {
            id: feed.id.clone(),
            path: feed_path(&feed.id),
            title: feed.title_with(state.title.as_deref()).to_owned(),
            description: feed.description.clone(),
            home: Some(feed.home.clone()),
            base_url: self.server.base_url.clone(),
            language: feed.recipe.language.clone().or_else(|| state.language.clone()),
            ttl_minutes: ttl_minutes(feed.schedule.period()),
            changed: state.changed.unwrap_or(chrono::DateTime::UNIX_EPOCH),
        }
    }
}

/// The path of a feed's documents, without the ending.
fn feed_path(id: &FeedId) -> String {
    format!("/feeds/{id}")
}

/// How long a reader may wait before it asks again: the period of a feed, from a minute to a day.
fn ttl_minutes(period: Duration) -> u32 {
    u32::try_from(period.as_secs() / 60).unwrap_or(u32::MAX).clamp(1, 24 * 60)
}

/// A configuration in use, with its number since the start.
#[derive(Debug, Clone)]
pub struct Live {
    /// Counts up with every reload.
    pub generation: u64,
    /// The configuration.
    pub config: Arc<Config>,
}
