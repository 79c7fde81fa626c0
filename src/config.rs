//! `feeds.toml` -> [`Config`], or every problem of it with line, column and hint.
//!
//! Raw and checked types are two: `raw` only mirrors what a person wrote, [`Config`] is what the
//! program may rely on. Nothing later has to doubt a setting.

mod check;
mod edit;
mod learned;
mod overrides;
mod raw;
mod read;
mod report;
mod schema;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use chrono_tz::Tz;
use http::HeaderName;
use url::Url;

use crate::article::ArticleRules;
use crate::fetch::{Guard, Post};
use crate::filter::Filter;
use crate::model::{FeedHead, FeedId, FeedState, ListenAddress, Secret};
use crate::rules::SourceKind;
use crate::schedule::Schedule;

pub use check::limits::Limits;
pub use edit::{EditError, NewFeed, append, refuse_known};
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

/// A checked feed.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Its name.
    pub id: FeedId,
    /// Title.
    pub title: String,
    /// A sentence about it.
    pub description: String,
    /// The page that lists the items.
    pub url: Url,
    /// When it is read.
    pub schedule: Schedule,
    /// The schedule as it was written.
    pub schedule_text: String,
    /// Zone of the page's dates.
    pub timezone: Tz,
    /// How items are made of what is fetched.
    pub recipe: Arc<Recipe>,
    /// Changes when anything that decides what is extracted changes.
    pub rules_hash: String,
    /// Changes when anything about the feed changes.
    pub settings_hash: String,
    /// How much is kept.
    pub keep: Keep,
    /// How the page is fetched.
    pub fetch: FetchSettings,
}

/// A feed that is made of others, and never fetches.
#[derive(Debug, Clone)]
pub struct Derived {
    /// Its name.
    pub id: FeedId,
    /// Title.
    pub title: String,
    /// A sentence about it.
    pub description: String,
    /// BCP 47 language of the items.
    pub language: Option<String>,
    /// The feeds that it is made of; `None`: all that are read.
    pub from: Option<Vec<FeedId>>,
    /// Which items stay, and how they are changed.
    pub filters: Vec<Filter>,
    /// Items of the same title within this time are one.
    pub same_title: Option<TimeDelta>,
    /// How much is served.
    pub keep: Keep,
}

/// What a person can subscribe to.
#[derive(Debug, Clone)]
pub enum Channel {
    /// A feed with a page of its own.
    Scraped(Arc<Feed>),
    /// A feed that is made of others.
    Derived(Arc<Derived>),
}

impl Channel {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> &FeedId {
        match self {
            Self::Scraped(feed) => &feed.id,
            Self::Derived(derived) => &derived.id,
        }
    }

    /// Its title.
    #[must_use]
    pub fn title(&self) -> &str {
        match self {
            Self::Scraped(feed) => &feed.title,
            Self::Derived(derived) => &derived.title,
        }
    }

    /// When it is read, or what it is made of, in words.
    #[must_use]
    pub fn schedule_words(&self) -> String {
        match self {
            Self::Scraped(feed) => feed.schedule_text.clone(),
            Self::Derived(derived) => match &derived.from {
                None => "from all feeds".to_owned(),
                Some(ids) => {
                    let ids: Vec<&str> = ids.iter().map(FeedId::as_str).collect();
                    format!("from {}", ids.join(", "))
                }
            },
        }
    }
}

/// How items are made of what is fetched.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// What the source is, and where the items are.
    pub source: SourceKind,
    /// BCP 47 language of the items.
    pub language: Option<String>,
    /// Which items stay, and how they are changed.
    pub filters: Vec<Filter>,
    /// Where more of the listing is.
    pub pages: Option<Pages>,
    /// How the items' own pages are read; `None`: they are not fetched.
    pub article: Option<ArticleRules>,
    /// Whether the servers of media files are asked for type and length, where the page does not say
    /// them.
    pub measure: bool,
}

impl Recipe {
    /// Whether items are looked at again by themselves, after their listing.
    #[must_use]
    pub fn follows_items(&self) -> bool {
        self.article.is_some() || self.measure
    }
}

/// Where more of a listing is, beyond its first page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    /// The address of a further page, with `{page}`, `{offset}`, `{count}` and `{cursor}`; `None`: the
    /// page's own link to the next, or the first page's address if there is a body.
    pub template: Option<String>,
    /// What is posted for a further page, with the same placeholders.
    pub body: Option<String>,
    /// Items of one page, for `{count}`.
    pub count: u32,
    /// Pages that one run reads at most, the first included.
    pub max: u32,
}

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Newest items that are kept.
    pub items: u32,
    /// Days after which an item that left the page goes.
    pub days: Option<u32>,
}

/// How a page is fetched.
#[derive(Debug, Clone)]
pub struct FetchSettings {
    /// Extra headers; sent to the origin of the feed's URL only.
    pub headers: Vec<(HeaderName, Secret)>,
    /// What is posted; `None`: it is a GET.
    pub post: Option<Post>,
    /// Instead of the server's User-Agent.
    pub user_agent: Option<String>,
    /// For the whole fetch.
    pub timeout: Option<Duration>,
    /// Which addresses may be reached.
    pub guard: Guard,
    /// Whether robots.txt is obeyed.
    pub obey_robots: bool,
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
