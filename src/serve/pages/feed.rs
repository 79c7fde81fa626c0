//! The page of one feed: its state, how to subscribe, its charts, items and runs, and the messages about it.
//!
//! Of an item's body only the text is shown: HTML and pictures of sites never reach our pages.

use chrono::{DateTime, Utc};
use maud::{Markup, html};
use url::Url;

use super::view::{FeedPage, FeedView, MAX_ITEMS, MAX_RUNS};
use super::{charts, layout, told, words};
use crate::model::{
    Content, DateSource, Enclosure, FeedHead, Format, Health, Item, Outcome, Precision, RunRecord,
};

/// The most characters of an item's text that are shown.
const MAX_SUMMARY_CHARS: usize = 400;

/// The page at `/feeds/{id}`.
pub(super) fn page(page: &FeedPage<'_>) -> Markup {
    let FeedPage { view, items, runs, now, .. } = *page;
    let links = html! {
        @for format in Format::ALL.into_iter().filter(|_| view.documents) {
            (layout::alternate(view.head, format))
        }
    };
    let main = html! {
        nav aria-label="Site" { a href="/" { "All feeds" } }
        main #main tabindex="-1" {
            (heading(view.head))
            div.pair { (state(&view, now)) @if view.documents { (subscribe(view.head)) } }
            (charts::section(page))
            (items_section(&view, items))
            (runs_section(runs, now))
            (told::events(page))
            (told::deliveries(page))
        }
    };
    let footer = html! {
        p { "As of " (words::moment(now.fixed_offset())) " · feedbridge" }
    };
    layout::frame(&view.head.title, &links, &main, &footer)
}

/// Title, description and source of the feed.
fn heading(head: &FeedHead) -> Markup {
    html! {
        header.top dir="auto" {
            h1 { (head.title) }
            p.lead dir="auto" { (head.description) }
            @if let Some(home) = &head.home {
                p {
                    bdi dir="ltr" {
                        "Made from " (layout::external_link(Some(home), &html! { (address(home)) }))
                    }
                }
            }
        }
    }
}

/// A short form of an address, without scheme, `www.` and trailing slashes.
fn address(url: &Url) -> String {
    let path = url.path().trim_end_matches('/');
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    words::clipped(&format!("{}{path}{query}", layout::host(url)), 80)
}

/// Health, schedule and times of the feed.
fn state(view: &FeedView<'_>, now: DateTime<Utc>) -> Markup {
    let state = view.state;
    let times =
        [("Last success", state.last_success), ("Last run", state.last_run), ("Last change", state.changed)];
    html! {
        section.panel aria-labelledby="state" {
            h2 #state { "State" }
            p.state { (layout::health(state, now)) }
            @if let Some(trouble) = &state.trouble {
                p { (layout::advice(trouble.kind)) }
                @if let Some(at) = state.trouble_since {
                    p.quiet { "In trouble since " (words::moment(at.fixed_offset())) "." }
                }
            }
            @if Health::of(state) == Health::Trouble && state.failures > 0 && state.items != Some(0) {
                p.quiet { "Readers still get the items of the last successful run." }
            }
            dl {
                dt { "Schedule" } dd { (view.schedule) }
                dt { "Next run" } dd { (layout::next_run(state, now)) }
                @for (name, at) in times {
                    dt { (name) }
                    dd { @if let Some(at) = at { (layout::ago(at, now)) } @else { "never" } }
                }
            }
        }
    }
}

/// The addresses of the three documents, to be opened or copied.
fn subscribe(head: &FeedHead) -> Markup {
    html! {
        section.panel aria-labelledby="subscribe" {
            h2 #subscribe { "Subscribe" }
            p.quiet { "Add one of these addresses to your feed reader." }
            dl.addresses {
                @for format in Format::ALL {
                    dt { (layout::document_link(head, format)) }
                    dd { code { (head.self_url(format)) } }
                }
            }
        }
    }
}

/// The newest items.
fn items_section(view: &FeedView<'_>, items: &[Item]) -> Markup {
    let shown = &items[..items.len().min(MAX_ITEMS)];
    let all = view.state.items.unwrap_or_default().max(items.len() as u64);
    html! {
        section aria-labelledby="items" {
            h2 #items {
                "Items "
                @if all > shown.len() as u64 && !shown.is_empty() {
                    span.quiet {
                        "the newest " (words::number(shown.len() as u64))
                        " of " (words::number(all))
                    }
                } @else if all > 0 {
                    span.quiet { (words::number(all)) }
                }
            }
            @if shown.is_empty() { p.quiet { (no_items(view)) } }
            @for item in shown { (item_article(item, view.head.language.as_deref())) }
        }
    }
}

