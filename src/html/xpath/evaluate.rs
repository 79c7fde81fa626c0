//! Expression and place -> value.

use std::collections::HashSet;

use ego_tree::NodeRef;
use scraper::ElementRef;
use scraper::node::Node;

use super::parser::{Axis, Expression, Operator, Path, Start, Step, Test};
use super::value::{Spot, Value, read_number};
use super::{Steps, functions};

/// Where an expression is evaluated.
#[derive(Clone, Copy)]
pub(crate) struct Context<'c, 'd> {
    pub(crate) here: Spot<'d>,
    /// Position in the step's result, from 1.
    pub(crate) position: usize,
    /// How many that result has.
    pub(crate) size: usize,
    pub(crate) steps: &'c Steps,
}

/// So much text costs as much as visiting a node.
pub(crate) const BYTES_A_STEP: usize = 64;

type Outcome<'d> = Result<Value<'d>, String>;

/// Evaluates an expression.
pub(crate) fn start<'d>(expression: &Expression, here: Spot<'d>, steps: &Steps) -> Outcome<'d> {
    evaluate(expression, Context { here, position: 1, size: 1, steps })
}

pub(crate) fn evaluate<'d>(expression: &Expression, context: Context<'_, 'd>) -> Outcome<'d> {
    match expression {
        Expression::Text(text) => Ok(Value::Text(text.clone())),
        Expression::Number(number) => Ok(Value::Number(*number)),
        Expression::Negative(inner) => Ok(Value::Number(-evaluate(inner, context)?.number())),
        Expression::Call(function, arguments, pattern) => {
            functions::call(*function, arguments, pattern.as_ref(), context)
        }
        Expression::Binary(operator, left, right) => binary(*operator, left, right, context),
        Expression::Path(path) => walk(path, context).map(Value::Spots),
    }
}

/// The places that an expression gives.
pub(crate) fn spots<'d>(expression: &Expression, context: Context<'_, 'd>) -> Result<Vec<Spot<'d>>, String> {
    match evaluate(expression, context)? {
        Value::Spots(spots) => Ok(spots),
        other => Err(format!("nodes are wanted, and `{}` is none", other.text())),
    }
}

fn binary<'d>(
    operator: Operator,
    left: &Expression,
    right: &Expression,
    context: Context<'_, 'd>,
) -> Outcome<'d> {
    match operator {
        Operator::Or => {
            let truth = evaluate(left, context)?.truth() || evaluate(right, context)?.truth();
            return Ok(Value::Truth(truth));
        }
        Operator::And => {
            let truth = evaluate(left, context)?.truth() && evaluate(right, context)?.truth();
            return Ok(Value::Truth(truth));
        }
        Operator::Union => {
            let mut all = spots(left, context)?;
            all.extend(spots(right, context)?);
            return Ok(Value::Spots(in_order(all)));
        }
        _ => {}
    }
    let (left, right) = (evaluate(left, context)?, evaluate(right, context)?);
    let (a, b) = (left.number(), right.number());
    Ok(match operator {
        Operator::Plus => Value::Number(a + b),
        Operator::Minus => Value::Number(a - b),
        Operator::Times => Value::Number(a * b),
        Operator::Divided => Value::Number(a / b),
        Operator::Remainder => Value::Number(a % b),
        _ => Value::Truth(compare(operator, &left, &right, context.steps)?),
    })
}

