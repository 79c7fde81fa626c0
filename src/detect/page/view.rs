//! A page as all of detection sees it. Texts, links and statistics are needed more than once, so they are
//! cached here.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use url::Url;

use super::dates::DateReader;
use super::hash::{FxHashMap, combine};
use super::links::{LinkTarget, LinkTargets, PageUrls};
use super::regions::Regions;
use super::text_stats::{TextStats, text_stats};
use super::texts::TextFacts;
use crate::html::{ElementId, Name, Outline};

/// Longer texts are skipped; in [`crate::html::weight`].
const MAX_TEXT_WEIGHT: u32 = 4000;
/// Cap on the text that is read in all: a multiple of the page's text, and bytes that are free for every
/// page.
const TEXT_BUDGET_FACTOR: usize = 12;
const FREE_TEXT_BYTES: usize = 1 << 20;

/// A page under detection.
pub(crate) struct PageView<'a, 'd> {
    pub(crate) outline: &'a Outline<'d>,
    pub(crate) regions: &'a Regions,
    pub(crate) dates: DateReader,
    links: LinkTargets<'a>,
    /// By element; see [`Self::shape`].
    shapes: Vec<u64>,
    facts_by_element: RefCell<Vec<Option<Rc<TextFacts<'a>>>>>,
    /// By the text itself, because an element and its only child have the same text.
    facts_by_text: RefCell<HashMap<&'a str, Rc<TextFacts<'a>>>>,
    /// By a hash of the texts' numbers, because several groups often have the same elements.
    stats_by_texts: RefCell<FxHashMap<u64, TextStats>>,
    /// Bytes of text that may still be read.
    text_budget: Cell<usize>,
}

impl<'a, 'd> PageView<'a, 'd> {
    pub(crate) fn new(
        outline: &'a Outline<'d>,
        regions: &'a Regions,
        dates: DateReader,
        urls: PageUrls<'a>,
    ) -> Self {
        let page_weight = if outline.is_empty() { 0 } else { outline.weight(0) as usize };
        Self {
            outline,
            regions,
            dates,
            links: LinkTargets::new(urls),
            shapes: shapes(outline),
            facts_by_element: RefCell::new(vec![None; outline.len() as usize]),
            facts_by_text: RefCell::default(),
            stats_by_texts: RefCell::default(),
            text_budget: Cell::new(FREE_TEXT_BYTES + page_weight * TEXT_BUDGET_FACTOR),
        }
    }

    /// A hash of an element's tag and of its classes without digits: equal for elements that look alike.
    pub(crate) fn shape(&self, element: ElementId) -> u64 {
        self.shapes[element as usize]
    }

    /// The page's own address.
    pub(crate) fn page_url(&self) -> &'a Url {
        self.links.urls.page
    }

    /// The base of the page's links.
    pub(crate) fn base_url(&self) -> &'a Url {
        self.links.urls.base
    }

    /// The visible text of an element; empty where it is too long to be a field.
    pub(crate) fn text_facts(&self, element: ElementId) -> Rc<TextFacts<'a>> {
        let mut by_element = self.facts_by_element.borrow_mut();
        let facts = by_element[element as usize].get_or_insert_with(|| self.facts_of(self.text(element)));
        Rc::clone(facts)
    }

    /// A text that is not the whole text of an element.
    pub(crate) fn facts_of(&self, text: &'a str) -> Rc<TextFacts<'a>> {
        let mut by_text = self.facts_by_text.borrow_mut();
        let number = by_text.len();
        Rc::clone(by_text.entry(text).or_insert_with(|| Rc::new(TextFacts::new(text, number))))
    }

    fn text(&self, element: ElementId) -> &'a str {
        let budget = self.text_budget.get();
        if self.outline.weight(element) > MAX_TEXT_WEIGHT || budget == 0 {
            return "";
        }
        let text = self.outline.text(element);
        self.text_budget.set(budget.saturating_sub(text.len()));
        text
    }

    /// Statistics of several texts.
    pub(crate) fn text_stats(&self, texts: &[Rc<TextFacts<'a>>]) -> TextStats {
        let key = texts.iter().fold(0, |key, facts| combine(key, facts.number as u64));
        let mut by_texts = self.stats_by_texts.borrow_mut();
        *by_texts.entry(key).or_insert_with(|| text_stats(texts, &self.dates))
    }

    /// The target of a link; `None` where it leads to no other page.
    pub(crate) fn target(&self, element: ElementId) -> Option<Rc<LinkTarget>> {
        self.links.target(self.outline, element)
    }
}

/// The shapes of all elements.
fn shapes(outline: &Outline<'_>) -> Vec<u64> {
    let mut digit_by_name: FxHashMap<Name, bool> = FxHashMap::default();
    let mut has_digit = |name: Name| {
        let look = || outline.text_of(name).bytes().any(|b| b.is_ascii_digit());
        *digit_by_name.entry(name).or_insert_with(look)
    };
    let mut shape = |element: ElementId| {
        let classes = outline.classes(element).iter().filter(|class| !has_digit(**class));
        // A sum, because the order of classes says nothing.
        let class_sum =
            classes.fold(0_u64, |sum, class| sum.wrapping_add(combine(1, u64::from(class.number()))));
        combine(class_sum, u64::from(outline.tag(element).number()))
    };
    (0..outline.len()).map(&mut shape).collect()
}
