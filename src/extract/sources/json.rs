//! JSON as a source: the answer of an API, or the JSON in the scripts of a page.

pub(crate) mod embedded;
pub(crate) mod parse;

use serde_json::Value;

use crate::extract::dates::read_dates;
use crate::extract::extraction::{
    ExtractContext, ExtractLimits, Extraction, LinkedPages, ListingState, listing_problem,
};
use crate::extract::field;
use crate::extract::item_node::ItemNode;
use crate::extract::json_text;
use crate::extract::listing::{PageBounds, raw_items};
use crate::extract::rule_reader::RuleReader;
use crate::extract::web_address::web_address;
use crate::html::{self, Unparsable};
use crate::model::{Page, Problem, ValueKind};
use crate::rules::{Css, JqEvaluator, Rules, Select};

pub use parse::json_value;

/// Whether a text is a web page, whose scripts may hold JSON, and not JSON itself.
pub(crate) fn is_page(text: &str) -> bool {
    parse::without_prefix(text).starts_with('<')
}

/// Extracts the items of JSON, or of the JSON in the scripts of a page.
///
/// # Errors
/// When the text is neither JSON nor a page with JSON in its scripts.
pub(crate) fn extract(
    page: &Page,
    rules: &Rules,
    context: ExtractContext<'_>,
) -> Result<Extraction, Unparsable> {
    let text = parse::without_prefix(&page.text);
    let PageValues { values, language, title } = if is_page(&page.text) {
        values_of_page(text, rules, context.limits)?
    } else {
        PageValues { values: vec![parse::parse(text)?], language: None, title: None }
    };
    extract_with(&values, rules, JsonContext { page, language, title, context })
}

/// The page that values of JSON are from, and the settings of the extraction.
pub(crate) struct JsonContext<'a> {
    pub(crate) page: &'a Page,
    /// The language that the page declares.
    pub(crate) language: Option<String>,
    /// The title of the page.
    pub(crate) title: Option<String>,
    pub(crate) context: ExtractContext<'a>,
}

/// Extracts the items of values of JSON: those of the first value that has items.
///
/// # Errors
/// When there is no value.
pub fn extract_values(
    page: &Page,
    values: &[Value],
    rules: &Rules,
    context: ExtractContext<'_>,
) -> Result<Extraction, Unparsable> {
    extract_with(values, rules, JsonContext { page, language: None, title: None, context })
}

/// Extracts items as [`extract_values`] does, with the language of the page that the values are from.
///
/// # Errors
/// When there is no value.
pub(crate) fn extract_with(
    values: &[Value],
    rules: &Rules,
    context: JsonContext<'_>,
) -> Result<Extraction, Unparsable> {
    let JsonContext { page, language, title, context: ExtractContext { limits, now, jq } } = context;
    let (root, items) = find(values, rules, jq).ok_or(Unparsable::NoJson)?;
    let reader = RuleReader::new(rules, jq);
    let mut problems: Vec<Problem> = items.problem.into_iter().collect();
    let listing = match (items.values.is_empty(), items.is_container_there) {
        (false, _) => ListingState::Found(None),
        (true, true) => ListingState::Empty,
        (true, false) => ListingState::Missing,
    };
    let nodes = items.values.iter().map(ItemNode::Json);
    let bounds = PageBounds { bytes: page.text.len(), items: limits.candidates };
    let raw = raw_items(nodes, bounds, &reader, &page.url, &mut problems);
    problems.extend(reader.take_problems());
    let candidates = read_dates(raw, language.as_deref(), now, &mut problems);
    let cursor = rules.cursor.as_ref().and_then(|field| field::cursor(ItemNode::Json(root), &reader, field));
    let next_address = rules
        .next
        .as_ref()
        .and_then(|select| json_text::texts(root, select, ValueKind::Link, jq).ok()?.pop());
    Ok(Extraction {
        candidates,
        problems,
        listing,
        base: page.url.clone(),
        title,
        next: next_address.and_then(|address| web_address(&page.url, &address)),
        cursor,
        language,
        linked_pages: LinkedPages::default(),
    })
}

/// The first value that has items, and its items; else the first value that has the container; else the
/// first of all.
fn find<'v>(values: &'v [Value], rules: &Rules, jq: &dyn JqEvaluator) -> Option<(&'v Value, JsonItems)> {
    let mut fallback: Option<(&'v Value, JsonItems)> = None;
    for root in values {
        let items = items(root, &rules.item, jq);
        if !items.values.is_empty() {
            return Some((root, items));
        }
        let is_better =
            fallback.as_ref().is_none_or(|(_, f)| items.is_container_there && !f.is_container_there);
        if is_better {
            fallback = Some((root, items));
        }
    }
    fallback
}

/// The values of a page, and the facts that the page states about itself.
struct PageValues {
    values: Vec<Value>,
    language: Option<String>,
    title: Option<String>,
}

/// The values in the scripts of a page, with the language and the title of the page.
fn values_of_page(text: &str, rules: &Rules, limits: &ExtractLimits) -> Result<PageValues, Unparsable> {
    let document = html::parse::parse(text, limits.depth)?;
    let script = rules.script.as_ref().map(Css::selector);
    Ok(PageValues {
        values: embedded::values(&document, script),
        language: html::parse::language(&document),
        title: html::parse::title(&document),
    })
}

/// The items of a value.
struct JsonItems {
    values: Vec<Value>,
    /// Whether the list or object that holds the items is in the value.
    is_container_there: bool,
    problem: Option<Problem>,
}

/// The items that a rule finds in a value. A list means its elements.
fn items(root: &Value, select: &Select, jq: &dyn JqEvaluator) -> JsonItems {
    let found = |values, is_container_there| JsonItems { values, is_container_there, problem: None };
    let failed = |rule: &str, why: &str| {
        let problem = listing_problem(format!("`{rule}`: {why}"));
        JsonItems { values: Vec::new(), is_container_there: false, problem: Some(problem) }
    };
    match select {
        Select::Json(path) => match path.items(root) {
            Ok((items, is_container_there)) => {
                found(items.into_iter().cloned().collect(), is_container_there)
            }
            Err(why) => failed(path.text(), &why),
        },
        Select::Jq(program) => match jq.evaluate(program, root) {
            Ok(outputs) => match <[Value; 1]>::try_from(outputs) {
                Ok([Value::Array(list)]) => found(list, true),
                Ok([Value::Null]) => found(Vec::new(), false),
                Ok(one) => found(one.into(), true),
                // A program without output has looked into an empty list.
                Err(outputs) => found(outputs, true),
            },
            Err(why) => failed(program.text(), &why),
        },
        Select::Css(_) | Select::XPath(_) => found(Vec::new(), false),
    }
}
