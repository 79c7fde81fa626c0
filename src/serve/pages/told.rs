//! The events of a feed, and the messages that told people of them.
//!
//! Pages are public: neither the evidence of a trouble is shown, nor what a target said, nor its address.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::view::{FeedPage, MAX_DELIVERIES, MAX_EVENTS};
use super::{layout, words};
use crate::model::{Event, EventKind};
use crate::notify::{Part, alarm_title};
use crate::store::{KeptMessage, MessageState};

/// The newest events; nothing if there are none.
pub(super) fn events(page: &FeedPage<'_>) -> Markup {
    html! {
        @if !page.events.is_empty() {
            section aria-labelledby="events" {
                h2 #events { "Events" }
                table.rows.runs role="table" aria-labelledby="events" {
                    thead role="rowgroup" {
                        tr role="row" {
                            @for name in ["When", "Event"] { th role="columnheader" scope="col" { (name) } }
                        }
                    }
                    tbody role="rowgroup" {
                        @for event in page.events.iter().take(MAX_EVENTS) {
                            (event_row(event, &page.view.head.title, page.now))
                        }
                    }
                }
            }
        }
    }
}

fn event_row(event: &Event, title: &str, now: DateTime<Utc>) -> Markup {
    let part = Part { detail: None, ..Part::of(event, &event.feed) };
    let class = match event.kind {
        EventKind::Trouble => "trouble",
        EventKind::Silent => "waiting",
        EventKind::Recovered | EventKind::Item => "fine",
    };
    html! {
        tr role="row" {
            th.name role="rowheader" scope="row" { (layout::ago(event.at, now)) }
            td.state role="cell" {
                span.health.(class) dir="auto" { (alarm_title(&part, title)) }
                @if event.kind == EventKind::Recovered {
                    " "
                    span.since { "after " (words::length(event.at - event.since)) }
                }
            }
        }
    }
}

/// The newest messages; nothing if there are none.
pub(super) fn deliveries(page: &FeedPage<'_>) -> Markup {
    html! {
        @if !page.deliveries.is_empty() {
            section aria-labelledby="deliveries" {
                h2 #deliveries { "Deliveries" }
                p.quiet { "Messages that tell of several feeds at once are not listed." }
                table.rows.runs role="table" aria-labelledby="deliveries" {
                    thead role="rowgroup" {
                        tr role="row" {
                            @for name in ["When", "Rule", "State"] {
                                th role="columnheader" scope="col" { (name) }
                            }
                            th.number role="columnheader" scope="col" { "Tries" }
                        }
                    }
                    tbody role="rowgroup" {
                        @for message in page.deliveries.iter().take(MAX_DELIVERIES) {
                            (delivery_row(message, page.now))
                        }
                    }
                }
            }
        }
    }
}

fn delivery_row(kept: &KeptMessage, now: DateTime<Utc>) -> Markup {
    let (class, state) = match kept.state {
        MessageState::Waiting if kept.tries == 0 => ("waiting", "on its way"),
        MessageState::Waiting => ("waiting", "waits to be tried again"),
        MessageState::Sent => ("fine", "sent"),
        MessageState::Dead => ("trouble", "given up"),
    };
    html! {
        tr role="row" {
            th.name role="rowheader" scope="row" { (layout::ago(kept.created, now)) }
            td role="cell" data-label="Rule" dir="auto" { (kept.message.rule) }
            td.state role="cell" { span.health.(class) { (state) } }
            td.number role="cell" data-label="Tries" { (words::number(u64::from(kept.tries))) }
        }
    }
}
