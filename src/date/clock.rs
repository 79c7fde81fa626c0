//! Times of day, and the zones after them.

use chrono::NaiveTime;

use super::days::Cursor;
use super::lexicon::{Sense, Unit};
use super::place::ZoneSaid;
use super::tokens::{Kind, Text};
use super::zones;
use crate::model::Precision;

/// A time as a text says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) clock: NaiveTime,
    /// 24:00: the clock stands at 00:00 of the next day.
    pub(super) next_day: bool,
    pub(super) precision: Precision,
    pub(super) zone: ZoneSaid,
}

/// Hour, minute and second as written, and what follows.
#[derive(Debug, Clone, Copy)]
struct Hands {
    hour: u32,
    minute: Option<u32>,
    second: Option<u32>,
    /// Written with a mark that only times have: `17:30`, `17時`.
    sure: bool,
    next: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Am,
    Pm,
}

/// `17:30`, `5 p.m.`, `午後5時30分`, `14h30`, `T1530`, `noon`, each with the zone after it. `dated`: a date
/// stands right before.
pub(super) fn time(text: &Text, c: Cursor, dated: bool) -> Option<(Time, Cursor)> {
    if let Some((clock, languages)) = text.sense(c.at, c.languages, noon_or_midnight)
        && text.number(c.at + 1, 1..=2).is_none()
    {
        let (zone, at) = zone(text, c.at + 1);
        return Some((
            Time { clock, next_day: false, precision: Precision::Minute, zone },
            Cursor { at, languages },
        ));
    }
    let before = half(text, c);
    let start = before.map_or(c.at, |(_, c)| skip_fill(text, c));
    let hands = hands(text, Cursor { at: start, ..c }, dated)?;
    let after = if before.is_none() { half(text, Cursor { at: hands.next, ..c }) } else { None };
    // A number alone is no time.
    if !hands.sure && before.is_none() && after.is_none() {
        return None;
    }
    let next = after.map_or(hands.next, |(_, c)| c.at);
    placed(text, c, hands, before.or(after).map(|(half, _)| half), next)
}

fn noon_or_midnight(sense: Sense) -> Option<NaiveTime> {
    match sense {
        Sense::Noon => NaiveTime::from_hms_opt(12, 0, 0),
        Sense::Midnight => Some(NaiveTime::MIN),
        _ => None,
    }
}

fn placed(text: &Text, c: Cursor, hands: Hands, half: Option<Half>, next: usize) -> Option<(Time, Cursor)> {
    let Hands { hour, minute, second, .. } = hands;
    let next_day = hour == 24 && minute.unwrap_or(0) == 0 && second.unwrap_or(0) == 0;
    let hour = match (half, hour) {
        (_, 24) if next_day => 0,
        // `17:30 pm` says it twice.
        (None, hour) | (_, hour @ 13..) => hour,
        (Some(Half::Am), hour) => hour % 12,
        (Some(Half::Pm), hour) => hour % 12 + 12,
    };
    let clock = NaiveTime::from_hms_opt(hour, minute.unwrap_or(0), second.unwrap_or(0).min(59))?;
    let precision = if second.is_some() { Precision::Second } else { Precision::Minute };
    // Opening hours have no seconds, and what stands after `T` is of RFC 3339: there it is an offset.
    let iso = [c.at.checked_sub(1), Some(c.at)].into_iter().flatten().any(|at| text.letters(at) == "t");
    let range = if second.is_none() && !iso { until(text, c, next, clock) } else { None };
    let (zone, at) = match range {
        Some(end) => (ZoneSaid::Nothing, end),
        None => zone(text, next),
    };
    Some((Time { clock, next_day, precision, zone }, Cursor { at, ..c }))
}

/// The time in `20251104153012` and `202511041530`.
pub(super) fn packed(text: &Text, at: usize) -> Option<Time> {
    let Some(Kind::Number(value, digits @ (12 | 14))) = text.kind(at) else { return None };
    let value = u32::try_from(value % if digits == 14 { 1_000_000 } else { 10_000 }).ok()?;
    let (hm, second) = if digits == 14 { (value / 100, Some(value % 100)) } else { (value, None) };
    let clock = NaiveTime::from_hms_opt(hm / 100, hm % 100, second.unwrap_or(0))?;
    let precision = if second.is_some() { Precision::Second } else { Precision::Minute };
    Some(Time { clock, next_day: false, precision, zone: ZoneSaid::Nothing })
}

