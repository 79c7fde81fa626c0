//! The list of problems while a file is checked, and the places of its settings.

use std::path::{Path, PathBuf};

use chrono_tz::Tz;

use crate::config::read::Source;
use crate::config::report::ConfigProblem;
use crate::rules::{RuleError, RuleErrors, Step};

/// What checking needs at hand: the places of settings, and the list of problems.
pub(in crate::config) struct Checker<'a> {
    pub(crate) source: &'a Source<'a>,
    pub(crate) problems: Vec<ConfigProblem>,
    /// The base of relative paths.
    pub(super) folder: &'a Path,
}

impl Checker<'_> {
    /// The path of a setting outside feeds.
    pub(super) fn path(keys: &[&str]) -> Vec<Step> {
        keys.iter().map(|k| Step::Key((*k).to_owned())).collect()
    }

    /// The path of a setting of feed `index`, or of `[defaults]` if it comes from there.
    pub(super) fn feed_path(&self, index: usize, keys: &[Step]) -> Vec<Step> {
        let mut own = vec![Step::Key("feed".to_owned()), Step::Index(index)];
        own.extend_from_slice(keys);
        if self.source.has(&own) {
            return own;
        }
        let mut default = vec![Step::Key("defaults".to_owned())];
        default.extend_from_slice(keys);
        if self.source.has(&default) { default } else { own }
    }

    /// Notes a mistake.
    pub(super) fn problem(&mut self, path: &[Step], message: String, hint: Option<String>) {
        let span = self.source.span(path);
        self.problems.push(ConfigProblem { span, message, hint });
    }

    /// A path as the file gives it: relative to the file's folder.
    pub(super) fn resolve(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }
}

/// One feed under check: where its settings stand.
pub(crate) struct FeedChecker<'c, 's> {
    pub(crate) checker: &'c mut Checker<'s>,
    index: usize,
}

impl<'c, 's> FeedChecker<'c, 's> {
    pub(crate) fn new(checker: &'c mut Checker<'s>, index: usize) -> Self {
        Self { checker, index }
    }

    /// Notes a mistake at a setting of this feed.
    pub(crate) fn problem(&mut self, keys: &[&str], message: String, hint: Option<String>) {
        let steps: Vec<Step> = keys.iter().map(|k| Step::Key((*k).to_owned())).collect();
        self.problem_at(&steps, message, hint);
    }

    /// Notes a mistake at a path inside this feed.
    pub(crate) fn problem_at(&mut self, steps: &[Step], message: String, hint: Option<String>) {
        let path = self.checker.feed_path(self.index, steps);
        self.checker.problem(&path, message, hint);
    }

    /// Works with rules; their mistakes are noted.
    pub(crate) fn rules<T>(&mut self, work: impl FnOnce(&mut RuleErrors) -> T) -> T {
        let mut errors = RuleErrors::default();
        let done = work(&mut errors);
        self.note(errors.into_vec());
        done
    }

    /// Notes mistakes of rules.
    pub(crate) fn note(&mut self, errors: Vec<RuleError>) {
        for error in errors {
            self.problem_at(&error.steps, error.message, error.hint);
        }
    }

    /// A zone by its name.
    pub(crate) fn zone(&mut self, name: &str, steps: &[Step]) -> Option<Tz> {
        self.rules(|errors| errors.zone(name, steps))
    }
}
