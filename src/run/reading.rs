//! (page, rules) -> normalised items, or the trouble that there are none. Pure.

use chrono::{DateTime, Utc};
use url::Url;

use super::html_in_json::html_in_json;
use crate::channel::Recipe;
use crate::config::Limits;
use crate::extract::{ExtractContext, Extraction, LinkedPages, ListingState, extract};
use crate::filter::{self, Filter};
use crate::html::{Unparsable, allowance};
use crate::model::{Cause, Found, ListingCause, ListingGap, Page, Problem, Subject, Trouble, TroubleKind};
use crate::normalise::{TextLimits, normalise, page_title};
use crate::rules::{Css, JqEvaluator, SourceKind};

/// The most items that are kept as they were before the filters.
const MAX_UNFILTERED: usize = 50;

/// The items of a page, and the other facts that a run takes from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The items, in page order; at least one, unless it is an empty feed.
    pub found: Vec<Found>,
    /// The first items as they were before the filters, of a feed with filters.
    pub unfiltered: Vec<Found>,
    /// Problems with single items or fields.
    pub problems: Vec<Problem>,
    /// Selector of the element that holds the items, for the next run.
    pub container: Option<String>,
    /// The title of the page or feed, cleaned.
    pub title: Option<String>,
    /// The next page of the listing, as this one links to it.
    pub next: Option<Url>,
    /// The value of `{cursor}` for the address of the next page.
    pub cursor: Option<String>,
    /// The language that the page states.
    pub language: Option<String>,
    /// Pages that hold the items, instead of this one.
    pub elsewhere: LinkedPages,
}

/// The settings for reading a page by any rules.
#[derive(Debug, Clone, Copy)]
pub struct ReadSettings<'a> {
    /// The time of reading.
    pub now: DateTime<Utc>,
    /// Limits.
    pub limits: &'a Limits,
    /// Evaluates the jq programs of the rules.
    pub jq: &'a dyn JqEvaluator,
}

/// The settings for reading a page, beside its rules.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadContext<'a> {
    /// The container of the last good run.
    pub remembered: Option<&'a str>,
    /// BCP 47 language of the feed, if its configuration names one.
    pub language: Option<&'a str>,
    /// The time of reading.
    pub now: DateTime<Utc>,
    /// Limits.
    pub limits: &'a Limits,
}

/// Reads a page by the rules of a feed, and applies the feed's filters. `remembered` is the container of
/// the last good run. A listing of HTML may come inside of JSON, as endpoints give it that load more.
///
/// # Errors
/// `too_deep`, `too_large`, `container_missing`, `container_empty` or `no_items`.
pub fn read(
    page: &Page,
    recipe: &Recipe,
    remembered: Option<&str>,
    settings: ReadSettings<'_>,
) -> Result<Reading, Trouble> {
    allowance::of_page(|| read_within_allowance(page, recipe, remembered, settings))
}

fn read_within_allowance(
    page: &Page,
    recipe: &Recipe,
    remembered: Option<&str>,
    settings: ReadSettings<'_>,
) -> Result<Reading, Trouble> {
    let ReadSettings { now, limits, jq } = settings;
    let context = ReadContext { remembered, language: recipe.language.as_deref(), now, limits };
    let extract_context = ExtractContext { limits: &limits.extract, now, jq };
    let extracted = |page: &Page| extract(page, &recipe.source, remembered, extract_context);
    let inner = inner_page(page, &recipe.source);
    let of_inner = inner.as_ref().map(extracted).and_then(Result::ok);
    let of_inner = of_inner.filter(|extraction| extraction.listing != ListingState::Missing);
    let reading = match (inner, of_inner) {
        (Some(inner), Some(extraction)) => reading(&inner, extraction, &recipe.source, context)?,
        _ => reading(page, extracted(page).map_err(|e| unparsable(&e))?, &recipe.source, context)?,
    };
    Ok(reading.filtered(&recipe.filters, now, &limits.text))
}

/// The page of HTML inside of a page of JSON, for rules that read HTML.
pub(super) fn inner_page(page: &Page, source: &SourceKind) -> Option<Page> {
    matches!(source, SourceKind::Html(_)).then(|| page_in_json(page)).flatten()
}

/// The page of HTML inside of a page of JSON.
pub(super) fn page_in_json(page: &Page) -> Option<Page> {
    let text = html_in_json(&page.text)?;
    Some(Page { url: page.url.clone(), text, charset: page.charset, replacements: page.replacements })
}

