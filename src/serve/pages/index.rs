//! The list of all feeds with their state.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::words;
use super::{FeedView, MAX_INDEX_FEEDS, layout};
use crate::model::{Format, Health};

/// How many feeds the head of the index announces to readers; more would only slow the page.
const MAX_ALTERNATES: usize = 50;

/// The page at `/`.
pub(super) fn page(title: &str, feeds: &[FeedView<'_>], now: DateTime<Utc>) -> Markup {
    let main = html! {
        main #main tabindex="-1" {
            header.top {
                h1 dir="auto" { (title) }
                p.summary {
                    (summary(feeds))
                    span.quiet { "as of " (words::moment(now.fixed_offset())) }
                }
            }
            @if feeds.is_empty() { (first_steps()) } @else { (table(feeds, now)) }
        }
    };
    layout::frame(title, &alternates(feeds), &main, &footer())
}

/// What readers can discover: the list of all feeds, and the first feeds themselves.
fn alternates(feeds: &[FeedView<'_>]) -> Markup {
    html! {
        link rel="alternate" type="text/x-opml" href="/feeds.opml" title="All feeds (OPML)";
        @for view in feeds.iter().filter(|v| v.documents).take(MAX_ALTERNATES) {
            (layout::alternate(view.head, Format::Atom))
        }
    }
}

/// How many feeds there are, and how many of them are how: `12 feeds: 11 fine, 1 in trouble`.
fn summary(feeds: &[FeedView<'_>]) -> Markup {
    html! {
        strong { (words::count(feeds.len() as u64, "feed", "feeds")) }
        @for health in [Health::Fine, Health::Waiting, Health::Trouble] {
            @let n = feeds.iter().filter(|view| Health::of(view.state) == health).count();
            @if n > 0 {
                span.health.(words::class(health)) { (words::number(n as u64)) " " (short(health)) }
            }
        }
    }
}

/// A state in words that fit behind a number.
const fn short(health: Health) -> &'static str {
    match health {
        Health::Waiting => "waiting",
        Health::Fine | Health::Trouble => health.words(),
    }
}

/// What to do when nothing is configured.
fn first_steps() -> Markup {
    html! {
        section.panel aria-labelledby="start" {
            h2 #start { "No feeds yet" }
            p { "Write a page that lists articles into " code { "feeds.toml" } ", and how to find one of them:" }
            pre {
                code { "[[feed]]\nurl = \"https://example.org/news\"\n\n[feed.select]\nitem = \"article\"\ntitle = \"h2\"" }
            }
            p { code { "feedbridge preview ID" } " shows what the rules find." }
            p { "The running daemon takes up the changed file by itself." }
        }
    }
}

/// The feeds, those in trouble first.
fn table(feeds: &[FeedView<'_>], now: DateTime<Utc>) -> Markup {
    let mut shown: Vec<&FeedView<'_>> = feeds.iter().collect();
    shown.sort_by_key(|view| Health::of(view.state) != Health::Trouble);
    shown.truncate(MAX_INDEX_FEEDS);
    let hidden = feeds.len() - shown.len();
    // The roles are those that the elements have anyway; some browsers forget them when the
    // style sheet lays rows out as blocks on a narrow screen.
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
                "And " (words::count(hidden as u64, "more feed", "more feeds")) ": "
                a href="/feeds.opml" { "all feeds as OPML" } ", or " code { "feedbridge feeds" } "."
            }
        }
    }
}

/// One feed of the table.
fn row(view: &FeedView<'_>, now: DateTime<Utc>) -> Markup {
    let FeedView { head, state, .. } = view;
    html! {
        tr role="row" {
            th.name role="rowheader" scope="row" {
                a href={ "/feeds/" (head.id) } dir="auto" { (head.title) }
                @if let Some(home) = &head.home {
                    span.host { (layout::outside(Some(home), &html! { (layout::host(home)) })) }
                } @else {
                    span.host { (view.schedule) }
                }
            }
            td.state role="cell" { (layout::health(state, now)) }
            td role="cell" data-label="Last success" {
                @if let Some(at) = state.last_success { (layout::ago(at, now)) }
                @else { (layout::nothing()) }
            }
            td role="cell" data-label="Next run" { (layout::next_run(state, now)) }
            td.number role="cell" data-label="Items" { (state.items.map_or_else(|| "–".to_owned(), words::number)) }
            td.subscribe role="cell" {
                @if view.documents {
                    @for format in Format::ALL { (layout::document_link(head, format)) " " }
                } @else { (layout::nothing()) }
            }
        }
    }
}

/// The links that concern all feeds.
fn footer() -> Markup {
    html! {
        p { "All feeds as " a href="/feeds.opml" { "OPML" } " · feedbridge" }
    }
}
