//! The time that a fetch waits for this program and not for the site. It does not count against the fetch's
//! deadline.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// The least time between two looks at the clock, while a fetch waits that has nearly no time left.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The waits of one fetch, one after the other.
#[derive(Debug, Default)]
pub(super) struct WaitClock(Mutex<Waits>);

#[derive(Debug, Default)]
struct Waits {
    ended: Duration,
    /// The beginning of the wait that goes on.
    since: Option<Instant>,
}

/// A wait. It ends when this value is dropped.
pub(super) struct Wait<'c>(&'c WaitClock);

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        let mut waits = self.0.waits();
        let last = waits.since.take().map_or(Duration::ZERO, |since| since.elapsed());
        waits.ended += last;
    }
}

impl WaitClock {
    /// Begins a wait.
    pub(super) fn start(&self) -> Wait<'_> {
        self.waits().since = Some(Instant::now());
        Wait(self)
    }

    fn waits(&self) -> MutexGuard<'_, Waits> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn so_far(&self) -> Duration {
        let waits = self.waits();
        waits.ended + waits.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// The result of work that ends within a time, the waits left out. Else `None`.
    pub(super) async fn timeout<T>(&self, total: Duration, work: impl Future<Output = T>) -> Option<T> {
        let start = Instant::now();
        let mut work = pin!(work);
        let mut deadline = start + total;
        loop {
            if let Ok(done) = timeout_at(deadline, work.as_mut()).await {
                return Some(done);
            }
            let now = Instant::now();
            deadline = start + total + self.so_far();
            if deadline <= now {
                return None;
            }
            deadline = deadline.max(now + LOOK_AGAIN);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    // The clock is paused: these sleeps take no time.
    #[tokio::test(start_paused = true)]
    async fn waits_do_not_count() {
        let clock = WaitClock::default();
        let work = async {
            sleep(SECOND * 9).await;
            let wait = clock.start();
            sleep(SECOND * 600).await;
            drop(wait);
        };
        assert!(clock.timeout(SECOND * 10, work).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_around_a_wait_counts() {
        let clock = WaitClock::default();
        let start = Instant::now();
        let work = async {
            sleep(SECOND * 6).await;
            let wait = clock.start();
            sleep(SECOND * 30).await;
            drop(wait);
            sleep(SECOND * 6).await;
        };
        assert!(clock.timeout(SECOND * 10, work).await.is_none());
        assert_eq!(start.elapsed().as_secs(), 40);
    }
}
