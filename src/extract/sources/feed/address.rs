//! The addresses of an item of an XML feed: its page, and the page with its comments.

use url::Url;

use crate::html::tree::ElementRef;
use crate::html::xml;
use crate::html::xml::Vocabulary::Core;

/// The address of the item: the alternate link of Atom, the link of RSS, or an identifier that is an address.
pub(crate) fn link(item: ElementRef<'_>, page: &Url) -> Option<String> {
    let atom_links = xml::children(item, Core, "link").filter(|l| xml::attribute(*l, "href").is_some());
    // RFC 4287 section 4.2.7.2: a registered relation may be written as an address.
    let relation = |l: &ElementRef<'_>| {
        let rel = xml::attribute(*l, "rel").unwrap_or("alternate").to_ascii_lowercase();
        rel.rsplit('/').next().unwrap_or_default().to_owned()
    };
    let alternates: Vec<ElementRef<'_>> = atom_links.filter(|l| relation(l) == "alternate").collect();
    let is_html = |l: &&ElementRef<'_>| xml::attribute(**l, "type").is_none_or(|t| t.contains("html"));
    let best = alternates.iter().find(is_html).or(alternates.first());
    let alternate = best.copied().and_then(|l| resolve(l, xml::attribute(l, "href")?, page));
    let of_rss = || {
        let mut links = xml::children(item, Core, "link");
        links.find_map(|l| Some(xml::text(l)).filter(|t| !t.is_empty()).and_then(|t| resolve(l, &t, page)))
    };
    let identifier = || {
        let guid = xml::child(item, &[(Core, "guid"), (Core, "id")])?;
        let address = xml::text(guid);
        let is_permalink =
            !xml::attribute(guid, "ispermalink").is_some_and(|v| v.eq_ignore_ascii_case("false"));
        let is_web_address = ["http://", "https://"].iter().any(|s| address.starts_with(s));
        (is_permalink && is_web_address).then_some(address)
    };
    alternate.or_else(of_rss).or_else(identifier)
}

/// Makes an address absolute by the `xml:base` of the elements around it and the feed's own address.
pub(crate) fn resolve(element: ElementRef<'_>, address: &str, page: &Url) -> Option<String> {
    let trimmed = address.trim();
    let resolved = base(element, page).join(trimmed);
    Some(resolved.map_or_else(|_| trimmed.to_owned(), String::from)).filter(|a| !a.is_empty())
}

/// The base of addresses in an element (XML Base, section 3): each `xml:base` is resolved by the one around it,
/// the outermost by the feed's own address.
pub(crate) fn base(element: ElementRef<'_>, page: &Url) -> Url {
    let bases: Vec<&str> = std::iter::once(element)
        .chain(element.ancestors().filter_map(ElementRef::wrap))
        .filter_map(|e| xml::attribute(e, "base"))
        .collect();
    bases.iter().rev().fold(page.clone(), |base, next| base.join(next.trim()).unwrap_or(base))
}

/// The page with the comments: an element in RSS, the relation `replies` in Atom (RFC 4685 section 4).
pub(crate) fn comments(item: ElementRef<'_>, page: &Url) -> Option<String> {
    let element = xml::children(item, Core, "comments").next();
    let text = element.map(xml::text).filter(|t| !t.is_empty());
    let of_atom = || {
        let mut links = xml::children(item, Core, "link");
        let replies = links.find(|l| {
            let is_html = xml::attribute(*l, "type").is_none_or(|t| t.contains("html"));
            is_html && xml::attribute(*l, "rel").is_some_and(|r| r.eq_ignore_ascii_case("replies"))
        })?;
        resolve(replies, xml::attribute(replies, "href")?, page)
    };
    match (element, text) {
        (Some(element), Some(text)) => resolve(element, &text, page),
        _ => of_atom(),
    }
}
