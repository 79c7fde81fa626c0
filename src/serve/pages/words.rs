//! Times, numbers, states and texts in English words, without markup. Pure.

use chrono::{DateTime, FixedOffset, Offset, TimeDelta, Utc};

use crate::model::{FeedState, Health, Outcome, Precision, RunRecord};

/// A time less than this many seconds away is shown as "just now" or "in a moment".
const MIN_SHOWN_SECONDS: i64 = 45;

/// Said on every page while the newest configuration is not in use.
pub(super) const CONFIG_REFUSED: &str = "The configuration is broken, the old one stays in use.";

/// Tags that may stand inside a word. They are removed without a space in their place.
const INLINE_TAGS: [&str; 19] = [
    "a", "abbr", "b", "bdi", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "small",
    "span", "strong", "sub", "sup",
];

/// The CSS class of a feed's coloured dot.
pub(super) const fn class(health: Health) -> &'static str {
    match health {
        Health::Trouble => "trouble",
        Health::Waiting => "waiting",
        Health::Fine => "fine",
    }
}

/// The number of failed runs and the last success: `6 failed runs since the last success 3 hours ago`.
pub(super) fn failures(state: &FeedState, now: DateTime<Utc>) -> String {
    let runs = count(u64::from(state.failures), "failed run", "failed runs");
    match state.last_success {
        Some(at) => format!("{runs} since the last success {}", relative(at, now)),
        None => format!("{runs}, no success yet"),
    }
}

/// The time of the next run: `in 3 minutes`; `now` if it is due.
pub(super) fn next_run(due: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if due <= now { "now".to_owned() } else { relative(due, now) }
}

/// The outcome of a run, without the trouble's detail.
pub(super) fn outcome(run: &RunRecord) -> String {
    let words = match &run.outcome {
        Outcome::Fresh => "read".to_owned(),
        Outcome::Unchanged => "unchanged since the last run".to_owned(),
        Outcome::Failed(trouble) => format!("failed: {}", trouble.kind.words()),
    };
    if run.problems == 0 {
        return words;
    }
    let problems = count(u64::from(run.problems), "problem", "problems");
    format!("{words}, with {problems}")
}

/// A time relative to now: `just now`, `in 3 minutes`, `4 hours ago`, `2 days ago`.
pub(super) fn relative(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let passed = now - at;
    let is_past = passed >= TimeDelta::zero();
    match (span(passed.abs()), is_past) {
        (None, true) => "just now".to_owned(),
        (None, false) => "in a moment".to_owned(),
        (Some(span), true) => format!("{span} ago"),
        (Some(span), false) => format!("in {span}"),
    }
}

/// A length of time, rounded to one unit: `3 hours`.
pub(super) fn length(length: TimeDelta) -> String {
    span(length).unwrap_or_else(|| "less than a minute".to_owned())
}

/// A length of time, rounded to one unit; `None` if it is shorter than [`MIN_SHOWN_SECONDS`].
fn span(length: TimeDelta) -> Option<String> {
    let seconds = length.num_seconds();
    if seconds < MIN_SHOWN_SECONDS {
        return None;
    }
    // Unit in seconds, limit of the number, singular, plural. A number that reaches its limit is shown in
    // the next unit: "1 hour", never "60 minutes".
    let units = [
        (60, 60, "minute", "minutes"),
        (3_600, 24, "hour", "hours"),
        (86_400, 60, "day", "days"),
        (2_629_800, 24, "month", "months"),
        (31_557_600, i64::MAX, "year", "years"),
    ];
    units.into_iter().find_map(|(unit, limit, singular, plural)| {
        let rounded = (seconds + unit / 2) / unit;
        (rounded < limit).then(|| count(rounded.unsigned_abs(), singular, plural))
    })
}

/// A date with the time to the minute: `5 August 2026, 14:30 UTC`.
pub(super) fn moment(at: DateTime<FixedOffset>) -> String {
    let zone = if at.offset().fix().local_minus_utc() == 0 {
        "UTC".to_owned()
    } else {
        at.format("%:z").to_string()
    };
    format!("{} {zone}", at.format("%-d %B %Y, %H:%M"))
}

/// A date in its own time zone, with no more parts than its precision has.
pub(super) fn date(at: DateTime<FixedOffset>, precision: Precision) -> String {
    match precision {
        Precision::Second | Precision::Minute => moment(at),
        Precision::Day => at.format("%-d %B %Y").to_string(),
        Precision::Month => at.format("%B %Y").to_string(),
    }
}

