//! The address of a picture: of an image that loads late, of a `<picture>`, of a background, of a
//! `<noscript>`.
//!
//! Rules, articles and the content of items all ask here.

mod background;
mod filler;
mod source_set;

use scraper::{ElementRef, Html};

use super::parse;

pub(crate) use background::background;
use filler::is_unusable;
pub(crate) use filler::{is_avatar_address, is_blank, is_tiny};

/// Attributes with the address of a picture that loads late, in order of preference.
const LATE: [&str; 10] = [
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-full-src",
    "data-original-src",
    "data-lazy",
    "data-echo",
    "data-hires",
    "data-delayed-url",
    "data-image",
];
/// Words of attributes whose address is that of a smaller picture, or of one that stands for the picture when
/// it is missing, or under the pointer.
const OTHER: [&str; 15] = [
    "low",
    "lq",
    "thumb",
    "small",
    "tiny",
    "blur",
    "preview",
    "placeholder",
    "fallback",
    "default",
    "error",
    "missing",
    "hover",
    "mobile",
    "spinner",
];
/// Cap on the children of a `<picture>` that are read.
const MAX_SOURCES: usize = 50;
/// Cap on the nodes of a `<picture>` among which its children are looked for.
const MAX_NODES: usize = 200;
/// Cap on the elements inside one that are searched for a picture.
const MAX_ELEMENTS: usize = 5_000;
/// Cap on the nesting inside a `<noscript>`.
const MAX_NOSCRIPT_DEPTH: usize = 64;

/// Whether an element is shown as one picture.
pub(crate) fn is_picture(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "img" | "picture" | "amp-img" | "amp-anim")
}

/// The address of the picture that an element is, or of the first one that it holds or has as its background.
pub(crate) fn within(element: ElementRef<'_>) -> Option<String> {
    match element.value().name() {
        "meta" => return own_attribute(element, "content"),
        "link" => return own_attribute(element, "href"),
        "source" => {
            return of_sources(&[element]).map(str::to_owned).or_else(|| own_attribute(element, "src"));
        }
        _ if is_picture(element) => return address(element).or_else(|| in_noscript_beside(element)),
        _ => {}
    }
    let inside = || element.descendent_elements().take(MAX_ELEMENTS);
    let of_image = inside().filter(|e| is_picture(*e)).find_map(address);
    of_image
        .or_else(|| inside().find_map(background).map(str::to_owned))
        .or_else(|| inside().filter(|e| is_noscript(*e)).find_map(in_noscript))
        .or_else(|| inside().find_map(|e| own_attribute(e, "poster")))
}

/// The address of the picture that an element is. Attributes for late loading come first: then `src` is a
/// placeholder. `None` for spacers, pixels, icons and avatars.
pub(crate) fn address(element: ElementRef<'_>) -> Option<String> {
    let parent = || element.parent().and_then(ElementRef::wrap).filter(|p| p.value().name() == "picture");
    let picture = if element.value().name() == "picture" { Some(element) } else { parent() };
    let Some(picture) = picture else {
        return of_image(element, &[]).map(str::to_owned);
    };
    let children: Vec<ElementRef<'_>> =
        picture.children().take(MAX_NODES).filter_map(ElementRef::wrap).take(MAX_SOURCES).collect();
    let image = children.iter().copied().find(|e| is_picture(*e) && e.value().name() != "picture");
    if element != picture && image != Some(element) {
        // A `<picture>` shows its first image only.
        return None;
    }
    let sources: Vec<ElementRef<'_>> =
        children.into_iter().filter(|e| e.value().name() == "source").collect();
    image.map_or_else(|| of_sources(&sources), |image| of_image(image, &sources)).map(str::to_owned)
}

/// Whether the address of a picture is not in its `src`: then it loads late.
pub(crate) fn is_late(element: ElementRef<'_>) -> bool {
    let found = address(element);
    let eager = element.attr("src").map(str::trim);
    found.is_some() && found.as_deref() != eager
}

