//! A parsed page -> its outline, in one walk.

use std::collections::HashMap;

use ego_tree::NodeRef;
use scraper::node::Node;
use scraper::{ElementRef, Html};

use super::super::text::Folding;
use super::{Element, ElementId, Name, Names, Outline};

/// An element whose inner ones are being read.
struct Open {
    place: ElementId,
    /// Where its tags begin among those that are counted.
    tags: usize,
}

/// Tags of one element that are counted by looking at each.
const FEW_TAGS: usize = 12;

/// How many of each tag the open elements have had so far.
#[derive(Default)]
struct Tally {
    /// The tags of the innermost open element come last.
    few: Vec<(Name, u32)>,
    /// Those beyond the first few of an element.
    many: HashMap<(ElementId, Name), u32>,
}

impl Tally {
    fn next(&mut self, open: &Open, tag: Name) -> u32 {
        let own = &mut self.few[open.tags..];
        let many = own.len() >= FEW_TAGS;
        let count = match own.iter_mut().find(|(name, _)| *name == tag) {
            Some((_, count)) => count,
            None if many => self.many.entry((open.place, tag)).or_default(),
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
    pub(crate) fn of(html: &'d Html) -> Self {
        let mut out = Self {
            elements: Vec::new(),
            names: Names::default(),
            classes: Vec::new(),
            by_tag: Vec::new(),
            text: Folding::default(),
        };
        let root = html.root_element();
        let body = root.child_elements().find(|e| matches!(e.value().name(), "body" | "frameset"));
        out.fill(body.unwrap_or(root));
        out
    }

    /// Walks without recursion: pages nest deeply.
    fn fill(&mut self, root: ElementRef<'d>) {
        let (mut open, mut tally): (Vec<Open>, Tally) = (Vec::new(), Tally::default());
        let mut next: Option<NodeRef<'d, Node>> = Some(*root);
        while let Some(node) = next {
            let entered = self.enter(node, &mut open, &mut tally);
            next = entered.then(|| node.first_child()).flatten();
            if next.is_some() {
                continue;
            }
            let mut at = node;
            loop {
                if open.last().is_some_and(|o| self.elements[o.place as usize].node.id() == at.id()) {
                    self.leave(&mut open, &mut tally);
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

    /// Notes a node; says whether its inner nodes are looked at.
    fn enter(&mut self, node: NodeRef<'d, Node>, open: &mut Vec<Open>, tally: &mut Tally) -> bool {
        if let Some(text) = node.value().as_text() {
            let weight = self.text.push(text);
            if let Some(parent) = open.last() {
                self.elements[parent.place as usize].own += weight;
            }
            return false;
        }
        let Some(element) = ElementRef::wrap(node) else { return false };
        let value = element.value();
        if is_silent(value.name()) {
            self.text.push_all(node);
            return false;
        }
        let begin = self.text.text.len();
        self.text.edge(value);
        let place = ElementId::try_from(self.elements.len()).unwrap_or(ElementId::MAX);
        let classes = value.attrs().find(|(name, _)| *name == "class").map_or("", |(_, value)| value);
        let classes = self.note_classes(classes);
        let tag = self.names.of(value.name());
        let number = tag.0 as usize;
        if self.by_tag.len() <= number {
            self.by_tag.resize_with(number + 1, Vec::new);
        }
        self.by_tag[number].push(place);
        let nth = open.last().map_or(1, |o| tally.next(o, tag));
        self.elements.push(Element {
            node: element,
            parent: open.last().map_or(place, |o| o.place),
            end: place + 1,
            tag,
            classes,
            text: (begin, begin),
            own: 0,
            all: 0,
            linked: 0,
            links: u32::from(value.name() == "a" && value.attrs().any(|(name, _)| name == "href")),
            nth,
        });
        open.push(Open { place, tags: tally.few.len() });
        true
    }

    /// Notes the classes of an element, sorted and each once; gives where they stand.
    fn note_classes(&mut self, text: &'d str) -> (u32, u32) {
        let first = self.classes.len();
        for class in text.split_ascii_whitespace() {
            let name = self.names.of(class);
            self.classes.push(name);
        }
        if self.classes.len() > first + 1 {
            let mut several = self.classes.split_off(first);
            several.sort_unstable_by_key(|name| self.names.texts[name.0 as usize]);
            several.dedup();
            self.classes.append(&mut several);
        }
        let range = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        (range(first), range(self.classes.len()))
    }

    /// Sums an element up, once all its inner ones are known.
    fn leave(&mut self, open: &mut Vec<Open>, tally: &mut Tally) {
        let Some(Open { place, tags }) = open.pop() else { return };
        tally.few.truncate(tags);
        let end = ElementId::try_from(self.elements.len()).unwrap_or(ElementId::MAX);
        let element = &mut self.elements[place as usize];
        element.end = end;
        element.text.1 = self.text.text.len();
        self.text.edge(element.node.value());
        element.all += element.own;
        if element.node.value().name() == "a" {
            element.linked = element.all;
        }
        let (all, linked, links) = (element.all, element.linked, element.links);
        if let Some(parent) = open.last() {
            let parent = &mut self.elements[parent.place as usize];
            parent.all += all;
            parent.linked += linked;
            parent.links += links;
        }
    }
}

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
