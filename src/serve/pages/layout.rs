//! The frame of every page, and the pieces that more than one page has.
//!
//! The only place that writes an address of another site into a page.

use chrono::{DateTime, Utc};
use maud::{DOCTYPE, Markup, html};
use url::Url;

use super::STYLE_PATH;
use super::words;
use crate::model::{FeedHead, FeedState, Format, Health};

/// What a page's links to other sites promise: no referrer, no window handle, no endorsement.
const OUTSIDE: &str = "noreferrer noopener nofollow";

/// A whole document around a page's own content; `links` are further elements of its head.
pub(super) fn frame(title: &str, links: &Markup, main: &Markup, footer: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) }
                link rel="stylesheet" href=(STYLE_PATH);
                (links)
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                (main)
                footer { (footer) }
            }
        }
    }
}

/// The page for what does not exist.
pub(super) fn not_found(what: &str) -> Markup {
    let main = html! {
        main #main tabindex="-1" {
            h1 { "Not found" }
            p dir="auto" { (what) }
            p { a href="/" { "All feeds" } }
        }
    };
    frame("Not found", &html! {}, &main, &html! { p { "feedbridge" } })
}

/// A link to another site around some content; the content alone if there is no web address.
pub(super) fn outside(url: Option<&Url>, content: &Markup) -> Markup {
    match url.filter(|url| is_web(url.as_str())) {
        Some(url) => html! { a href=(url) rel=(OUTSIDE) { (content) } },
        None => content.clone(),
    }
}

/// Whether an address is one of the web's: nothing else becomes a link.
fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

/// The host of a site, without the `www.` that says nothing.
pub(super) fn host(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

/// The name of a format, as on a subscribe link.
pub(super) const fn format_name(format: Format) -> &'static str {
    match format {
        Format::Rss => "RSS",
        Format::Atom => "Atom",
        Format::Json => "JSON",
    }
}

/// A link to a feed's document, or its name alone if the server's own address is not of the web.
pub(super) fn document_link(head: &FeedHead, format: Format) -> Markup {
    let address = head.self_url(format);
    html! {
        @if is_web(&address) {
            a href=(address) type=(format.media_type()) { (format_name(format)) }
        } @else {
            (format_name(format))
        }
    }
}

/// Tells a reader where a feed's document is (RSS Advisory Board, RSS Autodiscovery).
pub(super) fn alternate(head: &FeedHead, format: Format) -> Markup {
    let address = head.self_url(format);
    html! {
        @if is_web(&address) {
            link rel="alternate" type=(format.media_type()) href=(address)
                title={ (head.title) " (" (format_name(format)) ")" };
        }
    }
}

/// A time as seen from now, with the instant itself for programs and for who points at it.
pub(super) fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> Markup {
    time(at, &words::relative(at, now))
}

/// When the next run is, or that one is under way.
pub(super) fn next_run(state: &FeedState, now: DateTime<Utc>) -> Markup {
    match state.next_due {
        _ if state.running => html! { "running now" },
        Some(due) => time(due, &words::next_run(due, now)),
        None => nothing(),
    }
}

/// Some words about an instant.
fn time(at: DateTime<Utc>, words: &str) -> Markup {
    html! {
        time datetime=(at.format("%Y-%m-%dT%H:%M:%SZ")) title=(words::moment(at.fixed_offset())) {
            (words)
        }
    }
}

/// What stands where there is nothing to say.
pub(super) fn nothing() -> Markup {
    html! { span.quiet { "–" } }
}

/// A feed's state: a dot, and the same in words; in trouble its class, never its detail.
pub(super) fn health(state: &FeedState, now: DateTime<Utc>) -> Markup {
    let health = Health::of(state);
    html! {
        span.health.(words::class(health)) { (health.words()) }
        @if let Some(trouble) = &state.trouble {
            " "
            span.why { (trouble.kind.words()) }
            " "
            span.since { (words::failures(state, now)) }
        }
    }
}