/// The markup in a `<noscript>`, which the parser keeps as text, as a document.
pub(crate) fn noscript_document(noscript: ElementRef<'_>) -> Option<Html> {
    let mut markup: String = noscript.text().collect();
    if !markup.contains('<') {
        // Markup that was written out from a tree has it escaped.
        markup = markup.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    }
    let has_markup = markup.contains('<');
    has_markup.then(|| parse::parse(&markup, MAX_NOSCRIPT_DEPTH).ok()).flatten()
}

fn in_noscript(noscript: ElementRef<'_>) -> Option<String> {
    let document = noscript_document(noscript)?;
    document.root_element().descendent_elements().filter(|e| is_picture(*e)).find_map(address)
}

/// The picture of the `<noscript>` beside a spacer that a script replaces.
fn in_noscript_beside(image: ElementRef<'_>) -> Option<String> {
    if filler::is_no_picture(image) {
        return None;
    }
    noscripts_beside(image).find_map(in_noscript)
}

fn has_noscript_beside(image: ElementRef<'_>) -> bool {
    noscripts_beside(image).next().is_some()
}

fn noscripts_beside(image: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    let next = image.next_siblings().find_map(ElementRef::wrap);
    let previous = image.prev_siblings().find_map(ElementRef::wrap);
    [next, previous].into_iter().flatten().filter(|e| is_noscript(*e))
}

fn is_noscript(element: ElementRef<'_>) -> bool {
    element.value().name() == "noscript"
}

fn own_attribute(element: ElementRef<'_>, name: &str) -> Option<String> {
    element.attr(name).filter(|address| !is_blank(address)).map(|address| address.trim().to_owned())
}

/// The address of an image with the sources beside it.
fn of_image<'a>(image: ElementRef<'a>, sources: &[ElementRef<'a>]) -> Option<&'a str> {
    if filler::is_no_picture(image) {
        return None;
    }
    let eager = |is_no_address: fn(&str) -> bool| {
        image.attr("src").map(str::trim).filter(move |address| !is_no_address(address))
    };
    late_address(image)
        .or_else(|| late_set(image))
        .or_else(|| sources.iter().find_map(|source| late_set(*source)))
        .or_else(|| eager(is_blank))
        .or_else(|| set(image.attr("srcset")?))
        .or_else(|| of_sources(sources))
        .or_else(|| image.attr("content").filter(|address| !is_blank(address)))
        .or_else(|| eager(is_unusable).filter(|src| filler::may_be_photo(src) && !has_noscript_beside(image)))
}

/// The address of the first source; formats that few readers know come last.
fn of_sources<'a>(sources: &[ElementRef<'a>]) -> Option<&'a str> {
    let is_new = |e: &ElementRef<'_>| e.attr("type").is_some_and(|t| t.contains("avif") || t.contains("jxl"));
    let address = |source: &ElementRef<'a>| {
        late_set(*source).or_else(|| set(source.attr("srcset")?)).or_else(|| late_address(*source))
    };
    let known = sources.iter().filter(|source| !is_new(source)).find_map(address);
    known.or_else(|| sources.iter().find_map(address))
}

fn set(text: &str) -> Option<&str> {
    source_set::largest(text, |address| !is_unusable(address))
}

/// The address in an attribute for late loading: of a picture, or of a player.
pub(crate) fn late_address(image: ElementRef<'_>) -> Option<&str> {
    let attributes = || image.value().attrs();
    let known = LATE.iter().filter_map(|late| attributes().find(|(name, _)| name == late));
    let others = attributes().filter(|(name, _)| is_late_name(name, "src"));
    let is_address = |address: &&str| address.contains(['/', '.']) && !is_unusable(address);
    known.chain(others).map(|(_, value)| value.trim()).find(is_address)
}

fn late_set(image: ElementRef<'_>) -> Option<&str> {
    let known = image.attr("data-srcset").into_iter();
    let others =
        image.value().attrs().filter(|(name, _)| is_late_name(name, "srcset")).map(|(_, value)| value);
    known.chain(others).find_map(set)
}

/// Whether a name is that of a late form of an attribute, as `data-lazy-src` is of `src`.
fn is_late_name(name: &str, attribute: &str) -> bool {
    let prefix = name.strip_suffix(attribute);
    prefix.is_some_and(|prefix| prefix.ends_with(['-', '_']) && !OTHER.iter().any(|s| prefix.contains(s)))
}

#[cfg(test)]
mod tests;
