//! A page as a table of numbered elements with their tags, classes and amounts of text, so that the whole
//! page can be searched many times at little cost. Built once from a parsed page by `build`; it never
//! changes afterwards.

mod build;

use std::collections::HashMap;

use ego_tree::NodeRef;
use scraper::ElementRef;
use scraper::node::Node;

use super::text::VisibleText;

/// An interned name of a tag or a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(u32);

impl Name {
    /// The number of the name, unique on its page.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// The number of an element in page order; the body is 0.
pub type ElementId = u32;

/// The elements of a body, in document order: the descendants of an element follow it directly.
pub struct Outline<'d> {
    elements: Vec<Element<'d>>,
    names: NameTable<'d>,
    classes: Vec<Name>,
    /// The elements of each tag, by the number of the tag's name; empty for names that only classes have.
    by_tag: Vec<Vec<ElementId>>,
    /// The visible text of the whole body.
    text: VisibleText,
}

/// An element and its measures.
struct Element<'d> {
    node: ElementRef<'d>,
    parent: ElementId,
    /// The number after its last descendant.
    end: ElementId,
    tag: Name,
    /// The range of its classes in the list of all classes.
    classes: (u32, u32),
    /// The range of its text in that of the body, in bytes.
    text: (usize, usize),
    /// Weight of its own text nodes; see [`super::weight`].
    own_weight: u32,
    /// Weight of all its text.
    weight: u32,
    /// Weight of its text in links.
    linked_weight: u32,
    /// Number of links with an address, itself included.
    links: u32,
    /// Its position among the siblings of its tag, from 1, as `nth-of-type` counts.
    nth: u32,
}

/// Interned texts: each gets a number.
#[derive(Default)]
struct NameTable<'d> {
    by_text: HashMap<&'d str, Name>,
    texts: Vec<&'d str>,
}

impl<'d> NameTable<'d> {
    /// The name of a text; a new one if the text is new.
    fn intern(&mut self, text: &'d str) -> Name {
        if let Some(name) = self.by_text.get(text) {
            return *name;
        }
        let name = Name(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.texts.push(text);
        self.by_text.insert(text, name);
        name
    }
}

impl<'d> Outline<'d> {
    /// The number of elements.
    #[must_use]
    pub fn len(&self) -> ElementId {
        ElementId::try_from(self.elements.len()).unwrap_or(ElementId::MAX)
    }

    /// Whether there are no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    fn at(&self, place: ElementId) -> &Element<'d> {
        &self.elements[place as usize]
    }

    /// The parent of an element; the outermost element is its own parent.
    #[must_use]
    pub fn parent(&self, place: ElementId) -> ElementId {
        self.at(place).parent
    }

    /// The ancestors of an element, the closest first.
    pub fn ancestors(&self, place: ElementId) -> impl Iterator<Item = ElementId> + '_ {
        let parent = move |p: &ElementId| Some(self.parent(*p)).filter(|q| q != p);
        std::iter::successors(parent(&place), move |p| parent(p))
    }

    /// The number after the last descendant of an element.
    #[must_use]
    pub fn end(&self, place: ElementId) -> ElementId {
        self.at(place).end
    }

    /// The children of an element.
    pub fn children(&self, place: ElementId) -> impl Iterator<Item = ElementId> + '_ {
        let end = self.end(place);
        let first = Some(place + 1).filter(|p| *p < end);
        std::iter::successors(first, move |p| Some(self.end(*p)).filter(|q| *q < end))
    }

    /// The next sibling of an element.
    #[must_use]
    pub fn next_sibling(&self, place: ElementId) -> Option<ElementId> {
        let parent = self.parent(place);
        Some(self.end(place)).filter(|p| parent != place && *p < self.end(parent))
    }

    /// The position of an element among the siblings of its tag, from 1, as `nth-of-type` counts.
    #[must_use]
    pub fn nth(&self, place: ElementId) -> usize {
        self.at(place).nth as usize
    }

    /// The tag of an element.
    #[must_use]
    pub fn tag(&self, place: ElementId) -> Name {
        self.at(place).tag
    }

    /// The tag of an element as text.
    #[must_use]
    pub fn tag_text(&self, place: ElementId) -> &'d str {
        self.text_of(self.tag(place))
    }

    /// The text of a name.
    #[must_use]
    pub fn text_of(&self, name: Name) -> &'d str {
        self.names.texts[name.0 as usize]
    }

    /// The name of a text, if it is a tag or class of the page.
    #[must_use]
    pub fn name(&self, text: &str) -> Option<Name> {
        self.names.by_text.get(text).copied()
    }

    /// The classes of an element, each once, sorted by their texts.
    #[must_use]
    pub fn classes(&self, place: ElementId) -> &[Name] {
        let (first, last) = self.at(place).classes;
        &self.classes[first as usize..last as usize]
    }

    /// The value of an attribute.
    #[must_use]
    pub fn attr(&self, place: ElementId, name: &str) -> Option<&'d str> {
        // Comparing texts costs less than a look-up in the table: elements have few attributes.
        self.attrs(place).find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    /// The names and values of all attributes.
    pub fn attrs(&self, place: ElementId) -> impl Iterator<Item = (&'d str, &'d str)> + use<'d> {
        self.at(place).node.value().attrs()
    }

    /// All elements of a tag, in page order.
    #[must_use]
    pub fn of_tag(&self, tag: Name) -> &[ElementId] {
        self.by_tag.get(tag.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The weight of the text nodes that are children of an element; see [`super::weight`].
    #[must_use]
    pub fn own_weight(&self, place: ElementId) -> u32 {
        self.at(place).own_weight
    }

    /// The weight of all text of an element.
    #[must_use]
    pub fn weight(&self, place: ElementId) -> u32 {
        self.at(place).weight
    }

    /// The weight of the text of an element that is in links.
    #[must_use]
    pub fn linked_weight(&self, place: ElementId) -> u32 {
        self.at(place).linked_weight
    }

    /// The number of links with an address in an element, itself included.
    #[must_use]
    pub fn links(&self, place: ElementId) -> u32 {
        self.at(place).links
    }

    /// The visible text of an element.
    #[must_use]
    pub fn text(&self, place: ElementId) -> &str {
        let (begin, end) = self.at(place).text;
        self.text.text[begin..end].trim_start_matches(' ')
    }

    /// The text node directly after an element, if it has letters or digits.
    #[must_use]
    pub fn text_after(&self, place: ElementId) -> Option<&'d str> {
        readable_text(self.at(place).node.next_sibling())
    }

    /// The text node directly before an element, if it has letters or digits.
    #[must_use]
    pub fn text_before(&self, place: ElementId) -> Option<&'d str> {
        readable_text(self.at(place).node.prev_sibling())
    }

    /// The text nodes of an element that have letters or digits, with their position among all its text
    /// nodes, from 1, as XPath counts them.
    #[must_use]
    pub fn own_texts(&self, place: ElementId) -> Vec<(usize, &'d str)> {
        let text_nodes = self.at(place).node.children().filter_map(|n| n.value().as_text());
        let numbered = text_nodes.enumerate().map(|(index, text)| (index + 1, text.trim()));
        numbered.filter(|(_, text)| text.chars().any(char::is_alphanumeric)).collect()
    }
}

/// The trimmed text of a text node, if it has letters or digits.
fn readable_text(node: Option<NodeRef<'_, Node>>) -> Option<&str> {
    let text = node?.value().as_text()?.trim();
    text.chars().any(char::is_alphanumeric).then_some(text)
}
