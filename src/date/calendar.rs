//! Years and days of other calendars than the Gregorian one.

use chrono::{Datelike, NaiveDate, TimeDelta};

use super::lexicon::LEXICON;
use super::meaning::Languages;

/// Years in which a date is accepted.
pub(super) const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// Number of years by which the Buddhist calendar is ahead.
const BUDDHIST_OFFSET: i32 = 543;

/// The year before the first year of the Republic of China calendar (Minguo).
const MINGUO_OFFSET: i32 = 1911;

/// The Gregorian year of a number that may be of the Buddhist or the Minguo calendar. A year of the
/// Persian calendar is returned as it is. `is_marked`: a word such as 年 says that it is a year.
pub(super) fn gregorian_year(year: i32, digits: usize, is_marked: bool) -> Option<i32> {
    match (digits, year) {
        (4, 1300..=1499) => Some(year),
        (4, _) if YEARS.contains(&year) => Some(year),
        (4, 2443..=2743) => Some(year - BUDDHIST_OFFSET),
        (3, 90..=199) if is_marked => Some(year + MINGUO_OFFSET),
        (2, 0..=68) if is_marked => Some(2000 + year),
        _ => None,
    }
}

/// The Gregorian year of a Buddhist year of two digits (68 is 2568). `None` unless the text can be
/// nothing but Thai.
pub(super) fn buddhist_short(two_digits: u32, languages: Languages) -> Option<i32> {
    let thai = LEXICON.language("th")?;
    let year = 2500 + i32::try_from(two_digits).ok()? - BUDDHIST_OFFSET;
    (languages == thai).then_some(year)
}

/// Converts a day of the Persian solar calendar to Gregorian year, month and day.
///
/// Leap years follow the 33-year cycle, which agrees with the calendar from 1178 to 1633.
pub(super) fn from_persian(year: i32, month: u32, day: u32) -> Option<(i32, u32, u32)> {
    const CYCLE_LEAPS: [i32; 8] = [1, 5, 9, 13, 17, 22, 26, 30];
    let leaps_before = |year: i32| {
        let full_cycles = year.div_euclid(33);
        let year_of_cycle = year.rem_euclid(33);
        let leaps_in_cycle = CYCLE_LEAPS.iter().filter(|leap| **leap < year_of_cycle).count();
        full_cycles * 8 + i32::try_from(leaps_in_cycle).unwrap_or(0)
    };
    let is_leap = CYCLE_LEAPS.contains(&year.rem_euclid(33));
    let days_in_month = if month <= 6 {
        31
    } else if month <= 11 || is_leap {
        30
    } else {
        29
    };
    if !(1300..=1499).contains(&year) || !(1..=12).contains(&month) || !(1..=days_in_month).contains(&day) {
        return None;
    }
    // 1 Farvardin 1400 was the 21st of March 2021.
    let leap_days = leaps_before(year) - leaps_before(1400);
    let days_of_years = i64::from((year - 1400) * 365 + leap_days);
    let days_of_months = i64::from((month - 1) * 30 + (month - 1).min(6));
    let days = days_of_years + days_of_months + i64::from(day) - 1;
    let date = NaiveDate::from_ymd_opt(2021, 3, 21)? + TimeDelta::days(days);
    Some((date.year(), date.month(), date.day()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persian_days() {
        for (persian, gregorian) in [
            ((1404, 8, 13), (2025, 11, 4)),
            ((1400, 1, 1), (2021, 3, 21)),
            ((1399, 12, 30), (2021, 3, 20)),
            ((1403, 12, 30), (2025, 3, 20)),
            ((1404, 1, 1), (2025, 3, 21)),
            ((1357, 11, 22), (1979, 2, 11)),
            ((1408, 12, 30), (2030, 3, 20)),
        ] {
            assert_eq!(from_persian(persian.0, persian.1, persian.2), Some(gregorian), "{persian:?}");
        }
        assert_eq!(from_persian(1404, 12, 30), None);
        assert_eq!(from_persian(1404, 13, 1), None);
    }
}
