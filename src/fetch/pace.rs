//! The pause between two requests to one site, and one request at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::{Instant, sleep_until};

/// When more sites than this are known, those whose pause is over are forgotten.
const FORGET_ABOVE: usize = 4096;

/// The pace of all sites.
#[derive(Default)]
pub(super) struct Pace {
    /// For each site the earliest moment of its next request. A request holds the lock while it runs.
    sites: StdMutex<HashMap<String, Arc<Mutex<Instant>>>>,
}

/// The right to send requests to a site. When it is dropped, the pause of the site begins.
pub(super) struct Turn {
    /// The lock of the site; `None` once the turn has ended.
    earliest_next: Option<OwnedMutexGuard<Instant>>,
    /// The pause after the turn.
    gap: Duration,
    /// The pause that robots.txt asks for.
    crawl_delay: Option<Duration>,
}

impl Pace {
    /// Waits until the site is free and its pause is over, and takes the turn.
    pub(super) async fn turn(&self, site: &str, gap: Duration) -> Turn {
        let lock = self.lock_of(site);
        let earliest_next = lock.lock_owned().await;
        sleep_until(*earliest_next).await;
        Turn { earliest_next: Some(earliest_next), gap, crawl_delay: None }
    }

    /// Waits until the turn of a site could be taken, without taking it.
    pub(super) async fn wait_until_free(&self, site: &str) {
        let earliest = *self.lock_of(site).lock().await;
        sleep_until(earliest).await;
    }

    fn lock_of(&self, site: &str) -> Arc<Mutex<Instant>> {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        if sites.len() > FORGET_ABOVE {
            let now = Instant::now();
            sites.retain(|_, lock| lock.try_lock().map_or(true, |earliest| *earliest > now));
        }
        Arc::clone(sites.entry(site.to_owned()).or_insert_with(|| Arc::new(Mutex::new(Instant::now()))))
    }
}

impl Turn {
    /// Raises the pause to the Crawl-delay of a site.
    pub(super) fn raise_gap(&mut self, crawl_delay: Option<Duration>) {
        self.crawl_delay = self.crawl_delay.max(crawl_delay);
        self.gap = self.gap.max(crawl_delay.unwrap_or_default());
    }

    /// Ends this turn and waits for the turn of another site. It never holds both: two runs that want
    /// each other's site would wait for ever.
    pub(super) async fn move_to(&mut self, pace: &Pace, site: &str) {
        self.end();
        let mut next = pace.turn(site, self.gap).await;
        self.earliest_next = next.earliest_next.take();
    }

    fn end(&mut self) {
        if let Some(mut earliest_next) = self.earliest_next.take() {
            *earliest_next = Instant::now() + self.gap;
        }
    }

    /// The longest Crawl-delay of the sites of this turn.
    pub(super) const fn crawl_delay(&self) -> Option<Duration> {
        self.crawl_delay
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn two_sites_that_redirect_to_each_other_do_not_wait_for_ever() {
        let pace = Arc::new(Pace::default());
        let gap = Duration::from_secs(2);
        let mut a = pace.turn("a.example", gap).await;
        let mut b = pace.turn("b.example", gap).await;
        let both = async { tokio::join!(a.move_to(&pace, "b.example"), b.move_to(&pace, "a.example")) };
        assert!(tokio::time::timeout(Duration::from_secs(5), both).await.is_ok());
    }

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
