//! The measures of a tree on which the steps of a search by CSS depend, taken in one walk.

use std::collections::HashMap;

use ego_tree::iter::Edge;
use scraper::ElementRef;
use scraper::node::Element;

/// Bytes of attributes whose reading is a step.
const BYTES_PER_STEP: usize = 32;

/// The measures of a tree on which the steps of a search depend.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TreeMeasures {
    pub(super) elements: u64,
    /// The depths of all elements together; the sizes of all subtrees together are the same number.
    pub(super) depths: u64,
    pub(super) deepest: u64,
    /// The steps of reading the names of all elements once.
    pub(super) named: TagSteps,
    /// The same for the elements around each element, or inside each element, all together.
    pub(super) named_depths: TagSteps,
    /// The places in `tags` by the names of elements, in lower case.
    places: HashMap<String, usize>,
    tags: Vec<TagShape>,
}

/// The measures of the elements of one tag, all together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct TagShape {
    /// The siblings before them.
    pub(super) before: SiblingSums,
    /// The siblings before and after them.
    pub(super) around: SiblingSums,
    /// The steps of reading the names of the siblings before them.
    pub(super) names_before: TagSteps,
    /// The same, as often as elements are inside of them.
    pub(super) names_before_ancestors: TagSteps,
    /// The sizes of their subtrees, themselves included.
    pub(super) sizes: u64,
    pub(super) squared_sizes: u64,
    /// The most elements that have the same parent as one of them.
    pub(super) widest: u64,
}

/// Numbers of siblings of some elements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct SiblingSums {
    /// For each of these elements.
    pub(super) all: u64,
    /// For each element inside of them, and themselves.
    pub(super) inside: u64,
}

impl SiblingSums {
    fn add(&mut self, siblings: u64, size: u64) {
        self.all = self.all.saturating_add(siblings);
        self.inside = self.inside.saturating_add(siblings.saturating_mul(size));
    }
}

/// The steps of reading the names of elements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct TagSteps {
    /// For a class.
    pub(super) classes: u64,
    /// For an attribute.
    pub(super) attributes: u64,
}

impl TagSteps {
    fn of(element: &Element) -> Self {
        let mut names = Self::default();
        for (name, value) in &element.attrs {
            let length = (value.len() / BYTES_PER_STEP) as u64;
            if &*name.local == "class" {
                let classes = value.split_ascii_whitespace().count() as u64 + length;
                names = names.plus(Self { classes, attributes: classes });
            } else {
                names.attributes += length;
            }
            names.attributes += 1;
        }
        names
    }

    fn plus(self, other: Self) -> Self {
        Self {
            classes: self.classes.saturating_add(other.classes),
            attributes: self.attributes.saturating_add(other.attributes),
        }
    }

    fn times(self, factor: u64) -> Self {
        Self {
            classes: self.classes.saturating_mul(factor),
            attributes: self.attributes.saturating_mul(factor),
        }
    }

    fn max(self, other: Self) -> Self {
        Self { classes: self.classes.max(other.classes), attributes: self.attributes.max(other.attributes) }
    }
}

impl TreeMeasures {
    /// Measures an element and all elements in it.
    pub(super) fn of(root: ElementRef<'_>) -> Self {
        let mut walk = ShapeWalk::default();
        for edge in root.traverse() {
            match edge {
                Edge::Open(node) => {
                    if let Some(element) = node.value().as_element() {
                        walk.enter(element);
                    }
                }
                Edge::Close(node) if node.value().is_element() => walk.leave(),
                Edge::Close(_) => {}
            }
        }
        walk.add_children(0);
        walk.shape
    }

    /// A measure of the elements of a tag; of all elements, if the tag is empty.
    pub(super) fn of_tag(&self, tag: &str, part: impl Fn(&TagShape) -> u64) -> u64 {
        if tag.is_empty() {
            return self.tags.iter().map(part).fold(0, u64::saturating_add);
        }
        self.places.get(tag).map_or(0, |place| part(&self.tags[*place]))
    }

    /// The most elements that have the same parent as one of a tag; as one of any tag, if it is empty.
    pub(super) fn widest(&self, tag: &str) -> u64 {
        if tag.is_empty() {
            return self.tags.iter().map(|tag| tag.widest).max().unwrap_or(0);
        }
        self.of_tag(tag, |tag| tag.widest)
    }

    /// The place of the measures of a tag. Names in drawings may have capitals; selectors are read in lower case.
    fn place(&mut self, tag: &str) -> usize {
        if tag.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return self.place(&tag.to_ascii_lowercase());
        }
        if let Some(place) = self.places.get(tag) {
            return *place;
        }
        let place = self.tags.len();
        self.tags.push(TagShape::default());
        self.places.insert(tag.to_owned(), place);
        place
    }
}

/// A walk over the elements of a tree.
#[derive(Default)]
struct ShapeWalk {
    shape: TreeMeasures,
    open: Vec<EnteredElement>,
    /// The elements that were left, and whose parents were not.
    left: Vec<LeftElement>,
}

/// An element whose children are being measured.
struct EnteredElement {
    place: usize,
    names: TagSteps,
    /// The names of it and of the elements around it.
    names_around: TagSteps,
    /// The number of elements before it.
    begun: u64,
    /// The place of its first child among the elements that were left.
    first_child: usize,
}

/// An element whose children have been measured.
struct LeftElement {
    place: usize,
    names: TagSteps,
    size: u64,
}

impl ShapeWalk {
    fn enter(&mut self, element: &Element) {
        let names = TagSteps::of(element);
        let depth = self.open.len() as u64 + 1;
        let around = self.open.last().map(|parent| parent.names_around).unwrap_or_default();
        let place = self.shape.place(element.name());
        self.open.push(EnteredElement {
            place,
            names,
            names_around: around.plus(names),
            begun: self.shape.elements,
            first_child: self.left.len(),
        });
        self.shape.elements += 1;
        self.shape.depths += depth;
        self.shape.deepest = self.shape.deepest.max(depth);
        self.shape.named = self.shape.named.plus(names);
        self.shape.named_depths = self.shape.named_depths.plus(around.max(names.times(depth)));
    }

    fn leave(&mut self) {
        let Some(element) = self.open.pop() else { return };
        self.add_children(element.first_child);
        let size = self.shape.elements - element.begun;
        self.left.push(LeftElement { place: element.place, names: element.names, size });
    }

    /// Adds the measures of elements with the same parent, from the first of them on.
    fn add_children(&mut self, first: usize) {
        let count = (self.left.len() - first) as u64;
        let mut names_before = TagSteps::default();
        for (before, child) in (0..).zip(self.left.drain(first..)) {
            let tag = &mut self.shape.tags[child.place];
            tag.before.add(before, child.size);
            tag.around.add(count - 1, child.size);
            tag.names_before = tag.names_before.plus(names_before);
            tag.names_before_ancestors = tag.names_before_ancestors.plus(names_before.times(child.size));
            tag.sizes = tag.sizes.saturating_add(child.size);
            tag.squared_sizes = tag.squared_sizes.saturating_add(child.size.saturating_mul(child.size));
            tag.widest = tag.widest.max(count);
            names_before = names_before.plus(child.names);
        }
    }
}
