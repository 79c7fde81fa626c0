//! A bounded look for damage in a database that is being opened.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

/// The longest time for the look. A database of some hundred megabytes is read in it; of a larger one, what
/// was not read is taken to be whole until a reading operation fails.
const WITHIN: Duration = Duration::from_secs(2);

/// The answer of the check for a database that is whole.
const WHOLE: &str = "ok";

/// The first damage in the structure of the database, in the words of SQLite; `None` if none was found in time.
///
/// # Errors
/// When a page is so broken that the check itself fails.
pub(super) fn damage(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let interrupt = connection.get_interrupt_handle();
    let (ended, end) = mpsc::channel::<()>();
    let checked = thread::scope(|scope| {
        let watch = move || {
            if end.recv_timeout(WITHIN) == Err(RecvTimeoutError::Timeout) {
                interrupt.interrupt();
            }
        };
        // Without a thread the check would have no bound, so there is none.
        thread::Builder::new().spawn_scoped(scope, watch).ok()?;
        let checked = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
        // This ends the thread.
        drop(ended);
        Some(checked)
    });
    match checked {
        None => Ok(None),
        Some(Ok(answer)) if answer == WHOLE => Ok(None),
        // The first line only names the database.
        Some(Ok(answer)) => Ok(Some(answer.lines().last().unwrap_or_default().to_owned())),
        Some(Err(error)) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => Ok(None),
        Some(Err(error)) => Err(error),
    }
}
