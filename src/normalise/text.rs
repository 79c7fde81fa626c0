//! Text as a person reads it.

/// Where a language has spaces before punctuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spacing {
    /// Nowhere.
    Plain,
    /// Before `:`, `;`, `!` and `?`, as French has.
    French,
}

impl Spacing {
    /// The spacing of a language; a page of an unknown one keeps what could be French.
    pub(super) fn of(language: Option<&str>) -> Self {
        match language {
            Some(tag) if !tag.to_ascii_lowercase().starts_with("fr") => Self::Plain,
            _ => Self::French,
        }
    }
}

/// Cleans a text of a page: white space folded, no control or invisible characters that XML 1.0
/// forbids, and no space before punctuation where an inline tag left one.
pub(super) fn clean(text: &str, spacing: Spacing) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = !out.is_empty();
        } else if allowed(c) {
            if space && !(closes(c, spacing) && out.ends_with(is_word)) {
                out.push(' ');
            }
            space = false;
            out.push(c);
        }
    }
    out
}

/// Punctuation that never has a space before it after a word.
fn closes(c: char, spacing: Spacing) -> bool {
    match c {
        ',' | '.' | ')' | ']' | '，' | '。' | '、' => true,
        ';' | ':' | '!' | '?' => spacing == Spacing::Plain,
        _ => false,
    }
}

/// What punctuation closes: a word, or something in quotes or brackets.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '"' | '\'' | '’' | '”' | '»' | ')' | ']' | '%')
}

/// Characters that XML 1.0 section 2.2 allows, less those that only disturb: byte order marks and
/// replacement of nothing.
fn allowed(c: char) -> bool {
    !matches!(c, '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a summary says nothing that the title does not: equal to it, or its beginning.
pub(super) fn repeats(summary: &str, title: &str) -> bool {
    let (summary, title) = (bare(summary), bare(title));
    !summary.is_empty() && title.starts_with(&summary)
}

fn bare(text: &str) -> String {
    let trimmed = text.trim_end_matches(['…', '.', ' ', '[', ']']);
    trimmed.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
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
    fn a_summary_that_repeats_is_told() {
        assert!(repeats("New pier opens", "New pier opens"));
        assert!(repeats("New  pier…", "New pier opens"));
        assert!(!repeats("New pier opens. It is long.", "New pier opens"));
        assert!(!repeats("", "x"));
    }
}
