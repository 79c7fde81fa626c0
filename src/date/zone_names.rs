//! The names of time zones: those of the IANA database (`Europe/Paris`), and those in words
//! (`Eastern Standard Time`).

use super::instant::StatedZone;
use super::tokens::{Text, TokenKind};
use super::zones;

/// The tokens of the longest name in the IANA database, such as `America/North_Dakota/New_Salem`.
const MAX_TOKENS: usize = 12;

/// The areas with which names in the IANA database begin.
const AREAS: &[&str] = &[
    "africa",
    "america",
    "antarctica",
    "arctic",
    "asia",
    "atlantic",
    "australia",
    "europe",
    "indian",
    "pacific",
    "etc",
];

/// Zones in words, with the abbreviations that mean the same.
const IN_WORDS: &[(&str, &str)] = &[
    ("eastern time", "et"),
    ("eastern standard time", "est"),
    ("eastern daylight time", "edt"),
    ("central time", "ct"),
    ("central standard time", "cst"),
    ("central daylight time", "cdt"),
    ("mountain time", "mt"),
    ("mountain standard time", "mst"),
    ("mountain daylight time", "mdt"),
    ("pacific time", "pt"),
    ("pacific standard time", "pst"),
    ("pacific daylight time", "pdt"),
    ("central european time", "cet"),
    ("central european standard time", "cet"),
    ("central european summer time", "cest"),
    ("eastern european time", "eet"),
    ("eastern european summer time", "eest"),
    ("british summer time", "bst"),
    ("greenwich mean time", "gmt"),
    ("coordinated universal time", "utc"),
    ("moscow time", "msk"),
    ("moscow standard time", "msk"),
    ("japan standard time", "jst"),
    ("korea standard time", "kst"),
];

/// Words that name a zone where they stand alone in brackets: `(Pacific)`.
const IN_BRACKETS: &[(&str, &str)] =
    &[("eastern", "et"), ("central", "ct"), ("mountain", "mt"), ("pacific", "pt")];

/// The zone of a name in the IANA database that begins at a place, and the index of the token after it.
pub(super) fn place(text: &Text, at: usize) -> Option<(StatedZone, usize)> {
    if !is_path(text, at) {
        return None;
    }
    let belongs = |at: &usize| {
        let is_part = matches!(
            text.kind(*at),
            Some(TokenKind::Word(_) | TokenKind::Number(..) | TokenKind::Mark('/' | '_' | '-' | '+'))
        );
        is_part && text.is_attached(*at)
    };
    let shortest = at + 3;
    let longest = (shortest..at + MAX_TOKENS).take_while(belongs).last().map_or(shortest, |last| last + 1);
    (shortest..=longest).rev().find_map(|end| {
        let zone = zones::zone_of_place(text.between(at, end))?;
        Some((StatedZone::Place(zone), end))
    })
}

/// Whether two words with a slash between them stand at a place, without white space.
fn is_path(text: &Text, at: usize) -> bool {
    text.is_word(at)
        && text.is_mark(at + 1, '/')
        && text.is_attached(at + 1)
        && text.is_word(at + 2)
        && text.is_attached(at + 2)
}

/// The zone of a name in words that begins at a place, and the index of the token after it.
pub(super) fn in_words(text: &Text, at: usize) -> Option<(StatedZone, usize)> {
    let is_word = |at: usize, word: &str| text.is_word(at) && text.letters(at) == word;
    let named = IN_WORDS.iter().find_map(|(name, abbreviation)| {
        let is_here = name.split(' ').enumerate().all(|(index, word)| is_word(at + index, word));
        is_here.then(|| (*abbreviation, at + name.split(' ').count()))
    });
    let is_in_brackets = at > 0 && text.is_mark(at - 1, '(') && text.is_mark(at + 1, ')');
    let bracketed = || {
        let found = IN_BRACKETS.iter().find(|(name, _)| is_in_brackets && is_word(at, name));
        found.map(|(_, abbreviation)| (*abbreviation, at + 1))
    };
    let (abbreviation, end) = named.or_else(bracketed)?;
    Some((StatedZone::Abbreviation(abbreviation.to_owned()), end))
}

/// Whether something like a zone that is not known follows a time of which no zone was read: `[Mars/Base]`,
/// `Europe/Nowhere`, `XYZT`.
pub(super) fn is_unknown_zone(text: &Text, after_mark: usize) -> bool {
    let is_in_square = text.is_mark(after_mark, '[') && text.is_attached(after_mark);
    let is_in_brackets = is_in_square || text.is_mark(after_mark, '(');
    let at = if is_in_brackets { after_mark + 1 } else { after_mark };
    let is_name = is_path(text, at) && (is_in_square || AREAS.contains(&text.letters(at)));
    let is_capital = text.is_word(at) && text.is_upper(at);
    let is_suffix = is_in_square && text.is_mark(at + 1, ']');
    let ends_text = (at + 1..text.tokens.len()).all(|at| matches!(text.kind(at), Some(TokenKind::Mark(_))));
    is_name || (is_capital && (is_suffix || ends_text) && looks_like_abbreviation(text.letters(at)))
}

/// Whether letters look like the abbreviation of a zone and like no word: three or four letters that end in `t`
/// and have no vowel (`XYZT`), or a vowel only at the beginning (`EGST`). `POST` and `EVENT` are words.
fn looks_like_abbreviation(letters: &str) -> bool {
    let is_vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');
    let is_short = (3..=4).contains(&letters.len()) && letters.is_ascii();
    let has_ending = letters.ends_with("st") || letters.ends_with("dt");
    let rest = if has_ending && letters.len() == 4 { letters.trim_start_matches(is_vowel) } else { letters };
    is_short && letters.ends_with('t') && letters.len() - rest.len() <= 1 && !rest.contains(is_vowel)
}
