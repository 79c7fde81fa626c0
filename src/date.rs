//! Text -> instant, with language, zone, order and precision. Pure: the current time is an argument.
//!
//! A text that is not a date gives none. A text that could be two dates is refused rather than guessed.

mod amount;
mod calendar;
mod day_heading;
mod day_month_year;
mod days;
mod epoch;
mod explicit;
mod fold;
mod instant;
mod leftover;
mod lexicon;
mod meaning;
mod numbers;
mod numeric_order;
mod outcome;
mod parts;
mod relative;
mod rules;
mod scan;
mod settle;
mod table_cell;
mod time_of_day;
mod tokens;
mod zone_names;
mod zone_suffix;
mod zones;

use chrono::DateTime;
use chrono_tz::Tz;

use instant::StatedZone;
use tokens::Text;

pub use day_heading::is_day_heading;
pub use epoch::{EpochUnit, at_epoch};
pub use explicit::check_format;
pub use outcome::{DateFailure, ParsedDate};
pub use rules::{DateRules, Now, Order};

/// Reads the text of a page as a date.
///
/// # Errors
/// The reason why it gives no date.
pub fn read(text: &str, rules: &DateRules, now: Now) -> Result<ParsedDate, DateFailure> {
    let reading = match &rules.format {
        Some(format) => explicit::read(text, format, rules.zone),
        None => match epoch::read(text, now) {
            Some(parsed) => Ok(parsed),
            None => scan::read(&Text::new(text), rules, now),
        },
    };
    reading.and_then(ParsedDate::unless_unset)
}

/// Reads the value of `<time datetime>` (WHATWG HTML section 4.5.14): a month, a date, or a date and
/// time with or without a zone. Unix times, which the standard does not allow, are read, too.
///
/// # Errors
/// The reason why it gives no date.
pub fn read_machine(text: &str, rules: &DateRules) -> Result<ParsedDate, DateFailure> {
    machine(text, rules).and_then(ParsedDate::unless_unset)
}

fn machine(text: &str, rules: &DateRules) -> Result<ParsedDate, DateFailure> {
    if let Some((year, month)) = year_month(text.trim()) {
        return instant::month(year, month, rules.zone);
    }
    if let Some(parsed) = explicit::rfc3339(text.trim(), rules.zone).or_else(|| epoch::read(text, None)) {
        return Ok(parsed);
    }
    let machine_rules =
        DateRules { format: None, language: None, order: rules.order.or(Some(Order::Ymd)), ..rules.clone() };
    scan::read(&Text::new(text), &machine_rules, None)
}

/// Reads a machine-readable local time whose zone is written beside it: as an IANA name, an offset or an
/// abbreviation. A zone in the text itself counts first. `None` if either of the two is not understood.
#[must_use]
pub fn read_in_zone(text: &str, zone: &str) -> Option<ParsedDate> {
    let read = |zone| read_machine(text, &DateRules { format: None, zone, order: None, language: None }).ok();
    let zone = zone.trim();
    if let Ok(place) = zone.parse::<Tz>() {
        return read(place);
    }
    let parsed = read(Tz::UTC)?;
    if DateTime::parse_from_rfc3339(text.trim()).is_ok() {
        return Some(parsed);
    }
    match zone_suffix::zone(&Text::new(zone), 0) {
        (StatedZone::Unstated, _) => None,
        (stated, _) => instant::moment(parsed.at.naive_local(), parsed.precision, &stated, Tz::UTC),
    }
}

/// The year and month of a text such as `2025-11` that holds nothing else.
fn year_month(text: &str) -> Option<(i32, u32)> {
    let (year, month) = text.split_once('-')?;
    let is_digits =
        |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    if is_digits(year, 4) && is_digits(month, 2) {
        Some((year.parse().ok()?, month.parse().ok()?))
    } else {
        None
    }
}

/// Infers the order of day and month from all dates of a column: `16/05/2022` decides how
/// `03/05/2022` is read. `None` if no date of the column decides it, or two dates contradict each
/// other.
#[must_use]
pub fn column_order(texts: &[&str]) -> Option<Order> {
    // Most dates have none of these separators, and need not be split into tokens.
    let may_be_numeric = |text: &&&str| text.contains(['/', '-', '.']) || !text.is_ascii();
    let candidates = texts.iter().filter(may_be_numeric);
    let mut orders = candidates.filter_map(|text| numbers::implied_order(&Text::new(text)));
    let first = orders.next()?;
    orders.all(|order| order == first).then_some(first)
}

#[cfg(test)]
mod tests;
