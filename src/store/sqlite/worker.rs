//! A thread that owns a connection and does one deed after the other.

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
            // Nobody listens any more: the deed is done all the same.
            let _ = answer.send(deed(connection));
        });
        let sender = self.deeds.as_ref().ok_or(StoreError::Closed)?;
        sender.send(boxed).map_err(|_| StoreError::Closed)?;
        let done = wait.await.map_err(|_| StoreError::Closed)?;
        done.map_err(|e| StoreError::Failed(e.to_string()))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.deeds.take());
        if let Some(thread) = self.thread.take() {
            // A panic in the thread was reported by the deed that caused it.
            let _ = thread.join();
        }
    }
}
