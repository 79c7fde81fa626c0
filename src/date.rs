//! Text -> instant, with language, zone, order and precision. Pure: what time it is, it is told.
//!
//! A text that is no date gives none, and what could be two dates is refused rather than guessed.

mod ago;
mod calendar;
mod clock;
mod days;
mod explicit;
mod fold;
mod lexicon;
mod numbers;
mod place;
mod scan;
mod settle;
mod tokens;
mod zones;

use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;

use crate::model::Precision;
use tokens::Text;

pub use explicit::check_format;

/// In which order a numeric date has day, month and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// 31/12/2025.
    Dmy,
    /// 12/31/2025.
    Mdy,
    /// 2025/12/31.
    Ymd,
}

impl Order {
    /// Reads `dmy`, `mdy` or `ymd`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "dmy" => Some(Self::Dmy),
            "mdy" => Some(Self::Mdy),
            "ymd" => Some(Self::Ymd),
            _ => None,
        }
    }
}

/// How the dates of a field are read.
#[derive(Debug, Clone, PartialEq)]
pub struct DateRules {
    /// An explicit format, as in strftime: then nothing else is tried.
    pub format: Option<String>,
    /// The zone of dates that name none.
    pub zone: Tz,
    /// The order of numeric dates that could be read in two ways.
    pub order: Option<Order>,
    /// BCP 47 language of the page.
    pub language: Option<String>,
}

/// A date that was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The instant, with the offset that the text or the zone gives.
    pub at: DateTime<FixedOffset>,
    /// How exact it is; a day stands at 00:00 of its zone.
    pub precision: Precision,
    /// Whether it was reckoned from the moment of reading: `3 hours ago`, a day without a year.
    pub relative: bool,
}

/// The moment of reading; without one, only dates that say everything are understood.
pub type Now = Option<DateTime<Utc>>;

/// Why a text gives no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateFailure {
    /// There is no date in it.
    #[error("not understood as a date; give its `format`, or take the date out of the text with `regex`")]
    NotUnderstood,
    /// There are two dates in it.
    #[error("more than one date in the text; take one out with `regex`")]
    Several,
    /// Day and month cannot be told apart.
    #[error("day and month cannot be told apart; set `order` to dmy or mdy")]
    Ambiguous,
    /// The explicit format does not fit.
    #[error("does not fit the format `{0}`")]
    Misfit(String),
    /// The 31st of February, or a year that no page means.
    #[error("there is no such day")]
    NoSuchDay,
}

/// Reads a text of a page.
///
/// # Errors
/// Why it gives no date.
pub fn read(text: &str, rules: &DateRules, now: Now) -> Result<Reading, DateFailure> {
    match &rules.format {
        Some(format) => explicit::read(text, format, rules.zone),
        None => scan::read(&Text::new(text), rules, now),
    }
}

/// Reads the value of `<time datetime>` (WHATWG HTML section 4.5.14): a month, a date, a date and
/// time with or without zone.
///
/// # Errors
/// Why it gives no date.
pub fn read_machine(text: &str, rules: &DateRules) -> Result<Reading, DateFailure> {
    if let Some((year, month)) = year_month(text.trim()) {
        return place::month(year, month, rules.zone);
    }
    if let Some(reading) = explicit::rfc3339(text.trim(), rules.zone) {
        return Ok(reading);
    }
    let rules =
        DateRules { format: None, language: None, order: rules.order.or(Some(Order::Ymd)), ..rules.clone() };
    scan::read(&Text::new(text), &rules, None)
}

/// `2025-11` and nothing else.
fn year_month(text: &str) -> Option<(i32, u32)> {
    let (year, month) = text.split_once('-')?;
    let digits = |t: &str, n: usize| t.len() == n && t.bytes().all(|b| b.is_ascii_digit());
    if digits(year, 4) && digits(month, 2) { Some((year.parse().ok()?, month.parse().ok()?)) } else { None }
}

/// Settles the order of day and month by all dates of a column: `16/05/2022` says what
/// `03/05/2022` means. `None` if no date of the column says, or two contradict each other.
#[must_use]
pub fn column_order(texts: &[&str]) -> Option<Order> {
    // Most dates have no such mark: they need not be taken apart.
    let numeric = |t: &&&str| t.contains(['/', '-', '.']) || !t.is_ascii();
    let mut settled = texts.iter().filter(numeric).filter_map(|t| numbers::order_shown(&Text::new(t)));
    let first = settled.next()?;
    settled.all(|o| o == first).then_some(first)
}

#[cfg(test)]
mod tests;
