//! One attempt on one feed, and the state of a feed after its attempts.

use chrono::{DateTime, Utc};

use super::trouble::Trouble;

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The listing was read; the history may have changed.
    Fresh,
    /// The listing is the same as in the run before.
    Unchanged,
    /// The run failed. The items that are served stay as they were.
    Failed(Trouble),
}

impl Outcome {
    /// The stable name: `fresh`, `unchanged` or `failed`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Unchanged => "unchanged",
            Self::Failed(_) => "failed",
        }
    }
}

/// One line of a feed's run history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecord {
    /// When the run began.
    pub started: DateTime<Utc>,
    /// The duration in milliseconds.
    pub duration_ms: u64,
    /// How the run ended.
    pub outcome: Outcome,
    /// Bytes received from the network.
    pub bytes: u64,
    /// Items found on the listing.
    pub found: u32,
    /// Items that are new to the history.
    pub added: u32,
    /// Items whose content was edited.
    pub changed: u32,
    /// Problems with single fields.
    pub problems: u32,
}

/// The current state of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedState {
    /// Increases with every change of the items or of the title. It identifies a version of the documents.
    pub version: u64,
    /// When the items last changed. `None` before the first successful run.
    pub changed: Option<DateTime<Utc>>,
    /// When a run last succeeded, with the outcome fresh or unchanged.
    pub last_success: Option<DateTime<Utc>>,
    /// When the last run began.
    pub last_run: Option<DateTime<Utc>>,
    /// When the next run is due.
    pub next_due: Option<DateTime<Utc>>,
    /// Failed runs since the last success.
    pub failures: u32,
    /// Why the last run failed, if it did; or the trouble of a feed whose runs succeed.
    pub trouble: Option<Trouble>,
    /// The count of items that are served. `None` if it is only known once they are requested.
    pub items: Option<u64>,
    /// Whether a run is in progress.
    pub running: bool,
    /// The language that the page declares.
    pub language: Option<String>,
    /// The title of the page, cleaned. It takes the place of a title that the configuration does not give.
    pub title: Option<String>,
    /// Until when nobody is told of its troubles; may be past.
    pub muted_until: Option<DateTime<Utc>>,
    /// Whether it has had no new item for longer than usual, and that was told.
    pub silent: bool,
    /// Since when it is in trouble, whatever the trouble was called meanwhile.
    pub trouble_since: Option<DateTime<Utc>>,
}

/// The health of a feed. The feeds that need the most attention come first in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// The last run failed, or the items have lost a field.
    Trouble,
    /// The feed has never been read.
    Waiting,
    /// The last run succeeded, and found all that it used to.
    Fine,
}

impl Health {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Fine, Self::Waiting, Self::Trouble];

    /// The label of the metrics.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Trouble => "trouble",
            Self::Waiting => "waiting",
            Self::Fine => "fine",
        }
    }

    /// The health of a feed in a given state. A feed with items counts as read, even if it has no runs of
    /// its own.
    #[must_use]
    pub const fn of(state: &FeedState) -> Self {
        if state.trouble.is_some() {
            Self::Trouble
        } else if state.last_success.is_none() && state.changed.is_none() {
            Self::Waiting
        } else {
            Self::Fine
        }
    }

    /// The state in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Trouble => "in trouble",
            Self::Waiting => "waiting for its first run",
            Self::Fine => "fine",
        }
    }
}
