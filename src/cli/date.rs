//! `date`: shows how a text is read as a date.

use super::arguments::Date;
use super::end::End;
use super::output;
use crate::clock::{Clock, WallClock};
use crate::date::{self, DateFailure, DateRules, Order, ParsedDate};
use crate::model::Precision;
use crate::shape::DateShape;

pub(super) fn date(options: &Date) -> anyhow::Result<End> {
    let rules = DateRules {
        format: None,
        zone: options.timezone,
        order: options.order.as_deref().and_then(Order::parse),
        language: options.language.clone(),
    };
    let now = options.now.unwrap_or_else(|| WallClock.now());
    match date::read(&options.text, &rules, Some(now)) {
        Ok(reading) => show_reading(&reading, options.json),
        Err(failure) => show_failure(&failure, options),
    }
}

fn show_reading(reading: &ParsedDate, as_json: bool) -> anyhow::Result<End> {
    let at = reading.at.to_rfc3339();
    if as_json {
        output::json(&DateShape {
            date: Some(at),
            precision: Some(reading.precision),
            source: Some(if reading.relative { "relative" } else { "absolute" }),
            reading: description(reading),
        })?;
    } else {
        output::line(&at)?;
        output::line(&description(reading))?;
    }
    Ok(End::Fine)
}

/// A reading in words: the day, how exact it is, and what it is based on.
fn description(reading: &ParsedDate) -> String {
    let precision = match reading.precision {
        Precision::Second => "to the second",
        Precision::Minute => "to the minute",
        Precision::Day => "a whole day",
        Precision::Month => "a whole month",
    };
    let basis = if reading.relative { "reckoned from now" } else { "as the text says" };
    format!("{}, {precision}, {basis}", reading.at.format("%A %-d %B %Y"))
}

fn show_failure(failure: &DateFailure, options: &Date) -> anyhow::Result<End> {
    if options.json {
        output::json(&DateShape { date: None, precision: None, source: None, reading: failure.to_string() })?;
    } else {
        output::note(&format!("error: `{}`: {failure}", options.text));
    }
    Ok(End::Failed)
}
