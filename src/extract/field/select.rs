//! A selector applied to an element of HTML.

use super::element;
use crate::html::parse;
use crate::html::tree::ElementRef;
use crate::html::xpath::{self, EvaluationBudget};
use crate::model::ValueKind;
use crate::rules::Select;

/// A raw value of a field.
pub(super) struct RawValue<'d> {
    pub(super) text: String,
    /// The element that the text is from.
    pub(super) element: Option<ElementRef<'d>>,
    /// The element that holds the text: that of `element`, or of the attribute or text node that XPath found.
    pub(super) holder: Option<ElementRef<'d>>,
}

impl RawValue<'_> {
    /// A text that is in no element.
    pub(super) const fn of_text(text: String) -> Self {
        Self { text, element: None, holder: None }
    }
}

pub(super) type RawValues<'a, 'd> = Box<dyn Iterator<Item = RawValue<'d>> + 'a>;

/// The values that a selector finds in an item, each read when it is asked for.
///
/// # Errors
/// When an XPath expression cannot be evaluated.
pub(super) fn raw_values<'a, 'd: 'a>(
    item: ElementRef<'d>,
    select: &'a Select,
    attr: Option<&'a str>,
    kind: ValueKind,
    budget: &EvaluationBudget,
) -> Result<RawValues<'a, 'd>, String> {
    let of_element = move |e: ElementRef<'d>| {
        element::value(item, e, attr, kind).map(|text| RawValue { text, element: Some(e), holder: Some(e) })
    };
    Ok(match select {
        Select::Css(css) => Box::new(parse::all_within(item, css.selector()).filter_map(of_element)),
        Select::XPath(path) => match path.evaluate(item, budget)? {
            xpath::Value::Nodes(nodes) => {
                let of_node = move |node: xpath::XPathNode<'d>| match node.element() {
                    Some(element) => of_element(element),
                    None => Some(RawValue { text: node.text(), element: None, holder: node.holder() }),
                };
                Box::new(nodes.into_iter().filter_map(of_node))
            }
            other => Box::new(std::iter::once(RawValue::of_text(other.text()))),
        },
        Select::Json(_) | Select::Jq(_) => Box::new(std::iter::empty()),
    })
}
