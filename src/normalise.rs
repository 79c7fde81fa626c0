//! Turns candidates into found items: clean text, absolute addresses, sanitised HTML, a key.
//!
//! Pure: the current time is an argument. It may not fetch, and it knows nothing of earlier runs.

mod article;
mod canonical;
mod html;
mod item;
mod key;
mod limits;
mod logo;
mod page_title;
mod stray_space;
mod text;
mod title;
mod web_address;

use chrono::{DateTime, Utc};
use url::Url;

use crate::extract::Extraction;
use crate::html::Unparsable;
use crate::html::spacing::Spacing;
use crate::model::{Found, Problem};
use item::{ItemContext, normalise_item};

pub use article::{CompletionContext, complete, published};
pub use canonical::{Place, canonical_address};
pub use limits::TextLimits;
pub use page_title::page_title;

/// Normalises the candidates of an extraction.
///
/// Dates later than `now` are refused. `language` decides where punctuation has a space before it.
///
/// The problems of the extraction are returned together with those found here, sorted by position.
#[must_use]
pub fn normalise(
    extraction: Extraction,
    language: Option<&str>,
    now: DateTime<Utc>,
    limits: &TextLimits,
) -> (Vec<Found>, Vec<Problem>) {
    let Extraction { candidates, mut problems, base, .. } = extraction;
    let context = ItemContext { base: &base, spacing: Spacing::of(language), now, limits };
    let mut found: Vec<Found> = candidates
        .into_iter()
        .filter_map(|candidate| normalise_item(&candidate, &context, &mut problems))
        .collect();
    logo::remove(&mut found, &mut problems);
    let distinct = key::make_distinct(found, &base, context.spacing, &mut problems);
    problems.sort_by_key(|p| p.position);
    (distinct, problems)
}

/// HTML that is safe to show in a reader: allowed elements and attributes, absolute addresses. `language` is that
/// of its text, if it is known: it decides where punctuation has a space before it.
///
/// # Errors
/// When the HTML is beyond the bounds of a parse, such as the depth of nesting.
pub fn safe_html(html: &str, base: &Url, language: Option<&str>) -> Result<String, Unparsable> {
    let clean = html::sanitise(html, base)?;
    Ok(stray_space::close_up(&clean, Spacing::of(language)))
}
