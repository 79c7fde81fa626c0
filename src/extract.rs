//! (page, rules) -> candidates and problems. Pure: no I/O, no clock, no async.
//!
//! A broken item never costs the others: a field that cannot be read becomes a
//! [`Problem`](crate::model::Problem) of its item.

mod container;
mod dates;
mod extraction;
mod field;
mod html_document;
mod item_node;
mod json_date;
mod json_text;
mod listing;
mod next_page;
mod rule_reader;
mod search_bound;
mod selection;
mod shared_date;
pub(crate) mod sources;
mod text_kind;
mod web_address;

use crate::html::Unparsable;
use crate::model::Page;
use crate::rules::SourceKind;

pub use extraction::{ExtractContext, ExtractLimits, Extraction, LinkedPages, ListingState};
pub use html_document::{HtmlDocument, Statement};
pub(crate) use json_date::date_text;
pub use selection::{Match, Selection, SelectionError, SelectionScope, selection};
pub use sources::json::{extract_values, json_value};
pub use text_kind::kind_of_text;

/// Extracts the items of a page.
///
/// `remembered` is the selector of the container in the last good run.
///
/// # Errors
/// When the page cannot be parsed within the limits.
pub fn extract(
    page: &Page,
    source: &SourceKind,
    remembered: Option<&str>,
    context: ExtractContext<'_>,
) -> Result<Extraction, Unparsable> {
    let ExtractContext { limits, now, .. } = context;
    match source {
        SourceKind::Html(rules) => {
            HtmlDocument::parse(page, limits)?.extract_listing(rules, remembered, limits, now)
        }
        SourceKind::Xml(rules) => sources::xml::extract(page, rules, remembered, context),
        SourceKind::Json(rules) => sources::json::extract(page, rules, context),
        SourceKind::Feed(dates) => sources::feed::extract(page, dates, limits, now),
        SourceKind::Sitemap(dates) => sources::sitemap::extract(page, dates, limits, now),
        SourceKind::Structured(dates) => sources::structured::extract(page, dates, limits, now),
        SourceKind::WordPress(dates) => sources::wordpress::extract(page, dates, limits, now),
        SourceKind::Auto(_) => Err(Unparsable::NotSettled),
    }
}
