//! The pool for parsing and rendering. Its work runs on tokio's threads for blocking work, so that the async
//! workers are never blocked.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// The pool. Clones share its permits.
#[derive(Debug, Clone)]
pub struct CpuPool {
    permits: Arc<Semaphore>,
}

/// The work panicked. Holds the text of the panic, or a few words where there is none.
#[derive(Debug, Clone, thiserror::Error)]
#[error("a panic: {0}")]
pub struct Panicked(pub String);

impl CpuPool {
    /// A pool that runs at most `threads` pieces of work at a time.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(threads.max(1))) }
    }

    /// Runs work on the pool.
    ///
    /// The permit moves into the closure. Work whose caller has given up still holds its permit, so
    /// that abandoned work cannot pile up.
    ///
    /// # Errors
    /// When the work panics.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Panicked> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.map_err(|error| Panicked(panic_text(error)))
    }
}

fn panic_text(error: tokio::task::JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else { return "the work was cancelled".to_owned() };
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a text".to_owned())
}
