//! robots.txt of every origin, fetched once a day (RFC 9309 section 2.4).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use super::robots::Robots;

/// How long a robots.txt is believed.
const FRESH: Duration = Duration::from_secs(24 * 3600);
/// How long "could not be had" is believed: short, as nothing is allowed meanwhile.
const UNREACHABLE: Duration = Duration::from_secs(300);
/// Bytes of wishes that are remembered, and what each takes besides its patterns.
const MAX_BYTES: usize = 16 << 20;
const EACH_BYTES: usize = 512;

/// What is known of an origin's wishes.
#[derive(Clone)]
pub(super) enum Wishes {
    /// It answered (or has none, and allows everything).
    Known(Arc<Robots>),
    /// It could not be had: nothing is allowed (RFC 9309 section 2.3.1.4). The sentence says why.
    Unreachable(String),
}

/// The wishes of all origins, per agent.
#[derive(Default)]
pub(super) struct RobotsCache {
    origins: Mutex<HashMap<(String, String), Remembered>>,
}

struct Remembered {
    wishes: Wishes,
    until: Instant,
    bytes: usize,
}

impl RobotsCache {
    pub(super) fn get(&self, url: &Url, agent: &str) -> Option<Wishes> {
        let origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        let known = origins.get(&key(url, agent))?;
        (known.until > Instant::now()).then(|| known.wishes.clone())
    }

    pub(super) fn put(&self, url: &Url, agent: &str, wishes: Wishes) {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let (fresh, patterns) = match &wishes {
            Wishes::Known(robots) => (FRESH, robots.bytes()),
            Wishes::Unreachable(_) => (UNREACHABLE, 0),
        };
        let remembered = Remembered { wishes, until: now + fresh, bytes: patterns + EACH_BYTES };
        origins.insert(key(url, agent), remembered);
        if origins.values().map(|r| r.bytes).sum::<usize>() > MAX_BYTES {
            forget_half(&mut origins);
        }
    }
}

/// Forgets what ends soonest, half of it.
fn forget_half(origins: &mut HashMap<(String, String), Remembered>) {
    let mut ends: Vec<Instant> = origins.values().map(|r| r.until).collect();
    ends.sort_unstable();
    let middle = ends[ends.len() / 2];
    origins.retain(|_, r| r.until > middle);
}

fn key(url: &Url, agent: &str) -> (String, String) {
    (url.origin().ascii_serialization(), agent.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_with_endless_origins_fills_no_memory() {
        let cache = RobotsCache::default();
        let file = "User-agent: *\n".to_owned() + &"Disallow: /a-path-that-is-long/\n".repeat(10_000);
        let wishes = Wishes::Known(Arc::new(Robots::parse(file.as_bytes(), "feedbridge")));
        let url = |i: usize| Url::parse(&format!("https://r{i}.example.org/")).expect("an address");
        for i in 0..200 {
            cache.put(&url(i), "feedbridge", wishes.clone());
        }
        let bytes: usize = cache.origins.lock().expect("not poisoned").values().map(|r| r.bytes).sum();
        assert!(bytes <= MAX_BYTES, "{bytes}");
        assert!(cache.get(&url(199), "feedbridge").is_some() || cache.get(&url(198), "feedbridge").is_some());
    }
}
