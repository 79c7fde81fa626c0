//! (page, rules) -> normalised items, or the trouble that there are none. Pure.

use chrono::{DateTime, Utc};
use url::Url;

use crate::config::{Limits, Recipe};
use crate::extract::{Elsewhere, Listing, extract};
use crate::filter;
use crate::html::Unparsable;
use crate::model::{Cause, Found, ListingCause, ListingGap, Page, Problem, Trouble, TroubleKind};
use crate::normalise::normalise;
use crate::rules::{Css, Rules, SourceKind};

/// What a page held.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The items, in page order; at least one, unless it is an empty feed.
    pub found: Vec<Found>,
    /// What did not work on single items.
    pub problems: Vec<Problem>,
    /// Selector of what holds the items, for the next run.
    pub container: Option<String>,
    /// The page's title.
    pub title: Option<String>,
    /// The next page of the listing, as this one links to it.
    pub next: Option<Url>,
    /// What the address of the next page needs.
    pub cursor: Option<String>,
    /// The language that the page says it has.
    pub language: Option<String>,
    /// Pages that hold the items, instead of this one.
    pub elsewhere: Elsewhere,
}

/// Reads a page by its rules. `remembered` is the container of the last good run.
///
/// # Errors
/// `too_deep`, `too_large`, `container_missing`, `container_empty` or `no_items`.
pub fn read(
    page: &Page,
    recipe: &Recipe,
    remembered: Option<&str>,
    now: DateTime<Utc>,
    limits: &Limits,
) -> Result<Reading, Trouble> {
    let source = &recipe.source;
    let extraction = extract(page, source, remembered, &limits.extract, now).map_err(|e| unparsable(&e))?;
    let (title, next, cursor) =
        (extraction.title.clone(), extraction.next.clone(), extraction.cursor.clone());
    let (language, elsewhere) = (extraction.language.clone(), extraction.elsewhere.clone());
    let item_problems: Vec<Problem> = extraction.problems.clone();
    let trouble = |gap| match source {
        SourceKind::Html(rules) | SourceKind::Json(rules) => {
            Err(no_items(gap, page, rules, remembered, &item_problems))
        }
        SourceKind::Structured(_) => Err(silent()),
        // A feed without items is a feed.
        SourceKind::Feed(_) | SourceKind::Sitemap(_) | SourceKind::WordPress(_) | SourceKind::Auto(_) => {
            Ok(None)
        }
    };
    let container = match &extraction.listing {
        Listing::Found(container) => container.clone(),
        Listing::Empty => trouble(ListingGap::ContainerEmpty)?,
        Listing::Missing => trouble(ListingGap::ContainerMissing)?,
    };
    let (found, mut problems) = normalise(extraction, recipe.language.as_deref(), now, &limits.text);
    if page.replacements {
        let message =
            format!("some characters could not be read as {} and are shown as U+FFFD", page.charset);
        problems.insert(0, Problem { field: "item".to_owned(), position: None, message });
    }
    if found.is_empty() {
        trouble(ListingGap::NoItems)?;
    }
    let (found, left_out) = filter::apply(&recipe.filters, found, now);
    problems.extend(left_out);
    Ok(Reading { found, problems, container, title, next, cursor, language, elsewhere })
}

/// The trouble of a page that could not be parsed.
pub(super) fn unparsable(reason: &Unparsable) -> Trouble {
    let kind = match reason {
        Unparsable::Limit(limit) => return limit.clone().into(),
        Unparsable::NoFeed
        | Unparsable::NoJson
        | Unparsable::NoSitemap
        | Unparsable::NoWordPress
        | Unparsable::NoPage(..) => TroubleKind::WrongType,
        Unparsable::NotSettled => TroubleKind::Bug,
        Unparsable::BrokenJson(_) => TroubleKind::BrokenAnswer,
    };
    Trouble::new(kind, reason.to_string())
}

/// A page that says nothing for machines.
fn silent() -> Trouble {
    let detail = "the page has no items in JSON-LD, microdata or microformats, and is no article by Open Graph; \
                  use `kind = \"html\"` with [feed.select]";
    Trouble::new(TroubleKind::ContainerMissing, detail)
}

fn no_items(
    gap: ListingGap,
    page: &Page,
    rules: &Rules,
    remembered: Option<&str>,
    problems: &[Problem],
) -> Trouble {
    let kind = match gap {
        ListingGap::ContainerEmpty => TroubleKind::ContainerEmpty,
        ListingGap::ContainerMissing => TroubleKind::ContainerMissing,
        ListingGap::NoItems => TroubleKind::NoItems,
    };
    // A complaint of the rule for items is the reason why there are none.
    let complaint = problems.iter().find(|p| p.field == "item" && p.position.is_none());
    let cause = ListingCause {
        gap,
        item: rules.item.text().to_owned(),
        container: rules.container.as_ref().map(Css::text).or(remembered).map(str::to_owned),
        page_bytes: page.text.len(),
        complaint: complaint.map(|p| p.message.clone()),
    };
    Trouble::caused(kind, Cause::Listing(cause))
}
