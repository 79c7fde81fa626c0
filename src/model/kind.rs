//! Kinds of sources.

use serde::{Deserialize, Serialize};

/// The kind of a source: how the items of what is fetched are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A page whose first run finds out its kind and its rules.
    Auto,
    /// A web page, by selectors.
    Html,
    /// JSON, or a page with JSON in its scripts, by paths.
    Json,
    /// XML of any vocabulary, by selectors.
    Xml,
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A sitemap, or an index of sitemaps.
    Sitemap,
    /// Statements of a page for machines: JSON-LD, microdata, microformats.
    Structured,
    /// A site of WordPress, by its REST interface.
    WordPress,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Auto,
        Self::Html,
        Self::Json,
        Self::Xml,
        Self::Feed,
        Self::Sitemap,
        Self::Structured,
        Self::WordPress,
    ];

    /// The value of `kind` in feeds.toml.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Html => "html",
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Feed => "feed",
            Self::Sitemap => "sitemap",
            Self::Structured => "structured",
            Self::WordPress => "wordpress",
        }
    }

    /// The kind of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}
