use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

#[track_caller]
fn fires(line: &str, zone: Tz, after: &str, expected: &[&str]) {
    let schedule = Schedule::parse(line, zone, None).expect("a schedule");
    let mut now = at(after);
    for wanted in expected {
        now = schedule.next_after(now, "t");
        assert_eq!(now, at(wanted), "{line} in {zone} after {after}");
    }
}

#[track_caller]
fn refused(text: &str, says: &str) {
    let error = Schedule::parse(text, Tz::UTC, None).expect_err(text).to_string();
    assert!(error.contains(says), "{text}: {error}");
}

#[test]
fn cron_lines_are_read_as_people_know_them() {
    let now = "2026-11-23T10:05:30Z"; // a Monday
    fires(
        "7,37 * * * *",
        Tz::UTC,
        now,
        &["2026-11-23T10:07:00Z", "2026-11-23T10:37:00Z", "2026-11-23T11:07:00Z"],
    );
    fires("*/15 * * * * *", Tz::UTC, now, &["2026-11-23T10:05:45Z", "2026-11-23T10:06:00Z"]);
    fires(
        "0 9 * * 1-5",
        Tz::UTC,
        now,
        &[
            "2026-11-24T09:00:00Z",
            "2026-11-25T09:00:00Z",
            "2026-11-26T09:00:00Z",
            "2026-11-27T09:00:00Z",
            "2026-11-30T09:00:00Z",
        ],
    );
    fires("0 9 * * 0", Tz::UTC, now, &["2026-11-29T09:00:00Z"]);
    fires("0 9 * * 7", Tz::UTC, now, &["2026-11-29T09:00:00Z"]);
    fires("0 9 * * Saturday,SUN", Tz::UTC, now, &["2026-11-28T09:00:00Z", "2026-11-29T09:00:00Z"]);
    fires(
        "0 9 * * fri-mon",
        Tz::UTC,
        now,
        &["2026-11-27T09:00:00Z", "2026-11-28T09:00:00Z", "2026-11-29T09:00:00Z", "2026-11-30T09:00:00Z"],
    );
    fires(
        "0 0 13 * 5",
        Tz::UTC,
        now,
        &["2026-11-27T00:00:00Z", "2026-12-04T00:00:00Z", "2026-12-11T00:00:00Z", "2026-12-13T00:00:00Z"],
    );
    fires("0 0 29 2 *", Tz::UTC, now, &["2028-02-29T00:00:00Z"]);
    fires("@hourly", Tz::UTC, now, &["2026-11-23T11:00:00Z"]);
    fires("@Daily", "Asia/Pyongyang".parse().expect("a zone"), now, &["2026-11-23T15:00:00Z"]);
    fires("@weekly", Tz::UTC, now, &["2026-11-29T00:00:00Z"]);
    fires("0 12 ? jan mon", Tz::UTC, now, &["2027-01-04T12:00:00Z"]);
}

#[test]
fn a_skipped_time_fires_at_the_end_of_the_gap() {
    let york: Tz = "America/New_York".parse().expect("a zone");
    fires("30 2 * * *", york, "2026-03-07T12:00:00Z", &["2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"]);
    fires("0,30 2 * * *", york, "2026-03-07T12:00:00Z", &["2026-03-08T07:00:00Z", "2026-03-09T06:00:00Z"]);
    fires(
        "0 0 * * *",
        "America/Santiago".parse().expect("a zone"),
        "2026-09-05T12:00:00Z",
        &["2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"],
    );
    fires(
        "0 0 * * 5",
        "Africa/Cairo".parse().expect("a zone"),
        "2026-04-23T12:00:00Z",
        &["2026-04-23T22:00:00Z", "2026-04-30T21:00:00Z"],
    );
    fires(
        "15 2 * * *",
        "Australia/Lord_Howe".parse().expect("a zone"),
        "2026-10-03T10:00:00Z",
        &["2026-10-03T15:30:00Z"],
    );
    fires("30 * * * *", york, "2026-03-08T06:00:00Z", &["2026-03-08T06:30:00Z", "2026-03-08T07:30:00Z"]);
}

