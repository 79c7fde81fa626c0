//! Unix times: the time since the beginning of 1970 as a number, in seconds or in fractions of seconds.

use chrono::{DateTime, Datelike, FixedOffset, TimeDelta};

use super::calendar::YEARS;
use super::outcome::ParsedDate;
use super::rules::Now;
use crate::model::Precision;

/// Longer numbers are no Unix times, in characters.
const MAX_NUMBER_CHARS: usize = 32;
/// Largest power of ten in a number, up or down.
const MAX_EXPONENT: i32 = 30;
/// 1990-01-01 as a Unix time. A bare number before it is more likely a count or an identifier.
const SINCE_1990: i64 = 631_152_000;
/// The end of the bare numbers where the current time is not known: from here on, numbers of ten digits may
/// be a year, a month, a day and an hour.
const UNTIL_2033: i64 = 2_000_000_000;
/// Days after the current time in which a bare number is still a date.
const DAYS_AHEAD: i64 = 2 * 365;

/// The unit in which a Unix time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpochUnit {
    /// Written as the format `epoch`.
    Seconds,
    /// Written as the format `epoch_ms`.
    Milliseconds,
    /// Written as the format `epoch_us`.
    Microseconds,
    /// Written as the format `epoch_ns`.
    Nanoseconds,
}

impl EpochUnit {
    const ALL: [Self; 4] = [Self::Seconds, Self::Milliseconds, Self::Microseconds, Self::Nanoseconds];

    /// The unit that an explicit format names.
    pub(super) fn of_format(format: &str) -> Option<Self> {
        match format {
            "epoch" => Some(Self::Seconds),
            "epoch_ms" => Some(Self::Milliseconds),
            "epoch_us" => Some(Self::Microseconds),
            "epoch_ns" => Some(Self::Nanoseconds),
            _ => None,
        }
    }

    /// How many decimal places the unit is smaller than a second.
    const fn decimal_places(self) -> i32 {
        match self {
            Self::Seconds => 0,
            Self::Milliseconds => 3,
            Self::Microseconds => 6,
            Self::Nanoseconds => 9,
        }
    }
}

/// Reads a Unix time whose unit is known, in UTC. `None` if the text is no number, if the year is outside of
/// the accepted range, or if the number stands for a date that is not set.
#[must_use]
pub fn at_epoch(text: &str, unit: EpochUnit) -> Option<DateTime<FixedOffset>> {
    instant(Decimal::parse(text.trim())?.seconds(unit)?)
}

/// Reads a whole text that is a Unix time: a bare number, or a call such as `/Date(1762243200000)/`.
pub(super) fn read(text: &str, now: Now) -> Option<ParsedDate> {
    let text = text.trim();
    bare(text, now).or_else(|| call(text)).map(to_second)
}

/// Reads a Unix time in the unit of an explicit format.
pub(super) fn in_unit(text: &str, unit: EpochUnit) -> Option<ParsedDate> {
    at_epoch(text, unit).map(to_second)
}

/// Reads a number of an unknown unit. The magnitude tells the unit, as the accepted times of one unit do not
/// overlap those of another.
fn bare(text: &str, now: Now) -> Option<DateTime<FixedOffset>> {
    // A number with a sign is a difference or a telephone number.
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let number = Decimal::parse(text)?;
    let end = now.map_or(UNTIL_2033, |now| (now + TimeDelta::days(DAYS_AHEAD)).timestamp());
    let mut seconds = EpochUnit::ALL.into_iter().filter_map(|unit| number.seconds(unit));
    instant(seconds.find(|seconds| (SINCE_1990..end).contains(seconds))?)
}

/// Reads `/Date(1762243200000)/` and `/Date(1762243200000+0100)/`, which are milliseconds, and an offset that
/// only says in which zone to show the instant (the JSON of ASP.NET). The slashes may be missing or escaped.
fn call(text: &str) -> Option<DateTime<FixedOffset>> {
    let call = text.trim_matches(['/', '\\']);
    let argument = call.strip_prefix("new ").unwrap_or(call).strip_prefix("Date(")?.strip_suffix(')')?;
    let sign_at = argument.rfind(['+', '-']).filter(|at| *at > 0);
    let (number, zone) = argument.split_at(sign_at.unwrap_or(argument.len()));
    let at = at_epoch(number, EpochUnit::Milliseconds)?;
    if zone.is_empty() { Some(at) } else { Some(at.with_timezone(&offset(zone)?)) }
}

/// The offset of a text such as `+0100`.
fn offset(text: &str) -> Option<FixedOffset> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    if digits.len() != 4 || !is_digits(digits) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    FixedOffset::east_opt(sign * (number / 100 * 3600 + number % 100 * 60))
}

fn instant(seconds: i64) -> Option<DateTime<FixedOffset>> {
    let at = DateTime::from_timestamp(seconds, 0)?.fixed_offset();
    (YEARS.contains(&at.year()) && to_second(at).unless_unset().is_ok()).then_some(at)
}