/// A date in the format of `<time datetime>` (HTML Standard, section 2.3.5), with the parts of its precision.
pub(super) fn machine_date(at: DateTime<FixedOffset>, precision: Precision) -> String {
    let format = match precision {
        Precision::Second => "%Y-%m-%dT%H:%M:%S%:z",
        Precision::Minute => "%Y-%m-%dT%H:%M%:z",
        Precision::Day => "%Y-%m-%d",
        Precision::Month => "%Y-%m",
    };
    at.format(format).to_string()
}

/// A number with thousands separators: `12,345`.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut separated = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            separated.push(',');
        }
        separated.push(digit);
    }
    separated
}

/// A number with its noun: `1 feed`, `12 feeds`.
pub(super) fn count(count: u64, singular: &str, plural: &str) -> String {
    let noun = if count == 1 { singular } else { plural };
    format!("{} {noun}", number(count))
}

/// An amount of data in decimal units: `34.1 kB`.
pub(super) fn bytes(bytes: u64) -> String {
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    let mut tenths = bytes / 100;
    for unit in ["kB", "MB", "GB"] {
        if tenths < 10_000 {
            return format!("{}.{} {unit}", tenths / 10, tenths % 10);
        }
        tenths /= 1_000;
    }
    format!("{}.{} TB", number(tenths / 10), tenths % 10)
}

/// A duration: `820 ms`, `1.2 s`, `2 min 5 s`.
pub(super) fn took(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        _ => format!("{} min {} s", number(ms / 60_000), ms / 1_000 % 60),
    }
}

/// The beginning of a text: at most `max_chars` characters, including the `…` of a cut text. The cut is
/// between two words if possible.
pub(super) fn clipped(text: &str, max_chars: usize) -> String {
    let text = text.trim();
    if text.chars().nth(max_chars).is_none() {
        return text.to_owned();
    }
    let head: String = text.chars().take(max_chars.saturating_sub(1)).collect();
    // Scripts without spaces, and very long words, are cut at the limit.
    let kept = match head.rfind(char::is_whitespace) {
        Some(space) if space > head.len() / 2 => &head[..space],
        _ => head.as_str(),
    };
    format!("{}…", kept.trim_end_matches(|c: char| c.is_whitespace() || c == ','))
}

/// The text of sanitised HTML, cut to at most `max_chars` characters. The caller must escape it.
pub(super) fn plain(html: &str, max_chars: usize) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        let tag_end = end_of_tag(&rest[start..]);
        let tag = &rest[start..start + tag_end];
        if !INLINE_TAGS.contains(&tag_name(tag).as_str()) {
            text.push(' ');
        }
        rest = &rest[start + tag_end..];
        // A character has at most four bytes, so this text has more than `max_chars` characters.
        if text.len() > max_chars.saturating_mul(4) {
            rest = "";
        }
    }
    text.push_str(rest);
    let words: Vec<&str> = text.split_whitespace().collect();
    clipped(&decoded(&words.join(" ")), max_chars)
}

