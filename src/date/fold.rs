//! Folds the spellings of a text to one (case, accents, character widths, digits), so that the word
//! tables need only that one.

use unicode_normalization::char::decompose_compatible;

/// Characters of a text that are read. A longer text is an article rather than a date.
const MAX_CHARS: usize = 400;

/// A folded text, and which of its bytes were written in upper case.
#[derive(Debug, Clone, Default)]
pub(super) struct Folded {
    pub(super) text: String,
    /// For each byte of `text`: whether its character was written in upper case.
    upper: Vec<bool>,
}

impl Folded {
    /// Whether the whole range was written in upper case.
    pub(super) fn is_upper(&self, start: usize, end: usize) -> bool {
        self.upper[start..end].iter().all(|u| *u)
    }

    fn push(&mut self, c: char, upper: bool) {
        self.text.push(c);
        self.upper.resize(self.text.len(), upper);
    }
}

/// Folds a text: lower case, no accents, ASCII digits and punctuation, no invisible characters.
pub(super) fn fold(text: &str) -> Folded {
    let mut out = Folded { text: String::with_capacity(text.len()), upper: Vec::with_capacity(text.len()) };
    for c in text.chars().take(MAX_CHARS) {
        match c {
            '\0'..='\u{7f}' => {
                out.text.push(c.to_ascii_lowercase());
                out.upper.push(c.is_ascii_uppercase());
            }
            // Hangul syllables would be decomposed into letters.
            '\u{ac00}'..='\u{d7a3}' => out.push(c, false),
            _ => push_folded(c, &mut out),
        }
    }
    out
}

fn push_folded(c: char, out: &mut Folded) {
    if let Some(equivalent) = equivalent(c) {
        out.push(equivalent, false);
        return;
    }
    decompose_compatible(c, |part| {
        if is_accent(part) || is_invisible(part) {
            return;
        }
        let folded = equivalent(part).unwrap_or(part);
        for lower in folded.to_lowercase().filter(|lower| !is_accent(*lower)) {
            out.push(lower, folded.is_uppercase());
        }
    });
}

/// The character that a mark, a digit of another script, or a letter variant is folded to.
fn equivalent(c: char) -> Option<char> {
    Some(match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '‘' | '’' | 'ʼ' | 'ʹ' | 'ꞌ' | '′' | '`' | '´' => '\'',
        '、' | '，' | '،' => ',',
        '。' | '۔' => '.',
        '：' | '∶' => ':',
        // Arabic letters that have a Persian or dotless form.
        'ى' | 'ی' => 'ي',
        'ک' => 'ك',
        'ة' | 'ۀ' => 'ه',
        'ı' => 'i',
        'ø' | 'Ø' => 'o',
        'ł' | 'Ł' => 'l',
        'đ' | 'Đ' => 'd',
        _ => return digit(c),
    })
}

/// The zeros of the decimal digits of other scripts (Unicode general category Nd).
const ZEROS: &[u32] = &[
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6,
    0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x17e0, 0x1810, 0xff10,
];

/// The ASCII digit of a digit of another script.
fn digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// Whether a character is a combining accent, or a vowel point of Arabic or Hebrew.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// Whether a character is a soft hyphen, a zero-width character or a mark of direction.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_become_one() {
        for (text, folded) in [
            ("1er Février", "1er fevrier"),
            ("АВГУСТА", "августа"),
            ("２０２５年１１月", "2025年11月"),
            ("٤ نوفمبر", "4 نوفمبر"),
            ("पूर्व १६", "पूर्व 16"),
            ("11월 4일", "11월 4일"),
            ("Aujourd’hui", "aujourd'hui"),
            ("2025–11–04", "2025-11-04"),
            ("İstanbul I", "istanbul i"),
        ] {
            assert_eq!(fold(text).text, folded);
        }
        let shown = fold("at 5 PM Kst");
        assert!(shown.is_upper(5, 7) && !shown.is_upper(8, 11));
    }
}