/// The reason why no items are shown.
fn no_items(view: &FeedView<'_>) -> &'static str {
    match Health::of(view.state) {
        Health::Waiting => "None yet: the feed is waiting for its first run.",
        Health::Trouble => "None yet: the last run failed. The reason is under State above.",
        Health::Fine => "None at the moment.",
    }
}

/// One item. Its text direction follows its title; texts of the site have the site's language.
fn item_article(item: &Item, language: Option<&str>) -> Markup {
    let content = &item.content;
    let title = html! {
        @if content.title.is_empty() { "Untitled" }
        @else { span lang=[language] { (content.title) } }
    };
    html! {
        article.item dir="auto" {
            h3 { (layout::external_link(content.url.as_ref(), &title)) }
            (byline(item, language))
            @if let Some(text) = text(content) {
                p.text lang=[language] dir="auto" { (text) }
            }
            @for enclosure in &content.enclosures { (media(enclosure)) }
            @if !content.tags.is_empty() {
                ul.tags aria-label="Tags" {
                    @for tag in &content.tags { li lang=[language] dir="auto" { (tag) } }
                }
            }
        }
    }
}

/// Date, authors and date of the last edit.
fn byline(item: &Item, language: Option<&str>) -> Markup {
    html! {
        p.byline {
            bdi dir="ltr" {
                @if item.date_source == DateSource::FirstSeen { "first seen " }
                time datetime=(words::machine_date(item.date, item.precision)) {
                    (words::date(item.date, item.precision))
                }
            }
            @if !item.content.authors.is_empty() {
                " · "
                @for (i, author) in item.content.authors.iter().enumerate() {
                    @if i > 0 { ", " }
                    bdi lang=[language] { (author) }
                }
            }
            @if let Some(updated) = item.updated {
                " · "
                bdi dir="ltr" {
                    "edited "
                    time datetime=(words::machine_date(updated, Precision::Second)) {
                        (words::moment(updated))
                    }
                }
            }
        }
    }
}

/// The text below an item's title: the summary, or else the beginning of the body.
fn text(content: &Content) -> Option<String> {
    let text = match (&content.summary, &content.content_html) {
        (Some(summary), _) => words::clipped(summary, MAX_SUMMARY_CHARS),
        (None, Some(html)) => words::plain(html, MAX_SUMMARY_CHARS),
        (None, None) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The link to a media file of an item; the file itself is not loaded.
fn media(enclosure: &Enclosure) -> Markup {
    let url = Url::parse(&enclosure.url).ok();
    let kind = enclosure.media_type.as_deref().unwrap_or("media file");
    html! {
        p.byline {
            (layout::external_link(url.as_ref(), &html! { (kind) }))
            @if let Some(length) = enclosure.length { " · " (words::bytes(length)) }
        }
    }
}

/// The newest runs.
fn runs_section(runs: &[RunRecord], now: DateTime<Utc>) -> Markup {
    html! {
        section aria-labelledby="runs" {
            h2 #runs { "Runs" }
            @if runs.is_empty() {
                p.quiet { "None yet." }
            } @else {
                table.rows.runs role="table" aria-labelledby="runs" {
                    thead role="rowgroup" {
                        tr role="row" {
                            th role="columnheader" scope="col" { "When" }
                            th role="columnheader" scope="col" { "Outcome" }
                            @for name in ["Found", "Added", "Changed", "Took", "Received"] {
                                th.number role="columnheader" scope="col" { (name) }
                            }
                        }
                    }
                    tbody role="rowgroup" {
                        @for run in runs.iter().take(MAX_RUNS) { (run_row(run, now)) }
                    }
                }
            }
        }
    }
}

/// The row of one run. Only a run that read items has counts of items: those of others would all be 0.
fn run_row(run: &RunRecord, now: DateTime<Utc>) -> Markup {
    let class = if matches!(run.outcome, Outcome::Failed(_)) { "trouble" } else { "fine" };
    let item_count = |number: u32| match run.outcome {
        Outcome::Fresh => words::number(u64::from(number)),
        Outcome::Unchanged | Outcome::Failed(_) => "–".to_owned(),
    };
    let numbers = [
        ("Found", item_count(run.found)),
        ("Added", item_count(run.added)),
        ("Changed", item_count(run.changed)),
        ("Took", words::took(run.duration_ms)),
        ("Received", words::bytes(run.bytes)),
    ];
    html! {
        tr role="row" {
            th.name role="rowheader" scope="row" { (layout::ago(run.started, now)) }
            td.state role="cell" { span.health.(class) { (words::outcome(run)) } }
            @for (label, number) in numbers {
                td.number role="cell" data-label=(label) { (number) }
            }
        }
    }
}
