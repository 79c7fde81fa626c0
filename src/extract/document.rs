//! A parsed page, to be read by several rules without being parsed again.

use chrono::{DateTime, Utc};
use scraper::Html;
use serde_json::Value;
use url::Url;

use super::field::{self, Node, Reader};
use super::outline::Outline;
use super::rules::Rules;
use super::{Elsewhere, ExtractLimits, Extraction, Unparsable, container, dated, dom, json, listing};
use crate::model::Page;

/// A parsed page.
pub struct Document {
    html: Html,
    base: Url,
    bytes: usize,
}

impl Document {
    /// Parses a page within the limits.
    ///
    /// # Errors
    /// When it nests too deeply, has too many nodes, or a tag with too many attributes.
    pub fn parse(page: &Page, limits: &ExtractLimits) -> Result<Self, Unparsable> {
        let html = dom::parse(&page.text, limits.depth)?;
        let base = dom::base(&html, &page.url);
        Ok(Self { html, base, bytes: page.text.len() })
    }

    /// The base of relative addresses.
    #[must_use]
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// The language that the page says it has.
    #[must_use]
    pub fn language(&self) -> Option<String> {
        dom::language(&self.html)
    }

    /// The page's title.
    #[must_use]
    pub fn title(&self) -> Option<String> {
        dom::title(&self.html)
    }

    /// The elements of the body, in page order.
    #[must_use]
    pub fn outline(&self) -> Outline<'_> {
        Outline::of(&self.html)
    }

    /// The elements that say something of the page: `link` and `meta`, wherever they stand.
    pub fn statements(&self) -> impl Iterator<Item = Statement<'_>> {
        let all = self.html.root_element().descendent_elements();
        all.filter(|e| matches!(e.value().name(), "link" | "meta")).map(Statement)
    }

    /// How many scripts the page runs.
    #[must_use]
    pub fn scripts(&self) -> usize {
        let all = self.html.root_element().descendent_elements().filter(|e| e.value().name() == "script");
        let runs = |e: &scraper::ElementRef<'_>| e.attr("type").is_none_or(|t| !t.contains("json"));
        all.filter(runs).count()
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
        let raws = listing::raw_items(nodes, self.bytes, &reader, &base, limits.candidates, &mut problems);
        let next = listing::next_page(document, &reader, &base);
        let root = Node::Element(document.root_element());
        let cursor = rules.cursor.as_ref().and_then(|field| field::single(root, &reader, "cursor", field));
        let (language, title) = (self.language(), self.title());
        problems.extend(reader.complaints());
        let candidates = dated(raws, language.as_deref(), now, &mut problems);
        let elsewhere = Elsewhere::default();
        Extraction { candidates, problems, listing, base, title, next, cursor, language, elsewhere }
    }
}

/// A `link` or `meta` element.
#[derive(Clone, Copy)]
pub struct Statement<'d>(scraper::ElementRef<'d>);

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
