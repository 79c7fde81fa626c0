//! Comments, declarations and searches that both scans share.

/// The end of the comment whose content begins at `at`, by the HTML standard, sections 13.2.5.43 to
/// 13.2.5.52. `xml5ever` follows them, too.
pub(super) fn comment_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    if rest.starts_with(b">") {
        return at + 1;
    }
    if rest.starts_with(b"->") {
        return at + 2;
    }
    let mut from = at;
    while let Some(end) = find(bytes, from, b'>') {
        let content = &bytes[at..end];
        if content.ends_with(b"--") || content.ends_with(b"--!") {
            return end + 1;
        }
        from = end + 1;
    }
    bytes.len()
}

/// The place after the next `>`, else the end of the text.
pub(super) fn after_next_bracket(bytes: &[u8], from: usize) -> usize {
    find(bytes, from, b'>').map_or(bytes.len(), |end| end + 1)
}

/// The place after the next occurrence of a text that ends in `>`, else the end of the text.
pub(super) fn after_text(bytes: &[u8], from: usize, wanted: &[u8]) -> usize {
    let mut at = from;
    while let Some(end) = find(bytes, at, b'>') {
        if bytes[from..=end].ends_with(wanted) {
            return end + 1;
        }
        at = end + 1;
    }
    bytes.len()
}

/// The next occurrence of a byte.
pub(super) fn find(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    bytes.get(from..)?.iter().position(|b| *b == byte).map(|offset| from + offset)
}

/// Whether a text begins so, regardless of the case of ASCII letters.
pub(super) fn starts_with(text: &[u8], start: &[u8]) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}
