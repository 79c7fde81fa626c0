//! A text that an expression makes: each part costs steps, and the whole has a largest size.

use super::budget::{BYTES_COPIED_PER_STEP, EvaluationBudget, MAX_TEXT_BYTES};

/// A text that grows part by part.
pub(crate) struct BoundedText<'b> {
    text: String,
    budget: &'b EvaluationBudget,
}

impl<'b> BoundedText<'b> {
    /// An empty text.
    pub(crate) fn new(budget: &'b EvaluationBudget) -> Self {
        Self { text: String::new(), budget }
    }

    /// Adds a part.
    ///
    /// # Errors
    /// When the budget is used up, or the text would be too long.
    pub(crate) fn push(&mut self, part: &str) -> Result<(), String> {
        self.budget.take_bytes(part.len(), BYTES_COPIED_PER_STEP)?;
        self.check_room(part.len())?;
        self.text.push_str(part);
        Ok(())
    }

    /// Checks that a part of some bytes can be added.
    ///
    /// # Errors
    /// When the text would be too long.
    pub(crate) fn check_room(&self, bytes: usize) -> Result<(), String> {
        check_size(self.text.len().saturating_add(bytes))
    }

    /// The finished text.
    pub(crate) fn into_text(self) -> String {
        self.text
    }
}

/// Checks the size of texts that an expression holds.
///
/// # Errors
/// When it is above [`MAX_TEXT_BYTES`].
pub(crate) fn check_size(bytes: usize) -> Result<(), String> {
    if bytes <= MAX_TEXT_BYTES {
        return Ok(());
    }
    Err(format!("the text that the XPath expression makes is longer than {} MiB", MAX_TEXT_BYTES >> 20))
}
