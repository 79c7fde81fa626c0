//! A parsed page, to be read by several rules without being parsed again.

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use super::dates::dated;
use super::extraction::{ExtractLimits, Extraction, LinkedPages, ListingState};
use super::field::{Node, Reader};
use super::listing::PageBounds;
use super::sources::json::{self, JsonContext};
use super::text_kind::kind_of_text;
use super::{container, field, listing};
use crate::html::outline::Outline;
use crate::html::tree::{ElementRef, Html, NodeId};
use crate::html::{Unparsable, parse, text};
use crate::model::{Kind, Page};
use crate::rules::{Css, Rules};

/// A parsed page.
pub struct Document {
    html: Html,
    base: Url,
    title: Option<String>,
    /// Its `link` and `meta` elements.
    statements: Vec<NodeId>,
    scripts: usize,
    bytes: usize,
    /// The kind of the text, if it is no web page.
    other_kind: Option<Kind>,
}

impl Document {
    /// Parses a page within the limits.
    ///
    /// # Errors
    /// When it nests too deeply, has too many nodes, or a tag with too many attributes.
    pub fn parse(page: &Page, limits: &ExtractLimits) -> Result<Self, Unparsable> {
        let html = parse::parse(&page.text, limits.depth)?;
        let (mut base, mut title, mut statements, mut scripts) = (None, None, Vec::new(), 0);
        for element in html.root_element().descendent_elements() {
            match element.value().name() {
                "base" if base.is_none() => base = element.attr("href"),
                "title" if title.is_none() => title = Some(text::text(element)),
                "link" | "meta" => statements.push(element.id()),
                "script" => scripts += usize::from(element.attr("type").is_none_or(|t| !t.contains("json"))),
                _ => {}
            }
        }
        let base = parse::based(base, &page.url);
        let title = title.filter(|t| !t.is_empty());
        Ok(Self {
            base,
            title,
            statements,
            scripts,
            bytes: page.text.len(),
            other_kind: kind_of_text(&page.text),
            html,
        })
    }

    /// The base of relative addresses.
    #[must_use]
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// The language that the page says it has.
    #[must_use]
    pub fn language(&self) -> Option<String> {
        parse::language(&self.html)
    }

    /// The page's title.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The elements of the body, in page order.
    #[must_use]
    pub fn outline(&self) -> Outline<'_> {
        Outline::of(&self.html)
    }

    /// The elements that say something of the page: `link` and `meta`, wherever they stand.
    pub fn statements(&self) -> impl Iterator<Item = Statement<'_>> {
        self.statements.iter().filter_map(|id| ElementRef::wrap(self.html.tree.get(*id)?)).map(Statement)
    }

    /// How many scripts the page runs.
    #[must_use]
    pub fn scripts(&self) -> usize {
        self.scripts
    }

    /// The JSON that stands in the page's scripts, in page order.
    #[must_use]
    pub fn embedded(&self) -> Vec<Value> {
        json::embedded::values(&self.html, None)
    }

    /// The items that rules for HTML find on the page.
    ///
    /// `remembered` is the container of the last good run; `now` is what `3 hours ago` is reckoned
    /// from.
    #[must_use]
    pub fn extract(
        &self,
        rules: &Rules,
        remembered: Option<&str>,
        limits: &ExtractLimits,
        now: DateTime<Utc>,
    ) -> Extraction {
        let document = &self.html;
        let (reader, mut problems) = (Reader::new(rules), Vec::new());
        let elements = listing::elements(document, &reader, &mut problems);
        let listing = container::judge(document, rules, remembered, &elements);
        let nodes = elements.into_iter().map(Node::Element);
        let base = self.base.clone();
        let bounds = PageBounds { bytes: self.bytes, items: limits.candidates };
        let raws = listing::raw_items(nodes, bounds, &reader, &base, &mut problems);
        let next = listing::next_page(document, &reader, &base);
        let root = Node::Element(document.root_element());
        let cursor = rules.cursor.as_ref().and_then(|field| field::cursor(root, &reader, field));
        let (language, title) = (self.language(), self.title.clone());
        problems.extend(reader.complaints());
        let candidates = dated(raws, language.as_deref(), now, &mut problems);
        let elsewhere = LinkedPages::default();
        Extraction { candidates, problems, listing, base, title, next, cursor, language, elsewhere }
    }

    /// The items of a listing, as [`extract`](Self::extract) finds them.
    ///
    /// # Errors
    /// When there is no listing because the text is no web page.
    pub fn extract_listing(
        &self,
        rules: &Rules,
        remembered: Option<&str>,
        limits: &ExtractLimits,
        now: DateTime<Utc>,
    ) -> Result<Extraction, Unparsable> {
        let extraction = self.extract(rules, remembered, limits, now);
        match self.other_kind {
            Some(kind) if extraction.listing == ListingState::Missing => Err(Unparsable::NoPage(kind)),
            _ => Ok(extraction),
        }
    }

    /// The next page by rules for HTML.
    #[must_use]
    pub fn next_page(&self, rules: &Rules) -> Option<Url> {
        listing::next_page(&self.html, &Reader::new(rules), &self.base)
    }

    /// The items that rules for JSON find in the scripts of the page.
    ///
    /// # Errors
    /// When there is no JSON in them.
    pub fn extract_json(
        &self,
        page: &Page,
        rules: &Rules,
        limits: &ExtractLimits,
        now: DateTime<Utc>,
    ) -> Result<Extraction, Unparsable> {
        let script = rules.script.as_ref().map(Css::selector);
        let values = json::embedded::values(&self.html, script);
        json::of_values(&values, rules, JsonContext { page, language: self.language(), limits, now })
    }
}

/// A `link` or `meta` element.
#[derive(Clone, Copy)]
pub struct Statement<'d>(ElementRef<'d>);

impl<'d> Statement<'d> {
    /// The value of an attribute.
    #[must_use]
    pub fn attr(&self, name: &str) -> Option<&'d str> {
        self.0.attr(name)
    }

    /// Whether it is a `link`.
    #[must_use]
    pub fn is_link(&self) -> bool {
        self.0.value().name() == "link"
    }
}
