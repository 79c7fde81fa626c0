//! A copy of a database that is in use.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::open;
use crate::store::error::StoreError;

/// Copies a database into an empty file, reads the copy again, and returns the number of its items.
pub(super) fn back_up(database: &Path, copy: &Path) -> Result<u64, StoreError> {
    let connection = open::copied(database)?;
    let name = copy
        .to_str()
        .ok_or_else(|| StoreError::Failed(format!("{} is not a name in UTF-8", copy.display())))?;
    // It reads in one transaction, and in WAL mode a reader stops no writer.
    connection
        .execute("VACUUM INTO ?1", [name])
        .map_err(|e| StoreError::Failed(format!("it was not copied: {e}")))?;
    let (verdict, items) =
        read_again(copy).map_err(|e| StoreError::Failed(format!("the copy cannot be read: {e}")))?;
    if verdict != "ok" {
        return Err(StoreError::Failed(format!("the copy is not in order: {verdict}")));
    }
    Ok(u64::try_from(items).unwrap_or(0))
}

/// The first word of SQLite's check of a copy, `ok` if all is well, and the number of its items without
/// tombstones.
fn read_again(copy: &Path) -> rusqlite::Result<(String, i64)> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(copy, flags)?;
    let verdict = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    let items = connection.query_row("SELECT count(*) FROM items WHERE pruned = 0", [], |row| row.get(0))?;
    Ok((verdict, items))
}
