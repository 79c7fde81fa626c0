//! The syntax tree of a parsed expression (XPath 1.0, sections 2 and 3).

use super::function::Function;
use super::search_pattern::SearchPattern;

/// An expression. Expressions hold each other, so this is a tree.
#[derive(Debug, Clone)]
pub(crate) enum Expression {
    Text(String),
    Number(f64),
    Binary(Operator, Box<Expression>, Box<Expression>),
    Negate(Box<Expression>),
    /// A function, its arguments, and its compiled pattern if it takes one.
    Call(Function, Vec<Expression>, Option<SearchPattern>),
    Path(LocationPath),
}

/// An operator between two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Divide,
    Remainder,
    Union,
}

/// A location path (section 2): where it starts, and its steps.
#[derive(Debug, Clone)]
pub(crate) struct LocationPath {
    pub(crate) start: PathStart,
    pub(crate) steps: Vec<Step>,
}

/// The start of a location path.
#[derive(Debug, Clone)]
pub(crate) enum PathStart {
    /// The context node.
    ContextNode,
    /// The root of the document.
    Root,
    /// The nodes that an expression gives, filtered by predicates.
    Of(Box<Expression>, Vec<Expression>),
}

/// One location step.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) axis: Axis,
    pub(crate) test: NodeTest,
    pub(crate) predicates: Vec<Expression>,
}

/// The direction of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Axis {
    Child,
    Descendant,
    Parent,
    Ancestor,
    FollowingSibling,
    PrecedingSibling,
    Following,
    Preceding,
    Attribute,
    SelfNode,
    DescendantOrSelf,
    AncestorOrSelf,
}

impl Axis {
    /// The axis of a name (section 2.2).
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "child" => Self::Child,
            "descendant" => Self::Descendant,
            "parent" => Self::Parent,
            "ancestor" => Self::Ancestor,
            "following-sibling" => Self::FollowingSibling,
            "preceding-sibling" => Self::PrecedingSibling,
            "following" => Self::Following,
            "preceding" => Self::Preceding,
            "attribute" => Self::Attribute,
            "self" => Self::SelfNode,
            "descendant-or-self" => Self::DescendantOrSelf,
            "ancestor-or-self" => Self::AncestorOrSelf,
            _ => return None,
        })
    }
}

/// How names of elements and attributes are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameRule {
    /// Regardless of case, and without prefixes.
    Html,
    /// As the file writes them, with their prefixes.
    Xml,
}

/// The node test of a step: it selects nodes of the axis (section 2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NodeTest {
    /// Elements (on the attribute axis: attributes) of this name.
    Name(String),
    /// Elements or attributes with this prefix, or without one, and with this name; without a name: of any.
    Written {
        prefix: Option<String>,
        local: Option<String>,
    },
    /// Elements or attributes of any name.
    Any,
    Text,
    Comment,
    Node,
}
