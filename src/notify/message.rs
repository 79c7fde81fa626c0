//! A message: everything that a service may want to know about what happened, in a form that none of them owns.

use chrono::{DateTime, Utc};
use url::Url;

use crate::model::EventKind;

/// A message to one target. All texts are plain text.
#[derive(Debug, Clone)]
pub struct Message {
    /// The stable name of this message, such as `msg_0192…`: the same at each try. 4 to 64 of a-z, 0-9 and `_`.
    pub id: String,
    /// The kind of the event; of several events, that of the weightiest.
    pub event: EventKind,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// One line.
    pub title: String,
    /// Lines with `\n` between; perhaps empty.
    pub body: String,
    /// The page to open: of one item, or of the feed.
    pub link: Option<Url>,
    /// A picture.
    pub image: Option<Url>,
    /// How much it matters.
    pub priority: Priority,
    /// Short words, such as the tags of the feed. Without spaces.
    pub tags: Vec<String>,
    /// The feed; `None` if the message tells of several feeds.
    pub feed: Option<MessageFeed>,
    /// The items that the message tells of, the newest first. Empty for troubles.
    pub items: Vec<MessageItem>,
    /// For troubles and recoveries of one feed: what opens and closes an incident.
    pub incident: Option<Incident>,
    /// The message for programs: what a webhook gets as its body.
    pub data: serde_json::Value,
}

/// The feed that a message is about.
#[derive(Debug, Clone)]
pub struct MessageFeed {
    /// Its id.
    pub id: String,
    /// Its title for people.
    pub title: String,
    /// Its status page, if `base_url` is set.
    pub page: Option<Url>,
}

/// An item that a message tells of.
#[derive(Debug, Clone)]
pub struct MessageItem {
    /// Title; never empty.
    pub title: String,
    /// Address of the article.
    pub link: Option<Url>,
    /// The beginning of the summary, as plain text.
    pub summary: Option<String>,
}

/// A trouble that lasts until it is resolved.
#[derive(Debug, Clone)]
pub struct Incident {
    /// The same for a trouble and its recovery, such as `feedbridge/harbour`.
    pub key: String,
    /// The stable name of the trouble, such as `no_items`; of a silence, `silent`.
    pub trouble: String,
    /// It is over.
    pub resolved: bool,
    /// When it began.
    pub since: DateTime<Utc>,
}

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// No hurry: digests.
    Low,
    /// New items, recoveries.
    Normal,
    /// Troubles.
    High,
}
