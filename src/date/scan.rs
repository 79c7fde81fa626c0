//! Finds the one date in a text.

use super::ago::{self, Amounts, Direction};
use super::clock::{self, Time};
use super::days::{self, Cursor, Said};
use super::lexicon::{ANY, LEXICON, Languages, Sense};
use super::settle;
use super::tokens::{Kind, Text};
use super::{DateFailure, DateRules, Now, Reading};

/// What a text says, piece by piece.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    pub(super) dates: Vec<Said>,
    pub(super) time: Option<Time>,
    pub(super) ago: Option<Amounts>,
    pub(super) now: bool,
    /// The hour of a part of the day.
    pub(super) part: Option<u32>,
    /// Languages in which all dates make sense.
    pub(super) languages: Languages,
    /// Words that belong to nothing.
    pub(super) strangers: usize,
}

/// Reads a text that holds exactly one date, and maybe a time: in the given language, else in any.
pub(super) fn read(text: &Text, rules: &DateRules, now: Now) -> Result<Reading, DateFailure> {
    if !text.may_tell() {
        return Err(DateFailure::NotUnderstood);
    }
    let language = rules.language.as_deref().and_then(|tag| LEXICON.language(tag));
    let Some(language) = language else { return attempt(text, ANY, rules, now) };
    let english = LEXICON.language("en").unwrap_or_default();
    let first = attempt(text, language | english, rules, now);
    match first {
        Err(DateFailure::NotUnderstood) => attempt(text, ANY, rules, now),
        settled => settled,
    }
}

fn attempt(text: &Text, languages: Languages, rules: &DateRules, now: Now) -> Result<Reading, DateFailure> {
    settle::settle(&pieces(text, languages)?, rules, now)
}

fn pieces(text: &Text, languages: Languages) -> Result<Pieces, DateFailure> {
    let mut found = Pieces { languages, ..Pieces::default() };
    let (mut at, mut dated) = (0, false);
    while at < text.tokens.len() {
        let c = Cursor { at, languages };
        let next = piece(text, c, &mut found, dated)?;
        dated = next.is_some_and(|(_, dated)| dated) || (dated && glue(text, c));
        at = next.map_or(at + 1, |(next, _)| next);
    }
    Ok(found)
}

/// Marks and words that may stand between a date and its time.
fn glue(text: &Text, c: Cursor) -> bool {
    matches!(text.kind(c.at), Some(Kind::Mark(',' | '.'))) || text.means(c.at, c.languages, Sense::At)
}

/// Takes the piece that begins at a place: where it ends, and whether it is a date.
fn piece(
    text: &Text,
    c: Cursor,
    found: &mut Pieces,
    dated: bool,
) -> Result<Option<(usize, bool)>, DateFailure> {
    // Nothing begins with a word that means nothing, but for times behind a `T`.
    if text.kind(c.at) == Some(Kind::Word(&[])) && text.letters(c.at) != "t" {
        found.strangers += 1;
        return Ok(None);
    }
    let amounts = ago::amounts(text, c);
    if let Some((amounts, end)) = amounts.clone().filter(|(a, _)| a.direction != Direction::Unsaid) {
        return Ok(Some(ago(found, amounts, end)));
    }
    let time_comes = dated && clock::is_after_t(text, c.at);
    if !time_comes && let Some((said, end)) = days::date(text, c) {
        if is_range(text, c, end, said, dated) {
            return Err(DateFailure::Several);
        }
        let time_inside = inner(text, c, end, said);
        let (said, end) = time_inside.map_or((said, end), |(said, time, end)| {
            found.time.get_or_insert(time);
            (said, end)
        });
        found.time = found.time.take().or_else(|| clock::packed(text, c.at));
        if !found.dates.contains(&said) {
            found.dates.push(said);
        }
        found.languages &= end.languages;
        broken_time(text, end)?;
        return Ok(Some((end.at, true)));
    }
    if let Some((amounts, end)) = amounts.filter(|(_, end)| whole(text, c, *end)) {
        return Ok(Some(ago(found, amounts, end)));
    }
    if let Some((time, end)) = clock::time(text, c, dated) {
        found.time.get_or_insert(time);
        return Ok(Some((end.at, false)));
    }
    if text.means(c.at, c.languages, Sense::Now) {
        found.now = true;
    } else if let Some((hour, today)) = part(text, c) {
        found.part = Some(hour);
        found.dates.extend(today.then_some(Said::Today(0)));
    } else if is_stranger(text, c) {
        found.strangers += 1;
    }
    Ok(None)
}

