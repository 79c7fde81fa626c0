//! A feeds.toml that the program writes to. It is read anew before it is written, by one writer at a time,
//! and a reader never finds it half written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::edit::{EditError, NewFeed, append};

/// Largest configuration that is read, in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// Why a feeds.toml was not read or written. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum FeedsFileError {
    /// The program cannot write such a file.
    #[error("{0}")]
    Unfit(String),
    /// The edit does not fit into it.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// Reading or writing failed.
    #[error("cannot {deed} {}", path.display())]
    Failed {
        /// `read` or `write`.
        deed: &'static str,
        /// The file.
        path: PathBuf,
        /// The error of the system.
        #[source]
        error: io::Error,
    },
}

impl FeedsFileError {
    fn read(path: &Path, error: io::Error) -> Self {
        Self::Failed { deed: "read", path: path.to_owned(), error }
    }

    fn write(path: &Path, error: io::Error) -> Self {
        Self::Failed { deed: "write", path: path.to_owned(), error }
    }
}

/// The file; it need not be there.
#[derive(Debug)]
pub struct FeedsFile(PathBuf);

impl FeedsFile {
    /// A file that may be written.
    ///
    /// # Errors
    /// When something other than a file has that name, or it is read-only.
    pub fn new(path: PathBuf) -> Result<Self, FeedsFileError> {
        let shown = path.display();
        let unfit = |message: String| Err(FeedsFileError::Unfit(message));
        match fs::metadata(&path) {
            Ok(meta) if !meta.is_file() => unfit(format!("{shown} is not a regular file")),
            Ok(meta) if meta.permissions().readonly() => {
                unfit(format!("{shown} cannot be written: it is read-only"))
            }
            Err(_) if path.is_symlink() => unfit(format!("{shown} is a link to a file that does not exist")),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FeedsFileError::read(&path, error)),
            _ if !folder(&path).is_dir() => unfit(format!("{} is not a folder", folder(&path).display())),
            // A link stays; the file that it leads to is written.
            _ => Ok(Self(path.canonicalize().unwrap_or(path))),
        }
    }

    /// Its path, with links followed.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Its text; none if it is not there.
    ///
    /// # Errors
    /// When it cannot be read, or is larger than any honest configuration.
    pub fn read(&self) -> Result<String, FeedsFileError> {
        let file = match File::open(&self.0) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
            Err(error) => return Err(FeedsFileError::read(&self.0, error)),
        };
        let mut text = String::new();
        match file.take(MAX_BYTES + 1).read_to_string(&mut text) {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                let message = format!("{} is not UTF-8 text: save it as UTF-8", self.0.display());
                return Err(FeedsFileError::Unfit(message));
            }
            read => read.map_err(|error| FeedsFileError::read(&self.0, error))?,
        };
        if text.len() as u64 > MAX_BYTES {
            let message = format!("{} is larger than {} MiB", self.0.display(), MAX_BYTES >> 20);
            return Err(FeedsFileError::Unfit(message));
        }
        Ok(text)
    }

    /// Appends a feed to the text that the file has now, even if somebody edited it meanwhile.
    ///
    /// # Errors
    /// When the feed does not fit into the file, or the file cannot be written.
    pub fn append(&self, feed: &NewFeed) -> Result<(), FeedsFileError> {
        let failed = |error| FeedsFileError::write(&self.0, error);
        let folder = File::open(folder(&self.0)).map_err(failed)?;
        // Another writer waits; the lock ends with the file.
        folder.lock().map_err(failed)?;
        let text = append(&self.read()?, &self.0, feed)?;
        self.replace(&text).map_err(failed)
    }

    /// Replaces the file as a whole where that keeps its owner; else writes it in place.
    fn replace(&self, text: &str) -> io::Result<()> {
        let name = self.0.file_name().unwrap_or_default().to_string_lossy();
        let new = folder(&self.0).join(format!(".{name}.{}", std::process::id()));
        let made = self.write_beside(&new, text);
        match made {
            Ok(true) => fs::rename(&new, &self.0),
            Ok(false) => fs::write(&self.0, text),
            Err(error) => Err(error),
        }
        .inspect_err(|_| {
            // The unfinished copy is of no use.
            let _ = fs::remove_file(&new);
        })
    }

    /// Writes a copy with the file's mode and owner, and returns whether the copy may replace the file.
    fn write_beside(&self, new: &Path, text: &str) -> io::Result<bool> {
        let old = fs::metadata(&self.0).ok();
        if old.as_ref().is_some_and(|old| !same_when_replaced(old)) {
            return Ok(false);
        }
        let mut file = OpenOptions::new().write(true).create_new(true).open(new)?;
        if let Some(old) = &old {
            file.set_permissions(old.permissions())?;
            if keep_owner(new, old).is_err() {
                fs::remove_file(new)?;
                return Ok(false);
            }
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok(true)
    }
}

/// The folder of a file.
fn folder(file: &Path) -> &Path {
    file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether a file stays the same when another replaces it. One with several hard links does not: the other
/// names would keep the old text.
#[cfg(unix)]
fn same_when_replaced(old: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(old) == 1
}

#[cfg(not(unix))]
fn same_when_replaced(_: &fs::Metadata) -> bool {
    true
}

#[cfg(unix)]
fn keep_owner(new: &Path, old: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    std::os::unix::fs::chown(new, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &Path, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}
