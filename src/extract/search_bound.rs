//! Refuses selectors that would take too many steps on a page, before they are applied to it.

use super::rule_reader::RuleReader;
use crate::html::TreeShape;
use crate::html::tree::{ElementRef, NodeId};
use crate::model::FieldName;
use crate::rules::{Find, Rules, Select};

/// Most steps that the selectors of a feed may take on one page together. A step takes a few nanoseconds.
const MAX_STEPS: u64 = 200_000_000;

const REFUSED: &str = "the selectors would take too many steps on this page: it has very many elements, classes or attributes, \
                       or nests deeply; use selectors without `~` and `:has()`, with few classes and alternatives, and items \
                       that do not lie in each other";

/// Refuses one selector for the whole page.
///
/// # Errors
/// A sentence for the user.
pub(super) fn check_selector(shape: &TreeShape, selector: &str) -> Result<(), String> {
    at_most(shape.steps_at_once(selector))
}

/// Refuses the selectors for the items and the container of the listing.
///
/// # Errors
/// A sentence for the user.
pub(super) fn check_listing(shape: &TreeShape, rules: &Rules) -> Result<(), String> {
    let container = rules.container.as_ref().map(crate::rules::Css::text);
    let next = rules.next.as_ref().and_then(css);
    let selectors = css(&rules.item).into_iter().chain(container).chain(next);
    at_most(selectors.map(|selector| shape.steps_at_once(selector)).fold(0, u64::saturating_add))
}

/// Refuses the selectors of the fields, which are applied to each item. A part of the page that lies in
/// several items is searched as often.
///
/// # Errors
/// A sentence for the user.
pub(super) fn check_fields(
    shape: &TreeShape,
    reader: &RuleReader<'_>,
    items: &[ElementRef<'_>],
) -> Result<(), String> {
    let fields = FieldName::ALL.iter().filter_map(|name| reader.rules.field(*name));
    let sources = fields.flat_map(|field| &field.sources);
    let selectors = sources.filter_map(|source| match &source.find {
        Find::Select(select) => css(select),
        Find::From(_) | Find::Const(_) => None,
    });
    let once = selectors.map(|selector| shape.steps(selector)).fold(0, u64::saturating_add);
    at_most(once.saturating_mul(1 + nesting(items)))
}

fn css(select: &Select) -> Option<&str> {
    match select {
        Select::Css(css) => Some(css.text()),
        Select::XPath(_) | Select::Json(_) | Select::Jq(_) => None,
    }
}

fn at_most(steps: u64) -> Result<(), String> {
    if steps > MAX_STEPS { Err(REFUSED.to_owned()) } else { Ok(()) }
}

/// The most items around any item. Items come in document order, so that the items around one are the last
/// open ones.
fn nesting(items: &[ElementRef<'_>]) -> u64 {
    let mut open: Vec<NodeId> = Vec::new();
    let mut deepest = 0;
    for item in items {
        let around: Vec<NodeId> = item.ancestors().map(|node| node.id()).collect();
        open.retain(|id| around.contains(id));
        deepest = deepest.max(open.len());
        open.push(item.id());
    }
    deepest as u64
}
