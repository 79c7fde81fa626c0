//! One request, one hop. Only this file and its folder name the HTTP client.

mod authority;
mod failure;
mod open_files;
mod resolver;
mod reuse;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use tokio::time::timeout;
use url::Url;

use super::answer::FetchFailure;
use super::guard::Guard;
use super::limits::FetchLimits;
use crate::model::Trouble;
use failure::Peer;
use resolver::GuardedResolver;
use reuse::{AnswerSize, LargeAnswers};

pub use authority::{Authorities, AuthorityError};
pub(super) use failure::silence;
pub use open_files::{is_shortage as is_shortage_of_files, trouble as shortage_of_files};

/// Cap on clients kept. A configuration has few different guards.
const MAX_CLIENTS: usize = 64;

/// Header lines of an answer that are accepted; the size of a whole head has a bound of its own.
const MAX_HEADER_LINES: usize = 400;

/// How long an idle connection is kept for the next request.
const IDLE_CONNECTION: Duration = Duration::from_secs(10);

/// One HTTP client for each guard and its authorities, so that no pooled connection made under one feed's
/// permission serves another feed.
pub(super) struct Clients {
    limits: FetchLimits,
    by_guard: Mutex<HashMap<ClientKey, reqwest::Client>>,
    large: LargeAnswers,
}

/// A guard, the port that is dialled (port 0 if the guard does not depend on the port), and the authorities
/// that are trusted beside those of the system.
type ClientKey = (Guard, u16, Option<Authorities>);

/// One request of a fetch. A redirect is followed by another hop.
pub(super) struct Hop<'a> {
    pub(super) url: &'a Url,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<bytes::Bytes>,
    pub(super) guard: &'a Guard,
    /// Authorities that are trusted beside those of the system.
    pub(super) authorities: Option<&'a Authorities>,
}

/// The status and headers of an answer. The body is still to be read from the network.
pub(super) struct Response {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    inner: reqwest::Response,
    peer: Peer,
    size: AnswerSize,
}

impl Response {
    /// The next bytes of the body; `None` at its end.
    pub(super) async fn chunk(&mut self) -> Result<Option<bytes::Bytes>, FetchFailure> {
        let chunk = self.inner.chunk().await.map_err(|e| failure::trouble(&e, &self.peer))?;
        match &chunk {
            Some(bytes) => self.size.add(bytes.len()),
            None => self.size.end(),
        }
        Ok(chunk)
    }
}

impl Clients {
    pub(super) fn new(limits: FetchLimits) -> Self {
        // The one provider of cryptography for all of the program. It is an error only where it is there
        // already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { limits, by_guard: Mutex::default(), large: LargeAnswers::default() }
    }

    /// Sends one request and reads the head of the answer. A redirect is an answer like any other.
    pub(super) async fn send(&self, hop: Hop<'_>) -> Result<Response, FetchFailure> {
        // Literal addresses never reach the resolver, so they are checked here. Names are checked there.
        hop.guard.check_url(hop.url)?;
        let client = self.client(&hop)?;
        let peer = Peer::of(hop.url, &self.limits, hop.authorities.is_some());
        let mut request = client.request(hop.method, hop.url.clone()).headers(hop.headers);
        if let Some(body) = hop.body {
            request = request.body(body);
        }
        if self.large.has(hop.url) {
            request = request.header(header::CONNECTION, HeaderValue::from_static("close"));
        }
        let sent = timeout(self.limits.idle_read, request.send()).await;
        let sent = sent.map_err(|_| FetchFailure::from(failure::no_answer(&peer)))?;
        let inner = sent.map_err(|e| FetchFailure::from(failure::trouble(&e, &peer)))?;
        let size = self.large.begin(hop.url);
        Ok(Response { status: inner.status(), headers: inner.headers().clone(), inner, peer, size })
    }

    fn client(&self, hop: &Hop<'_>) -> Result<reqwest::Client, Trouble> {
        let Hop { url, guard, authorities, .. } = *hop;
        let port = if *guard == Guard::default() { 0 } else { url.port_or_known_default().unwrap_or(0) };
        let key = (guard.clone(), port, authorities.cloned());
        let mut by_guard = self.by_guard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = by_guard.get(&key) {
            return Ok(client.clone());
        }
        if by_guard.len() >= MAX_CLIENTS {
            by_guard.clear();
        }
        // A client that is made without files has no certificates, and would be kept.
        if open_files::have_run_out() {
            return Err(open_files::trouble());
        }
        let resolver = GuardedResolver { guard: guard.clone(), port };
        let client = build_client(&self.limits, resolver, authorities)?;
        by_guard.insert(key, client.clone());
        Ok(client)
    }
}

fn build_client(
    limits: &FetchLimits,
    resolver: GuardedResolver,
    authorities: Option<&Authorities>,
) -> Result<reqwest::Client, Trouble> {
    reqwest::Client::builder()
        .tls_certs_merge(authorities.into_iter().flat_map(Authorities::certificates))
        // A proxy from the environment would resolve and dial past the guard.
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .http1_max_headers(MAX_HEADER_LINES)
        .dns_resolver(resolver)
        .connect_timeout(limits.connect)
        // No `read_timeout`: it counts on while a body waits for room in memory. Silence is measured by those
        // that wait for an answer or for a body.
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(IDLE_CONNECTION)
        .build()
        .map_err(|e| failure::no_client(&e))
}
