//! The order of day, month and year in numeric dates, inferred from languages and zones.

use chrono_tz::Tz;

use super::lexicon::LEXICON;
use super::meaning::{ANY, Languages};
use super::rules::{DateRules, Order};

/// The order of numeric dates in the page's language, else in the language of the words in the text.
pub(super) fn order_of_language(word_languages: Languages, rules: &DateRules) -> Option<Order> {
    let tag = rules.language.as_deref().unwrap_or_default();
    let mut subtags = tag.split(['-', '_']).skip(1);
    let region = subtags.find(|subtag| subtag.len() == 2).unwrap_or_default().to_ascii_uppercase();
    if tag.to_ascii_lowercase().starts_with("en") {
        return order_of_english(&region, rules.zone);
    }
    match LEXICON.language(tag) {
        Some(language) => LEXICON.order(language),
        None if word_languages != ANY => LEXICON.order(word_languages),
        None => None,
    }
}

/// The order of numeric dates in English, which has both: the region of the language decides, else
/// the region of the zone.
fn order_of_english(region: &str, zone: Tz) -> Option<Order> {
    let zone_area = zone.name().split('/').next().unwrap_or_default();
    match (region, zone_area) {
        ("US", _) | ("", "US") => Some(Order::Mdy),
        ("CA" | "PH", _) => None,
        ("", "America") => US_ZONES.contains(&zone.name()).then_some(Order::Mdy),
        ("", "Europe" | "Australia" | "Africa") => Some(Order::Dmy),
        ("", _) => matches!(zone, Tz::Pacific__Auckland | Tz::Asia__Kolkata).then_some(Order::Dmy),
        _ => Some(Order::Dmy),
    }
}

/// Zones of the United States.
const US_ZONES: &[&str] = &[
    "America/New_York",
    "America/Detroit",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Boise",
    "America/Los_Angeles",
    "America/Anchorage",
];
