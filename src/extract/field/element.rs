//! The value of a single element: its text, markup, link, image or machine-readable date.

use crate::html::tree::ElementRef;
use crate::html::{inner_html, picture, text};
use crate::model::ValueKind;

/// The value of an element of an item: that of an attribute, else by the kind of value that is wanted.
pub(super) fn value(
    item: ElementRef<'_>,
    element: ElementRef<'_>,
    attr: Option<&str>,
    kind: ValueKind,
) -> Option<String> {
    match (attr, kind) {
        (Some(attr), _) => element.attr(attr).map(str::to_owned),
        (None, ValueKind::Html) => Some(inner_html(element)),
        (None, ValueKind::Link) => link(item, element).map(str::to_owned),
        (None, ValueKind::Image) => picture::within(element),
        (None, ValueKind::Text | ValueKind::Names | ValueKind::Date | ValueKind::Media) => {
            Some(meta_content(element).unwrap_or_else(|| text::visible_text(element)))
        }
    }
}

fn meta_content(element: ElementRef<'_>) -> Option<String> {
    (element.value().name() == "meta").then(|| element.attr("content").map(str::to_owned)).flatten()
}

/// The link of an element: its own, else the first one inside it, else the closest one around it within the
/// item.
pub(super) fn link<'a>(item: ElementRef<'a>, element: ElementRef<'a>) -> Option<&'a str> {
    let inside = own_link(element).or_else(|| element.descendent_elements().find_map(own_link));
    inside.or_else(|| {
        element
            .ancestors()
            .filter_map(ElementRef::wrap)
            .take_while(|a| item.ancestors().all(|outer| outer.id() != a.id()))
            .find_map(own_link)
    })
}

/// The fragment to which an element, or the first such element in it, links: `#n3`. It is the link of an item
/// whose rule points at it, where there is no other.
pub(super) fn link_within_page(element: ElementRef<'_>) -> Option<&str> {
    let leads_somewhere = |href: &str| {
        let name = href.trim_start_matches(['#', '!', '/']);
        href.starts_with('#') && !name.is_empty()
    };
    // The element itself is the first of its descendants.
    let links = element.descendent_elements().filter(|e| e.value().name() == "a");
    links.filter_map(|e| e.attr("href")).map(str::trim).find(|href| leads_somewhere(href))
}

/// The route to which an element, or the first such element in it, links, on a page whose scripts show an
/// article for each: `#/news/31`.
pub(super) fn route(element: ElementRef<'_>) -> Option<&str> {
    link_within_page(element).filter(|href| href.starts_with("#/") || href.starts_with("#!/"))
}

/// The address that an element itself links to.
pub(super) fn own_link(element: ElementRef<'_>) -> Option<&str> {
    let is_link = matches!(element.value().name(), "a" | "area" | "link");
    is_link.then(|| element.attr("href")).flatten().filter(|href| !is_button(href))
}

/// Whether a link leads to no other page: an empty address, `#...` or `javascript:`.
fn is_button(href: &str) -> bool {
    let address = href.trim();
    address.is_empty() || address.starts_with('#') || address.to_ascii_lowercase().starts_with("javascript:")
}

/// The machine-readable date of an element: `datetime` of the first `<time>` that it is or holds.
pub(crate) fn machine_date(element: ElementRef<'_>) -> Option<String> {
    let time = element.descendent_elements().find(|e| e.value().name() == "time")?;
    time.attr("datetime").filter(|d| !d.trim().is_empty()).map(str::to_owned)
}