/// A part of the day: its hour, and whether it is one of today.
fn part(text: &Text, c: Cursor) -> Option<(u32, bool)> {
    let (found, _) = text.sense(c.at, c.languages, |s| match s {
        Sense::Part(hour) => Some((hour, false)),
        Sense::TodayPart(hour) => Some((hour, true)),
        _ => None,
    })?;
    Some(found)
}

fn ago(found: &mut Pieces, amounts: Amounts, end: Cursor) -> (usize, bool) {
    found.ago = found.ago.take().or(Some(amounts));
    found.languages &= end.languages;
    (end.at, true)
}

/// `Nov 4 – 6, 2025`, `4–6 November 2025`, `4 to 6 November`: two days in one.
fn is_range(text: &Text, c: Cursor, end: Cursor, said: Said, dated: bool) -> bool {
    if !matches!(said, Said::Day(..) | Said::Yearless(..)) {
        return false;
    }
    let day = |at: usize| text.number(at, 1..=2).is_some() && !text.is_mark(at + 1, ':');
    let before = c.at >= 2 && joins_days(text, c.at - 1) && day(c.at - 2) && !dated;
    let full = matches!(said, Said::Day(..)) && !text.means(end.at + 2, c.languages, Sense::DayMark);
    let after = joins_days(text, end.at) && day(end.at + 1) && !full;
    before || after
}

/// What stands between the ends of a span of days.
fn joins_days(text: &Text, at: usize) -> bool {
    const WORDS: &[&str] =
        &["to", "bis", "au", "al", "до", "по", "إلي", "至", "到", "から", "и", "und", "et", "and"];
    match text.kind(at) {
        Some(Kind::Mark(mark)) => matches!(mark, '-' | '~' | '〜'),
        Some(Kind::Word(_)) => WORDS.contains(&text.letters(at)),
        _ => false,
    }
}

/// `Nov  4 17:30:05 2025`: the year after the time, as `asctime` and `date` write it.
fn inner(text: &Text, c: Cursor, end: Cursor, said: Said) -> Option<(Said, Time, Cursor)> {
    let Said::Yearless(days::Month::Gregorian(month), day) = said else { return None };
    let (time, after) = clock::time(text, end, true)?;
    let year = text.number(after.at, 4..=4).filter(|y| (1900..=2200).contains(y))?;
    let said = Said::Day(i32::try_from(year).ok()?, month, day);
    Some((said, time, Cursor { at: after.at + 1, languages: end.languages & c.languages }))
}

/// A date that goes on with `T` and no time of the day is no date: `2003-12-31T25:14:55Z`.
fn broken_time(text: &Text, end: Cursor) -> Result<(), DateFailure> {
    let begins = text.letters(end.at) == "t" && text.glued(end.at) && text.glued(end.at + 1);
    let number = matches!(text.kind(end.at + 1), Some(Kind::Number(..)));
    if !begins || !number {
        return Ok(());
    }
    let at = if text.number(end.at + 1, 4..=6).is_some() { end.at } else { end.at + 1 };
    match clock::time(text, Cursor { at, ..end }, true) {
        Some((_, after)) if !(text.is_word(after.at) && text.glued(after.at)) => Ok(()),
        _ => Err(DateFailure::NotUnderstood),
    }
}

/// Whether from a place to its end is all that the text says.
fn whole(text: &Text, from: Cursor, end: Cursor) -> bool {
    if from.at > 0 && text.is_mark(from.at - 1, '+') {
        return false;
    }
    let outside = (0..from.at).chain(end.at..text.tokens.len());
    outside
        .into_iter()
        .all(|at| matches!(text.kind(at), Some(Kind::Mark(_))) || known(text, Cursor { at, ..from }))
}

fn known(text: &Text, c: Cursor) -> bool {
    let idle =
        |s| matches!(s, Sense::Posted | Sense::Fill | Sense::At | Sense::About | Sense::And).then_some(());
    text.sense(c.at, c.languages, idle).is_some()
}

fn is_stranger(text: &Text, c: Cursor) -> bool {
    match text.kind(c.at) {
        Some(Kind::Word(_)) => !known(text, c) && !text.means(c.at, c.languages, Sense::Last),
        Some(Kind::Number(..)) => true,
        _ => false,
    }
}
