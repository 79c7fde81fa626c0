//! Pages from the network: robots.txt, pace, redirects, conditions, caps.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio::time::timeout;
use url::Url;

use super::client::{Ask, Clients, Response, refused};
use super::pace::{Pace, Turn};
use super::retry_after::retry_after;
use super::robots_cache::{RobotsCache, Wishes};
use super::{
    Answer, FetchFailure, FetchLimits, Fetched, Fetcher, Guard, Post, Request, Robots, Verdict, body,
    product_token, site_of,
};
use crate::clock::Clock;
use crate::coding::Caps;
use crate::digest;
use crate::model::{Trouble, TroubleKind, Validators};

const ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.5";
const ACCEPT_ENCODING: &str = "gzip, br, zstd, deflate";
/// What is read of a robots.txt (RFC 9309 section 2.5: at least 500 KiB).
const ROBOTS_BYTES: u64 = 512 * 1024;
/// Redirects of a robots.txt that are followed (RFC 9309 section 2.3.1.2).
const ROBOTS_REDIRECTS: u32 = 5;

/// The network, behind the guard.
pub struct Network {
    clients: Clients,
    limits: FetchLimits,
    pace: Pace,
    robots: RobotsCache,
    clock: Arc<dyn Clock>,
}

impl Network {
    /// A fetcher with these limits. The clock reads dates in `Retry-After`.
    #[must_use]
    pub fn new(limits: FetchLimits, clock: Arc<dyn Clock>) -> Self {
        let (pace, robots) = (Pace::default(), RobotsCache::default());
        Self { clients: Clients::new(limits.clone()), limits, pace, robots, clock }
    }

    /// The requests of a fetch, one per redirect.
    async fn hops(&self, request: &Request, turn: &mut Turn) -> Result<Answer, FetchFailure> {
        let mut url = request.url.clone();
        let mut post = request.post.as_ref();
        for _ in 0..=self.limits.redirects {
            // Refused addresses are not even asked for their robots.txt.
            request.guard.check_url(&url).map_err(|r| refused(&r))?;
            let delay = self.permission(&url, request, turn).await?;
            let headers = headers(request, &url, post)?;
            let ask = match post {
                Some(post) => Ask::Post(post.body.clone()),
                None if request.head_only => Ask::Head,
                None => Ask::Get,
            };
            let mut response = self.clients.send(&url, headers, ask, &request.guard).await?;
            match redirect_target(&response, &url)? {
                Some(target) => {
                    // Many sites may redirect to one: that one has its own pace.
                    if site_of(&target) != site_of(&url) {
                        turn.move_to(&self.pace, &site_of(&target)).await;
                    }
                    // RFC 9110 section 15.4: only 307 and 308 keep the method. What is posted may be
                    // secret: another origin does not get it.
                    let keeps = matches!(response.status.as_u16(), 307 | 308);
                    post = post.filter(|_| keeps && target.origin() == request.url.origin());
                    url = target;
                }
                None => return self.answer(request, url, &mut response, delay).await,
            }
        }
        let detail = format!("more than {} redirects", self.limits.redirects);
        Err(Trouble::new(TroubleKind::Redirect, detail).into())
    }

    async fn answer(
        &self,
        request: &Request,
        url: Url,
        response: &mut Response,
        crawl_delay: Option<Duration>,
    ) -> Result<Answer, FetchFailure> {
        let asked = conditional(request, &url);
        match response.status {
            StatusCode::NOT_MODIFIED if asked => {
                let validators = request.validators.clone();
                return Ok(Answer::Unchanged { validators, bytes: 0, crawl_delay });
            }
            StatusCode::OK => {}
            status => return Err(self.bad_status(status, response)),
        }
        let body =
            if request.head_only { headed(response) } else { body::read(response, &self.limits).await? };
        let validators = validators(&response.headers, &url);
        let body_hash = digest::hex(&body.bytes, 64);
        if request.known_body.as_ref() == Some(&body_hash) {
            return Ok(Answer::Unchanged { validators, bytes: body.wire_bytes, crawl_delay });
        }
        let content_type = text(&response.headers, header::CONTENT_TYPE);
        Ok(Answer::Fetched(Fetched {
            url,
            body: body.bytes,
            content_type,
            validators,
            body_hash,
            bytes: body.wire_bytes,
            crawl_delay,
        }))
    }

