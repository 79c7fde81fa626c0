//! Times of day, with the zone that stands after them.

use chrono::NaiveTime;

use super::instant::StatedZone;
use super::meaning::{Sense, Unit};
use super::parts::Cursor;
use super::tokens::{Text, TokenKind};
use super::zone_suffix::zone;
use crate::model::Precision;

/// A time of day as a text states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) clock: NaiveTime,
    /// The text says 24:00, which is 00:00 of the next day.
    pub(super) next_day: bool,
    pub(super) precision: Precision,
    pub(super) zone: StatedZone,
}

/// Hour, minute and second as written.
#[derive(Debug, Clone, Copy)]
struct ClockFields {
    hour: u32,
    minute: Option<u32>,
    second: Option<u32>,
    /// Whether they are written in a way that only times are: `17:30`, `17時`.
    is_certain: bool,
    /// Index of the token after them.
    next: usize,
}

impl ClockFields {
    const fn hour_only(hour: u32, is_certain: bool, next: usize) -> Self {
        Self { hour, minute: None, second: None, is_certain, next }
    }

    const fn certain(hour: u32, minute: u32, second: Option<u32>, next: usize) -> Self {
        Self { hour, minute: Some(minute), second, is_certain: true, next }
    }
}

/// The half of the day that a time of the 12-hour clock belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meridiem {
    Am,
    Pm,
}

/// The time that begins at a place, with the zone after it: `17:30`, `5 p.m.`, `午後5時30分`, `14h30`,
/// `T1530`, `noon`. `after_date`: a date stands right before it.
pub(super) fn time(text: &Text, cursor: Cursor, after_date: bool) -> Option<(Time, Cursor)> {
    if let Some((clock, languages)) = text.sense(cursor.at, cursor.languages, noon_or_midnight)
        && text.number(cursor.at + 1, 1..=2).is_none()
    {
        let (zone, at) = zone(text, cursor.at + 1);
        let time = Time { clock, next_day: false, precision: Precision::Minute, zone };
        return Some((time, Cursor { at, languages }));
    }
    let before = meridiem(text, cursor);
    let start = before.map_or(cursor.at, |(_, after)| skip_at(text, after));
    let fields = clock_fields(text, cursor.moved_to(start), after_date)?;
    let after = if before.is_none() { meridiem(text, cursor.moved_to(fields.next)) } else { None };
    // A number alone is not a time.
    if !fields.is_certain && before.is_none() && after.is_none() {
        return None;
    }
    let next = after.map_or(fields.next, |(_, end)| end.at);
    let meridiem = before.or(after).map(|(meridiem, _)| meridiem);
    complete(text, cursor, ClockFields { next, ..fields }, meridiem)
}

fn noon_or_midnight(sense: Sense) -> Option<NaiveTime> {
    match sense {
        Sense::Noon => NaiveTime::from_hms_opt(12, 0, 0),
        Sense::Midnight => Some(NaiveTime::MIN),
        _ => None,
    }
}

/// The time of clock fields, with the zone or the end of a range of hours after them.
fn complete(
    text: &Text,
    start: Cursor,
    fields: ClockFields,
    meridiem: Option<Meridiem>,
) -> Option<(Time, Cursor)> {
    let minute = fields.minute.unwrap_or(0);
    // A leap second is read as the second before it.
    let second = fields.second.unwrap_or(0).min(59);
    let next_day = fields.hour == 24 && minute == 0 && second == 0;
    let hour = match (meridiem, fields.hour) {
        (_, 24) if next_day => 0,
        // In `17:30 pm` the hour is of the 24-hour clock already.
        (None, hour) | (_, hour @ 13..) => hour,
        (Some(Meridiem::Am), hour) => hour % 12,
        (Some(Meridiem::Pm), hour) => hour % 12 + 12,
    };
    let clock = NaiveTime::from_hms_opt(hour, minute, second)?;
    let precision = if fields.second.is_some() { Precision::Second } else { Precision::Minute };
    // Opening hours have no seconds. After a `T` (RFC 3339), `-12:00` is an offset and no end of a range.
    let is_rfc3339 =
        text.letters(start.at) == "t" || start.at.checked_sub(1).is_some_and(|at| text.letters(at) == "t");
    let may_be_range = fields.second.is_none() && !is_rfc3339;
    let range_end = if may_be_range { end_of_range(text, start, fields.next, clock) } else { None };
    let (zone, at) = match range_end {
        // A dash after a range begins no offset.
        Some(end) if text.is_mark(end, '-') => (StatedZone::Unstated, end),
        Some(end) => zone(text, end),
        None => zone(text, fields.next),
    };
    Some((Time { clock, next_day, precision, zone }, start.moved_to(at)))
}

