//! Finds tokens that look like parts of a date and were not read. A text with such tokens would be
//! understood only in part, which is worse than not at all.
//!
//! Only tokens that touch the date count. Listings set other numbers and words beside a date
//! (`4 Nov 2025 · 3 min read`), and these are no parts of it.

use super::meaning::{Languages, Meaning, Sense, Unit};
use super::parts::DateParts;
use super::tokens::{Text, TokenKind};
use super::zone_names::is_unknown_zone;
use super::zone_suffix::after_hour_mark;

/// Tokens between a number and a month that are passed over, such as the dot and the `of` of `45. of Oct`.
const MAX_JOINTS: usize = 4;

/// The kind of a piece that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SpanKind {
    /// A day of the calendar.
    Calendar,
    /// A month of the calendar without a day.
    Month,
    /// A day of the calendar without its year.
    Yearless,
    /// The name of a weekday.
    Weekday,
    /// A day by its distance from today, or an amount of time.
    Relative,
    /// A time of day. `lacks_zone`: it states no zone that was read.
    Time { lacks_zone: bool },
}

impl SpanKind {
    pub(super) const fn of_date(date: DateParts) -> Self {
        match date {
            DateParts::Weekday(..) => Self::Weekday,
            DateParts::Month(..) => Self::Month,
            DateParts::Yearless(..) => Self::Yearless,
            DateParts::DaysFromToday(_) => Self::Relative,
            _ => Self::Calendar,
        }
    }

    const fn is_time(self) -> bool {
        matches!(self, Self::Time { .. })
    }
}

/// The tokens of a piece that was read, from `start` up to but not including `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: SpanKind,
}

/// Whether a text holds tokens that look like parts of its date and belong to no piece. The pieces
/// stand in the order of the text.
pub(super) fn has_unread_part(text: &Text, spans: &[Span], languages: Languages) -> bool {
    let is_cut_off = |span: &Span| match span.kind {
        SpanKind::Time { lacks_zone } => {
            time_goes_on(text, spans, *span)
                || time_began_before(text, spans, *span)
                || has_broken_offset(text, spans, span.end)
                || (lacks_zone && is_unknown_zone(text, after_hour_mark(text, span.end)))
        }
        SpanKind::Calendar | SpanKind::Month | SpanKind::Yearless => {
            date_goes_on(text, spans, span.end)
                || has_impossible_time(text, spans, span.end, languages)
                || has_number_before(text, spans, *span, languages)
                || has_number_after(text, spans, *span)
        }
        SpanKind::Relative => has_number_of_unit_before(text, spans, span.start, languages),
        SpanKind::Weekday => false,
    };
    spans.iter().any(is_cut_off)
        || has_two_times(text, spans)
        || has_time_beside_month(text, spans, languages)
        || has_signed_time(text, spans)
        || has_part_inside(text, spans, languages)
        || has_year_inside(text, spans)
}

/// Whether a number that was not read stands before an amount that is a unit alone: `10000 days ago`.
fn has_number_of_unit_before(text: &Text, spans: &[Span], start: usize, languages: Languages) -> bool {
    let is_unit = |sense| matches!(sense, Sense::Unit(_)).then_some(());
    let is_unread_number = |at: usize| is_number(text, at) && is_unread(spans, at);
    text.sense(start, languages, is_unit).is_some() && start.checked_sub(1).is_some_and(is_unread_number)
}

/// Whether a token belongs to no piece.
fn is_unread(spans: &[Span], at: usize) -> bool {
    !spans.iter().any(|span| (span.start..span.end).contains(&at))
}

fn is_number(text: &Text, at: usize) -> bool {
    matches!(text.kind(at), Some(TokenKind::Number(..)))
}

/// Whether a mark stands at a place without white space around it.
fn is_inner_mark(text: &Text, at: usize, mark: char) -> bool {
    text.is_mark(at, mark) && text.is_attached(at) && text.is_attached(at + 1)
}

/// Whether a time is followed by one more part after a colon: `1:02:03:04`, `10:14:61`, `+00:xx`.
fn time_goes_on(text: &Text, spans: &[Span], time: Span) -> bool {
    let is_part = |at: usize| is_number(text, at) || (text.is_word(at) && text.letters(at).len() <= 2);
    is_inner_mark(text, time.end, ':') && is_part(time.end + 1) && is_unread(spans, time.end + 1)
}

