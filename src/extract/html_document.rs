//! A parsed page. It is parsed once and may be read by several rules.

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use super::dates::read_dates;
use super::extraction::{
    ExtractContext, ExtractLimits, Extraction, LinkedPages, ListingState, listing_problem,
};
use super::item_node::ItemNode;
use super::listing::PageBounds;
use super::next_page::next_page;
use super::rule_reader::RuleReader;
use super::sources::json::{self, JsonContext};
use super::text_kind::kind_of_text;
use super::{container, field, listing, shared_date};
use crate::html::outline::Outline;
use crate::html::tree::{ElementRef, Html, NodeId};
use crate::html::{TreeShape, Unparsable, parse, table_spans, text};
use crate::model::{Kind, Page};
use crate::rules::{Css, Rules};

const READ_AS_HTML: &str = "the page is XML and is read as HTML, which loses CDATA and the texts of elements such as `link`; \
                            `kind = \"xml\"` reads it by its own rules";

/// A parsed page, and what a first pass over its elements found.
pub struct HtmlDocument {
    html: Html,
    base: Url,
    title: Option<String>,
    /// The `link` and `meta` elements.
    statements: Vec<NodeId>,
    /// Number of scripts, without those that are JSON.
    scripts: usize,
    /// Size of the page's text.
    bytes: usize,
    /// The kind of the text, if it is not a web page.
    other_kind: Option<Kind>,
    shape: TreeShape,
}

impl HtmlDocument {
    /// Parses a page within the limits. Cells of tables that span rows or columns are written out.
    ///
    /// # Errors
    /// When the page nests too deeply, has too many nodes, or a tag with too many attributes.
    pub fn parse(page: &Page, limits: &ExtractLimits) -> Result<Self, Unparsable> {
        let mut html = parse::parse(&page.text, limits.depth)?;
        table_spans::write_out(&mut html);
        let mut base_href = None;
        let mut title = None;
        let mut statements = Vec::new();
        let mut scripts = 0;
        for element in html.root_element().descendent_elements() {
            match element.value().name() {
                "base" if base_href.is_none() => base_href = element.attr("href"),
                "title" if title.is_none() && parse::is_html(element) => {
                    title = Some(text::visible_text(element));
                }
                "link" | "meta" => statements.push(element.id()),
                "script" => scripts += usize::from(element.attr("type").is_none_or(|t| !t.contains("json"))),
                _ => {}
            }
        }
        Ok(Self {
            base: parse::base_of(base_href, &page.url),
            title: title.filter(|t| !t.is_empty()),
            statements,
            scripts,
            bytes: page.text.len(),
            other_kind: kind_of_text(&page.text),
            shape: TreeShape::of(html.root_element()),
            html,
        })
    }

    /// The base of relative addresses.
    #[must_use]
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// The language that the page declares.
    #[must_use]
    pub fn language(&self) -> Option<String> {
        parse::language(&self.html)
    }

    /// The number of nodes of the page.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.html.tree.nodes().len()
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

    /// The `link` and `meta` elements, in the head or elsewhere.
    pub fn statements(&self) -> impl Iterator<Item = Statement<'_>> {
        self.statements.iter().filter_map(|id| ElementRef::wrap(self.html.tree.get(*id)?)).map(Statement)
    }

    /// The number of scripts that the page runs.
    #[must_use]
    pub fn scripts(&self) -> usize {
        self.scripts
    }

    /// The JSON in the page's scripts, in page order.
    #[must_use]
    pub fn embedded(&self) -> Vec<Value> {
        json::embedded::values(&self.html, None)
    }

    /// Extracts the items that rules for HTML find on the page.
    ///
    /// `remembered` is the selector of the container in the last good run; `now` is the base of relative
    /// dates.
    #[must_use]
    pub fn extract(
        &self,
        rules: &Rules,
        remembered: Option<&str>,
        limits: &ExtractLimits,
        now: DateTime<Utc>,
    ) -> Extraction {
        let document = &self.html;
        let reader = RuleReader::of_html(rules);
        let mut problems = Vec::new();
        let elements = listing::bounded_elements(document, &self.shape, &reader, &mut problems);
        let listing = container::listing_state(document, rules, remembered, &elements);
        let nodes = elements.into_iter().map(ItemNode::Element);
        let base = self.base.clone();
        let bounds = PageBounds { bytes: self.bytes, items: limits.candidates };
        let mut raw = listing::raw_items(nodes, bounds, &reader, &base, &mut problems);
        shared_date::drop_shared_dates(document, &mut raw, &mut problems);
        let next = next_page(document, &reader, &base);
        let root = ItemNode::Element(document.root_element());
        let cursor = rules.cursor.as_ref().and_then(|field| field::cursor(root, &reader, field));
        let language = self.language();
        problems.extend(reader.take_problems());
        let candidates = read_dates(raw, language.as_deref(), now, &mut problems);
        Extraction {
            candidates,
            problems,
            listing,
            base,
            title: self.title.clone(),
            next,
            cursor,
            language,
            linked_pages: LinkedPages::default(),
        }
    }

    /// Extracts items as [`extract`](Self::extract) does, and fails if the text is not a web page. A listing that
    /// is found in XML all the same has a problem that says so.
    ///
    /// # Errors
    /// When there is no listing, and the text is JSON, a feed, a sitemap or other XML.
    pub fn extract_listing(
        &self,
        rules: &Rules,
        remembered: Option<&str>,
        limits: &ExtractLimits,
        now: DateTime<Utc>,
    ) -> Result<Extraction, Unparsable> {
        let mut extraction = self.extract(rules, remembered, limits, now);
        match self.other_kind {
            Some(kind) if extraction.listing == ListingState::Missing => Err(Unparsable::NoPage(kind)),
            Some(Kind::Xml) => {
                extraction.problems.push(listing_problem(READ_AS_HTML.to_owned()));
                Ok(extraction)
            }
            _ => Ok(extraction),
        }
    }

    /// The next page of the listing, by rules for HTML.
    #[must_use]
    pub fn next_page(&self, rules: &Rules) -> Option<Url> {
        next_page(&self.html, &RuleReader::of_html(rules), &self.base)
    }

    /// Extracts the items that rules for JSON find in the scripts of the page.
    ///
    /// # Errors
    /// When there is no JSON in the scripts, or the text does not begin as a page does: a later run would read
    /// it as JSON.
    pub fn extract_json(
        &self,
        page: &Page,
        rules: &Rules,
        limits: &ExtractLimits,
        now: DateTime<Utc>,
    ) -> Result<Extraction, Unparsable> {
        if !json::is_page(&page.text) {
            return Err(Unparsable::NoJson);
        }
        let script = rules.script.as_ref().map(Css::selector);
        let values = json::embedded::values(&self.html, script);
        let context = ExtractContext::without_programs(limits, now);
        let language = self.language();
        let title = self.title.clone();
        json::extract_with(&values, rules, JsonContext { page, language, title, context })
    }
}

/// A `link` or `meta` element: a statement of the page about itself.
#[derive(Clone, Copy)]
pub struct Statement<'d>(ElementRef<'d>);

impl<'d> Statement<'d> {
    /// The value of an attribute.
    #[must_use]
    pub fn attr(&self, name: &str) -> Option<&'d str> {
        self.0.attr(name)
    }

    /// Whether the element is a `link`.
    #[must_use]
    pub fn is_link(&self) -> bool {
        self.0.value().name() == "link"
    }
}
