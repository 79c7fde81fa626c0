//! The end of a run.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::claim::Memory;
use crate::history::Merge;
use crate::model::{Outcome, RunRecord, Trouble};

/// All that a run writes at its end, in one transaction.
#[derive(Debug, Clone)]
pub struct RunCommit {
    /// The run's line in the history of runs.
    pub record: RunRecord,
    /// Changes of the history of items; `None` if there are none.
    pub merge: Option<Merge>,
    /// The memory for the next run.
    pub memory: Memory,
    /// The trouble of a feed whose run succeeded.
    pub lasting: Option<Trouble>,
    /// When the next run is due.
    pub next_due: DateTime<Utc>,
    /// How long no feed of the site is claimed.
    pub site_rest: Duration,
    /// Number of newest items that are kept.
    pub keep_items: u32,
    /// Days after which an item that left the page is dropped.
    pub keep_days: Option<u32>,
    /// Whether the items' own pages are to be fetched.
    pub articles: bool,
    /// Whether new items are an event that somebody is told of.
    pub tell_items: bool,
    /// The feed is silent after this time without a new item; `None`: by its habit.
    pub max_silence: Option<Duration>,
}

impl RunCommit {
    /// The trouble that the feed is in after the run.
    #[must_use]
    pub fn trouble(&self) -> Option<&Trouble> {
        match &self.record.outcome {
            Outcome::Failed(trouble) => Some(trouble),
            Outcome::Fresh | Outcome::Unchanged => self.lasting.as_ref(),
        }
    }
}
