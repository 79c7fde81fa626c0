//! What stands among the text of an article and is none of it, told by what it is like.

use super::measure;
use super::measure::{Around, Measure, text_of};
use crate::html::tree::ElementRef;

/// How lines begin that only link elsewhere.
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

/// A line that only links elsewhere: `Read also: ...`.
pub(crate) fn is_teaser(element: ElementRef<'_>, all: usize, linked: usize) -> bool {
    let line = matches!(element.value().name(), "p" | "b" | "strong" | "em" | "span" | "font");
    if !line || all == 0 || linked * 2 < all {
        return false;
    }
    let text = text_of(element).to_lowercase();
    TEASERS.iter().any(|b| text.starts_with(b))
}

/// A number that refers to a note: `[1]`.
pub(crate) fn is_mark(element: ElementRef<'_>) -> bool {
    element.value().name() == "sup"
        && element.descendent_elements().any(|e| e.attr("href").is_some_and(|h| h.starts_with('#')))
}

/// A word over an advertisement, or the number of a picture.
pub(crate) fn is_label(element: ElementRef<'_>) -> bool {
    let small =
        matches!(element.value().name(), "p" | "div" | "span" | "small" | "figcaption" | "section" | "b");
    if !small {
        return false;
    }
    let mut chars = element.text().flat_map(str::chars).filter(|c| !c.is_whitespace());
    let text: String = chars.by_ref().take(20).collect();
    if text.is_empty() || chars.next().is_some() {
        return false;
    }
    let counted = text.split_once('/').is_some_and(|(n, of)| {
        let digits = |t: &str| !t.is_empty() && t.chars().all(char::is_numeric);
        digits(n) && digits(of)
    });
    counted || ADS.contains(&text.to_lowercase().as_str())
}

/// A box that is one link to elsewhere.
pub(crate) fn is_card(element: ElementRef<'_>, all: usize, linked: usize) -> bool {
    let blocks =
        element.descendent_elements().filter(|e| matches!(e.value().name(), "div" | "p" | "span")).count();
    all > 60 && linked * 10 > all * 8 && blocks > 2
}

/// A small box that asks for something: an address, a message, money.
pub(crate) fn is_asking(element: ElementRef<'_>, all: usize) -> bool {
    let asks = |e: ElementRef<'_>| matches!(e.value().name(), "form" | "input" | "textarea");
    all < 500
        && element.descendent_elements().any(asks)
        && !element
            .descendent_elements()
            .any(|e| matches!(e.value().name(), "img" | "pre" | "table" | "figure"))
}

/// A list of places on the page itself.
pub(crate) fn is_contents(element: ElementRef<'_>) -> bool {
    if !matches!(element.value().name(), "ul" | "ol") {
        return false;
    }
    let items: Vec<ElementRef<'_>> = element.child_elements().filter(|e| e.value().name() == "li").collect();
    let points = |e: &ElementRef<'_>| {
        e.descendent_elements().any(|a| a.attr("href").is_some_and(|h| h.len() > 1 && h.starts_with('#')))
    };
    items.len() > 1 && items.iter().filter(|i| points(i)).count() * 3 > items.len() * 2
}

/// Lists of links, boxes without text.
pub(crate) fn is_furniture(element: ElementRef<'_>, around: Around<'_>) -> bool {
    let Measure { all, linked, paragraphs, items, pictures, .. } = around.of(element);
    if all == 0 {
        return pictures == 0;
    }
    let weight = measure::weight(element);
    let density = measure::share(linked, all);
    let list = matches!(element.value().name(), "ul" | "ol" | "dl");
    let is_table = element.value().name() == "table";
    if is_table {
        return density > 0.6 && all < 400;
    }
    (list && density > 0.5 && items > 1)
        || (!list && items > paragraphs + 10 && density > 0.3)
        || (!list && all < 25 && pictures == 0 && !says(element, linked))
        || (weight < 0.0 && density > 0.2)
        || (density > 0.5 && !list)
        || (list && items == 1 && density > 0.8)
}

/// Whether a small block may be a subheading: words, and no links.
fn says(element: ElementRef<'_>, linked: usize) -> bool {
    let heading = |e: ElementRef<'_>| matches!(e.value().name(), "h2" | "h3" | "h4" | "h5" | "h6");
    let words = element.text().flat_map(str::chars).filter(|c| c.is_alphabetic()).count();
    element.descendent_elements().any(heading) || (linked == 0 && words > 3)
}

/// What stands over advertisements, without spaces.
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
