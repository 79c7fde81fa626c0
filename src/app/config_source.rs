//! The source of the configuration.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

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

    /// The state of the file; `None` if there is no regular file now, and for a text.
    pub(super) fn state(&self) -> Option<FileState> {
        match self {
            Self::File(file) => FileState::of(file),
            Self::Text(..) => None,
        }
    }

    /// Checks a text that was read, and applies the settings of the command line.
    ///
    /// # Errors
    /// When it has mistakes.
    pub(super) fn check(&self, text: &str, overrides: &Overrides) -> Result<Config, ConfigError> {
        let (Self::File(file) | Self::Text(_, file)) = self;
        let parse = if overrides.without_secrets { Config::parse_without_secrets } else { Config::parse };
        Ok(parse(text, file)?.overridden(overrides))
    }
}

/// The file to which a path leads, as it looks without reading it. Nearly every change shows in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileState {
    /// The path with all links followed, also those of its folders.
    target: PathBuf,
    /// The device, and the number of the file on it.
    place: (u64, u64),
    /// Size in bytes.
    size: u64,
    modified: Option<SystemTime>,
}

impl FileState {
    fn of(file: &Path) -> Option<Self> {
        let target = file.canonicalize().ok()?;
        // A pipe or a terminal changes with each use, and cannot be read twice.
        let meta = target.metadata().ok().filter(Metadata::is_file)?;
        Some(Self { place: place(&meta), size: meta.len(), modified: meta.modified().ok(), target })
    }
}

#[cfg(unix)]
fn place(meta: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (meta.dev(), meta.ino())
}

#[cfg(not(unix))]
fn place(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

#[cfg(test)]
mod tests {
    use std::fs::{create_dir, remove_file, rename, write};
    use std::os::unix::fs::symlink;

    use super::*;

    /// Replaces a link as `ln -sfn` and Kubernetes do.
    fn relink(target: &str, link: &Path) {
        let new = link.with_file_name("next-link");
        symlink(target, &new).expect("a link");
        rename(&new, link).expect("renamed");
    }

    /// A folder with the folders `old` and `new`, each with a file of the same text.
    fn two_folders() -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a folder");
        for name in ["old", "new"] {
            create_dir(root.path().join(name)).expect("made");
            write(root.path().join(name).join("feeds.toml"), "feed = []\n").expect("written");
        }
        root
    }

    #[track_caller]
    fn differs(file: &Path, change: impl FnOnce()) {
        let before = FileState::of(file);
        assert_eq!(before, FileState::of(file), "it rests");
        change();
        assert_ne!(before, FileState::of(file));
    }

    #[test]
    fn a_file_that_is_changed_replaced_or_removed_has_another_state() {
        let root = two_folders();
        let file = root.path().join("old/feeds.toml");
        differs(&file, || write(&file, "feed = []\n# more\n").expect("written"));
        differs(&file, || rename(root.path().join("new/feeds.toml"), &file).expect("renamed"));
        differs(&file, || remove_file(&file).expect("removed"));
        assert_eq!(FileState::of(root.path()), None, "a folder is no file");
    }

    #[test]
    fn a_link_that_leads_elsewhere_gives_another_state() {
        let root = two_folders();
        let link = root.path().join("feeds.toml");
        symlink("old/feeds.toml", &link).expect("a link");
        differs(&link, || relink("new/feeds.toml", &link));
        differs(&link, || relink("none/feeds.toml", &link));
        differs(&link, || relink("old/feeds.toml", &link));
    }

    #[test]
    fn a_folder_on_the_way_that_leads_elsewhere_gives_another_state() {
        let root = two_folders();
        let data = root.path().join("..data");
        let link = root.path().join("feeds.toml");
        symlink("old", &data).expect("a link");
        symlink("..data/feeds.toml", &link).expect("a link");
        differs(&link, || relink("new", &data));
        differs(&data.join("feeds.toml"), || relink("old", &data));
        let old = root.path().join("old");
        differs(&link, || {
            rename(root.path().join("new/feeds.toml"), old.join("feeds.toml")).expect("renamed");
        });
    }
}
