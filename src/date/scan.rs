//! Finds the one date in a text.

use chrono::NaiveTime;

use super::names;
use super::numbers;
use super::place::{self, ZoneSaid};
use super::tokens::Token;
use super::{DateFailure, DateRules, Order, Reading};
use crate::model::Precision;

/// A date as a text says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Day(i32, u32, u32),
    Month(i32, u32),
    Unclear,
}

/// A time as a text says it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Time {
    clock: NaiveTime,
    precision: Precision,
    zone: ZoneSaid,
}

/// Reads tokens that hold exactly one date, and maybe a time.
pub(super) fn read(tokens: &[Token], rules: &DateRules) -> Result<Reading, DateFailure> {
    let mut dates = Vec::new();
    let mut time = None;
    let mut at = 0;
    while at < tokens.len() {
        if let Some((said, next)) = date_at(tokens, at, rules.order)
            && bounded(tokens, at, next)
        {
            dates.push(said);
            at = next;
        } else if let Some((found, next)) = time_at(tokens, at) {
            time.get_or_insert(found);
            at = next;
        } else {
            at += 1;
        }
    }
    dates.dedup();
    match dates[..] {
        [] => Err(DateFailure::NotUnderstood),
        [Said::Unclear] => Err(DateFailure::Ambiguous),
        [Said::Month(year, month)] => place::month(year, month, rules.zone),
        [Said::Day(year, month, day)] => placed(place::day(year, month, day)?, time, rules),
        _ => Err(DateFailure::Several),
    }
}

fn placed(date: chrono::NaiveDate, time: Option<Time>, rules: &DateRules) -> Result<Reading, DateFailure> {
    let Some(Time { clock, precision, zone }) = time else { return Ok(place::whole_day(date, rules.zone)) };
    let reading = place::moment(date.and_time(clock), precision, &zone, rules.zone);
    reading.ok_or(DateFailure::NotUnderstood)
}

/// Whether what looks like a date is not a part of a longer number: `2025-11-04-005`.
fn bounded(tokens: &[Token], start: usize, end: usize) -> bool {
    let glued = |mark: Option<&Token>, number: Option<&Token>| {
        matches!(mark, Some(Token::Mark('-' | '/' | '.' | '+' | '$' | '€' | '£' | '#')))
            && matches!(number, Some(Token::Number(..)))
    };
    let before = start >= 2 && glued(tokens.get(start - 1), tokens.get(start - 2));
    !before && !glued(tokens.get(end), tokens.get(end + 1))
}

fn date_at(tokens: &[Token], at: usize, order: Option<Order>) -> Option<(Said, usize)> {
    if let Some(((year, month, day), next)) = numbers::year_first(tokens, at) {
        return Some((Said::Day(year, month, day), next));
    }
    if let Some((triple, next)) = numbers::triple(tokens, at) {
        if triple.short_year && order.is_none() {
            return None;
        }
        let said = triple.settled(order).map_or(Said::Unclear, |(y, m, d)| Said::Day(y, m, d));
        return Some((said, next));
    }
    compact(tokens, at)
        .or_else(|| month_first(tokens, at))
        .or_else(|| day_first(tokens, at))
        .or_else(|| year_and_name(tokens, at))
}

/// `20251104`.
fn compact(tokens: &[Token], at: usize) -> Option<(Said, usize)> {
    let Some(Token::Number(value, 8)) = tokens.get(at) else { return None };
    let (year, month, day) = (i32::try_from(value / 10_000).ok()?, value / 100 % 100, value % 100);
    place::day(year, month, day).ok()?;
    Some((Said::Day(year, month, day), at + 1))
}

/// `November 04, 2025`, `Sept. 3, 2025`, `November 2025`, `Friday September 11, 2026`.
fn month_first(tokens: &[Token], at: usize) -> Option<(Said, usize)> {
    let month = month_name(tokens, at)?;
    let next = skip(tokens, at + 1, &['.', ',', '-']);
    if let Some((year, end)) = year(tokens, next) {
        return Some((Said::Month(year, month), end));
    }
    let (day, next) = day_number(tokens, next)?;
    let next = skip_weekday(tokens, skip(tokens, next, &[',', '.', '-']));
    let (year, end) = year(tokens, next)?;
    Some((Said::Day(year, month, day), end))
}

