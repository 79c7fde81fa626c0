//! The page with all feeds and their state.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::view::{FeedView, IndexPage, MAX_INDEX_FEEDS};
use super::{layout, troubles, words};
use crate::model::{Format, Health};

/// How many feeds the `<head>` announces to readers; more would only slow the page.
const MAX_ALTERNATES: usize = 50;

/// The path of the operations feed.
const OPERATIONS: &str = "/ops.atom";

/// The page at `/`.
pub(super) fn page(page: &IndexPage<'_>) -> Markup {
    let IndexPage { title, feeds, has_operations, failing_targets, now } = *page;
    let main = html! {
        main #main tabindex="-1" {
            header.top {
                h1 dir="auto" { (title) }
                p.summary {
                    (summary(feeds))
                    span.quiet { "as of " (words::moment(now.fixed_offset())) }
                    @if has_operations { a href=(OPERATIONS) { "Troubles as a feed" } }
                }
            }
            @if failing_targets > 0 {
                p.told {
                    (words::count(failing_targets as u64, "target of notifications", "targets of notifications"))
                    " did not take all messages: " code { "feedbridge notify" } " says why."
                }
            }
            (troubles::section(feeds, now))
            @if feeds.is_empty() { (first_steps()) } @else { (table(feeds, now)) }
        }
    };
    layout::frame(title, &alternates(page), &main, &footer())
}

/// The links for autodiscovery: the list of all feeds, the first feeds themselves, and the operations feed.
/// That one comes last, for some readers offer the first feed only.
fn alternates(page: &IndexPage<'_>) -> Markup {
    html! {
        link rel="alternate" type="text/x-opml" href="/feeds.opml" title="All feeds (OPML)";
        @for view in page.feeds.iter().filter(|view| view.documents).take(MAX_ALTERNATES) {
            (layout::alternate(view.head, Format::Atom))
        }
        @if page.has_operations {
            link rel="alternate" type=(Format::Atom.media_type()) href=(OPERATIONS)
                title="Troubles of all feeds (Atom)";
        }
    }
}

/// The number of feeds, in total and of each health: `12 feeds: 11 fine, 1 in trouble`.
fn summary(feeds: &[FeedView<'_>]) -> Markup {
    html! {
        strong { (words::count(feeds.len() as u64, "feed", "feeds")) }
        @for health in Health::ALL {
            @let number = feeds.iter().filter(|view| Health::of(view.state) == health).count();
            @if number > 0 {
                span.health.(words::class(health)) { (words::number(number as u64)) " " (short(health)) }
            }
        }
    }
}

/// A health in words that fit behind a number.
const fn short(health: Health) -> &'static str {
    match health {
        Health::Waiting => "waiting",
        Health::Fine | Health::Trouble => health.words(),
    }
}

/// Instructions for a configuration without feeds.
fn first_steps() -> Markup {
    html! {
        section.panel aria-labelledby="start" {
            h2 #start { "No feeds yet" }
            p {
                "Add a page that lists articles to " code { "feeds.toml" }
                ", with a selector for the articles and one for their titles:"
            }
            pre {
                code { "[[feed]]\nurl = \"https://example.org/news\"\n\n[feed.select]\nitem = \"article\"\ntitle = \"h2\"" }
            }
            p { code { "feedbridge preview ID" } " shows the items that the selectors find." }
            p { "The running daemon reloads the file when it changes." }
        }
    }
}

/// The table of feeds, those in trouble first.
fn table(feeds: &[FeedView<'_>], now: DateTime<Utc>) -> Markup {
    let mut shown: Vec<&FeedView<'_>> = feeds.iter().collect();
    shown.sort_by_key(|view| Health::of(view.state) != Health::Trouble);
    shown.truncate(MAX_INDEX_FEEDS);
    let hidden = feeds.len() - shown.len();
    // The elements have these roles by themselves, but some browsers drop them when the style sheet
    // displays rows as blocks on a narrow screen.
    html! {
        table.rows.feeds role="table" aria-label="Feeds" {
            thead role="rowgroup" {
                tr role="row" {
                    @for name in ["Feed", "State", "Last success", "Next run"] {
                        th role="columnheader" scope="col" { (name) }
                    }
                    th.number role="columnheader" scope="col" { "Items" }
                    th role="columnheader" scope="col" { "Subscribe" }
                }
            }
            tbody role="rowgroup" { @for view in shown { (row(view, now)) } }
        }
        @if hidden > 0 {
            p.quiet {
                "Not shown: " (words::count(hidden as u64, "more feed", "more feeds")) ". See "
                a href="/feeds.opml" { "all feeds as OPML" } ", or run " code { "feedbridge feeds" } "."
            }
        }
    }
}

/// The row of one feed.
fn row(view: &FeedView<'_>, now: DateTime<Utc>) -> Markup {
    let FeedView { head, state, .. } = view;
    html! {
        tr role="row" {
            th.name role="rowheader" scope="row" {
                a href={ "/feeds/" (head.id) } dir="auto" { (head.title) }
                @if let Some(home) = &head.home {
                    span.host { (layout::external_link(Some(home), &html! { (layout::host(home)) })) }
                } @else {
                    span.host { (view.schedule) }
                }
            }
            td.state role="cell" { (layout::health(state, now)) }
            td role="cell" data-label="Last success" {
                @if let Some(at) = state.last_success { (layout::ago(at, now)) }
                @else { (layout::no_value()) }
            }
            td role="cell" data-label="Next run" { (layout::next_run(state, now)) }
            td.number role="cell" data-label="Items" { (state.items.map_or_else(|| "–".to_owned(), words::number)) }
            td.subscribe role="cell" {
                @if view.documents {
                    @for format in Format::ALL { (layout::document_link(head, format)) " " }
                } @else { (layout::no_value()) }
            }
        }
    }
}

/// The link to the list of all feeds.
fn footer() -> Markup {
    html! {
        p { "All feeds as " a href="/feeds.opml" { "OPML" } " · feedbridge" }
    }
}
