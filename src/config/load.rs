//! File or text -> checked configuration, or all its problems.

use std::path::{Path, PathBuf};

use super::check::check;
use super::checked::Config;
use super::read::read;
use super::report::ConfigProblems;

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
    /// The file has mistakes.
    #[error(transparent)]
    Invalid(#[from] ConfigProblems),
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// When it cannot be read, or has mistakes: all of them at once.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file)
            .map_err(|why| ConfigError::Unreadable { file: file.to_owned(), why })?;
        Ok(Self::parse(&text, file)?)
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
