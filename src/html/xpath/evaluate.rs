//! Expression and context node -> value.
//!
//! This file and `functions` import each other: an expression holds calls of functions, whose arguments are
//! expressions. The recursion is bounded by the depth that the parser allows.

use super::budget::{BYTES_COPIED_PER_STEP, EvaluationBudget};
use super::context::EvaluationContext;
use super::expression::{Axis, Expression, LocationPath, NodeTest, Operator, PathStart, Step};
use super::value::{Value, XPathNode};
use super::{axis, compare, functions};

/// Nodes of a step are put in order, each once, when this many have been found: many may be found often.
const MIN_NODES_IN_ORDER: usize = 8192;

/// The longest text that a message quotes, in characters.
const MAX_QUOTED_CHARS: usize = 60;

type Evaluated<'d> = Result<Value<'d>, String>;
type NodeSet<'d> = Result<Vec<XPathNode<'d>>, String>;

/// Evaluates a whole expression.
pub(crate) fn start<'d>(
    expression: &Expression,
    node: XPathNode<'d>,
    budget: &EvaluationBudget,
) -> Evaluated<'d> {
    let value = evaluate(expression, EvaluationContext { node, position: 1, size: 1, budget })?;
    if let Value::Nodes(nodes) = &value {
        take_texts(nodes, budget)?;
    }
    Ok(value)
}

/// Takes the steps for the texts of those found nodes that are no elements: they will be read.
fn take_texts(nodes: &[XPathNode<'_>], budget: &EvaluationBudget) -> Result<(), String> {
    nodes
        .iter()
        .filter(|node| node.element().is_none())
        .try_for_each(|node| node.string_value(budget).map(drop))
}

/// Evaluates an expression that is part of another.
pub(crate) fn evaluate<'d>(expression: &Expression, context: EvaluationContext<'_, 'd>) -> Evaluated<'d> {
    context.budget.take(1)?;
    match expression {
        Expression::Text(text) => {
            context.budget.take_bytes(text.len(), BYTES_COPIED_PER_STEP)?;
            Ok(Value::Text(text.clone()))
        }
        Expression::Number(number) => Ok(Value::Number(*number)),
        Expression::Negate(inner) => {
            Ok(Value::Number(-evaluate(inner, context)?.into_number(context.budget)?))
        }
        Expression::Call(function, arguments, pattern) => {
            functions::call(*function, arguments, pattern.as_ref(), context)
        }
        Expression::Binary(operator, left, right) => binary(*operator, left, right, context),
        Expression::Path(path) => follow(path, context).map(Value::Nodes),
    }
}

/// Evaluates an expression that must give a node-set.
pub(crate) fn evaluate_nodes<'d>(expression: &Expression, context: EvaluationContext<'_, 'd>) -> NodeSet<'d> {
    match evaluate(expression, context)? {
        Value::Nodes(nodes) => Ok(nodes),
        other => {
            let text: String = other.text().chars().take(MAX_QUOTED_CHARS).collect();
            Err(format!("nodes are wanted, and `{text}` is none"))
        }
    }
}

fn binary<'d>(
    operator: Operator,
    left: &Expression,
    right: &Expression,
    context: EvaluationContext<'_, 'd>,
) -> Evaluated<'d> {
    match operator {
        Operator::Or => {
            let either = evaluate(left, context)?.boolean() || evaluate(right, context)?.boolean();
            Ok(Value::Boolean(either))
        }
        Operator::And => {
            let both = evaluate(left, context)?.boolean() && evaluate(right, context)?.boolean();
            Ok(Value::Boolean(both))
        }
        Operator::Union => {
            let mut all = evaluate_nodes(left, context)?;
            all.extend(evaluate_nodes(right, context)?);
            in_document_order(all, context.budget).map(Value::Nodes)
        }
        _ => {
            let left_value = evaluate(left, context)?;
            let right_value = evaluate(right, context)?;
            arithmetic_or_comparison(operator, left_value, right_value, context.budget)
        }
    }
}

