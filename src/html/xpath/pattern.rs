//! The regular expression that is the second argument of `matches` and `replace`.

use regex::RegexBuilder;

use super::expression::Expression;
use super::function::Function;
use super::pattern_words::pattern_mistake;
use super::search_pattern::SearchPattern;

/// Largest compiled size of a pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// Compiles the pattern of a call; `None` for functions that take no pattern.
///
/// The pattern must be a literal: it is compiled once, when the expression is parsed.
///
/// # Errors
/// When the pattern is not a literal, or not a valid regular expression.
pub(crate) fn compile(function: Function, arguments: &[Expression]) -> Result<Option<SearchPattern>, String> {
    if !matches!(function, Function::Matches | Function::Replace) {
        return Ok(None);
    }
    let Some(Expression::Text(pattern)) = arguments.get(1) else {
        return Err("the pattern must be a text in quotes".to_owned());
    };
    let compiled = RegexBuilder::new(pattern).size_limit(MAX_PATTERN_BYTES).build();
    compiled.map(|regex| Some(SearchPattern::new(regex))).map_err(|error| pattern_mistake(&error.to_string()))
}
