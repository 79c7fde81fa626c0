//! A feed's id, its document formats, and the head of its documents.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

/// The id of a feed in addresses and on the command line.
///
/// 1 to 64 of `a-z 0-9 - _`, beginning with a letter or digit: safe in a path, a file name and a
/// URL without escaping, and free of dots so that `/feeds/{id}.rss` has one reading.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FeedId(String);

/// Why a text is not a [`FeedId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("feed id `{0}` must be 1 to 64 of a-z, 0-9, `-` and `_`, and begin with a letter or digit")]
pub struct FeedIdError(String);

impl FeedId {
    /// The longest id, in bytes.
    pub const MAX_LEN: usize = 64;

    /// Parses an id as a person wrote it.
    ///
    /// # Errors
    /// When the text has a character that is not allowed, or a wrong length.
    pub fn parse(text: &str) -> Result<Self, FeedIdError> {
        let has_valid_start =
            text.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let has_valid_characters =
            text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        if has_valid_start && has_valid_characters && text.len() <= Self::MAX_LEN {
            Ok(Self(text.to_owned()))
        } else {
            Err(FeedIdError(text.chars().take(80).collect()))
        }
    }

    /// The id of a feed that is given none: the host and path of its page, with every other character
    /// than letters and digits replaced by hyphens.
    #[must_use]
    pub fn from_url(url: &Url) -> Self {
        let host = url.host_str().unwrap_or("feed").trim_start_matches("www.");
        let raw = format!("{host}{}", url.path());
        let mut id = String::with_capacity(raw.len());
        for c in raw.to_lowercase().chars() {
            if c.is_ascii_alphanumeric() {
                id.push(c);
            } else if !id.ends_with('-') && !id.is_empty() {
                id.push('-');
            }
        }
        id.truncate(Self::MAX_LEN);
        let id = id.trim_matches('-');
        Self(if id.is_empty() { "feed".to_owned() } else { id.to_owned() })
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FeedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for FeedId {
    type Error = FeedIdError;
    fn try_from(text: String) -> Result<Self, FeedIdError> {
        Self::parse(&text)
    }
}

impl From<FeedId> for String {
    fn from(id: FeedId) -> Self {
        id.0
    }
}

/// The format of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// RSS 2.0 (RSS Advisory Board).
    Rss,
    /// Atom 1.0 (RFC 4287).
    Atom,
    /// JSON Feed 1.1.
    Json,
}

impl Format {
    /// All formats, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Rss, Self::Atom, Self::Json];

    /// The file extension in `/feeds/{id}.{extension}`.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Rss => "rss",
            Self::Atom => "atom",
            Self::Json => "json",
        }
    }

    /// The format with this file extension, if there is one.
    #[must_use]
    pub fn from_extension(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.extension() == text)
    }

    /// The media type without parameters.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml",
            Self::Atom => "application/atom+xml",
            Self::Json => "application/feed+json",
        }
    }

    /// The value of `Content-Type`.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Json => "application/feed+json; charset=utf-8",
        }
    }
}

/// The head of a document: a pure function of the configuration and the last change.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedHead {
    /// The feed's id.
    pub id: FeedId,
    /// The path of its documents below `base_url`, without the ending: `/feeds/harbour`.
    pub path: String,
    /// The feed's title, not empty.
    pub title: String,
    /// One sentence about the feed, not empty.
    pub description: String,
    /// The page that readers open, an address without secrets; a derived feed may have none.
    pub home: Option<Url>,
    /// Where the documents are served, without a trailing slash: `https://feeds.example.org`.
    pub base_url: String,
    /// BCP 47 language of the items, if known.
    pub language: Option<String>,
    /// How long a feed reader may wait before it fetches the document again, in minutes.
    pub ttl_minutes: u32,
    /// When the items last changed, never the time of rendering. The Unix epoch if there are no items.
    pub changed: DateTime<Utc>,
}

impl FeedHead {
    /// The address of this feed's document in a format.
    #[must_use]
    pub fn self_url(&self, format: Format) -> String {
        format!("{}{}.{}", self.base_url, self.path, format.extension())
    }
}
