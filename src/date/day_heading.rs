//! Whether a text is the heading of a day or a month, and says nothing else.

use super::meaning::{Meaning, Sense};
use super::tokens::{Text, TokenKind};

/// Longer texts are no headings of days, in bytes.
const MAX_BYTES: usize = 120;

/// Whether a text is a day or a month and nothing else, such as `Friday, 20 November 2026`. A remark in
/// brackets may follow. `As of 4 November` says something else: when the whole page was written.
#[must_use]
pub fn is_day_heading(text: &str) -> bool {
    let before_remark = text.split(['(', '（']).next().unwrap_or_default().trim();
    if before_remark.is_empty() || before_remark.len() > MAX_BYTES {
        return false;
    }
    let text = Text::new(before_remark);
    let mut kinds = text.tokens.iter().map(|token| token.kind);
    // Words such as `of` stand inside a date; before it they belong to another statement.
    kinds.next().is_some_and(begins_date) && kinds.all(belongs_to_date)
}

fn begins_date(kind: TokenKind) -> bool {
    has_sense(kind, |sense| !matches!(sense, Sense::Filler | Sense::Ordinal | Sense::And) && is_of_day(sense))
}

fn belongs_to_date(kind: TokenKind) -> bool {
    has_sense(kind, is_of_day)
}

/// Whether a word has a meaning that passes a test. Numbers and marks always pass.
fn has_sense(kind: TokenKind, test: impl Fn(Sense) -> bool) -> bool {
    let passes = |meaning: &Meaning| test(meaning.sense);
    match kind {
        TokenKind::Word(meanings) => meanings.iter().any(passes),
        TokenKind::Number(..) | TokenKind::Mark(_) => true,
    }
}

/// Whether a meaning is a part of a day's or a month's name.
fn is_of_day(sense: Sense) -> bool {
    matches!(
        sense,
        Sense::Month(_)
            | Sense::PersianMonth(_)
            | Sense::Weekday(_)
            | Sense::DaysFromToday(_)
            | Sense::YearMark
            | Sense::MonthMark
            | Sense::DayMark
            | Sense::MonthPrefix
            | Sense::Filler
            | Sense::Ordinal
            | Sense::Number(_)
            | Sense::And
            | Sense::OrdinalDay(_)
            | Sense::EraBase(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_names_a_day_and_nothing_else() {
        for text in [
            "4 November 2025",
            "Friday, 20 November 2026",
            "Fri, 20 Nov 2026 (showing 4 of 4 entries)",
            "November 2026",
            "04.11.2025",
            "4th of November, 2025",
            "Mittwoch, 4. März 2026",
            "2025年11月4日",
        ] {
            assert!(is_day_heading(text), "{text}");
        }
        for text in [
            "As of 4 November 2025",
            "Stand: 4. November 2025",
            "Last updated on 4 November 2025",
            "Prices valid from 4 November 2025",
            "4 November 2025: all tides",
            "of 4 November 2025",
            "(4 November 2025)",
            "",
        ] {
            assert!(!is_day_heading(text), "{text}");
        }
    }
}
