//! Years and days of other calendars.

use chrono::{Datelike, NaiveDate, TimeDelta};

use super::lexicon::{LEXICON, Languages};

/// Years that pages mean.
pub(super) const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// Years of the Buddhist calendar are ahead by so many.
const BUDDHIST: i32 = 543;

/// Years of the Republic of China begin after this one.
const MINGUO: i32 = 1911;

/// The Gregorian year that digits mean, or that of the Persian calendar as it is; `marked`: a word
/// such as 年 says that it is a year.
pub(super) fn year_meant(year: i32, digits: usize, marked: bool) -> Option<i32> {
    match (digits, year) {
        (4, 1300..=1499) => Some(year),
        (4, _) if YEARS.contains(&year) => Some(year),
        (4, 2443..=2743) => Some(year - BUDDHIST),
        (3, 90..=199) if marked => Some(year + MINGUO),
        (2, 0..=68) if marked => Some(2000 + year),
        _ => None,
    }
}

/// Two digits of a Buddhist year (68 is 2568), in Thai alone.
pub(super) fn buddhist_short(short: u32, languages: Languages) -> Option<i32> {
    let thai = LEXICON.language("th")?;
    let year = 2500 + i32::try_from(short).ok()? - BUDDHIST;
    (languages == thai).then_some(year)
}

/// A day of the Persian solar calendar as year, month and day of the Gregorian one.
///
/// The leap years are those of the 33-year cycle, which is right from 1178 to 1633.
pub(super) fn from_persian(year: i32, month: u32, day: u32) -> Option<(i32, u32, u32)> {
    const CYCLE_LEAPS: [i32; 8] = [1, 5, 9, 13, 17, 22, 26, 30];
    let leaps_before = |year: i32| {
        let (cycles, rest) = (year.div_euclid(33), year.rem_euclid(33));
        cycles * 8 + i32::try_from(CYCLE_LEAPS.iter().filter(|l| **l < rest).count()).unwrap_or(0)
    };
    let leap = CYCLE_LEAPS.contains(&year.rem_euclid(33));
    let length = if month <= 6 {
        31
    } else if month <= 11 || leap {
        30
    } else {
        29
    };
    if !(1300..=1499).contains(&year) || !(1..=12).contains(&month) || !(1..=length).contains(&day) {
        return None;
    }
    // 1 Farvardin 1400 was the 21st of March 2021.
    let years = i64::from((year - 1400) * 365 + leaps_before(year) - leaps_before(1400));
    let months = i64::from((month - 1) * 30 + (month - 1).min(6));
    let date = NaiveDate::from_ymd_opt(2021, 3, 21)? + TimeDelta::days(years + months + i64::from(day) - 1);
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
