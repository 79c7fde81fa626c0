//! Text -> tokens: numbers, words, marks.

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Digits: their value, and how many there are.
    Number(u32, usize),
    /// Letters, in lower case.
    Word(String),
    /// Anything else that is not white space.
    Mark(char),
    /// White space of any kind and length.
    Space,
}

/// More than this is no date but an article.
const MAX_CHARS: usize = 500;

/// Splits a text. Full-width forms become ASCII; invisible marks of direction are dropped.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut chars = text.chars().take(MAX_CHARS).map(narrow).filter(|c| !invisible(*c)).peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            if !matches!(out.last(), Some(Token::Space) | None) {
                out.push(Token::Space);
            }
        } else if c.is_ascii_digit() {
            let mut digits = String::from(c);
            while let Some(d) = chars.next_if(char::is_ascii_digit) {
                digits.push(d);
            }
            // A number too large for a date is no part of one.
            out.push(Token::Number(digits.parse().unwrap_or(u32::MAX), digits.len()));
        } else if c.is_alphabetic() {
            let mut word: String = c.to_lowercase().collect();
            while let Some(l) = chars.next_if(|l| l.is_alphabetic()) {
                word.extend(l.to_lowercase());
            }
            out.push(Token::Word(word));
        } else {
            out.push(Token::Mark(c));
        }
    }
    out
}

/// Full-width ASCII (U+FF01 to U+FF5E) as ASCII.
fn narrow(c: char) -> char {
    match u32::from(c) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(c),
        0x2010..=0x2015 | 0x2212 => '-',
        _ => c,
    }
}

fn invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}
