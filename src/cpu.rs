//! A pool for parsing or rendering. Its work runs on tokio's threads for blocking work, so that the async
//! workers are never blocked.
//!
//! A thread cannot be stopped. Work that outlives its deadline is counted, and another thread takes its place,
//! up to a bound: then a pool that is full of such work does no more, instead of taking all of the machine.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;

/// Most pieces of work whose place another may take at a time.
const MAX_REPLACED: usize = 4;

/// The pool. Clones share its permits.
#[derive(Debug, Clone)]
pub struct CpuPool {
    permits: Arc<Semaphore>,
    /// The turn of work that takes much memory: one at a time.
    large: Arc<Semaphore>,
    /// Work that has outlived its deadline, and runs still.
    overdue: Arc<AtomicUsize>,
}

/// Why there is no result of a piece of work.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NoResult {
    /// The work panicked. Holds the text of the panic, or a few words where there is none.
    #[error("a panic: {0}")]
    Panicked(String),
    /// The work took longer than this, and runs still.
    #[error("the work took longer than {} s", .0.as_secs())]
    Overdue(Duration),
}

/// The permit of a piece of work: in its place as long as the work runs or its deadline has not passed.
type PermitSlot = Arc<Mutex<Option<OwnedSemaphorePermit>>>;

/// Leaves the place at the end of the work, also when it panics.
struct Leave {
    place: PermitSlot,
    overdue: Arc<AtomicUsize>,
    /// Waits for the deadline, if there is one.
    watcher: Option<AbortHandle>,
}

impl Drop for Leave {
    fn drop(&mut self) {
        if let Some(watcher) = &self.watcher {
            watcher.abort();
        }
        let permit = self.place.lock().unwrap_or_else(PoisonError::into_inner).take();
        if permit.is_none() {
            self.overdue.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl CpuPool {
    /// A pool that runs at most `threads` pieces of work at a time.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(threads.max(1))),
            large: Arc::new(Semaphore::new(1)),
            overdue: Arc::default(),
        }
    }

    /// The number of pieces of work that have outlived their deadline and run still.
    #[must_use]
    pub fn overdue(&self) -> usize {
        self.overdue.load(Ordering::Relaxed)
    }

    /// Waits for the turn of work that takes much memory. The turn ends when the permit is dropped.
    pub async fn large_turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.large).acquire_owned().await.ok()
    }

    /// Runs work on the pool to its end.
    ///
    /// # Errors
    /// [`NoResult::Panicked`].
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NoResult> {
        self.run_within(Duration::MAX, work).await
    }

    /// Runs work on the pool, and waits for it until a deadline. The time that the work waits for its turn does
    /// not count.
    ///
    /// The permit moves into the closure. Work whose caller has given up still holds its permit, so that
    /// abandoned work cannot pile up. Its deadline still holds, too.
    ///
    /// # Errors
    /// When the work panics, or takes longer.
    pub async fn run_within<T: Send + 'static>(
        &self,
        deadline: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NoResult> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok();
        let place: PermitSlot = Arc::new(Mutex::new(permit));
        let watcher = (deadline < Duration::MAX).then(|| self.watch(deadline, &place));
        let leave = Leave { place: Arc::clone(&place), overdue: Arc::clone(&self.overdue), watcher };
        let done = tokio::task::spawn_blocking(move || {
            let _leave = leave;
            work()
        });
        match tokio::time::timeout(deadline, done).await {
            Ok(done) => done.map_err(|error| NoResult::Panicked(panic_text(error))),
            Err(_) => {
                // The watcher does it too, but perhaps a moment later.
                self.replace(&place);
                Err(NoResult::Overdue(deadline))
            }
        }
    }

    /// Starts a task that replaces a piece of work at its deadline, whether or not its caller waits still.
    fn watch(&self, deadline: Duration, place: &PermitSlot) -> AbortHandle {
        let pool = self.clone();
        let place = Arc::clone(place);
        let watcher = tokio::spawn(async move {
            tokio::time::sleep(deadline).await;
            pool.replace(&place);
        });
        watcher.abort_handle()
    }

    /// Lets other work take the place of work that is overdue.
    fn replace(&self, place: &PermitSlot) {
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        if place.is_some() && self.overdue() < MAX_REPLACED {
            self.overdue.fetch_add(1, Ordering::Relaxed);
            *place = None;
        }
    }
}

fn panic_text(error: tokio::task::JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else { return "the work was cancelled".to_owned() };
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a text".to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn overdue_work_is_replaced_up_to_a_bound() {
        let pool = CpuPool::new(1);
        let mut ends = Vec::new();
        for _ in 0..MAX_REPLACED {
            let (end, wait) = mpsc::channel::<()>();
            ends.push(end);
            let stuck = pool.run_within(Duration::from_millis(5), move || wait.recv().is_ok()).await;
            assert!(matches!(stuck, Err(NoResult::Overdue(_))));
        }
        assert_eq!(pool.overdue(), MAX_REPLACED);
        assert_eq!(pool.run(|| 7).await.expect("a result"), 7);
        let (last_end, wait) = mpsc::channel::<()>();
        let stuck = pool.run_within(Duration::from_millis(5), move || wait.recv().is_ok()).await;
        assert!(matches!(stuck, Err(NoResult::Overdue(_))));
        // One more keeps its place: the pool is full until work ends.
        let waiting = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(|| 8).await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(last_end);
        assert_eq!(waiting.await.expect("joined").expect("a result"), 8);
        drop(ends);
    }

    #[tokio::test]
    async fn overdue_work_is_replaced_though_its_caller_has_given_up() {
        let pool = CpuPool::new(1);
        let (end, wait) = mpsc::channel::<()>();
        let work = pool.run_within(Duration::from_millis(30), move || wait.recv().is_ok());
        assert!(tokio::time::timeout(Duration::from_millis(5), work).await.is_err());
        assert_eq!(pool.run(|| 7).await.expect("a result"), 7);
        assert_eq!(pool.overdue(), 1);
        drop(end);
    }

    #[tokio::test]
    async fn a_panic_gives_its_place_back() {
        let pool = CpuPool::new(1);
        let failed = pool.run(|| panic!("low tide")).await;
        assert!(matches!(failed, Err(NoResult::Panicked(text)) if text == "low tide"));
        assert_eq!(pool.overdue(), 0);
        assert_eq!(pool.run(|| 7).await.expect("a result"), 7);
    }
}
