//! The value of a single element of XML: its text, markup, address or picture. Each text may be plain, or
//! escaped HTML.

use crate::html::markup::{is_html, prose_text, title_text};
use crate::html::plain::html_of_seeming_text;
use crate::html::tree::ElementRef;
use crate::html::{parse, picture, plain_text, xml};
use crate::model::ValueKind;

/// Children and attributes with the title: the default without a rule for the title.
///
/// This list and the next are documented and a promise: a word that is added changes the items of feeds.
const TITLES: [&str; 3] = ["title", "headline", "name"];
/// Children and attributes with the address, in the same manner.
const LINKS: [&str; 5] = ["link", "url", "loc", "href", "permalink"];
/// Attributes with the address that an element leads to.
const TARGETS: [&str; 5] = ["href", "xlink:href", "url", "src", "rdf:resource"];
/// Attributes with the address of a picture; the first two belong to nothing else.
const PICTURES: [&str; 4] = ["url", "src", "href", "xlink:href"];

/// The value that is wanted of an element or text.
#[derive(Debug, Clone, Copy)]
pub(super) struct XmlRequest<'a> {
    /// The attribute to be read, by its name as the file writes it.
    pub(super) attr: Option<&'a str>,
    pub(super) kind: ValueKind,
    /// Whether the value is that of a title.
    pub(super) is_title: bool,
}

/// The value of an element: that of an attribute, else by the kind of value that is wanted.
pub(super) fn value(element: ElementRef<'_>, wanted: XmlRequest<'_>) -> Option<String> {
    if let Some(name) = wanted.attr {
        return xml::written_attribute(element, name).map(|text| of_text(text, wanted));
    }
    match wanted.kind {
        ValueKind::Html => Some(html(element)),
        ValueKind::Link | ValueKind::Media => address(element),
        ValueKind::Image => image(element),
        ValueKind::Text | ValueKind::Names | ValueKind::Date => Some(text(element, wanted)),
    }
}

/// A text of a kind, where HTML in it is read.
pub(super) fn of_text(text: &str, wanted: XmlRequest<'_>) -> String {
    // Addresses may stand in any text, and have ampersands that begin no reference.
    let may_be_html = text.contains('<') || (text.contains('&') && text.contains(';'));
    match wanted.kind {
        ValueKind::Html => html_of_text(text.to_owned()),
        ValueKind::Image if text.contains('<') => image_in_html(text).unwrap_or_default(),
        ValueKind::Link | ValueKind::Image | ValueKind::Media => text.trim().to_owned(),
        _ if !may_be_html => text.split_whitespace().collect::<Vec<_>>().join(" "),
        _ if wanted.is_title => title_text(text),
        ValueKind::Text => prose_text(text),
        ValueKind::Names | ValueKind::Date => plain_text(text),
    }
}

fn is_leaf(element: ElementRef<'_>) -> bool {
    element.child_elements().next().is_none()
}

/// The text of an element without those of its children told apart.
fn raw_text(element: ElementRef<'_>) -> String {
    element.text().collect()
}

/// The markup of the children of an element, if it is HTML.
fn markup(element: ElementRef<'_>) -> Option<String> {
    if is_leaf(element) {
        return None;
    }
    // An element that is void in HTML alone is written with a closing tag, which HTML would read as a second one.
    let markup = xml::markup(element).replace("</br>", "");
    is_html(&markup).then_some(markup)
}

/// The texts inside of an element that holds other elements, told apart.
fn joined_text(element: ElementRef<'_>, between: &str) -> String {
    let texts = element.text().map(str::trim).filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join(between)
}

fn text(element: ElementRef<'_>, wanted: XmlRequest<'_>) -> String {
    if is_leaf(element) {
        return of_text(&raw_text(element), wanted);
    }
    markup(element).map_or_else(|| of_text(&joined_text(element, " "), wanted), |markup| plain_text(&markup))
}

/// The content of an element as HTML: its markup, or the HTML that its text is.
fn html(element: ElementRef<'_>) -> String {
    if is_leaf(element) {
        return html_of_text(raw_text(element));
    }
    markup(element).unwrap_or_else(|| html_of_text(joined_text(element, "\n\n")))
}

