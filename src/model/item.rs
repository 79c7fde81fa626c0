//! The three stages of an item: candidate (extracted), found item (normalised), item (kept).

use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use super::extras::Extras;
use super::field::Subject;

/// One item of a listing as extraction found it: raw texts, not checked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Candidate {
    /// The position on the listing, from 0.
    pub position: u32,
    /// The result of the `id` rule.
    pub id: Option<String>,
    /// The title as text.
    pub title: Option<String>,
    /// Other texts that the page gives to the element of the title. They may have the whole of a title that
    /// is cut.
    pub fuller_titles: Vec<String>,
    /// The link as written, maybe relative.
    pub link: Option<String>,
    /// Whether the link was made of a fragment alone, such as `#n3`: it leads to a place of the listing itself,
    /// and is no part of the key.
    pub is_link_within_page: bool,
    /// The publication date, if the page states one that could be read.
    pub date: Option<PageDate>,
    /// When the item was changed, as the page states it.
    pub updated: Option<PageDate>,
    /// A short text about the item.
    pub summary: Option<String>,
    /// The HTML of the body, not sanitised.
    pub content: Option<String>,
    /// The names of the authors.
    pub authors: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// The address of a picture, maybe relative.
    pub image: Option<String>,
    /// Media files, with addresses that may be relative.
    pub enclosures: Vec<Enclosure>,
    /// The address of the page with comments, maybe relative.
    pub comments: Option<String>,
    /// Tags that belong to a vocabulary, each with the vocabulary's address.
    pub schemes: Vec<(String, String)>,
    /// The values that only episodes of podcasts have.
    pub podcast: Podcast,
    /// Texts of extra fields.
    pub extras: Extras,
}

/// Values of a podcast episode (the `itunes` vocabulary).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Podcast {
    /// The duration in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<u32>,
    /// The number of the episode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub episode: Option<u32>,
    /// The number of the season.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub season: Option<u32>,
    /// Whether the episode is for adults only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explicit: Option<bool>,
}

impl Podcast {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A problem with one field of one item. The item is kept where possible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The field's name in `[feed.select]`, or `item`.
    pub field: Subject,
    /// The position of the item on the listing, from 0. `None` if the problem concerns the whole page.
    pub position: Option<u32>,
    /// A sentence about the failure, with the selector and the text that failed.
    pub message: String,
}

/// How exact a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// To the second.
    Second,
    /// To the minute.
    Minute,
    /// To the day. The date is rendered as 00:00 in the page's zone.
    Day,
    /// To the month. The date is rendered as the month's first day.
    Month,
}

/// The source of an item's date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateSource {
    /// The listing.
    Page,
    /// The item's own page.
    Article,
    /// The address of the item's page, such as `/2025/11/04/`.
    Url,
    /// No page: the date is the time at which the item was first seen.
    FirstSeen,
}

impl DateSource {
    /// The stable name in JSON output and the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Article => "article",
            Self::Url => "url",
            Self::FirstSeen => "first_seen",
        }
    }

    /// The source with this stable name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Page, Self::Article, Self::Url, Self::FirstSeen].into_iter().find(|s| s.name() == name)
    }
}

/// A date that a page states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageDate {
    /// The instant, with the page's own offset.
    pub at: DateTime<FixedOffset>,
    /// How exact it is.
    pub precision: Precision,
    /// The source of the date, never [`DateSource::FirstSeen`].
    pub source: DateSource,
    /// Whether the page states the date relative to now, so that the next fetch gives another instant.
    pub relative: bool,
}

/// A media file that belongs to an item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enclosure {
    /// The address. It is absolute once normalised.
    pub url: String,
    /// The media type, if known.
    #[serde(rename = "type")]
    pub media_type: Option<String>,
    /// The length in bytes, if known.
    pub length: Option<u64>,
}

impl Enclosure {
    /// The file with the type and length that its own server states, if the server was asked.
    fn with_server_facts(self, asked: &[Self]) -> Self {
        let Some(stated) = asked.iter().find(|other| other.url == self.url) else { return self };
        Self {
            media_type: stated.media_type.clone().or(self.media_type),
            length: stated.length.or(self.length),
            ..self
        }
    }
}

