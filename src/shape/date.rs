//! A date that was read from a text, as JSON.

use serde::Serialize;

use crate::model::Precision;

/// How a text was read as a date; all but `reading` is null if it was not understood.
#[derive(Debug, Clone, Serialize)]
pub struct DateShape {
    /// RFC 3339.
    pub date: Option<String>,
    /// How exact the date is.
    pub precision: Option<Precision>,
    /// `absolute` or `relative`.
    pub source: Option<&'static str>,
    /// The reading in words, or the reason why there is none.
    pub reading: String,
}