/// Compares; of places, one that fits is enough (section 3.4).
fn compare(operator: Operator, left: &Value<'_>, right: &Value<'_>, steps: &Steps) -> Result<bool, String> {
    let texts = |value: &Value<'_>| match value {
        Value::Spots(spots) => spots.iter().map(Spot::text).collect(),
        other => vec![other.text()],
    };
    if matches!(left, Value::Truth(_)) || matches!(right, Value::Truth(_)) {
        let numbers = (f64::from(u8::from(left.truth())), f64::from(u8::from(right.truth())));
        return Ok(ordered(operator, numbers.0, numbers.1));
    }
    let equality = matches!(operator, Operator::Equal | Operator::Unequal);
    let numeric = !equality || matches!(left, Value::Number(_)) || matches!(right, Value::Number(_));
    let (left, right) = (texts(left), texts(right));
    steps.take(left.len().saturating_mul(right.len()))?;
    // What is read costs as well: the text of an element is that of all in it.
    steps.take(left.iter().chain(&right).map(|t| t.len() / BYTES_A_STEP).sum())?;
    let fits = |a: &String, b: &String| match (numeric, operator) {
        (true, _) => ordered(operator, read_number(a), read_number(b)),
        (false, Operator::Unequal) => a != b,
        (false, _) => a == b,
    };
    Ok(left.iter().any(|a| right.iter().any(|b| fits(a, b))))
}

#[expect(clippy::float_cmp, reason = "XPath compares numbers as IEEE 754 does (section 3.4)")]
fn ordered(operator: Operator, a: f64, b: f64) -> bool {
    match operator {
        Operator::Equal => a == b,
        Operator::Unequal => a != b,
        Operator::Less => a < b,
        Operator::LessOrEqual => a <= b,
        Operator::Greater => a > b,
        _ => a >= b,
    }
}

fn walk<'d>(path: &Path, context: Context<'_, 'd>) -> Result<Vec<Spot<'d>>, String> {
    let mut current = match &path.start {
        Start::Here => vec![context.here],
        Start::Root => vec![root(context.here)],
        Start::Of(expression, predicates) => {
            let mut found = spots(expression, context)?;
            for predicate in predicates {
                found = kept(found, predicate, context)?;
            }
            found
        }
    };
    let mut steps = path.steps.iter().peekable();
    while let Some(step) = steps.next() {
        // `//name` in one walk, unless predicates count positions among siblings.
        let shortcut = steps.peek().filter(|next| {
            let plain = step.predicates.is_empty() && next.predicates.is_empty();
            step.axis == Axis::DescendantOrSelf
                && step.test == Test::Node
                && next.axis == Axis::Child
                && plain
        });
        if let Some(next) = shortcut {
            let joined = Step { axis: Axis::Descendant, ..(*next).clone() };
            current = take(&joined, &current, context)?;
            steps.next();
        } else {
            current = take(step, &current, context)?;
        }
    }
    Ok(current)
}

fn root(here: Spot<'_>) -> Spot<'_> {
    let node = match here {
        Spot::Node(node) => node,
        Spot::Attribute(element, ..) => *element,
    };
    Spot::Node(node.ancestors().last().unwrap_or(node))
}

/// One step from every place.
fn take<'d>(step: &Step, from: &[Spot<'d>], context: Context<'_, 'd>) -> Result<Vec<Spot<'d>>, String> {
    let mut out = Vec::new();
    for spot in from {
        let mut found = along(step, *spot, context.steps)?;
        for predicate in &step.predicates {
            found = kept(found, predicate, context)?;
        }
        out.extend(found);
    }
    let one = from.len() == 1 && !backwards(step.axis);
    Ok(if one { out } else { in_order(out) })
}

/// Those that fulfil a predicate; a number means a position (section 2.4).
fn kept<'d>(
    spots: Vec<Spot<'d>>,
    predicate: &Expression,
    context: Context<'_, 'd>,
) -> Result<Vec<Spot<'d>>, String> {
    let size = spots.len();
    let mut out = Vec::new();
    for (i, here) in spots.into_iter().enumerate() {
        let position = i + 1;
        let fits = match evaluate(predicate, Context { here, position, size, ..context })? {
            #[expect(clippy::cast_precision_loss, reason = "no page has 2^52 nodes")]
            Value::Number(number) => (number - position as f64).abs() < f64::EPSILON,
            other => other.truth(),
        };
        if fits {
            out.push(here);
        }
    }
    Ok(out)
}