/// `4 November 2025`, `4th of Nov. 2025`, `04-Nov-25`.
fn day_first(tokens: &[Token], at: usize) -> Option<(Said, usize)> {
    let (day, next) = day_number(tokens, at)?;
    // No comma: `Issue 12, March 2025`.
    let mut next = skip(tokens, next, &['.', '-', '/']);
    if matches!(tokens.get(next), Some(Token::Word(w)) if w == "of") {
        next = skip(tokens, next + 1, &[]);
    }
    let month = month_name(tokens, next)?;
    let next = skip(tokens, next + 1, &['.', ',', '-', '/']);
    if let Some((year, end)) = year(tokens, next) {
        return Some((Said::Day(year, month, day), end));
    }
    short_year(tokens, next).map(|(year, end)| (Said::Day(year, month, day), end))
}

/// Two digits of a year after a month's name, but not those of `4 May 10 am` and `4 May 10 votes`.
fn short_year(tokens: &[Token], at: usize) -> Option<(i32, usize)> {
    let Some(Token::Number(short, 2)) = tokens.get(at) else { return None };
    let joined = matches!(tokens.get(at - 1), Some(Token::Mark(_)));
    let alone = !matches!(tokens.get(skip(tokens, at + 1, &[])), Some(Token::Word(_)));
    let clock = is_mark(tokens, at + 1, ':');
    (!clock && (joined || alone)).then(|| (numbers::century(*short), at + 1))
}

/// `2025 November 4`, `2025-Nov-04`.
fn year_and_name(tokens: &[Token], at: usize) -> Option<(Said, usize)> {
    let (year, next) = year(tokens, at)?;
    let next = skip(tokens, next, &['-', ',', '.', '/']);
    let month = month_name(tokens, next)?;
    let (day, end) = day_number(tokens, skip(tokens, next + 1, &['-', ',', '.', '/']))?;
    Some((Said::Day(year, month, day), end))
}

fn month_name(tokens: &[Token], at: usize) -> Option<u32> {
    match tokens.get(at) {
        Some(Token::Word(word)) => names::month(word),
        _ => None,
    }
}

/// Four digits that a page may mean as a year.
fn year(tokens: &[Token], at: usize) -> Option<(i32, usize)> {
    match tokens.get(at) {
        Some(Token::Number(value @ 1900..=2200, 4)) => Some((i32::try_from(*value).ok()?, at + 1)),
        _ => None,
    }
}

/// One or two digits, maybe an ordinal; also gives what follows it.
fn day_number(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    let Some(Token::Number(day @ 1..=31, 1..=2)) = tokens.get(at) else { return None };
    let ordinal = matches!(tokens.get(at + 1), Some(Token::Word(w)) if names::is_ordinal(w));
    Some((*day, if ordinal { at + 2 } else { at + 1 }))
}

/// Passes over white space and the given marks.
fn skip(tokens: &[Token], mut at: usize, marks: &[char]) -> usize {
    while match tokens.get(at) {
        Some(Token::Space) => true,
        Some(Token::Mark(mark)) => marks.contains(mark),
        _ => false,
    } {
        at += 1;
    }
    at
}

fn skip_weekday(tokens: &[Token], at: usize) -> usize {
    match tokens.get(at) {
        Some(Token::Word(word)) if names::is_weekday(word) => skip(tokens, at + 1, &[',', '.']),
        _ => at,
    }
}

fn is_mark(tokens: &[Token], at: usize, mark: char) -> bool {
    tokens.get(at) == Some(&Token::Mark(mark))
}

/// `17:30`, `17:30:05.25`, `5:30 pm`, `5 p.m.`, `T1530`, each with the zone after it.
fn time_at(tokens: &[Token], at: usize) -> Option<(Time, usize)> {
    let (hour, minute, second, next) = clock(tokens, at)?;
    let (half, next) = half_of_day(tokens, next);
    let hour = match (half, hour) {
        (Half::None, 24) if minute == Some(0) => return None,
        // `17:30 pm` says it twice.
        (Half::None, hour) | (_, hour @ 13..) => hour,
        (Half::Am, hour) => hour % 12,
        (Half::Pm, hour) => hour % 12 + 12,
    };
    // A number alone is no time.
    if minute.is_none() && half == Half::None {
        return None;
    }
    let clock = NaiveTime::from_hms_opt(hour, minute.unwrap_or(0), second.unwrap_or(0).min(59))?;
    let precision = if second.is_some() { Precision::Second } else { Precision::Minute };
    if let Some(end) = until(tokens, next, clock) {
        return Some((Time { clock, precision, zone: ZoneSaid::Nothing }, end));
    }
    let (zone, next) = zone_at(tokens, next);
    Some((Time { clock, precision, zone }, next))
}

