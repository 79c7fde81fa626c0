//! A selector applied to an element of HTML or XML.

use super::xml_element::XmlRequest;
use super::{element, xml_element};
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
    let of_element = move |element: ElementRef<'d>| element::value(item, element, attr, kind);
    found(item, select, budget, of_element, |text| text)
}

/// The values that a selector finds in an item of XML.
///
/// # Errors
/// When an XPath expression cannot be evaluated.
pub(super) fn xml_values<'a, 'd: 'a>(
    item: ElementRef<'d>,
    select: &'a Select,
    wanted: XmlRequest<'a>,
    budget: &EvaluationBudget,
) -> Result<RawValues<'a, 'd>, String> {
    let of_element = move |element: ElementRef<'d>| xml_element::value(element, wanted);
    found(item, select, budget, of_element, move |text| xml_element::of_text(&text, wanted))
}

/// The values of the elements that a selector finds, and of the texts that an XPath expression gives.
fn found<'a, 'd: 'a>(
    item: ElementRef<'d>,
    select: &'a Select,
    budget: &EvaluationBudget,
    of_element: impl Fn(ElementRef<'d>) -> Option<String> + 'a,
    of_text: impl Fn(String) -> String + 'a,
) -> Result<RawValues<'a, 'd>, String> {
    let raw = move |element: ElementRef<'d>| {
        of_element(element).map(|text| RawValue { text, element: Some(element), holder: Some(element) })
    };
    Ok(match select {
        Select::Css(css) => Box::new(parse::all_within(item, css.selector()).filter_map(raw)),
        Select::XPath(path) => match path.evaluate(item, budget)? {
            xpath::Value::Nodes(nodes) => {
                let of_node = move |node: xpath::XPathNode<'d>| match node.element() {
                    Some(element) => raw(element),
                    None => {
                        Some(RawValue { text: of_text(node.text()), element: None, holder: node.holder() })
                    }
                };
                Box::new(nodes.into_iter().filter_map(of_node))
            }
            other => Box::new(std::iter::once(RawValue::of_text(of_text(other.text())))),
        },
        Select::Json(_) | Select::Jq(_) => Box::new(std::iter::empty()),
    })
}
