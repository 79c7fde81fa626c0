//! Measures of the elements of an article's page: amounts of text, links, paragraphs.
//!
//! All elements are measured once, in one walk: on a page that nests deeply, reading the text of each
//! element anew would take quadratic time.

use std::collections::HashMap;

use super::class_names::{has_boilerplate_name, has_comments_name};
use super::element_kind::{is_block, is_silent};
use super::text::{length, share};
use crate::html::tree::{Edge, ElementRef, Html, Node, NodeId};
use crate::html::{embed, picture};

/// Largest share of the page's text for an element that is boilerplate by its names. A larger one holds the
/// article.
const MAX_BOILERPLATE_SHARE: f64 = 0.4;

/// The measures of all elements of a page.
#[derive(Debug, Default)]
pub(crate) struct Measures(HashMap<NodeId, Measure>);

/// The measures of one element.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Measure {
    /// Length of its text, without that of silent elements.
    pub(crate) text_length: usize,
    /// Length of its text in links.
    pub(crate) linked_length: usize,
    /// Numbers of its descendants of each kind.
    pub(crate) paragraphs: usize,
    pub(crate) list_items: usize,
    /// Pictures and players.
    pub(crate) images: usize,
    pub(crate) blocks: usize,
    /// Whether its names are those of boilerplate.
    has_boilerplate_name: bool,
    /// Whether it holds the comments of readers, and not the headline.
    is_comments: bool,
    /// Length of the text in the comments of readers.
    comments_length: usize,
    holds_headline: bool,
}

impl Measures {
    /// Measures every element, from the innermost outwards.
    pub(crate) fn of(document: &Html) -> Self {
        let mut measures = HashMap::new();
        let mut open: Vec<Measure> = Vec::new();
        for edge in document.tree.root().traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Element(_) => open.push(Measure::default()),
                    Node::Text(text) => {
                        if let Some(parent) = open.last_mut() {
                            parent.text_length += length(text);
                        }
                    }
                    _ => {}
                },
                Edge::Close(node) => {
                    if let Some(element) = ElementRef::wrap(node)
                        && let Some(mut measure) = open.pop()
                    {
                        measure.complete(element);
                        if let Some(parent) = open.last_mut() {
                            parent.add_child(element, &measure);
                        }
                        measures.insert(element.id(), measure);
                    }
                }
            }
        }
        Self(measures)
    }

    fn get(&self, element: ElementRef<'_>) -> Measure {
        self.0.get(&element.id()).copied().unwrap_or_default()
    }
}

impl Measure {
    /// Adds what the element itself has, once all its descendants are measured.
    fn complete(&mut self, element: ElementRef<'_>) {
        let is_link =
            element.value().name() == "a" && element.attr("href").is_some_and(|h| !h.starts_with('#'));
        if is_link {
            self.linked_length = self.text_length;
        }
        self.has_boilerplate_name = has_boilerplate_name(element);
        self.is_comments = !self.holds_headline && has_comments_name(element);
        if self.is_comments {
            self.comments_length = self.text_length;
        }
    }

    fn add_child(&mut self, child: ElementRef<'_>, measure: &Self) {
        let name = child.value().name();
        if !is_silent(child) {
            self.text_length += measure.text_length;
            self.linked_length += measure.linked_length;
            self.comments_length += measure.comments_length;
        }
        self.holds_headline |= measure.holds_headline || name == "h1";
        self.paragraphs += measure.paragraphs + usize::from(name == "p");
        self.list_items += measure.list_items + usize::from(name == "li");
        self.images += measure.images + usize::from(picture::is_picture(child) || embed::is_embed(name));
        self.blocks += measure.blocks + usize::from(is_block(name));
    }
}

/// The page as a whole, against which its elements are judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageContext<'m> {
    /// Length of the text of the page.
    pub(crate) text_length: usize,
    /// Whether boilerplate is recognised by class names.
    pub(crate) trusts_names: bool,
    pub(crate) measures: &'m Measures,
}

impl PageContext<'_> {
    /// Whether an element is boilerplate by its names, and not a large part of the page. Comments of readers
    /// may be a part of any size.
    pub(crate) fn is_boilerplate_by_name(self, element: ElementRef<'_>) -> bool {
        let measure = self.measure(element);
        if self.is_comments(element) {
            return true;
        }
        let share_of_page = share(measure.text_length, self.text_length.max(1));
        self.trusts_names && measure.has_boilerplate_name && share_of_page < MAX_BOILERPLATE_SHARE
    }

    /// Whether an element holds the comments of readers, by its names.
    pub(crate) fn is_comments(self, element: ElementRef<'_>) -> bool {
        self.trusts_names && self.measure(element).is_comments
    }

    /// Whether the names of an element are those of boilerplate, whatever its size.
    pub(crate) fn has_boilerplate_name(self, element: ElementRef<'_>) -> bool {
        self.measure(element).has_boilerplate_name
    }

    /// The length of the text of the page without the comments of readers.
    pub(crate) fn length_without_comments(self, root: ElementRef<'_>) -> usize {
        self.text_length.saturating_sub(self.measure(root).comments_length)
    }

    /// The measures of an element.
    pub(crate) fn measure(self, element: ElementRef<'_>) -> Measure {
        self.measures.get(element)
    }

    /// The length of an element's text, without that of silent elements.
    pub(crate) fn text_length(self, element: ElementRef<'_>) -> usize {
        self.measure(element).text_length
    }

    /// The length of an element's text, and of its text in links.
    pub(crate) fn text_lengths(self, element: ElementRef<'_>) -> (usize, usize) {
        let measure = self.measure(element);
        (measure.text_length, measure.linked_length)
    }

    /// The share of an element's text that is in links.
    pub(crate) fn link_density(self, element: ElementRef<'_>) -> f64 {
        let (text_length, linked_length) = self.text_lengths(element);
        if text_length == 0 { 0.0 } else { share(linked_length, text_length) }
    }
}
