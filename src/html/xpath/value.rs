//! What an expression gives, and how one kind is read as another (XPath 1.0, section 4).

use ego_tree::NodeRef;
use scraper::ElementRef;
use scraper::node::Node;

/// A place in a document.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spot<'d> {
    /// A node of the tree.
    Node(NodeRef<'d, Node>),
    /// An attribute of an element: its place among the others, its name and value.
    Attribute(ElementRef<'d>, usize, &'d str, &'d str),
}

impl<'d> Spot<'d> {
    /// Tells two places apart, and puts them in the order of the document: nodes are numbered as the
    /// parser made them.
    pub(crate) fn order(&self) -> (ego_tree::NodeId, usize) {
        match self {
            Self::Node(node) => (node.id(), 0),
            Self::Attribute(element, index, ..) => (element.id(), index + 1),
        }
    }

    /// The element that stands here.
    pub(crate) fn element(&self) -> Option<ElementRef<'d>> {
        match self {
            Self::Node(node) => ElementRef::wrap(*node),
            Self::Attribute(..) => None,
        }
    }

    /// The text that stands here (section 5: `string-value`).
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Attribute(.., value) => (*value).to_owned(),
            Self::Node(node) => match node.value() {
                Node::Text(text) => text.to_string(),
                Node::Comment(comment) => comment.to_string(),
                _ => node.descendants().filter_map(|n| n.value().as_text().map(|t| &**t)).collect(),
            },
        }
    }

    /// The name of the element or attribute.
    pub(crate) fn name(&self) -> &'d str {
        match self {
            Self::Attribute(_, _, name, _) => name,
            Self::Node(node) => node.value().as_element().map_or("", |e| e.name()),
        }
    }
}

/// What an expression gives.
#[derive(Debug, Clone)]
pub(crate) enum Value<'d> {
    /// Places, in the order of the document.
    Spots(Vec<Spot<'d>>),
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Truth(bool),
}

impl Value<'_> {
    /// As a text (section 4.2).
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Spots(spots) => spots.first().map(Spot::text).unwrap_or_default(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => written(*number),
            Self::Truth(truth) => truth.to_string(),
        }
    }

    /// As a number (section 4.4); not a number if it is none.
    pub(crate) fn number(&self) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Truth(truth) => f64::from(u8::from(*truth)),
            other => read_number(&other.text()),
        }
    }

    /// As yes or no (section 4.3).
    pub(crate) fn truth(&self) -> bool {
        match self {
            Self::Spots(spots) => !spots.is_empty(),
            Self::Text(text) => !text.is_empty(),
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Truth(truth) => *truth,
        }
    }
}

/// A text as a number.
pub(crate) fn read_number(text: &str) -> f64 {
    let text = text.trim();
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    if plain { text.parse().unwrap_or(f64::NAN) } else { f64::NAN }
}

fn written(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        number.to_string()
    }
}