    fn bad_status(&self, status: StatusCode, response: &Response) -> FetchFailure {
        let asked = text(&response.headers, header::RETRY_AFTER);
        let wait = asked.and_then(|v| retry_after(&v, self.clock.now()));
        let limited = status == StatusCode::TOO_MANY_REQUESTS
            || (status == StatusCode::SERVICE_UNAVAILABLE && wait.is_some());
        let kind = if limited { TroubleKind::RateLimited } else { TroubleKind::HttpStatus };
        let asked = wait.map(|w| format!("; asks to be left alone for {} s", w.as_secs()));
        let detail = format!("status {status}{}", asked.unwrap_or_default());
        FetchFailure { trouble: Trouble::new(kind, detail), retry_after: wait, crawl_delay: None, bytes: 0 }
    }

    /// Whether robots.txt lets us; gives its Crawl-delay.
    async fn permission(
        &self,
        url: &Url,
        request: &Request,
        turn: &mut Turn,
    ) -> Result<Option<Duration>, FetchFailure> {
        if !request.obey_robots {
            return Ok(None);
        }
        let agent = product_token(&request.user_agent);
        let wishes = match self.robots.get(url, agent) {
            Some(wishes) => wishes,
            None => {
                let wishes = self.fetch_robots(url, request, agent).await?;
                self.robots.put(url, agent, wishes.clone());
                wishes
            }
        };
        if let Wishes::Known(robots) = &wishes {
            turn.widen(robots.crawl_delay());
        }
        match wishes {
            Wishes::Known(robots) if robots.allowed(url) => Ok(robots.crawl_delay()),
            Wishes::Known(_) => {
                let detail = format!("robots.txt of {} forbids {}", origin(url), url.path());
                Err(Trouble::new(TroubleKind::Robots, detail).into())
            }
            Wishes::Unreachable(why) => Err(Trouble::new(TroubleKind::RobotsUnreachable, why).into()),
        }
    }

    /// What robots.txt says of an address to an agent; it is asked for, the page is not.
    ///
    /// # Errors
    /// When the site cannot be reached.
    pub async fn verdict(&self, url: &Url, user_agent: &str, guard: &Guard) -> Result<Verdict, FetchFailure> {
        let request = Request {
            url: url.clone(),
            post: None,
            head_only: false,
            user_agent: user_agent.to_owned(),
            headers: Vec::new(),
            validators: Validators::default(),
            known_body: None,
            guard: guard.clone(),
            obey_robots: true,
            timeout: None,
        };
        let asked = self.fetch_robots(url, &request, product_token(user_agent));
        let wishes = timeout(self.limits.total, asked)
            .await
            .unwrap_or_else(|_| Ok(Wishes::Unreachable("robots.txt did not come in time".to_owned())))?;
        Ok(match wishes {
            Wishes::Known(robots) => Verdict::of(&robots, url),
            Wishes::Unreachable(reason) => Verdict { allowed: false, crawl_delay: None, reason },
        })
    }

    async fn fetch_robots(&self, url: &Url, request: &Request, agent: &str) -> Result<Wishes, FetchFailure> {
        let mut at = url.clone();
        at.set_path("/robots.txt");
        at.set_query(None);
        at.set_fragment(None);
        for _ in 0..=ROBOTS_REDIRECTS {
            let got =
                self.clients.send(&at, plain_headers(&request.user_agent)?, Ask::Get, &request.guard).await;
            let mut response = match got {
                Ok(response) => response,
                // The page itself would fail in the same way, and in clearer words.
                Err(failure) if failure.trouble.kind != TroubleKind::Timeout => return Err(failure),
                Err(failure) => return Ok(Wishes::Unreachable(failure.trouble.to_string())),
            };
            match redirect_target(&response, &at) {
                Ok(Some(target)) => at = target,
                Ok(None) => return Ok(self.wishes(&mut response, agent).await),
                Err(_) => break,
            }
        }
        // RFC 9309 section 2.3.1.2: too many redirects may be taken for "unavailable".
        Ok(Wishes::Known(Arc::new(Robots::allow_all())))
    }

    async fn wishes(&self, response: &mut Response, agent: &str) -> Wishes {
        match response.status.as_u16() {
            200..=299 => {
                let caps =
                    Caps { wire_bytes: ROBOTS_BYTES, decoded_bytes: ROBOTS_BYTES, ratio: self.limits.ratio };
                match body::read_beginning(response, caps, self.limits.idle_read).await {
                    Ok(body) => Wishes::Known(Arc::new(Robots::parse(&body, agent))),
                    Err(failure) => Wishes::Unreachable(format!("robots.txt: {}", failure.trouble)),
                }
            }
            500..=599 | 429 => {
                Wishes::Unreachable(format!("robots.txt answers with status {}", response.status))
            }
            _ => Wishes::Known(Arc::new(Robots::allow_all())),
        }
    }
}

