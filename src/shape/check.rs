//! A check of the configuration, as JSON.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::trouble::TroubleShape;
use crate::channel::Feed;
use crate::config::{ConfigProblem, ConfigProblems};
use crate::model::{FeedId, Found, Problem, Trouble};
use crate::run::Reading;

/// The result of a check.
#[derive(Debug, Clone, Serialize)]
pub struct CheckShape {
    ok: bool,
    problems: Vec<ConfigProblemShape>,
    /// Settings that are probably not as they are meant. They do not make the file wrong.
    warnings: Vec<ConfigProblemShape>,
    feeds: Vec<DryRunShape>,
}

/// A mistake in the configuration, with its place.
#[derive(Debug, Clone, Serialize)]
pub struct ConfigProblemShape {
    file: String,
    /// From 1.
    line: usize,
    /// In characters, from 1.
    column: usize,
    message: String,
    hint: Option<String>,
}

/// A feed that was fetched and read once, without storing anything.
#[derive(Debug, Clone, Serialize)]
pub struct DryRunShape {
    id: FeedId,
    /// How many items there are, and how many of them have each field.
    fields: Option<BTreeMap<&'static str, usize>>,
    problems: Vec<Problem>,
    trouble: Option<TroubleShape>,
}

impl CheckShape {
    /// A configuration with mistakes.
    #[must_use]
    pub fn invalid(problems: &ConfigProblems) -> Self {
        Self { ok: false, problems: shapes(problems), warnings: Vec::new(), feeds: Vec::new() }
    }

    /// A file that is refused as a whole, which `message` explains. `line` counts from 1.
    #[must_use]
    pub fn refused(file: &Path, line: usize, message: String) -> Self {
        let file = file.display().to_string();
        let problem = ConfigProblemShape { file, line, column: 1, message, hint: None };
        Self { ok: false, problems: vec![problem], warnings: Vec::new(), feeds: Vec::new() }
    }

    /// A configuration without mistakes, its warnings, and the dry runs of its feeds.
    #[must_use]
    pub fn valid(warnings: &ConfigProblems, feeds: Vec<DryRunShape>) -> Self {
        let ok = feeds.iter().all(|feed| feed.trouble.is_none());
        Self { ok, problems: Vec::new(), warnings: shapes(warnings), feeds }
    }
}

fn shapes(problems: &ConfigProblems) -> Vec<ConfigProblemShape> {
    let shape = |problem: &ConfigProblem| {
        let position = problems.position(problem);
        ConfigProblemShape {
            file: problems.file().to_owned(),
            line: position.line,
            column: position.column,
            message: problem.message.clone(),
            hint: problem.hint.clone(),
        }
    };
    problems.problems().iter().map(shape).collect()
}

impl DryRunShape {
    /// The dry run of a feed.
    #[must_use]
    pub fn of(feed: &Feed, outcome: &Result<Reading, Trouble>) -> Self {
        let reading = outcome.as_ref().ok();
        Self {
            id: feed.id.clone(),
            fields: reading.map(|reading| field_counts(&reading.found).into_iter().collect()),
            problems: reading.map(|reading| reading.problems.clone()).unwrap_or_default(),
            trouble: outcome.as_ref().err().map(TroubleShape::from),
        }
    }
}

/// The number of items, and for each field the number of items that have it.
#[must_use]
pub fn field_counts(found: &[Found]) -> [(&'static str, usize); 7] {
    let count = |has_field: fn(&Found) -> bool| found.iter().filter(|f| has_field(f)).count();
    [
        ("items", found.len()),
        ("title", count(|f| !f.content.title.is_empty())),
        ("link", count(|f| f.content.url.is_some())),
        ("date", count(|f| f.date.is_some())),
        ("summary", count(|f| f.content.summary.is_some())),
        ("content", count(|f| f.content.content_html.is_some())),
        ("image", count(|f| f.content.image.is_some())),
    ]
}
