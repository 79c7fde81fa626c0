//! Zones that stand beside a time, in all the ways in which pages write them.

use super::super::{read, read_machine};
use super::{all, rules, shown};

#[test]
fn names_of_the_iana_database_are_read() {
    all(
        &rules("UTC"),
        &[
            ("2026-08-14T09:20[America/Chicago]", "2026-08-14t09:20:00-05:00 minute"),
            ("2026-08-14T09:20:30-05:00[America/Chicago][u-ca=iso8601]", "2026-08-14t09:20:30-05:00 second"),
            ("2026-08-14T09:20[!Asia/Ho_Chi_Minh]", "2026-08-14t09:20:00+07:00 minute"),
            ("14 August 2026, 09:20 Europe/Lisbon", "2026-08-14t09:20:00+01:00 minute"),
            ("14 August 2026 09:20 (America/Argentina/Buenos_Aires)", "2026-08-14t09:20:00-03:00 minute"),
            ("14 August 2026 09:20 asia/tokyo", "2026-08-14t09:20:00+09:00 minute"),
            ("14 August 2026 09:20 Europe/Nowhere", "notunderstood"),
            ("2026-08-14T09:20[Moon/Base]", "notunderstood"),
            ("14 August 2026 09:20 Sports/Football", "2026-08-14t09:20:00+00:00 minute"),
        ],
    );
    let machine = read_machine("2026-08-14 09:20 Europe/Lisbon", &rules("UTC"));
    assert_eq!(shown(machine), "2026-08-14t09:20:00+01:00 minute");
}

#[test]
fn zones_after_a_word_for_the_hour_and_in_words_are_read() {
    all(
        &rules("UTC"),
        &[
            ("14. August 2026, 09:20 Uhr MESZ", "2026-08-14t09:20:00+02:00 minute"),
            ("14. August 2026, 09:20 Uhr (MESZ)", "2026-08-14t09:20:00+02:00 minute"),
            ("14. August 2026, 9 Uhr MESZ", "2026-08-14t09:00:00+02:00 minute"),
            ("14 August 2026 09:20 h CEST", "2026-08-14t09:20:00+02:00 minute"),
            ("14 August 2026 09:20 hrs IST", "2026-08-14t09:20:00+05:30 minute"),
            ("14. August 2026, 10:00 Uhr -12:00 Uhr", "2026-08-14t10:00:00+00:00 minute"),
            ("14 August 2026 10:00-12:00 CEST", "2026-08-14t10:00:00+02:00 minute"),
            ("August 14, 2026 9:20 a.m. Eastern Time", "2026-08-14t09:20:00-04:00 minute"),
            ("August 14, 2026 9:20 am Central Daylight Time", "2026-08-14t09:20:00-05:00 minute"),
            ("August 14, 2026 9:20 AM (Pacific)", "2026-08-14t09:20:00-07:00 minute"),
            ("August 14, 2026 9:20 AM local time", "2026-08-14t09:20:00+00:00 minute"),
        ],
    );
}

#[test]
fn abbreviations_that_are_also_words_are_zones_only_where_they_can_be_nothing_else() {
    all(
        &rules("UTC"),
        &[
            ("14 Aug 2026 09:20:00 WEST", "2026-08-14t09:20:00+01:00 second"),
            ("14 Aug 2026 09:20 (EAT)", "2026-08-14t09:20:00+03:00 minute"),
            ("14 Aug 2026 09:20 PET", "2026-08-14t09:20:00-05:00 minute"),
            ("14 Aug 2026 09:20 CHST", "2026-08-14t09:20:00+10:00 minute"),
            ("14 Aug 2026 09:20 | ART", "2026-08-14t09:20:00+00:00 minute"),
            ("14 Aug 2026 09:20 ART & CULTURE", "2026-08-14t09:20:00+00:00 minute"),
        ],
    );
}

#[test]
fn an_unknown_zone_gives_no_date_and_a_section_is_no_zone() {
    for zone in ["XYZT", "(XYZT)", "QQST", "Uhr QRDT"] {
        let text = format!("14 Aug 2026 09:20 {zone}");
        assert_eq!(shown(read(&text, &rules("UTC"), None)), "notunderstood", "{text}");
    }
    for word in ["SPORT", "ALERT", "EVENT", "POST", "TEST", "BEST", "TEXT", "TASS"] {
        let text = format!("14 Aug 2026 09:20:00 {word}");
        let expected = "2026-08-14t09:20:00+00:00 second";
        assert_eq!(shown(read(&text, &rules("UTC"), None)), expected, "{text}");
    }
}
