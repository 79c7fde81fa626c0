//! The survey of a page: its listings with their rules, the feeds of its site, and either as a feed of
//! feeds.toml. Writes nothing.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use url::Url;

use crate::config::NewFeed;
use crate::date::DateRules;
use crate::detect;
use crate::fetch::{Fetched, Request};
use crate::history::{self, KnownItems};
use crate::model::{FeedId, Found, Item, Kind, Trouble};
use crate::rules::RuleSpec;
use crate::run::{self, Detected, DetectedListing, JudgedFeed, ListingReader};

/// The longest title that is taken from a page, in characters.
const MAX_TITLE_CHARS: usize = 100;

/// A page that was surveyed.
pub struct Survey {
    /// The address of the page, after redirects.
    pub url: Url,
    /// Its listings.
    pub detected: Detected,
    /// The feeds of the site, fetched and judged.
    pub feeds: Vec<JudgedFeed>,
    now: DateTime<Utc>,
}

/// Surveys a page. With `like`, a request to its site, the feeds of the site are fetched and judged too.
///
/// # Errors
/// When the page cannot be parsed within the limits.
pub async fn survey(
    reader: ListingReader<'_>,
    fetched: Fetched,
    like: Option<&Request>,
    now: DateTime<Utc>,
) -> Result<Survey, Trouble> {
    let dates = DateRules { format: None, zone: Tz::UTC, order: None, language: None };
    let url = fetched.url.clone();
    let detected = reader.detected(fetched, &dates, now, detect::MAX_LISTINGS).await?;
    let is_feed = detected.listings.first().is_some_and(|listing| listing.spec.kind == Kind::Feed);
    let feeds = match like.filter(|_| !is_feed) {
        Some(like) => {
            let like = Request { url: url.clone(), ..like.clone() };
            run::judged(reader, &like, &detected, &dates, now).await
        }
        None => Vec::new(),
    };
    Ok(Survey { url, detected, feeds, now })
}

impl Survey {
    /// A listing as a feed of feeds.toml.
    #[must_use]
    pub fn feed(&self, listing: &DetectedListing) -> NewFeed {
        NewFeed {
            id: FeedId::from_url(&self.url),
            title: self.detected.title.as_deref().and_then(one_line),
            url: self.url.clone(),
            rules: listing.spec.toml(),
            item: listing.spec.item().to_owned(),
            fetch: Vec::new(),
        }
    }

    /// The site's own feed as a feed of feeds.toml.
    #[must_use]
    pub fn native(&self, judged: &JudgedFeed) -> NewFeed {
        let own = judged.feed.title.as_deref().and_then(one_line);
        NewFeed {
            id: FeedId::from_url(&self.url),
            title: own.or_else(|| self.detected.title.as_deref().and_then(one_line)),
            url: judged.feed.url.clone(),
            rules: RuleSpec::of_kind(Kind::Feed).toml(),
            item: String::new(),
            fetch: Vec::new(),
        }
    }

    /// Items as they would be served.
    #[must_use]
    pub fn items(&self, found: &[Found]) -> Vec<Item> {
        let id = FeedId::from_url(&self.url);
        let merge = history::merge(&id, &KnownItems::new(), found.to_vec(), self.now, false);
        merge.added.into_iter().map(|(item, _)| item).collect()
    }
}

/// A page's title on one line, not too long, without marks that change the direction of text.
fn one_line(text: &str) -> Option<String> {
    let is_direction_mark =
        |c: &char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = line.chars().filter(|c| !c.is_control() && !is_direction_mark(c));
    let line: String = shown.take(MAX_TITLE_CHARS).collect();
    Some(line).filter(|title| !title.is_empty())
}
