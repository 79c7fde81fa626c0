//! Images that are no pictures: spacers that stand for a late picture, pixels that count readers, icons,
//! avatars.

use scraper::ElementRef;

/// Words of file names of spacers. A name of only such words and numbers is one.
const SPACER_WORDS: &[&str] = &[
    "blank",
    "clear",
    "dot",
    "empty",
    "gray",
    "grey",
    "lazy",
    "lazyload",
    "loader",
    "loading",
    "pixel",
    "placeholder",
    "spacer",
    "transparent",
    "trans",
];
/// Those of [`SPACER_WORDS`] that a photograph may have as its name.
const WORDS_OF_PHOTOS: &[&str] = &["blank", "clear", "dot", "empty", "gray", "grey", "lazy"];
/// Formats of photographs. Spacers are transparent, and have others.
const FORMATS_OF_PHOTOS: &[&str] = &["avif", "heic", "jpeg", "jpg", "webp"];
/// Words of classes of images that show a person or a sign.
const WORDS_OF_ICONS: &[&str] = &["avatar", "avatars", "gravatar", "icon", "icons", "emoji"];
/// Words of classes and relations of the elements around the picture of an author.
const WORDS_OF_PERSONS: &[&str] =
    &["author", "authors", "avatar", "avatars", "byline", "gravatar", "profile", "profiles"];
/// Elements around an image that are asked whether they are about a person.
const MAX_ANCESTORS: usize = 4;
/// An element with more nodes inside is more than the note about an author.
const MAX_NODES_OF_PERSON: usize = 40;
/// An image is an icon if its one known side has at most so many pixels.
const MAX_LONE_SIDE: u32 = 32;
/// An image with a side of at most so many pixels is invisible.
const MAX_INVISIBLE_SIDE: u32 = 1;
/// A square image with sides of these pixels is an icon. Smaller numbers are mostly proportions, as 4 by 3.
const ICON_SIDES: std::ops::RangeInclusive<u32> = 10..=24;

/// Characters at the beginning of an address that are looked at.
const MAX_LOOKED_AT: usize = 500;

/// Whether an address leads to no picture: it is empty, holds the picture itself, is a template that a script
/// fills in, or its file is a spacer.
pub(crate) fn is_blank(address: &str) -> bool {
    is_unusable(address) || is_spacer_file(address.trim())
}

/// Whether an address leads to no file at all: it is empty, holds the picture itself, or is a template.
pub(super) fn is_unusable(address: &str) -> bool {
    let address = address.trim();
    let has_scheme =
        |scheme: &str| address.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme));
    address.is_empty()
        || address.starts_with('#')
        || ["data:", "about:", "blob:", "javascript:"].iter().any(|scheme| has_scheme(scheme))
        || address.contains(['{', '<'])
}

fn is_spacer_file(address: &str) -> bool {
    let Some((stem, _)) = file_name(address) else { return false };
    let stem = stem.to_ascii_lowercase();
    let has_word = words(&stem).any(|word| SPACER_WORDS.contains(&word)) || stem == "1x1";
    has_word && words(&stem).all(|word| SPACER_WORDS.contains(&word) || is_size(word))
}

/// Whether a file that has the name of a spacer may be a photograph all the same.
pub(super) fn may_be_photo(address: &str) -> bool {
    let Some((stem, format)) = file_name(address) else { return false };
    let stem = stem.to_ascii_lowercase();
    let is_format = FORMATS_OF_PHOTOS.iter().any(|known| format.eq_ignore_ascii_case(known));
    is_format && words(&stem).all(|word| WORDS_OF_PHOTOS.contains(&word) || is_size(word))
}

/// The name of the file that an address leads to, and its ending.
fn file_name(address: &str) -> Option<(&str, &str)> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next()?.rsplit_once('.')
}

fn words(stem: &str) -> impl Iterator<Item = &str> {
    stem.split(['-', '_', '.']).filter(|word| !word.is_empty())
}

fn is_size(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit() || c == 'x')
}