#[test]
fn a_repeated_time_fires_once() {
    let york: Tz = "America/New_York".parse().expect("a zone");
    fires("30 1 * * *", york, "2026-11-01T00:00:00Z", &["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]);
    let berlin: Tz = "Europe/Berlin".parse().expect("a zone");
    fires("30 2 * * *", berlin, "2026-10-24T12:00:00Z", &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
    fires("30 2 * * *", berlin, "2026-10-25T00:45:00Z", &["2026-10-26T01:30:00Z"]);
    fires("30 2 * * *", berlin, "2026-10-25T01:10:00Z", &["2026-10-26T01:30:00Z"]);
    fires(
        "45 1 * * *",
        "Australia/Lord_Howe".parse().expect("a zone"),
        "2026-04-04T10:00:00Z",
        &["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"],
    );
}

#[test]
fn a_line_for_every_hour_goes_on_in_real_time() {
    for (zone, night) in [
        ("America/New_York", "2026-11-01T03:00:00Z"),
        ("Europe/Berlin", "2026-10-24T22:00:00Z"),
        ("Australia/Lord_Howe", "2026-04-04T12:00:00Z"),
        ("America/New_York", "2026-03-08T05:00:00Z"),
    ] {
        let schedule =
            Schedule::parse("*/10 * * * *", zone.parse().expect("a zone"), None).expect("a schedule");
        let mut now = at(night);
        for _ in 0..40 {
            let next = schedule.next_after(now, "t");
            assert_eq!(next - now, TimeDelta::minutes(10), "{zone} at {now}");
            now = next;
        }
    }
}

#[test]
fn hours_are_judged_by_what_they_hold_not_by_how_they_are_written() {
    let santiago: Tz = "America/Santiago".parse().expect("a zone");
    // 00:00 does not exist on the 6th of September: the run comes at 01:00 local time.
    fires(
        "0 */6 * * *",
        santiago,
        "2026-09-05T22:30:00Z",
        &["2026-09-06T04:00:00Z", "2026-09-06T09:00:00Z", "2026-09-06T15:00:00Z"],
    );
    let york: Tz = "America/New_York".parse().expect("a zone");
    let twice = &["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z"];
    fires("30 * * * *", york, "2026-11-01T05:00:00Z", twice);
    fires("30 0-23 * * *", york, "2026-11-01T05:00:00Z", twice);
    fires("30 */1 * * *", york, "2026-11-01T05:00:00Z", twice);
}

#[test]
fn an_hour_that_is_repeated_at_the_end_of_the_only_day_counts() {
    // 24:00 of Saturday the 4th of April becomes 23:00.
    fires(
        "30 * * * sat",
        "America/Santiago".parse().expect("a zone"),
        "2026-04-05T02:00:00Z",
        &["2026-04-05T02:30:00Z", "2026-04-05T03:30:00Z", "2026-04-11T04:30:00Z"],
    );
}

#[test]
fn a_step_of_days_restricts_and_does_not_widen() {
    // Odd days of the month that are Sunday, Tuesday, Thursday or Saturday.
    fires(
        "0 0 1-31/2 * */2",
        Tz::UTC,
        "2026-11-23T10:00:00Z",
        &["2026-11-29T00:00:00Z", "2026-12-01T00:00:00Z", "2026-12-03T00:00:00Z", "2026-12-05T00:00:00Z"],
    );
}

#[test]
fn intervals_keep_a_stable_place() {
    let schedule = Schedule::parse("every 1h30m", Tz::UTC, None).expect("a schedule");
    let first = schedule.next_after(at("2026-03-05T06:00:00.123Z"), "a");
    assert_eq!(schedule.next_after(first, "a") - first, TimeDelta::minutes(90));
    assert_eq!(schedule.next_after(first - TimeDelta::milliseconds(1), "a"), first);
    assert_ne!(schedule.next_after(first, "b"), schedule.next_after(first, "a"));
    assert_eq!(schedule.period(), Duration::from_secs(5400));
    let places: std::collections::HashSet<i64> = (0..200)
        .map(|i| schedule.next_after(at("2026-03-05T06:00:00Z"), &format!("feed-{i}")).timestamp() / 60)
        .collect();
    assert!(places.len() > 70, "{} minutes of 90", places.len());
}

#[test]
fn a_spread_shifts_and_never_skips() {
    let spread = Some(Duration::from_secs(300));
    let schedule = Schedule::parse("0 * * * *", Tz::UTC, spread).expect("a schedule");
    let mut now = at("2026-03-05T06:00:00Z");
    let shift = schedule.next_after(now - TimeDelta::seconds(1), "x") - at("2026-03-05T06:00:00Z");
    assert!(shift > TimeDelta::zero() && shift < TimeDelta::minutes(5), "{shift}");
    for hour in 0..48 {
        now = schedule.next_after(now, "x");
        assert_eq!(now, at("2026-03-05T06:00:00Z") + TimeDelta::hours(hour) + shift);
    }
    assert!(Schedule::parse("* * * * *", Tz::UTC, spread).is_err());
    assert!(Schedule::parse("every 1h", Tz::UTC, spread).is_err());
}

#[test]
fn nonsense_is_refused_with_the_reason() {
    refused("0 0 31 2 *", "never");
    refused("61 * * * *", "minute field `61`");
    refused("* * * * 9", "day-of-week field `9`");
    refused("* * * * mon/0", "step");
    refused("* * * * monkey", "day-of-week field `monkey`");
    refused("* * * foo *", "month field `foo`");
    refused("* * * *, *", "month field `*,`");
    refused("* * *", "neither");
    refused("every", "not a length of time");
    refused("every 0s", "1 second");
    refused("every 10 parsecs", "not a length of time");
    refused("every 400 days", "366 days");
    refused("@reboot", "neither");
    refused("", "neither");
}

#[test]
fn lengths_of_time_are_read() {
    for (text, seconds) in [
        ("90s", 90),
        ("10m", 600),
        ("1h30m", 5400),
        ("2 hours", 7200),
        ("day", 86_400),
        ("1 day 12 hours", 129_600),
        ("1 w", 604_800),
    ] {
        assert_eq!(parse_duration(text), Ok(Duration::from_secs(seconds)), "{text}");
    }
    for text in ["", "10", "h m", "1.5h", "-5m", "99999999999999999999s", "5m x"] {
        assert!(parse_duration(text).is_err(), "{text}");
    }
}

#[test]
fn firings_always_increase() {
    let mut seed = 1_u64;
    for line in ["*/7 * * * *", "13 3 * * 1-5", "0 */6 1,15 * *", "5 0 * * 0", "every 37s", "@monthly"] {
        for zone in [
            "UTC",
            "Europe/Lisbon",
            "America/Santiago",
            "Australia/Lord_Howe",
            "Asia/Tehran",
            "Africa/Casablanca",
        ] {
            let schedule = Schedule::parse(line, zone.parse().expect("a zone"), None).expect("a schedule");
            for _ in 0..200 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let after = DateTime::from_timestamp(i64::try_from(seed % 2_000_000_000).expect("small"), 0)
                    .expect("an instant");
                let next = schedule.next_after(after, "t");
                assert!(next > after, "{line} in {zone} after {after}");
                assert!(
                    schedule.next_after(next - TimeDelta::seconds(1), "t") <= next,
                    "{line} in {zone}: {next}"
                );
            }
        }
    }
}
