//! The cap on the work of all XPath expressions of one page, and the weights of the kinds of work.
//!
//! One step is about what visiting one node costs, some 15 ns. The weights of the work on texts are set
//! against that, so that all steps together take less than half a second.

use std::cell::Cell;

/// The most steps that all expressions of one page may take together. On some pages the steps of an
/// expression grow with the square of the page's size.
pub(crate) const MAX_STEPS: u64 = 20_000_000;

/// The largest text that an expression may make, in bytes.
pub(crate) const MAX_TEXT_BYTES: usize = 4 << 20;

/// Copying this many bytes of text counts as one step.
pub(crate) const BYTES_COPIED_PER_STEP: usize = 64;

/// Looking for a text in this many bytes counts as one step, and so does reading them as a number.
pub(crate) const BYTES_SEARCHED_PER_STEP: usize = 16;

/// Changing this many bytes character by character counts as one step.
pub(crate) const BYTES_CHANGED_PER_STEP: usize = 8;

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

    /// Takes the steps for work on some bytes of text. A text that is not empty costs at least one.
    ///
    /// # Errors
    /// When fewer steps are left.
    pub(crate) fn take_bytes(&self, bytes: usize, bytes_per_step: usize) -> Result<(), String> {
        self.take(bytes.div_ceil(bytes_per_step))
    }

    /// The steps that have been taken.
    #[cfg(test)]
    pub(crate) fn used(&self) -> u64 {
        MAX_STEPS - self.0.get()
    }
}
