//! The dates of a page. They are read column by column, so that all items together settle the order of day
//! and month.

use chrono::{DateTime, Utc};

use crate::date::{self, DateRules};
use crate::html::tree::NodeId;
use crate::model::{Candidate, DateSource, FieldName, PageDate, Problem};

/// Longest text of a date in a message, in characters.
const MAX_SHOWN_CHARS: usize = 80;

/// Items whose dates are not read yet.
#[derive(Default)]
pub(super) struct RawItems {
    pub(super) items: Vec<Candidate>,
    pub(super) dates: Vec<DateText>,
    pub(super) updates: Vec<DateText>,
}

/// Reads the dates of items. `language` is that of the page; `now` is the base of relative dates.
pub(super) fn read_dates(
    raw: RawItems,
    language: Option<&str>,
    now: DateTime<Utc>,
    problems: &mut Vec<Problem>,
) -> Vec<Candidate> {
    let mut candidates = raw.items;
    let column = |field| DateColumn { field, language, now };
    column(FieldName::Date).read(raw.dates, &mut candidates, |c, date| c.date = date, problems);
    column(FieldName::Updated).read(raw.updates, &mut candidates, |c, date| c.updated = date, problems);
    problems.sort_by_key(|p| p.position);
    candidates
}

/// The text of a date. It is read with its whole column, which settles the order of day and month.
#[derive(Debug, Clone)]
pub(super) struct DateText {
    /// The index of its item among the candidates.
    pub(super) index: usize,
    /// The position of its item on the listing.
    pub(super) position: u32,
    pub(super) text: String,
    /// The machine-readable form, as of `<time datetime>`.
    pub(super) machine: Option<String>,
    /// The element that has the text, if it stands outside of the item.
    pub(super) outside: Option<NodeId>,
    pub(super) rules: DateRules,
}

/// Sets a date of a candidate.
pub(super) type SetDate = fn(&mut Candidate, Option<PageDate>);

/// The dates of one field, over all items of a page.
pub(super) struct DateColumn<'a> {
    pub(super) field: FieldName,
    /// The language that the page declares.
    pub(super) language: Option<&'a str>,
    /// The base of relative dates.
    pub(super) now: DateTime<Utc>,
}

impl DateColumn<'_> {
    /// Reads all dates of the column into their candidates; those that cannot be read become problems.
    pub(super) fn read(
        &self,
        column: Vec<DateText>,
        candidates: &mut [Candidate],
        set_date: SetDate,
        problems: &mut Vec<Problem>,
    ) {
        let ambiguous = column.iter().filter(|d| d.machine.is_none() && d.rules.format.is_none());
        let texts: Vec<&str> = ambiguous.map(|d| d.text.as_str()).collect();
        let order = date::column_order(&texts);
        for mut raw in column {
            raw.rules.order = raw.rules.order.or(order);
            raw.rules.language = raw.rules.language.or_else(|| self.language.map(str::to_owned));
            match self.read_one(&raw) {
                Ok(date) => set_date(&mut candidates[raw.index], Some(date)),
                Err(message) => {
                    problems.push(Problem {
                        field: self.field.into(),
                        position: Some(raw.position),
                        message,
                    });
                }
            }
        }
    }

    fn read_one(&self, raw: &DateText) -> Result<PageDate, String> {
        let by_machine = || {
            let machine = raw.machine.as_deref()?;
            date::read_machine(machine, &raw.rules).ok()
        };
        let by_text = || date::read(&raw.text, &raw.rules, Some(self.now));
        // An explicit format is that of the text: then the machine-readable form is only the fallback.
        let preferred = if raw.rules.format.is_none() { by_machine() } else { None };
        let reading = match preferred {
            Some(reading) => Ok(reading),
            None => by_text().or_else(|error| by_machine().ok_or(error)),
        };
        reading
            .map(|r| PageDate {
                at: r.at,
                precision: r.precision,
                source: DateSource::Page,
                relative: r.relative,
            })
            .map_err(|e| format!("date `{}`: {e}", shorten(&raw.text)))
    }
}

/// Shortens a text of a page for a message.
fn shorten(text: &str) -> String {
    let mut out: String = text.chars().take(MAX_SHOWN_CHARS).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}
