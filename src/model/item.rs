//! From what a page says to what is kept: candidate, found, item.

use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

/// What extraction found for one item of a listing: raw texts, unchecked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Candidate {
    /// Position on the listing, from 0.
    pub position: u32,
    /// What the `id` rule gave.
    pub id: Option<String>,
    /// Title as text.
    pub title: Option<String>,
    /// Link as written, maybe relative.
    pub link: Option<String>,
    /// Date as the page's text, already read if the rules could.
    pub date: Option<PageDate>,
    /// When the page says that the item was changed.
    pub updated: Option<PageDate>,
    /// Short text.
    pub summary: Option<String>,
    /// HTML of the body, not sanitised.
    pub content: Option<String>,
    /// Author names.
    pub authors: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Address of a picture, maybe relative.
    pub image: Option<String>,
    /// Media files, addresses maybe relative.
    pub enclosures: Vec<Enclosure>,
    /// Address of the page with comments, maybe relative.
    pub comments: Option<String>,
    /// Vocabularies of tags that are of one: tag and its address.
    pub schemes: Vec<(String, String)>,
    /// What podcasts say.
    pub podcast: Podcast,
}

/// What an episode of a podcast says of itself (the `itunes` vocabulary).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Podcast {
    /// How long it is, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<u32>,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub episode: Option<u32>,
    /// The number of its season.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub season: Option<u32>,
    /// Whether it is for adults only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explicit: Option<bool>,
}

impl Podcast {
    fn is_silent(&self) -> bool {
        *self == Self::default()
    }
}

/// Something about one field of one item that did not work; the item is kept where it can be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The field's name in `[feed.select]`, or `item`.
    pub field: String,
    /// Position of the item on the listing, from 0; `None` if it concerns the whole page.
    pub position: Option<u32>,
    /// What went wrong, with the selector and the text that failed.
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
    /// A day; rendered at 00:00 of the page's zone.
    Day,
    /// A month; rendered at its first day.
    Month,
}

/// Who said that an item has this date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateSource {
    /// The listing.
    Page,
    /// The article's own page.
    Article,
    /// The link.
    Url,
    /// Nobody: it is the moment at which the item was first seen.
    FirstSeen,
}

impl DateSource {
    /// The stable name, as in JSON output and the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Article => "article",
            Self::Url => "url",
            Self::FirstSeen => "first_seen",
        }
    }

    /// The source of a stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Page, Self::Article, Self::Url, Self::FirstSeen].into_iter().find(|s| s.name() == name)
    }
}

/// A date that a page gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageDate {
    /// The instant, with the page's own offset.
    pub at: DateTime<FixedOffset>,
    /// How exact it is.
    pub precision: Precision,
    /// Who said so; never [`DateSource::FirstSeen`].
    pub source: DateSource,
    /// Whether the page says it as a distance from now: the next visit gives another instant.
    pub relative: bool,
}

/// A media file that belongs to an item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enclosure {
    /// Address; absolute once normalised.
    pub url: String,
    /// Media type, if known.
    #[serde(rename = "type")]
    pub media_type: Option<String>,
    /// Length in bytes, if known.
    pub length: Option<u64>,
}

impl Enclosure {
    /// The file with type and length as its own server says them, if it was asked.
    fn measured(self, by: &[Self]) -> Self {
        let Some(said) = by.iter().find(|e| e.url == self.url) else { return self };
        Self {
            media_type: said.media_type.clone().or(self.media_type),
            length: said.length.or(self.length),
            ..self
        }
    }
}

/// What the page says about an item, cleaned: the part that is compared to tell an edit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// Plain text; may be empty if the page gives none.
    pub title: String,
    /// Absolute http(s) address, if the item has one.
    pub url: Option<Url>,
    /// Plain text; absent where it only repeats the title.
    pub summary: Option<String>,
    /// Sanitised HTML.
    pub content_html: Option<String>,
    /// Author names, plain text.
    pub authors: Vec<String>,
    /// Tags, plain text.
    pub tags: Vec<String>,
    /// Absolute http(s) address of a picture.
    pub image: Option<Url>,
    /// Media files with absolute http(s) addresses.
    pub enclosures: Vec<Enclosure>,
    // What came later is left out where there is none: fingerprints of items without it stay.
    /// Absolute http(s) address of the page with comments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<Url>,
    /// Vocabularies of tags that are of one: tag and its address.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schemes: Vec<(String, String)>,
    /// What podcasts say.
    #[serde(skip_serializing_if = "Podcast::is_silent")]
    pub podcast: Podcast,
}

/// What an item's own page adds to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Completion {
    /// The whole title, where the listing has it cut.
    pub title: Option<String>,
    /// Sanitised HTML of the main text.
    pub content_html: Option<String>,
    /// Authors, where the listing names none.
    pub authors: Vec<String>,
    /// A picture, where the listing has none.
    pub image: Option<Url>,
    /// Media files, where their own servers have been asked for type and length.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub enclosures: Vec<Enclosure>,
}

impl Content {
    /// The content with what the item's own page adds to it.
    #[must_use]
    pub fn completed(self, by: Completion) -> Self {
        Self {
            title: by.title.unwrap_or(self.title),
            content_html: by.content_html.or(self.content_html),
            authors: if self.authors.is_empty() { by.authors } else { self.authors },
            image: self.image.or(by.image),
            enclosures: self.enclosures.into_iter().map(|e| e.measured(&by.enclosures)).collect(),
            ..self
        }
    }
}

/// A normalised candidate: it has a key, but the history has not seen it yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What makes two items the same.
    pub key: String,
    /// Position on the listing, from 0.
    pub position: u32,
    /// What the page says.
    pub content: Content,
    /// The page's date, if it gives one.
    pub date: Option<PageDate>,
    /// The page's own word that the item was changed.
    pub updated: Option<PageDate>,
}

/// An item of the history: what is published.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What makes two items the same; stable for ever.
    pub key: String,
    /// The published identifier, an IRI; made once and never recomputed.
    pub guid: String,
    /// What the page said last.
    pub content: Content,
    /// The published date; it never moves.
    pub date: DateTime<FixedOffset>,
    /// How exact the date is.
    pub precision: Precision,
    /// Who said so.
    pub date_source: DateSource,
    /// When the item was last edited, by the page's word or by what we saw; `None` if never.
    pub updated: Option<DateTime<FixedOffset>>,
    /// When the item was first seen.
    pub first_seen: DateTime<Utc>,
    /// Position on the listing when it was first seen, from 0: orders items of equal date.
    pub position: u32,
}

impl Item {
    /// The newest of the date and the last edit.
    #[must_use]
    pub fn last_change(&self) -> DateTime<FixedOffset> {
        self.updated.map_or(self.date, |u| u.max(self.date))
    }
}
