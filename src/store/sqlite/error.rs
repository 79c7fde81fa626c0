//! Errors of SQLite as errors of the store.

use std::path::Path;

use rusqlite::{ErrorCode, ffi};

use crate::store::error::StoreError;

/// Failures of a file to grow that SQLite does not call a full disk: quotas and limits of file sizes.
const CANNOT_GROW: [i32; 2] = [ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_IOERR_SHMSIZE];

/// The error of an operation on the database.
pub(super) fn store_error(error: &rusqlite::Error, file: &Path) -> StoreError {
    let reason = error.to_string();
    let Some(failure) = error.sqlite_error() else { return StoreError::Failed(reason) };
    let file = file.display().to_string();
    if failure.code == ErrorCode::DiskFull || CANNOT_GROW.contains(&failure.extended_code) {
        return StoreError::Full { file, reason };
    }
    if failure.extended_code == ffi::SQLITE_READONLY_DBMOVED {
        return StoreError::Gone { file };
    }
    match failure.code {
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Damaged { file, reason },
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy { file, reason },
        _ => StoreError::Failed(reason),
    }
}

/// Whether nothing can be written while this error lasts. Others, such as a broken constraint, are of one
/// operation.
pub(super) fn stops_writing(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(
        code,
        Some(
            ErrorCode::DiskFull
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::SystemIoFailure
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(code: i32) -> StoreError {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        store_error(&error, Path::new("x.db"))
    }

    #[test]
    fn kinds_are_told_apart() {
        for full in [ffi::SQLITE_FULL, ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_IOERR_SHMSIZE] {
            assert!(matches!(error_of(full), StoreError::Full { .. }), "{full}");
        }
        for damaged in [ffi::SQLITE_CORRUPT, ffi::SQLITE_NOTADB] {
            assert!(matches!(error_of(damaged), StoreError::Damaged { .. }), "{damaged}");
        }
        assert!(matches!(error_of(ffi::SQLITE_BUSY), StoreError::Busy { .. }));
        assert!(matches!(error_of(ffi::SQLITE_READONLY_DBMOVED), StoreError::Gone { .. }));
        for other in [ffi::SQLITE_CONSTRAINT, ffi::SQLITE_READONLY, ffi::SQLITE_IOERR] {
            assert!(matches!(error_of(other), StoreError::Failed(_)), "{other}");
        }
    }
}
