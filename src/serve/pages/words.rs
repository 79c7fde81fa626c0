//! Times, numbers, states and texts as a person reads them. Pure, English, and without markup.

use chrono::{DateTime, FixedOffset, Offset, TimeDelta, Utc};

use crate::model::{FeedState, Health, Outcome, Precision, RunRecord};

/// Seconds below which a time is simply now.
const MOMENT_SECONDS: i64 = 45;

/// The tags that stand inside a word or sentence, so that leaving them out must not part words.
const INLINE_TAGS: [&str; 19] = [
    "a", "abbr", "b", "bdi", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "small",
    "span", "strong", "sub", "sup",
];

/// The class of the dot of a feed in the style sheet.
pub(super) const fn class(health: Health) -> &'static str {
    match health {
        Health::Trouble => "trouble",
        Health::Waiting => "waiting",
        Health::Fine => "fine",
    }
}

/// How many runs failed and since when: `6 failed runs since the last success 3 hours ago`.
pub(super) fn failures(state: &FeedState, now: DateTime<Utc>) -> String {
    let runs = count(u64::from(state.failures), "failed run", "failed runs");
    match state.last_success {
        Some(at) => format!("{runs} since the last success {}", relative(at, now)),
        None => format!("{runs}, no success yet"),
    }
}

/// When the next run is: `in 3 minutes`; `now` once its time has come.
pub(super) fn next_run(due: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if due <= now { "now".to_owned() } else { relative(due, now) }
}

/// How a run ended, without the trouble's detail.
pub(super) fn outcome(run: &RunRecord) -> String {
    let words = match &run.outcome {
        Outcome::Fresh => "read".to_owned(),
        Outcome::Unchanged => "unchanged".to_owned(),
        Outcome::Failed(trouble) => format!("failed: {}", trouble.kind.words()),
    };
    if run.problems == 0 {
        return words;
    }
    let problems = count(u64::from(run.problems), "problem", "problems");
    format!("{words}, with {problems} in single fields")
}

/// A time as seen from now: `just now`, `in 3 minutes`, `4 hours ago`, `2 days ago`.
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

/// A length of time in its one fitting unit, rounded; `None` if it is too short to matter.
fn span(length: TimeDelta) -> Option<String> {
    let seconds = length.num_seconds();
    if seconds < MOMENT_SECONDS {
        return None;
    }
    // A length rounded up to a whole larger unit is told in that unit: never "60 minutes".
    let units = [
        (60, 60, "minute", "minutes"),
        (3_600, 24, "hour", "hours"),
        (86_400, 60, "day", "days"),
        (2_629_800, 24, "month", "months"),
        (31_557_600, i64::MAX, "year", "years"),
    ];
    units.into_iter().find_map(|(unit, limit, one, many)| {
        let rounded = (seconds + unit / 2) / unit;
        (rounded < limit).then(|| count(rounded.unsigned_abs(), one, many))
    })
}

/// An instant in full, to the minute: `5 August 2026, 14:30 UTC`.
pub(super) fn moment(at: DateTime<FixedOffset>) -> String {
    let zone = if at.offset().fix().local_minus_utc() == 0 {
        "UTC".to_owned()
    } else {
        at.format("%:z").to_string()
    };
    format!("{} {zone}", at.format("%-d %B %Y, %H:%M"))
}

/// A date no more exactly than it is known: a day stays a day, in the page's own zone.
pub(super) fn date(at: DateTime<FixedOffset>, precision: Precision) -> String {
    match precision {
        Precision::Second | Precision::Minute => moment(at),
        Precision::Day => at.format("%-d %B %Y").to_string(),
        Precision::Month => at.format("%B %Y").to_string(),
    }
}

/// The same date for `<time datetime>` (HTML Standard, section 2.3.5).
pub(super) fn machine_date(at: DateTime<FixedOffset>, precision: Precision) -> String {
    let format = match precision {
        Precision::Second => "%Y-%m-%dT%H:%M:%S%:z",
        Precision::Minute => "%Y-%m-%dT%H:%M%:z",
        Precision::Day => "%Y-%m-%d",
        Precision::Month => "%Y-%m",
    };
    at.format(format).to_string()
}

/// A whole number with its thousands parted: `12,345`.
pub(super) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut parted = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            parted.push(',');
        }
        parted.push(digit);
    }
    parted
}

/// A number with its noun: `1 feed`, `12 feeds`.
pub(super) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// An amount of data in powers of 1000: `34.1 kB`.
pub(super) fn bytes(n: u64) -> String {
    if n < 1_000 {
        return format!("{n} B");
    }
    let mut tenths = n / 100;
    for unit in ["kB", "MB", "GB"] {
        if tenths < 10_000 {
            return format!("{}.{} {unit}", tenths / 10, tenths % 10);
        }
        tenths /= 1_000;
    }
    format!("{}.{} TB", number(tenths / 10), tenths % 10)
}

/// How long something took: `820 ms`, `1.2 s`, `2 min 5 s`.
pub(super) fn took(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        _ => format!("{} min {} s", number(ms / 60_000), ms / 1_000 % 60),
    }
}

/// The beginning of a text, at most `max_chars` long with its `…`, cut between words if it can be.
pub(super) fn clipped(text: &str, max_chars: usize) -> String {
    let text = text.trim();
    let Some((last, _)) = text.char_indices().nth(max_chars) else {
        return text.to_owned();
    };
    let head: String = text[..last].chars().take(max_chars.saturating_sub(1)).collect();
    // Scripts without spaces, and one endless word, are cut where the room ends.
    let kept = match head.rfind(char::is_whitespace) {
        Some(space) if space > head.len() / 2 => &head[..space],
        _ => head.as_str(),
    };
    format!("{}…", kept.trim_end_matches(|c: char| c.is_whitespace() || c == ','))
}

/// The text of sanitised HTML, at most about `max_chars` of it; still to be escaped by the caller.
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
        // Four bytes a character: enough is enough, whatever the script.
        if text.len() > max_chars.saturating_mul(4) {
            rest = "";
        }
    }
    text.push_str(rest);
    let words: Vec<&str> = text.split_whitespace().collect();
    clipped(&decoded(&words.join(" ")), max_chars)
}

/// Where a tag that begins this text ends, in bytes; a `>` within quotes does not end it.
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

/// The name of a tag in lower case, without its slash.
fn tag_name(tag: &str) -> String {
    let name = tag.trim_start_matches(['<', '/']);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    name[..end].to_ascii_lowercase()
}

/// The character references that a serialiser writes (HTML Standard, section 13.3), read back.
fn decoded(text: &str) -> String {
    // `&amp;` comes last, so that nothing is read twice.
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
    fn a_time_is_told_from_now() {
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
    fn extreme_times_are_told_too() {
        assert!(relative(DateTime::<Utc>::MIN_UTC, noon()).ends_with("years ago"));
        assert!(relative(DateTime::<Utc>::MAX_UTC, noon()).starts_with("in "));
    }

    #[test]
    fn a_run_that_is_due_is_now() {
        assert_eq!(next_run(noon() - TimeDelta::hours(1), noon()), "now");
        assert_eq!(next_run(noon() + TimeDelta::minutes(3), noon()), "in 3 minutes");
    }

    #[test]
    fn a_date_is_no_more_exact_than_known() {
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
    fn a_state_is_told_in_words() {
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