/// A text as HTML. It is plain if it has lines or a `<` that means itself.
fn html_of_text(text: String) -> String {
    if text.trim().contains(['\n', '\r', '<']) && !is_html(&text) {
        html_of_seeming_text(&text)
    } else {
        text
    }
}

/// The address that an element leads to: that of an attribute, else its text, else one that is inside.
fn address(element: ElementRef<'_>) -> Option<String> {
    attribute_of(element, &TARGETS).or_else(|| text_address(element)).or_else(|| {
        let inside = || element.descendent_elements().filter(move |e| e.id() != element.id());
        let linked = inside().find_map(|e| attribute_of(e, &TARGETS[..2]));
        linked
            .or_else(|| inside().filter(|e| is_named(*e, &LINKS)).find_map(text_address))
            .or_else(|| inside().filter_map(text_address).find(|address| has_scheme(address)))
    })
}

/// The address of the picture that an element is or holds.
fn image(element: ElementRef<'_>) -> Option<String> {
    let own = attribute_of(element, &PICTURES[..2]).or_else(|| picture::within(element));
    own.or_else(|| attribute_of(element, &PICTURES[2..]))
        .or_else(|| is_leaf(element).then(|| image_in_html(&raw_text(element))).flatten())
        .or_else(|| text_address(element))
        .or_else(|| {
            let inside = || element.descendent_elements().filter(move |e| e.id() != element.id());
            let by_attribute = inside().find_map(|e| attribute_of(e, &PICTURES));
            by_attribute.or_else(|| inside().filter(|e| is_named(*e, &LINKS)).find_map(text_address))
        })
}

/// The address of the first picture in escaped HTML.
fn image_in_html(text: &str) -> Option<String> {
    let document = text.contains('<').then(|| parse::fragment(text).ok()).flatten()?;
    picture::within(document.root_element())
}

/// The value of the first attribute that has an address.
fn attribute_of(element: ElementRef<'_>, names: &[&str]) -> Option<String> {
    let values = names.iter().filter_map(|name| xml::written_attribute(element, name));
    values.map(str::trim).find(|address| !picture::is_blank(address)).map(str::to_owned)
}

/// The text of an element without children, if it may be an address: a relative one has no spaces.
fn text_address(element: ElementRef<'_>) -> Option<String> {
    let text = is_leaf(element).then(|| raw_text(element))?;
    let address = text.trim();
    let may_be_address = !address.contains('<')
        && (!address.contains(char::is_whitespace) || has_scheme(address) || address.starts_with('/'));
    (may_be_address && !picture::is_blank(address)).then(|| address.to_owned())
}

fn has_scheme(address: &str) -> bool {
    address.starts_with("http://") || address.starts_with("https://")
}

/// Whether an element has one of the names, regardless of case and prefix.
fn is_named(element: ElementRef<'_>, names: &[&str]) -> bool {
    names.iter().any(|name| element.value().name().eq_ignore_ascii_case(name))
}

/// The link of an item if there is no rule for links: that of a usual child, else of a usual attribute.
pub(super) fn default_link(item: ElementRef<'_>) -> Option<String> {
    // An address of another kind, such as `rel="self"`, is not the item's page.
    let is_main = |e: &ElementRef<'_>| xml::attribute(*e, "rel").is_none_or(|rel| rel == "alternate");
    let of_children = LINKS.iter().find_map(|name| {
        item.child_elements().filter(|e| is_named(*e, &[*name]) && is_main(e)).find_map(address)
    });
    of_children.or_else(|| usual_attribute(item, &LINKS))
}

/// The title of an item if there is no rule for titles: that of a usual child, else of a usual attribute.
pub(super) fn default_title(item: ElementRef<'_>) -> Option<String> {
    let wanted = XmlRequest { attr: None, kind: ValueKind::Text, is_title: true };
    let of_children = TITLES.iter().find_map(|name| {
        let mut texts = item.child_elements().filter(|e| is_named(*e, &[*name])).map(|e| text(e, wanted));
        texts.find(|text| !text.trim().is_empty())
    });
    of_children.or_else(|| usual_attribute(item, &TITLES).map(|title| of_text(&title, wanted)))
}

fn usual_attribute(item: ElementRef<'_>, names: &[&str]) -> Option<String> {
    let values = names.iter().filter_map(|name| xml::attribute(item, name));
    values.map(str::trim).find(|text| !text.is_empty()).map(str::to_owned)
}
