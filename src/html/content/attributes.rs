//! The attributes of content that is written anew, with absolute addresses.

use scraper::ElementRef;
use url::Url;

use super::super::escape::push_attribute;

/// Sides of a picture below this are proportions or mistakes, in pixels.
const MIN_SIDE: u32 = 25;

/// Cap on the bytes of a value. Longer ones are no addresses that a server would take, and no texts that a
/// reader would show.
const MAX_VALUE_BYTES: usize = 4096;

/// Appends an attribute, unless its value is too long.
pub(super) fn push(name: &str, value: &str, out: &mut String) {
    if value.len() <= MAX_VALUE_BYTES {
        push_attribute(name, value, out);
    }
}

/// Whether an attribute may matter without scripts and styles, and a parser reads its name back as the same.
pub(super) fn is_of_use(name: &str) -> bool {
    !matches!(name, "style" | "class" | "srcset" | "hidden" | "xml:base")
        && !name.starts_with("on")
        && !name.starts_with("data-")
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))
}

/// Names and values that describe a picture.
pub(super) fn of_image(image: ElementRef<'_>) -> impl Iterator<Item = (&'static str, &str)> {
    let texts = ["alt", "title"].into_iter().filter_map(move |name| Some((name, image.attr(name)?)));
    let is_side = |value: &str| value.parse::<u32>().is_ok_and(|side| side >= MIN_SIDE);
    let sides = ["width", "height"].into_iter();
    let sides = sides.filter_map(move |name| Some((name, image.attr(name).filter(|value| is_side(value))?)));
    texts.chain(sides)
}

/// An address by a base. Links to places in the content stay, and so does what is no address.
pub(super) fn absolute(address: &str, base: Option<&Url>) -> String {
    let trimmed = address.trim();
    let resolved = base.filter(|_| !trimmed.starts_with('#')).and_then(|base| base.join(trimmed).ok());
    resolved.map_or_else(|| trimmed.to_owned(), String::from)
}

/// The base that an element sets for itself and what it holds (XML Base, section 3.1).
pub(super) fn own_base(element: ElementRef<'_>, base: Option<&Url>) -> Option<Url> {
    let address =
        element.value().attrs().find(|(name, _)| *name == "xml:base").map(|(_, value)| value.trim())?;
    let resolved = base.map_or_else(|| Url::parse(address), |base| base.join(address)).ok()?;
    matches!(resolved.scheme(), "http" | "https").then_some(resolved)
}

/// Whether elements of a name have no content and no end tag.
pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area" | "base" | "br" | "col" | "hr" | "input" | "link" | "meta" | "wbr" | "bgsound" | "basefont"
    )
}
