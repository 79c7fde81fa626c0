//! Boilerplate inside the article body, recognised by its content: its text, its links, its elements.

use super::class_names::class_weight;
use super::element_kind::is_heading;
use super::measure::{Measure, PageContext};
use super::text::{share, text_of};
use crate::html::tree::ElementRef;

/// Beginnings of lines that only link to other articles, in lower case.
const TEASERS: &[&str] = &[
    "read more",
    "read also",
    "also read",
    "read next",
    "related",
    "more:",
    "see also",
    "watch:",
    "subscribe",
    "sign up",
    "click here",
    "follow us",
    "share",
    "lire aussi",
    "à lire aussi",
    "lesen sie auch",
    "mehr zum thema",
    "leer también",
    "lea también",
    "leia também",
    "leia mais",
    "leggi anche",
    "lees ook",
    "läs också",
    "les også",
    "læs også",
    "czytaj także",
    "zobacz także",
    "читайте также",
    "читать также",
];

/// Labels above advertisements, without spaces, in lower case.
const ADS: &[&str] = &[
    "advertisement",
    "advertising",
    "ad",
    "anzeige",
    "werbung",
    "publicité",
    "publicidad",
    "publicidade",
    "pubblicità",
    "реклама",
    "广告",
    "廣告",
    "広告",
    "광고",
    "إعلان",
    "विज्ञापन",
    "reklam",
    "reklama",
    "διαφήμιση",
    "quảngcáo",
    "โฆษณา",
    "פרסומת",
    "advertentie",
    "annonse",
    "annonce",
    "annons",
    "mainos",
    "iklan",
    "sponsored",
];

/// Whether an element is a line that only links to another article: `Read also: ...`.
pub(crate) fn is_teaser(element: ElementRef<'_>, text_length: usize, linked_length: usize) -> bool {
    let is_line = matches!(element.value().name(), "p" | "b" | "strong" | "em" | "span" | "font");
    if !is_line || text_length == 0 || linked_length * 2 < text_length {
        return false;
    }
    let text = text_of(element).to_lowercase();
    TEASERS.iter().any(|teaser| text.starts_with(teaser))
}

/// Whether an element is a reference to a note: `[1]`.
pub(crate) fn is_note_reference(element: ElementRef<'_>) -> bool {
    element.value().name() == "sup"
        && element.descendent_elements().any(|e| e.attr("href").is_some_and(|h| h.starts_with('#')))
}

/// Whether an element is the label of an advertisement, or the number of a picture: `3/12`.
pub(crate) fn is_label(element: ElementRef<'_>) -> bool {
    let may_be_label =
        matches!(element.value().name(), "p" | "div" | "span" | "small" | "figcaption" | "section" | "b");
    if !may_be_label {
        return false;
    }
    let mut chars = element.text().flat_map(str::chars).filter(|c| !c.is_whitespace());
    let text: String = chars.by_ref().take(20).collect();
    if text.is_empty() || chars.next().is_some() {
        return false;
    }
    let is_number_of_total = text.split_once('/').is_some_and(|(number, total)| {
        let is_number = |t: &str| !t.is_empty() && t.chars().all(char::is_numeric);
        is_number(number) && is_number(total)
    });
    is_number_of_total || ADS.contains(&text.to_lowercase().as_str())
}

/// Whether an element is the card of another article: a box that is nearly all link.
pub(crate) fn is_card(element: ElementRef<'_>, text_length: usize, linked_length: usize) -> bool {
    let blocks =
        element.descendent_elements().filter(|e| matches!(e.value().name(), "div" | "p" | "span")).count();
    text_length > 60 && linked_length * 10 > text_length * 8 && blocks > 2
}

/// Whether an element is a small box with a form: for a newsletter, a message, a donation.
pub(crate) fn is_interaction(element: ElementRef<'_>, text_length: usize) -> bool {
    let is_form = |e: ElementRef<'_>| matches!(e.value().name(), "form" | "input" | "textarea");
    text_length < 500
        && element.descendent_elements().any(is_form)
        && !element
            .descendent_elements()
            .any(|e| matches!(e.value().name(), "img" | "pre" | "table" | "figure"))
}

/// Whether an element is a table of contents: a list of links to places on the page itself.
pub(crate) fn is_table_of_contents(element: ElementRef<'_>) -> bool {
    if !matches!(element.value().name(), "ul" | "ol") {
        return false;
    }
    let items: Vec<ElementRef<'_>> = element.child_elements().filter(|e| e.value().name() == "li").collect();
    let links_to_page_itself = |e: &ElementRef<'_>| {
        e.descendent_elements().any(|a| a.attr("href").is_some_and(|h| h.len() > 1 && h.starts_with('#')))
    };
    items.len() > 1 && items.iter().filter(|i| links_to_page_itself(i)).count() * 3 > items.len() * 2
}

/// Whether an element is boilerplate by its measures: a list of links, or a box without text.
pub(crate) fn is_boilerplate(element: ElementRef<'_>, context: PageContext<'_>) -> bool {
    let Measure { text_length, linked_length, paragraphs, list_items, images, .. } = context.measure(element);
    if text_length == 0 {
        return images == 0;
    }
    let density = share(linked_length, text_length);
    let is_list = matches!(element.value().name(), "ul" | "ol" | "dl");
    let is_table = element.value().name() == "table";
    if is_table {
        return density > 0.6 && text_length < 400;
    }
    let is_mostly_links = if is_list {
        (list_items > 1 && density > 0.5) || (list_items == 1 && density > 0.8)
    } else {
        density > 0.5 || (list_items > paragraphs + 10 && density > 0.3)
    };
    let is_short_box = !is_list && text_length < 25 && images == 0;
    is_mostly_links
        || (is_short_box && !may_be_subheading(element, linked_length))
        || (density > 0.2 && class_weight(element) < 0.0)
}

/// Whether a short block may be a subheading: it has a heading, or words and no links.
fn may_be_subheading(element: ElementRef<'_>, linked_length: usize) -> bool {
    let is_subheading = |e: ElementRef<'_>| is_heading(e) && e.value().name() != "h1";
    let letters = element.text().flat_map(str::chars).filter(|c| c.is_alphabetic()).count();
    element.descendent_elements().any(is_subheading) || (linked_length == 0 && letters > 3)
}