fn to_second(at: DateTime<FixedOffset>) -> ParsedDate {
    ParsedDate { at, precision: Precision::Second, relative: false }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// A decimal number: its digits times a power of ten. It is exact, where a floating-point number of
/// nanoseconds is not.
struct Decimal {
    digits: i128,
    exponent: i32,
}

impl Decimal {
    /// Parses `1762243200`, `-1`, `1762243200.5`, `1.7622432e9`.
    fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_NUMBER_CHARS {
            return None;
        }
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let unsigned = whole.strip_prefix('-').unwrap_or(whole);
        let is_number = !unsigned.is_empty() && is_digits(unsigned) && is_digits(fraction);
        if !is_number || !(-MAX_EXPONENT..=MAX_EXPONENT).contains(&exponent) {
            return None;
        }
        let places = i32::try_from(fraction.len()).ok()?;
        Some(Self { digits: format!("{whole}{fraction}").parse().ok()?, exponent: exponent - places })
    }

    /// The number as whole seconds, rounded down.
    fn seconds(&self, unit: EpochUnit) -> Option<i64> {
        let shift = self.exponent - unit.decimal_places();
        // A number that is too large or too small for this is no date.
        let power = 10_i128.checked_pow(shift.unsigned_abs())?;
        let seconds =
            if shift >= 0 { self.digits.checked_mul(power)? } else { self.digits.div_euclid(power) };
        i64::try_from(seconds).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(at: Option<DateTime<FixedOffset>>) -> String {
        at.map_or_else(|| "none".to_owned(), |at| at.to_rfc3339())
    }

    #[expect(clippy::unnecessary_wraps, reason = "it is the argument of readings")]
    fn now() -> Now {
        Some("2026-11-27T00:00:00Z".parse().expect("an instant"))
    }

    #[test]
    fn bare_numbers_by_their_magnitude() {
        let at = "2024-02-29T12:30:45+00:00";
        for (text, expected) in [
            ("1709209845", at),
            ("1709209845.999", at),
            ("1.709209845e9", at),
            ("1.709209845E+9", at),
            ("1709209845678", at),
            ("1709209845678.0", at),
            ("1709209845678901", at),
            ("1709209845678901234", at),
            ("1.709209845678901e18", at),
            (" 1709209845 ", at),
            ("631152000", "1990-01-01T00:00:00+00:00"),
            ("0", "none"),
            ("-1", "none"),
            ("1", "none"),
            ("2025", "none"),
            ("20251104", "none"),
            ("202511040930", "none"),
            ("2025110409", "none"),
            ("20251104093000", "none"),
            ("2025110409300012", "none"),
            ("20251104093000123", "none"),
            ("+1709209845", "none"),
            ("4012345678", "none"),
            ("1709209845 s", "none"),
            ("1,709,209,845", "none"),
            ("1e999999999", "none"),
            ("99999999999999999999999999999999", "none"),
            ("", "none"),
        ] {
            assert_eq!(shown(read(text, now()).map(|date| date.at)), expected, "{text:?}");
        }
    }

    #[test]
    fn calls_hold_milliseconds() {
        for (text, expected) in [
            ("/Date(1709209845678)/", "2024-02-29T12:30:45+00:00"),
            (r"\/Date(1709209845678)\/", "2024-02-29T12:30:45+00:00"),
            ("/Date(1709209845678-0530)/", "2024-02-29T07:00:45-05:30"),
            ("/Date(1709209845678+0100)/", "2024-02-29T13:30:45+01:00"),
            ("new Date(1709209845678)", "2024-02-29T12:30:45+00:00"),
            ("/Date(-86400001)/", "1969-12-30T23:59:59+00:00"),
            ("/Date(0)/", "none"),
            ("/Date(-1)/", "none"),
            ("/Date(-62135596800000)/", "none"),
            ("/Date(1709209845678+9999)/", "none"),
            ("/Date(1709209845678+1)/", "none"),
            ("/Date()/", "none"),
            ("/Date(+0100)/", "none"),
        ] {
            assert_eq!(shown(read(text, now()).map(|date| date.at)), expected, "{text:?}");
        }
    }

    #[test]
    fn a_known_unit_allows_any_year() {
        let seconds = |text| shown(at_epoch(text, EpochUnit::Seconds));
        assert_eq!(seconds("86400"), "1970-01-02T00:00:00+00:00");
        assert_eq!(seconds("-86400"), "1969-12-31T00:00:00+00:00");
        assert_eq!(seconds("4102444800"), "2100-01-01T00:00:00+00:00");
        assert_eq!(seconds("1709209845678"), "none");
        assert_eq!(seconds("0"), "none");
        assert_eq!(seconds("-1"), "none");
        assert_eq!(shown(at_epoch("1709209845678", EpochUnit::Milliseconds)), "2024-02-29T12:30:45+00:00");
        assert_eq!(shown(at_epoch("-1", EpochUnit::Nanoseconds)), "none");
    }
}
