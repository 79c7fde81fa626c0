//! Texts of messages in English: lengths of time, numbers, and the sentences about events.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::part::Part;
use crate::model::{EventKind, TroubleKind};

/// A length of time in its largest unit: `3 hours`, `1 day`.
pub(super) fn length(span: TimeDelta) -> String {
    let seconds = span.num_seconds().max(0);
    // LengthUnit in seconds, and from how many seconds on it is used.
    let units = [(86_400, 172_800, "day"), (3600, 3600, "hour"), (60, 60, "minute"), (1, 0, "second")];
    let unit = units.iter().find(|(_, from, _)| seconds >= *from).unwrap_or(&units[3]);
    counted(u64::try_from(seconds / unit.0).unwrap_or(0), unit.2)
}

/// A number with its noun: `1 item`, `3 items`.
pub(super) fn counted(number: u64, noun: &str) -> String {
    match noun.strip_suffix('y') {
        _ if number == 1 => format!("1 {noun}"),
        Some(stem) if noun != "day" => format!("{number} {stem}ies"),
        _ => format!("{number} {noun}s"),
    }
}

/// A moment for people, in a zone: `2026-11-20 09:00 UTC`.
pub(super) fn moment(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string()
}

/// One line about a trouble, a recovery or a silence of a feed with this title.
#[must_use]
pub fn alarm_title(part: &Part, feed: &str) -> String {
    match part.kind() {
        EventKind::Trouble => format!("{feed}: {}", trouble_words(part)),
        EventKind::Silent => format!("{feed}: no new item for {}", length(part.at - part.since)),
        EventKind::Recovered if part.is_unwatched => format!("{feed} is no longer watched"),
        EventKind::Recovered if part.trouble.is_none() => format!("{feed} has new items again"),
        EventKind::Recovered | EventKind::Item => format!("{feed} is fine again"),
    }
}

/// The evidence, and what a person can do.
#[must_use]
pub fn alarm_body(part: &Part, zone: Tz) -> String {
    let mut lines: Vec<String> = Vec::new();
    match part.kind() {
        EventKind::Trouble => {
            lines.extend(part.detail.clone());
            lines.push(format!("Since {}.", moment(part.since, zone)));
            lines.push(part.trouble_kind().unwrap_or(TroubleKind::Bug).advice().to_owned());
        }
        EventKind::Silent => {
            lines.push(format!(
                "The page can be read, but its newest item came on {}.",
                moment(part.since, zone)
            ));
            lines.push("If that is usual for this site, set `max_silence` in [feed.expect].".to_owned());
        }
        EventKind::Recovered if part.is_unwatched => {
            let state = if part.trouble.is_none() { "without new items" } else { trouble_words(part) };
            let out =
                "It was taken out of feeds.toml, or of `feeds` of this rule: nothing more is told of it.";
            lines.push(out.to_owned());
            lines.push(format!("The last word of it was: {state}, since {}.", moment(part.since, zone)));
        }
        EventKind::Recovered if part.trouble.is_none() => {
            lines.push(format!("There was no new item for {}.", length(part.at - part.since)));
        }
        EventKind::Recovered | EventKind::Item => {
            lines.push(format!(
                "The trouble lasted {}. It was: {}.",
                length(part.at - part.since),
                trouble_words(part)
            ));
        }
    }
    lines.extend(flaps(part, zone));
    if part.is_flapping {
        lines
            .push("It gets into trouble again and again: from now on this is told every 6 hours.".to_owned());
    }
    lines.join("\n")
}

/// How often the feed was in trouble: `4 times in trouble since 2026-11-20 09:00 UTC.`
fn flaps(part: &Part, zone: Tz) -> Option<String> {
    let first = part.first.filter(|_| part.times > 1)?;
    Some(format!("{} in trouble since {}.", counted(part.times.into(), "time"), moment(first, zone)))
}

fn trouble_words(part: &Part) -> &'static str {
    part.trouble_kind().map_or("in trouble", TroubleKind::words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_in_one_unit() {
        let told = |seconds| length(TimeDelta::seconds(seconds));
        assert_eq!(told(0), "0 seconds");
        assert_eq!(told(61), "1 minute");
        assert_eq!(told(3 * 3600 + 5), "3 hours");
        assert_eq!(told(86_400 * 2 - 1), "47 hours");
        assert_eq!(told(86_400 * 5), "5 days");
        assert_eq!(told(-5), "0 seconds");
    }
}