/// The time in a number that also holds the date: `20251104153012`, `202511041530`.
pub(super) fn packed(text: &Text, at: usize) -> Option<Time> {
    let Some(TokenKind::Number(value, digits @ (12 | 14))) = text.kind(at) else { return None };
    let has_seconds = digits == 14;
    let time_digits = u32::try_from(value % if has_seconds { 1_000_000 } else { 10_000 }).ok()?;
    let hour_minute = if has_seconds { time_digits / 100 } else { time_digits };
    let second = if has_seconds { time_digits % 100 } else { 0 };
    let clock = NaiveTime::from_hms_opt(hour_minute / 100, hour_minute % 100, second)?;
    let precision = if has_seconds { Precision::Second } else { Precision::Minute };
    Some(Time { clock, next_day: false, precision, zone: StatedZone::Unstated })
}

/// The end of a range of hours, `-12:00` of `10:00-12:00`, which looks like an offset.
fn end_of_range(text: &Text, start: Cursor, at: usize, from: NaiveTime) -> Option<usize> {
    if !text.is_mark(at, '-') {
        return None;
    }
    let to = clock_fields(text, start.moved_to(at + 1), false)?;
    let clock = NaiveTime::from_hms_opt(to.hour, to.minute?, to.second.unwrap_or(0))?;
    (clock > from).then_some(to.next)
}

/// Passes over a word such as `at`.
fn skip_at(text: &Text, cursor: Cursor) -> usize {
    if text.means(cursor.at, cursor.languages, Sense::At) { cursor.at + 1 } else { cursor.at }
}

fn clock_fields(text: &Text, cursor: Cursor, after_date: bool) -> Option<ClockFields> {
    let at = cursor.at;
    if let Some(fields) = after_t(text, at) {
        return Some(fields);
    }
    let hour = text.number(at, 1..=2).filter(|hour| *hour <= 24)?;
    with_colons(text, at, hour)
        .or_else(|| with_marks(text, cursor, hour, after_date))
        .or_else(|| with_dots(text, cursor, hour, after_date))
        .or(Some(ClockFields::hour_only(hour, false, at + 1)))
}

/// Whether a time of the form `T1530` begins at a place.
pub(super) fn is_after_t(text: &Text, at: usize) -> bool {
    after_t(text, at).is_some()
}

/// `T15`, `T1530`, `T153012`.
fn after_t(text: &Text, at: usize) -> Option<ClockFields> {
    if at == 0 || text.letters(at) != "t" || !text.is_attached(at + 1) {
        return None;
    }
    let number_at = at + 1;
    let next = at + 2;
    if let Some(hour) = text.number(number_at, 2..=2).filter(|hour| *hour <= 24 && !text.is_mark(next, ':')) {
        return Some(ClockFields::hour_only(hour, true, next));
    }
    if let Some(hour_minute) = text.number(number_at, 4..=4) {
        return Some(ClockFields::certain(hour_minute / 100, hour_minute % 100, None, next));
    }
    let all = text.number(number_at, 6..=6)?;
    Some(ClockFields::certain(all / 10_000, all / 100 % 100, Some(all % 100), next))
}

/// `17:30`, `17:30:05.25`.
fn with_colons(text: &Text, at: usize, hour: u32) -> Option<ClockFields> {
    let number_after_colon =
        |at: usize| text.number(at + 1, 2..=2).filter(|number| text.is_mark(at, ':') && *number <= 60);
    let Some(minute) = number_after_colon(at + 1) else { return with_short_parts(text, at, hour) };
    let second = number_after_colon(at + 3).or_else(|| short_part(text, at + 3));
    let end = if second.is_some() { at + 5 } else { at + 3 };
    let has_fraction = second.is_some()
        && (text.is_mark(end, '.') || text.is_mark(end, ','))
        && is_attached_number(text, end + 1);
    Some(ClockFields::certain(hour, minute, second, if has_fraction { end + 2 } else { end }))
}

/// `9:5:00`, `1:2:3`: with three parts, a part may have one digit.
fn with_short_parts(text: &Text, at: usize, hour: u32) -> Option<ClockFields> {
    let minute = short_part(text, at + 1)?;
    let second = short_part(text, at + 3)?;
    Some(ClockFields::certain(hour, minute, Some(second), at + 5))
}

/// The number of one or two digits right after a colon.
fn short_part(text: &Text, colon_at: usize) -> Option<u32> {
    let is_joined =
        text.is_mark(colon_at, ':') && text.is_attached(colon_at) && text.is_attached(colon_at + 1);
    text.number(colon_at + 1, 1..=2).filter(|number| is_joined && *number < 60)
}