fn arithmetic_or_comparison<'d>(
    operator: Operator,
    left: Value<'d>,
    right: Value<'d>,
    budget: &EvaluationBudget,
) -> Evaluated<'d> {
    let arithmetic: fn(f64, f64) -> f64 = match operator {
        Operator::Plus => |a, b| a + b,
        Operator::Minus => |a, b| a - b,
        Operator::Times => |a, b| a * b,
        Operator::Divide => |a, b| a / b,
        Operator::Remainder => |a, b| a % b,
        _ => return compare::compare(operator, left, right, budget).map(Value::Boolean),
    };
    Ok(Value::Number(arithmetic(left.into_number(budget)?, right.into_number(budget)?)))
}

/// The nodes that a location path leads to.
fn follow<'d>(path: &LocationPath, context: EvaluationContext<'_, 'd>) -> NodeSet<'d> {
    let mut current = match &path.start {
        PathStart::ContextNode => vec![context.node],
        PathStart::Root => vec![axis::root(context.node, context.budget)?],
        PathStart::Of(expression, predicates) => {
            let found = evaluate_nodes(expression, context)?;
            filter_all(found, predicates, context)?
        }
    };
    let mut steps = path.steps.iter().peekable();
    while let Some(step) = steps.next() {
        // `//name` takes one walk instead of two, unless predicates count positions among siblings.
        if let Some(child) = steps.next_if(|next| is_descendant_shortcut(step, next)) {
            let joined = Step { axis: Axis::Descendant, ..child.clone() };
            current = take_step(&joined, &current, context)?;
        } else {
            current = take_step(step, &current, context)?;
        }
    }
    Ok(current)
}

/// Whether two steps are those of `//name` without predicates.
fn is_descendant_shortcut(step: &Step, next: &Step) -> bool {
    step.axis == Axis::DescendantOrSelf
        && step.test == NodeTest::Node
        && step.predicates.is_empty()
        && next.axis == Axis::Child
        && next.predicates.is_empty()
}

/// Takes one step from every node.
fn take_step<'d>(step: &Step, from: &[XPathNode<'d>], context: EvaluationContext<'_, 'd>) -> NodeSet<'d> {
    let mut out = Vec::new();
    let mut most_nodes = MIN_NODES_IN_ORDER;
    for node in from {
        let found = axis::nodes_of_step(step, *node, context.budget)?;
        out.extend(filter_all(found, &step.predicates, context)?);
        // Nodes that are found from several others take memory only once.
        if from.len() > 1 && out.len() > most_nodes {
            out = in_document_order(out, context.budget)?;
            most_nodes = MIN_NODES_IN_ORDER.max(out.len() * 2);
        }
    }
    let is_in_order = from.len() == 1 && !axis::is_reverse(step.axis);
    if is_in_order { Ok(out) } else { in_document_order(out, context.budget) }
}

fn filter_all<'d>(
    nodes: Vec<XPathNode<'d>>,
    predicates: &[Expression],
    context: EvaluationContext<'_, 'd>,
) -> NodeSet<'d> {
    predicates.iter().try_fold(nodes, |kept, predicate| filter(kept, predicate, context))
}

/// The nodes that fulfil a predicate; a number means a position (section 2.4).
fn filter<'d>(
    nodes: Vec<XPathNode<'d>>,
    predicate: &Expression,
    context: EvaluationContext<'_, 'd>,
) -> NodeSet<'d> {
    let size = nodes.len();
    let mut out = Vec::new();
    for (index, node) in nodes.into_iter().enumerate() {
        let position = index + 1;
        let is_kept = match evaluate(predicate, EvaluationContext { node, position, size, ..context })? {
            #[expect(clippy::cast_precision_loss, reason = "no page has 2^52 nodes")]
            Value::Number(number) => (number - position as f64).abs() < f64::EPSILON,
            other => other.boolean(),
        };
        if is_kept {
            out.push(node);
        }
    }
    Ok(out)
}

/// Sorts nodes into document order, each once.
fn in_document_order<'d>(mut nodes: Vec<XPathNode<'d>>, budget: &EvaluationBudget) -> NodeSet<'d> {
    budget.take(nodes.len())?;
    nodes.sort_by_key(XPathNode::order);
    nodes.dedup_by_key(|node| node.order());
    Ok(nodes)
}
