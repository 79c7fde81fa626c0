//! A `[[notify]]` of feeds.toml, checked: whom to tell, and of what.

use std::collections::BTreeSet;

use super::service::Service;
use super::template::MessageTemplate;
use super::timing::RuleTiming;
use crate::filter::{Filter, FilterField};
use crate::model::{EventKind, FeedId};

/// A rule that tells events to one target.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name, the same over restarts: what waits for it is stored under it.
    pub name: String,
    /// The kinds of events that are told.
    pub when: BTreeSet<EventKind>,
    /// The feeds whose items are told, derived ones among them.
    pub feeds: BTreeSet<FeedId>,
    /// The feeds whose troubles are told: those with pages of their own that the others are made of, too.
    pub sources: BTreeSet<FeedId>,
    /// Items that do not pass are not told.
    pub filters: Vec<Filter>,
    /// If a run finds at least this many new items, one message tells all of them.
    pub summary_from: usize,
    /// When it is told.
    pub timing: RuleTiming,
    /// The title of messages; `None`: as usual.
    pub title: Option<MessageTemplate>,
    /// The body of messages; `None`: as usual.
    pub body: Option<MessageTemplate>,
    /// The target.
    pub service: Service,
}

/// How a rule tells the events of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Not at all.
    No,
    /// The items of the feed.
    Items,
    /// The troubles of the feed.
    Alarms,
}

impl Rule {
    /// Whether filters judge items by something that the items' own pages may add.
    #[must_use]
    pub fn asks_for_articles(filters: &[Filter]) -> bool {
        let is_added = |field: FilterField| match field {
            FilterField::Any
            | FilterField::Title
            | FilterField::Content
            | FilterField::Author
            | FilterField::Date => true,
            FilterField::Link | FilterField::Summary | FilterField::Tags => false,
        };
        filters.iter().any(|filter| match filter {
            Filter::Keep(conditions) | Filter::Drop(conditions) => {
                conditions.iter().any(|condition| is_added(condition.field))
            }
            Filter::Set(_) => false,
        })
    }

    /// Whether the service ends an alarm by itself unless it is told again.
    #[must_use]
    pub const fn repeats_alarms(&self) -> bool {
        matches!(self.service, Service::Alertmanager(_))
    }

    /// Whether the rule tells an event of this kind of a feed.
    #[must_use]
    pub fn told(&self, kind: EventKind, feed: &FeedId) -> Told {
        match kind {
            _ if !self.when.contains(&kind) => Told::No,
            EventKind::Item if self.feeds.contains(feed) => Told::Items,
            EventKind::Trouble | EventKind::Recovered | EventKind::Silent if self.sources.contains(feed) => {
                Told::Alarms
            }
            _ => Told::No,
        }
    }
}
