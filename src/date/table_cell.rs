//! Reads one cell of a word table: a word and its meaning.

use super::meaning::{Sense, Unit};

/// The word of a cell and its meaning, by the row's key and the index of the cell's group.
pub(super) fn cell_sense<'w>(key: &str, group: usize, word: &'w str) -> Option<(&'w str, Sense)> {
    let number = u32::try_from(group + 1).ok()?;
    Some((
        word,
        match key {
            "months" => Sense::Month(number),
            "persian" => Sense::PersianMonth(number),
            "days" => Sense::Weekday(u8::try_from(group).ok()?),
            "second" | "minute" | "hour" | "day" | "week" | "month" | "year" | "decade" => {
                Sense::Unit(unit(key)?)
            }
            "plural" => Sense::Plural,
            "ago" => Sense::Ago,
            "in" => Sense::In,
            "today" => Sense::DaysFromToday(0),
            "yesterday" => Sense::DaysFromToday(-1),
            "before" => Sense::DaysFromToday(-2),
            "tomorrow" => Sense::DaysFromToday(1),
            "now" => Sense::Now,
            "am" => Sense::Am,
            "pm" => Sense::Pm,
            "noon" => Sense::Noon,
            "midnight" => Sense::Midnight,
            "at" => Sense::At,
            "clock" => Sense::HourMark,
            "minute_mark" => Sense::MinuteMark,
            "second_mark" => Sense::SecondMark,
            "year_mark" => Sense::YearMark,
            "month_mark" => Sense::MonthMark,
            "day_mark" => Sense::DayMark,
            "month_prefix" => Sense::MonthPrefix,
            "fill" => Sense::Filler,
            "ordinal" => Sense::Ordinal,
            "ordinals" => Sense::OrdinalDay(number),
            "this" => Sense::This,
            "numbers" => Sense::Number(number),
            "and" => Sense::And,
            "about" => Sense::About,
            "last" => Sense::Last,
            "last_week" => Sense::LastWeek,
            "posted" => Sense::Posted,
            "era" => return era(word),
            "parts" => return day_part(word, Sense::DayPart),
            "today_parts" => return day_part(word, Sense::PartOfToday),
            "amounts" => return amount(word),
            _ => return None,
        },
    ))
}

fn unit(key: &str) -> Option<Unit> {
    Some(match key {
        "second" => Unit::Second,
        "minute" => Unit::Minute,
        "hour" => Unit::Hour,
        "day" => Unit::Day,
        "week" => Unit::Week,
        "month" => Unit::Month,
        "year" => Unit::Year,
        "decade" => Unit::Decade,
        _ => return None,
    })
}

/// An era's name and its base: `令和:2018`.
fn era(cell: &str) -> Option<(&str, Sense)> {
    let (word, base) = cell.split_once(':')?;
    Some((word, Sense::EraBase(base.parse().ok()?)))
}

/// A part of the day and its hour: `18:abend`.
fn day_part(cell: &str, sense: fn(u32) -> Sense) -> Option<(&str, Sense)> {
    let (hour, word) = cell.split_once(':')?;
    Some((word, sense(hour.parse().ok()?)))
}

/// A word that holds a number and a unit: `2h:ساعتين`.
fn amount(cell: &str) -> Option<(&str, Sense)> {
    let (amount, word) = cell.split_once(':')?;
    let (number, unit) = amount.split_at(amount.len().checked_sub(1)?);
    let unit = match unit {
        "s" => Unit::Second,
        "m" => Unit::Minute,
        "h" => Unit::Hour,
        "d" => Unit::Day,
        "w" => Unit::Week,
        "M" => Unit::Month,
        "y" => Unit::Year,
        _ => return None,
    };
    Some((word, Sense::Amount(number.parse().ok()?, unit)))
}
