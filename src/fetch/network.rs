//! Pages from the network: robots.txt, pace, redirects, conditional requests and caps.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::{StatusCode, header};
use tracing::Span;
use url::Url;

use super::answer::{Answer, FetchFailure, Fetched};
use super::body::{self, Body};
use super::body_budget::{BodyBudget, BodyHold};
use super::client::{Authorities, Clients, Response};
use super::fetcher::Fetcher;
use super::guard::Guard;
use super::headers::{header_text, is_conditional, validators_of};
use super::limits::FetchLimits;
use super::pace::{Pace, Turn};
use super::request::Request;
use super::retry_after::retry_after;
use super::robots::{RobotsVerdict, product_token};
use super::robots_cache::{RobotsCache, RobotsPolicy};
use super::robots_fetch::RobotsFetch;
use super::site::site_of;
use super::trail::Trail;
use super::wait_clock::WaitClock;
use crate::clock::Clock;
use crate::digest;
use crate::model::{Cause, Limit, Trouble, TroubleKind, public_address};

/// Hexadecimal digits of the hash of a body: all of SHA-256.
const BODY_HASH_DIGITS: usize = 64;

/// The network behind the guard.
pub struct Network {
    clients: Clients,
    limits: FetchLimits,
    pace: Pace,
    bodies: Arc<BodyBudget>,
    robots: RobotsCache,
    clock: Arc<dyn Clock>,
}

/// One address of a fetch.
struct Asked<'a> {
    request: &'a Request,
    url: Url,
    crawl_delay: Option<Duration>,
    /// The waits of the fetch for this program.
    waited: &'a WaitClock,
}

impl Network {
    /// A fetcher with these limits. The clock is for dates in `Retry-After`.
    #[must_use]
    pub fn new(limits: FetchLimits, clock: Arc<dyn Clock>) -> Self {
        Self {
            clients: Clients::new(limits.clone()),
            bodies: BodyBudget::new(body::most_bytes(&limits)),
            limits,
            pace: Pace::default(),
            robots: RobotsCache::default(),
            clock,
        }
    }

    /// Fetches the robots.txt of an address and tells whether a fetch of the address would be allowed.
    /// The address itself is not fetched.
    ///
    /// # Errors
    /// When the site cannot be reached.
    pub async fn robots_verdict(
        &self,
        url: &Url,
        user_agent: &str,
        guard: &Guard,
    ) -> Result<RobotsVerdict, FetchFailure> {
        let policy = self.robots_fetch(user_agent, guard, None).policy_in_time(url).await?;
        Ok(match policy {
            RobotsPolicy::Known(robots) => RobotsVerdict::of(&robots, url),
            RobotsPolicy::Unreachable(reason) => RobotsVerdict { allowed: false, crawl_delay: None, reason },
        })
    }

    /// Sends the requests of a fetch: one for each redirect, and one for each page that leads on. A page that can
    /// be read is read if what it leads on to fails.
    async fn follow(
        &self,
        request: &Request,
        turn: &mut Turn,
        waited: &WaitClock,
    ) -> Result<Answer, FetchFailure> {
        let mut trail = Trail::new(request, self.limits.redirects);
        loop {
            let target = match self.step(&mut trail, turn, waited).await {
                Ok(ControlFlow::Break(answer)) => return Ok(answer),
                Ok(ControlFlow::Continue(target)) => target,
                Err(failure) => trail.back(&failure).ok_or(failure)?,
            };
            // Many sites may redirect to one: that one has its own pace.
            if site_of(&target) != site_of(&trail.url) {
                turn.move_to(&self.pace, &site_of(&target)).await;
            }
            trail.go_to(target);
        }
    }

    /// One request of a fetch: gives its answer, or the address at which the fetch goes on.
    async fn step(
        &self,
        trail: &mut Trail<'_>,
        turn: &mut Turn,
        waited: &WaitClock,
    ) -> Result<ControlFlow<Answer, Url>, FetchFailure> {
        let request = trail.request;
        // A refused address is not even asked for its robots.txt.
        request.guard.check_url(&trail.url)?;
        let crawl_delay = self.check_robots(&trail.asked, request, turn).await?;
        let mut response = self.clients.send(trail.hop()?).await?;
        tracing::debug!(status = response.status.as_u16(), "answer of {}", shown(&trail.url));
        if let Some(target) = trail.redirect(&response, self.clock.now())? {
            return Ok(ControlFlow::Continue(target));
        }
        let asked = Asked { request, url: trail.url.clone(), crawl_delay, waited };
        let answer = self.answer(asked, &mut response).await?;
        if let Answer::Fetched(fetched) = &answer
            && let Some(target) = trail.refresh(&response, fetched)?
        {
            return Ok(ControlFlow::Continue(target));
        }
        // The span of this fetch, if somebody measures it. Of a failure, the trouble has the status.
        Span::current().record("http.response.status_code", i64::from(response.status.as_u16()));
        Ok(ControlFlow::Break(answer))
    }

