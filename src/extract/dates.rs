//! The dates of a page: read column by column, so that all rows settle the order of day and month.

use chrono::{DateTime, Utc};

use crate::date::{self, DateRules};
use crate::model::{Candidate, DateSource, FieldName, PageDate, Problem};

/// Items with the texts of their dates still unread.
pub(super) struct RawItems {
    pub(super) items: Vec<Candidate>,
    pub(super) dates: Vec<DateText>,
    pub(super) updates: Vec<DateText>,
}

/// The items with their dates read.
pub(super) fn dated(
    raws: RawItems,
    language: Option<&str>,
    now: DateTime<Utc>,
    problems: &mut Vec<Problem>,
) -> Vec<Candidate> {
    let mut candidates = raws.items;
    let column = |field| DateColumn { field, language, now };
    column(FieldName::Date).read(raws.dates, &mut candidates, |c, d| c.date = d, problems);
    column(FieldName::Updated).read(raws.updates, &mut candidates, |c, d| c.updated = d, problems);
    problems.sort_by_key(|p| p.position);
    candidates
}

/// A date's text, waiting for the whole column to settle the order of day and month.
#[derive(Debug, Clone)]
pub(super) struct DateText {
    pub(super) index: usize,
    pub(super) position: u32,
    pub(super) text: String,
    pub(super) machine: Option<String>,
    pub(super) rules: DateRules,
}

pub(super) type Put = fn(&mut Candidate, Option<PageDate>);

/// The dates of one field, over all items of a page.
pub(super) struct DateColumn<'a> {
    pub(super) field: FieldName,
    /// The language that the page says it has.
    pub(super) language: Option<&'a str>,
    pub(super) now: DateTime<Utc>,
}

impl DateColumn<'_> {
    pub(super) fn read(
        &self,
        column: Vec<DateText>,
        candidates: &mut [Candidate],
        put: Put,
        problems: &mut Vec<Problem>,
    ) {
        let unclear = column.iter().filter(|d| d.machine.is_none() && d.rules.format.is_none());
        let texts: Vec<&str> = unclear.map(|d| d.text.as_str()).collect();
        let order = date::column_order(&texts);
        for mut raw in column {
            raw.rules.order = raw.rules.order.or(order);
            raw.rules.language = raw.rules.language.or_else(|| self.language.map(str::to_owned));
            match self.read_one(&raw) {
                Ok(date) => put(&mut candidates[raw.index], Some(date)),
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
        let machine = raw.machine.as_deref();
        let by_machine = |text: &str| date::read_machine(text, &raw.rules).ok();
        // With an explicit format the text is what the rule speaks of; `datetime` is the way out.
        let first = if raw.rules.format.is_none() { machine.and_then(by_machine) } else { None };
        let by_text = || date::read(&raw.text, &raw.rules, Some(self.now));
        let reading = match first {
            Some(reading) => Ok(reading),
            None => by_text().or_else(|e| machine.and_then(by_machine).ok_or(e)),
        };
        reading
            .map(|r| PageDate {
                at: r.at,
                precision: r.precision,
                source: DateSource::Page,
                relative: r.relative,
            })
            .map_err(|e| format!("date `{}`: {e}", shown(&raw.text)))
    }
}

/// A page's text, short enough for a message.
fn shown(text: &str) -> String {
    let mut out: String = text.chars().take(80).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}
