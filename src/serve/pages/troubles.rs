//! The feeds in trouble, at the top of the index: for each the trouble in a sentence, and the remedy.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::view::FeedView;
use super::{layout, words};
use crate::model::TroubleKind;

/// The most troubles that are explained; the table below has all of them.
const MAX_TROUBLES: usize = 50;

/// The section; nothing if no feed is in trouble.
pub(super) fn section(feeds: &[FeedView<'_>], now: DateTime<Utc>) -> Markup {
    let troubled: Vec<(&FeedView<'_>, TroubleKind)> =
        feeds.iter().filter_map(|view| Some((view, view.state.trouble.as_ref()?.kind))).collect();
    let hidden = troubled.len().saturating_sub(MAX_TROUBLES);
    html! {
        @if !troubled.is_empty() {
            section.cases aria-labelledby="troubles" {
                h2 #troubles { "In trouble " span.quiet { (words::number(troubled.len() as u64)) } }
                @for (view, kind) in troubled.iter().take(MAX_TROUBLES) { (case(view, *kind, now)) }
                @if hidden > 0 {
                    p.quiet {
                        (words::count(hidden as u64, "more feed", "more feeds"))
                        " in trouble: see the table."
                    }
                }
            }
        }
    }
}

/// One feed in trouble.
fn case(view: &FeedView<'_>, kind: TroubleKind, now: DateTime<Utc>) -> Markup {
    html! {
        article.case {
            h3 { a href={ "/feeds/" (view.head.id) } dir="auto" { (view.head.title) } }
            p { span.health.trouble { (kind.words()) } }
            p { (layout::advice(kind)) }
            (layout::since(view, now))
        }
    }
}
