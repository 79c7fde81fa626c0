//! Harbour notices: table rows without links, and a layout that breaks and heals.

use chrono::{DateTime, Utc};

use super::html::{Frame, document, escaped};
use super::mixer::nth;
use super::prose::next_slot;
use super::text::{NOTICES, PLACES};
use super::timetable::{Slot, Timetable, local};

/// Rows of the table.
pub(super) const ROWS: usize = 12;

/// When the layout first breaks, in seconds after the start.
const BREAKS_AFTER_S: i64 = 120;

/// Seconds from one break to the next.
const BREAKS_EVERY_S: i64 = 300;

/// How long a break lasts, in seconds.
const BROKEN_FOR_S: i64 = 40;

/// Berths of a harbour for live notices; those of the archive have as many of their own, so that
/// the two never share a title: a row without a link is known by title and date alone.
const BERTHS: u64 = 40;

/// Steps through all of kind, place and berth; it shares no factor with their number, 14,400, so
/// no title comes twice in ten days.
const TITLE_STEP: u64 = 4_819;

const TIMETABLE: Timetable = Timetable { every_s: 60, daily_s: &[28_807] };

/// The page with the table, or with what stands in its place while the layout is broken.
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
    let slots = TIMETABLE.listed(started, now);
    let rows: String = slots.iter().take(ROWS).enumerate().map(|(i, s)| row(i + 1, s)).collect();
    format!(
        "<table class=\"notices\">\n<thead><tr><th>No.</th><th>Notice</th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n"
    )
}

/// The number is that of the row and moves down with every new notice: it identifies nothing.
fn row(number: usize, slot: &Slot) -> String {
    let date = local(slot.at).format("%Y-%m-%d");
    format!("<tr><td>{number}</td><td>{} [ {date} ]</td></tr>\n", escaped(&title(slot)))
}

fn broken_board() -> String {
    "<section class=\"board-v2\"><p class=\"board-v2-lead\">All notices at a glance</p>\
     <div class=\"grid-v2\"></div></section>\n"
        .to_owned()
}

fn title(slot: &Slot) -> String {
    let count = NOTICES.len() as u64 * PLACES.len() as u64 * BERTHS;
    let number = (slot.serial % count) * TITLE_STEP % count;
    let first = if TIMETABLE.is_live(slot) { 1 } else { 1 + BERTHS };
    let berth = first + number / NOTICES.len() as u64 / PLACES.len() as u64;
    let place = nth(&PLACES, number / NOTICES.len() as u64);
    let mut out = String::new();
    let mut rest = nth(&NOTICES, number);
    while let Some((before, slot, after)) = next_slot(rest) {
        let word = if slot == "berth" { berth.to_string() } else { place.to_owned() };
        out.extend([before, &word]);
        rest = after;
    }
    out + rest
}