    /// Makes the result of an answer that is no redirect.
    async fn answer(&self, asked: Asked<'_>, response: &mut Response) -> Result<Answer, FetchFailure> {
        let Asked { request, url, crawl_delay, waited } = asked;
        match response.status {
            StatusCode::NOT_MODIFIED if is_conditional(request, &url) => {
                let validators = request.validators.clone();
                return Ok(Answer::Unchanged { validators, not_modified: true, bytes: 0, crawl_delay });
            }
            // A proxy on the way has changed the page (RFC 9110 section 15.3.4); browsers show it.
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => {}
            status => return Err(self.bad_status(status, response)),
        }
        let body = if request.head_only {
            body_of_head(response)
        } else {
            body::read(response, &self.limits, self.bodies.room(waited)).await?
        };
        let validators = validators_of(&response.headers, &url);
        let body_hash = digest::hex(&body.bytes, BODY_HASH_DIGITS);
        if request.known_body.as_ref() == Some(&body_hash) {
            let bytes = body.wire_bytes;
            return Ok(Answer::Unchanged { validators, not_modified: false, bytes, crawl_delay });
        }
        let content_type = header_text(&response.headers, header::CONTENT_TYPE);
        Ok(Answer::Fetched(Fetched {
            url,
            body: body.bytes,
            hold: body.hold,
            content_type,
            validators,
            body_hash,
            bytes: body.wire_bytes,
            crawl_delay,
            parameters: request.query.clone(),
        }))
    }

    fn bad_status(&self, status: StatusCode, response: &Response) -> FetchFailure {
        let header = header_text(&response.headers, header::RETRY_AFTER);
        let wait = header.and_then(|value| retry_after(&value, self.clock.now()));
        let is_rate_limit = status == StatusCode::TOO_MANY_REQUESTS
            || (status == StatusCode::SERVICE_UNAVAILABLE && wait.is_some());
        let kind = if is_rate_limit { TroubleKind::RateLimited } else { TroubleKind::HttpStatus };
        let cause = Cause::Status { code: status.as_u16(), pause: wait };
        FetchFailure { trouble: Trouble::caused(kind, cause), retry_after: wait, crawl_delay: None, bytes: 0 }
    }

    /// Fails if robots.txt forbids the address; else gives its Crawl-delay.
    async fn check_robots(
        &self,
        url: &Url,
        request: &Request,
        turn: &mut Turn,
    ) -> Result<Option<Duration>, FetchFailure> {
        if !request.obey_robots {
            return Ok(None);
        }
        match self.robots_policy(url, request).await? {
            RobotsPolicy::Known(robots) => {
                turn.raise_gap(robots.crawl_delay());
                if robots.allowed(url) {
                    return Ok(robots.crawl_delay());
                }
                let detail = format!(
                    "{}/robots.txt forbids {}; set `robots = \"ignore\"` only if the site agrees",
                    url.origin().ascii_serialization(),
                    url.path()
                );
                Err(Trouble::new(TroubleKind::Robots, detail).into())
            }
            RobotsPolicy::Unreachable(reason) => {
                let detail = format!("{reason}; no page is fetched until it can be read");
                Err(Trouble::new(TroubleKind::RobotsUnreachable, detail).into())
            }
        }
    }

    /// The policy of the address's origin, from the cache or the site.
    async fn robots_policy(&self, url: &Url, request: &Request) -> Result<RobotsPolicy, FetchFailure> {
        let agent = product_token(&request.user_agent);
        if let Some(policy) = self.robots.get(url, agent) {
            return Ok(policy);
        }
        let Request { user_agent, guard, authorities, .. } = request;
        let policy = self.robots_fetch(user_agent, guard, authorities.as_ref()).policy(url).await?;
        self.robots.put(url, agent, policy.clone());
        Ok(policy)
    }

    const fn robots_fetch<'a>(
        &'a self,
        user_agent: &'a str,
        guard: &'a Guard,
        authorities: Option<&'a Authorities>,
    ) -> RobotsFetch<'a> {
        RobotsFetch { clients: &self.clients, limits: &self.limits, user_agent, guard, authorities }
    }
}

#[async_trait]
impl Fetcher for Network {
    async fn fetch(&self, request: &Request) -> Result<Answer, FetchFailure> {
        request.guard.check_url(&request.url)?;
        // Waiting for the turn is not the site's slowness: it does not count against the deadline.
        let mut turn = self.pace.turn(&site_of(&request.url), self.limits.pace).await;
        let total = request.timeout.unwrap_or(self.limits.total);
        // The wait for memory is not either.
        let waited = WaitClock::default();
        let answer = waited
            .timeout(total, self.follow(request, &mut turn, &waited))
            .await
            .unwrap_or_else(|| Err(Trouble::from(Limit::Fetch(total)).into()));
        log(&request.url, &answer);
        answer.map_err(|failure| FetchFailure { crawl_delay: turn.crawl_delay(), ..failure })
    }

    async fn wait_for_pace(&self, url: &Url) {
        self.pace.wait_until_free(&site_of(url)).await;
    }
}

/// Logs the end of a fetch, for those who look for the cause of a trouble.
fn log(url: &Url, answer: &Result<Answer, FetchFailure>) {
    match answer {
        Ok(Answer::Fetched(fetched)) => tracing::debug!(bytes = fetched.bytes, "fetched {}", shown(url)),
        Ok(Answer::Unchanged { bytes, .. }) => tracing::debug!(bytes, "unchanged: {}", shown(url)),
        Err(failure) => {
            let trouble = failure.trouble.kind.name();
            tracing::debug!(trouble, bytes = failure.bytes, "not fetched: {}", shown(url));
        }
    }
}

/// An address for the log, which has no tokens: without its query.
fn shown(url: &Url) -> Url {
    let mut shown = public_address(url);
    shown.set_query(None);
    shown.set_fragment(None);
    shown
}

/// The empty body of an answer to HEAD, with the length that the site declares.
fn body_of_head(response: &Response) -> Body {
    let declared = header_text(&response.headers, header::CONTENT_LENGTH);
    let length = declared.and_then(|text| text.trim().parse().ok());
    Body { bytes: Vec::new(), hold: BodyHold::default(), wire_bytes: length.unwrap_or(0) }
}
