//! The result of an extraction, and its bounds.

use url::Url;

use crate::model::{Candidate, Problem};

/// Bounds of one extraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtractLimits {
    /// Deepest nesting of elements; html5ever takes quadratic time in it.
    pub depth: usize,
    /// Most items taken from one page.
    pub candidates: usize,
}

/// What a page held.
#[derive(Debug, Clone, PartialEq)]
pub struct Extraction {
    /// The items, in page order.
    pub candidates: Vec<Candidate>,
    /// What did not work, by item and field.
    pub problems: Vec<Problem>,
    /// Where the listing is.
    pub listing: ListingState,
    /// The base of relative addresses: `<base href>`, else the page's own.
    pub base: Url,
    /// The page's `<title>`.
    pub title: Option<String>,
    /// The next page of the listing, as this one links to it.
    pub next: Option<Url>,
    /// What the address of the next page needs, as this page says it.
    pub cursor: Option<String>,
    /// The language that the page says it has.
    pub language: Option<String>,
    /// Pages that hold the items instead of this one.
    pub elsewhere: LinkedPages,
}

/// Pages that hold the items instead of the one that was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkedPages {
    /// Where they are.
    pub pages: Vec<Url>,
    /// What is newest comes first: once a known item is reached, the rest is known as well.
    pub newest_first: bool,
}

/// Where the listing is, told apart so that an empty listing is not taken for a changed layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListingState {
    /// Elements matched; a selector of what holds them, if one could be made.
    Found(Option<String>),
    /// What holds the items is there, and nothing in it matches.
    Empty,
    /// Neither items nor what held them are on the page.
    Missing,
}
