//! The plan: which feeds there are, and who may run one.

use chrono::{DateTime, Utc};

use crate::model::{FeedId, FieldName, Validators};
use crate::rules::LearnedRules;

/// A feed of the configuration, for the plan.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The feed.
    pub feed: FeedId,
    /// The site that is paced: its registrable domain.
    pub site: String,
    /// The schedule as text. When it changes, the next due time changes too.
    pub schedule: String,
    /// Changes when any setting of the feed changes; then the feed is due at once.
    pub settings_hash: String,
    /// The next due time by the schedule.
    pub next_regular: DateTime<Utc>,
}

/// The meaning of a list of registrations for feeds that are not in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scope {
    /// The list is complete: other feeds are no longer due or served.
    All,
    /// The list is a part: other feeds are left as they are.
    These,
}

/// The right to run a feed, until a deadline.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The feed.
    pub feed: FeedId,
    /// Counts up with each claim of the feed: a later claim makes an earlier one void.
    pub fence: i64,
    /// When the feed was due. A feed may be claimed before that.
    pub due: DateTime<Utc>,
    /// The memory that the last run left.
    pub memory: Memory,
}

/// The state that a run leaves for the next one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Memory {
    /// Validators of the last page.
    pub validators: Validators,
    /// Hash of the last page's body.
    pub body_hash: Option<String>,
    /// When the site last sent the page, and not only the word that it has not changed.
    pub received: Option<DateTime<Utc>>,
    /// Selector of the element that held the items.
    pub container: Option<String>,
    /// Hash of the rules of the last good run.
    pub rules_hash: Option<String>,
    /// The version of reading by which the page was last read; `None` for one before these were counted.
    pub reading: Option<u32>,
    /// Failed runs since the last success.
    pub failures: u32,
    /// The language that the page declares.
    pub language: Option<String>,
    /// The title of the page, cleaned, at the time when the items last changed. Empty if the page has none; `None` if
    /// no version has looked for it.
    pub title: Option<String>,
    /// The rules that were found on the page of a feed that has none in feeds.toml.
    pub learned: Option<LearnedRules>,
    /// Fields that the items have lost. Known items keep the stored values.
    pub gone: Vec<FieldName>,
}
