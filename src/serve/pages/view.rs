//! The input of pages: what is known of feeds, and how much of everything is shown.

use chrono::{DateTime, Utc};

use crate::model::{Event, EventKind, FeedHead, FeedState, Item, RunRecord};
use crate::store::KeptMessage;

/// The most feeds on the index. Those in trouble come first; the others are counted.
pub const MAX_INDEX_FEEDS: usize = 1_000;

/// The most items that a feed's page lists.
pub const MAX_ITEMS: usize = 50;

/// The most items that the chart of a feed's page counts.
pub const MAX_CHART_ITEMS: usize = 200;

/// The most runs that a feed's page lists.
pub const MAX_RUNS: usize = 20;

/// The most runs in the charts of a feed's page.
pub const MAX_CHART_RUNS: usize = 50;

/// The most events on a feed's page.
pub const MAX_EVENTS: usize = 20;

/// The most deliveries on a feed's page.
pub const MAX_DELIVERIES: usize = 20;

/// The kinds of events on a feed's page. New items have a place of their own there.
pub const EVENT_KINDS: [EventKind; 3] = [EventKind::Trouble, EventKind::Recovered, EventKind::Silent];

/// A feed as pages show it.
#[derive(Debug, Clone, Copy)]
pub struct FeedView<'a> {
    /// Title, home and addresses.
    pub head: &'a FeedHead,
    /// Health, times and counts.
    pub state: &'a FeedState,
    /// The schedule in words: `every 30 minutes`.
    pub schedule: &'a str,
    /// Whether there are documents to subscribe to. A feed that never succeeded has none among static
    /// files.
    pub documents: bool,
}

/// The content of the page of all feeds.
#[derive(Debug, Clone, Copy)]
pub struct IndexPage<'a> {
    /// The title of the server.
    pub title: &'a str,
    /// All feeds.
    pub feeds: &'a [FeedView<'a>],
    /// Whether the operations feed is served beside. Static files have none.
    pub has_operations: bool,
    /// Targets of notifications that fail, or have given messages up.
    pub failing_targets: usize,
    /// Relative times are counted from here.
    pub now: DateTime<Utc>,
}

/// The content of a feed's page. All lists are newest first.
#[derive(Debug, Clone, Copy)]
pub struct FeedPage<'a> {
    /// The feed.
    pub view: FeedView<'a>,
    /// Items: at most [`MAX_ITEMS`] are listed, and [`MAX_CHART_ITEMS`] counted.
    pub items: &'a [Item],
    /// Runs: at most [`MAX_RUNS`] are listed, and [`MAX_CHART_RUNS`] drawn.
    pub runs: &'a [RunRecord],
    /// Events of [`EVENT_KINDS`]: at most [`MAX_EVENTS`] are listed.
    pub events: &'a [Event],
    /// Messages about the feed: at most [`MAX_DELIVERIES`] are listed.
    pub deliveries: &'a [KeptMessage],
    /// Relative times are counted from here.
    pub now: DateTime<Utc>,
}
