//! The file of the open database: whether its path still leads to it, and its last failures.

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::error::{stops_writing, store_error};
use super::open::log_of;
use crate::store::error::StoreError;

/// After this time without another failure to write, the last one is forgotten. It is longer than the time
/// for which a run whose end could not be written holds its feed by default.
const FORGET_AFTER: Duration = Duration::from_secs(300);

/// The file of the open database.
pub(super) struct DatabaseFile {
    path: PathBuf,
    /// Device and inode of the open file; `None` if they could not be read.
    identity: Option<(u64, u64)>,
    failures: Mutex<LastFailures>,
}

#[derive(Default)]
struct LastFailures {
    /// A damaged part stays damaged.
    damaged: Option<StoreError>,
    /// The last failure to write, and when it was.
    writing: Option<(Instant, StoreError)>,
}

impl DatabaseFile {
    /// The file that was just opened by this path.
    pub(super) fn opened(path: &Path) -> Self {
        let identity = std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
        Self { path: path.to_owned(), identity, failures: Mutex::default() }
    }

    /// Fails if the path leads to another file than the open one, or to none. What is written to an open file
    /// without a name is lost at the end of the process.
    pub(super) fn check_in_place(&self) -> Result<(), StoreError> {
        let Some(identity) = self.identity else { return Ok(()) };
        let is_gone = match std::fs::metadata(&self.path) {
            Ok(found) => (found.dev(), found.ino()) != identity,
            // Another error, such as a missing permission, says nothing about the file.
            Err(error) => error.kind() == ErrorKind::NotFound,
        };
        if is_gone { Err(StoreError::Gone { file: self.path.display().to_string() }) } else { Ok(()) }
    }

    /// Remembers a failed operation, and gives the store's error for it.
    pub(super) fn failed(&self, error: &rusqlite::Error, was_writing: bool) -> StoreError {
        let failure = store_error(error, &self.path);
        let mut failures = self.lock();
        if matches!(failure, StoreError::Damaged { .. }) {
            failures.damaged = Some(failure.clone());
        } else if was_writing && stops_writing(error) {
            failures.writing = Some((Instant::now(), failure.clone()));
        }
        drop(failures);
        failure
    }

    /// An operation of the writer succeeded. On a full disk small ones still do, in pages that are there
    /// already.
    pub(super) fn succeeded(&self) {
        let mut failures = self.lock();
        failures.writing.take_if(|(_, failure)| !matches!(failure, StoreError::Full { .. }));
    }

    /// The end of a run was written, so there is space.
    pub(super) fn has_grown(&self) {
        self.lock().writing = None;
    }

    /// Fails if the file is damaged, not in place, or could not be written of late.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        if let Some(damaged) = self.lock().damaged.clone() {
            return Err(damaged);
        }
        self.check_in_place()?;
        let mut failures = self.lock();
        failures.writing.take_if(|(at, _)| at.elapsed() > FORGET_AFTER);
        failures.writing.as_ref().map_or(Ok(()), |(_, failure)| Err(failure.clone()))
    }

    /// The bytes of the file and of its write-ahead log. A file that cannot be seen counts as empty.
    pub(super) fn size(&self) -> u64 {
        let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |found| found.len());
        bytes(&self.path) + bytes(&log_of(&self.path))
    }

    fn lock(&self) -> MutexGuard<'_, LastFailures> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    fn error_of(code: i32) -> rusqlite::Error {
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("feedbridge-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_full_disk_is_remembered_until_a_run_was_written() {
        let folder = folder("full");
        let path = folder.join("t.db");
        std::fs::write(&path, "").unwrap();
        let file = DatabaseFile::opened(&path);
        assert!(file.check().is_ok());
        let _ = file.failed(&error_of(ffi::SQLITE_FULL), true);
        file.succeeded();
        assert!(matches!(file.check(), Err(StoreError::Full { .. })), "small writes go on succeeding");
        file.has_grown();
        assert!(file.check().is_ok());
        let _ = file.failed(&error_of(ffi::SQLITE_BUSY), true);
        assert!(matches!(file.check(), Err(StoreError::Busy { .. })));
        file.succeeded();
        assert!(file.check().is_ok());
        let _ = file.failed(&error_of(ffi::SQLITE_CONSTRAINT), true);
        assert!(file.check().is_ok(), "an error of one operation is not one of the file");
        let _ = file.failed(&error_of(ffi::SQLITE_CORRUPT), false);
        file.succeeded();
        file.has_grown();
        assert!(matches!(file.check(), Err(StoreError::Damaged { .. })), "damage stays");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_size_is_that_of_the_file_and_its_log() {
        let folder = folder("size");
        let path = folder.join("t.db");
        let file = DatabaseFile::opened(&path);
        assert_eq!(file.size(), 0);
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(file.size(), 5);
        std::fs::write(folder.join("t.db-wal"), "123").unwrap();
        assert_eq!(file.size(), 8);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_file_that_is_not_in_place_is_noticed_and_one_that_comes_back_too() {
        let folder = folder("gone");
        let path = folder.join("t.db");
        let away = folder.join("away.db");
        std::fs::write(&path, "one").unwrap();
        let file = DatabaseFile::opened(&path);
        std::fs::write(&path, "written again, and still the same file").unwrap();
        assert!(file.check_in_place().is_ok());
        std::fs::rename(&path, &away).unwrap();
        assert!(matches!(file.check_in_place(), Err(StoreError::Gone { .. })), "deleted");
        std::fs::write(&path, "another").unwrap();
        assert!(matches!(file.check_in_place(), Err(StoreError::Gone { .. })), "replaced");
        std::fs::rename(&away, &path).unwrap();
        assert!(file.check_in_place().is_ok());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
