//! The picture in the background of an element.

use scraper::ElementRef;

use super::filler::is_blank;

/// Attributes with the address of a background that loads late.
const LATE: [&str; 4] = ["data-bg", "data-background-image", "data-background", "data-bg-src"];

/// The address of the picture in an element's background, by late attributes, else by its style.
pub(crate) fn background(element: ElementRef<'_>) -> Option<&str> {
    let mut late = LATE.iter().filter_map(|name| attribute(element, name)).map(address_of_url);
    let is_address = |address: &&str| !is_blank(address) && address.contains(['/', '.']);
    late.find(is_address).or_else(|| of_style(attribute(element, "style")?))
}

/// The value of an attribute. The look-up of the library interns the name each time, which is slow for all elements of
/// a page.
fn attribute<'a>(element: ElementRef<'a>, name: &str) -> Option<&'a str> {
    let mut attributes = element.value().attrs.iter();
    attributes.find(|(own, _)| &*own.local == name).map(|(_, value)| &**value)
}

/// The first address in the declarations of a style that set a background.
fn of_style(style: &str) -> Option<&str> {
    let lower = style.to_ascii_lowercase();
    let mut property = "";
    let mut at = 0;
    while let Some(offset) = lower[at..].find("url(") {
        let begin = at + offset;
        let before = &lower[at..begin];
        // A further address of the same declaration has no name of its own before it.
        if let Some((name, _)) = before.rsplit(';').next().and_then(|declaration| declaration.split_once(':'))
        {
            property = name.trim();
        }
        let value = &style[begin + "url(".len()..];
        let (address, length) = quoted_or_plain(value);
        if is_background(property) && !is_blank(address) {
            return Some(address);
        }
        at = begin + "url(".len() + length;
    }
    None
}

fn is_background(property: &str) -> bool {
    let other = ["border", "list", "mask", "cursor"];
    ["background", "bg", "image"].iter().any(|name| property.contains(name))
        && !other.iter().any(|name| property.starts_with(name))
}

/// The address at the beginning of what follows `url(`, and the number of bytes up to its end.
fn quoted_or_plain(value: &str) -> (&str, usize) {
    let trimmed = value.trim_start();
    let skipped = value.len() - trimmed.len();
    match trimmed.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let inner = &trimmed[1..];
            let end = inner.find(quote).unwrap_or(inner.len());
            (inner[..end].trim(), skipped + 1 + end)
        }
        _ => {
            let end = trimmed.find(')').unwrap_or(trimmed.len());
            (trimmed[..end].trim(), skipped + end)
        }
    }
}

/// An address that may be written as `url(...)`.
fn address_of_url(text: &str) -> &str {
    let trimmed = text.trim();
    trimmed.strip_prefix("url(").map_or(trimmed, |value| quoted_or_plain(value).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_address_of_a_background_counts() {
        for (style, expected) in [
            ("background: #eee url('/p/mole.jpg') no-repeat; color: red", Some("/p/mole.jpg")),
            ("BACKGROUND-IMAGE:URL( \"/p/a;b.jpg\" )", Some("/p/a;b.jpg")),
            ("background-image: linear-gradient(red, blue), url(/p/x.jpg)", Some("/p/x.jpg")),
            ("--card-bg: url(//img.example.net/y.jpg)", Some("//img.example.net/y.jpg")),
            ("background: url(data:image/svg+xml;base64,PHN2Zy8+), url(/p/z.jpg)", Some("/p/z.jpg")),
            ("list-style-image: url(/dot.png); cursor: url(/c.png)", None),
            ("background: url(", None),
        ] {
            assert_eq!(of_style(style), expected, "{style}");
        }
    }
}