/// Whether a number with a colon stands before a time: `105:23:10`.
fn time_began_before(text: &Text, spans: &[Span], time: Span) -> bool {
    time.start >= 2
        && is_inner_mark(text, time.start - 1, ':')
        && is_number(text, time.start - 2)
        && is_unread(spans, time.start - 2)
}

/// Whether something like an offset that is none follows a time: `+zz:00`, `-99:00`.
fn has_broken_offset(text: &Text, spans: &[Span], at: usize) -> bool {
    let is_sign = text.is_mark(at, '+') || text.is_mark(at, '-');
    let is_short_word = text.is_word(at + 1) && text.letters(at + 1).len() <= 2;
    let is_hours = is_short_word || text.number(at + 1, 1..=2).is_some();
    is_sign
        && is_hours
        && text.is_attached(at + 1)
        && is_inner_mark(text, at + 2, ':')
        && is_unread(spans, at + 1)
}

/// Whether a date is followed by one more number after a separator: `4 Nov/5`, `2025年6月2911:30`.
fn date_goes_on(text: &Text, spans: &[Span], at: usize) -> bool {
    let has_separator = is_inner_mark(text, at, '-') || is_inner_mark(text, at, '/');
    let has_clock = text.is_attached(at) && is_number(text, at) && is_inner_mark(text, at + 1, ':');
    let number_at = if has_separator { at + 1 } else { at };
    (has_separator || has_clock)
        && is_number(text, number_at)
        && is_unread(spans, number_at)
        && !counts_something(text, number_at)
}

/// Whether a date is followed by numbers that look like a time and are none: `4 Nov 2025 25:61`.
fn has_impossible_time(text: &Text, spans: &[Span], end: usize, languages: Languages) -> bool {
    let may_join = text.is_mark(end, ',') || text.means(end, languages, Sense::At);
    let at = if may_join { end + 1 } else { end };
    text.number(at, 1..=2).is_some()
        && is_inner_mark(text, at + 1, ':')
        && text.number(at + 2, 2..=2).is_some()
        && is_unread(spans, at)
}

/// Whether a number is one of things and no part of a date, by the word after it: `12 comments`, `12 min`,
/// `1,234 views`.
fn counts_something(text: &Text, at: usize) -> bool {
    let is_counted = |meaning: &Meaning| matches!(meaning.sense, Sense::Unit(Unit::Minute | Unit::Hour));
    let is_group = |at: usize| {
        (text.is_mark(at, ',') || text.is_mark(at, '.'))
            && text.is_attached(at + 1)
            && is_number(text, at + 1)
    };
    let mut next = at + 1;
    while is_group(next) {
        next += 2;
    }
    match text.kind(next) {
        Some(TokenKind::Word(meanings)) => meanings.is_empty() || meanings.iter().any(is_counted),
        _ => false,
    }
}

/// Whether a number that can be no day stands right before a month: `32 October 2026`, `45th of Oct 2026`.
/// A word before the number says what it is: `Issue 45 October 2026`.
fn has_number_before(text: &Text, spans: &[Span], span: Span, languages: Languages) -> bool {
    let is_month = |sense| matches!(sense, Sense::Month(_)).then_some(());
    let is_weekday = |sense| matches!(sense, Sense::Weekday(_)).then_some(());
    let digits = match span.kind {
        SpanKind::Month => 1..=4,
        SpanKind::Yearless => 1..=2,
        _ => return false,
    };
    if text.sense(span.start, languages, is_month).is_none() {
        return false;
    }
    let joins = |at: &usize| {
        let joins = |sense| matches!(sense, Sense::Filler | Sense::Ordinal).then_some(());
        text.is_mark(*at, '.')
            || is_inner_mark(text, *at, '-')
            || is_inner_mark(text, *at, '/')
            || text.sense(*at, languages, joins).is_some()
    };
    let number_at = (0..span.start).rev().take(MAX_JOINTS).find(|at| !joins(at));
    let is_suspect = |at: usize| {
        let is_named = match at.checked_sub(1).and_then(|before| text.kind(before)) {
            // `No. 45`, but not `Wed. 45`.
            Some(TokenKind::Mark('.')) => {
                at >= 2 && text.is_word(at - 2) && text.sense(at - 2, languages, is_weekday).is_none()
            }
            before => {
                matches!(before, Some(TokenKind::Word([]) | TokenKind::Mark('#' | '$' | '€' | '£' | '+')))
            }
        };
        text.number(at, digits).is_some() && is_unread(spans, at) && !is_named
    };
    number_at.is_some_and(is_suspect)
}

