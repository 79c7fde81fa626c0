//! The bounds of a tree that is being parsed, measured after each piece of its text.
//!
//! For each tag the parser may look at all open elements, so that its work is the number of tags times the
//! depth. Names that it does not know go into one table for all threads, which becomes slow with many of them;
//! and a second `<html>` or `<body>` adds its attributes to those of the first. In XML, the parser looks for each
//! prefix in all open elements that declare namespaces.

use std::collections::HashSet;

use ego_tree::{NodeId, NodeRef};
use html5ever::{LocalName, Namespace, Prefix};
use scraper::node::Element;
use scraper::{Html, Node};

use super::{Unparsable, allowance};
use crate::model::Limit;

/// Bytes for each node beyond those that are free. A node that is written out takes more than that, so that only
/// texts whose nodes the parser multiplies reach the cap.
const BYTES_PER_NODE: usize = 2;
/// Cap on the nodes of a text of any size.
const MAX_NODES: usize = 700_000;

/// A text that the parser reads: a whole page, or a fragment of HTML in it. A page may hold hundreds of fragments,
/// so each of them gets fewer free steps and nodes than a page.
pub(super) enum Parsed {
    Page,
    Fragment,
}

impl Parsed {
    /// Steps that any text may take: one step is one open element at one tag.
    fn free_steps(&self) -> usize {
        match self {
            Self::Page => 500_000,
            Self::Fragment => 20_000,
        }
    }

    /// Nodes that a text of any size may have.
    fn free_nodes(&self) -> usize {
        match self {
            Self::Page => 10_000,
            Self::Fragment => 500,
        }
    }

    /// Units of the page's allowance for each unit of work. Most fragments are parsed again when they are made
    /// safe.
    fn weight(&self) -> u64 {
        match self {
            Self::Page => 1,
            Self::Fragment => 2,
        }
    }
}

/// Steps for each byte. Real pages take one or two.
const STEPS_PER_BYTE: usize = 5;

/// Steps that the names in any XML may take: one step is one open element with declarations at one name.
const FREE_NAME_STEPS: usize = 1_000_000;
/// The same for each byte. A step at a declaration costs far more than one at another element.
const NAME_STEPS_PER_BYTE: usize = 2;

/// Cap on the different names of elements and attributes of one page; real ones have a few hundred.
const MAX_NAMES: usize = 5_000;

/// Cap on the attributes that `<html>` and `<body>` gather.
const MAX_ROOT_ATTRIBUTES: usize = 1_000;

/// The root element and the two of its children that gather attributes.
const MAX_ROOTS: usize = 3;

/// Units of the page's allowance for a picture or player, whose addresses are looked for in many places.
const UNITS_PER_SHOWN: u64 = 6;

/// Units for an element of XML beside its tags: the prefixes of its names are looked up, and feeds are read by names
/// of elements.
const UNITS_PER_XML_ELEMENT: u64 = 1;

/// New nodes of which one has its depth measured.
const SAMPLED: usize = 8;

/// The bounds of one tree, and what was measured of it so far.
pub(super) struct TreeBounds {
    max_depth: usize,
    max_nodes: usize,
    max_steps: usize,
    steps: usize,
    /// See [`Parsed::weight`].
    weight: u64,
    /// Whether the text is read even when the page's allowance is used up: so are titles and names.
    is_short: bool,
    /// Nodes that were measured.
    measured: usize,
    /// The depth at the end of the last piece.
    depth: usize,
    /// The root element and its first two children, which gather attributes.
    roots: Vec<NodeId>,
    names: HashSet<LocalName>,
    namespaces: HashSet<(Option<Prefix>, Namespace)>,
    /// The names of XML; none for HTML.
    xml: Option<NameSteps>,
}

/// The work that the names of XML make.
struct NameSteps {
    max_steps: usize,
    steps: usize,
    /// Tags with declarations of namespaces so far.
    declaring: usize,
}

impl NameSteps {
    /// Takes the steps for a piece of the text with so many names. Whether they are within the bound.
    fn take(&mut self, piece: &str, names: usize, deepest: usize) -> bool {
        self.declaring += piece.split('<').filter(|tag| tag.contains("xmlns")).count();
        self.steps += names * deepest.min(self.declaring);
        self.steps <= self.max_steps
    }
}

impl TreeBounds {
    /// The bounds of the tree of a text.
    pub(super) fn of(text: &str, max_depth: usize, parsed: &Parsed) -> Self {
        Self {
            max_depth,
            max_nodes: MAX_NODES.min(parsed.free_nodes() + text.len() / BYTES_PER_NODE),
            max_steps: parsed.free_steps() + STEPS_PER_BYTE * text.len(),
            weight: parsed.weight(),
            is_short: text.len() <= allowance::SHORT_TEXT_BYTES,
            steps: 0,
            measured: 0,
            depth: 0,
            roots: Vec::new(),
            names: HashSet::new(),
            namespaces: HashSet::new(),
            xml: None,
        }
    }

