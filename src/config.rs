//! `feeds.toml` -> [`Config`], or every problem of it with line, column and hint.
//!
//! Raw and checked types are two: `raw` only mirrors what a person wrote, [`Config`] is what the
//! program may rely on. Nothing later has to doubt a setting.

mod check;
mod edit;
mod file;
mod overrides;
mod raw;
mod read;
mod report;
mod schema;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::channel::{Channel, Derived, Feed};
use crate::model::{FeedHead, FeedId, FeedState, ListenAddress};

pub use check::limits::Limits;
pub use edit::{EditError, NewFeed, append, refuse_known};
pub use file::{FeedsFile, FeedsFileError};
pub use overrides::Overrides;
pub use report::{ConfigProblem, ConfigProblems, Place};
pub use schema::schema;

/// A checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file that it was read from.
    pub file: PathBuf,
    /// Where and how documents are served.
    pub server: Server,
    /// The file of the embedded database.
    pub database: PathBuf,
    /// Limits.
    pub limits: Limits,
    /// The feeds that are read, in the order of the file.
    pub feeds: Vec<Arc<Feed>>,
    /// Feeds with `enabled = false`: they can be previewed.
    pub disabled: Vec<Arc<Feed>>,
    /// What is served: the feeds that are read, and those that are derived from them, in the order of
    /// the file.
    pub channels: Vec<Channel>,
    /// Where each feed stands in `feeds`: every run asks for one.
    places: BTreeMap<FeedId, usize>,
    /// Where each channel stands in `channels`: every request asks for one.
    channel_places: BTreeMap<FeedId, usize>,
}

/// Where and how documents are served.
#[derive(Debug, Clone)]
pub struct Server {
    /// Where to listen.
    pub listen: ListenAddress,
    /// What self links say, without a trailing slash.
    pub base_url: String,
    /// Whether the person gave `base_url`; else it follows the address that is bound.
    pub base_url_given: bool,
    /// The name of this server on its pages.
    pub title: String,
    /// The User-Agent of requests, with a contact address if one is known.
    pub user_agent: String,
}

impl Server {
    /// The path of `base_url`, without a trailing slash: where a proxy serves the root.
    #[must_use]
    pub fn base_path(&self) -> String {
        Url::parse(&self.base_url)
            .map_or_else(|_| String::new(), |u| u.path().trim_end_matches('/').to_owned())
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error(
        "cannot read {file}: {why}; name a file with --config, or start from the feeds.toml of the manual"
    )]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        why: std::io::Error,
    },
    /// The file has mistakes.
    #[error(transparent)]
    Invalid(#[from] ConfigProblems),
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// When it cannot be read, or has mistakes: all of them at once.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file)
            .map_err(|why| ConfigError::Unreadable { file: file.to_owned(), why })?;
        Ok(Self::parse(&text, file)?)
    }

    /// Checks a text as if it stood in `file`, whose folder is the base of relative paths.
    ///
    /// # Errors
    /// All mistakes at once.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigProblems> {
        let (source, raw, problems) = read::read(text);
        let (config, problems) = check::check(&raw, &source, file, problems);
        match config {
            Some(config) if problems.is_empty() => Ok(config),
            _ => Err(ConfigProblems::new(&file.display().to_string(), text, problems)),
        }
    }

    /// The feed of an id.
    #[must_use]
    pub fn feed(&self, id: &FeedId) -> Option<&Arc<Feed>> {
        self.places.get(id).and_then(|place| self.feeds.get(*place))
    }

    /// The channel of an id.
    #[must_use]
    pub fn channel(&self, id: &FeedId) -> Option<&Channel> {
        self.channel_places.get(id).and_then(|place| self.channels.get(*place))
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
                periods.min().unwrap_or(Duration::from_secs(3600))
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
            title: derived.title.clone(),
            description: derived.description.clone(),
            home: None,
            base_url: self.server.base_url.clone(),
            language: derived.language.clone(),
            ttl_minutes: minutes(self.period(channel)),
            changed: state.changed.unwrap_or(chrono::DateTime::UNIX_EPOCH),
        }
    }

    /// The head of a feed's documents.
    #[must_use]
    pub fn head(&self, feed: &Feed, state: &FeedState) -> FeedHead {
        FeedHead {
            id: feed.id.clone(),
            title: feed.title.clone(),
            description: feed.description.clone(),
            home: Some(feed.url.clone()),
            base_url: self.server.base_url.clone(),
            language: feed.recipe.language.clone().or_else(|| state.language.clone()),
            ttl_minutes: minutes(feed.schedule.period()),
            changed: state.changed.unwrap_or(chrono::DateTime::UNIX_EPOCH),
        }
    }
}

/// How long a reader may wait before it asks again.
fn minutes(period: Duration) -> u32 {
    u32::try_from(period.as_secs() / 60).unwrap_or(u32::MAX).clamp(1, 24 * 60)
}

/// A configuration in use, and how many there have been since the start.
#[derive(Debug, Clone)]
pub struct Live {
    /// Counts up with every reload.
    pub generation: u64,
    /// The configuration.
    pub config: Arc<Config>,
}
