//! The values of expressions, and the conversions between their types (XPath 1.0, section 4).

use ego_tree::NodeRef;
use scraper::ElementRef;
use scraper::node::Node;

/// A node in the sense of XPath: attributes are nodes, too.
#[derive(Debug, Clone, Copy)]
pub(crate) enum XPathNode<'d> {
    /// A node of the tree.
    Node(NodeRef<'d, Node>),
    /// An attribute: its element, its index among the element's attributes, its name and its value.
    Attribute(ElementRef<'d>, usize, &'d str, &'d str),
}

impl<'d> XPathNode<'d> {
    /// A sort key for document order, and an identity: the parser numbers nodes as it makes them.
    pub(crate) fn order(&self) -> (ego_tree::NodeId, usize) {
        match self {
            Self::Node(node) => (node.id(), 0),
            Self::Attribute(element, index, ..) => (element.id(), index + 1),
        }
    }

    /// The node as an element, if it is one.
    pub(crate) fn element(&self) -> Option<ElementRef<'d>> {
        match self {
            Self::Node(node) => ElementRef::wrap(*node),
            Self::Attribute(..) => None,
        }
    }

    /// The element that the node is or stands in.
    pub(crate) fn holder(&self) -> Option<ElementRef<'d>> {
        match self {
            Self::Node(node) => ElementRef::wrap(*node).or_else(|| ElementRef::wrap(node.parent()?)),
            Self::Attribute(element, ..) => Some(*element),
        }
    }

    /// The string-value (section 5).
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

    /// The prefix of the element's or attribute's name, as XML writes it.
    pub(crate) fn prefix(&self) -> Option<&'d str> {
        let name = match self {
            Self::Attribute(element, index, ..) => &element.value().attrs.get(*index)?.0,
            Self::Node(node) => &node.value().as_element()?.name,
        };
        name.prefix.as_deref()
    }

    /// The name of the element or attribute with its prefix; empty for other nodes.
    pub(crate) fn qualified_name(&self) -> String {
        self.prefix().map_or_else(|| self.name().to_owned(), |prefix| format!("{prefix}:{}", self.name()))
    }

    /// The name of the element or attribute, without a prefix; empty for other nodes.
    pub(crate) fn name(&self) -> &'d str {
        match self {
            Self::Attribute(_, _, name, _) => name,
            Self::Node(node) => node.value().as_element().map_or("", |e| e.name()),
        }
    }
}

/// The value of an expression.
#[derive(Debug, Clone)]
pub(crate) enum Value<'d> {
    /// A node-set, in document order.
    Nodes(Vec<XPathNode<'d>>),
    /// A string.
    Text(String),
    /// A number.
    Number(f64),
    /// A boolean.
    Boolean(bool),
}

impl Value<'_> {
    /// The value as a string (section 4.2).
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Nodes(nodes) => nodes.first().map(XPathNode::text).unwrap_or_default(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => format_number(*number),
            Self::Boolean(boolean) => boolean.to_string(),
        }
    }

    /// The value as a number (section 4.4); NaN for text that is not a number.
    pub(crate) fn number(&self) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Boolean(boolean) => f64::from(u8::from(*boolean)),
            other => parse_number(&other.text()),
        }
    }

    /// The value as a boolean (section 4.3).
    pub(crate) fn boolean(&self) -> bool {
        match self {
            Self::Nodes(nodes) => !nodes.is_empty(),
            Self::Text(text) => !text.is_empty(),
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Boolean(boolean) => *boolean,
        }
    }
}

/// Reads a text as a number; NaN if it is not one.
pub(crate) fn parse_number(text: &str) -> f64 {
    let trimmed = text.trim();
    let is_plain = trimmed.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    if is_plain { trimmed.parse().unwrap_or(f64::NAN) } else { f64::NAN }
}

fn format_number(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        number.to_string()
    }
}
