//! The source of the configuration.

use std::path::PathBuf;

use crate::config::{Config, ConfigError, Overrides};

/// Where the configuration is read from.
#[derive(Debug, Clone)]
pub enum ConfigSource {
    /// A file, which is watched.
    File(PathBuf),
    /// A text that never changes, read as if it were the content of this file.
    Text(String, PathBuf),
}

impl ConfigSource {
    /// Reads and checks the configuration, and applies the settings of the command line.
    ///
    /// # Errors
    /// When it cannot be read or has mistakes.
    pub fn load(&self, overrides: &Overrides) -> Result<Config, ConfigError> {
        let config = match self {
            Self::File(file) => Config::load(file)?,
            Self::Text(text, file) => Config::parse(text, file)?,
        };
        Ok(config.overridden(overrides))
    }
}
