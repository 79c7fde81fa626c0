//! How items are made of a page.

use crate::article::ArticleRules;
use crate::filter::Filter;
use crate::rules::{Pages, SourceKind};

/// How items are made of a page.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The kind of the source, and where its items are.
    pub source: SourceKind,
    /// BCP 47 language of the items.
    pub language: Option<String>,
    /// Filters that keep, drop and change items.
    pub filters: Vec<Filter>,
    /// Where more of the listing is.
    pub pages: Option<Pages>,
    /// How the items' own pages are read; `None`: they are not fetched.
    pub article: Option<ArticleRules>,
    /// Whether the servers of media files are asked for type and length, where the page does not state them.
    pub measure: bool,
}

impl Recipe {
    /// Whether requests for single items follow the reading of the listing.
    #[must_use]
    pub fn follows_items(&self) -> bool {
        self.article.is_some() || self.measure
    }
}
