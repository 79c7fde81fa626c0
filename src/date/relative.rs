//! Relative times, as an amount of time before now: `3 hours ago`, `vor einem Tag`, `2시간 전`, `منذ يومين`.

use chrono::{DateTime, Datelike, Months, TimeDelta, Utc};
use chrono_tz::Tz;

use super::amount::{Amount, Direction, amount, direction};
use super::calendar::YEARS;
use super::instant;
use super::meaning::Sense;
use super::outcome::ParsedDate;
use super::parts::Cursor;
use super::tokens::{Text, TokenKind};
use crate::model::Precision;

/// Words for a number of things that nobody counted, folded as texts are: `several`, `несколько`, `数`. They are
/// grouped by kin, as the tables of words are.
const UNCOUNTED: &str = "
    few several some many einige etliche mehrere paar enkele meerdere
    verschillende veel noen nokre nogle flere mange par nagra flera manga
    qualche alcuni alcune diversi diverse parecchi parecchie pochi poche molti molte
    algum alguma alguns algumas algun alguna cateva multe
    несколько много пару кілька декілька багато некалькі няколко неколико неколку
    kilka kilkanascie pare wiele nekolik niekolko nekoliko nekaj keleta kelias
    muutama muutaman pari usea monta moni mitu nehany tobb
    μερικες μερικα λιγες λιγα αρκετες disa քանի რამდენიმე
    birkac bircok necə necha бірнеше нече хэдэн
    چند چندين كيي عده بضع بضعه
    कुछ कई केही काही কয়েক কিছু થોડા કેટલાક ਕੁਝ ਕਈ சில కొన్ని
    几 幾 数 ilang
";

/// Amounts of time, and whether a word says that they are past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RelativeTime {
    amounts: Vec<Amount>,
    pub(super) direction: Direction,
}

/// The relative time that begins at a place: amounts, with the words that make them past or future.
pub(super) fn relative_time(text: &Text, start: Cursor) -> Option<(RelativeTime, Cursor)> {
    let mut found = RelativeTime { amounts: Vec::new(), direction: Direction::Unstated };
    let mut cursor = start;
    let mut end = None;
    loop {
        if let Some((amount, next)) = amount(text, cursor) {
            // Seconds are near enough to now, however many they are.
            if amount.precision() != Precision::Second && is_uncounted(text, cursor) {
                return None;
            }
            found.amounts.push(amount);
            cursor = next;
            end = Some(next);
        } else if let Some((direction, languages)) = direction(text, cursor) {
            // A word may mean both; then the other words decide.
            if found.direction == Direction::Unstated || direction == Direction::Past {
                found.direction = direction;
            }
            cursor = Cursor { at: cursor.at + 1, languages };
            end = Some(cursor);
        } else if may_join_amounts(text, cursor) {
            cursor.at += 1;
        } else {
            break;
        }
    }
    let end = end?;
    if found.amounts.is_empty() {
        return None;
    }
    // `last week` needs no other word to be past.
    let is_past_word = |at: usize| {
        text.means(at, cursor.languages, Sense::Last) || text.means(at, cursor.languages, Sense::This)
    };
    if is_past_word(start.at) || is_past_word(end.at - 1) {
        found.direction = Direction::Past;
    }
    Some((found, end))
}

/// Whether the amount at a place has a word for a number that nobody counted: as its own number, as in `a few days`,
/// or before a unit that has none, as in `несколько дней`.
fn is_uncounted(text: &Text, cursor: Cursor) -> bool {
    let says_no_number = |at: usize| {
        // A phrase such as `a few` is one token.
        let last = text.letters(at).rsplit(|c: char| c.is_whitespace() || c == '-').next();
        last.is_some_and(|last| UNCOUNTED.split_whitespace().any(|word| word == last))
    };
    let is_number = |sense| matches!(sense, Sense::Number(_)).then_some(());
    let is_counted = matches!(text.kind(cursor.at), Some(TokenKind::Number(..)))
        || text.sense(cursor.at, cursor.languages, is_number).is_some();
    says_no_number(cursor.at) || (!is_counted && cursor.at.checked_sub(1).is_some_and(says_no_number))
}

/// Whether a token may stand between amounts.
fn may_join_amounts(text: &Text, cursor: Cursor) -> bool {
    match text.kind(cursor.at) {
        Some(TokenKind::Mark(mark)) => matches!(mark, ',' | '.' | '~'),
        Some(TokenKind::Word(_)) => {
            let joins = |sense| {
                matches!(sense, Sense::And | Sense::About | Sense::Filler | Sense::Last | Sense::This)
                    .then_some(())
            };
            text.sense(cursor.at, cursor.languages, joins).is_some()
        }
        _ => false,
    }
}

impl RelativeTime {
    /// The instant at this distance from now: a whole day if no amount is finer than a day. `None`
    /// if it is out of the accepted years.
    pub(super) fn resolve(&self, now: DateTime<Utc>, zone: Tz) -> Option<ParsedDate> {
        let precision = self.amounts.iter().map(|amount| amount.precision()).min()?;
        let mut months: u32 = 0;
        for amount in &self.amounts {
            months = months.checked_add(amount.months()?)?;
        }
        let length: TimeDelta = self.amounts.iter().map(|amount| amount.length()).sum();
        let is_future = self.direction == Direction::Future;
        let signed_length = if is_future { length } else { -length };
        let local_now = now.with_timezone(&zone).naive_local();
        let local_moved = if is_future {
            local_now.checked_add_months(Months::new(months))?
        } else {
            local_now.checked_sub_months(Months::new(months))?
        };
        if precision == Precision::Day {
            let date = local_moved.date().checked_add_signed(signed_length)?;
            return in_accepted_years(ParsedDate { relative: true, ..instant::whole_day(date, zone) });
        }
        // Months are counted on the local calendar; hours are real time across clock changes.
        let exact = (now + (local_moved - local_now)).checked_add_signed(signed_length)?;
        let rounded = if precision == Precision::Minute { instant::to_minute(exact) } else { exact };
        let at = rounded.with_timezone(&zone).fixed_offset();
        in_accepted_years(ParsedDate { at, precision, relative: true })
    }
}

fn in_accepted_years(parsed: ParsedDate) -> Option<ParsedDate> {
    YEARS.contains(&parsed.at.year()).then_some(parsed)
}
