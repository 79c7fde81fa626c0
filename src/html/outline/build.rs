//! A parsed page -> its outline, in one walk of the tree.

use std::collections::HashMap;

use ego_tree::NodeRef;
use scraper::node::Node;
use scraper::{ElementRef, Html};

use super::super::text::VisibleText;
use super::{Element, ElementId, Name, NameTable, Outline};

/// An element whose descendants are being read.
struct OpenElement {
    place: ElementId,
    /// Where the counts of its children begin in [`SiblingCounter::few`].
    first_count: usize,
}

/// Different tags of one element's children that are counted in a list; more than that are counted in a map.
const FEW_TAGS: usize = 12;

/// Counts the children of the open elements by tag.
#[derive(Default)]
struct SiblingCounter {
    /// The first few tags of each open element; those of the innermost come last.
    few: Vec<(Name, u32)>,
    /// The tags beyond the first few.
    many: HashMap<(ElementId, Name), u32>,
}

impl SiblingCounter {
    /// Counts a child of an open element; returns its position among the children of its tag, from 1.
    fn count(&mut self, parent: &OpenElement, tag: Name) -> u32 {
        let own = &mut self.few[parent.first_count..];
        let is_full = own.len() >= FEW_TAGS;
        let count = match own.iter_mut().find(|(name, _)| *name == tag) {
            Some((_, count)) => count,
            None if is_full => self.many.entry((parent.place, tag)).or_default(),
            None => {
                self.few.push((tag, 1));
                return 1;
            }
        };
        *count += 1;
        *count
    }
}

impl<'d> Outline<'d> {
    /// Builds the outline of a page's body.
    pub(crate) fn of(html: &'d Html) -> Self {
        let mut out = Self {
            elements: Vec::new(),
            names: NameTable::default(),
            classes: Vec::new(),
            by_tag: Vec::new(),
            text: VisibleText::default(),
        };
        let root = html.root_element();
        let body = root.child_elements().find(|e| matches!(e.value().name(), "body" | "frameset"));
        out.fill(body.unwrap_or(root));
        out
    }

    /// Walks the tree without recursion: pages nest deeply.
    fn fill(&mut self, root: ElementRef<'d>) {
        let mut open: Vec<OpenElement> = Vec::new();
        let mut siblings = SiblingCounter::default();
        let mut next: Option<NodeRef<'d, Node>> = Some(*root);
        while let Some(node) = next {
            let is_entered = self.enter(node, &mut open, &mut siblings);
            next = is_entered.then(|| node.first_child()).flatten();
            if next.is_some() {
                continue;
            }
            let mut at = node;
            loop {
                if open.last().is_some_and(|o| self.elements[o.place as usize].node.id() == at.id()) {
                    self.leave(&mut open, &mut siblings);
                }
                if at.id() == root.id() {
                    return;
                }
                if let Some(sibling) = at.next_sibling() {
                    next = Some(sibling);
                    break;
                }
                let Some(parent) = at.parent() else { return };
                at = parent;
            }
        }
    }

    /// Adds a node; returns whether its children are to be read.
    fn enter(
        &mut self,
        node: NodeRef<'d, Node>,
        open: &mut Vec<OpenElement>,
        siblings: &mut SiblingCounter,
    ) -> bool {
        if node.value().is_text() {
            let weight = self.text.push_text(node);
            if let Some(parent) = open.last() {
                self.elements[parent.place as usize].own_weight += weight;
            }
            return false;
        }
        let Some(element) = ElementRef::wrap(node) else { return false };
        let value = element.value();
        if is_silent(value.name()) {
            self.text.push_all(node);
            return false;
        }
        let text_begin = self.text.text.len();
        self.text.edge(value);
        let place = self.len();
        let class_names = value.attrs().find(|(name, _)| *name == "class").map_or("", |(_, value)| value);
        let classes = self.add_classes(class_names);
        let tag = self.names.intern(value.name());
        self.add_to_tag(tag, place);
        let nth = open.last().map_or(1, |parent| siblings.count(parent, tag));
        self.elements.push(Element {
            node: element,
            parent: open.last().map_or(place, |o| o.place),
            end: place + 1,
            tag,
            classes,
            text: (text_begin, text_begin),
            own_weight: 0,
            weight: 0,
            linked_weight: 0,
            links: u32::from(value.name() == "a" && value.attrs().any(|(name, _)| name == "href")),
            nth,
        });
        open.push(OpenElement { place, first_count: siblings.few.len() });
        true
    }

    fn add_to_tag(&mut self, tag: Name, place: ElementId) {
        let number = tag.0 as usize;
        if self.by_tag.len() <= number {
            self.by_tag.resize_with(number + 1, Vec::new);
        }
        self.by_tag[number].push(place);
    }

    /// Adds the classes of an element, sorted and each once; returns their range.
    fn add_classes(&mut self, text: &'d str) -> (u32, u32) {
        let first = self.classes.len();
        for class in text.split_ascii_whitespace() {
            let name = self.names.intern(class);
            self.classes.push(name);
        }
        if self.classes.len() > first + 1 {
            let mut own = self.classes.split_off(first);
            own.sort_unstable_by_key(|name| self.names.texts[name.0 as usize]);
            own.dedup();
            self.classes.append(&mut own);
        }
        let to_u32 = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        (to_u32(first), to_u32(self.classes.len()))
    }

    /// Completes the innermost open element, once all its descendants are known, and adds its sums to its
    /// parent.
    fn leave(&mut self, open: &mut Vec<OpenElement>, siblings: &mut SiblingCounter) {
        let Some(OpenElement { place, first_count }) = open.pop() else { return };
        siblings.few.truncate(first_count);
        let end = self.len();
        let element = &mut self.elements[place as usize];
        element.end = end;
        element.text.1 = self.text.text.len();
        self.text.edge(element.node.value());
        element.weight += element.own_weight;
        if element.node.value().name() == "a" {
            element.linked_weight = element.weight;
        }
        let weight = element.weight;
        let linked_weight = element.linked_weight;
        let links = element.links;
        if let Some(parent) = open.last() {
            let parent = &mut self.elements[parent.place as usize];
            parent.weight += weight;
            parent.linked_weight += linked_weight;
            parent.links += links;
        }
    }
}

/// Whether the outline leaves an element out. Its visible text still belongs to that of the elements around
/// it.
fn is_silent(tag: &str) -> bool {
    matches!(
        tag,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "svg"
            | "math"
            | "select"
            | "datalist"
            | "iframe"
            | "head"
    )
}
