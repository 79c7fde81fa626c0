//! The times of `[[notify]]`: digests, quiet hours, and messages an hour.

use chrono::NaiveTime;
use chrono_tz::Tz;

use super::checker::FeedChecker;
use crate::config::raw::notify::{RawNotify, RawTimes};
use crate::notify::{QuietHours, RuleTiming};
use crate::rules::{SettingStep, key};

const MAX_PER_HOUR: usize = 10_000;

/// When messages may be sent. Mistakes are noted.
pub(super) fn check(raw: &RawNotify, checker: &mut FeedChecker<'_, '_>) -> RuleTiming {
    let zone =
        raw.timezone.as_deref().and_then(|name| checker.zone(name, &[key("timezone")])).unwrap_or(Tz::UTC);
    let quiet = raw.quiet.as_deref().and_then(|text| quiet(text, checker));
    let most_per_hour = raw.most_per_hour.filter(|most| {
        let is_right = (1..=MAX_PER_HOUR).contains(most);
        if !is_right {
            let message = format!("`most_per_hour` must be a whole number from 1 to {MAX_PER_HOUR}");
            checker.problem(&["most_per_hour"], message, None);
        }
        is_right
    });
    RuleTiming { digest: digest(raw.at.as_ref(), checker), quiet, zone, most_per_hour }
}

fn digest(raw: Option<&RawTimes>, checker: &mut FeedChecker<'_, '_>) -> Vec<NaiveTime> {
    let texts: &[String] = match raw {
        None => return Vec::new(),
        Some(RawTimes::One(text)) => std::slice::from_ref(text),
        Some(RawTimes::Several(texts)) => texts,
    };
    if texts.is_empty() {
        let hint = "for example at = [\"08:00\", \"18:00\"]".to_owned();
        checker.problem(&["at"], "`at` is empty".to_owned(), Some(hint));
    }
    let mut times = Vec::new();
    for (i, text) in texts.iter().enumerate() {
        match time(text) {
            Some(time) => times.push(time),
            None => {
                let steps =
                    if texts.len() > 1 { vec![key("at"), SettingStep::Index(i)] } else { vec![key("at")] };
                let hint = "for example at = \"08:00\"".to_owned();
                checker.problem_at(&steps, format!("`{text}` is no time of day"), Some(hint));
            }
        }
    }
    times
}

fn quiet(text: &str, checker: &mut FeedChecker<'_, '_>) -> Option<QuietHours> {
    let hours = text.split_once(['-', '–']).and_then(|(from, until)| Some((time(from)?, time(until)?)));
    match hours {
        Some((from, until)) if from != until => Some(QuietHours { from, until }),
        _ => {
            let hint = "for example quiet = \"22:00-07:00\"".to_owned();
            checker.problem(&["quiet"], format!("`{text}` are no hours of the day"), Some(hint));
            None
        }
    }
}

/// `8:00` and `08:00`.
fn time(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text.trim(), "%H:%M").ok()
}
