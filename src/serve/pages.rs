//! The status pages: plain HTML without scripts, and without anything loaded from other servers.
//!
//! Pure: each function makes one page of its arguments. Nothing here reads a request, a clock or the
//! store, and no page shows the detail of a [`Trouble`](crate::model::Trouble) or unescaped text.

mod feed;
mod index;
mod layout;
#[cfg(test)]
mod tests;
mod view;
mod words;

use chrono::{DateTime, Utc};

use crate::model::{Item, RunRecord};

pub use layout::STYLE_PATH;
pub use view::{FeedView, MAX_INDEX_FEEDS, MAX_ITEMS, MAX_RUNS};

/// The style sheet of all pages. It is served as `text/css; charset=utf-8` at [`STYLE_PATH`].
pub const STYLE: &str = include_str!("pages/style.css");

/// The value of `Content-Security-Policy` for all pages (Content Security Policy Level 3).
///
/// Only our own style sheet is loaded. Pictures of sites are not, so that sites do not learn who reads a
/// page here.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'none'; \
    form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// Prepends `root` to the page's own links: the path of `base_url`, or the `..` steps of static files.
#[must_use]
pub fn rooted(html: &str, root: &str) -> String {
    if root.is_empty() { html.to_owned() } else { html.replace("href=\"/", &format!("href=\"{root}/")) }
}

/// A page with the notice that the newest configuration is not in use; `why` says the reason. Without a reason
/// the page stays as it is.
#[must_use]
pub fn with_config_notice(html: &str, why: Option<&str>) -> String {
    match why {
        // The frame writes the link before anything that comes from elsewhere.
        Some(why) => {
            let notice = layout::config_notice(why).into_string();
            html.replacen(layout::SKIP_LINK, &format!("{}{notice}", layout::SKIP_LINK), 1)
        }
        None => html.to_owned(),
    }
}

/// The page at `/`: all feeds with their state, in the given order, but those in trouble first.
///
/// At most [`MAX_INDEX_FEEDS`] are shown. Relative times are counted from `now`.
#[must_use]
pub fn index(server_title: &str, feeds: &[FeedView<'_>], now: DateTime<Utc>) -> String {
    index::page(server_title, feeds, now).into_string()
}

/// The page at `/feeds/{id}`: state, addresses to subscribe to, items and runs of one feed.
///
/// `items` and `runs` are newest first; at most [`MAX_ITEMS`] and [`MAX_RUNS`] of them are shown.
#[must_use]
pub fn feed(view: &FeedView<'_>, items: &[Item], runs: &[RunRecord], now: DateTime<Utc>) -> String {
    feed::page(view, items, runs, now).into_string()
}

/// The page for status 404. The sentence `message` says what is missing.
#[must_use]
pub fn not_found(message: &str) -> String {
    layout::not_found(message).into_string()
}
