//! `date`: how a text is read as a date.

use serde_json::json;

use super::arguments::Date;
use super::{End, output};
use crate::clock::{Clock, WallClock};
use crate::date::{self, DateFailure, DateRules, Order, ParsedDate};
use crate::model::Precision;

pub(super) fn date(options: &Date) -> anyhow::Result<End> {
    let rules = DateRules {
        format: None,
        zone: options.timezone,
        order: options.order.as_deref().and_then(Order::parse),
        language: options.language.clone(),
    };
    let now = options.now.unwrap_or_else(|| WallClock.now());
    match date::read(&options.text, &rules, Some(now)) {
        Ok(reading) => understood(&reading, options.json),
        Err(failure) => not_understood(&failure, options),
    }
}

fn understood(reading: &ParsedDate, as_json: bool) -> anyhow::Result<End> {
    let at = reading.at.to_rfc3339();
    if as_json {
        output::json_value(&json!({
            "date": at,
            "precision": reading.precision,
            "source": if reading.relative { "relative" } else { "absolute" },
            "reading": words(reading),
        }))?;
    } else {
        output::line(&at)?;
        output::line(&words(reading))?;
    }
    Ok(End::Fine)
}

fn words(reading: &ParsedDate) -> String {
    let exact = match reading.precision {
        Precision::Second => "to the second",
        Precision::Minute => "to the minute",
        Precision::Day => "a whole day",
        Precision::Month => "a whole month",
    };
    let from = if reading.relative { "reckoned from now" } else { "as the text says" };
    format!("{}, {exact}, {from}", reading.at.format("%A %-d %B %Y"))
}

fn not_understood(failure: &DateFailure, options: &Date) -> anyhow::Result<End> {
    if options.json {
        output::json_value(&json!({
            "date": null, "precision": null, "source": null, "reading": failure.to_string(),
        }))?;
    } else {
        output::note(&format!("error: `{}`: {failure}", options.text));
    }
    Ok(End::Failed)
}
