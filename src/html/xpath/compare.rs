//! The comparisons `=`, `!=`, `<`, `<=`, `>`, `>=` (XPath 1.0, section 3.4).

use super::budget::{BYTES_PER_STEP, EvaluationBudget};
use super::expression::Operator;
use super::value::{Value, XPathNode, parse_number};

/// Compares two values. A node-set fulfils a comparison if one of its nodes does.
///
/// # Errors
/// When the budget is used up: two node-sets are compared pair by pair.
pub(crate) fn compare(
    operator: Operator,
    left: &Value<'_>,
    right: &Value<'_>,
    budget: &EvaluationBudget,
) -> Result<bool, String> {
    if matches!(left, Value::Boolean(_)) || matches!(right, Value::Boolean(_)) {
        let left_number = f64::from(u8::from(left.boolean()));
        let right_number = f64::from(u8::from(right.boolean()));
        return Ok(compare_numbers(operator, left_number, right_number));
    }
    let is_equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    let is_numeric = !is_equality || matches!(left, Value::Number(_)) || matches!(right, Value::Number(_));
    let left_texts = texts(left);
    let right_texts = texts(right);
    budget.take(left_texts.len().saturating_mul(right_texts.len()))?;
    // Reading costs steps as well: the text of an element is that of all its descendants.
    budget.take(left_texts.iter().chain(&right_texts).map(|t| t.len() / BYTES_PER_STEP).sum())?;
    let is_match = |a: &String, b: &String| match (is_numeric, operator) {
        (true, _) => compare_numbers(operator, parse_number(a), parse_number(b)),
        (false, Operator::NotEqual) => a != b,
        (false, _) => a == b,
    };
    Ok(left_texts.iter().any(|a| right_texts.iter().any(|b| is_match(a, b))))
}

/// The texts of all nodes, or the one text of another value.
fn texts(value: &Value<'_>) -> Vec<String> {
    match value {
        Value::Nodes(nodes) => nodes.iter().map(XPathNode::text).collect(),
        other => vec![other.text()],
    }
}

#[expect(clippy::float_cmp, reason = "XPath compares numbers as IEEE 754 does (section 3.4)")]
fn compare_numbers(operator: Operator, a: f64, b: f64) -> bool {
    match operator {
        Operator::Equal => a == b,
        Operator::NotEqual => a != b,
        Operator::Less => a < b,
        Operator::LessOrEqual => a <= b,
        Operator::Greater => a > b,
        _ => a >= b,
    }
}
