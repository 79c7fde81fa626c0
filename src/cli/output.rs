//! Prints results on stdout and everything else on stderr. Colours are printed on a terminal only.

use std::io::{self, IsTerminal, Write};

use chrono::{DateTime, FixedOffset, Utc};
use comfy_table::presets::{NOTHING, UTF8_FULL_CONDENSED};
use comfy_table::{ContentArrangement, Table};
use serde::Serialize;

use super::end::End;
use crate::model::{DateSource, Item, Precision, Problem, Subject};

/// A terminal that reports fewer columns is taken to have [`DEFAULT_WIDTH`].
const MIN_WIDTH: u16 = 20;

/// Columns of a terminal of unknown size.
const DEFAULT_WIDTH: u16 = 80;

/// Prints text as it is. A closed pipe, as after `| head`, is no error.
pub(super) fn raw(text: &str) -> anyhow::Result<End> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(End::Fine),
    }
}

/// Prints a line.
pub(super) fn line(text: &str) -> anyhow::Result<()> {
    raw(&format!("{text}\n")).map(|_| ())
}

/// Prints a value as JSON, with sorted keys.
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    let value = serde_json::to_value(value)?;
    line(&serde_json::to_string_pretty(&value)?)
}

/// Prints a line for people, on stderr.
pub(super) fn note(text: &str) {
    // Without stderr there is nowhere to report the failure.
    let _ = writeln!(anstream::stderr().lock(), "{}", text.trim_end());
}

/// Whether colours are wanted on stderr (no-color.org).
pub(super) fn colours_on_stderr() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// A table that fits the terminal; plain columns where stdout is no terminal.
pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    if io::stdout().is_terminal() {
        table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
        // Some terminals do not know their size and report zero columns.
        if table.width().is_none_or(|width| width < MIN_WIDTH) {
            table.set_width(columns().unwrap_or(DEFAULT_WIDTH));
        }
    } else if let Some(width) = columns() {
        // Whoever exports COLUMNS reads the output on a screen, such as in a pager.
        table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    } else {
        table.load_style(NOTHING);
    }
    table.set_header(header.iter().copied());
    table
}

/// The width that the environment gives the terminal, if it is one that a table can have.
fn columns() -> Option<u16> {
    let width: u16 = std::env::var("COLUMNS").ok()?.parse().ok()?;
    (width >= MIN_WIDTH).then_some(width)
}

/// A count with its noun: `1 item`, `2 items`.
pub(super) fn counted(count: usize, singular: &str, plural: &str) -> String {
    format!("{count} {}", noun(count, singular, plural))
}

/// The form of a noun for a count.
const fn noun<'a>(count: usize, singular: &'a str, plural: &'a str) -> &'a str {
    if count == 1 { singular } else { plural }
}

/// A moment as text for a table; `never` if there is none.
pub(super) fn moment(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "never".to_owned(), |at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// A date as text, as exact as it is known.
pub(super) fn date(at: DateTime<FixedOffset>, precision: Precision) -> String {
    let format = match precision {
        Precision::Month => "%Y-%m",
        Precision::Day => "%Y-%m-%d",
        Precision::Minute => "%Y-%m-%d %H:%M %:z",
        Precision::Second => "%Y-%m-%d %H:%M:%S %:z",
    };
    at.format(format).to_string()
}

/// A table of items.
pub(super) fn items_table(items: &[Item]) -> Table {
    let mut table = table(&["date", "from", "title", "link", "key"]);
    for item in items {
        table.add_row([
            date(item.date, item.precision),
            item.date_source.name().to_owned(),
            shortened(&item.content.title),
            item.content.url.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
            item.key.clone(),
        ]);
    }
    table
}

/// A table of the items of a page, with what people look for in a feed. Dates of first sight, which are the
/// same for all, are left out.
pub(super) fn preview_table(items: &[Item]) -> Table {
    let mut table = table(&["date", "title", "link", "summary", "author", "image"]);
    let text = |text: Option<&str>| text.map_or_else(|| "-".to_owned(), shortened);
    for item in items {
        let content = &item.content;
        let is_dated = item.date_source != DateSource::FirstSeen;
        let authors = content.authors.join(", ");
        table.add_row([
            if is_dated { date(item.date, item.precision) } else { "-".to_owned() },
            shortened(&content.title),
            content.url.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
            text(content.summary.as_deref()),
            text(Some(authors.as_str()).filter(|authors| !authors.is_empty())),
            content.image.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
        ]);
    }
    table
}

/// A table of the first items of a listing: without keys, which repeat the link, and without dates of
/// first sight, which are the same for all.
pub(super) fn items_overview(items: &[Item]) -> Table {
    let mut table = table(&["date", "title", "link"]);
    for item in items {
        let is_dated = item.date_source != DateSource::FirstSeen;
        table.add_row([
            if is_dated { date(item.date, item.precision) } else { "-".to_owned() },
            shortened(&item.content.title),
            item.content.url.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
        ]);
    }
    table
}

/// A text that fits a table; a longer one is cut and ends with an ellipsis.
fn shortened(text: &str) -> String {
    const MAX_CHARS: usize = 100;
    if text.chars().count() <= MAX_CHARS {
        return text.to_owned();
    }
    text.chars().take(MAX_CHARS - 1).chain(['…']).collect()
}

/// A line for each kind of problem, such as `summary: nothing found by … (items 1, 2, 7 and 3 more)`.
/// Problems with the same field and message share a line.
pub(super) fn problem_lines(problems: &[Problem]) -> Vec<String> {
    let mut groups: Vec<(Subject, &str, Vec<u32>)> = Vec::new();
    for problem in problems {
        let group = groups
            .iter_mut()
            .find(|(field, message, _)| *field == problem.field && *message == problem.message);
        match group {
            Some((_, _, positions)) => positions.extend(problem.position),
            None => groups.push((problem.field, &problem.message, problem.position.into_iter().collect())),
        }
    }
    groups
        .into_iter()
        .map(|(field, message, positions)| format!("{field}: {message}{}", items_at(&positions)))
        .collect()
}

/// The items at some positions, such as ` (items 1, 2 and 3 more)`; empty without any.
fn items_at(positions: &[u32]) -> String {
    const MAX_NAMED: usize = 5;
    if positions.is_empty() {
        return String::new();
    }
    let named: Vec<String> = positions.iter().take(MAX_NAMED).map(|p| (p + 1).to_string()).collect();
    let more = positions.len().saturating_sub(MAX_NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let noun = noun(positions.len(), "item", "items");
    format!(" ({noun} {}{rest})", named.join(", "))
}
