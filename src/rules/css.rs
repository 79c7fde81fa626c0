//! CSS selectors, compiled.

use std::fmt;

use super::css_mistake::mistake;
use crate::html::tree::Selector;

/// Longest selector, in bytes.
const MAX_SELECTOR_BYTES: usize = 4096;

/// A compiled CSS selector and its text.
#[derive(Clone)]
pub struct Css {
    selector: Selector,
    text: String,
}

impl Css {
    /// Compiles a selector.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("the selector is empty".to_owned());
        }
        if text.len() > MAX_SELECTOR_BYTES {
            return Err(format!("the selector is longer than {MAX_SELECTOR_BYTES} bytes"));
        }
        match Selector::parse(text) {
            Ok(selector) => Ok(Self { selector, text: text.to_owned() }),
            // The messages of the compiler are for its own developers.
            Err(_) => Err(mistake(text)),
        }
    }

    /// The selector as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The compiled selector, for a search in a document tree.
    pub(crate) fn selector(&self) -> &Selector {
        &self.selector
    }
}

impl fmt::Debug for Css {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Css({:?})", self.text)
    }
}

impl PartialEq for Css {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