    /// The bounds of the tree of a text of XML.
    pub(super) fn of_xml(text: &str, max_depth: usize) -> Self {
        let max_steps = FREE_NAME_STEPS + NAME_STEPS_PER_BYTE * text.len();
        let xml = Some(NameSteps { max_steps, steps: 0, declaring: 0 });
        Self { xml, ..Self::of(text, max_depth, &Parsed::Page) }
    }

    /// Looks at the whole text before it is parsed.
    ///
    /// # Errors
    /// [`Limit::Markup`] if it is sure to take more than the page has left. A short text is parsed all the same.
    pub(super) fn begin(&self, text: &str) -> Result<(), Unparsable> {
        let begun = allowance::begin(text, self.weight);
        if self.is_short { Ok(()) } else { begun }
    }

    /// Measures what a piece of the text has added to the tree.
    ///
    /// # Errors
    /// [`Limit::Depth`], [`Limit::Nodes`], [`Limit::NestedTags`], [`Limit::Names`] or [`Limit::Attributes`].
    pub(super) fn check(&mut self, html: &Html, piece: &str) -> Result<(), Unparsable> {
        let limit = |limit| Err(Unparsable::Limit(limit));
        let nodes = html.tree.nodes().len();
        if nodes > self.max_nodes {
            return limit(Limit::Nodes(self.max_nodes));
        }
        let added = added_nodes(html, nodes.saturating_sub(self.measured));
        // The parser adds elements inside its open elements, so that the newest show the depth.
        let newest = html.tree.nodes().rev().take(SAMPLED);
        let depth_now = newest.map(|node| node.ancestors().count()).max().unwrap_or(0);
        let sampled = added.iter().step_by(SAMPLED);
        let deepest = sampled.map(|node| node.ancestors().count()).max().unwrap_or(0);
        let deepest = deepest.max(depth_now).max(self.depth);
        if deepest > self.max_depth {
            return limit(Limit::Depth(self.max_depth));
        }
        // In XML, attributes may have prefixes, too.
        let is_xml = self.xml.is_some();
        let names = piece.bytes().filter(|byte| *byte == b'<' || is_xml && *byte == b':').count();
        self.steps += names * deepest;
        let has_room = self.xml.as_mut().is_none_or(|xml| xml.take(piece, names, deepest));
        if self.steps > self.max_steps || !has_room {
            return limit(Limit::NestedTags);
        }
        self.take(allowance::units(piece, added.len()))?;
        self.take_elements(&added)?;
        self.measured = nodes;
        self.depth = depth_now;
        if self.root_attributes(html) > MAX_ROOT_ATTRIBUTES {
            return limit(Limit::Attributes(MAX_ROOT_ATTRIBUTES));
        }
        Ok(())
    }

    /// Takes the names of the new nodes, and the work that pictures and players make later.
    fn take_elements(&mut self, added: &[NodeRef<'_, Node>]) -> Result<(), Unparsable> {
        let mut units = 0;
        for node in added {
            let Some(element) = node.value().as_element() else { continue };
            if self.roots.len() < MAX_ROOTS && self.is_root_or_in_root(*node) {
                self.roots.push(node.id());
            }
            units += UNITS_PER_SHOWN * u64::from(is_shown(element.name()));
            units += UNITS_PER_XML_ELEMENT * u64::from(self.xml.is_some());
            self.take_names(element);
            if self.names.len() + self.namespaces.len() > MAX_NAMES {
                return Err(Unparsable::Limit(Limit::Names(MAX_NAMES)));
            }
        }
        self.take(units)
    }

    fn take(&self, units: u64) -> Result<(), Unparsable> {
        let taken = allowance::take(self.weight * units);
        if self.is_short { Ok(()) } else { taken }
    }

    fn is_root_or_in_root(&self, node: NodeRef<'_, Node>) -> bool {
        // The parser of a fragment makes an element that is in no tree.
        node.parent().is_some_and(|parent| self.roots.first().is_none_or(|root| parent.id() == *root))
    }

    fn take_names(&mut self, element: &Element) {
        let attributes = element.attrs.iter().map(|(name, _)| name);
        for name in std::iter::once(&element.name).chain(attributes) {
            if !self.names.contains(&name.local) {
                self.names.insert(name.local.clone());
            }
            if self.xml.is_some() {
                self.namespaces.insert((name.prefix.clone(), name.ns.clone()));
            }
        }
    }

    /// The most attributes of the root element and its children.
    fn root_attributes(&self, html: &Html) -> usize {
        let elements = self.roots.iter().filter_map(|id| html.tree.get(*id)?.value().as_element());
        elements.map(|element| element.attrs.len()).max().unwrap_or(0)
    }
}

/// The nodes that were added last, in their order. The tree gives its nodes one by one, so they are taken from its
/// end: to pass all others after each piece would take quadratic time.
fn added_nodes(html: &Html, count: usize) -> Vec<NodeRef<'_, Node>> {
    let mut added: Vec<NodeRef<'_, Node>> = html.tree.nodes().rev().take(count).collect();
    added.reverse();
    added
}

/// Whether elements of a name show a picture or a player. The modules that look for their addresses call the parser,
/// so it cannot call them.
fn is_shown(name: &str) -> bool {
    matches!(name, "img" | "picture" | "iframe" | "video" | "audio" | "object" | "embed")
}
