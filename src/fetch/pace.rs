//! Waiting between requests to one site, and one request at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::{Instant, sleep_until};

/// Sites that rest are forgotten when there are more than this.
const FORGET_AT: usize = 4096;

/// The pace of all sites.
#[derive(Default)]
pub(super) struct Pace {
    sites: StdMutex<HashMap<String, Arc<Mutex<Instant>>>>,
}

/// The right to send requests to a site; dropped, the site rests.
pub(super) struct Turn {
    earliest_next: OwnedMutexGuard<Instant>,
    gap: Duration,
    asked: Option<Duration>,
}

impl Pace {
    /// Waits for this site's turn.
    pub(super) async fn turn(&self, site: &str, gap: Duration) -> Turn {
        let lock = self.lock_of(site);
        let earliest_next = lock.lock_owned().await;
        sleep_until(*earliest_next).await;
        Turn { earliest_next, gap, asked: None }
    }

    fn lock_of(&self, site: &str) -> Arc<Mutex<Instant>> {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        if sites.len() > FORGET_AT {
            let now = Instant::now();
            sites.retain(|_, lock| lock.try_lock().map_or(true, |earliest| *earliest > now));
        }
        Arc::clone(sites.entry(site.to_owned()).or_insert_with(|| Arc::new(Mutex::new(Instant::now()))))
    }
}

impl Turn {
    /// A site that asks for more time gets it.
    pub(super) fn widen(&mut self, asked: Option<Duration>) {
        self.asked = self.asked.max(asked);
        self.gap = self.gap.max(asked.unwrap_or_default());
    }

    /// The time that the site asked for, if it did.
    pub(super) const fn asked(&self) -> Option<Duration> {
        self.asked
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.earliest_next = Instant::now() + self.gap;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn two_requests_to_one_site_are_apart() {
        let pace = Pace::default();
        let start = Instant::now();
        drop(pace.turn("example.org", Duration::from_secs(2)).await);
        drop(pace.turn("example.net", Duration::from_secs(2)).await);
        assert!(start.elapsed() < Duration::from_millis(10));
        drop(pace.turn("example.org", Duration::from_secs(2)).await);
        assert!(start.elapsed() >= Duration::from_secs(2));
    }
}
