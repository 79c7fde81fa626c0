//! File or text -> checked configuration, or all its problems.

use std::path::{Path, PathBuf};

use super::check::check;
use super::checked::Config;
use super::read::read;
use super::report::ConfigProblems;
use crate::model::ListenAddress;

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error(
        "cannot read {file}: {why}; name a file with --config, or start from the feeds.toml of the manual"
    )]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The error of the system.
        why: std::io::Error,
    },
    /// The file has no feeds and does not say so: it may be empty or cut off by mistake.
    #[error(
        "{file} has no feeds: add a [[feed]] with the url of a page, or write `feed = []` if there are to be none"
    )]
    NoFeeds {
        /// The file.
        file: PathBuf,
    },
    /// The file has mistakes.
    #[error(transparent)]
    Invalid(#[from] ConfigProblems),
}

/// The text of a configuration file.
///
/// # Errors
/// When it cannot be read.
pub fn read_text(file: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(file).map_err(|why| ConfigError::Unreadable { file: file.to_owned(), why })
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// When it cannot be read, or has mistakes: all of them at once.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        Ok(Self::parse(&read_text(file)?, file)?)
    }

    /// This configuration, if its file has feeds or says with `feed = []` that it has none.
    ///
    /// # Errors
    /// When the file says nothing about feeds.
    pub fn with_stated_feeds(self) -> Result<Self, ConfigError> {
        if self.states_feeds { Ok(self) } else { Err(ConfigError::NoFeeds { file: self.file }) }
    }

    /// The address that a daemon with this file listens on. Other mistakes of the file do not count: a
    /// daemon that runs keeps its old configuration.
    ///
    /// # Errors
    /// When the file cannot be read, or the address itself is wrong.
    pub fn listen_address(file: &Path) -> Result<ListenAddress, ConfigError> {
        let text = read_text(file)?;
        let (source, raw, form_problems) = read(&text);
        let (config, problems) = check(&raw, &source, file, &text, form_problems);
        match config {
            Some(config) => Ok(config.server.listen),
            None => Err(ConfigProblems::new(&file.display().to_string(), &text, problems).into()),
        }
    }

    /// Checks a text as if `file` contained it. Relative paths begin at the folder of `file`.
    ///
    /// # Errors
    /// All mistakes at once.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigProblems> {
        let (source, raw, form_problems) = read(text);
        let (config, problems) = check(&raw, &source, file, text, form_problems);
        match config {
            Some(config) if problems.is_empty() => Ok(config),
            _ => Err(ConfigProblems::new(&file.display().to_string(), text, problems)),
        }
    }
}
