//! The result of reading a text as a date: an instant, or the reason why there is none.

use chrono::{DateTime, Datelike, FixedOffset};

use crate::model::Precision;

/// A date that was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParsedDate {
    /// The instant, with the offset that the text or the zone gives.
    pub at: DateTime<FixedOffset>,
    /// How exact the date is. A date of day precision is 00:00 in its zone.
    pub precision: Precision,
    /// Whether the instant was computed from the current time, as for `3 hours ago` or a day
    /// without a year.
    pub relative: bool,
}

impl ParsedDate {
    /// The date itself, unless it is the Unix epoch or the second before it. Programs show these where
    /// a date was never set.
    ///
    /// # Errors
    /// [`DateFailure::Unset`] for such a date.
    pub(super) fn unless_unset(self) -> Result<Self, DateFailure> {
        if self.is_unset() { Err(DateFailure::Unset) } else { Ok(self) }
    }

    fn is_unset(self) -> bool {
        let seconds = self.at.timestamp();
        let is_eve = self.at.year() == 1969 && self.at.ordinal() == 365;
        match self.precision {
            // `January 1970` is how a page names a month, not how a program shows a moment.
            Precision::Month => false,
            // West of Greenwich the epoch is still in 1969.
            Precision::Day if is_eve => self.at.offset().local_minus_utc() < 0,
            Precision::Minute if seconds == -60 => true,
            _ => matches!(seconds, -1 | 0) || (self.at.year() == 1970 && self.at.ordinal() == 1),
        }
    }
}

/// Why a text gives no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateFailure {
    /// The text holds no date.
    #[error("not understood as a date; give its `format`, or take the date out of the text with `regex`")]
    NotUnderstood,
    /// The text holds more than one date.
    #[error("more than one date in the text; take one out with `regex`")]
    Several,
    /// Day and month cannot be told apart.
    #[error("day and month cannot be told apart; set `order` to dmy or mdy")]
    Ambiguous,
    /// The text does not match the explicit format.
    #[error("does not fit the format `{0}`")]
    FormatMismatch(String),
    /// The day does not exist, as the 31st of February, or its year is outside the accepted range.
    #[error("there is no such day")]
    NoSuchDay,
    /// The date is the day of the Unix time 0, or the second before it.
    #[error("1970-01-01 stands for a date that is not set")]
    Unset,
}