#[async_trait]
impl Fetcher for Network {
    async fn fetch(&self, request: &Request) -> Result<Answer, FetchFailure> {
        request.guard.check_url(&request.url).map_err(|r| refused(&r))?;
        // Waiting for one's turn is not the site's slowness: it does not count against the deadline.
        let mut turn = self.pace.turn(&site_of(&request.url), self.limits.pace).await;
        let total = request.timeout.unwrap_or(self.limits.total);
        let answer = timeout(total, self.hops(request, &mut turn)).await.unwrap_or_else(|_| {
            let detail = format!("no whole page within {} s", total.as_secs());
            Err(Trouble::new(TroubleKind::Timeout, detail).into())
        });
        answer.map_err(|failure| FetchFailure { crawl_delay: turn.asked(), ..failure })
    }

    async fn rested(&self, url: &Url) {
        self.pace.ready(&site_of(url)).await;
    }
}

/// What stands for a body that was not asked for.
fn headed(response: &Response) -> body::Body {
    let length = text(&response.headers, header::CONTENT_LENGTH).and_then(|l| l.trim().parse().ok());
    body::Body { bytes: Vec::new(), wire_bytes: length.unwrap_or(0) }
}

/// Where a redirect leads; `None` if the answer is none.
fn redirect_target(response: &Response, from: &Url) -> Result<Option<Url>, FetchFailure> {
    if !matches!(response.status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let trouble = |detail: String| FetchFailure::from(Trouble::new(TroubleKind::Redirect, detail));
    let location = response.headers.get(header::LOCATION).map(HeaderValue::as_bytes);
    let location = location.map(String::from_utf8_lossy);
    let location = location.ok_or_else(|| trouble("a redirect without Location".to_owned()))?;
    let target = from.join(&location).map_err(|e| trouble(format!("a redirect to no address: {e}")))?;
    match (from.scheme(), target.scheme()) {
        ("https", "http") => Err(trouble("a redirect from https to http is not followed".to_owned())),
        (_, "http" | "https") => Ok(Some(target)),
        (_, scheme) => Err(trouble(format!("a redirect to `{scheme}:` is not followed"))),
    }
}

fn headers(request: &Request, url: &Url, post: Option<&Post>) -> Result<HeaderMap, FetchFailure> {
    let mut headers = plain_headers(&request.user_agent)?;
    if let Some(post) = post {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(post.content_type));
    }
    if url.origin() == request.url.origin() {
        for (name, secret) in &request.headers {
            let mut value = header_value(secret.expose(), name.as_str())?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
    }
    if conditional(request, url) {
        let Validators { etag, last_modified, .. } = &request.validators;
        let conditions = [(header::IF_NONE_MATCH, etag), (header::IF_MODIFIED_SINCE, last_modified)];
        for (name, value) in conditions {
            if let Some(value) = value.as_ref().and_then(|v| HeaderValue::from_str(v).ok()) {
                headers.insert(name, value);
            }
        }
    }
    Ok(headers)
}

/// Whether the validators are those of this address.
fn conditional(request: &Request, url: &Url) -> bool {
    if request.post.is_some() {
        return false;
    }
    let Validators { etag, last_modified, of } = &request.validators;
    (etag.is_some() || last_modified.is_some()) && of.as_deref() == Some(url.as_str())
}

fn plain_headers(user_agent: &str) -> Result<HeaderMap, FetchFailure> {
    let mut headers = HeaderMap::new();
    headers.insert(header::USER_AGENT, header_value(user_agent, "User-Agent")?);
    headers.insert(header::ACCEPT, HeaderValue::from_static(ACCEPT));
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(ACCEPT_ENCODING));
    Ok(headers)
}

fn header_value(text: &str, name: &str) -> Result<HeaderValue, FetchFailure> {
    let bad = |_| {
        let detail = format!("the value of the header {name} has characters that no header may have");
        FetchFailure::from(Trouble::new(TroubleKind::Settings, detail))
    };
    HeaderValue::from_str(text).map_err(bad)
}

fn validators(headers: &HeaderMap, url: &Url) -> Validators {
    let (etag, last_modified) = (text(headers, header::ETAG), text(headers, header::LAST_MODIFIED));
    Validators { etag, last_modified, of: Some(url.to_string()) }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned)
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}
