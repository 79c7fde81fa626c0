//! What sources say that name their own fields: feeds, sitemaps, structured data.

use crate::date::DateRules;
use crate::extract::dates::{DateColumn, DateText};
use crate::extract::extraction::{Extraction, LinkedPages, ListingState};
use crate::model::{Candidate, FieldName, Page};
use chrono::{DateTime, Utc};

/// What an item says, its dates still unread.
#[derive(Debug, Default)]
pub(crate) struct SaidItem {
    pub(crate) candidate: Candidate,
    pub(crate) date: Option<String>,
    pub(crate) updated: Option<String>,
}

/// What a source says.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) title: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) items: Vec<SaidItem>,
    /// Where the items are instead.
    pub(crate) elsewhere: LinkedPages,
}

/// Reads the dates, and makes candidates.
pub(crate) fn read(said: Said, page: &Page, dates: &DateRules, now: DateTime<Utc>) -> Extraction {
    let (mut candidates, mut published, mut updates) = (Vec::new(), Vec::new(), Vec::new());
    for (index, item) in said.items.into_iter().enumerate() {
        let position = item.candidate.position;
        let column = |text: Option<String>| {
            let text = text.filter(|t| !t.trim().is_empty())?;
            Some(DateText { index, position, text, machine: None, rules: dates.clone() })
        };
        published.extend(column(item.date));
        updates.extend(column(item.updated));
        candidates.push(item.candidate);
    }
    let mut problems = Vec::new();
    let column = |field| DateColumn { field, language: said.language.as_deref(), now };
    column(FieldName::Date).read(published, &mut candidates, |c, d| c.date = d, &mut problems);
    column(FieldName::Updated).read(updates, &mut candidates, |c, d| c.updated = d, &mut problems);
    let listing = if candidates.is_empty() { ListingState::Empty } else { ListingState::Found(None) };
    Extraction {
        candidates,
        problems,
        listing,
        base: page.url.clone(),
        title: said.title.map(|t| t.chars().filter(|c| !c.is_control()).collect()),
        next: None,
        cursor: None,
        language: said.language.clone(),
        elsewhere: said.elsewhere,
    }
}
