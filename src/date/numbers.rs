//! Dates of numbers alone, and the order in which they have day, month and year.

use super::tokens::Token;
use super::{DateFailure, Order};

/// Three numbers with the same mark between them, year last: `16/05/2022`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Triple {
    pub(super) first: u32,
    pub(super) second: u32,
    pub(super) year: i32,
    pub(super) mark: char,
    /// Two digits only: not enough to be sure that it is a date at all.
    pub(super) short_year: bool,
}

/// `4 sep 11 sep 2025` at a place; also gives where it ends.
pub(super) fn triple(tokens: &[Token], at: usize) -> Option<(Triple, usize)> {
    let (first, mark, next) = number_and_mark(tokens, at, 2)?;
    let (second, other, next) = number_and_mark(tokens, next, 2)?;
    let Some(Token::Number(year, digits)) = tokens.get(next) else { return None };
    if mark != other || !matches!(digits, 2 | 4) {
        return None;
    }
    let short_year = *digits == 2;
    let year = if short_year { century(*year) } else { i32::try_from(*year).ok()? };
    Some((Triple { first, second, year, mark, short_year }, next + 1))
}

/// `2025 sep 11 sep 04` at a place.
pub(super) fn year_first(tokens: &[Token], at: usize) -> Option<((i32, u32, u32), usize)> {
    let (year, mark, next) = number_and_mark(tokens, at, 4)?;
    if !matches!(tokens.get(at), Some(Token::Number(_, 4))) {
        return None;
    }
    let (month, other, next) = number_and_mark(tokens, next, 2)?;
    let Some(Token::Number(day, 1..=2)) = tokens.get(next) else { return None };
    (mark == other).then_some(((i32::try_from(year).ok()?, month, *day), next + 1))
}

/// A number of at most so many digits, then a mark, white space around it allowed.
fn number_and_mark(tokens: &[Token], at: usize, digits: usize) -> Option<(u32, char, usize)> {
    let Some(Token::Number(value, n)) = tokens.get(at) else { return None };
    let mut next = at + 1;
    if matches!(tokens.get(next), Some(Token::Space)) {
        next += 1;
    }
    let Some(Token::Mark(mark @ ('-' | '.' | '/'))) = tokens.get(next) else { return None };
    next += 1;
    if matches!(tokens.get(next), Some(Token::Space)) {
        next += 1;
    }
    (*n <= digits).then_some((*value, *mark, next))
}

/// Two digits of a year, as RFC 2822 section 4.3 reads them, with the pivot of POSIX.
pub(super) fn century(short: u32) -> i32 {
    let short = i32::try_from(short).unwrap_or(0);
    if short < 69 { 2000 + short } else { 1900 + short }
}

impl Triple {
    /// Year, month, day: settled by the numbers, then by the given order, then by custom (dots
    /// stand where the day comes first).
    pub(super) fn settled(self, order: Option<Order>) -> Result<(i32, u32, u32), DateFailure> {
        let dmy = Ok((self.year, self.second, self.first));
        let mdy = Ok((self.year, self.first, self.second));
        match (self.shown(), order) {
            (Some(Order::Dmy), _) | (None, Some(Order::Dmy)) => dmy,
            (Some(_), _) | (None, Some(Order::Mdy)) => mdy,
            (None, _) if self.first == self.second || self.mark == '.' => dmy,
            (None, _) => Err(DateFailure::Ambiguous),
        }
    }

    /// The order that the numbers themselves show.
    fn shown(self) -> Option<Order> {
        match (self.first > 12, self.second > 12) {
            (true, false) => Some(Order::Dmy),
            (false, true) => Some(Order::Mdy),
            _ => None,
        }
    }
}

/// The order that a text shows by itself.
pub(super) fn order_shown(tokens: &[Token]) -> Option<Order> {
    let found = (0..tokens.len()).find_map(|at| triple(tokens, at))?;
    found.0.shown()
}
