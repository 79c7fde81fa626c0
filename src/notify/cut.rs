//! Texts within the limits of services: cut at a word, with `…` at the end.

/// How a service counts the length of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LengthUnit {
    /// Unicode characters.
    Characters,
    /// Bytes of UTF-8.
    Bytes,
    /// Units of UTF-16.
    Utf16,
}

impl LengthUnit {
    fn of(self, c: char) -> usize {
        match self {
            Self::Characters => 1,
            Self::Bytes => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
        }
    }

    /// The length of a text.
    #[must_use]
    pub fn length(self, text: &str) -> usize {
        text.chars().map(|c| self.of(c)).sum()
    }
}

/// The text, if it is at most `most` long; else its beginning up to the end of a word, with `…`. A word that is
/// longer than half of the room is cut itself.
#[must_use]
pub fn cut(text: &str, most: usize, unit: LengthUnit) -> String {
    if unit.length(text) <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(unit.of('…'));
    let mut used = 0;
    let fits = |c: &(usize, char)| {
        used += unit.of(c.1);
        used <= room
    };
    let end = text.char_indices().take_while(fits).last().map_or(0, |(at, c)| at + c.len_utf8());
    let begin = &text[..end];
    let at_word = text[end..].starts_with(char::is_whitespace);
    let word_end = begin.rfind(char::is_whitespace).filter(|at| *at >= end / 2 && !at_word);
    let kept = begin[..word_end.unwrap_or(end)].trim_end();
    if unit.length(kept) + unit.of('…') <= most { format!("{kept}…") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_a_word() {
        assert_eq!(cut("low tide", 8, LengthUnit::Characters), "low tide");
        assert_eq!(cut("low tide at noon", 9, LengthUnit::Characters), "low tide…");
        assert_eq!(cut("low tide at noon", 11, LengthUnit::Characters), "low tide…");
        assert_eq!(cut("Hafenverwaltungsgebäude", 6, LengthUnit::Characters), "Hafen…");
        assert_eq!(cut("ebb", 2, LengthUnit::Bytes), "");
    }

    #[test]
    fn units_are_those_of_the_service() {
        assert_eq!(cut("ÄÖÜ", 6, LengthUnit::Bytes), "ÄÖÜ");
        assert_eq!(cut("ÄÖÜß", 7, LengthUnit::Bytes), "ÄÖ…");
        assert_eq!(cut("🚢🚢🚢", 5, LengthUnit::Utf16), "🚢🚢…");
    }
}