/// Whether a number that was not read stands right after a date: a year of too many digits (`6 October 12026`),
/// a day that does not exist (`October 2026 45`), a time with a digit too few (`3 October 2026 16:5`).
fn has_number_after(text: &Text, spans: &[Span], span: Span) -> bool {
    let has_comma = span.kind == SpanKind::Yearless && text.is_mark(span.end, ',');
    let at = if has_comma { span.end + 1 } else { span.end };
    let is_clock = is_inner_mark(text, at + 1, ':') && is_number(text, at + 2);
    // After a comma, `2:1` is rather a score.
    let is_suspect = if has_comma { !is_clock } else { is_clock || span.kind != SpanKind::Calendar };
    is_suspect && is_number(text, at) && is_unread(spans, at) && !counts_something(text, at)
}

/// Whether a time stands right beside a month without a day: `November 2025 12:30`. The time belongs to a day,
/// which was not understood then. In `November 2025 · 12:30` it may be a length.
fn has_time_beside_month(text: &Text, spans: &[Span], languages: Languages) -> bool {
    let joins =
        |at: usize| text.is_mark(at, ',') || text.is_mark(at, '.') || text.means(at, languages, Sense::At);
    let has_day = spans.iter().any(|span| matches!(span.kind, SpanKind::Calendar | SpanKind::Yearless));
    !has_day
        && spans.windows(2).any(|pair| {
            let [first, second] = pair else { return false };
            let has_month = first.kind == SpanKind::Month || second.kind == SpanKind::Month;
            let has_time = first.kind.is_time() || second.kind.is_time();
            has_month && has_time && (first.end..second.start).all(joins)
        })
}

/// Whether a time after a date has a sign, so that it may be an offset: `3 October 2026 -1:00`.
fn has_signed_time(text: &Text, spans: &[Span]) -> bool {
    spans.windows(2).any(|pair| {
        let [date, time] = pair else { return false };
        let sign = date.end;
        let has_sign = text.is_mark(sign, '-') && !text.is_attached(sign) && text.is_attached(sign + 1);
        !date.kind.is_time()
            && time.kind.is_time()
            && has_sign
            && time.start == sign + 1
            && text.number(time.start, 1..=2).is_some_and(|hour| hour < 10)
    })
}

/// Whether two times in numbers stand side by side, with nothing that parts them.
fn has_two_times(text: &Text, spans: &[Span]) -> bool {
    spans.windows(2).any(|pair| {
        let [first, second] = pair else { return false };
        first.kind.is_time()
            && second.kind.is_time()
            && first.end == second.start
            && is_number(text, first.start)
            && is_number(text, second.start)
    })
}

/// Whether numbers or names of months stand between a weekday and a time, where the text states no
/// other day: `Sun, 16 zzz 2012 11:47`.
fn has_part_inside(text: &Text, spans: &[Span], languages: Languages) -> bool {
    if spans.iter().any(|span| span.kind != SpanKind::Weekday && !span.kind.is_time()) {
        return false;
    }
    let is_month = |sense| matches!(sense, Sense::Month(_) | Sense::PersianMonth(_)).then_some(());
    let is_part = |at: usize| {
        let is_number_of_date = is_number(text, at) && !counts_something(text, at);
        is_unread(spans, at) && (is_number_of_date || text.sense(at, languages, is_month).is_some())
    };
    between(spans, SpanKind::Weekday).any(is_part)
}

/// Whether a year stands between a day without a year and a time: `16 October zz 2012 11:47`.
fn has_year_inside(text: &Text, spans: &[Span]) -> bool {
    let is_year = |at: usize| {
        text.number(at, 4..=4).is_some_and(|year| (1900..=2200).contains(&year)) && is_unread(spans, at)
    };
    between(spans, SpanKind::Yearless).any(is_year)
}

/// The tokens between the first piece of a kind and the first time; none if a text lacks one of them.
fn between(spans: &[Span], kind: SpanKind) -> std::ops::Range<usize> {
    let date = spans.iter().find(|span| span.kind == kind);
    let time = spans.iter().find(|span| span.kind.is_time());
    let (Some(date), Some(time)) = (date, time) else { return 0..0 };
    date.end.min(time.end)..date.start.max(time.start)
}