/// The length in bytes of the tag at the start of the text. A `>` within quotes does not end it.
fn end_of_tag(text: &str) -> usize {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// The name of a tag in lower case.
fn tag_name(tag: &str) -> String {
    let name = tag.trim_start_matches(['<', '/']);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    name[..end].to_ascii_lowercase()
}

/// Decodes the character references that serialisers write (HTML Standard, section 13.3).
fn decoded(text: &str) -> String {
    // `&amp;` comes last, so that nothing is decoded twice.
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;
    use crate::model::{Trouble, TroubleKind};

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 8, 5, 12, 0, 0).unwrap()
    }

    #[test]
    fn times_are_relative_to_now() {
        #[track_caller]
        fn check(seconds: i64, expected: &str) {
            assert_eq!(relative(noon() + TimeDelta::seconds(seconds), noon()), expected);
        }
        check(0, "just now");
        check(-44, "just now");
        check(20, "in a moment");
        check(-45, "1 minute ago");
        check(170, "in 3 minutes");
        check(-240, "4 minutes ago");
        check(-3_590, "1 hour ago");
        check(-4 * 3_600, "4 hours ago");
        check(86_000, "in 1 day");
        check(-2 * 86_400, "2 days ago");
        check(-59 * 86_400, "59 days ago");
        check(-90 * 86_400, "3 months ago");
        check(-800 * 86_400, "2 years ago");
    }

    #[test]
    fn extreme_times_have_words_too() {
        assert!(relative(DateTime::<Utc>::MIN_UTC, noon()).ends_with("years ago"));
        assert!(relative(DateTime::<Utc>::MAX_UTC, noon()).starts_with("in "));
    }

    #[test]
    fn a_run_that_is_due_is_now() {
        assert_eq!(next_run(noon() - TimeDelta::hours(1), noon()), "now");
        assert_eq!(next_run(noon() + TimeDelta::minutes(3), noon()), "in 3 minutes");
    }

    #[test]
    fn a_date_shows_only_its_precision() {
        #[track_caller]
        fn check(precision: Precision, words: &str, machine: &str) {
            let seoul = FixedOffset::east_opt(9 * 3_600).unwrap();
            let at = seoul.with_ymd_and_hms(2026, 8, 5, 0, 7, 9).unwrap();
            assert_eq!(date(at, precision), words);
            assert_eq!(machine_date(at, precision), machine);
        }
        check(Precision::Second, "5 August 2026, 00:07 +09:00", "2026-08-05T00:07:09+09:00");
        check(Precision::Minute, "5 August 2026, 00:07 +09:00", "2026-08-05T00:07+09:00");
        check(Precision::Day, "5 August 2026", "2026-08-05");
        check(Precision::Month, "August 2026", "2026-08");
        assert_eq!(moment(noon().fixed_offset()), "5 August 2026, 12:00 UTC");
    }

    #[test]
    fn numbers_have_their_units() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(12_345), "12,345");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(count(1, "feed", "feeds"), "1 feed");
        assert_eq!(count(0, "feed", "feeds"), "0 feeds");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(34_120), "34.1 kB");
        assert_eq!(bytes(999_999), "999.9 kB");
        assert_eq!(bytes(5_242_880), "5.2 MB");
        assert!(bytes(u64::MAX).ends_with(" TB"));
        assert_eq!(took(820), "820 ms");
        assert_eq!(took(1_250), "1.2 s");
        assert_eq!(took(125_000), "2 min 5 s");
    }

    #[test]
    fn a_state_has_words() {
        #[track_caller]
        fn check(state: &FeedState, expected: &str) {
            assert_eq!(Health::of(state).words(), expected);
        }
        let trouble = Some(Trouble::new(TroubleKind::Timeout, "secret detail"));
        check(&FeedState::default(), "waiting for its first run");
        check(&FeedState { last_success: Some(noon()), ..FeedState::default() }, "fine");
        check(&FeedState { changed: Some(noon()), ..FeedState::default() }, "fine");
        check(&FeedState { trouble, ..FeedState::default() }, "in trouble");
    }

    #[test]
    fn failures_say_since_when() {
        let mut state = FeedState { failures: 1, ..FeedState::default() };
        assert_eq!(failures(&state, noon()), "1 failed run, no success yet");
        state.failures = 6;
        state.last_success = Some(noon() - TimeDelta::hours(3));
        let expected = "6 failed runs since the last success 3 hours ago";
        assert_eq!(failures(&state, noon()), expected);
    }

    #[test]
    fn a_text_is_cut_between_words() {
        #[track_caller]
        fn check(text: &str, max: usize, expected: &str) {
            assert_eq!(clipped(text, max), expected);
            assert!(clipped(text, max).chars().count() <= max);
        }
        check("short", 10, "short");
        check("exactly ten", 11, "exactly ten");
        check("the river rose, and fell", 17, "the river rose…");
        check("한국어로쓴긴문장입니다", 5, "한국어로…");
        check("", 5, "");
    }

    #[test]
    fn html_becomes_its_text() {
        #[track_caller]
        fn check(html: &str, expected: &str) {
            assert_eq!(plain(html, 40), expected);
        }
        check("<p>One</p><p>two <b>th</b>ree</p>", "One two three");
        check("a<br>b", "a b");
        check(r#"<a title="x > y">link</a>"#, "link");
        check("fish &amp;lt; chips &lt;3", "fish &lt; chips <3");
        check("open <a href=", "open");
        check("", "");
    }
}
