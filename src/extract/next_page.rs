//! The link to the next page of a listing.

use url::Url;

use super::rule_reader::RuleReader;
use super::web_address::web_address;
use crate::html::tree::{ElementRef, Html};
use crate::html::xpath;
use crate::rules::Select;

/// The address of the next page: by the rule, else by `rel="next"`.
pub(super) fn next_page(document: &Html, reader: &RuleReader<'_>, base: &Url) -> Option<Url> {
    let address = match &reader.rules.next {
        Some(Select::Css(css)) => target(document.select(css.selector()).next()?),
        Some(Select::XPath(path)) => match path.evaluate(document.root_element(), &reader.budget).ok()? {
            xpath::Value::Nodes(nodes) => {
                let first = nodes.first()?;
                first.element().map_or_else(|| Some(first.text()), target)
            }
            other => Some(other.text()),
        },
        Some(Select::Json(_) | Select::Jq(_)) => None,
        None => related(document),
    }?;
    web_address(base, &address)
}

/// The address that an element leads to: that of a link in it, else that of an attribute which scripts read.
fn target(element: ElementRef<'_>) -> Option<String> {
    let link = std::iter::once(element).chain(element.descendent_elements()).find_map(|e| e.attr("href"));
    let address = link.or_else(|| element.attr("data-url")).or_else(|| element.attr("data-href"));
    address.map(str::to_owned)
}

/// The address of the first link with `rel="next"`.
fn related(document: &Html) -> Option<String> {
    let is_next = |e: &ElementRef<'_>| {
        matches!(e.value().name(), "a" | "link")
            && e.attr("rel").is_some_and(|rel| rel.split_whitespace().any(|r| r.eq_ignore_ascii_case("next")))
    };
    document.root_element().descendent_elements().find(is_next)?.attr("href").map(str::to_owned)
}
