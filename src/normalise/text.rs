//! Text as a person reads it.

/// Cleans a text of a page: white space folded, no control or invisible characters that XML 1.0
/// forbids, and no space before punctuation where an inline tag left one.
#[must_use]
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = !out.is_empty();
        } else if allowed(c) {
            if space && !(closes(c) && out.ends_with(char::is_alphanumeric)) {
                out.push(' ');
            }
            space = false;
            out.push(c);
        }
    }
    out
}

/// Punctuation that never has a space before it after a word in English and most scripts. French
/// writes one before `:;!?`, so those are left as they are.
fn closes(c: char) -> bool {
    matches!(c, ',' | '.' | ')' | ']' | '，' | '。' | '、')
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
        assert_eq!(clean(input), expected);
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
    fn a_summary_that_repeats_is_told() {
        assert!(repeats("New pier opens", "New pier opens"));
        assert!(repeats("New  pier…", "New pier opens"));
        assert!(!repeats("New pier opens. It is long.", "New pier opens"));
        assert!(!repeats("", "x"));
    }
}
