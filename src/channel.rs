//! The feeds of a checked configuration: feeds with a page of their own, and feeds that are made of others.
//! These nouns are shared by configuration, runs and serving.

mod derived;
mod feed;
mod learned;
mod recipe;

use std::sync::Arc;

use url::Url;

use crate::model::FeedId;

pub use derived::Derived;
pub use feed::{Feed, FetchSettings, Keep};
pub use recipe::Recipe;

/// A feed that a person can subscribe to.
#[derive(Debug, Clone)]
pub enum Channel {
    /// A feed with a page of its own.
    Scraped(Arc<Feed>),
    /// A feed that is made of others.
    Derived(Arc<Derived>),
}

impl Channel {
    /// Its name in addresses.
    #[must_use]
    pub fn id(&self) -> &FeedId {
        match self {
            Self::Scraped(feed) => &feed.id,
            Self::Derived(derived) => &derived.id,
        }
    }

    /// Its title. `page_title` is that of its page, if it is known.
    #[must_use]
    pub fn title<'a>(&'a self, page_title: Option<&'a str>) -> &'a str {
        match self {
            Self::Scraped(feed) => feed.title_with(page_title),
            Self::Derived(derived) => &derived.title,
        }
    }

    /// The words by which notifications name several feeds.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        match self {
            Self::Scraped(feed) => &feed.tags,
            Self::Derived(derived) => &derived.tags,
        }
    }

    /// The page that is read for a feed that has one of its own. It may hold secrets.
    #[must_use]
    pub fn url(&self) -> Option<&Url> {
        match self {
            Self::Scraped(feed) => Some(&feed.url),
            Self::Derived(_) => None,
        }
    }

    /// Its schedule, or the feeds that it is made of, in words.
    #[must_use]
    pub fn schedule_words(&self) -> String {
        match self {
            Self::Scraped(feed) => feed.schedule_text.clone(),
            Self::Derived(derived) => match &derived.from {
                None => "from all feeds".to_owned(),
                Some(ids) => {
                    let ids: Vec<&str> = ids.iter().map(FeedId::as_str).collect();
                    format!("from {}", ids.join(", "))
                }
            },
        }
    }
}
