use chrono::DateTime;

use super::*;

mod stated_zones;
mod whole_text;

fn rules(zone: &str) -> DateRules {
    DateRules { format: None, zone: zone.parse().expect("a zone"), order: None, language: None }
}

fn shown(reading: Result<ParsedDate, DateFailure>) -> String {
    match reading {
        Ok(ParsedDate { at, precision, .. }) => format!("{} {precision:?}", at.to_rfc3339()).to_lowercase(),
        Err(failure) => format!("{failure:?}").to_lowercase(),
    }
}

#[track_caller]
fn all(rules: &DateRules, rows: &[(&str, &str)]) {
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(text, expected)| {
            let seen = shown(read(text, rules, None));
            (seen != *expected).then(|| format!("{text:?}: {seen}, not {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn days_in_words_and_numbers() {
    let day = "2025-11-04t00:00:00+09:00 day";
    let rows: Vec<(&str, &str)> = [
        " November 04, 2025",
        "November 4, 2025",
        "November 4 2025",
        "Nov 4, 2025",
        "Nov. 4, 2025",
        "NOVEMBER 4TH, 2025",
        "4 November 2025",
        "4th November 2025",
        "4th of November, 2025",
        "04 Nov 2025",
        "4-Nov-2025",
        "04-Nov-25",
        "4 Nov. 2025",
        "Tuesday November 4, 2025",
        "Tuesday, November 4, 2025",
        "Tue 4 Nov 2025",
        "Nov 4, Tuesday, 2025",
        "2025 November 4",
        "2025-Nov-04",
        "2025-11-04",
        "2025/11/04",
        "2025.11.04",
        "2025.11.4.",
        "[2025.11.4.]",
        "[ 2025-11-04 ]",
        "2025. 11. 4.",
        "2025-11-4",
        "4.11.2025",
        "04.11.2025",
        "4. 11. 2025",
        "20251104",
        "２０２５.１１.４.",
        "2025–11–04",
        "Posted on November 4, 2025 by Ann Lee",
        "Date: 2025-11-04 | Source: Tidewater Wire (En)",
        "(November 4, 2025)",
        "Updated: 4 November 2025",
        "Nov. 4,\u{a0}2025\u{a0}\u{a0}Tuesday",
        "Nov. 4, 2025 Tuesday [Photo]",
        "\u{200f}2025/11/04\u{200f}",
        "November 4, 2025 (2025-11-04)",
    ]
    .iter()
    .map(|t| (*t, day))
    .collect();
    all(&rules("Asia/Pyongyang"), &rows);
}

#[test]
fn dates_of_known_sites() {
    all(
        &rules("Asia/Pyongyang"),
        &[
            ("Friday September 11, 2026", "2026-09-11t00:00:00+09:00 day"),
            ("[2026.9.8.]", "2026-09-08t00:00:00+09:00 day"),
            ("2023.3.13.", "2023-03-13t00:00:00+09:00 day"),
            ("2022.02.11", "2022-02-11t00:00:00+09:00 day"),
            ("[ 2025-11-04 ]", "2025-11-04t00:00:00+09:00 day"),
            ("Sept. 3, 2025 Wednesday", "2025-09-03t00:00:00+09:00 day"),
            ("Feb. 19, 2026 Thursday [Photo]", "2026-02-19t00:00:00+09:00 day"),
            ("16/05/2022", "2022-05-16t00:00:00+09:00 day"),
        ],
    );
}

#[test]
fn times_and_zones() {
    all(
        &rules("Europe/Berlin"),
        &[
            ("2025-11-04T17:30:05Z", "2025-11-04t17:30:05+00:00 second"),
            ("2025-11-04T17:30:05.123+09:00", "2025-11-04t17:30:05+09:00 second"),
            ("2025-11-04 17:30:05 +0900", "2025-11-04t17:30:05+09:00 second"),
            ("2025-11-04T17:30", "2025-11-04t17:30:00+01:00 minute"),
            ("2025-07-04 17:30", "2025-07-04t17:30:00+02:00 minute"),
            ("20251104T1530", "2025-11-04t15:30:00+01:00 minute"),
            ("20251104T153012Z", "2025-11-04t15:30:12+00:00 second"),
            ("November 4, 2025 at 5:30 pm", "2025-11-04t17:30:00+01:00 minute"),
            ("November 4, 2025, 5:30 p.m.", "2025-11-04t17:30:00+01:00 minute"),
            ("5pm, 4 November 2025", "2025-11-04t17:00:00+01:00 minute"),
            ("4 Nov 2025 12:05 AM", "2025-11-04t00:05:00+01:00 minute"),
            ("4 Nov 2025 12:05 PM", "2025-11-04t12:05:00+01:00 minute"),
            ("17:30 | 4 November 2025", "2025-11-04t17:30:00+01:00 minute"),
            ("4 November 2025 17:30 (KST)", "2025-11-04t17:30:00+09:00 minute"),
            ("4 November 2025 17:30 GMT+9", "2025-11-04t17:30:00+09:00 minute"),
            ("4 November 2025 17:30 UTC", "2025-11-04t17:30:00+00:00 minute"),
            ("Tue, 04 Nov 2025 17:30:05 GMT", "2025-11-04t17:30:05+00:00 second"),
            ("Tue, 04 Nov 2025 17:30:05 EST", "2025-11-04t17:30:05-05:00 second"),
            ("Mon, 04 Nov 2025 17:30:05 -0330", "2025-11-04t17:30:05-03:30 second"),
            ("04 Nov 25 17:30 PST", "2025-11-04t17:30:00-08:00 minute"),
            ("Tue Nov  4 17:30:05 2025", "2025-11-04t17:30:05+01:00 second"),
            ("30 March 2025 02:30", "2025-03-30t03:30:00+02:00 minute"),
            ("26 October 2025 02:30", "2025-10-26t02:30:00+02:00 minute"),
        ],
    );
    all(
        &rules("America/New_York"),
        &[
            ("4 November 2025 10:00-12:00", "2025-11-04t10:00:00-05:00 minute"),
            ("4 November 2025 10:00-03:00", "2025-11-04t10:00:00-03:00 minute"),
            ("4 November 2025 10:00 (+3 replies)", "2025-11-04t10:00:00-05:00 minute"),
            ("4 November 2025 17:30 Art & Culture", "2025-11-04t17:30:00-05:00 minute"),
            ("4 November 2025 17:30 GMT +9", "2025-11-04t17:30:00+09:00 minute"),
            ("2025-11-04 17:30:05+03", "2025-11-04t17:30:05+03:00 second"),
            ("2025-11-04 17:30 pm", "2025-11-04t17:30:00-05:00 minute"),
            ("2025-11-04 00:15 am", "2025-11-04t00:15:00-05:00 minute"),
            ("4 May 10 am", "notunderstood"),
            ("4 May 10 votes", "notunderstood"),
            ("Issue 12, March 2025", "2025-03-01t00:00:00-05:00 month"),
            ("04-Nov-25 by Ann", "2025-11-04t00:00:00-05:00 day"),
        ],
    );
    all(&rules("Asia/Shanghai"), &[("2025-11-04 17:30 CST", "2025-11-04t17:30:00+08:00 minute")]);
}

#[test]
fn months_and_orders() {
    let mut rules = rules("UTC");
    all(
        &rules,
        &[
            ("November 2025", "2025-11-01t00:00:00+00:00 month"),
            ("Nov. 2025", "2025-11-01t00:00:00+00:00 month"),
            ("03/11/2025", "ambiguous"),
            ("3-11-2025", "ambiguous"),
            ("11/11/2025", "2025-11-11t00:00:00+00:00 day"),
            ("13/11/2025", "2025-11-13t00:00:00+00:00 day"),
            ("11/13/2025", "2025-11-13t00:00:00+00:00 day"),
            ("3/11/25", "notunderstood"),
            ("25-11-04", "notunderstood"),
            ("31/12/25", "notunderstood"),
            ("05.11.25", "notunderstood"),
        ],
    );
    rules.order = Some(Order::Dmy);
    all(
        &rules,
        &[("03/11/2025", "2025-11-03t00:00:00+00:00 day"), ("3/11/25", "2025-11-03t00:00:00+00:00 day")],
    );
    rules.order = Some(Order::Mdy);
    all(
        &rules,
        &[("03/11/2025", "2025-03-11t00:00:00+00:00 day"), ("16/05/2022", "2022-05-16t00:00:00+00:00 day")],
    );
}

#[test]
fn what_is_no_date_gives_none() {
    let none = [
        "",
        "12",
        "2025",
        "1.2.3",
        "Windows 10",
        "10:30",
        "5 pm",
        "+1 555 123 4567",
        "$19.99",
        "v2.11.4",
        "May",
        "May be later",
        "in 2025",
        "192.168.1.1",
        "2025-11-04-005",
        "10.0.19045",
        "Chapter 4, 2025 pages",
        "Route 66",
        "12345678",
        "99999999999999999999",
        "1/2",
    ];
    let rows: Vec<(&str, &str)> = none.iter().map(|t| (*t, "notunderstood")).collect();
    all(&rules("UTC"), &rows);
    all(
        &rules("UTC"),
        &[
            ("31 February 2025", "nosuchday"),
            ("2025-13-01", "nosuchday"),
            ("32.13.2025", "nosuchday"),
            ("1 May 2025 to 3 May 2025", "several"),
            ("0001-01-01", "nosuchday"),
        ],
    );
}

#[test]
fn explicit_formats_are_explicit() {
    let with = |format: &str| DateRules { format: Some(format.to_owned()), ..rules("Asia/Pyongyang") };
    all(
        &with("%B %d, %Y"),
        &[
            (" November 04, 2025", "2025-11-04t00:00:00+09:00 day"),
            ("[November\u{a0}4, 2025]", "2025-11-04t00:00:00+09:00 day"),
            ("4 November 2025", "formatmismatch(\"%b %d, %y\")"),
        ],
    );
    all(&with("%d/%m/%Y"), &[("03/11/2025", "2025-11-03t00:00:00+09:00 day")]);
    all(&with("%Y年%m月%d日 %H時%M分"), &[("2025年11月04日 17時30分", "2025-11-04t17:30:00+09:00 minute")]);
    all(&with("%Y-%m-%dT%H:%M:%S%z"), &[("2025-11-04T17:30:05+0100", "2025-11-04t17:30:05+01:00 second")]);
    all(&with("%I %p, %d %b %Y"), &[("5 PM, 04 Nov 2025", "2025-11-04t17:00:00+09:00 minute")]);
    all(&with("%B %Y"), &[("November 2025", "2025-11-01t00:00:00+09:00 month")]);
    all(&with("%s"), &[("1762214400", "2025-11-04t09:00:00+09:00 second")]);
    assert!(check_format("%B %d, %Y").is_ok() && check_format("%s").is_ok() && check_format("%+").is_ok());
    assert!(check_format("%B %d").is_err() && check_format("%Q %Y").is_err());
    for epoch in ["epoch_xs", "epoch-ms", "Epoch"] {
        assert!(check_format(epoch).is_err_and(|why| why.contains("`epoch_ms`")), "{epoch}");
    }
}

#[test]
fn machine_dates_are_read() {
    let rules = rules("Asia/Tokyo");
    for (text, expected) in [
        ("2025-11", "2025-11-01t00:00:00+09:00 month"),
        ("2025-11-04", "2025-11-04t00:00:00+09:00 day"),
        ("2025-11-04T17:30", "2025-11-04t17:30:00+09:00 minute"),
        ("2025-11-04 17:30:05.5", "2025-11-04t17:30:05+09:00 second"),
        ("2025-11-04T17:30:05-08:00", "2025-11-04t17:30:05-08:00 second"),
        ("PT4H", "notunderstood"),
        ("17:30", "notunderstood"),
    ] {
        assert_eq!(shown(read_machine(text, &rules)), expected, "{text}");
    }
}

#[test]
fn dates_that_are_not_set() {
    let tokyo = rules("Asia/Tokyo");
    let rules = rules("America/Los_Angeles");
    for text in ["1970-01-01", "1 January 1970", "1970-01-01T00:00:00Z", "1969-12-31T16:00:00-08:00"] {
        assert_eq!(read(text, &rules, None), Err(DateFailure::Unset), "{text}");
        assert_eq!(read_machine(text, &rules), Err(DateFailure::Unset), "{text}");
    }
    assert_eq!(shown(read("2 January 1970", &rules, None)), "1970-01-02t00:00:00-08:00 day");
    assert_eq!(shown(read("2 January 1970", &tokyo, None)), "1970-01-02t00:00:00+09:00 day");
    assert_eq!(shown(read("January 1970", &rules, None)), "1970-01-01t00:00:00-08:00 month");
}

#[test]
fn unix_times_as_explicit_formats() {
    let in_format = |format: &str| DateRules { format: Some(format.to_owned()), ..rules("Asia/Kathmandu") };
    for (format, text) in [
        ("epoch", "1709209845"),
        ("epoch", " 1709209845.678 "),
        ("epoch_ms", "1709209845678"),
        ("epoch_us", "1709209845678901"),
        ("epoch_ns", "1709209845678901234"),
        ("epoch_ns", "1.709209845678901e18"),
    ] {
        assert_eq!(check_format(format), Ok(()));
        let seen = shown(read(text, &in_format(format), None));
        assert_eq!(seen, "2024-02-29t12:30:45+00:00 second", "{format} {text}");
    }
    for (format, text) in
        [("epoch", "0"), ("epoch", "-1"), ("epoch", "2024-02-29"), ("epoch", "1709209845678")]
    {
        assert!(read(text, &in_format(format), None).is_err(), "{format} {text}");
    }
    assert!(check_format("epoch_s").is_err());
}

#[test]
fn zones_beside_a_local_time() {
    let seen = |text, zone| read_in_zone(text, zone).map(|date| date.at.to_rfc3339());
    let expected = |text: &str| Some(text.to_owned());
    assert_eq!(seen("2024-07-01 09:00", "Asia/Kathmandu"), expected("2024-07-01T09:00:00+05:45"));
    assert_eq!(seen("2024-07-01 09:00:00.000000", "+05:45"), expected("2024-07-01T09:00:00+05:45"));
    assert_eq!(seen("2024-07-01 09:00", "EDT"), expected("2024-07-01T09:00:00-04:00"));
    assert_eq!(seen("2024-07-01T09:00:00Z", "+05:45"), expected("2024-07-01T09:00:00+00:00"));
    assert_eq!(seen("2024-07-01 09:00", "Nowhere/Else"), None);
}

#[test]
fn a_column_settles_what_one_date_cannot() {
    assert_eq!(column_order(&["03/05/2022", "16/05/2022"]), Some(Order::Dmy));
    assert_eq!(column_order(&["03/05/2022", "05/16/2022"]), Some(Order::Mdy));
    assert_eq!(column_order(&["03/05/2022", "04/05/2022"]), None);
    assert_eq!(column_order(&["16/05/2022", "05/16/2022"]), None);
}

/// The tables of `tests/dates`: texts of listings in many languages.
const TABLES: [&str; 2] =
    [include_str!("../../tests/dates/european.tsv"), include_str!("../../tests/dates/world.tsv")];

/// Whether a reading is what a row expects: the instant as exactly as the row's precision.
fn as_expected(reading: Option<&ParsedDate>, expected: &str, precision: &str) -> bool {
    let Some(reading) = reading else { return expected == "none" };
    let Ok(wanted) = DateTime::parse_from_rfc3339(expected) else { return false };
    let apart = (reading.at.to_utc() - wanted.to_utc()).num_seconds().abs();
    match precision {
        "hour" => apart < 3600,
        "minute" => apart < 60,
        _ => apart == 0,
    }
}

#[test]
fn dates_of_all_languages() {
    let mut right = 0;
    let mut rows = 0;
    let mut languages = std::collections::BTreeSet::new();
    let mut wrong = Vec::new();
    for row in TABLES.iter().flat_map(|t| t.lines().skip(1)) {
        let [language, now, zone, text, expected, precision] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("a row of six cells: {row}")
        };
        let language = (language != "-").then(|| language.to_owned());
        languages.insert(language.clone());
        let rules = DateRules { language, ..rules(zone) };
        let reading = read(text, &rules, Some(now.parse().expect("an instant")));
        rows += 1;
        if as_expected(reading.as_ref().ok(), expected, precision) {
            right += 1;
        } else {
            wrong.push(format!(
                "{}  {text:?}: {}, not {expected} {precision}",
                rules.language.unwrap_or_default(),
                shown(reading)
            ));
        }
    }
    println!("{right} of {rows} dates right, {} languages", languages.len());
    assert!(right * 100 >= rows * 99, "{right} of {rows}:\n{}", wrong.join("\n"));
}