/// Makes items of an extraction.
///
/// # Errors
/// `container_missing`, `container_empty` or `no_items`.
pub(super) fn reading(
    page: &Page,
    mut extraction: Extraction,
    source: &SourceKind,
    context: ReadContext<'_>,
) -> Result<Reading, Trouble> {
    let complaint = item_complaint(&extraction.problems);
    let none = |gap| no_items(gap, page, source, context.remembered, complaint.as_deref());
    let container = match std::mem::replace(&mut extraction.listing, ListingState::Empty) {
        ListingState::Found(container) => container,
        ListingState::Empty => none(ListingGap::ContainerEmpty)?,
        ListingState::Missing => none(ListingGap::ContainerMissing)?,
    };
    let title = extraction.title.take().and_then(|title| page_title(&title));
    let next = extraction.next.take();
    let cursor = extraction.cursor.take();
    let language = extraction.language.take();
    let elsewhere = std::mem::take(&mut extraction.linked_pages);
    let (found, mut problems) = normalise(extraction, context.language, context.now, &context.limits.text);
    if page.replacements {
        let message =
            format!("some characters could not be decoded as {} and are shown as U+FFFD", page.charset);
        problems.insert(0, Problem { field: Subject::Item, position: None, message });
    }
    if found.is_empty() {
        none(ListingGap::NoItems)?;
    }
    Ok(Reading {
        found,
        unfiltered: Vec::new(),
        problems,
        container,
        title,
        next,
        cursor,
        language,
        elsewhere,
    })
}

impl Reading {
    /// The reading with the filters of a feed applied, which is the last work of the page's allowance.
    #[must_use]
    pub fn filtered(mut self, filters: &[Filter], now: DateTime<Utc>, limits: &TextLimits) -> Self {
        if !filters.is_empty() {
            self.unfiltered = self.found.iter().take(MAX_UNFILTERED).cloned().collect();
        }
        allowance::of_page(|| {
            let (mut found, left_out) = filter::apply(filters, self.found, now);
            self.problems.extend(left_out);
            if !filters.is_empty() {
                for item in &mut found {
                    limits.apply(&mut item.content);
                }
            }
            if allowance::is_used_up() {
                let message = "the page and its texts are more than is read at a time: texts may be left out, and \
                               replacements in long texts not made";
                self.problems.push(Problem {
                    field: Subject::Item,
                    position: None,
                    message: message.to_owned(),
                });
            }
            Self { found, ..self }
        })
    }
}

/// The problem of the rule for items, which is the reason if there are none.
fn item_complaint(problems: &[Problem]) -> Option<String> {
    let complaint = problems.iter().find(|p| p.field == Subject::Item && p.position.is_none());
    complaint.map(|p| p.message.clone())
}

/// The trouble of a page that could not be parsed.
pub(super) fn unparsable(reason: &Unparsable) -> Trouble {
    let kind = match reason {
        Unparsable::Limit(limit) => return limit.clone().into(),
        Unparsable::NoFeed
        | Unparsable::NoJson
        | Unparsable::NoSitemap
        | Unparsable::NoXml
        | Unparsable::NoWordPress
        | Unparsable::NoPage(..) => TroubleKind::WrongType,
        Unparsable::NotSettled => TroubleKind::Bug,
        Unparsable::BrokenJson(_) => TroubleKind::BrokenAnswer,
    };
    Trouble::new(kind, reason.to_string())
}

/// The trouble that a source gave no items; no trouble for kinds of which an empty one is valid.
fn no_items(
    gap: ListingGap,
    page: &Page,
    source: &SourceKind,
    remembered: Option<&str>,
    complaint: Option<&str>,
) -> Result<Option<String>, Trouble> {
    let rules = match source {
        SourceKind::Html(rules) | SourceKind::Json(rules) | SourceKind::Xml(rules) => rules,
        SourceKind::Structured(_) => return Err(nothing_structured()),
        SourceKind::Feed(_) | SourceKind::Sitemap(_) | SourceKind::WordPress(_) | SourceKind::Auto(_) => {
            return Ok(None);
        }
    };
    let kind = match gap {
        ListingGap::ContainerEmpty => TroubleKind::ContainerEmpty,
        ListingGap::ContainerMissing => TroubleKind::ContainerMissing,
        ListingGap::NoItems => TroubleKind::NoItems,
    };
    let cause = ListingCause {
        gap,
        item: rules.item.text().to_owned(),
        container: rules.container.as_ref().map(Css::text).or(remembered).map(str::to_owned),
        page_bytes: page.text.len(),
        complaint: complaint.map(str::to_owned),
    };
    Err(Trouble::caused(kind, Cause::Listing(Box::new(cause))))
}

/// The trouble of a page without structured data.
fn nothing_structured() -> Trouble {
    let detail = "the page has no items in JSON-LD, microdata or microformats, and Open Graph does not call it an article; \
                  use `kind = \"html\"` with [feed.select]";
    Trouble::new(TroubleKind::ContainerMissing, detail)
}
