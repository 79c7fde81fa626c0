//! The zone that stands after a time: a name, an abbreviation or an offset.

use super::instant::StatedZone;
use super::meaning::{ANY, Sense};
use super::tokens::Text;
use super::zone_names;
use super::zones;

/// The zone after a time, and the index of the token after it: `Z`, `UTC`, `(KST)`, `+0900`, `GMT+09:00`,
/// `Uhr MESZ`, `Eastern Time`, `[Europe/Paris]`.
pub(super) fn zone(text: &Text, after_time: usize) -> (StatedZone, usize) {
    let start = after_hour_mark(text, after_time);
    let mut at = start;
    while ['(', ',', '|', '['].iter().any(|mark| text.is_mark(at, *mark)) {
        at += 1;
    }
    // RFC 9557 marks a zone that must be understood with `!`.
    if at > start && text.is_mark(at, '!') {
        at += 1;
    }
    let named = zone_names::place(text, at)
        .or_else(|| zone_names::in_words(text, at))
        .or_else(|| abbreviation(text, start, at));
    if let Some(found) = named {
        return found;
    }
    // `10 Uhr -12:00 Uhr` is a range of hours.
    if start != after_time && !text.is_mark(at, '+') {
        return (StatedZone::Unstated, after_time);
    }
    let follows_directly = at == after_time && text.is_attached(after_time);
    offset(text, at, follows_directly).unwrap_or((StatedZone::Unstated, after_time))
}

/// The index after a word such as `Uhr` or `h`, with its dot, if one stands at a place; else the place itself.
pub(super) fn after_hour_mark(text: &Text, at: usize) -> usize {
    if !text.means(at, ANY, Sense::HourMark) {
        return at;
    }
    if text.is_mark(at + 1, '.') { at + 2 } else { at + 1 }
}

/// The zone of an abbreviation; an offset may follow one that means UTC.
fn abbreviation(text: &Text, start: usize, at: usize) -> Option<(StatedZone, usize)> {
    let letters = text.letters(at);
    let is_written_as_zone = text.is_upper(at) || matches!(letters, "z" | "utc" | "gmt" | "мск");
    if !text.is_word(at) || !zones::is_zone(letters) || !is_written_as_zone {
        return None;
    }
    if zones::is_also_word(letters) && !stands_apart(text, start, at) {
        return None;
    }
    let offset = if zones::is_universal(letters) { offset(text, at + 1, true) } else { None };
    Some(offset.unwrap_or_else(|| (StatedZone::Abbreviation(letters.to_owned()), at + 1)))
}

/// Whether a word follows a time directly or in brackets, and nothing but a closing bracket follows it:
/// `10:00 (ART)`, but neither `10:00 | ART` nor `10:00 ART & CULTURE`.
fn stands_apart(text: &Text, start: usize, at: usize) -> bool {
    let opens = (start..at).all(|at| text.is_mark(at, '(') || text.is_mark(at, '['));
    let next = at + 1;
    opens && (next >= text.tokens.len() || text.is_mark(next, ')') || text.is_mark(next, ']'))
}

/// `+0900`, `-03:30`, and where `hours_alone` is set also `+09` or `+9`: it is not set for
/// `17:30 (+3 replies)`.
fn offset(text: &Text, at: usize, hours_alone: bool) -> Option<(StatedZone, usize)> {
    let sign = if text.is_mark(at, '+') {
        1
    } else if text.is_mark(at, '-') {
        -1
    } else {
        return None;
    };
    if !text.is_attached(at + 1) {
        return None;
    }
    let short = text.number(at + 1, 1..=2);
    let after_colon = text.number(at + 3, 2..=2).filter(|_| text.is_mark(at + 2, ':'));
    let four_digits = text.number(at + 1, 4..=4);
    let (hours, minutes, next) = match (short, after_colon, four_digits) {
        (Some(hours), Some(minutes), _) => (hours, minutes, at + 4),
        (_, _, Some(both)) => (both / 100, both % 100, at + 2),
        (Some(hours), None, _) if hours_alone => (hours, 0, at + 2),
        _ => return None,
    };
    if hours > 14 || minutes >= 60 {
        return None;
    }
    let total_minutes = i32::try_from(hours * 60 + minutes).ok()?;
    Some((StatedZone::OffsetMinutes(sign * total_minutes), next))
}
