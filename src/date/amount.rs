//! Amounts of time with their units: `3 hours`, `an hour`, `2.5 days`.

use chrono::TimeDelta;

use super::day_month_year::skip;
use super::lexicon::LEXICON;
use super::meaning::{ANY, Languages, Sense, Unit};
use super::parts::Cursor;
use super::tokens::Text;
use crate::model::Precision;

/// The largest number in a relative time. No listing shows a larger one.
const MAX_NUMBER: u32 = 9999;

/// Languages without articles or cases, in which `a week` and `the week` are the same words.
const CASELESS: &[&str] = &["vi", "th", "id", "ms", "zh", "ja", "ko", "lo", "km"];

/// A quantity of one unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount {
    quantity: Quantity,
    unit: Unit,
}

/// A decimal number with up to two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Quantity {
    whole: u32,
    hundredths: u32,
}

impl Quantity {
    const fn whole(whole: u32) -> Self {
        Self { whole, hundredths: 0 }
    }
}

/// The direction of a relative time from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Past,
    Future,
    /// No word says it. The time is past if it is all that the text says.
    Unstated,
}

impl Amount {
    /// The part that is counted on the calendar, in months. `None` on overflow.
    pub(super) fn months(self) -> Option<u32> {
        let months_per_unit = match self.unit {
            Unit::Month => 1,
            Unit::Year => 12,
            Unit::Decade => 120,
            _ => return Some(0),
        };
        let Quantity { whole, hundredths } = self.quantity;
        whole.checked_mul(months_per_unit)?.checked_add(hundredths * months_per_unit / 100)
    }

    /// The part that has a fixed length.
    pub(super) fn length(self) -> TimeDelta {
        let seconds_per_unit = match self.unit {
            Unit::Second => 1,
            Unit::Minute => 60,
            Unit::Hour => 3600,
            Unit::Day => 86_400,
            Unit::Week => 7 * 86_400,
            Unit::Month | Unit::Year | Unit::Decade => 0,
        };
        let whole_seconds = i64::from(self.quantity.whole) * seconds_per_unit;
        let more_seconds = i64::from(self.quantity.hundredths) * seconds_per_unit / 100;
        TimeDelta::seconds(whole_seconds + more_seconds)
    }

    pub(super) const fn precision(self) -> Precision {
        let has_decimals = self.quantity.hundredths > 0;
        match self.unit {
            Unit::Second => Precision::Second,
            Unit::Minute if has_decimals => Precision::Second,
            Unit::Minute | Unit::Hour => Precision::Minute,
            Unit::Day if has_decimals => Precision::Minute,
            _ => Precision::Day,
        }
    }
}

/// Whether a word makes amounts of time past or future.
pub(super) fn direction(text: &Text, cursor: Cursor) -> Option<(Direction, Languages)> {
    text.sense(cursor.at, cursor.languages, |sense| match sense {
        Sense::Ago => Some(Direction::Past),
        Sense::In => Some(Direction::Future),
        _ => None,
    })
}

/// `3 hours`, `3h`, `an hour`, `يومين`, or a unit alone beside a word such as `ago`.
pub(super) fn amount(text: &Text, cursor: Cursor) -> Option<(Amount, Cursor)> {
    let in_one_word = text.sense(cursor.at, cursor.languages, |sense| match sense {
        Sense::Amount(whole, unit) => Some(Amount { quantity: Quantity::whole(whole), unit }),
        _ => None,
    });
    if let Some((amount, languages)) = in_one_word {
        return Some((amount, Cursor { at: cursor.at + 1, languages }));
    }
    if let Some((quantity, next)) = quantity(text, cursor) {
        return unit_after_quantity(text, quantity, next);
    }
    unit_first(text, cursor).or_else(|| unit_alone(text, cursor))
}

/// The unit after a quantity, with a filler word before it as in `acum 20 de ore`.
fn unit_after_quantity(text: &Text, quantity: Quantity, after: Cursor) -> Option<(Amount, Cursor)> {
    let says_last = text.means(after.at, after.languages, Sense::Last);
    let start = if says_last { after.moved_to(after.at + 1) } else { after };
    let Cursor { at: filled, languages } = skip(text, start, &[]);
    // A unit may itself be a filler word in another language.
    let found = unit_before_direction(text, filled, languages)
        .or_else(|| unit(text, filled, languages))
        .or_else(|| unit(text, start.at, languages));
    let (found_unit, languages) = found?;
    let at = if unit(text, filled, languages).is_some() { filled } else { start.at };
    Some((Amount { quantity, unit: found_unit }, Cursor { at: at + 1, languages }))
}

