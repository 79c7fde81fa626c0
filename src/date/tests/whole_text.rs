//! A text is understood with all its parts or not at all.

use super::super::{read, read_machine};
use super::{rules, shown};

#[track_caller]
fn all_now(zone: &str, rows: &[(&str, &str)]) {
    let now = Some("2026-11-23T10:00:00Z".parse().expect("an instant"));
    for (text, expected) in rows {
        assert_eq!(shown(read(text, &rules(zone), now)), *expected, "{text}");
    }
}

#[test]
fn an_amount_of_time_is_read_with_its_whole_number() {
    let none =
        ["10000 days ago", "54321 minutes ago", "1,000 days ago", "12.000 days ago", "10 000 days ago"];
    let more =
        ["xyz days ago", "10k hours ago", "10000日前", "1.000 gün önce", "10000 день назад", "hace años"];
    for text in none.into_iter().chain(more) {
        all_now("UTC", &[(text, "notunderstood")]);
    }
    all_now(
        "UTC",
        &[
            ("365 days ago", "2025-11-23t00:00:00+00:00 day"),
            ("Views 1234 · 2 days ago", "2026-11-21t00:00:00+00:00 day"),
            ("il y a un mois", "2026-10-23t00:00:00+00:00 day"),
            ("数秒前", "2026-11-23t09:59:59+00:00 second"),
            ("an hour ago", "2026-11-23t09:00:00+00:00 minute"),
        ],
    );
}

#[test]
fn an_amount_that_nobody_counted_gives_no_date() {
    for text in [
        "several days ago",
        "a few hours ago",
        "over a few hours ago",
        "a few years",
        "in several days",
        "несколько дней назад",
        "кілька днів тому",
        "kilka dni temu",
        "nekoliko dana prije",
        "qualche giorno fa",
        "alcune ore fa",
        "een paar dagen geleden",
        "et par dage siden",
        "några dagar sedan",
        "muutama päivä sitten",
        "birkaç gün önce",
        "چند روز پیش",
        "कुछ दिन पहले",
        "কয়েক দিন আগে",
        "几天前",
        "几个小时前",
        "câteva zile în urmă",
        "μερικές μέρες πριν",
        "մի քանի օր առաջ",
        "many years ago",
        "много лет назад",
    ] {
        all_now("UTC", &[(text, "notunderstood")]);
    }
    all_now(
        "UTC",
        &[
            ("some 3 days ago", "2026-11-20t00:00:00+00:00 day"),
            ("some three days ago", "2026-11-20t00:00:00+00:00 day"),
            ("день назад", "2026-11-22t00:00:00+00:00 day"),
            ("Иван Петров день назад", "2026-11-22t00:00:00+00:00 day"),
        ],
    );
}

#[test]
fn a_plural_alone_does_not_say_how_many() {
    let lines = [
        "days ago, hours ago, Posted days ago, mins ago, in days, vor Tagen, vor Stunden",
        "Aktualisiert vor Stunden, il y a des jours, il y a jours, hace días, horas atrás, há dias",
        "ore fa, zile în urmă, fa dies, dagen geleden, timmar sedan, dage siden, timer siden",
        "dögum síðan, ure gelede, дней назад, часа назад, лет назад, днів тому, дзён таму, dni temu",
        "godzin temu, před hodinami, pred rokmi, преди дни, пред часови, pred dnevi, prije mjeseci",
        "пре сати, päivää sitten, πριν μέρες, prieš valandas, pirms stundām, vjet më parë",
        "last weeks, letzten Wochen, blianta ó shin, منذ أيام, לפני שעות, घंटों पहले, miaka iliyopita",
    ];
    for text in lines.into_iter().flat_map(|line| line.split(", ")) {
        all_now("UTC", &[(text, "notunderstood")]);
    }
}

#[test]
fn a_unit_in_the_singular_is_one() {
    let hour = "2026-11-23t09:00:00+00:00 minute";
    let day = "2026-11-22t00:00:00+00:00 day";
    let two_days = "2026-11-21t00:00:00+00:00 day";
    all_now(
        "UTC",
        &[
            ("a day ago", day),
            ("an hour ago", hour),
            ("yesterday", day),
            ("vor einem Tag", day),
            ("vor einer Stunde", hour),
            ("vor zwei Tagen", two_days),
            ("un'ora fa", hour),
            ("час назад", hour),
            ("2 дня назад", two_days),
            ("неделю назад", "2026-11-16t00:00:00+00:00 day"),
            ("godzinę temu", hour),
            ("před hodinou", hour),
            ("pirms stundas", hour),
            ("il y a un an", "2025-11-23t00:00:00+00:00 day"),
            ("hace un mes", "2026-10-23t00:00:00+00:00 day"),
            ("seconds ago", "2026-11-23t09:59:59+00:00 second"),
        ],
    );
}

