//! Zones by their usual letters.

use chrono_tz::Tz;

/// Minutes east of UTC of zones by their usual letters. Letters that several zones share stand for
/// the one that pages mostly mean; the feed's own zone is asked first. Letters that are also words
/// (art, cat, eat, west) are left out.
const ZONES: &[(&str, i32)] = &[
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("bst", 60),
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
];

/// Letters that mean the time of a place, in summer and in winter.
const PLACES: &[(&str, Tz)] = &[
    ("et", Tz::America__New_York),
    ("ct", Tz::America__Chicago),
    ("mt", Tz::America__Denver),
    ("pt", Tz::America__Los_Angeles),
    ("uk", Tz::Europe__London),
];

/// Minutes east of UTC.
pub(super) fn minutes(letters: &str) -> Option<i32> {
    ZONES.iter().find(|(name, _)| *name == letters).map(|(_, minutes)| *minutes)
}

/// The place whose time letters mean.
pub(super) fn place(letters: &str) -> Option<Tz> {
    PLACES.iter().find(|(name, _)| *name == letters).map(|(_, zone)| *zone)
}

/// Whether letters name a zone.
pub(super) fn is_zone(letters: &str) -> bool {
    minutes(letters).is_some() || place(letters).is_some()
}

/// Whether letters mean UTC, so that an offset may follow them.
pub(super) fn is_universal(letters: &str) -> bool {
    minutes(letters) == Some(0)
}
