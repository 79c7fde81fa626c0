//! A compiled regular expression whose searches take steps from the budget.

use regex::{Captures, Regex};

use super::bounded_text::BoundedText;
use super::budget::{BYTES_COPIED_PER_STEP, EvaluationBudget};
use super::pattern_cost::PatternCost;

/// A search takes one step for this product of bytes of text and weight of the pattern.
const WEIGHT_PER_STEP: usize = 16;

/// The weight that is added to that of each pattern.
const LEAST_WEIGHT: usize = 4;

/// Reading beyond a match is this much cheaper: it mostly does not happen.
const FAR_DISCOUNT: usize = 16;

/// The steps for each match that is found.
const STEPS_PER_MATCH: usize = 8;

/// The steps for each group that a replacement asks for.
const STEPS_PER_GROUP: usize = 4;

/// A regular expression, compiled once, and what a search for it costs.
#[derive(Debug, Clone)]
pub(crate) struct SearchPattern {
    regex: Regex,
    cost: PatternCost,
}

impl SearchPattern {
    /// A pattern that has been compiled.
    pub(crate) fn new(regex: Regex) -> Self {
        let cost = PatternCost::of(regex.as_str());
        Self { regex, cost }
    }

    /// Whether the pattern matches somewhere in a text.
    ///
    /// # Errors
    /// When the budget is used up.
    pub(crate) fn is_match(&self, text: &str, budget: &EvaluationBudget) -> Result<bool, String> {
        self.take_search(text.len(), budget)?;
        Ok(self.regex.is_match(text))
    }

    /// A text with each match replaced; `$1` in the replacement is a group.
    ///
    /// # Errors
    /// When the budget is used up, or the result is too long.
    pub(crate) fn replace_all(
        &self,
        text: &str,
        replacement: &str,
        budget: &EvaluationBudget,
    ) -> Result<String, String> {
        self.take_search(text.len(), budget)?;
        let groups = replacement.matches('$').count();
        let mut out = BoundedText::new(budget);
        let mut expanded = String::new();
        let mut copied_to = 0;
        for captures in self.regex.captures_iter(text) {
            let (start, end) = place_of(&captures);
            self.take_match(text.len() - end, budget)?;
            out.push(&text[copied_to..start])?;
            // A group is never longer than the match. This is checked before the memory is taken.
            let most_bytes = (end - start).saturating_mul(groups).saturating_add(replacement.len());
            out.check_room(most_bytes)?;
            budget.take(groups.saturating_mul(STEPS_PER_GROUP))?;
            budget.take_bytes(most_bytes, BYTES_COPIED_PER_STEP)?;
            expanded.clear();
            captures.expand(replacement, &mut expanded);
            out.push(&expanded)?;
            copied_to = end;
        }
        out.push(&text[copied_to..])?;
        Ok(out.into_text())
    }

    fn take_search(&self, bytes: usize, budget: &EvaluationBudget) -> Result<(), String> {
        let weight = self.cost.weight.saturating_add(LEAST_WEIGHT);
        budget.take_bytes(weight.saturating_mul(bytes + 1), WEIGHT_PER_STEP)
    }

    /// Takes the steps for a match. Bytes are those after it.
    fn take_match(&self, bytes: usize, budget: &EvaluationBudget) -> Result<(), String> {
        budget.take(STEPS_PER_MATCH)?;
        if !self.cost.may_read_far {
            return Ok(());
        }
        let weight = self.cost.weight.max(WEIGHT_PER_STEP);
        budget.take_bytes(weight.saturating_mul(bytes), WEIGHT_PER_STEP * FAR_DISCOUNT)
    }
}

/// Where a match begins and ends.
fn place_of(captures: &Captures<'_>) -> (usize, usize) {
    captures.get(0).map_or((0, 0), |whole| (whole.start(), whole.end()))
}