/// A unit without a number: `vor einer Stunde`, `час назад`, `last week`, `le mois dernier`.
fn unit_alone(text: &Text, cursor: Cursor) -> Option<(Amount, Cursor)> {
    let (unit, languages) = unit(text, cursor.at, cursor.languages)?;
    // `days ago` and `last weeks` do not say how many. `seconds ago` is near enough to be one second.
    let plural = if unit == Unit::Second { 0 } else { plural_languages(text, cursor.at) };
    let languages = Some(languages & !plural).filter(|languages| *languages != 0)?;
    let one = Amount { quantity: Quantity::whole(1), unit };
    let after_unit = Cursor { at: cursor.at + 1, languages };
    let before = cursor.at.checked_sub(1);
    if matches!(unit, Unit::Week | Unit::Month | Unit::Year) {
        if text.means(after_unit.at, languages, Sense::Last) {
            return Some((one, after_unit.moved_to(after_unit.at + 1)));
        }
        if before.is_some_and(|at| text.means(at, languages, Sense::This)) {
            return Some((Amount { quantity: Quantity::whole(0), unit }, after_unit));
        }
        if before.is_some_and(|at| text.means(at, languages, Sense::Last)) {
            return Some((one, after_unit));
        }
    }
    let direction_before = before.and_then(|at| direction(text, Cursor { at, languages }));
    let (_, languages) = direction_before.or_else(|| direction(text, after_unit))?;
    // In these languages `last week` and `a week ago` are the same words.
    let says_one = unit == Unit::Second || !are_only(languages, CASELESS);
    says_one.then_some((one, Cursor { at: cursor.at + 1, languages }))
}

/// The languages in which a word is the plural of a unit.
fn plural_languages(text: &Text, at: usize) -> Languages {
    let plural = text.sense(at, ANY, |sense| (sense == Sense::Plural).then_some(()));
    plural.map_or(0, |((), languages)| languages)
}

/// Whether a word can only be of the languages with these tags.
fn are_only(languages: Languages, tags: &[&str]) -> bool {
    let all = tags.iter().filter_map(|tag| LEXICON.language(tag)).fold(0, |all, language| all | language);
    languages & !all == 0
}

/// `3`, `2.5`, `0,75`, `three`.
fn quantity(text: &Text, cursor: Cursor) -> Option<(Quantity, Cursor)> {
    if ends_larger_number(text, cursor.at) {
        return None;
    }
    if let Some(whole) = text.number(cursor.at, 1..=4).filter(|number| *number <= MAX_NUMBER) {
        let hundredths = hundredths(text, cursor.at + 1);
        let end = if hundredths.is_some() { cursor.at + 3 } else { cursor.at + 1 };
        let quantity = Quantity { whole, hundredths: hundredths.unwrap_or(0) };
        return Some((quantity, cursor.moved_to(end)));
    }
    let (whole, languages) = text.sense(cursor.at, cursor.languages, |sense| match sense {
        Sense::Number(number) => Some(number),
        _ => None,
    })?;
    Some((Quantity::whole(whole), Cursor { at: cursor.at + 1, languages }))
}

/// Whether a number is the last group of a larger one: `1,000`, `12.000`, `10 000`.
fn ends_larger_number(text: &Text, at: usize) -> bool {
    let is_parted = text.is_mark(at.wrapping_sub(1), ',') || text.is_mark(at.wrapping_sub(1), '.');
    let before = if is_parted && text.is_attached(at) { at.checked_sub(2) } else { at.checked_sub(1) };
    text.number(at, 3..=3).is_some() && before.is_some_and(|before| text.number(before, 1..=3).is_some())
}

/// The one or two decimals after a decimal separator, as hundredths.
fn hundredths(text: &Text, at: usize) -> Option<u32> {
    let is_separator = text.is_mark(at, '.') || text.is_mark(at, ',');
    if !is_separator || !text.is_attached(at + 1) {
        return None;
    }
    let tenths = text.number(at + 1, 1..=1);
    tenths.map(|tenths| tenths * 10).or_else(|| text.number(at + 1, 2..=2))
}

/// A unit before its number: `dakika 5 zilizopita`.
fn unit_first(text: &Text, cursor: Cursor) -> Option<(Amount, Cursor)> {
    let (unit, languages) = unit(text, cursor.at, cursor.languages)?;
    let quantity = Quantity::whole(text.number(cursor.at + 1, 1..=4)?);
    let (_, languages) = direction(text, Cursor { at: cursor.at + 2, languages })?;
    Some((Amount { quantity, unit }, Cursor { at: cursor.at + 2, languages }))
}

/// A unit in the languages of the word such as `ago` after it: `saat` is an hour in Turkish and a second in
/// Malay, and `önce` decides.
fn unit_before_direction(text: &Text, at: usize, languages: Languages) -> Option<(Unit, Languages)> {
    let (_, languages) = direction(text, Cursor { at: at + 1, languages })?;
    unit(text, at, languages)
}

fn unit(text: &Text, at: usize, languages: Languages) -> Option<(Unit, Languages)> {
    text.sense(at, languages, |sense| match sense {
        Sense::Unit(unit) => Some(unit),
        _ => None,
    })
}
