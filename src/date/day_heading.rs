//! Whether a text is the heading of a day or a month, and says nothing else.

use super::meaning::{Meaning, Sense};
use super::tokens::{Text, TokenKind};

/// Longer texts are no headings of days, in bytes.
const MAX_BYTES: usize = 120;

/// Articles and words for `day` that may stand before a date in its heading, folded.
const ARTICLES: &[&str] = &[
    "the",
    "den",
    "der",
    "am",
    "le",
    "la",
    "les",
    "el",
    "il",
    "lo",
    "o",
    "dia",
    "dne",
    "dnia",
    "την",
    "ngay",
    "วันที่",
    "ที่",
    "tanggal",
    "tarehe",
];

/// Articles in a row before a date.
const MAX_ARTICLES: usize = 2;

/// Marks that part a heading from the count of what stands under it.
const COUNT_MARKS: &[char] = &['-', '\u{2013}', '\u{2014}', '|', '·', '•'];

/// Whether a text is a day or a month and nothing else, such as `Friday, 20 November 2026` or
/// `Le mardi 4 novembre`. A remark in brackets or a count of items may follow.
/// `As of 4 November` says something else: when the whole page was written.
#[must_use]
pub fn is_day_heading(text: &str) -> bool {
    let before_brackets = text.split(['(', '（']).next().unwrap_or_default();
    let before_remark = before_count(before_brackets).trim();
    if before_remark.is_empty() || before_remark.len() > MAX_BYTES {
        return false;
    }
    let text = Text::new(before_remark);
    let is_article = |at: &usize| ARTICLES.contains(&text.letters(*at));
    let start = (0..MAX_ARTICLES).take_while(is_article).count();
    let rest = text.tokens.get(start..).unwrap_or_default();
    // Words such as `of` stand inside a date; before it they belong to another statement.
    rest.first().is_some_and(|token| begins_date(token.kind))
        && (start + 1..text.tokens.len()).all(|at| belongs_to_date(&text, at))
}

/// The part of a heading before a count of what stands under it: `4 November 2025 - 3 items`.
fn before_count(heading: &str) -> &str {
    let Some((before, after)) = heading.rsplit_once(COUNT_MARKS) else { return heading };
    let mut words = after.split_whitespace();
    let is_number = words.next().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    let is_noun = words.next().is_some_and(|word| word.chars().all(char::is_alphabetic));
    if before.ends_with(char::is_whitespace) && is_number && is_noun && words.next().is_none() {
        before
    } else {
        heading
    }
}

fn begins_date(kind: TokenKind) -> bool {
    has_sense(kind, |sense| !matches!(sense, Sense::Filler | Sense::Ordinal | Sense::And) && is_of_day(sense))
}

/// Whether a token is a part of a date, or one of the names of our era.
fn belongs_to_date(text: &Text, at: usize) -> bool {
    let is_era = text.is_upper(at) && matches!(text.letters(at), "ad" | "ce");
    is_era || text.kind(at).is_some_and(|kind| has_sense(kind, is_of_day))
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
            "Le jeudi 16 juillet 2026",
            "Den 16. juli 2026",
            "Ngày 16 tháng 7 năm 2026",
            "วันที่ 16 กรกฎาคม 2569",
            "วันพฤหัสบดีที่ 16 กรกฎาคม 2569",
            "Il 16 luglio 2026",
            "Thursday, 16 July 2026 - 12 notices",
            "Thursday, 16 July 2026 \u{2013} 1 notice",
            "16 July 2026 AD",
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
            "Updated 4 November 2025",
            "Le bulletin du 4 novembre 2025",
            "The prices of 4 November 2025",
            "4 November 2025 - all tides",
            "(4 November 2025)",
            "",
        ] {
            assert!(!is_day_heading(text), "{text}");
        }
    }
}
