//! Finds the one date in a text, token by token, and hands its pieces to `settle`.

use super::amount::Direction;
use super::days;
use super::instant::StatedZone;
use super::leftover::{self, Span, SpanKind};
use super::lexicon::LEXICON;
use super::meaning::{ANY, Languages, Sense};
use super::outcome::{DateFailure, ParsedDate};
use super::parts::{Cursor, DateParts, Month};
use super::relative::{self, RelativeTime};
use super::rules::{DateRules, Now};
use super::settle::{self, Pieces};
use super::time_of_day::{self, Time};
use super::tokens::{Text, TokenKind};

/// The end of a piece that was read.
struct PieceEnd {
    /// Index of the token after it.
    next: usize,
    kind: SpanKind,
}

impl PieceEnd {
    /// The end of a time of day.
    fn time(time: &Time, end: Cursor) -> Self {
        let lacks_zone = time.zone == StatedZone::Unstated;
        Self { next: end.at, kind: SpanKind::Time { lacks_zone } }
    }

    /// Whether the piece is a date, after which a time may be written in more ways.
    const fn is_date(&self) -> bool {
        !matches!(self.kind, SpanKind::Time { .. })
    }
}

/// Reads a text that holds exactly one date, and maybe a time: in the given language, else in any.
pub(super) fn read(text: &Text, rules: &DateRules, now: Now) -> Result<ParsedDate, DateFailure> {
    if !text.may_hold_date() {
        return Err(DateFailure::NotUnderstood);
    }
    let language = rules.language.as_deref().and_then(|tag| LEXICON.language(tag));
    let Some(language) = language else { return read_in(ANY, text, rules, now) };
    let english = LEXICON.language("en").unwrap_or_default();
    match read_in(language | english, text, rules, now) {
        Err(DateFailure::NotUnderstood) => read_in(ANY, text, rules, now),
        result => result,
    }
}

fn read_in(
    languages: Languages,
    text: &Text,
    rules: &DateRules,
    now: Now,
) -> Result<ParsedDate, DateFailure> {
    settle::settle(&pieces(text, languages)?, rules, now)
}

/// All pieces of a text.
fn pieces(text: &Text, languages: Languages) -> Result<Pieces, DateFailure> {
    let mut pieces = Pieces { languages, ..Pieces::default() };
    let mut spans = Vec::new();
    let mut at = 0;
    let mut after_date = false;
    while at < text.tokens.len() {
        let cursor = Cursor { at, languages };
        let piece = take_piece(text, cursor, &mut pieces, after_date)?;
        let is_date = piece.as_ref().is_some_and(PieceEnd::is_date);
        after_date = is_date || (after_date && may_join_time(text, cursor));
        spans.extend(piece.as_ref().map(|piece| Span { start: at, end: piece.next, kind: piece.kind }));
        at = piece.map_or(at + 1, |piece| piece.next);
    }
    if leftover::has_unread_part(text, &spans, languages) {
        return Err(DateFailure::NotUnderstood);
    }
    Ok(pieces)
}

/// Whether a token may stand between a date and its time.
fn may_join_time(text: &Text, cursor: Cursor) -> bool {
    matches!(text.kind(cursor.at), Some(TokenKind::Mark(',' | '.')))
        || text.means(cursor.at, cursor.languages, Sense::At)
}

/// Adds the piece that begins at a place. `None` if the token there is no piece of several tokens.
fn take_piece(
    text: &Text,
    cursor: Cursor,
    pieces: &mut Pieces,
    after_date: bool,
) -> Result<Option<PieceEnd>, DateFailure> {
    // No piece begins with an unknown word, except a time after a `T`.
    if text.kind(cursor.at) == Some(TokenKind::Word(&[])) && text.letters(cursor.at) != "t" {
        pieces.unknown_words += 1;
        return Ok(None);
    }
    let relative = relative::relative_time(text, cursor);
    if let Some((relative, end)) = relative.clone()
        && relative.direction != Direction::Unstated
    {
        return Ok(Some(add_relative(pieces, relative, end)));
    }
    let time_begins = after_date && time_of_day::is_after_t(text, cursor.at);
    if !time_begins && let Some((date, end)) = days::date(text, cursor) {
        if is_range(text, cursor, end, date, after_date) {
            return Err(DateFailure::Several);
        }
        return add_date(text, cursor, pieces, (date, end)).map(Some);
    }
    if let Some((relative, end)) = relative.filter(|(_, end)| is_whole_text(text, cursor, *end)) {
        return Ok(Some(add_relative(pieces, relative, end)));
    }
    if let Some((time, end)) = time_of_day::time(text, cursor, after_date) {
        let piece = PieceEnd::time(&time, end);
        pieces.time.get_or_insert(time);
        return Ok(Some(piece));
    }
    add_token(text, cursor, pieces);
    Ok(None)
}

fn add_relative(pieces: &mut Pieces, relative: RelativeTime, end: Cursor) -> PieceEnd {
    pieces.relative.get_or_insert(relative);
    pieces.languages &= end.languages;
    PieceEnd { next: end.at, kind: SpanKind::Relative }
}

/// Adds a date, with the time that is written inside it or in the same number.
fn add_date(
    text: &Text,
    start: Cursor,
    pieces: &mut Pieces,
    found: (DateParts, Cursor),
) -> Result<PieceEnd, DateFailure> {
    let (date, end) = match year_after_time(text, start, found) {
        Some((date, time, end)) => {
            pieces.time.get_or_insert(time);
            (date, end)
        }
        None => found,
    };
    pieces.time = pieces.time.take().or_else(|| time_of_day::packed(text, start.at));
    if !pieces.dates.contains(&date) {
        pieces.dates.push(date);
    }
    pieces.languages &= end.languages;
    check_time_after_t(text, end)?;
    Ok(PieceEnd { next: end.at, kind: SpanKind::of_date(date) })
}

