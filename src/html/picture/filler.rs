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
/// An image with a side of at most so many pixels is invisible.
const MAX_INVISIBLE_SIDE: u32 = 1;
/// A square image with sides of these pixels is an icon. Smaller numbers are mostly proportions, as 4 by 3.
const ICON_SIDES: std::ops::RangeInclusive<u32> = 10..=24;

/// Whether an address leads to no picture: it is empty, holds the picture itself, is a template that a script
/// fills in, or its file is a spacer.
pub(crate) fn is_blank(address: &str) -> bool {
    let address = address.trim();
    let has_scheme =
        |scheme: &str| address.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme));
    address.is_empty()
        || address.starts_with('#')
        || ["data:", "about:", "blob:", "javascript:"].iter().any(|scheme| has_scheme(scheme))
        || address.contains(['{', '<'])
        || is_spacer_file(address)
}

fn is_spacer_file(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let file = path.rsplit('/').next().unwrap_or_default();
    let Some((stem, _)) = file.rsplit_once('.') else { return false };
    let stem = stem.to_ascii_lowercase();
    let is_size = |word: &str| word.chars().all(|c| c.is_ascii_digit() || c == 'x');
    let words: Vec<&str> = stem.split(['-', '_', '.']).filter(|word| !word.is_empty()).collect();
    let has_word = words.iter().any(|word| SPACER_WORDS.contains(word)) || stem == "1x1";
    has_word && words.iter().all(|word| SPACER_WORDS.contains(word) || is_size(word))
}

/// Whether an image is a pixel, an icon or an avatar, by its size and its names.
pub(super) fn is_no_picture(image: ElementRef<'_>) -> bool {
    let is_avatar_class = |class: &str| {
        let mut words = class.split(['-', '_']);
        words.any(|word| ["avatar", "avatars", "gravatar"].iter().any(|a| word.eq_ignore_ascii_case(a)))
    };
    image.value().classes().any(is_avatar_class)
        || image.attr("src").is_some_and(is_avatar_address)
        || !has_proportions(image) && is_tiny(side(image, "width"), side(image, "height"))
}

/// Whether an address is one of the picture of a person on a service for these.
pub(crate) fn is_avatar_address(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
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
