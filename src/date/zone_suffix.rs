//! The zone that stands after a time: an abbreviation or an offset.

use super::instant::StatedZone;
use super::tokens::Text;
use super::zones;

/// The zone after a time, and the index of the token after it: `Z`, `UTC`, `(KST)`, `+0900`, `GMT+09:00`.
pub(super) fn zone(text: &Text, after_time: usize) -> (StatedZone, usize) {
    let mut at = after_time;
    while ['(', ',', '|', '['].iter().any(|mark| text.is_mark(at, *mark)) {
        at += 1;
    }
    let letters = text.letters(at);
    if text.is_word(at)
        && zones::is_zone(letters)
        && (text.is_upper(at) || matches!(letters, "z" | "utc" | "gmt" | "мск"))
    {
        let offset = if zones::is_universal(letters) { offset(text, at + 1, true) } else { None };
        return offset.unwrap_or_else(|| (StatedZone::Abbreviation(letters.to_owned()), at + 1));
    }
    let follows_directly = at == after_time && text.is_attached(after_time);
    offset(text, at, follows_directly).unwrap_or((StatedZone::Unstated, after_time))
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
