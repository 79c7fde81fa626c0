//! (page, rules) -> normalised items, or the trouble that there are none. Pure.

use chrono::{DateTime, Utc};
use url::Url;

use crate::config::{Limits, Recipe};
use crate::extract::{Elsewhere, Listing, extract};
use crate::filter;
use crate::html::Unparsable;
use crate::model::{Found, Page, Problem, Trouble, TroubleKind};
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
    let extraction = extract(page, source, remembered, &limits.extract, now)
        .map_err(|e| Trouble::new(kind_of(&e), e.to_string()))?;
    let (title, next, cursor) =
        (extraction.title.clone(), extraction.next.clone(), extraction.cursor.clone());
    // What a rule for the items complains of is why there are none.
    let why = extraction.problems.iter().find(|p| p.field == "item" && p.position.is_none());
    let why = why.map(|p| format!(": {}", p.message)).unwrap_or_default();
    let (language, elsewhere) = (extraction.language.clone(), extraction.elsewhere.clone());
    let trouble = |kind| match source {
        SourceKind::Html(rules) | SourceKind::Json(rules) => {
            let Trouble { kind, detail } = trouble(kind, page, rules, remembered);
            Err(Trouble::new(kind, format!("{detail}{why}")))
        }
        SourceKind::Structured(_) => Err(silent()),
        // A feed without items is a feed.
        SourceKind::Feed(_) | SourceKind::Sitemap(_) | SourceKind::WordPress(_) | SourceKind::Auto(_) => {
            Ok(None)
        }
    };
    let container = match &extraction.listing {
        Listing::Found(container) => container.clone(),
        Listing::Empty => trouble(TroubleKind::ContainerEmpty)?,
        Listing::Missing => trouble(TroubleKind::ContainerMissing)?,
    };
    let (found, mut problems) = normalise(extraction, recipe.language.as_deref(), now, &limits.text);
    if page.replacements {
        let message =
            format!("some characters could not be read as {} and are shown as U+FFFD", page.charset);
        problems.insert(0, Problem { field: "item".to_owned(), position: None, message });
    }
    if found.is_empty() {
        trouble(TroubleKind::NoItems)?;
    }
    let (found, left_out) = filter::apply(&recipe.filters, found, now);
    problems.extend(left_out);
    Ok(Reading { found, problems, container, title, next, cursor, language, elsewhere })
}

pub(super) const fn kind_of(reason: &Unparsable) -> TroubleKind {
    match reason {
        Unparsable::TooManyNodes(_) => TroubleKind::TooLarge,
        Unparsable::NoFeed
        | Unparsable::NoJson
        | Unparsable::NoSitemap
        | Unparsable::NoWordPress
        | Unparsable::NoPage(..) => TroubleKind::WrongType,
        Unparsable::NotSettled => TroubleKind::Bug,
        Unparsable::BrokenJson(_) => TroubleKind::BrokenAnswer,
        Unparsable::TooDeep(_) | Unparsable::TooManyAttributes(_) => TroubleKind::TooDeep,
    }
}

/// A page that says nothing for machines.
fn silent() -> Trouble {
    let detail = "the page has no items in JSON-LD, microdata or microformats, and is no article by Open Graph; \
                  use `kind = \"html\"` with [feed.select]";
    Trouble::new(TroubleKind::ContainerMissing, detail)
}

fn trouble(kind: TroubleKind, page: &Page, rules: &Rules, remembered: Option<&str>) -> Trouble {
    let item = rules.item.text();
    let container = rules.container.as_ref().map(Css::text).or(remembered);
    let holder = container.map_or_else(String::new, |c| format!(" `{c}`"));
    let size = page.text.len();
    let detail = match kind {
        TroubleKind::ContainerEmpty => {
            format!("the listing{holder} is on the page, but nothing in it matches `{item}`")
        }
        TroubleKind::ContainerMissing if container.is_some() => {
            format!(
                "neither the listing{holder} nor any item `{item}` is on the page ({size} bytes); the layout has probably changed"
            )
        }
        TroubleKind::ContainerMissing => {
            format!(
                "no items: nothing on the page ({size} bytes) matches `{item}`; the layout has probably changed, or the selector is wrong"
            )
        }
        _ => format!("elements match `{item}`, but none of them has a title or a link"),
    };
    Trouble::new(kind, detail)
}