fn backwards(axis: Axis) -> bool {
    matches!(axis, Axis::Ancestor | Axis::AncestorOrSelf | Axis::Preceding | Axis::PrecedingSibling)
}

fn in_order(mut spots: Vec<Spot<'_>>) -> Vec<Spot<'_>> {
    let mut seen = HashSet::new();
    spots.retain(|s| seen.insert(s.order()));
    spots.sort_by_key(Spot::order);
    spots
}

/// The places of an axis that fit the step's test, nearest first.
fn along<'d>(step: &Step, from: Spot<'d>, steps: &Steps) -> Result<Vec<Spot<'d>>, String> {
    let mut out = Vec::new();
    let mut visit = |spot: Spot<'d>| -> Result<(), String> {
        steps.take(1)?;
        if fits(&step.test, step.axis, &spot) {
            out.push(spot);
        }
        Ok(())
    };
    let node = match from {
        Spot::Node(node) => node,
        Spot::Attribute(element, ..) => {
            match step.axis {
                Axis::Itself | Axis::AncestorOrSelf | Axis::DescendantOrSelf => visit(from)?,
                Axis::Parent => visit(Spot::Node(*element))?,
                _ => {}
            }
            if matches!(step.axis, Axis::Ancestor | Axis::AncestorOrSelf) {
                std::iter::once(*element)
                    .chain(element.ancestors())
                    .try_for_each(|n| visit(Spot::Node(n)))?;
            }
            return Ok(out);
        }
    };
    if step.axis == Axis::Attribute {
        let element = ElementRef::wrap(node);
        let all =
            element.into_iter().flat_map(|e| e.value().attrs().enumerate().map(move |(i, a)| (e, i, a)));
        all.into_iter().try_for_each(|(e, i, (name, value))| visit(Spot::Attribute(e, i, name, value)))?;
    } else {
        nodes(step.axis, node).try_for_each(|n| visit(Spot::Node(n)))?;
    }
    Ok(out)
}

type Nodes<'d> = Box<dyn Iterator<Item = NodeRef<'d, Node>> + 'd>;

fn nodes(axis: Axis, node: NodeRef<'_, Node>) -> Nodes<'_> {
    match axis {
        Axis::Child => Box::new(node.children()),
        Axis::Descendant => Box::new(node.descendants().skip(1)),
        Axis::DescendantOrSelf => Box::new(node.descendants()),
        Axis::Parent => Box::new(node.parent().into_iter()),
        Axis::Ancestor => Box::new(node.ancestors()),
        Axis::AncestorOrSelf => Box::new(std::iter::once(node).chain(node.ancestors())),
        Axis::FollowingSibling => Box::new(node.next_siblings()),
        Axis::PrecedingSibling => Box::new(node.prev_siblings()),
        Axis::Following => Box::new(
            std::iter::once(node)
                .chain(node.ancestors())
                .flat_map(|n| n.next_siblings().flat_map(|s| s.descendants())),
        ),
        Axis::Preceding => Box::new(std::iter::once(node).chain(node.ancestors()).flat_map(|n| {
            n.prev_siblings().flat_map(|s| s.descendants().collect::<Vec<_>>().into_iter().rev())
        })),
        Axis::Itself | Axis::Attribute => Box::new(std::iter::once(node)),
    }
}

fn fits(test: &Test, axis: Axis, spot: &Spot<'_>) -> bool {
    let named = match spot {
        Spot::Attribute(..) => axis == Axis::Attribute,
        Spot::Node(node) => node.value().is_element(),
    };
    match (test, spot) {
        (Test::Node, _) => true,
        (Test::Any, _) => named,
        (Test::Name(name), _) => named && spot.name().eq_ignore_ascii_case(name),
        (Test::Text, Spot::Node(node)) => node.value().is_text(),
        (Test::Comment, Spot::Node(node)) => node.value().is_comment(),
        (Test::Text | Test::Comment, Spot::Attribute(..)) => false,
    }
}
