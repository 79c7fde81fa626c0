//! A thread that owns a connection and runs one operation after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::database_file::DatabaseFile;
use crate::store::error::StoreError;

type Operation = Box<dyn FnOnce(&mut Connection) + Send>;

/// The thread. When this is dropped, it finishes the operations that wait and closes the connection.
pub(super) struct Worker {
    operations: Option<mpsc::Sender<Operation>>,
    thread: Option<JoinHandle<()>>,
    file: Arc<DatabaseFile>,
    purpose: Purpose,
}

/// The operations that a thread is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// They only read. They go on while the file is not in place: what is served stays served.
    Reading,
    /// They write. None is begun while the file is not in place.
    Writing,
}

impl Worker {
    pub(super) fn start(
        name: &str,
        mut connection: Connection,
        file: Arc<DatabaseFile>,
        purpose: Purpose,
    ) -> Result<Self, StoreError> {
        let (operations, queue) = mpsc::channel::<Operation>();
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .stack_size(512 * 1024)
            .spawn(move || {
                for operation in queue {
                    operation(&mut connection);
                }
            })
            .map_err(|e| StoreError::Failed(format!("no thread for the database: {e}")))?;
        Ok(Self { operations: Some(operations), thread: Some(thread), file, purpose })
    }

    /// Runs an operation on the thread. It runs to its end even if the caller stops waiting.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, wait) = oneshot::channel();
        let file = Arc::clone(&self.file);
        let purpose = self.purpose;
        let boxed: Operation = Box::new(move |connection| {
            // A panic ends the operation, not the store. The transaction was rolled back when it was dropped.
            let done =
                catch_unwind(AssertUnwindSafe(|| carried_out(&file, purpose, || operation(connection))));
            // An error means that the caller has stopped waiting; the operation is done all the same.
            let _ = answer.send(done);
        });
        let sender = self.operations.as_ref().ok_or(StoreError::Closed)?;
        sender.send(boxed).map_err(|_| StoreError::Closed)?;
        match wait.await.map_err(|_| StoreError::Closed)? {
            Ok(done) => done,
            Err(_) => Err(StoreError::Failed("a panic; the log has its place".to_owned())),
        }
    }
}

/// Does an operation, if the file is in place for it, and remembers how it ended.
fn carried_out<T>(
    file: &DatabaseFile,
    purpose: Purpose,
    operation: impl FnOnce() -> rusqlite::Result<T>,
) -> Result<T, StoreError> {
    let writes = purpose == Purpose::Writing;
    if writes {
        file.check_in_place()?;
    }
    let value = operation().map_err(|error| file.failed(&error, writes))?;
    if writes {
        file.succeeded();
    }
    Ok(value)
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.operations.take());
        if let Some(thread) = self.thread.take() {
            // Panics of operations are caught, so there is nothing to report.
            let _ = thread.join();
        }
    }
}
