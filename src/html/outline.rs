//! A page as numbered elements: tags, classes and amounts of text at hand, for looking at all of it
//! many times.

mod build;

use std::collections::HashMap;

use ego_tree::NodeRef;
use scraper::ElementRef;
use scraper::node::Node;

use super::text::Folding;

/// An interned name of a tag or a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(u32);

impl Name {
    /// A number that no other name of the page has.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// The number of an element in page order; the body is 0.
pub type ElementId = u32;

/// The elements of a body, in page order: an element's inner ones follow it.
pub struct Outline<'d> {
    elements: Vec<Element<'d>>,
    names: Names<'d>,
    classes: Vec<Name>,
    /// By number of the tag's name; empty for names of classes alone.
    by_tag: Vec<Vec<ElementId>>,
    /// The text of the whole body, as a person reads it.
    text: Folding,
}

/// What is known of an element.
struct Element<'d> {
    node: ElementRef<'d>,
    parent: ElementId,
    /// The first place behind its inner elements.
    end: ElementId,
    tag: Name,
    /// Where its classes stand in the list of all.
    classes: (u32, u32),
    /// Where its text begins and ends in that of the body.
    text: (usize, usize),
    /// Text of its own, without that of inner elements; see [`super::weight`].
    own: u32,
    /// All text.
    all: u32,
    /// All text in links.
    linked: u32,
    /// Links with an address, itself included.
    links: u32,
    /// Which of its parent's elements of its tag it is, from 1.
    nth: u32,
}

#[derive(Default)]
struct Names<'d> {
    places: HashMap<&'d str, Name>,
    texts: Vec<&'d str>,
}

impl<'d> Names<'d> {
    fn of(&mut self, text: &'d str) -> Name {
        if let Some(name) = self.places.get(text) {
            return *name;
        }
        let name = Name(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.texts.push(text);
        self.places.insert(text, name);
        name
    }
}

impl<'d> Outline<'d> {
    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> ElementId {
        ElementId::try_from(self.elements.len()).unwrap_or(ElementId::MAX)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    fn at(&self, place: ElementId) -> &Element<'d> {
        &self.elements[place as usize]
    }

    /// The element around one; the outermost is its own.
    #[must_use]
    pub fn parent(&self, place: ElementId) -> ElementId {
        self.at(place).parent
    }

    /// The elements around one, the closest first.
    pub fn ancestors(&self, place: ElementId) -> impl Iterator<Item = ElementId> + '_ {
        let up = move |p: &ElementId| Some(self.parent(*p)).filter(|q| q != p);
        std::iter::successors(up(&place), move |p| up(p))
    }

    /// The first place behind an element and all in it.
    #[must_use]
    pub fn end(&self, place: ElementId) -> ElementId {
        self.at(place).end
    }

    /// The elements right inside one.
    pub fn children(&self, place: ElementId) -> impl Iterator<Item = ElementId> + '_ {
        let end = self.end(place);
        let first = Some(place + 1).filter(|p| *p < end);
        std::iter::successors(first, move |p| Some(self.end(*p)).filter(|q| *q < end))
    }

    /// The element that follows one inside the same parent.
    #[must_use]
    pub fn next_sibling(&self, place: ElementId) -> Option<ElementId> {
        let parent = self.parent(place);
        Some(self.end(place)).filter(|p| parent != place && *p < self.end(parent))
    }

    /// Which of its parent's elements of its tag an element is, from 1.
    #[must_use]
    pub fn nth(&self, place: ElementId) -> usize {
        self.at(place).nth as usize
    }

    /// The tag.
    #[must_use]
    pub fn tag(&self, place: ElementId) -> Name {
        self.at(place).tag
    }

    /// The tag as text.
    #[must_use]
    pub fn tag_text(&self, place: ElementId) -> &'d str {
        self.text_of(self.tag(place))
    }

    /// The text of a name.
    #[must_use]
    pub fn text_of(&self, name: Name) -> &'d str {
        self.names.texts[name.0 as usize]
    }

    /// The name of a text, if it occurs.
    #[must_use]
    pub fn name(&self, text: &str) -> Option<Name> {
        self.names.places.get(text).copied()
    }

    /// The classes, sorted by name.
    #[must_use]
    pub fn classes(&self, place: ElementId) -> &[Name] {
        let (first, last) = self.at(place).classes;
        &self.classes[first as usize..last as usize]
    }

    /// The value of an attribute.
    #[must_use]
    pub fn attr(&self, place: ElementId, name: &str) -> Option<&'d str> {
        // By text: interning the name costs more than looking at all attributes there are.
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

    /// The amount of text that an element has itself; see [`super::weight`].
    #[must_use]
    pub fn own_weight(&self, place: ElementId) -> u32 {
        self.at(place).own
    }

    /// The amount of all its text.
    #[must_use]
    pub fn weight(&self, place: ElementId) -> u32 {
        self.at(place).all
    }

    /// The amount of its text that stands in links.
    #[must_use]
    pub fn linked_weight(&self, place: ElementId) -> u32 {
        self.at(place).linked
    }

    /// How many links with an address it has, itself included.
    #[must_use]
    pub fn links(&self, place: ElementId) -> u32 {
        self.at(place).links
    }

    /// The text that a person reads in an element.
    #[must_use]
    pub fn text(&self, place: ElementId) -> &str {
        let (begin, end) = self.at(place).text;
        self.text.text[begin..end].trim_start_matches(' ')
    }

    /// The text right behind an element, up to the next element.
    #[must_use]
    pub fn text_after(&self, place: ElementId) -> Option<&'d str> {
        beside(self.at(place).node.next_sibling())
    }

    /// The text right before an element, from the element before on.
    #[must_use]
    pub fn text_before(&self, place: ElementId) -> Option<&'d str> {
        beside(self.at(place).node.prev_sibling())
    }

    /// The element's own pieces of text that say something: their numbers among all its text nodes,
    /// from 1, as XPath counts them.
    #[must_use]
    pub fn own_texts(&self, place: ElementId) -> Vec<(usize, &'d str)> {
        let texts = self.at(place).node.children().filter_map(|n| n.value().as_text());
        let texts = texts.enumerate().map(|(i, t)| (i + 1, t.trim()));
        texts.filter(|(_, t)| t.chars().any(char::is_alphanumeric)).collect()
    }
}

fn beside(node: Option<NodeRef<'_, Node>>) -> Option<&str> {
    let text = node?.value().as_text()?.trim();
    text.chars().any(char::is_alphanumeric).then_some(text)
}