fn is_attached_number(text: &Text, at: usize) -> bool {
    text.is_attached(at) && matches!(text.kind(at), Some(TokenKind::Number(..)))
}

/// `17時30分05秒`, `14h30`, `14 Uhr`, `下午3点半`.
fn with_marks(text: &Text, cursor: Cursor, hour: u32, after_date: bool) -> Option<ClockFields> {
    let mark_at = cursor.at + 1;
    let means = |at: usize, sense: Sense| text.means(at, cursor.languages, sense);
    // After a date and a word such as `at`, `7 hours 10 minutes` is a time and no amount.
    let is_time_in_units = after_date && follows_at(text, cursor);
    let has_unit = |at: usize, unit: Unit| is_time_in_units && means(at, Sense::Unit(unit));
    if !means(mark_at, Sense::HourMark) && !has_unit(mark_at, Unit::Hour) {
        return None;
    }
    if text.letters(mark_at + 1).starts_with('半') {
        let second = text.number(mark_at + 2, 1..=2).filter(|_| means(mark_at + 3, Sense::SecondMark));
        let next = if second.is_some() { mark_at + 4 } else { mark_at + 2 };
        return Some(ClockFields::certain(hour, 30, second, next));
    }
    let Some(minute) = text.number(mark_at + 1, 1..=2).filter(|minute| *minute < 60) else {
        // `14 h` may also be an amount of time.
        let may_be_amount = means(mark_at, Sense::Unit(Unit::Hour));
        let is_time = !may_be_amount || after_date || follows_at(text, cursor);
        return is_time.then_some(ClockFields::hour_only(hour, true, mark_at + 1));
    };
    if !means(mark_at + 2, Sense::MinuteMark) && !has_unit(mark_at + 2, Unit::Minute) {
        let has_two_digits = text.number(mark_at + 1, 2..=2).is_some();
        return has_two_digits.then_some(ClockFields::certain(hour, minute, None, mark_at + 2));
    }
    let second = text
        .number(mark_at + 3, 1..=2)
        .filter(|second| means(mark_at + 4, Sense::SecondMark) && *second <= 60);
    let next = if second.is_some() { mark_at + 5 } else { mark_at + 3 };
    Some(ClockFields::certain(hour, minute, second, next))
}

/// `14.30`, where another sign shows that it is a time: `kl. 14.30`, `14.30 Uhr`, `5.45 ip.`, or a
/// date before it.
fn with_dots(text: &Text, cursor: Cursor, hour: u32, after_date: bool) -> Option<ClockFields> {
    let number_after_dot = |at: usize| {
        let number = text.number(at + 1, 2..=2)?;
        (text.is_mark(at, '.') && number < 60 && text.is_attached(at + 1)).then_some(number)
    };
    let minute = number_after_dot(cursor.at + 1)?;
    let second = number_after_dot(cursor.at + 3);
    let end = if second.is_some() { cursor.at + 5 } else { cursor.at + 3 };
    let has_hour_mark = text.means(end, cursor.languages, Sense::HourMark);
    let is_time = after_date
        || follows_at(text, cursor)
        || has_hour_mark
        || meridiem(text, cursor.moved_to(end)).is_some();
    let number_goes_on = text.is_mark(end, '.') && is_attached_number(text, end + 1);
    if !is_time || number_goes_on {
        return None;
    }
    Some(ClockFields::certain(hour, minute, second, if has_hour_mark { end + 1 } else { end }))
}

/// Whether a word such as `at` stands before a place: `kl. 14.30`.
fn follows_at(text: &Text, cursor: Cursor) -> bool {
    let has_dot = cursor.at > 0 && text.is_mark(cursor.at - 1, '.');
    let distance = if has_dot { 2 } else { 1 };
    cursor.at.checked_sub(distance).is_some_and(|at| text.means(at, cursor.languages, Sense::At))
}

/// `am`, `p.m.`, `午後`, `ip.`
fn meridiem(text: &Text, cursor: Cursor) -> Option<(Meridiem, Cursor)> {
    let (meridiem, languages) = text.sense(cursor.at, cursor.languages, |sense| match sense {
        Sense::Am => Some(Meridiem::Am),
        Sense::Pm => Some(Meridiem::Pm),
        _ => None,
    })?;
    let has_dot =
        text.is_mark(cursor.at + 1, '.') && !matches!(text.kind(cursor.at + 2), Some(TokenKind::Number(..)));
    Some((meridiem, Cursor { at: if has_dot { cursor.at + 2 } else { cursor.at + 1 }, languages }))
}
