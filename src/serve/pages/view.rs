//! The input of pages: one feed, and how much of everything is shown.

use crate::model::{FeedHead, FeedState};

/// The most feeds on the index. Those in trouble come first; the others are counted.
pub const MAX_INDEX_FEEDS: usize = 1_000;

/// The most items on a feed's page.
pub const MAX_ITEMS: usize = 50;

/// The most runs on a feed's page.
pub const MAX_RUNS: usize = 20;

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
