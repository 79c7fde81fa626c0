//! A thread that owns a connection and runs one operation after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::store::error::StoreError;

type Operation = Box<dyn FnOnce(&mut Connection) + Send>;

/// The thread. When this is dropped, it finishes the operations that wait and closes the connection.
pub(super) struct Worker {
    operations: Option<mpsc::Sender<Operation>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    pub(super) fn start(name: &str, mut connection: Connection) -> Result<Self, StoreError> {
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
        Ok(Self { operations: Some(operations), thread: Some(thread) })
    }

    /// Runs an operation on the thread. It runs to its end even if the caller stops waiting.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, wait) = oneshot::channel();
        let boxed: Operation = Box::new(move |connection| {
            // A panic ends the operation, not the store. The transaction was rolled back when it was dropped.
            let done = catch_unwind(AssertUnwindSafe(|| operation(connection)));
            // An error means that the caller has stopped waiting; the operation is done all the same.
            let _ = answer.send(done);
        });
        let sender = self.operations.as_ref().ok_or(StoreError::Closed)?;
        sender.send(boxed).map_err(|_| StoreError::Closed)?;
        match wait.await.map_err(|_| StoreError::Closed)? {
            Ok(done) => done.map_err(|e| StoreError::Failed(e.to_string())),
            Err(_) => Err(StoreError::Failed("a panic; the log has its place".to_owned())),
        }
    }
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
