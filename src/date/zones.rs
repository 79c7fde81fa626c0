//! Time zones by their abbreviations.

use chrono_tz::{TZ_VARIANTS, Tz};

/// Minutes east of UTC, by abbreviation in lower case. An abbreviation that several zones share
/// stands for the one that most pages mean, and callers try the feed's own zone first.
const FIXED_OFFSETS: &[(&str, i32)] = &[
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("ut", 0),
    ("bst", 60),
    ("met", 60),
    ("mest", 120),
    ("wat", 60),
    ("west", 60),
    ("cat", 120),
    ("eat", 180),
    ("bdt", 360),
    ("chst", 600),
    ("art", -180),
    ("vet", -240),
    ("pet", -300),
    ("idt", 180),
    ("msd", 240),
    ("gst", 240),
    ("irst", 210),
    ("uzt", 300),
    ("npt", 345),
    ("myt", 480),
    ("pht", 480),
    ("cet", 60),
    ("cest", 120),
    ("eet", 120),
    ("sast", 120),
    ("eest", 180),
    ("msk", 180),
    ("trt", 180),
    ("ist", 330),
    ("pkt", 300),
    ("wita", 480),
    ("wit", 540),
    ("мск", 180),
    ("mez", 60),
    ("mesz", 120),
    ("cot", -300),
    ("clt", -240),
    ("ict", 420),
    ("wib", 420),
    ("hkt", 480),
    ("sgt", 480),
    ("awst", 480),
    ("kst", 540),
    ("jst", 540),
    ("acst", 570),
    ("aest", 600),
    ("acdt", 630),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
    ("brt", -180),
    ("brst", -120),
    ("clst", -180),
    ("ndt", -150),
    ("nst", -210),
    ("adt", -180),
    ("ast", -240),
    ("edt", -240),
    ("est", -300),
    ("cdt", -300),
    ("cst", -360),
    ("mdt", -360),
    ("mst", -420),
    ("pdt", -420),
    ("pst", -480),
    ("akdt", -480),
    ("akst", -540),
    ("hst", -600),
    ("hdt", -540),
];

/// Abbreviations for the local time of a place, with and without summer time.
const LOCAL_TIMES: &[(&str, Tz)] = &[
    ("et", Tz::America__New_York),
    ("ct", Tz::America__Chicago),
    ("mt", Tz::America__Denver),
    ("pt", Tz::America__Los_Angeles),
    ("uk", Tz::Europe__London),
];

/// Abbreviations that are also words. They are read only where they can be nothing else.
const ALSO_WORDS: &[&str] = &["west", "cat", "eat", "art", "vet", "pet"];

/// The offset of an abbreviation, in minutes east of UTC.
pub(super) fn offset_minutes(abbreviation: &str) -> Option<i32> {
    FIXED_OFFSETS.iter().find(|(name, _)| *name == abbreviation).map(|(_, minutes)| *minutes)
}

/// The zone of an abbreviation whose offset depends on summer time.
pub(super) fn zone_with_summer_time(abbreviation: &str) -> Option<Tz> {
    LOCAL_TIMES.iter().find(|(name, _)| *name == abbreviation).map(|(_, zone)| *zone)
}

/// The zone of a name in the IANA database, in any case.
pub(super) fn zone_of_place(name: &str) -> Option<Tz> {
    TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name)).copied()
}

/// Whether an abbreviation is also a word, as the name of a section of a site may be.
pub(super) fn is_also_word(abbreviation: &str) -> bool {
    ALSO_WORDS.contains(&abbreviation)
}

/// Whether a word is the abbreviation of a zone.
pub(super) fn is_zone(word: &str) -> bool {
    offset_minutes(word).is_some() || zone_with_summer_time(word).is_some()
}

/// Whether an abbreviation means UTC, so that an offset may follow it.
pub(super) fn is_universal(abbreviation: &str) -> bool {
    offset_minutes(abbreviation) == Some(0)
}
