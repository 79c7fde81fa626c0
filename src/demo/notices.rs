//! Harbour notices: table rows without links, and a layout that breaks and recovers.

use chrono::{DateTime, Utc};

use super::html::{Frame, document, escaped};
use super::prose::next_placeholder;
use super::pseudo_random::nth;
use super::text::{NOTICES, PLACES};
use super::timetable::{Publication, Timetable, local};

/// The number of rows in the table.
pub(super) const ROWS: usize = 12;

/// Seconds from the start to the first break of the layout.
const BREAKS_AFTER_S: i64 = 40;

/// Seconds from one break to the next.
const BREAKS_EVERY_S: i64 = 300;

/// Seconds that a break lasts.
const BROKEN_FOR_S: i64 = 40;

/// The number of berths that live notices name. Notices of the archive name as many others, so that a live
/// notice and one of the archive never have the same title. A row has no link: only its title and date
/// identify it.
const BERTHS: u64 = 40;

/// The step from one title to the next through the 14,400 combinations of notice, place and berth. It has no
/// divisor in common with 14,400, so that at one notice a minute no title occurs twice in ten days.
const TITLE_STEP: u64 = 4_819;

const TIMETABLE: Timetable = Timetable { every_s: 60, daily_s: &[28_807] };

/// The page with the table, or with an empty board while the layout is broken.
pub(super) fn page(started: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let board = if broken(started, now) { broken_board() } else { table(started, now) };
    let main = format!("<h1>Harbour notices</h1>\n{board}");
    document(&Frame { title: "Harbour notices | Tidewater Wire", base: None, main: &main })
}

/// Whether the layout is broken at `now`.
pub(super) fn broken(started: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let since_first = (now - started).num_seconds() - BREAKS_AFTER_S;
    since_first >= 0 && since_first % BREAKS_EVERY_S < BROKEN_FOR_S
}

fn table(started: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let publications = TIMETABLE.listed(started, now);
    let rows: String = publications.iter().take(ROWS).enumerate().map(|(i, s)| row(i + 1, s)).collect();
    format!(
        "<table class=\"notices\">\n<thead><tr><th>No.</th><th>Notice</th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n"
    )
}

/// A row of the table. The number counts the rows from the top. Every new notice moves the older ones down,
/// so the number does not identify a notice.
fn row(number: usize, publication: &Publication) -> String {
    let date = local(publication.at).format("%Y-%m-%d");
    format!("<tr><td>{number}</td><td>{} [ {date} ]</td></tr>\n", escaped(&title(publication)))
}

fn broken_board() -> String {
    "<section class=\"board-v2\"><p class=\"board-v2-lead\">All notices at a glance</p>\
     <div class=\"grid-v2\"></div></section>\n"
        .to_owned()
}

fn title(publication: &Publication) -> String {
    let count = NOTICES.len() as u64 * PLACES.len() as u64 * BERTHS;
    let combination = (publication.serial % count) * TITLE_STEP % count;
    let first_berth = if TIMETABLE.is_live(publication) { 1 } else { 1 + BERTHS };
    let berth = first_berth + combination / NOTICES.len() as u64 / PLACES.len() as u64;
    let place = nth(&PLACES, combination / NOTICES.len() as u64);
    let mut out = String::new();
    let mut rest = nth(&NOTICES, combination);
    while let Some((before, placeholder, after)) = next_placeholder(rest) {
        let word = if placeholder == "berth" { berth.to_string() } else { place.to_owned() };
        out.extend([before, &word]);
        rest = after;
    }
    out + rest
}
