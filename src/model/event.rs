//! Events: the changes of a feed that people may want to be told of.

use chrono::{DateTime, Utc};

use super::feed::FeedId;
use super::trouble::Trouble;

/// The kind of an event. Its name is stable: the store, feeds.toml and JSON use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventKind {
    /// New items.
    Item,
    /// A feed got into trouble, or its trouble is another one.
    Trouble,
    /// A feed is no longer in trouble, or no longer silent.
    Recovered,
    /// No new item for longer than usual, though the page can be read.
    Silent,
}

impl EventKind {
    /// All kinds, in the order in which they are documented.
    pub const ALL: [Self; 4] = [Self::Item, Self::Trouble, Self::Recovered, Self::Silent];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Trouble => "trouble",
            Self::Recovered => "recovered",
            Self::Silent => "silent",
        }
    }

    /// The kind with this stable name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// An event of a feed, as it is stored. It never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Counts up over all feeds.
    pub number: i64,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The feed. Its page was read: no event is about a feed that is made of others.
    pub feed: FeedId,
    /// The kind.
    pub kind: EventKind,
    /// The trouble that began or ended; `None` for items and silences.
    pub trouble: Option<Trouble>,
    /// When the trouble began, or when the newest item was first seen. For items, the same as `at`.
    pub since: DateTime<Utc>,
    /// The keys of the new items, in page order. Empty for other kinds.
    pub keys: Vec<String>,
}
