//! The list of problems while a file is checked, and the places of its settings.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono_tz::Tz;

use crate::config::raw::shorthand::RawDuration;
use crate::config::read::SettingsTree;
use crate::config::report::ConfigProblem;
use crate::rules::{RuleError, RuleErrors, SettingStep, key};
use crate::schedule::parse_duration;

/// The state of a check: the places of settings, and the problems so far.
pub(crate) struct Checker<'a> {
    pub(crate) source: &'a SettingsTree<'a>,
    pub(crate) problems: Vec<ConfigProblem>,
    /// Settings that are probably not as they are meant.
    pub(crate) warnings: Vec<ConfigProblem>,
    /// The base of relative paths.
    pub(super) folder: &'a Path,
    /// Whether secrets are read from variables and files.
    pub(super) reads_secrets: bool,
}

impl Checker<'_> {
    /// The path of a setting outside feeds.
    pub(super) fn path(keys: &[&str]) -> Vec<SettingStep> {
        keys.iter().map(|name| key(name)).collect()
    }

    /// The path of a setting of feed `index`, or of `[defaults]` if it comes from there.
    pub(super) fn feed_path(&self, index: usize, steps: &[SettingStep]) -> Vec<SettingStep> {
        self.entry_path("feed", index, steps)
    }

    /// The path of a setting of entry `index` of a list of tables; of `[defaults]` if a feed has it from there.
    fn entry_path(&self, list: &str, index: usize, steps: &[SettingStep]) -> Vec<SettingStep> {
        let in_feed = [&[key(list), SettingStep::Index(index)], steps].concat();
        if list != "feed" || self.source.has(&in_feed) {
            return in_feed;
        }
        let in_defaults = [&[key("defaults")], steps].concat();
        if self.source.has(&in_defaults) { in_defaults } else { in_feed }
    }

    /// Notes a mistake.
    pub(super) fn problem(&mut self, path: &[SettingStep], message: String, hint: Option<String>) {
        let span = self.source.span(path);
        self.problems.push(ConfigProblem { span, message, hint });
    }

    /// A path of the file: relative ones begin at the file's folder.
    pub(super) fn resolve(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }
}

/// The check of one feed, or of another table of a list: its mistakes are noted at its settings.
pub(crate) struct FeedChecker<'c, 's> {
    checker: &'c mut Checker<'s>,
    /// The key of the list: `feed` or `notify`.
    list: &'static str,
    /// The position in the list, from 0.
    index: usize,
}

impl<'c, 's> FeedChecker<'c, 's> {
    pub(crate) fn new(checker: &'c mut Checker<'s>, index: usize) -> Self {
        Self::of("feed", checker, index)
    }

    /// The check of an entry of a list of tables.
    pub(crate) fn of(list: &'static str, checker: &'c mut Checker<'s>, index: usize) -> Self {
        Self { checker, list, index }
    }

    /// Notes a mistake at a setting of this feed.
    pub(crate) fn problem(&mut self, keys: &[&str], message: String, hint: Option<String>) {
        self.problem_at(&Checker::path(keys), message, hint);
    }

    /// Notes a mistake at a path inside this feed.
    pub(crate) fn problem_at(&mut self, steps: &[SettingStep], message: String, hint: Option<String>) {
        let path = self.checker.entry_path(self.list, self.index, steps);
        self.checker.problem(&path, message, hint);
    }

    /// Whether the file has a key of this feed, even if its value is of a wrong type.
    pub(crate) fn is_written(&self, name: &str) -> bool {
        let path = self.checker.entry_path(self.list, self.index, &[key(name)]);
        self.checker.source.has(&path)
    }

    /// Notes at a setting of this feed what is probably not as it is meant, with a remedy.
    pub(crate) fn warn_key(&mut self, name: &str, message: String, hint: String) {
        self.warn(&[key(name)], message, hint);
    }

    /// Notes at a path inside this feed what is probably not as it is meant, with a remedy.
    pub(crate) fn warn(&mut self, steps: &[SettingStep], message: String, hint: String) {
        let path = self.checker.entry_path(self.list, self.index, steps);
        let span = self.checker.source.span(&path);
        self.checker.warnings.push(ConfigProblem { span, message, hint: Some(hint) });
    }

    /// Compiles rules by `compile`; their mistakes are noted.
    pub(crate) fn rules<T>(&mut self, compile: impl FnOnce(&mut RuleErrors) -> T) -> T {
        let mut errors = RuleErrors::default();
        let compiled = compile(&mut errors);
        self.note(errors.into_vec());
        compiled
    }

    /// Whether secrets are read from variables and files.
    pub(super) fn reads_secrets(&self) -> bool {
        self.checker.reads_secrets
    }

    /// Notes mistakes of rules.
    pub(crate) fn note(&mut self, errors: Vec<RuleError>) {
        for error in errors {
            self.problem_at(&error.steps, error.message, error.hint);
        }
    }

    /// A zone by its name.
    pub(crate) fn zone(&mut self, name: &str, steps: &[SettingStep]) -> Option<Tz> {
        self.rules(|errors| errors.zone(name, steps))
    }

    /// A length of time. `keys` lead to its setting; `example` is a right value.
    pub(crate) fn duration(&mut self, raw: &RawDuration, keys: &[&str], example: &str) -> Option<Duration> {
        let text = match raw {
            RawDuration::Seconds(seconds) => return Some(Duration::from_secs(*seconds)),
            RawDuration::Text(text) => text,
        };
        match parse_duration(text) {
            Ok(duration) => Some(duration),
            Err(error) => {
                let name = keys.last().copied().unwrap_or_default();
                self.problem(keys, format!("{name}: {error}"), Some(format!("for example {example}")));
                None
            }
        }
    }

    /// A path of the file: relative ones begin at the file's folder.
    pub(super) fn resolve(&self, path: &str) -> PathBuf {
        self.checker.resolve(path)
    }
}
