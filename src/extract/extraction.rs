//! The result of an extraction, and its bounds.

use chrono::{DateTime, Utc};
use url::Url;

use crate::model::{Candidate, Problem, Subject};
use crate::rules::{JqEvaluator, Unbounded};

/// Bounds of one extraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtractLimits {
    /// Deepest nesting of elements; html5ever takes quadratic time in it.
    pub depth: usize,
    /// Cap on the items taken from one page.
    pub candidates: usize,
}

/// The settings of one extraction, beside the page and its rules.
#[derive(Debug, Clone, Copy)]
pub struct ExtractContext<'a> {
    /// Bounds.
    pub limits: &'a ExtractLimits,
    /// The base of relative dates such as `3 hours ago`.
    pub now: DateTime<Utc>,
    /// Evaluates the jq programs of the rules.
    pub jq: &'a dyn JqEvaluator,
}

impl<'a> ExtractContext<'a> {
    /// The settings for rules without jq programs, such as those that detection writes.
    #[must_use]
    pub fn without_programs(limits: &'a ExtractLimits, now: DateTime<Utc>) -> Self {
        Self { limits, now, jq: &Unbounded }
    }
}

/// The items and metadata of one page.
#[derive(Debug, Clone, PartialEq)]
pub struct Extraction {
    /// The items, in page order.
    pub candidates: Vec<Candidate>,
    /// The fields that could not be read, by item.
    pub problems: Vec<Problem>,
    /// Whether the listing was found.
    pub listing: ListingState,
    /// The base of relative addresses: `<base href>`, else the page's own address.
    pub base: Url,
    /// The page's `<title>`.
    pub title: Option<String>,
    /// The next page of the listing, as this page links to it.
    pub next: Option<Url>,
    /// The value that the address of the next page needs, as this page gives it.
    pub cursor: Option<String>,
    /// The language that the page declares.
    pub language: Option<String>,
    /// Pages that hold the items instead of this one.
    pub linked_pages: LinkedPages,
}

/// Pages that hold the items instead of the requested one: the sitemaps of an index, the posts of a
/// WordPress API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkedPages {
    /// Their addresses.
    pub pages: Vec<Url>,
    /// Whether the newest comes first: then all after the first known item is known as well.
    pub newest_first: bool,
}

/// Whether the listing was found. An empty listing is told from a changed layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListingState {
    /// The listing has items. The value is a selector of their container, if one could be made.
    Found(Option<String>),
    /// The container is there, and has no items.
    Empty,
    /// Neither items nor their container are on the page.
    Missing,
}

/// A problem of the listing as a whole.
pub(super) fn listing_problem(message: String) -> Problem {
    Problem { field: Subject::Item, position: None, message }
}
