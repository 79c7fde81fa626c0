//! The values of expressions, and the conversions between their types (XPath 1.0, section 4).

use ego_tree::NodeRef;
use scraper::ElementRef;
use scraper::node::Node;

use super::bounded_text::BoundedText;
use super::budget::{BYTES_SEARCHED_PER_STEP, EvaluationBudget};

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

    /// The string-value (section 5), for those who use the result of an expression: it has taken the steps.
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

    /// The string-value, within the budget.
    ///
    /// # Errors
    /// When the budget is used up, or the text is too long.
    pub(crate) fn string_value(&self, budget: &EvaluationBudget) -> Result<String, String> {
        let mut out = BoundedText::new(budget);
        budget.take(1)?;
        match self {
            Self::Attribute(.., value) => out.push(value)?,
            Self::Node(node) => match node.value() {
                Node::Text(text) => out.push(text)?,
                Node::Comment(comment) => out.push(comment)?,
                _ => {
                    for inner in node.descendants() {
                        budget.take(1)?;
                        inner.value().as_text().map_or(Ok(()), |text| out.push(text))?;
                    }
                }
            },
        }
        Ok(out.into_text())
    }

    /// The string-value as a number, within the budget.
    ///
    /// # Errors
    /// When the budget is used up, or the text is too long.
    pub(crate) fn number_value(&self, budget: &EvaluationBudget) -> Result<f64, String> {
        number_of_text(&self.string_value(budget)?, budget)
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
    /// The value as a string (section 4.2), for those who use the result of an expression.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Nodes(nodes) => nodes.first().map(XPathNode::text).unwrap_or_default(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => format_number(*number),
            Self::Boolean(boolean) => boolean.to_string(),
        }
    }

    /// The value as a string, within the budget.
    ///
    /// # Errors
    /// When the budget is used up, or the text is too long.
    pub(crate) fn into_text(self, budget: &EvaluationBudget) -> Result<String, String> {
        match self {
            Self::Nodes(nodes) => nodes.first().map_or(Ok(String::new()), |n| n.string_value(budget)),
            Self::Text(text) => Ok(text),
            other => Ok(other.text()),
        }
    }

    /// The value as a number (section 4.4), within the budget; NaN for text that is not a number.
    ///
    /// # Errors
    /// When the budget is used up, or a text is too long.
    pub(crate) fn into_number(self, budget: &EvaluationBudget) -> Result<f64, String> {
        match self {
            Self::Number(number) => Ok(number),
            Self::Boolean(boolean) => Ok(f64::from(u8::from(boolean))),
            other => number_of_text(&other.into_text(budget)?, budget),
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

fn number_of_text(text: &str, budget: &EvaluationBudget) -> Result<f64, String> {
    budget.take_bytes(text.len(), BYTES_SEARCHED_PER_STEP)?;
    Ok(parse_number(text))
}

/// Reads a text as a number; NaN if it is not one.
fn parse_number(text: &str) -> f64 {
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
