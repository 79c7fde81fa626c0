//! The cap on the work of all XPath expressions of one page.

use std::cell::Cell;

/// The most steps that all expressions of one page may take together. On some pages the steps of an
/// expression grow with the square of the page's size.
const MAX_STEPS: u64 = 20_000_000;

/// Reading this many bytes of text counts as one step.
pub(crate) const BYTES_PER_STEP: usize = 64;

/// The steps that the expressions of a page may still take. One step is one visited node.
pub(crate) struct EvaluationBudget(Cell<u64>);

impl Default for EvaluationBudget {
    fn default() -> Self {
        Self(Cell::new(MAX_STEPS))
    }
}

impl EvaluationBudget {
    /// Takes steps from the budget.
    ///
    /// # Errors
    /// When fewer steps are left. The budget is empty afterwards.
    pub(crate) fn take(&self, steps: usize) -> Result<(), String> {
        let left = self.0.get().checked_sub(steps as u64);
        self.0.set(left.unwrap_or(0));
        left.map(|_| ()).ok_or_else(|| "the XPath expressions take too many steps on this page".to_owned())
    }
}
