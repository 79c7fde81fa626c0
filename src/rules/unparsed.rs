//! The place from which a text cannot be understood, in words.

/// The longest rest of a text that is shown, in characters.
const MAX_SHOWN_CHARS: usize = 40;

/// The words for a text that cannot be parsed from a byte index on.
pub(super) fn unparsed_words(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let rest = &text[before.len()..];
    if rest.trim().is_empty() {
        return "it ends in the middle".to_owned();
    }
    let shown: String = rest.chars().take(MAX_SHOWN_CHARS).collect();
    let more = if shown.len() < rest.len() { "…" } else { "" };
    format!("it cannot be understood from character {} on: `{shown}{more}`", before.chars().count() + 1)
}
