//! The comparisons `=`, `!=`, `<`, `<=`, `>`, `>=` (XPath 1.0, section 3.4).

use super::bounded_text::check_size;
use super::budget::{BYTES_COPIED_PER_STEP, EvaluationBudget};
use super::expression::Operator;
use super::value::Value;

/// Compares two values. A node-set fulfils a comparison if one of its nodes does.
///
/// # Errors
/// When the budget is used up: two node-sets are compared pair by pair. When the texts of both are too long.
pub(crate) fn compare(
    operator: Operator,
    left: Value<'_>,
    right: Value<'_>,
    budget: &EvaluationBudget,
) -> Result<bool, String> {
    if matches!(left, Value::Boolean(_)) || matches!(right, Value::Boolean(_)) {
        let left_number = f64::from(u8::from(left.boolean()));
        let right_number = f64::from(u8::from(right.boolean()));
        return Ok(compare_numbers(operator, left_number, right_number));
    }
    if let (Value::Number(left_number), Value::Number(right_number)) = (&left, &right) {
        return Ok(compare_numbers(operator, *left_number, *right_number));
    }
    let is_equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    if !is_equality || matches!(left, Value::Number(_)) || matches!(right, Value::Number(_)) {
        return compare_as_numbers(operator, left, right, budget);
    }
    compare_as_texts(operator == Operator::Equal, left, right, budget)
}

fn compare_as_numbers(
    operator: Operator,
    left: Value<'_>,
    right: Value<'_>,
    budget: &EvaluationBudget,
) -> Result<bool, String> {
    let number = |value: Value<'_>| value.into_number(budget);
    let right_numbers: Vec<f64> = singles(right).map(number).collect::<Result<_, _>>()?;
    for value in singles(left) {
        let left_number = value.into_number(budget)?;
        budget.take(right_numbers.len())?;
        if right_numbers.iter().any(|right_number| compare_numbers(operator, left_number, *right_number)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Compares texts for equality or its contrary. The texts of the smaller side are held, and those of the
/// other one are made one at a time: together they may be far longer than the page.
fn compare_as_texts(
    wants_equal: bool,
    left: Value<'_>,
    right: Value<'_>,
    budget: &EvaluationBudget,
) -> Result<bool, String> {
    let (fewer, more) = if size(&left) <= size(&right) { (left, right) } else { (right, left) };
    let held = held_texts(fewer, budget)?;
    for value in singles(more) {
        let text = value.into_text(budget)?;
        let same_length = held.iter().filter(|other| other.len() == text.len()).count();
        budget.take(held.len())?;
        budget.take_bytes(same_length.saturating_mul(text.len()), BYTES_COPIED_PER_STEP)?;
        if held.iter().any(|other| (*other == text) == wants_equal) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn held_texts(value: Value<'_>, budget: &EvaluationBudget) -> Result<Vec<String>, String> {
    let mut bytes: usize = 0;
    let mut texts = Vec::new();
    for single in singles(value) {
        let text = single.into_text(budget)?;
        bytes = bytes.saturating_add(text.len());
        check_size(bytes)?;
        texts.push(text);
    }
    Ok(texts)
}

/// How many values [`singles`] gives.
fn size(value: &Value<'_>) -> usize {
    match value {
        Value::Nodes(nodes) => nodes.len(),
        _ => 1,
    }
}

/// Each node of a node-set as a value of its own, or the one other value.
fn singles(value: Value<'_>) -> Box<dyn Iterator<Item = Value<'_>> + '_> {
    match value {
        Value::Nodes(nodes) => Box::new(nodes.into_iter().map(|node| Value::Nodes(vec![node]))),
        other => Box::new(std::iter::once(other)),
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
