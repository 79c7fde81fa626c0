//! Feeds that are made of others.

use chrono::TimeDelta;
use url::Url;

use super::feed::Keep;
use crate::filter::Filter;
use crate::model::FeedId;

/// A feed that is made of others. It never fetches.
#[derive(Debug, Clone)]
pub struct Derived {
    /// Its name in addresses.
    pub id: FeedId,
    /// Title.
    pub title: String,
    /// A sentence about it.
    pub description: String,
    /// The page that readers open, if there is one.
    pub home: Option<Url>,
    /// BCP 47 language of the items.
    pub language: Option<String>,
    /// The feeds that it is made of; `None`: all feeds with a page of their own.
    pub from: Option<Vec<FeedId>>,
    /// Filters that keep, drop and change items.
    pub filters: Vec<Filter>,
    /// Items of the same title within this time are one.
    pub same_title: Option<TimeDelta>,
    /// How many items are served, and of what age.
    pub keep: Keep,
    /// Words by which notifications name several feeds.
    pub tags: Vec<String>,
}
