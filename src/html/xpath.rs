//! XPath 1.0 on HTML: the same tree that CSS selectors see, so that both mix freely.
//!
//! The W3C's recommendation of 1999, without namespaces and variables, and with what people miss most
//! of 2.0: `lower-case`, `upper-case`, `ends-with`, `matches`, `replace`, `string-join`. Names are
//! those of the HTML parser: in lower case.

mod evaluate;
mod functions;
mod lexer;
mod parser;
mod value;

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use scraper::ElementRef;

use parser::Expression;
pub(crate) use value::{Spot, Value};

/// The longest expression, in bytes.
const MAX_BYTES: usize = 4096;

/// Nodes that all expressions of one page may visit: a page can make an expression cost the square
/// of its size.
const MAX_STEPS: u64 = 20_000_000;

/// A compiled expression and its text.
#[derive(Clone)]
pub struct XPath {
    expression: Arc<Expression>,
    text: String,
}

impl XPath {
    /// Compiles an expression.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("the expression is empty".to_owned());
        }
        if text.len() > MAX_BYTES {
            return Err(format!("the expression is longer than {MAX_BYTES} bytes"));
        }
        let expression = parser::parse(&lexer::tokens(text)?)?;
        Ok(Self { expression: Arc::new(expression), text: text.to_owned() })
    }

    /// The expression as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it gives, seen from an element.
    ///
    /// # Errors
    /// When it takes too many steps, or a function is given what it cannot take.
    pub(crate) fn evaluate<'d>(&self, from: ElementRef<'d>, steps: &Steps) -> Result<Value<'d>, String> {
        evaluate::start(&self.expression, Spot::Node(*from), steps)
    }
}

impl fmt::Debug for XPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "XPath({:?})", self.text)
    }
}

/// The steps that are left on a page.
pub(crate) struct Steps(Cell<u64>);

impl Default for Steps {
    fn default() -> Self {
        Self(Cell::new(MAX_STEPS))
    }
}

impl Steps {
    fn take(&self, n: usize) -> Result<(), String> {
        let left = self.0.get().checked_sub(n as u64);
        self.0.set(left.unwrap_or(0));
        left.map(|_| ()).ok_or_else(|| "the XPath expressions take too many steps on this page".to_owned())
    }
}

#[cfg(test)]
mod tests;
