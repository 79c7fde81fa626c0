//! The status pages: plain HTML without scripts, and without anything loaded from other servers.
//!
//! Pure: each function makes one page of its arguments. Nothing here reads a request, a clock or the
//! store, and no page shows the detail of a [`Trouble`](crate::model::Trouble) or unescaped text.

mod charts;
mod feed;
mod index;
mod layout;
#[cfg(test)]
mod tests;
mod told;
mod troubles;
mod view;
mod words;

pub use layout::STYLE_PATH;
pub use view::{
    EVENT_KINDS, FeedPage, FeedView, IndexPage, MAX_CHART_ITEMS, MAX_CHART_RUNS, MAX_DELIVERIES, MAX_EVENTS,
    MAX_INDEX_FEEDS, MAX_ITEMS, MAX_RUNS,
};

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

/// The page at `/`: the troubles with their remedies, then all feeds with their state, in the given order,
/// but those in trouble first. At most [`MAX_INDEX_FEEDS`] are shown.
#[must_use]
pub fn index(page: &IndexPage<'_>) -> String {
    index::page(page).into_string()
}

/// The page at `/feeds/{id}`: state, addresses to subscribe to, charts, items, runs, events and deliveries
/// of one feed.
#[must_use]
pub fn feed(page: &FeedPage<'_>) -> String {
    feed::page(page).into_string()
}

/// The page for status 404. The sentence `message` says what is missing.
#[must_use]
pub fn not_found(message: &str) -> String {
    layout::not_found(message).into_string()
}
