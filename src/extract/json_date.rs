//! Objects of JSON that stand for a date -> the text of the date.

use serde_json::{Map, Value};

use crate::date::{self, EpochUnit};
use crate::model::Precision;

type Object = Map<String, Value>;

/// The text of the date that an object stands for; `None` for any other value.
///
/// - `{"$date": ...}` of Extended JSON, as document databases write it: a text, or milliseconds;
/// - `{"seconds": ..., "nanoseconds": ...}`, also with `_` before the names: the timestamp of Firestore and of
///   Protocol Buffers;
/// - `{"date": ..., "timezone": ...}`: a local time and its zone, as PHP writes them; also with `dateTime` and
///   `timeZone`.
pub(crate) fn date_text(value: &Value) -> Option<String> {
    let object = value.as_object()?;
    extended_json(object).or_else(|| timestamp(object)).or_else(|| local_time(object))
}

fn extended_json(object: &Object) -> Option<String> {
    let date = object.get("$date")?;
    let number = date.get("$numberLong").unwrap_or(date);
    let text = scalar(number)?;
    at_epoch(&text, EpochUnit::Milliseconds).or_else(|| date.as_str().map(str::to_owned))
}

fn timestamp(object: &Object) -> Option<String> {
    let seconds = first(object, &["seconds", "_seconds"])?;
    at_epoch(&seconds, EpochUnit::Seconds)
}

fn local_time(object: &Object) -> Option<String> {
    let text = first(object, &["date", "dateTime"])?;
    let zone = first(object, &["timezone", "timeZone"]);
    let in_zone = zone.and_then(|zone| date::read_in_zone(&text, &zone));
    // A day without a time stays a day.
    let instant = in_zone.filter(|date| matches!(date.precision, Precision::Second | Precision::Minute));
    Some(instant.map_or(text, |date| date.at.to_rfc3339()))
}

fn at_epoch(text: &str, unit: EpochUnit) -> Option<String> {
    date::at_epoch(text, unit).map(|at| at.to_rfc3339())
}

/// The first of these keys that has a text or a number.
fn first(object: &Object, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| scalar(object.get(*key)?))
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_that_stand_for_a_date() {
        let utc = "2024-02-29T12:30:45+00:00";
        for (value, expected) in [
            (json!({ "$date": "2024-02-29T12:30:45.678Z" }), "2024-02-29T12:30:45.678Z"),
            (json!({ "$date": 1_709_209_845_678_i64 }), utc),
            (json!({ "$date": { "$numberLong": "1709209845678" } }), utc),
            (json!({ "seconds": 1_709_209_845, "nanoseconds": 678_000_000 }), utc),
            (json!({ "_seconds": 1_709_209_845, "_nanoseconds": 0 }), utc),
            (json!({ "seconds": "1709209845", "nanos": 0 }), utc),
            (
                json!({ "date": "2024-02-29 14:30:45.000000", "timezone_type": 3, "timezone": "Europe/Helsinki" }),
                "2024-02-29T14:30:45+02:00",
            ),
            (
                json!({ "date": "2024-07-01 09:00", "timezone_type": 3, "timezone": "Europe/Helsinki" }),
                "2024-07-01T09:00:00+03:00",
            ),
            (
                json!({ "date": "2024-02-29 07:00:45.000000", "timezone_type": 1, "timezone": "-05:30" }),
                "2024-02-29T07:00:45-05:30",
            ),
            (
                json!({ "date": "2024-07-01 09:00:00.000000", "timezone_type": 2, "timezone": "EDT" }),
                "2024-07-01T09:00:00-04:00",
            ),
            (json!({ "date": "2024-02-29", "timezone": "Asia/Tokyo" }), "2024-02-29"),
            (json!({ "date": "2024-02-29 12:30", "timezone": "Mars" }), "2024-02-29 12:30"),
            (
                json!({ "dateTime": "2024-02-29T12:30:45.0000000", "timeZone": "UTC" }),
                "2024-02-29T12:30:45+00:00",
            ),
        ] {
            assert_eq!(date_text(&value).as_deref(), Some(expected), "{value}");
        }
    }

    #[test]
    fn other_values_are_no_date_objects() {
        for value in [
            json!({ "seconds": 0, "nanoseconds": 0 }),
            json!({ "seconds": -1 }),
            json!({ "$date": -1 }),
            json!({ "$date": { "$numberLong": "0" } }),
            json!({ "$date": { "$date": 1_709_209_845_678_i64 } }),
            json!({ "text": "2024-02-29" }),
            json!("2024-02-29"),
            json!(null),
        ] {
            assert_eq!(date_text(&value), None, "{value}");
        }
    }
}
