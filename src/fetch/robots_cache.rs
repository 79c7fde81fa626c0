//! robots.txt of every origin, fetched once a day (RFC 9309 section 2.4).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use super::robots::Robots;

/// How long a robots.txt is cached.
const KNOWN_FOR: Duration = Duration::from_secs(24 * 3600);
/// How long a failure is cached. The time is short, as nothing is allowed meanwhile.
const UNREACHABLE_FOR: Duration = Duration::from_secs(300);
/// Cap on the memory of all cached policies.
const MAX_BYTES: usize = 16 << 20;
/// Memory of a cached policy besides its patterns.
const ENTRY_BYTES: usize = 512;

/// The rules of an origin for one agent.
#[derive(Clone)]
pub(super) enum RobotsPolicy {
    /// The file was read, or there is none, which allows everything.
    Known(Arc<Robots>),
    /// The file could not be read, so nothing is allowed (RFC 9309 section 2.3.1.4). The sentence says
    /// why.
    Unreachable(String),
}

/// An origin, and a product token in lower case.
type CacheKey = (String, String);

/// The policies of all origins, for each agent.
#[derive(Default)]
pub(super) struct RobotsCache {
    policies: Mutex<HashMap<CacheKey, CachedPolicy>>,
}

struct CachedPolicy {
    policy: RobotsPolicy,
    expires: Instant,
    bytes: usize,
}

impl RobotsCache {
    /// The policy of the address's origin, if it is cached and has not expired.
    pub(super) fn get(&self, url: &Url, agent: &str) -> Option<RobotsPolicy> {
        let policies = self.policies.lock().unwrap_or_else(PoisonError::into_inner);
        let cached = policies.get(&cache_key(url, agent))?;
        (cached.expires > Instant::now()).then(|| cached.policy.clone())
    }

    /// Caches the policy of the address's origin.
    pub(super) fn put(&self, url: &Url, agent: &str, policy: RobotsPolicy) {
        let mut policies = self.policies.lock().unwrap_or_else(PoisonError::into_inner);
        let (lifetime, pattern_bytes) = match &policy {
            RobotsPolicy::Known(robots) => (KNOWN_FOR, robots.bytes()),
            RobotsPolicy::Unreachable(_) => (UNREACHABLE_FOR, 0),
        };
        let expires = Instant::now() + lifetime;
        let cached = CachedPolicy { policy, expires, bytes: pattern_bytes + ENTRY_BYTES };
        policies.insert(cache_key(url, agent), cached);
        if policies.values().map(|p| p.bytes).sum::<usize>() > MAX_BYTES {
            evict_half(&mut policies);
        }
    }
}

/// Removes the half of the policies that expires first.
fn evict_half(policies: &mut HashMap<CacheKey, CachedPolicy>) {
    let mut expiries: Vec<Instant> = policies.values().map(|p| p.expires).collect();
    expiries.sort_unstable();
    let median = expiries[expiries.len() / 2];
    policies.retain(|_, p| p.expires > median);
}

fn cache_key(url: &Url, agent: &str) -> CacheKey {
    (url.origin().ascii_serialization(), agent.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_with_endless_origins_fills_no_memory() {
        let cache = RobotsCache::default();
        let file = "User-agent: *\n".to_owned() + &"Disallow: /a-path-that-is-long/\n".repeat(10_000);
        let policy = RobotsPolicy::Known(Arc::new(Robots::parse(file.as_bytes(), "feedbridge")));
        let url = |i: usize| Url::parse(&format!("https://r{i}.example.org/")).expect("an address");
        for i in 0..200 {
            cache.put(&url(i), "feedbridge", policy.clone());
        }
        let bytes: usize = cache.policies.lock().expect("not poisoned").values().map(|r| r.bytes).sum();
        assert!(bytes <= MAX_BYTES, "{bytes}");
        assert!(cache.get(&url(199), "feedbridge").is_some() || cache.get(&url(198), "feedbridge").is_some());
    }
}
