//! The pattern and the replacements of a rule, applied to a raw value.

use crate::rules::{Source, replaced, searched_part};

/// Applies pattern and replacements; `None` if the pattern does not match, or nothing is left.
pub(super) fn shape(source: &Source, raw: String) -> Option<String> {
    let mut text = match &source.regex {
        None => raw,
        Some(regex) => {
            let found = regex.captures(searched_part(&raw, regex))?;
            found.get(1).or_else(|| found.get(0))?.as_str().to_owned()
        }
    };
    for (pattern, replacement) in &source.replace {
        text = replaced(&text, pattern, replacement);
    }
    let is_shaped = source.regex.is_some() || !source.replace.is_empty();
    (!is_shaped || !text.trim().is_empty()).then_some(text)
}
