//! The source of the configuration.

use std::path::PathBuf;

use crate::config::{Config, ConfigError, Overrides, read_text};

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
        self.check(&self.read()?, overrides)
    }

    /// The text as it is now.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn read(&self) -> Result<String, ConfigError> {
        match self {
            Self::File(file) => read_text(file),
            Self::Text(text, _) => Ok(text.clone()),
        }
    }

    /// Checks a text that was read, and applies the settings of the command line.
    ///
    /// # Errors
    /// When it has mistakes.
    pub(super) fn check(&self, text: &str, overrides: &Overrides) -> Result<Config, ConfigError> {
        let (Self::File(file) | Self::Text(_, file)) = self;
        Ok(Config::parse(text, file)?.overridden(overrides))
    }
}
