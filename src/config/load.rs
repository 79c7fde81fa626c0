//! File or text -> checked configuration, or all its problems.

use std::path::{Path, PathBuf};

use super::check::{ConfigOrigin, check};
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
    /// The file is not text.
    #[error("{file} is not UTF-8 text (line {line}): save it as UTF-8")]
    NotText {
        /// The file.
        file: PathBuf,
        /// The line of the first byte that is no text, from 1.
        line: usize,
    },
    /// The file names an address to listen on, but not in a way that can be read.
    #[error("the listen address cannot be read from {file} (line {line}): name it with --listen")]
    NoListenAddress {
        /// The file.
        file: PathBuf,
        /// The line that names it, from 1.
        line: usize,
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

impl ConfigError {
    /// The file, as it was named.
    #[must_use]
    pub fn file(&self) -> &Path {
        match self {
            Self::Unreadable { file, .. }
            | Self::NotText { file, .. }
            | Self::NoListenAddress { file, .. }
            | Self::NoFeeds { file } => file,
            Self::Invalid(problems) => Path::new(problems.file()),
        }
    }

    /// The line of the mistake, from 1; the first line if the file is refused as a whole.
    #[must_use]
    pub const fn line(&self) -> usize {
        match self {
            Self::NotText { line, .. } | Self::NoListenAddress { line, .. } => *line,
            Self::Unreadable { .. } | Self::NoFeeds { .. } | Self::Invalid(_) => 1,
        }
    }
}

/// The text of a configuration file.
///
/// # Errors
/// When it cannot be read, or is not UTF-8.
pub fn read_text(file: &Path) -> Result<String, ConfigError> {
    let bytes = std::fs::read(file).map_err(|why| ConfigError::Unreadable { file: file.to_owned(), why })?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count();
        ConfigError::NotText { file: file.to_owned(), line }
    })
}

/// The first line that sets a key `listen`, from 1, wherever the key stands.
fn listen_line(text: &str) -> Option<usize> {
    let sets_listen = |line: &str| {
        let setting = line.split('#').next().unwrap_or_default();
        setting.match_indices("listen").any(|(at, word)| {
            let is_of_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
            let rest = &setting[at + word.len()..];
            let after = rest.trim_start_matches(['"', '\'']).trim_start();
            !setting[..at].ends_with(is_of_name)
                && !rest.starts_with(is_of_name)
                && (after.is_empty() || after.starts_with(['=', ':']))
        })
    };
    text.lines().position(sets_listen).map(|index| index + 1)
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
    /// When the file cannot be read, or the address itself is wrong or not understood.
    pub fn listen_address(file: &Path) -> Result<ListenAddress, ConfigError> {
        let text = read_text(file)?;
        let (source, raw, form_problems) = read(&text);
        let is_unread = raw.server.listen.is_none() && !form_problems.is_empty();
        // The default would be the address of another daemon, or of none.
        if let Some(line) = listen_line(&text).filter(|_| is_unread) {
            return Err(ConfigError::NoListenAddress { file: file.to_owned(), line });
        }
        let origin = ConfigOrigin { file, text: &text, reads_secrets: true };
        let (config, problems) = check(&raw, &source, &origin, form_problems);
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
        Self::read_from(&ConfigOrigin { file, text, reads_secrets: true })
    }

    /// As [`Self::parse`], for those who fetch nothing: secrets are empty, and there are no rules of
    /// notifications. So a shell without the daemon's variables can look at feeds.
    ///
    /// # Errors
    /// As [`Self::parse`], but not for secrets.
    pub fn parse_without_secrets(text: &str, file: &Path) -> Result<Self, ConfigProblems> {
        Self::read_from(&ConfigOrigin { file, text, reads_secrets: false })
    }

    fn read_from(origin: &ConfigOrigin<'_>) -> Result<Self, ConfigProblems> {
        let ConfigOrigin { file, text, .. } = *origin;
        let (source, raw, form_problems) = read(text);
        let (config, problems) = check(&raw, &source, origin, form_problems);
        match config {
            Some(config) if problems.is_empty() => Ok(config),
            _ => Err(ConfigProblems::new(&file.display().to_string(), text, problems)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn line(text: &str, expected: Option<usize>) {
        assert_eq!(listen_line(text), expected, "{text}");
    }

    #[test]
    fn the_line_of_the_address_is_found_in_broken_files() {
        line("[server\nlisten = \"127.0.0.1:1\"", Some(2));
        line("feed = []\n\nserver.listen = 3", Some(3));
        line("server = { title = \"t\", \"listen\"=[] }", Some(1));
        line("[server]\nlisten", Some(2));
        line("# listen = \"127.0.0.1:1\"\nlistening = 3\nre-listen = 4", None);
        line("title = \"Those who listen to the harbour\"", None);
    }
}
