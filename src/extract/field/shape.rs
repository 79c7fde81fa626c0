//! The pattern and the replacements of a rule, applied to a raw value.

use regex::Regex;

use crate::rules::Source;

/// Longest text in which a pattern is searched, in bytes; the rest of a longer one is left out of the search.
/// A pattern may take thousands of steps for each byte.
const MAX_SEARCHED_BYTES: usize = 256 << 10;

/// Largest text that replacements make, in bytes. Each may make a text many times longer.
const MAX_REPLACED_BYTES: usize = 2 << 20;

/// Applies pattern and replacements; `None` if the pattern does not match, or nothing is left.
pub(super) fn shape(source: &Source, raw: String) -> Option<String> {
    let mut text = match &source.regex {
        None => raw,
        Some(regex) => {
            let found = regex.captures(beginning(&raw, MAX_SEARCHED_BYTES))?;
            found.get(1).or_else(|| found.get(0))?.as_str().to_owned()
        }
    };
    for (pattern, replacement) in &source.replace {
        text = replaced(&text, pattern, replacement);
    }
    let is_shaped = source.regex.is_some() || !source.replace.is_empty();
    (!is_shaped || !text.trim().is_empty()).then_some(text)
}

/// The text with all matches replaced. Behind the bytes that are searched it stays as it is; a result that
/// grows beyond its bound is cut.
fn replaced(text: &str, pattern: &Regex, replacement: &str) -> String {
    let searched = beginning(text, MAX_SEARCHED_BYTES);
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for captures in pattern.captures_iter(searched) {
        let Some(whole) = captures.get(0) else { continue };
        out.push_str(&searched[copied..whole.start()]);
        captures.expand(replacement, &mut out);
        copied = whole.end();
        if out.len() > MAX_REPLACED_BYTES {
            return beginning(&out, MAX_REPLACED_BYTES).to_owned();
        }
    }
    out.push_str(&text[copied..]);
    beginning(&out, MAX_REPLACED_BYTES.max(text.len())).to_owned()
}

/// The longest beginning of a text of at most so many bytes.
fn beginning(text: &str, max_bytes: usize) -> &str {
    let mut end = text.len().min(max_bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacements_stay_within_their_bound() {
        let pattern = Regex::new("").expect("a pattern");
        let replacement = "harbour ".repeat(1_000);
        let once = replaced(&"x".repeat(100_000), &pattern, &replacement);
        assert!(once.len() <= MAX_REPLACED_BYTES);
        assert!(replaced(&once, &pattern, &replacement).len() <= MAX_REPLACED_BYTES);
        let tide = Regex::new(r"(\w+) tide").expect("a pattern");
        assert_eq!(replaced("low tide, high tide.", &tide, "$1 water"), "low water, high water.");
        assert_eq!(replaced("a tide", &tide, "${1}x"), "ax");
    }

    #[test]
    fn a_long_text_is_searched_at_its_beginning() {
        let text = format!("{}END", "é".repeat(MAX_SEARCHED_BYTES));
        let end = Regex::new("END").expect("a pattern");
        assert_eq!(replaced(&text, &end, ""), text);
    }
}