#[test]
fn a_text_that_is_understood_in_part_gives_no_date() {
    let texts = [
        "Mon, 17 Foo 2014 09:12:55 GMT",
        "Fri, Oct q 2014 09:12",
        "Wed 45 Mai 2019 08:00",
        "12 October zz 2013 21:40",
        "6 June 2019 1:2:3:4",
        "6 June 2019 10:14:75",
        "6 June 2019 26:10",
        "6 June 2019, 17:88",
        "6 June 2019 17:30 18:45",
        "6 June 2019 115:20:10",
        "6 June 2019 07:15:00 +qq:00",
        "6 June 2019 07:15:00 +02:qq",
        "2019-06-06T07:15:00+02:qq",
        "Thu, 6 Jun 2019 07:15:00 XXST",
        "June 6/7, 2019",
        "out/17",
        "Aug/21",
        "June 2019 12:30",
        "June 2019, 12:30",
        "35 October 2024",
        "77. Oktober 2024",
        "Wed. 45 May 2024",
        "0 May 2024",
        "Wed, 41st of October 2024",
        "October 2024 38",
        "8 October 12024",
        "8 October 204",
        "8 October 20244",
        "8 October 2024 16:5",
        "8 October 2024 -1:00",
        "25-11-04 17:30",
        "00/00/00 00:00",
        "3/4 17:30",
    ];
    let rows: Vec<(&str, &str)> = texts.iter().map(|text| (*text, "notunderstood")).collect();
    all_now("UTC", &rows);
}

#[test]
fn every_part_of_an_unusual_date_is_read() {
    all_now(
        "Europe/Berlin",
        &[
            ("09/28/19 14:05 (EDT)", "2019-09-28t14:05:00-04:00 minute"),
            ("2/2/18 7:45:12.6", "2018-02-02t07:45:12+01:00 second"),
            ("28 . 08 . 21 16:40", "2021-08-28t16:40:00+02:00 minute"),
            ("14. Juni 19.20 Uhr", "2026-06-14t19:20:00+02:00 minute"),
            ("14. Juni, 19.20 Uhr", "2026-06-14t19:20:00+02:00 minute"),
            ("14.06. 19.20 Uhr", "2026-06-14t19:20:00+02:00 minute"),
            ("14.06. 19:20", "2026-06-14t19:20:00+02:00 minute"),
            ("6 June 2019 8:5:00", "2019-06-06t08:05:00+02:00 second"),
            ("Thu, 6 Jun 2019 07:15:00 MEST", "2019-06-06t07:15:00+02:00 second"),
            ("6 June 2019 07:15 MESZ", "2019-06-06t07:15:00+02:00 minute"),
            ("6 июня 2019 в 7 часов 10 минут", "2019-06-06t07:10:00+02:00 minute"),
            ("16.07.25 18:40", "2025-07-16t18:40:00+02:00 minute"),
            ("วันพฤหัสบดีที่ 16 กรกฎาคม 2569", "2026-07-16t00:00:00+02:00 day"),
            ("4 saat önce", "2026-11-23t07:00:00+01:00 minute"),
            ("06/Jun/2019:07:15:00 +0000", "2019-06-06t07:15:00+00:00 second"),
        ],
    );
}

#[test]
fn other_words_and_numbers_beside_a_date_are_no_parts_of_it() {
    let day = "2019-06-06t00:00:00+00:00 day";
    let minute = "2019-06-06t17:30:00+00:00 minute";
    all_now(
        "UTC",
        &[
            ("Posted by Ann on 6 June 2019 in News", day),
            ("6 Jun 2019 · 3 min read", day),
            ("No. 31 of 6 June 2019", day),
            ("6 June 2019 | 12 comments | 4/5 stars", day),
            ("6 June 2019, 2:1 for Tidewater", day),
            ("6 June 2019 17:30, 4 comments", minute),
            ("6 June 2019 17:30 (+3 replies)", minute),
            ("6 June 2019 17:30 · 12:45 min", minute),
            ("6 June 2019 17:30 TASS", minute),
            ("6 June 2019 17:30 views:12", minute),
            ("27 Jun 2019-1 comment", "2019-06-27t00:00:00+00:00 day"),
            ("June 2019 · 12:30 min", "2019-06-01t00:00:00+00:00 month"),
            ("June 2019 | 45:12", "2019-06-01t00:00:00+00:00 month"),
            ("June 2019 | 05:12", "2019-06-01t00:00:00+00:00 month"),
            ("No. 45 June 2019", "2019-06-01t00:00:00+00:00 month"),
            ("Issue 45 June 2019", "2019-06-01t00:00:00+00:00 month"),
            ("Vol 6 June 2019", day),
            ("6 June 12 comments", "2026-06-06t00:00:00+00:00 day"),
            ("6 June 1,234 views", "2026-06-06t00:00:00+00:00 day"),
            ("Sun 4 comments 10:00", "2026-11-22t10:00:00+00:00 minute"),
            ("Vol. 12 No. 3, March 2019", "2019-03-01t00:00:00+00:00 month"),
        ],
    );
}

#[test]
fn the_epoch_is_a_date_that_was_never_set() {
    let texts = [
        "1970-01-01",
        "1970-01-01T00:00:00Z",
        "1 January 1970",
        "1969-12-31 23:59:59",
        "1970-01-01 01:00 CET",
    ];
    let rows: Vec<(&str, &str)> = texts.iter().map(|text| (*text, "unset")).collect();
    all_now("UTC", &rows);
    all_now("America/New_York", &[("December 31, 1969", "unset")]);
    all_now("Asia/Tokyo", &[("1970-01-01 00:00:00", "unset")]);
    all_now("UTC", &[("2 January 1970", "1970-01-02t00:00:00+00:00 day")]);
    assert_eq!(shown(read_machine("1970-01-01T00:00:00Z", &rules("UTC"))), "unset");
}
