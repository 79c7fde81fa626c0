//! The pages of items: who may fetch one, and the result.

use chrono::{DateTime, Utc};

use crate::model::{Completion, Content, FeedId, PageDate};

/// The right to fetch an item's own page, for a while.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleClaim {
    /// The feed of the item.
    pub feed: FeedId,
    /// The key of the item.
    pub key: String,
    /// The site of the feed, which is paced.
    pub site: String,
    /// The content that the listing gave the item.
    pub content: Content,
    /// How often the page has been tried, this time included.
    pub tries: u32,
}

/// The result of a fetch of an item's own page.
#[derive(Debug, Clone, PartialEq)]
pub enum ArticleOutcome {
    /// The additions of the page to the item, and the date that the page gives.
    Found(Box<Completion>, Option<PageDate>),
    /// The page is tried again at this moment.
    Later(DateTime<Utc>),
    /// The page is tried again at this moment, and this try does not count: this machine was the reason.
    PutOff(DateTime<Utc>),
    /// The page is not tried again.
    Never,
}
