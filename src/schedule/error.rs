//! Why a text is not a schedule.

/// Why a text is not a schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The text is none of the three forms.
    #[error(
        "it is neither `every …`, nor a cron line of 5 or 6 fields, nor one of @hourly, @daily, @weekly, @monthly, @yearly"
    )]
    Unknown,
    /// A duration that cannot be parsed.
    #[error("`{0}` is not a length of time; write 30s, 10m, 1h30m or 2 days")]
    Duration(String),
    /// An interval that is too short or too long.
    #[error("an interval must be 1 second to 366 days")]
    OutOfRange,
    /// A field of a cron line that is wrong.
    #[error("the {field} field `{text}` is wrong: {why}")]
    Field {
        /// The field's name.
        field: &'static str,
        /// The field as written.
        text: String,
        /// A sentence that says what is wrong with it.
        why: String,
    },
    /// A date that never comes, as the 31st of February.
    #[error("no day fits it, so it would never run")]
    Never,
    /// A spread that is longer than the time between two runs, or that is given with an interval.
    #[error(
        "`spread` must be shorter than the time between two runs, and is for cron lines only; intervals are spread by themselves"
    )]
    Spread,
}
