//! The frame of all pages, and the elements that more than one page has.
//!
//! No other file writes an address of another site into a page.

use chrono::{DateTime, Utc};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use url::Url;

use super::view::FeedView;
use super::words;
use crate::model::{FeedHead, FeedState, Format, Health, TroubleKind};

/// The path at which pages expect their style sheet.
pub const STYLE_PATH: &str = "/style.css";

/// The `rel` of links to other sites: no referrer, no access to our window, no endorsement.
const EXTERNAL_REL: &str = "noreferrer noopener nofollow";

/// The link at the beginning of each page, past everything that comes before its content.
pub(super) const SKIP_LINK: &str = "<a class=\"skip\" href=\"#main\">Skip to the content</a>";

/// A whole HTML document; `links` are further elements of its `<head>`.
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
                (PreEscaped(SKIP_LINK))
                (main)
                footer { (footer) }
            }
        }
    }
}

/// The notice that the newest configuration is not in use.
pub(super) fn config_notice(why: &str) -> Markup {
    html! {
        p.notice role="status" {
            strong { (words::CONFIG_REFUSED) }
            " "
            span dir="auto" { (why) }
        }
    }
}

/// The page for status 404.
pub(super) fn not_found(message: &str) -> Markup {
    let main = html! {
        main #main tabindex="-1" {
            h1 { "Not found" }
            p dir="auto" { (message) }
            p { a href="/" { "All feeds" } }
        }
    };
    frame("Not found", &html! {}, &main, &html! { p { "feedbridge" } })
}

/// A link to another site; the content alone if there is no web address.
pub(super) fn external_link(url: Option<&Url>, content: &Markup) -> Markup {
    match url.filter(|url| is_web_address(url.as_str())) {
        Some(url) => html! { a href=(url) rel=(EXTERNAL_REL) { (content) } },
        None => content.clone(),
    }
}

/// Whether this is an http(s) address: only these become links.
fn is_web_address(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

/// The host of a site without `www.`.
pub(super) fn host(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

/// The name of a format on links.
pub(super) const fn format_name(format: Format) -> &'static str {
    match format {
        Format::Rss => "RSS",
        Format::Atom => "Atom",
        Format::Json => "JSON",
    }
}

/// A link to a feed's document; the name of the format alone if the server has no web address.
pub(super) fn document_link(head: &FeedHead, format: Format) -> Markup {
    let address = head.self_url(format);
    html! {
        @if is_web_address(&address) {
            a href=(address) type=(format.media_type()) { (format_name(format)) }
        } @else {
            (format_name(format))
        }
    }
}

/// The link by which readers discover a feed's document (RSS Advisory Board, RSS Autodiscovery).
pub(super) fn alternate(head: &FeedHead, format: Format) -> Markup {
    let address = head.self_url(format);
    html! {
        @if is_web_address(&address) {
            link rel="alternate" type=(format.media_type()) href=(address)
                title={ (head.title) " (" (format_name(format)) ")" };
        }
    }
}

/// A time relative to now. The exact time is in its attributes, for programs and as a tooltip.
pub(super) fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> Markup {
    time(at, &words::relative(at, now))
}

/// The time of the next run, or "running now".
pub(super) fn next_run(state: &FeedState, now: DateTime<Utc>) -> Markup {
    match state.next_due {
        _ if state.running => html! { "running now" },
        Some(due) => time(due, &words::next_run(due, now)),
        None => no_value(),
    }
}

/// A `<time>` element with these words.
fn time(at: DateTime<Utc>, words: &str) -> Markup {
    html! {
        time datetime=(at.format("%Y-%m-%dT%H:%M:%SZ")) title=(words::moment(at.fixed_offset())) {
            (words)
        }
    }
}

/// The dash for a missing value.
pub(super) fn no_value() -> Markup {
    html! { span.quiet { "–" } }
}

/// The remedy of a trouble in a sentence. Its parts between backticks are code.
pub(super) fn advice(kind: TroubleKind) -> Markup {
    html! {
        @for (index, part) in kind.advice().split('`').enumerate() {
            @if index.is_multiple_of(2) { (part) } @else { code { (part) } }
        }
    }
}

/// A paragraph that says since when a feed is in trouble; nothing if nobody knows.
pub(super) fn since(view: &FeedView<'_>, now: DateTime<Utc>) -> Markup {
    let has_failed = view.state.failures > 0;
    html! {
        @if view.state.trouble_since.is_some() || has_failed {
            p.since {
                @if let Some(at) = view.state.trouble_since {
                    "In trouble since " (time(at, &words::moment(at.fixed_offset()))) ". "
                }
                @if has_failed { (words::failures(view.state, now)) "." }
            }
        }
    }
}

/// A feed's health as a coloured dot and in words. A trouble is shown by its kind, never its detail.
pub(super) fn health(state: &FeedState, now: DateTime<Utc>) -> Markup {
    let health = Health::of(state);
    html! {
        span.health.(words::class(health)) { (health.words()) }
        @if let Some(trouble) = &state.trouble {
            " "
            span.why { (trouble.kind.words()) }
            @if state.failures > 0 {
                " "
                span.since { (words::failures(state, now)) }
            }
        }
        @if state.silent {
            " "
            span.why { "no new item for longer than usual" }
        }
        @if let Some(until) = state.muted_until.filter(|until| *until > now) {
            " "
            span.since { "muted until " (words::moment(until.fixed_offset())) }
        }
    }
}
