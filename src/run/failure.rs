//! A failed attempt: the trouble, and the facts about the site that were learned before it.

use std::time::Duration;

use crate::fetch::FetchFailure;
use crate::model::{Cause, Problem, Trouble, TroubleKind};
use crate::store::StoreError;

/// A failed attempt.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The reason.
    pub trouble: Trouble,
    /// How long the site asks to be left alone.
    pub retry_after: Option<Duration>,
    /// How long the feed is left alone because of what it did to this program. Other feeds of its site are not.
    pub leave_alone: Option<Duration>,
    /// The pause between two requests that robots.txt asks for.
    pub crawl_delay: Option<Duration>,
    /// Bytes received.
    pub bytes: u64,
    /// Problems with single items.
    pub problems: Vec<Problem>,
}

/// The trouble that the history cannot be read.
pub(super) fn store_failed(error: &StoreError) -> Trouble {
    Trouble::caused(TroubleKind::Machine, Cause::Store(error.to_string()))
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self {
            trouble,
            retry_after: None,
            leave_alone: None,
            crawl_delay: None,
            bytes: 0,
            problems: Vec::new(),
        }
    }
}

impl From<FetchFailure> for Failure {
    fn from(failure: FetchFailure) -> Self {
        let FetchFailure { trouble, retry_after, crawl_delay, bytes } = failure;
        Self { trouble, retry_after, leave_alone: None, crawl_delay, bytes, problems: Vec::new() }
    }
}
