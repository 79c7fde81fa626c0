//! Fetches the robots.txt of an origin and makes a policy of the answer (RFC 9309 section 2.3).

use std::sync::Arc;

use http::Method;
use tokio::time::timeout;
use url::Url;

use super::answer::FetchFailure;
use super::body;
use super::client::{Authorities, Clients, Hop, Response};
use super::guard::Guard;
use super::headers::basic_headers;
use super::limits::FetchLimits;
use super::redirect::redirect_target;
use super::robots::{Robots, product_token};
use super::robots_cache::RobotsPolicy;
use crate::coding::Caps;
use crate::model::{TroubleKind, status_text};

/// Bytes of a robots.txt that are read (RFC 9309 section 2.5: at least 500 KiB).
const MAX_BYTES: u64 = 512 * 1024;

/// Redirects of a robots.txt that are followed (RFC 9309 section 2.3.1.2).
const MAX_REDIRECTS: u32 = 5;

/// All that a request for a robots.txt depends on, besides the origin.
pub(super) struct RobotsFetch<'a> {
    pub(super) clients: &'a Clients,
    pub(super) limits: &'a FetchLimits,
    pub(super) user_agent: &'a str,
    pub(super) guard: &'a Guard,
    pub(super) authorities: Option<&'a Authorities>,
}

impl RobotsFetch<'_> {
    /// As [`Self::policy`], within the time for a whole fetch.
    pub(super) async fn policy_in_time(&self, url: &Url) -> Result<RobotsPolicy, FetchFailure> {
        let limit = self.limits.total;
        timeout(limit, self.policy(url))
            .await
            .unwrap_or_else(|_| Ok(unreadable(&format!("it did not arrive within {} s", limit.as_secs()))))
    }

    /// Fetches the robots.txt of the address's origin.
    pub(super) async fn policy(&self, url: &Url) -> Result<RobotsPolicy, FetchFailure> {
        let mut at = url.clone();
        at.set_path("/robots.txt");
        at.set_query(None);
        at.set_fragment(None);
        for _ in 0..=MAX_REDIRECTS {
            let mut response = match self.clients.send(self.hop(&at)?).await {
                Ok(response) => response,
                // The page itself would fail in the same way, and in clearer words.
                Err(failure) if failure.trouble.kind != TroubleKind::Timeout => return Err(failure),
                Err(failure) => return Ok(unreadable(&failure.trouble.detail)),
            };
            match redirect_target(&response, &at) {
                Ok(Some(target)) => at = target,
                Ok(None) => return Ok(self.policy_of(&mut response).await),
                Err(_) => break,
            }
        }
        // RFC 9309 section 2.3.1.2: too many redirects may count as "unavailable", which allows all.
        Ok(allow_all())
    }

    fn hop<'a>(&'a self, url: &'a Url) -> Result<Hop<'a>, FetchFailure> {
        let headers = basic_headers(self.user_agent)?;
        let (guard, authorities) = (self.guard, self.authorities);
        Ok(Hop { url, method: Method::GET, headers, body: None, guard, authorities })
    }

    async fn policy_of(&self, response: &mut Response) -> RobotsPolicy {
        match response.status.as_u16() {
            200..=299 => {
                let caps = Caps { wire_bytes: MAX_BYTES, decoded_bytes: MAX_BYTES, ratio: self.limits.ratio };
                match body::read_beginning(response, caps, self.limits.idle_read).await {
                    Ok(body) => {
                        let agent = product_token(self.user_agent);
                        RobotsPolicy::Known(Arc::new(Robots::parse(&body, agent)))
                    }
                    Err(failure) => unreadable(&failure.trouble.detail),
                }
            }
            500..=599 | 429 => {
                unreadable(&format!("the site answered {}", status_text(response.status.as_u16())))
            }
            _ => allow_all(),
        }
    }
}

fn allow_all() -> RobotsPolicy {
    RobotsPolicy::Known(Arc::new(Robots::allow_all()))
}

fn unreadable(reason: &str) -> RobotsPolicy {
    RobotsPolicy::Unreachable(format!("robots.txt could not be read: {reason}"))
}
