//! The daemon's pages for people: plain HTML, without scripts and without anything from elsewhere.
//!
//! Pure: what is known goes in, one document comes out. Nothing here reads a request, a clock or
//! the store, and nothing shows a [`Trouble`](crate::model::Trouble)'s detail or unescaped text.

mod feed;
mod index;
mod layout;
#[cfg(test)]
mod tests;
mod words;

use chrono::{DateTime, Utc};

use crate::model::{FeedHead, FeedState, Item, RunRecord};

/// The style sheet of every page, to be served as `text/css; charset=utf-8` at [`STYLE_PATH`].
pub const STYLE: &str = include_str!("pages/style.css");

/// Where the pages expect [`STYLE`].
pub const STYLE_PATH: &str = "/style.css";

/// The value of `Content-Security-Policy` for every page (Content Security Policy Level 3).
///
/// Only our own style sheet is loaded; pictures of sites are not, so that reading a page here
/// tells them nothing.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'none'; \
    form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// The most feeds that the index shows, those in trouble first; the rest is counted.
pub const MAX_INDEX_FEEDS: usize = 1_000;

/// The most items that a feed's page shows.
pub const MAX_ITEMS: usize = 50;

/// The most runs that a feed's page shows.
pub const MAX_RUNS: usize = 20;

/// What a page needs to know of one feed.
#[derive(Debug, Clone, Copy)]
pub struct FeedView<'a> {
    /// Its title, home and addresses.
    pub head: &'a FeedHead,
    /// How it is doing.
    pub state: &'a FeedState,
    /// When it runs, in words: `every 30 minutes`.
    pub schedule: &'a str,
    /// Whether there are documents to subscribe to: static files have none of a feed that never
    /// succeeded.
    pub documents: bool,
}

/// A page whose own links begin at `root` instead of the server's: the path of `base_url`, or `..` steps
/// of static files.
#[must_use]
pub fn rooted(html: &str, root: &str) -> String {
    if root.is_empty() { html.to_owned() } else { html.replace("href=\"/", &format!("href=\"{root}/")) }
}

/// The page at `/`: every feed with its state, in the order given but those in trouble first.
///
/// Shows at most [`MAX_INDEX_FEEDS`]. `now` is what relative times are counted from.
#[must_use]
pub fn index(server_title: &str, feeds: &[FeedView<'_>], now: DateTime<Utc>) -> String {
    index::page(server_title, feeds, now).into_string()
}

/// The page at `/feeds/{id}`: state, subscribe addresses, items and run history of one feed.
///
/// `items` and `runs` are newest first; at most [`MAX_ITEMS`] and [`MAX_RUNS`] of them are shown.
#[must_use]
pub fn feed(view: &FeedView<'_>, items: &[Item], runs: &[RunRecord], now: DateTime<Utc>) -> String {
    feed::page(view, items, runs, now).into_string()
}

/// The page that goes with status 404; `what` is a sentence that says what there is not.
#[must_use]
pub fn not_found(what: &str) -> String {
    layout::not_found(what).into_string()
}
