//! The kind of a source, with its compiled rules.

use chrono_tz::Tz;

use super::css::Css;
use super::field::{Field, Fields};
use super::select::Select;
use crate::date::DateRules;
use crate::model::FieldName;

/// The kind of a source, with its compiled rules. Kinds that name their fields themselves have only the
/// rules for dates without a zone, a language or an order.
#[derive(Debug, Clone)]
pub enum SourceKind {
    /// An HTML page, by selectors.
    Html(Box<Rules>),
    /// JSON, or a page with JSON in its scripts, by paths.
    Json(Box<Rules>),
    /// XML of any vocabulary, by selectors.
    Xml(Box<Rules>),
    /// RSS, Atom or JSON Feed.
    Feed(DateRules),
    /// A sitemap, or an index of sitemaps.
    Sitemap(DateRules),
    /// Statements of a page for machines: JSON-LD, microdata, microformats.
    Structured(DateRules),
    /// A site of WordPress, by its REST interface.
    WordPress(DateRules),
    /// A page whose first run finds out its kind and its rules.
    Auto(DateRules),
}

impl SourceKind {
    /// A feed whose dates without a zone are in this one.
    #[must_use]
    pub fn feed(zone: Tz, language: Option<&str>) -> Self {
        Self::Feed(dates(zone, language))
    }

    /// The same kind, with dates read in this zone and language.
    #[must_use]
    pub fn dated(self, zone: Tz, language: Option<&str>) -> Self {
        let dates = dates(zone, language);
        match self {
            Self::Feed(_) => Self::Feed(dates),
            Self::Sitemap(_) => Self::Sitemap(dates),
            Self::Structured(_) => Self::Structured(dates),
            Self::WordPress(_) => Self::WordPress(dates),
            Self::Auto(_) => Self::Auto(dates),
            with_rules => with_rules,
        }
    }

    /// The rules for dates, if kind and rules of the source have still to be found out.
    #[must_use]
    pub fn auto(&self) -> Option<&DateRules> {
        match self {
            Self::Auto(dates) => Some(dates),
            _ => None,
        }
    }

    /// Whether its items are found by this selector or path. A kind that needs no rules, or whose rules
    /// have still to be found out, may find any.
    #[must_use]
    pub fn finds(&self, item: &str) -> bool {
        self.rules().is_none_or(|rules| item.is_empty() || rules.item.text() == item)
    }

    /// The rules, of kinds that have some.
    #[must_use]
    pub fn rules(&self) -> Option<&Rules> {
        match self {
            Self::Html(rules) | Self::Json(rules) | Self::Xml(rules) => Some(rules),
            _ => None,
        }
    }
}

fn dates(zone: Tz, language: Option<&str>) -> DateRules {
    DateRules { format: None, zone, order: None, language: language.map(str::to_owned) }
}

/// How to find the items of a listing and their fields.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The selector of one item.
    pub item: Select,
    /// The selector of the scripts that hold JSON, if the configuration has one.
    pub script: Option<Css>,
    /// The selector of the element that holds all items, if the configuration has one.
    pub container: Option<Css>,
    /// The link to the next page; `None`: `rel="next"`.
    pub next: Option<Select>,
    /// The value that the address of the next page needs, as this page states it.
    pub cursor: Option<Field>,
    /// The fields.
    pub fields: Fields<Field>,
}

impl Rules {
    /// The rule of a field.
    #[must_use]
    pub fn field(&self, name: FieldName) -> Option<&Field> {
        self.fields.get(name)
    }
}
