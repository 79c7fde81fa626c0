//! A thread that owns a connection and does one deed after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::store::StoreError;

type Deed = Box<dyn FnOnce(&mut Connection) + Send>;

/// The thread; dropped, it finishes what it was asked and closes the connection.
pub(super) struct Worker {
    deeds: Option<mpsc::Sender<Deed>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    pub(super) fn start(name: &str, mut connection: Connection) -> Result<Self, StoreError> {
        let (deeds, queue) = mpsc::channel::<Deed>();
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .stack_size(512 * 1024)
            .spawn(move || {
                for deed in queue {
                    deed(&mut connection);
                }
            })
            .map_err(|e| StoreError::Failed(format!("no thread for the database: {e}")))?;
        Ok(Self { deeds: Some(deeds), thread: Some(thread) })
    }

    /// Does a deed on the thread. It is done even if the caller stops waiting.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        deed: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, wait) = oneshot::channel();
        let boxed: Deed = Box::new(move |connection| {
            // A panic ends the deed, not the store; its transaction was rolled back when it was dropped.
            let done = catch_unwind(AssertUnwindSafe(|| deed(connection)));
            // Nobody listens any more: the deed is done all the same.
            let _ = answer.send(done);
        });
        let sender = self.deeds.as_ref().ok_or(StoreError::Closed)?;
        sender.send(boxed).map_err(|_| StoreError::Closed)?;
        match wait.await.map_err(|_| StoreError::Closed)? {
            Ok(done) => done.map_err(|e| StoreError::Failed(e.to_string())),
            Err(_) => Err(StoreError::Failed("a panic; the log has its place".to_owned())),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.deeds.take());
        if let Some(thread) = self.thread.take() {
            // Deeds catch their panics: there is nothing to report.
            let _ = thread.join();
        }
    }
}