/// The content of an item as the page states it, cleaned. An edit is a change of this part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// Plain text. Empty if the page gives no title.
    pub title: String,
    /// The absolute http(s) address, if the item has one.
    pub url: Option<Url>,
    /// Plain text. `None` where it only repeats the title.
    pub summary: Option<String>,
    /// Sanitised HTML.
    pub content_html: Option<String>,
    /// The names of the authors, plain text.
    pub authors: Vec<String>,
    /// Tags, plain text.
    pub tags: Vec<String>,
    /// The absolute http(s) address of a picture.
    pub image: Option<Url>,
    /// Media files with absolute http(s) addresses.
    pub enclosures: Vec<Enclosure>,
    // Fields that were added later are not serialised while empty, so that the fingerprints of items
    // without them stay the same.
    /// The absolute http(s) address of the page with comments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<Url>,
    /// Tags that belong to a vocabulary, each with the vocabulary's address.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schemes: Vec<(String, String)>,
    /// The values that only episodes of podcasts have.
    #[serde(skip_serializing_if = "Podcast::is_empty")]
    pub podcast: Podcast,
    /// Texts of extra fields, plain text.
    #[serde(skip_serializing_if = "Extras::is_empty")]
    pub extras: Extras,
}

/// The parts of an item that its own page adds to the listing's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Completion {
    /// The full title, where the listing truncates it.
    pub title: Option<String>,
    /// Sanitised HTML of the main text.
    pub content_html: Option<String>,
    /// Authors, where the listing names none.
    pub authors: Vec<String>,
    /// A picture, where the listing has none.
    pub image: Option<Url>,
    /// Media files whose own servers were asked for type and length.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub enclosures: Vec<Enclosure>,
}

impl Content {
    /// The content with the parts that the item's own page adds.
    #[must_use]
    pub fn completed(self, by: Completion) -> Self {
        Self {
            title: by.title.unwrap_or(self.title),
            content_html: by.content_html.or(self.content_html),
            authors: if self.authors.is_empty() { by.authors } else { self.authors },
            image: self.image.or(by.image),
            enclosures: self
                .enclosures
                .into_iter()
                .map(|file| file.with_server_facts(&by.enclosures))
                .collect(),
            ..self
        }
    }
}

/// A normalised candidate: it has a key, but the history has not seen it yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Two items with the same key are the same item.
    pub key: String,
    /// The position on the listing, from 0.
    pub position: u32,
    /// The cleaned content.
    pub content: Content,
    /// Whether the page gives a title. If not, the title is the beginning of the summary, or empty.
    pub has_own_title: bool,
    /// The page's date, if it gives one.
    pub date: Option<PageDate>,
    /// When the item was changed, as the page states it.
    pub updated: Option<PageDate>,
    /// By what else than its key the history recognises the item.
    pub identity: Identity,
}

/// The facts by which an item is recognised where its key is not known. Filters do not change them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The cleaned title.
    pub title: String,
    /// The absolute address.
    pub link: Option<Url>,
    /// The fragment of the link, where it tells the items of one page apart.
    pub fragment: Option<String>,
    /// The key that the item has where its link has several titles.
    pub titled_key: Option<String>,
    /// Whether the id of the source is the link, maybe with another fragment.
    pub id_is_link: bool,
}

/// An item of the history, as it is published.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Two items with the same key are the same item. The key never changes.
    pub key: String,
    /// The published identifier, an IRI. It is made once and never recomputed.
    pub guid: String,
    /// The content of the last fetch that listed the item.
    pub content: Content,
    /// The published date. It never changes.
    pub date: DateTime<FixedOffset>,
    /// How exact the date is.
    pub precision: Precision,
    /// The source of the date.
    pub date_source: DateSource,
    /// When the item was last edited, as the page states it or as a run noticed it. `None` if never.
    pub updated: Option<DateTime<FixedOffset>>,
    /// When the item was first seen.
    pub first_seen: DateTime<Utc>,
    /// The position on the listing when the item was first seen, from 0. It orders items of equal date.
    pub position: u32,
}

impl Item {
    /// The later of the date and the last edit.
    #[must_use]
    pub fn last_change(&self) -> DateTime<FixedOffset> {
        self.updated.map_or(self.date, |u| u.max(self.date))
    }
}
