//! Finds all that one selector gives on a page, without the other rules of a feed: for a person who tries it.

use serde_json::Value as Json;

use super::extraction::{ExtractContext, ExtractLimits};
use super::search_bound;
use super::sources::json::{self, embedded};
use crate::html::xpath::{EvaluationBudget, Value, XPathNode};
use crate::html::{TreeShape, Unparsable, parse, table_spans, text, xml};
use crate::model::Page;
use crate::rules::{JqEvaluator, Medium, Select};

/// Cap on the texts that are returned, as a multiple of the page's size: elements may lie in each other, and
/// each has the text of those inside it.
const MAX_TEXT_PER_PAGE: usize = 4;

/// The finds of a selector.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// How many elements or values it finds in all.
    pub count: usize,
    /// The first of them.
    pub matches: Vec<Match>,
}

/// An element of a page or a value of JSON that a selector finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The name of the element or attribute, if it is one.
    pub name: Option<String>,
    /// Its text. JSON that is no text is written as JSON.
    pub text: String,
    /// The value of the attribute that is asked for, if the element has it.
    pub attribute: Option<String>,
}

/// How much of a selection is wanted.
#[derive(Debug, Clone, Copy)]
pub struct SelectionScope<'a> {
    /// An attribute of each element.
    pub attribute: Option<&'a str>,
    /// The medium that the selector was compiled for, and that the page is read as.
    pub medium: Medium,
    /// The most matches that are returned; all are counted.
    pub limit: usize,
}

/// Why a selector cannot be tried on a page.
#[derive(Debug, thiserror::Error)]
pub enum SelectionError {
    /// The page cannot be parsed.
    #[error(transparent)]
    Unparsable(#[from] Unparsable),
    /// The expression or program fails on this page.
    #[error("{0}")]
    Failed(String),
}

/// Finds what a selector for pages or for JSON gives. JSON is the text itself, or stands in the scripts of the
/// page: then the first value counts in which something is found.
///
/// # Errors
/// When the text cannot be parsed, or an expression or program fails.
pub fn selection(
    page: &Page,
    select: &Select,
    scope: SelectionScope<'_>,
    context: ExtractContext<'_>,
) -> Result<Selection, SelectionError> {
    match select {
        Select::Css(_) | Select::XPath(_) => on_page(page, select, scope, context.limits),
        Select::Json(_) | Select::Jq(_) => in_json(page, select, scope, context),
    }
}

fn on_page(
    page: &Page,
    select: &Select,
    scope: SelectionScope<'_>,
    limits: &ExtractLimits,
) -> Result<Selection, SelectionError> {
    let document = match scope.medium {
        Medium::Xml => xml::parse_plain(&page.text, limits.depth)?,
        Medium::Html | Medium::Json => {
            let mut html = parse::parse(&page.text, limits.depth)?;
            table_spans::write_out(&mut html);
            html
        }
    };
    let nodes: Vec<XPathNode<'_>> = match select {
        Select::Css(css) => {
            let shape = TreeShape::of(document.root_element());
            search_bound::check_selector(&shape, css.text()).map_err(SelectionError::Failed)?;
            // In page order, as the rules of a feed read it.
            parse::all_within(document.root_element(), css.selector()).map(|e| XPathNode::Node(*e)).collect()
        }
        Select::XPath(path) => {
            let found = path.evaluate(document.root_element(), &EvaluationBudget::default());
            match found.map_err(SelectionError::Failed)? {
                Value::Nodes(nodes) => nodes,
                other => return Ok(of_texts(vec![other.text()], page, scope)),
            }
        }
        Select::Json(_) | Select::Jq(_) => Vec::new(),
    };
    let matches = nodes.iter().take(scope.limit).map(|node| of_node(node, scope));
    Ok(Selection { count: nodes.len(), matches: within_bounds(matches, page) })
}

fn of_node(node: &XPathNode<'_>, scope: SelectionScope<'_>) -> Match {
    let element = node.element();
    let value = element.zip(scope.attribute).and_then(|(element, name)| match scope.medium {
        Medium::Xml => xml::written_attribute(element, name),
        Medium::Html | Medium::Json => element.attr(name),
    });
    Match {
        name: Some(node.qualified_name()).filter(|name| !name.is_empty()),
        text: element.map_or_else(|| node.text(), text::visible_text),
        attribute: value.map(str::to_owned),
    }
}

fn in_json(
    page: &Page,
    select: &Select,
    scope: SelectionScope<'_>,
    context: ExtractContext<'_>,
) -> Result<Selection, SelectionError> {
    let values = if json::is_page(&page.text) {
        embedded::values(&parse::parse(&page.text, context.limits.depth)?, None)
    } else {
        vec![json::json_value(&page.text)?]
    };
    if values.is_empty() {
        return Err(Unparsable::NoJson.into());
    }
    let mut failure = None;
    for value in &values {
        match found(value, select, context.jq) {
            Ok(found) if found.is_empty() => {}
            Ok(found) => return Ok(of_texts(found.into_iter().map(json_text).collect(), page, scope)),
            Err(why) => failure = failure.or(Some(why)),
        }
    }
    failure.map_or_else(|| Ok(Selection::default()), |why| Err(SelectionError::Failed(why)))
}

/// The values that a path or program finds. A program that finds nothing gives a null.
fn found(value: &Json, select: &Select, jq: &dyn JqEvaluator) -> Result<Vec<Json>, String> {
    match select {
        Select::Json(path) => Ok(path.all(value)?.into_iter().cloned().collect()),
        Select::Jq(program) => {
            let outputs = jq.evaluate(program, value)?;
            Ok(outputs.into_iter().filter(|output| !output.is_null()).collect())
        }
        Select::Css(_) | Select::XPath(_) => Ok(Vec::new()),
    }
}

fn json_text(value: Json) -> String {
    match value {
        Json::String(text) => text,
        other => other.to_string(),
    }
}

/// The selection of texts that belong to no element. An empty text is nothing.
fn of_texts(texts: Vec<String>, page: &Page, scope: SelectionScope<'_>) -> Selection {
    let texts: Vec<String> = texts.into_iter().filter(|text| !text.trim().is_empty()).collect();
    let count = texts.len();
    let matches = texts.into_iter().take(scope.limit).map(|text| Match { name: None, text, attribute: None });
    Selection { count, matches: within_bounds(matches, page) }
}

/// The first matches whose texts together are within the bounds.
fn within_bounds(matches: impl Iterator<Item = Match>, page: &Page) -> Vec<Match> {
    let mut bytes_left = page.text.len().saturating_mul(MAX_TEXT_PER_PAGE);
    let mut out = Vec::new();
    for found in matches {
        let bytes = found.text.len();
        out.push(found);
        let Some(rest) = bytes_left.checked_sub(bytes) else { break };
        bytes_left = rest;
    }
    out
}
