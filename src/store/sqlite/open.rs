//! Opens the database: settings of the connections, and migrations of the schema.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::error::store_error;
use super::quick_check::damage;
use crate::store::error::StoreError;

/// The steps of the schema. The database keeps the number of applied steps in `user_version`.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001.sql"),
    include_str!("../migrations/0002.sql"),
    include_str!("../migrations/0003.sql"),
    include_str!("../migrations/0004.sql"),
    include_str!("../migrations/0005.sql"),
    include_str!("../migrations/0006.sql"),
    include_str!("../migrations/0007.sql"),
    include_str!("../migrations/0008.sql"),
    include_str!("../migrations/0009.sql"),
    include_str!("../migrations/0010.sql"),
];

/// Marks a file as a database of feedbridge: `FdBr` in ASCII.
const APPLICATION_ID: i64 = 0x4664_4272;

/// Prepared statements that are cached. That is more than there are, so each is parsed once for a
/// connection.
const CACHED_STATEMENTS: usize = 96;

/// How long a connection waits for a lock of another program.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens the connection that writes, and brings the schema up to date.
pub(super) fn writer(file: &Path) -> Result<Connection, StoreError> {
    if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| no_folder(folder, &error))?;
    }
    refuse_log_without_file(file)?;
    warn_of_empty_file(file);
    let failed = |e: rusqlite::Error| cannot_open(file, &e);
    let mut connection = Connection::open(file).map_err(failed)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    let version = schema_version(&connection, file)?;
    if let Some(reason) = damage(&connection).map_err(failed)? {
        return Err(StoreError::Damaged { file: file.display().to_string(), reason });
    }
    connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
    connection.pragma_update(None, "journal_size_limit", 16 * 1024 * 1024).map_err(failed)?;
    connection.pragma_update(None, "cache_size", -1024).map_err(failed)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    migrate(&mut connection, version).map_err(failed)?;
    Ok(connection)
}

/// Refuses a database that is gone or empty while its write-ahead log is there. SQLite would take the file as a
/// new one and empty the log. The log may be that of a daemon that still runs, and hold all that it has written.
fn refuse_log_without_file(file: &Path) -> Result<(), StoreError> {
    let has_log = length(&log_of(file)).is_some_and(|bytes| bytes > 0);
    let is_missing = match std::fs::metadata(file) {
        Ok(found) => found.is_file() && found.len() == 0,
        Err(error) => error.kind() == ErrorKind::NotFound,
    };
    if has_log && is_missing {
        Err(StoreError::LogAlone { file: file.display().to_string() })
    } else {
        Ok(())
    }
}

/// The write-ahead log of a database. It stands beside the file itself, not beside a link to it.
pub(super) fn log_of(file: &Path) -> PathBuf {
    let itself = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let mut name = itself.into_os_string();
    name.push("-wal");
    name.into()
}

/// Warns of a file without content: it is taken as a new database, and may have been cut off by mistake.
fn warn_of_empty_file(file: &Path) {
    if length(file) == Some(0) {
        tracing::warn!("the database {} is an empty file: it is taken as a new one", file.display());
    }
}

/// The length of a file in bytes; `None` if there is no such file.
fn length(file: &Path) -> Option<u64> {
    std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file).map(|found| found.len())
}

/// Opens a connection that cannot write.
pub(super) fn reader(file: &Path) -> Result<Connection, StoreError> {
    refuse_log_without_file(file)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || {
        let connection = Connection::open_with_flags(file, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "cache_size", -1024)?;
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        Ok(connection)
    };
    open().map_err(|e: rusqlite::Error| cannot_open(file, &e))
}

/// Opens an existing database for reading. Nothing is migrated, as another program may be serving from
/// it.
pub(super) fn read_only(file: &Path) -> Result<Connection, StoreError> {
    let connection = reader(file)?;
    let found = schema_version(&connection, file)?;
    if usize::try_from(found) != Ok(MIGRATIONS.len()) {
        return Err(unusable(
            file,
            "its schema is of an older version; `feedbridge serve` brings it up to date",
        ));
    }
    Ok(connection)
}

/// Opens an existing database for copying it, of whatever earlier version. The caller writes only to another
/// file: `query_only` would forbid that, too.
pub(super) fn copied(file: &Path) -> Result<Connection, StoreError> {
    let connection = reader(file)?;
    schema_version(&connection, file)?;
    connection.pragma_update(None, "query_only", false).map_err(|e| unusable(file, &e.to_string()))?;
    Ok(connection)
}

/// The schema version of the file. It is checked before anything is written to the file.
fn schema_version(connection: &Connection, file: &Path) -> Result<i64, StoreError> {
    let read = |name: &str| {
        connection
            .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
            .map_err(|e| cannot_open(file, &e))
    };
    let version = read("user_version")?;
    let application = read("application_id")?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(|e| cannot_open(file, &e))?;
    if tables > 0 && application != APPLICATION_ID {
        return Err(unusable(file, "it is a database of another program"));
    }
    if version > known {
        return Err(StoreError::NewerSchema { file: file.display().to_string(), found: version, known });
    }
    Ok(version)
}

/// Applies the steps that the database does not have yet.
fn migrate(connection: &mut Connection, version: i64) -> rusqlite::Result<()> {
    let applied = usize::try_from(version).unwrap_or(0);
    if applied == MIGRATIONS.len() {
        return Ok(());
    }
    // An immediate transaction, and the version read again inside it: of two programs that start at once
    // only one migrates.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let applied_now: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for step in MIGRATIONS.iter().skip(usize::try_from(applied_now).unwrap_or(0)) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX))?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.commit()
}

fn unusable(file: &Path, reason: &str) -> StoreError {
    StoreError::Unusable { file: file.display().to_string(), reason: reason.to_owned() }
}

/// The error of a folder that could not be made.
fn no_folder(folder: &Path, error: &std::io::Error) -> StoreError {
    StoreError::NoFolder { folder: folder.display().to_string(), reason: error.to_string() }
}

/// The error of a database that could not be opened. A file that was never a database is not a damaged one.
fn cannot_open(file: &Path, error: &rusqlite::Error) -> StoreError {
    let is_database = error.sqlite_error_code() != Some(ErrorCode::NotADatabase);
    match store_error(error, file) {
        known @ (StoreError::Damaged { .. } | StoreError::Full { .. } | StoreError::Busy { .. })
            if is_database =>
        {
            known
        }
        _ => unusable(file, &error.to_string()),
    }
}
