//! Printing: results on stdout, everything else on stderr; colours on a terminal only.

use std::io::{self, IsTerminal, Write};

use chrono::{DateTime, FixedOffset, Utc};
use comfy_table::presets::{NOTHING, UTF8_FULL_CONDENSED};
use comfy_table::{ContentArrangement, Table};
use serde_json::{Value, json};

use super::End;
use crate::model::{Item, Precision, Problem};

/// Prints text as it is. A reader that has gone away (`| head`) is no error.
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

/// Prints a JSON value.
pub(super) fn json_value(value: &Value) -> anyhow::Result<()> {
    line(&serde_json::to_string_pretty(value)?)
}

/// Prints a line for people, on stderr.
pub(super) fn note(text: &str) {
    // With stderr gone there is nobody left to tell.
    let _ = writeln!(anstream::stderr().lock(), "{}", text.trim_end());
}

pub(super) fn colours_on_stderr() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// A table that fits the terminal; plain columns where there is none.
pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    if io::stdout().is_terminal() {
        table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
        // Terminals without a size say that they have no columns.
        if table.width().is_none_or(|w| w < 20) {
            table.set_width(80);
        }
    } else {
        table.load_style(NOTHING);
    }
    table.set_header(header.iter().copied());
    table
}

pub(super) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// An instant as people read it in a table.
pub(super) fn moment(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "never".to_owned(), |at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// A date as exactly as it is known.
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
            short(&item.content.title),
            item.content.url.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
            item.key.clone(),
        ]);
    }
    table
}

/// The first items of a listing, without what is the same for all or repeats the link.
pub(super) fn items_overview(items: &[Item]) -> Table {
    let mut table = table(&["date", "title", "link"]);
    for item in items {
        let seen = item.date_source.name() == "first_seen";
        table.add_row([
            if seen { "-".to_owned() } else { date(item.date, item.precision) },
            short(&item.content.title),
            item.content.url.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
        ]);
    }
    table
}

fn short(text: &str) -> String {
    const LONGEST: usize = 100;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// An item in the form of `preview --format json`.
pub(super) fn item_json(item: &Item) -> Value {
    let content = &item.content;
    json!({
        "id": item.guid,
        "key": item.key,
        "url": content.url,
        "title": content.title,
        "date": item.date.to_rfc3339(),
        "date_source": item.date_source.name(),
        "date_precision": item.precision,
        "updated": item.updated.map(|u| u.to_rfc3339()),
        "summary": content.summary,
        "content_html": content.content_html,
        "authors": content.authors,
        "tags": content.tags,
        "image": content.image,
        "enclosures": content.enclosures,
        "comments": content.comments,
        "podcast": content.podcast,
    })
}

/// Problems, alike ones together: `summary: nothing found by … (items 1, 2, 7 and 3 more)`.
pub(super) fn problem_lines(problems: &[Problem]) -> Vec<String> {
    let mut groups: Vec<(&str, &str, Vec<u32>)> = Vec::new();
    for problem in problems {
        let alike = groups.iter_mut().find(|(f, m, _)| *f == problem.field && *m == problem.message);
        match alike {
            Some((_, _, positions)) => positions.extend(problem.position),
            None => groups.push((&problem.field, &problem.message, problem.position.into_iter().collect())),
        }
    }
    groups.into_iter().map(|(field, message, at)| format!("{field}: {message}{}", where_at(&at))).collect()
}

fn where_at(positions: &[u32]) -> String {
    const NAMED: usize = 5;
    if positions.is_empty() {
        return String::new();
    }
    let named: Vec<String> = positions.iter().take(NAMED).map(|p| (p + 1).to_string()).collect();
    let more = positions.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let noun = if positions.len() == 1 { "item" } else { "items" };
    format!(" ({noun} {}{rest})", named.join(", "))
}
