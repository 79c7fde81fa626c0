//! Items as JSON.

use chrono::{DateTime, Utc};
use serde::Serialize;
use url::Url;

use crate::channel::Channel;
use crate::model::{Enclosure, Extras, FeedId, Item, Podcast, Precision};

/// An item, in the form that all commands print.
#[derive(Debug, Clone, Serialize)]
pub struct ItemShape {
    id: String,
    key: String,
    url: Option<Url>,
    title: String,
    /// RFC 3339.
    date: String,
    date_source: &'static str,
    date_precision: Precision,
    /// RFC 3339.
    updated: Option<String>,
    summary: Option<String>,
    content_html: Option<String>,
    authors: Vec<String>,
    tags: Vec<String>,
    image: Option<Url>,
    enclosures: Vec<Enclosure>,
    comments: Option<Url>,
    podcast: Podcast,
    /// Extra fields that the item has, under their keys.
    #[serde(flatten)]
    extras: Extras,
}

impl From<&Item> for ItemShape {
    fn from(item: &Item) -> Self {
        let content = item.content.clone();
        Self {
            id: item.guid.clone(),
            key: item.key.clone(),
            url: content.url,
            title: content.title,
            date: item.date.to_rfc3339(),
            date_source: item.date_source.name(),
            date_precision: item.precision,
            updated: item.updated.map(|updated| updated.to_rfc3339()),
            summary: content.summary,
            content_html: content.content_html,
            authors: content.authors,
            tags: content.tags,
            image: content.image,
            enclosures: content.enclosures,
            comments: content.comments,
            podcast: content.podcast,
            extras: content.extras,
        }
    }
}

/// An item of the history, with the moment at which it was first seen.
#[derive(Debug, Clone, Serialize)]
pub struct KeptItemShape {
    #[serde(flatten)]
    item: ItemShape,
    first_seen: DateTime<Utc>,
}

/// The history of a feed.
#[derive(Debug, Clone, Serialize)]
pub struct HistoryShape {
    id: FeedId,
    title: String,
    items: Vec<KeptItemShape>,
}

impl HistoryShape {
    /// The items of a feed, in served order. `page_title` is the title of its page, if it is known.
    #[must_use]
    pub fn of(channel: &Channel, page_title: Option<&str>, items: &[Item]) -> Self {
        let kept = |item: &Item| KeptItemShape { item: item.into(), first_seen: item.first_seen };
        let items = items.iter().map(kept).collect();
        Self { id: channel.id().clone(), title: channel.title(page_title).to_owned(), items }
    }
}
