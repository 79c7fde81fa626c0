//! XPath 1.0 on HTML and XML. It sees the same tree as CSS selectors, so that rules may mix both.
//!
//! This is the W3C's recommendation of 1999, without namespaces and variables, and with the functions of
//! 2.0 that people miss most: `lower-case`, `upper-case`, `ends-with`, `matches`, `replace`, `string-join`.
//! In HTML, names of elements and attributes are in lower case, as the HTML parser makes them. In XML they are
//! as the file writes them: case counts, and so does a prefix, such as that of `dc:date`. Namespaces do not.

mod axis;
mod bounded_text;
mod budget;
mod compare;
mod context;
mod evaluate;
mod expression;
mod function;
mod functions;
mod lexer;
mod parser;
mod pattern;
mod pattern_cost;
mod pattern_words;
mod search_pattern;
mod text_functions;
mod value;

use std::fmt;
use std::sync::Arc;

use scraper::ElementRef;

pub(crate) use budget::EvaluationBudget;
use expression::{Expression, NameRule};
pub(crate) use pattern_cost::PatternCost;
pub(crate) use pattern_words::pattern_mistake;
pub(crate) use value::{Value, XPathNode};

/// The longest expression, in bytes.
const MAX_BYTES: usize = 4096;

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
        Self::parse_for(text, NameRule::Html)
    }

    /// Compiles an expression whose names are those of XML.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse_xml(text: &str) -> Result<Self, String> {
        Self::parse_for(text, NameRule::Xml)
    }

    fn parse_for(text: &str, names: NameRule) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("the expression is empty".to_owned());
        }
        if text.len() > MAX_BYTES {
            return Err(format!("the expression is longer than {MAX_BYTES} bytes"));
        }
        let expression = parser::parse(&lexer::tokens(text)?, names)?;
        Ok(Self { expression: Arc::new(expression), text: text.to_owned() })
    }

    /// The expression as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Evaluates the expression with an element as the context node.
    ///
    /// # Errors
    /// When the budget is used up, a text becomes too long, or a function gets an argument of the wrong type.
    pub(crate) fn evaluate<'d>(
        &self,
        element: ElementRef<'d>,
        budget: &EvaluationBudget,
    ) -> Result<Value<'d>, String> {
        evaluate::start(&self.expression, XPathNode::Node(*element), budget)
    }
}

impl fmt::Debug for XPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "XPath({:?})", self.text)
    }
}

#[cfg(test)]
mod tests;
