//! Cleans text, so that it is as a person reads it on the page.

/// Whether a language puts spaces before punctuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spacing {
    /// No spaces before punctuation.
    Plain,
    /// Spaces before `:`, `;`, `!` and `?`, as in French.
    French,
}

impl Spacing {
    /// The spacing of a language. An unknown language may be French, so its spaces stay.
    pub(super) fn of(language: Option<&str>) -> Self {
        match language {
            Some(tag) if !tag.to_ascii_lowercase().starts_with("fr") => Self::Plain,
            _ => Self::French,
        }
    }
}

/// Cleans a text of a page.
///
/// White space is collapsed. Characters that are not allowed are removed (see [`is_allowed`]). A space
/// between a word and punctuation, as an inline tag leaves it, is removed too.
pub(super) fn clean(text: &str, spacing: Spacing) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = !out.is_empty();
        } else if is_allowed(c) {
            if space && !(is_closing(c, spacing) && out.ends_with(ends_word)) {
                out.push(' ');
            }
            space = false;
            out.push(c);
        }
    }
    out
}

/// Whether the character is punctuation that has no space before it when it follows a word.
fn is_closing(c: char, spacing: Spacing) -> bool {
    match c {
        ',' | '.' | ')' | ']' | '，' | '。' | '、' => true,
        ';' | ':' | '!' | '?' => spacing == Spacing::Plain,
        _ => false,
    }
}

/// Whether the character may end a word, or words in quotes or brackets.
fn ends_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '"' | '\'' | '’' | '”' | '»' | ')' | ']' | '%')
}

/// Whether the character stays in a cleaned text.
///
/// XML 1.0 section 2.2 forbids some control characters, U+FFFE and U+FFFF. The other control characters and
/// byte order marks are removed as well, since nobody can see them.
fn is_allowed(c: char) -> bool {
    !matches!(c, '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a summary only repeats the title: it is equal to the title or to its beginning.
pub(super) fn repeats(summary: &str, title: &str) -> bool {
    let folded_summary = folded(summary);
    !folded_summary.is_empty() && folded(title).starts_with(&folded_summary)
}

/// A text in lower case, without white space and without the dots or brackets at its end.
fn folded(text: &str) -> String {
    let trimmed = text.trim_end_matches(['…', '.', ' ', '[', ']']);
    trimmed.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// A text of at most `max_bytes` bytes. A text that is cut ends with an ellipsis.
pub(super) fn truncated(mut text: String, max_bytes: usize) -> String {
    if text.len() > max_bytes {
        let mut cut = max_bytes.saturating_sub('…'.len_utf8());
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        text.truncate(cut);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(clean(input, Spacing::French), expected);
    }

    #[test]
    fn text_is_cleaned() {
        check("  a \n\t b\u{a0}c ", "a b c");
        check("Ana Lind , who ( as said ) left .", "Ana Lind, who ( as said) left.");
        check("Vraiment ? Oui !", "Vraiment ? Oui !");
        check("see ... here", "see... here");
        check("price .5", "price.5");
        check("a\u{0}\u{8}b\u{ffff}\u{b}c", "ab c");
        check("שלום עולם", "שלום עולם");
        check("e\u{301} 👩\u{200d}🚀", "e\u{301} 👩\u{200d}🚀");
        check("", "");
    }

    #[test]
    fn spacing_follows_the_language() {
        assert_eq!(clean("Who ? Kim ; Lee : yes !", Spacing::of(Some("en"))), "Who? Kim; Lee: yes!");
        assert_eq!(clean("Qui ? Kim ; oui !", Spacing::of(Some("fr-CA"))), "Qui ? Kim ; oui !");
    }

    #[test]
    fn a_summary_that_repeats_the_title_is_recognised() {
        assert!(repeats("New pier opens", "New pier opens"));
        assert!(repeats("New  pier…", "New pier opens"));
        assert!(!repeats("New pier opens. It is long.", "New pier opens"));
        assert!(!repeats("", "x"));
    }
}
