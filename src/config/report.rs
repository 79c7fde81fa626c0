//! Problems of a configuration file: where, what, and what to do.

use std::fmt::{self, Write as _};
use std::ops::Range;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, Severity, SourceCode,
};

use super::blanked::without_secrets;

/// One mistake in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// Byte range in the text.
    pub span: Range<usize>,
    /// The mistake, in a sentence.
    pub message: String,
    /// The remedy.
    pub hint: Option<String>,
}

/// All mistakes of one file, or all its warnings, in the order of the file.
#[derive(Clone, thiserror::Error)]
pub struct ConfigProblems {
    file: String,
    text: String,
    problems: Vec<ConfigProblem>,
    are_warnings: bool,
}

/// The text of the file is left out: it may hold secrets. So are places, which say nothing about the settings.
impl fmt::Debug for ConfigProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages = self.problems.iter().map(|problem| &problem.message);
        f.debug_list().entries(messages).finish()
    }
}

/// A position in the text of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line from 1.
    pub line: usize,
    /// Column from 1, in characters.
    pub column: usize,
}

impl ConfigProblems {
    pub(super) fn new(file: &str, text: &str, mut problems: Vec<ConfigProblem>) -> Self {
        for problem in &mut problems {
            problem.span = widened(text, problem.span.clone());
        }
        problems.sort_by(|a, b| (a.span.start, &a.message).cmp(&(b.span.start, &b.message)));
        problems.dedup();
        Self { file: file.to_owned(), text: text.to_owned(), problems, are_warnings: false }
    }

    /// Warnings: the file can be used as it is.
    pub(super) fn warnings(file: &str, text: &str, warnings: Vec<ConfigProblem>) -> Self {
        Self { are_warnings: true, ..Self::new(file, text, warnings) }
    }

    /// The file's name as it was given.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The problems, in the order of the file.
    #[must_use]
    pub fn problems(&self) -> &[ConfigProblem] {
        &self.problems
    }

    /// The position at which a problem begins.
    #[must_use]
    pub fn position(&self, problem: &ConfigProblem) -> Position {
        let before = &self.text[..floor_boundary(&self.text, problem.span.start)];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        Position { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }

    /// The text of the file, with everything blanked that may be a secret.
    pub(super) fn text_without_secrets(&self) -> String {
        without_secrets(&self.text)
    }

    /// The text of the file.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The whole report for people: per problem a `file:line:column` headline, the snippet and a hint.
    #[must_use]
    pub fn report(&self, colours: bool) -> String {
        let theme = if colours { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let renderer = GraphicalReportHandler::new_themed(theme).with_width(100);
        let source = NamedSource::new(&self.file, without_secrets(&self.text));
        let mut out = String::new();
        for problem in &self.problems {
            let position = self.position(problem);
            let is_warning = self.are_warnings;
            let shown = Shown { problem, source: &source, is_warning };
            let word = if is_warning { "warning: " } else { "" };
            let Position { line, column } = position;
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{}:{line}:{column}: {word}{}", self.file, problem.message);
            let mut drawn = String::new();
            if renderer.render_report(&mut drawn, &shown).is_ok() {
                out.push_str(drawn.trim_start_matches('\n'));
            }
            out.push('\n');
        }
        out
    }
}

impl fmt::Display for ConfigProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            let position = self.position(problem);
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}:{}:{}: {}", self.file, position.line, position.column, problem.message)?;
            if let Some(hint) = &problem.hint {
                write!(f, " ({hint})")?;
            }
        }
        Ok(())
    }
}

/// A problem in the form that the report renderer draws.
#[derive(Debug)]
struct Shown<'a> {
    problem: &'a ConfigProblem,
    source: &'a NamedSource<String>,
    is_warning: bool,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn severity(&self) -> Option<Severity> {
        Some(if self.is_warning { Severity::Warning } else { Severity::Error })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.hint.as_ref().map(|h| Box::new(h) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.problem.span.clone();
        let label = LabeledSpan::new(Some("here".to_owned()), span.start, span.len());
        Some(Box::new(std::iter::once(label)))
    }
}

/// A span that can be drawn: on character boundaries, inside the text, on one line, and not empty.
fn widened(text: &str, span: Range<usize>) -> Range<usize> {
    let mut start = floor_boundary(text, span.start);
    let line_end = text[start..].find('\n').map_or(text.len(), |i| start + i);
    let end = floor_boundary(text, span.end).min(line_end);
    if end > start {
        return start..end;
    }
    if start == line_end {
        let line_start = text[..start].rfind('\n').map_or(0, |i| i + 1);
        start = line_start + (text[line_start..start].len() - text[line_start..start].trim_start().len());
    }
    start..line_end
}

/// The last character boundary at or before an index.
fn floor_boundary(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}
