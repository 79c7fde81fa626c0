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
/// Origins remembered.
const MAX_ORIGINS: usize = 10_000;

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
    origins: Mutex<HashMap<(String, String), (Wishes, Instant)>>,
}

impl RobotsCache {
    pub(super) fn get(&self, url: &Url, agent: &str) -> Option<Wishes> {
        let origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        let (wishes, until) = origins.get(&key(url, agent))?;
        (*until > Instant::now()).then(|| wishes.clone())
    }

    pub(super) fn put(&self, url: &Url, agent: &str, wishes: Wishes) {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if origins.len() >= MAX_ORIGINS {
            origins.retain(|_, (_, until)| *until > now);
        }
        let fresh = match wishes {
            Wishes::Known(_) => FRESH,
            Wishes::Unreachable(_) => UNREACHABLE,
        };
        if origins.len() < MAX_ORIGINS {
            origins.insert(key(url, agent), (wishes, now + fresh));
        }
    }
}

fn key(url: &Url, agent: &str) -> (String, String) {
    (url.origin().ascii_serialization(), agent.to_ascii_lowercase())
}
