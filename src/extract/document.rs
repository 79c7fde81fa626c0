//! A parsed page, to be read by several rules without being parsed again.

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use super::field::{Node, Reader};
use super::sources::json;
use super::{Elsewhere, ExtractLimits, Extraction, container, dated, field, listing};
use crate::html::outline::Outline;
use crate::html::tree::{ElementRef, Html, NodeId};
use crate::html::{Unparsable, parse, text};
use crate::model::Page;
use crate::rules::Rules;

/// A parsed page.
pub struct Document {
    html: Html,
    base: Url,
    title: Option<String>,
    /// Its `link` and `meta` elements.
    statements: Vec<NodeId>,
    scripts: usize,
    bytes: usize,
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
        Ok(Self { base, title, statements, scripts, bytes: page.text.len(), html })
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
        let raws = listing::raw_items(nodes, self.bytes, &reader, &base, limits.candidates, &mut problems);
        let next = listing::next_page(document, &reader, &base);
        let root = Node::Element(document.root_element());
        let cursor = rules.cursor.as_ref().and_then(|field| field::single(root, &reader, "cursor", field));
        let (language, title) = (self.language(), self.title.clone());
        problems.extend(reader.complaints());
        let candidates = dated(raws, language.as_deref(), now, &mut problems);
        let elsewhere = Elsewhere::default();
        Extraction { candidates, problems, listing, base, title, next, cursor, language, elsewhere }
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