/// Whether an image is a pixel, an icon or an avatar, by its size and its names.
pub(super) fn is_no_picture(image: ElementRef<'_>) -> bool {
    has_words(image.attr("class"), WORDS_OF_ICONS)
        || image.attr("src").is_some_and(is_avatar_address)
        || !has_proportions(image) && has_size_of_icon(side(image, "width"), side(image, "height"))
        || is_of_person(image)
}

fn has_size_of_icon(width: Option<u32>, height: Option<u32>) -> bool {
    let is_lone_and_small = match (width, height) {
        (Some(side), None) | (None, Some(side)) => side <= MAX_LONE_SIDE,
        _ => false,
    };
    is_lone_and_small || is_tiny(width, height)
}

/// Whether an attribute has one of the words, each alone or as a part of a longer name.
fn has_words(attribute: Option<&str>, wanted: &[&str]) -> bool {
    let mut words = attribute.unwrap_or_default().split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| wanted.iter().any(|one| word.eq_ignore_ascii_case(one)))
}

/// Whether an image stands in the note about an author, by the small elements around it.
fn is_of_person(image: ElementRef<'_>) -> bool {
    let around = image.ancestors().filter_map(ElementRef::wrap).take(MAX_ANCESTORS);
    let mut of_note = around.take_while(|e| !begins_item(*e));
    of_note
        .any(|e| has_words(e.attr("class"), WORDS_OF_PERSONS) || has_words(e.attr("rel"), WORDS_OF_PERSONS))
}

/// Whether an element is a whole item or more than one: by its name, its size, or a heading in it.
fn begins_item(element: ElementRef<'_>) -> bool {
    let is_heading = |name: &str| matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
    let is_item = matches!(
        element.value().name(),
        "article" | "body" | "html" | "li" | "main" | "section" | "td" | "tr"
    );
    let inside = || element.descendants().take(MAX_NODES_OF_PERSON + 1);
    is_item
        || inside().count() > MAX_NODES_OF_PERSON
        || inside().filter_map(ElementRef::wrap).any(|e| is_heading(e.value().name()))
}

/// Whether an address is one of the picture of a person on a service for these. Its beginning tells it: a longer
/// address holds a picture itself, and there may be many of them.
pub(crate) fn is_avatar_address(address: &str) -> bool {
    let beginning = address.char_indices().nth(MAX_LOOKED_AT).map_or(address, |(end, _)| &address[..end]);
    let lower = beginning.to_ascii_lowercase();
    lower.contains("gravatar.com/avatar") || lower.contains("/avatars/")
}

/// Whether an image of this width and height, in pixels, is a pixel or an icon.
pub(crate) fn is_tiny(width: Option<u32>, height: Option<u32>) -> bool {
    let is_invisible = |side: Option<u32>| side.is_some_and(|side| side <= MAX_INVISIBLE_SIDE);
    if is_invisible(width) || is_invisible(height) {
        return true;
    }
    let (Some(width), Some(height)) = (width, height) else { return false };
    let is_icon = ICON_SIDES.contains(&width) && ICON_SIDES.contains(&height) && width.abs_diff(height) <= 2;
    is_icon || width.max(height) <= 2
}

/// Whether width and height are proportions and no sizes, as AMP has them.
fn has_proportions(image: ElementRef<'_>) -> bool {
    image.attr("layout").is_some_and(|layout| !matches!(layout, "fixed" | "nodisplay"))
}

/// The length of a side in pixels: by its attribute, else by the style.
fn side(image: ElementRef<'_>, name: &str) -> Option<u32> {
    let of_attribute = image.attr(name).and_then(pixels);
    of_attribute.or_else(|| {
        let declarations = image.attr("style")?.split(';').filter_map(|d| d.split_once(':'));
        let mut values = declarations.filter(|(property, _)| property.trim().eq_ignore_ascii_case(name));
        values.find_map(|(_, value)| pixels(value))
    })
}

fn pixels(text: &str) -> Option<u32> {
    let trimmed = text.trim();
    trimmed.strip_suffix("px").unwrap_or(trimmed).trim_end().parse().ok()
}