/// The end of `10:00-12:00`: hours from and to, which look like an offset.
fn until(tokens: &[Token], at: usize, from: NaiveTime) -> Option<usize> {
    let (hour, minute, second, end) = is_mark(tokens, at, '-').then(|| clock(tokens, at + 1)).flatten()?;
    let to = NaiveTime::from_hms_opt(hour, minute?, second.unwrap_or(0))?;
    (to > from).then_some(end)
}

type Clock = (u32, Option<u32>, Option<u32>, usize);

fn clock(tokens: &[Token], at: usize) -> Option<Clock> {
    if let (Some(Token::Word(t)), Some(Token::Number(value, 4 | 6))) = (tokens.get(at), tokens.get(at + 1))
        && t == "t"
    {
        let seconds = matches!(tokens.get(at + 1), Some(Token::Number(_, 6)));
        let hm = if seconds { value / 100 } else { *value };
        return Some((hm / 100, Some(hm % 100), seconds.then_some(value % 100), at + 2));
    }
    let Some(Token::Number(hour @ 0..=24, 1..=2)) = tokens.get(at) else { return None };
    let part = |at: usize| match (tokens.get(at), tokens.get(at + 1)) {
        (Some(Token::Mark(':')), Some(Token::Number(value @ 0..=60, 2))) => Some(*value),
        _ => None,
    };
    let Some(minute) = part(at + 1) else { return Some((*hour, None, None, at + 1)) };
    let Some(second) = part(at + 3) else { return Some((*hour, Some(minute), None, at + 3)) };
    let fraction = matches!(
        (tokens.get(at + 5), tokens.get(at + 6)),
        (Some(Token::Mark('.' | ',')), Some(Token::Number(..)))
    );
    Some((*hour, Some(minute), Some(second), if fraction { at + 7 } else { at + 5 }))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    None,
    Am,
    Pm,
}

/// `am`, `PM`, `a.m.`
fn half_of_day(tokens: &[Token], at: usize) -> (Half, usize) {
    let start = skip(tokens, at, &[]);
    let Some(Token::Word(word)) = tokens.get(start) else { return (Half::None, at) };
    let dotted =
        is_mark(tokens, start + 1, '.') && matches!(tokens.get(start + 2), Some(Token::Word(m)) if m == "m");
    let end = if dotted { start + 3 } else { start + 1 };
    let end = if dotted && is_mark(tokens, end, '.') { end + 1 } else { end };
    match (word.as_str(), dotted) {
        ("am", _) | ("a", true) => (Half::Am, end),
        ("pm", _) | ("p", true) => (Half::Pm, end),
        _ => (Half::None, at),
    }
}

/// The zone after a time: `Z`, `UTC`, `(KST)`, `+0900`, `GMT+09:00`.
fn zone_at(tokens: &[Token], at: usize) -> (ZoneSaid, usize) {
    let start = skip(tokens, at, &['(', ',']);
    if let Some(Token::Word(word)) = tokens.get(start)
        && names::zone(word).is_some()
    {
        let after = skip(tokens, start + 1, &[]);
        let offset = (names::zone(word) == Some(0)).then(|| offset_at(tokens, after, true)).flatten();
        return offset.unwrap_or_else(|| (ZoneSaid::Letters(word.clone()), start + 1));
    }
    offset_at(tokens, start, start == at).unwrap_or((ZoneSaid::Nothing, at))
}

/// `+0900`, `-03:30`, and `+09` or `+9` where `hours_alone` may be meant: not in `17:30 (+3 replies)`.
fn offset_at(tokens: &[Token], at: usize, hours_alone: bool) -> Option<(ZoneSaid, usize)> {
    let sign = match tokens.get(at) {
        Some(Token::Mark('+')) => 1,
        Some(Token::Mark('-')) => -1,
        _ => return None,
    };
    let (hours, minutes, next) = match (tokens.get(at + 1), tokens.get(at + 2), tokens.get(at + 3)) {
        (Some(Token::Number(h, 1..=2)), Some(Token::Mark(':')), Some(Token::Number(m, 2))) => {
            (*h, *m, at + 4)
        }
        (Some(Token::Number(hm, 4)), ..) => (hm / 100, hm % 100, at + 2),
        (Some(Token::Number(h, 1..=2)), ..) if hours_alone => (*h, 0, at + 2),
        _ => return None,
    };
    let total = i32::try_from(hours * 60 + minutes).ok().filter(|_| hours <= 14 && minutes < 60)?;
    Some((ZoneSaid::Minutes(sign * total), next))
}
