//! Cleans text, so that it is as a person reads it on the page.

use crate::html::invisible::needed_chars;
use crate::html::spacing::Spacing;

/// Cleans a text of a page.
///
/// White space is collapsed. Characters that are not allowed are removed (see [`is_allowed`]), and invisible
/// ones that the text does not need.
pub(super) fn clean(text: &str) -> String {
    collapsed(needed_chars(text), usize::MAX, |_, _| false)
}

/// Cleans the beginning of a text, and cuts it as [`truncated`] does. The rest of a long text is not read.
pub(super) fn clean_within(text: &str, max_bytes: usize) -> String {
    truncated(collapsed(needed_chars(text), max_bytes, |_, _| false), max_bytes)
}

/// A text as it is in keys: no space stands between a word and punctuation.
///
/// Keys were first made in this way, and may never change.
pub(super) fn in_key(text: &str, max_bytes: usize, spacing: Spacing) -> String {
    let is_stray = |before: &str, next: char| is_closing(next, spacing) && before.ends_with(ends_word);
    truncated(collapsed(text.chars(), max_bytes, is_stray), max_bytes)
}

/// A text with single spaces and allowed characters, until it has more than `enough_bytes`. `closes_up` tells
/// whether a space is left out, by the text before it and the character after it.
fn collapsed(
    text: impl Iterator<Item = char>,
    enough_bytes: usize,
    closes_up: impl Fn(&str, char) -> bool,
) -> String {
    let mut out = String::new();
    let mut space = false;
    for c in text {
        if out.len() > enough_bytes {
            break;
        }
        if c.is_whitespace() {
            space = !out.is_empty();
        } else if is_allowed(c) {
            if space && !closes_up(&out, c) {
                out.push(' ');
            }
            space = false;
            out.push(c);
        }
    }
    out
}

/// Whether keys have no space before the character when it follows a word.
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
    let mut in_title = folded(title);
    let mut in_summary = folded(summary).peekable();
    // A long summary is read as far as it is like the title.
    in_summary.peek().is_some() && in_summary.all(|c| in_title.next() == Some(c))
}

/// The characters of a text in lower case, without white space and without the dots or brackets at its end.
fn folded(text: &str) -> impl Iterator<Item = char> {
    let trimmed = text.trim_end_matches(['…', '.', ' ', '[', ']']);
    trimmed.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase)
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
        assert_eq!(clean(input), expected);
    }

    #[test]
    fn text_is_cleaned() {
        check("  a \n\t b\u{a0}c ", "a b c");
        check("Vraiment ? Oui !", "Vraiment ? Oui !");
        check("a\u{0}\u{8}b\u{ffff}\u{b}c", "ab c");
        check("שלום עולם", "שלום עולם");
        check("e\u{301} 👩\u{200d}🚀", "e\u{301} 👩\u{200d}🚀");
        check("\u{feff}Har\u{ad}bour \u{200b} news", "Harbour news");
        check("", "");
    }

    #[test]
    fn long_texts_are_cut() {
        let check = |input: &str, expected: &str| assert_eq!(clean_within(input, 10), expected);
        check("  one  two  ", "one two");
        check("one two 10", "one two 10");
        check("one two three", "one two…");
        check("éééééé", "ééé…");
    }

    #[test]
    fn spaces_that_a_person_wrote_stay() {
        check("Introducing .NET  10", "Introducing .NET 10");
        check("Edit .env , then cd ..", "Edit .env , then cd ..");
        check("fair :-) or ( not ) ?", "fair :-) or ( not ) ?");
    }

    #[test]
    fn keys_close_up_words_and_punctuation() {
        let key = |text: &str, language: &str| in_key(text, 99, Spacing::of(Some(language)));
        assert_eq!(in_key("Lind , who ( as said ) .5", 99, Spacing::French), "Lind, who ( as said).5");
        assert_eq!(key("Who ? Kim ; Lee : yes !", "en"), "Who? Kim; Lee: yes!");
        assert_eq!(key("Qui ? Kim ; oui !", "fr-CA"), "Qui ? Kim ; oui !");
    }

    #[test]
    fn a_summary_that_repeats_the_title_is_recognised() {
        assert!(repeats("New pier opens", "New pier opens"));
        assert!(repeats("New  pier…", "New pier opens"));
        assert!(!repeats("New pier opens. It is long.", "New pier opens"));
        assert!(!repeats("", "x"));
    }
}
