//! Texts of an article's page: their length, and their form for comparisons.

use crate::html::tree::ElementRef;

/// The length of a text in characters, with white space collapsed. Characters of scripts without spaces
/// between words count twice.
pub(crate) fn length(text: &str) -> usize {
    let is_wide = |c: char| matches!(u32::from(c), 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x3400..=0x9fff | 0xac00..=0xd7a3);
    let mut length = 0;
    let mut after_space = true;
    for c in text.chars() {
        if c.is_whitespace() {
            length += usize::from(!after_space);
            after_space = true;
        } else {
            length += if is_wide(c) { 2 } else { 1 };
            after_space = false;
        }
    }
    length
}

/// The share of a part in a whole.
#[expect(clippy::cast_precision_loss, reason = "texts are shorter than 2^52")]
pub(crate) fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// The text of an element, with white space collapsed.
pub(crate) fn text_of(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text for comparison: its letters and digits, in lower case.
pub(crate) fn comparable(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