/// The end of `10:00-12:00`: hours from and to, which look like an offset.
fn until(text: &Text, c: Cursor, at: usize, from: NaiveTime) -> Option<usize> {
    let to = text.is_mark(at, '-').then(|| hands(text, Cursor { at: at + 1, ..c }, false)).flatten()?;
    let clock = NaiveTime::from_hms_opt(to.hour, to.minute?, to.second.unwrap_or(0))?;
    (clock > from).then_some(to.next)
}

fn skip_fill(text: &Text, c: Cursor) -> usize {
    if text.means(c.at, c.languages, Sense::At) { c.at + 1 } else { c.at }
}

fn hands(text: &Text, c: Cursor, dated: bool) -> Option<Hands> {
    let at = c.at;
    if let Some(hands) = after_t(text, at) {
        return Some(hands);
    }
    let hour = text.number(at, 1..=2).filter(|hour| *hour <= 24)?;
    colons(text, at, hour)
        .or_else(|| marked(text, c, hour, dated))
        .or_else(|| dotted(text, c, hour, dated))
        .or(Some(Hands { hour, minute: None, second: None, sure: false, next: at + 1 }))
}

/// Whether a time of the form `T1530` begins at a place.
pub(super) fn is_after_t(text: &Text, at: usize) -> bool {
    after_t(text, at).is_some()
}

/// `T15`, `T1530`, `T153012`.
fn after_t(text: &Text, at: usize) -> Option<Hands> {
    if at == 0 || text.letters(at) != "t" || !text.glued(at + 1) {
        return None;
    }
    let at = at + 1;
    if let Some(hour) = text.number(at, 2..=2).filter(|hour| *hour <= 24 && !text.is_mark(at + 1, ':')) {
        return Some(Hands { hour, minute: None, second: None, sure: true, next: at + 1 });
    }
    let (hm, second) = match (text.number(at, 4..=4), text.number(at, 6..=6)) {
        (Some(hm), _) => (hm, None),
        (None, Some(hms)) => (hms / 100, Some(hms % 100)),
        (None, None) => return None,
    };
    Some(Hands { hour: hm / 100, minute: Some(hm % 100), second, sure: true, next: at + 1 })
}

/// `17:30`, `17:30:05.25`.
fn colons(text: &Text, at: usize, hour: u32) -> Option<Hands> {
    let part = |at: usize| text.number(at + 1, 2..=2).filter(|n| text.is_mark(at, ':') && *n <= 60);
    let minute = part(at + 1)?;
    let second = part(at + 3);
    let next = if second.is_some() { at + 5 } else { at + 3 };
    let fraction = second.is_some()
        && (text.is_mark(next, '.') || text.is_mark(next, ','))
        && text.glued(next + 1)
        && matches!(text.kind(next + 1), Some(Kind::Number(..)));
    Some(Hands {
        hour,
        minute: Some(minute),
        second,
        sure: true,
        next: if fraction { next + 2 } else { next },
    })
}

/// `17時30分05秒`, `14h30`, `14 Uhr`, `下午3点半`.
fn marked(text: &Text, c: Cursor, hour: u32, dated: bool) -> Option<Hands> {
    let at = c.at + 1;
    let is = |at: usize, sense: Sense| text.means(at, c.languages, sense);
    if !is(at, Sense::Clock) {
        return None;
    }
    let hands = |minute, second, next| Hands { hour, minute, second, sure: true, next };
    if text.letters(at + 1).starts_with('半') {
        let second = text.number(at + 2, 1..=2).filter(|_| is(at + 3, Sense::SecondMark));
        return Some(hands(Some(30), second, if second.is_some() { at + 4 } else { at + 2 }));
    }
    let Some(minute) = text.number(at + 1, 1..=2).filter(|m| *m < 60) else {
        // `14 h` may also be an amount of time.
        let amount = is(at, Sense::Unit(Unit::Hour));
        return (!amount || dated || after_at(text, c)).then(|| hands(None, None, at + 1));
    };
    if !is(at + 2, Sense::MinuteMark) {
        let plain = text.number(at + 1, 2..=2).is_some();
        return plain.then(|| hands(Some(minute), None, at + 2));
    }
    match text.number(at + 3, 1..=2).filter(|s| is(at + 4, Sense::SecondMark) && *s <= 60) {
        Some(second) => Some(hands(Some(minute), Some(second), at + 5)),
        None => Some(hands(Some(minute), None, at + 3)),
    }
}