/// Adds what a single token says: `now`, a part of the day, or an unknown word.
fn add_token(text: &Text, cursor: Cursor, pieces: &mut Pieces) {
    if text.means(cursor.at, cursor.languages, Sense::Now) {
        pieces.says_now = true;
    } else if let Some((hour, is_today)) = part_of_day(text, cursor) {
        pieces.part_of_day = Some(hour);
        pieces.dates.extend(is_today.then_some(DateParts::DaysFromToday(0)));
    } else if is_unknown(text, cursor) {
        pieces.unknown_words += 1;
    }
}

/// A part of the day: its hour, and whether the word means that of today.
fn part_of_day(text: &Text, cursor: Cursor) -> Option<(u32, bool)> {
    let (part, _) = text.sense(cursor.at, cursor.languages, |sense| match sense {
        Sense::DayPart(hour) => Some((hour, false)),
        Sense::PartOfToday(hour) => Some((hour, true)),
        _ => None,
    })?;
    Some(part)
}

/// Whether a date is one end of a range: `Nov 4 – 6, 2025`, `4–6 November 2025`, `4 to 6 November`.
fn is_range(text: &Text, start: Cursor, end: Cursor, date: DateParts, after_date: bool) -> bool {
    if !matches!(date, DateParts::Day(..) | DateParts::Yearless(..)) {
        return false;
    }
    let is_day = |at: usize| text.number(at, 1..=2).is_some() && !text.is_mark(at + 1, ':');
    let begins_before =
        start.at >= 2 && joins_days(text, start.at - 1) && is_day(start.at - 2) && !after_date;
    let has_year = matches!(date, DateParts::Day(..));
    let is_complete = has_year && !text.means(end.at + 2, start.languages, Sense::DayMark);
    let ends_after = joins_days(text, end.at) && is_day(end.at + 1) && !is_complete;
    begins_before || ends_after
}

/// Whether a token may stand between the two ends of a range of days.
fn joins_days(text: &Text, at: usize) -> bool {
    const WORDS: &[&str] =
        &["to", "bis", "au", "al", "до", "по", "إلي", "至", "到", "から", "и", "und", "et", "and"];
    match text.kind(at) {
        Some(TokenKind::Mark(mark)) => matches!(mark, '-' | '~' | '〜'),
        Some(TokenKind::Word(_)) => WORDS.contains(&text.letters(at)),
        _ => false,
    }
}

/// A date whose year stands after the time: `Nov  4 17:30:05 2025`, as `asctime` and `date` write it.
fn year_after_time(
    text: &Text,
    start: Cursor,
    (date, end): (DateParts, Cursor),
) -> Option<(DateParts, Time, Cursor)> {
    let DateParts::Yearless(Month::Gregorian(month), day) = date else { return None };
    let (time, after_time) = time_of_day::time(text, end, true)?;
    let year = text.number(after_time.at, 4..=4).filter(|year| (1900..=2200).contains(year))?;
    let date = DateParts::Day(i32::try_from(year).ok()?, month, day);
    let languages = end.languages & start.languages;
    Some((date, time, Cursor { at: after_time.at + 1, languages }))
}

/// Refuses a date that goes on with `T` and an impossible time: `2003-12-31T25:14:55Z`.
fn check_time_after_t(text: &Text, end: Cursor) -> Result<(), DateFailure> {
    let is_t = text.letters(end.at) == "t" && text.is_attached(end.at) && text.is_attached(end.at + 1);
    let is_number = matches!(text.kind(end.at + 1), Some(TokenKind::Number(..)));
    if !is_t || !is_number {
        return Ok(());
    }
    let is_compact = text.number(end.at + 1, 4..=6).is_some();
    let time_at = if is_compact { end.at } else { end.at + 1 };
    match time_of_day::time(text, end.moved_to(time_at), true) {
        Some((_, after_time)) if !(text.is_word(after_time.at) && text.is_attached(after_time.at)) => Ok(()),
        _ => Err(DateFailure::NotUnderstood),
    }
}

/// Whether the tokens between two places are all that the text says.
fn is_whole_text(text: &Text, start: Cursor, end: Cursor) -> bool {
    if start.at > 0 && text.is_mark(start.at - 1, '+') {
        return false;
    }
    let mut outside = (0..start.at).chain(end.at..text.tokens.len());
    outside.all(|at| {
        matches!(text.kind(at), Some(TokenKind::Mark(_))) || is_meaningless(text, start.moved_to(at))
    })
}

/// Whether a token is a word that may stand beside a date and adds nothing to it.
fn is_meaningless(text: &Text, cursor: Cursor) -> bool {
    let meaningless = |sense| {
        matches!(sense, Sense::Posted | Sense::Filler | Sense::At | Sense::About | Sense::And).then_some(())
    };
    text.sense(cursor.at, cursor.languages, meaningless).is_some()
}

/// Whether a token is a word or number that belongs to no date.
fn is_unknown(text: &Text, cursor: Cursor) -> bool {
    match text.kind(cursor.at) {
        Some(TokenKind::Word(_)) => {
            !is_meaningless(text, cursor) && !text.means(cursor.at, cursor.languages, Sense::Last)
        }
        Some(TokenKind::Number(..)) => true,
        _ => false,
    }
}
