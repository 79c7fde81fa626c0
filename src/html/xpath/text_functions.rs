//! The functions that make a text of texts (XPath 1.0, section 4.2), within the budget.

use super::bounded_text::{BoundedText, check_size};
use super::budget::{BYTES_CHANGED_PER_STEP, EvaluationBudget};

/// The text without white space at its ends, and with single spaces inside.
///
/// # Errors
/// When the budget is used up.
pub(crate) fn normalize_space(text: &str, budget: &EvaluationBudget) -> Result<String, String> {
    budget.take_bytes(text.len(), BYTES_CHANGED_PER_STEP)?;
    let mut out = String::new();
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    Ok(out)
}

/// The text as a change of its letters makes it.
///
/// # Errors
/// When the budget is used up, or the text becomes too long: some letters grow with their case.
pub(crate) fn changed(
    text: &str,
    change: impl Fn(&str) -> String,
    budget: &EvaluationBudget,
) -> Result<String, String> {
    budget.take_bytes(text.len(), BYTES_CHANGED_PER_STEP)?;
    let out = change(text);
    check_size(out.len())?;
    Ok(out)
}

/// The characters from a position on, counted from 1; position and length are rounded.
///
/// # Errors
/// When the budget is used up.
pub(crate) fn substring(
    text: &str,
    from: f64,
    length: f64,
    budget: &EvaluationBudget,
) -> Result<String, String> {
    budget.take_bytes(text.len(), BYTES_CHANGED_PER_STEP)?;
    let round = |n: f64| (n + 0.5).floor();
    let begin = round(from);
    let end = round(from) + round(length);
    #[expect(clippy::cast_precision_loss, reason = "no text has 2^52 characters")]
    let is_inside = |index: usize| (index + 1) as f64 >= begin && ((index + 1) as f64) < end;
    Ok(text.chars().enumerate().filter(|(index, _)| is_inside(*index)).map(|(_, c)| c).collect())
}

/// Replaces characters one by one; those without a counterpart are removed.
///
/// # Errors
/// When the budget is used up, or the text becomes too long.
pub(crate) fn translate(
    text: &str,
    from: &str,
    to: &str,
    budget: &EvaluationBudget,
) -> Result<String, String> {
    let bytes = text.len().saturating_add(from.len()).saturating_add(to.len());
    // Each character is looked up by halves, and sorted by them before.
    let halves = (from.len() + 1).ilog2() as usize + 1;
    budget.take_bytes(bytes.saturating_mul(halves), BYTES_CHANGED_PER_STEP)?;
    let table = translation(from, to);
    let mut out = BoundedText::new(budget);
    let mut buffer = [0; 4];
    for c in text.chars() {
        let translated = match table.binary_search_by_key(&c, |(from, _)| *from) {
            Ok(index) => table[index].1,
            Err(_) => Some(c),
        };
        if let Some(translated) = translated {
            out.push(translated.encode_utf8(&mut buffer))?;
        }
    }
    Ok(out.into_text())
}

/// What becomes of each character, sorted by the character. The first of equal ones counts.
fn translation(from: &str, to: &str) -> Vec<(char, Option<char>)> {
    let mut counterparts = to.chars();
    let mut table: Vec<_> = from.chars().map(|c| (c, counterparts.next())).collect();
    table.sort_by_key(|(from, _)| *from);
    table.dedup_by_key(|(from, _)| *from);
    table
}
