//! The context in which an expression is evaluated (XPath 1.0, section 1).

use super::budget::EvaluationBudget;
use super::value::XPathNode;

/// The context of an evaluation: the context node, its position and the size of the node-set it is from.
#[derive(Clone, Copy)]
pub(crate) struct EvaluationContext<'c, 'd> {
    /// The context node.
    pub(crate) node: XPathNode<'d>,
    /// The node's position in the result of the step, from 1.
    pub(crate) position: usize,
    /// Number of nodes in the result of the step.
    pub(crate) size: usize,
    pub(crate) budget: &'c EvaluationBudget,
}
