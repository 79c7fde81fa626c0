//! Feeds with a page of their own.

use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use http::HeaderName;
use url::Url;

use super::recipe::Recipe;
use crate::fetch::{Authorities, Guard, Post};
use crate::model::{FeedId, Secret};
use crate::schedule::Schedule;

/// A feed with a page of its own.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Its name in addresses.
    pub id: FeedId,
    /// Title; if the file gives none, a name made of its id or address.
    pub title: String,
    /// Whether the file gives the title. If not, the title of the page takes its place once it is known.
    pub has_title: bool,
    /// A sentence about it.
    pub description: String,
    /// The page that lists the items.
    pub url: Url,
    /// The page that readers open: an address without secrets.
    pub home: Url,
    /// When the page is read.
    pub schedule: Schedule,
    /// The schedule as it was written.
    pub schedule_text: String,
    /// Zone of the page's dates.
    pub timezone: Tz,
    /// How items are made of the page.
    pub recipe: Arc<Recipe>,
    /// Hash of the settings that decide which items the page gives.
    pub rules_hash: String,
    /// Hash of all settings of the feed.
    pub settings_hash: String,
    /// How many items are kept, and how long.
    pub keep: Keep,
    /// How the page is fetched.
    pub fetch: FetchSettings,
    /// Words by which notifications name several feeds.
    pub tags: Vec<String>,
    /// The feed is silent after this time without a new item; `None`: by its habit.
    pub max_silence: Option<Duration>,
}

impl Feed {
    /// The title for readers: that of the file, else that of the page, else the name of the feed.
    #[must_use]
    pub fn title_with<'a>(&'a self, page_title: Option<&'a str>) -> &'a str {
        page_title.filter(|_| !self.has_title).unwrap_or(&self.title)
    }
}

/// How many items are kept, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Newest items that are kept.
    pub items: u32,
    /// Days after which an item that has left the page is dropped.
    pub days: Option<u32>,
}

/// How a page is fetched.
#[derive(Debug, Clone)]
pub struct FetchSettings {
    /// Extra headers; sent to the origin of the feed's URL only.
    pub headers: Vec<(HeaderName, Secret)>,
    /// Parameters that are added to the address when it is asked; sent to the origin of the feed's URL only.
    pub query: Vec<(String, Secret)>,
    /// The body of a POST; `None`: the request is a GET.
    pub post: Option<Post>,
    /// A User-Agent instead of the server's.
    pub user_agent: Option<String>,
    /// Time for the whole fetch.
    pub timeout: Option<Duration>,
    /// Addresses that may be reached.
    pub guard: Guard,
    /// Certificate authorities that are trusted beside those of the system.
    pub authorities: Option<Authorities>,
    /// Whether robots.txt is obeyed.
    pub obey_robots: bool,
}
