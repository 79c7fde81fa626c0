//! The common form of sources that name their own fields: feeds, sitemaps, structured data, WordPress.

use chrono::{DateTime, Utc};

use crate::date::DateRules;
use crate::extract::dates::{DateColumn, DateText};
use crate::extract::extraction::{Extraction, LinkedPages, ListingState};
use crate::html::invisible::without_needless;
use crate::model::{Candidate, FieldName, Page};

/// Cap on the authors, tags or media files of one item.
pub(crate) const MAX_VALUES: usize = 100;

/// An item of a self-describing source. Its dates are not read yet.
#[derive(Debug, Default)]
pub(crate) struct SelfDescribedItem {
    pub(crate) candidate: Candidate,
    pub(crate) date: Option<String>,
    pub(crate) updated: Option<String>,
}

/// The items and metadata of a self-describing source.
#[derive(Debug, Default)]
pub(crate) struct SelfDescribed {
    pub(crate) title: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) items: Vec<SelfDescribedItem>,
    /// Pages that hold the items instead.
    pub(crate) linked_pages: LinkedPages,
}

/// Reads the dates of the items, and makes an extraction.
pub(crate) fn to_extraction(
    source: SelfDescribed,
    page: &Page,
    dates: &DateRules,
    now: DateTime<Utc>,
) -> Extraction {
    let mut candidates = Vec::new();
    let mut published = Vec::new();
    let mut updates = Vec::new();
    for (index, item) in source.items.into_iter().enumerate() {
        let position = item.candidate.position;
        let date_text = |date: Option<String>| {
            let text = date.filter(|t| !t.trim().is_empty())?;
            Some(DateText { index, position, text, machine: None, outside: None, rules: dates.clone() })
        };
        published.extend(date_text(item.date));
        updates.extend(date_text(item.updated));
        candidates.push(item.candidate);
    }
    let mut problems = Vec::new();
    let column = |field| DateColumn { field, language: source.language.as_deref(), now };
    column(FieldName::Date).read(published, &mut candidates, |c, date| c.date = date, &mut problems);
    column(FieldName::Updated).read(updates, &mut candidates, |c, date| c.updated = date, &mut problems);
    let listing = if candidates.is_empty() { ListingState::Empty } else { ListingState::Found(None) };
    Extraction {
        candidates,
        problems,
        listing,
        base: page.url.clone(),
        title: source.title.map(|t| without_needless(&t).chars().filter(|c| !c.is_control()).collect()),
        next: None,
        cursor: None,
        language: source.language.clone(),
        linked_pages: source.linked_pages,
    }
}
