//! The stored forms of values: instants, durations, JSON and precisions.

use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeZone, Utc};
use rusqlite::types::Type;

use crate::model::{FeedId, FieldName, Precision};

/// A stored time that is further ahead than this was written by a clock that went wrong. Less is the work of
/// a clock that is set a little, as time servers do it.
pub(super) const SKEW_MS: i64 = 60_000;

/// The stored names of precisions.
const PRECISIONS: [(Precision, &str); 4] = [
    (Precision::Second, "second"),
    (Precision::Minute, "minute"),
    (Precision::Day, "day"),
    (Precision::Month, "month"),
];

/// Milliseconds since 1970 -> instant. A value out of range becomes the epoch rather than a panic.
pub(super) fn instant(millis: i64) -> DateTime<Utc> {
    Utc.timestamp_millis_opt(millis).single().unwrap_or(DateTime::UNIX_EPOCH)
}

/// Milliseconds since 1970, and seconds east of UTC -> date with its offset.
pub(super) fn zoned(millis: i64, offset: i32) -> DateTime<FixedOffset> {
    let utc = instant(millis);
    FixedOffset::east_opt(offset).map_or_else(|| utc.fixed_offset(), |o| utc.with_timezone(&o))
}

/// A duration in milliseconds; one that is too long becomes one that can still be added to an instant.
pub(super) fn millis_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}

/// A value as JSON text.
pub(super) fn json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))
}

/// Reads a feed's id in the first column.
pub(super) fn feed_id(text: &str) -> rusqlite::Result<FeedId> {
    FeedId::parse(text).map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(e)))
}

/// The keys of fields with spaces between; `None` for no field.
pub(super) fn field_keys(fields: &[FieldName]) -> Option<String> {
    let keys: Vec<&str> = fields.iter().map(|field| field.key()).collect();
    (!keys.is_empty()).then(|| keys.join(" "))
}

/// The fields of stored keys. A key that this version does not know is left out.
pub(super) fn fields_of(keys: Option<&str>) -> Vec<FieldName> {
    keys.unwrap_or_default().split(' ').filter_map(FieldName::parse).collect()
}

pub(super) fn precision_of(name: &str) -> Precision {
    PRECISIONS.iter().find(|(_, n)| *n == name).map_or(Precision::Second, |(p, _)| *p)
}

pub(super) fn precision_name(precision: Precision) -> &'static str {
    PRECISIONS.iter().find(|(p, _)| *p == precision).map_or("second", |(_, n)| n)
}