/// `14.30`, where something says that it is a time: `kl. 14.30`, `14.30 Uhr`, `5.45 ip.`, or a date before it.
fn dotted(text: &Text, c: Cursor, hour: u32, dated: bool) -> Option<Hands> {
    let at = c.at;
    let minute =
        text.number(at + 2, 2..=2).filter(|m| text.is_mark(at + 1, '.') && *m < 60 && text.glued(at + 2))?;
    let second =
        text.number(at + 4, 2..=2).filter(|s| text.is_mark(at + 3, '.') && *s < 60 && text.glued(at + 4));
    let next = if second.is_some() { at + 5 } else { at + 3 };
    let clock = text.means(next, c.languages, Sense::Clock);
    let said = dated || after_at(text, c) || clock || half(text, Cursor { at: next, ..c }).is_some();
    let longer = text.is_mark(next, '.')
        && text.glued(next + 1)
        && matches!(text.kind(next + 1), Some(Kind::Number(..)));
    (said && !longer).then_some(Hands {
        hour,
        minute: Some(minute),
        second,
        sure: true,
        next: if clock { next + 1 } else { next },
    })
}

/// Whether a word such as `at` stands before: `kl. 14.30`.
fn after_at(text: &Text, c: Cursor) -> bool {
    let before = if c.at > 0 && text.is_mark(c.at - 1, '.') { 2 } else { 1 };
    c.at >= before && text.means(c.at - before, c.languages, Sense::At)
}

/// `am`, `p.m.`, `午後`, `ip.`
fn half(text: &Text, c: Cursor) -> Option<(Half, Cursor)> {
    let (half, languages) = text.sense(c.at, c.languages, |s| match s {
        Sense::Am => Some(Half::Am),
        Sense::Pm => Some(Half::Pm),
        _ => None,
    })?;
    let dot = text.is_mark(c.at + 1, '.') && !matches!(text.kind(c.at + 2), Some(Kind::Number(..)));
    Some((half, Cursor { at: if dot { c.at + 2 } else { c.at + 1 }, languages }))
}

/// The zone after a time: `Z`, `UTC`, `(KST)`, `+0900`, `GMT+09:00`.
fn zone(text: &Text, at: usize) -> (ZoneSaid, usize) {
    let mut start = at;
    while ['(', ',', '|', '['].iter().any(|m| text.is_mark(start, *m)) {
        start += 1;
    }
    let letters = text.letters(start);
    if text.is_word(start)
        && zones::is_zone(letters)
        && (text.is_upper(start) || matches!(letters, "z" | "utc" | "gmt" | "мск"))
    {
        let offset = zones::is_universal(letters).then(|| offset(text, start + 1, true)).flatten();
        return offset.unwrap_or_else(|| (ZoneSaid::Letters(letters.to_owned()), start + 1));
    }
    offset(text, start, start == at && text.glued(at)).unwrap_or((ZoneSaid::Nothing, at))
}

/// `+0900`, `-03:30`, and `+09` or `+9` where `hours_alone` may be meant: not in `17:30 (+3 replies)`.
fn offset(text: &Text, at: usize, hours_alone: bool) -> Option<(ZoneSaid, usize)> {
    let sign = if text.is_mark(at, '+') {
        1
    } else if text.is_mark(at, '-') {
        -1
    } else {
        return None;
    };
    if !text.glued(at + 1) {
        return None;
    }
    let colon = text.number(at + 3, 2..=2).filter(|_| text.is_mark(at + 2, ':'));
    let (hours, minutes, next) = match (text.number(at + 1, 1..=2), colon, text.number(at + 1, 4..=4)) {
        (Some(h), Some(m), _) => (h, m, at + 4),
        (_, _, Some(hm)) => (hm / 100, hm % 100, at + 2),
        (Some(h), None, _) if hours_alone => (h, 0, at + 2),
        _ => return None,
    };
    let total = i32::try_from(hours * 60 + minutes).ok().filter(|_| hours <= 14 && minutes < 60)?;
    Some((ZoneSaid::Minutes(sign * total), next))
}
