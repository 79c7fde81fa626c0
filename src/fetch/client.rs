//! One request, one hop: the only home of the HTTP client.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use super::guard::{Guard, Refusal};
use super::{FetchFailure, FetchLimits};
use crate::model::{Trouble, TroubleKind};

/// More clients than this are not kept: a configuration has few kinds of guards.
const MAX_CLIENTS: usize = 64;

/// A client per guard, so that no pooled connection made under one feed's permission serves
/// another feed.
pub(super) struct Clients {
    limits: FetchLimits,
    made: Mutex<HashMap<(Guard, u16), reqwest::Client>>,
}

/// What is asked for.
pub(super) enum Ask {
    Get,
    Head,
    Post(String),
}

/// The head of an answer, and the rest still on the wire.
pub(super) struct Response {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    inner: reqwest::Response,
}

impl Response {
    /// The next bytes of the body; `None` at its end.
    pub(super) async fn chunk(&mut self) -> Result<Option<bytes::Bytes>, FetchFailure> {
        self.inner.chunk().await.map_err(|e| failure(&e).into())
    }
}

impl Clients {
    pub(super) fn new(limits: FetchLimits) -> Self {
        Self { limits, made: Mutex::default() }
    }

    /// Sends one request and reads the head of the answer. Redirects are answers like others.
    pub(super) async fn send(
        &self,
        url: &Url,
        headers: HeaderMap,
        ask: Ask,
        guard: &Guard,
    ) -> Result<Response, FetchFailure> {
        // Literals never reach the resolver, so they are judged here; names are judged there.
        guard.check_url(url).map_err(|r| refused(&r))?;
        let client = self.client(url, guard)?;
        let asked = match ask {
            Ask::Post(body) => client.post(url.clone()).body(body),
            Ask::Get => client.get(url.clone()),
            Ask::Head => client.head(url.clone()),
        };
        let sent = asked.headers(headers).send().await;
        let inner = sent.map_err(|e| FetchFailure::from(failure(&e)))?;
        Ok(Response { status: inner.status(), headers: inner.headers().clone(), inner })
    }

    fn client(&self, url: &Url, guard: &Guard) -> Result<reqwest::Client, Trouble> {
        let port = if *guard == Guard::default() { 0 } else { url.port_or_known_default().unwrap_or(0) };
        let key = (guard.clone(), port);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = made.get(&key) {
            return Ok(client.clone());
        }
        if made.len() >= MAX_CLIENTS {
            made.clear();
        }
        let client = build(&self.limits, GuardedDns { guard: guard.clone(), port })?;
        made.insert(key, client.clone());
        Ok(client)
    }
}

fn build(limits: &FetchLimits, dns: GuardedDns) -> Result<reqwest::Client, Trouble> {
    reqwest::Client::builder()
        // A proxy from the environment would resolve and dial past the guard.
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .dns_resolver(dns)
        .connect_timeout(limits.connect)
        .read_timeout(limits.idle_read)
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(Duration::from_secs(10))
        .build()
        .map_err(|e| Trouble::new(TroubleKind::Tls, format!("no HTTP client could be made: {}", chain(&e))))
}

/// Resolves names with the system's resolver and lets through only what the guard allows.
struct GuardedDns {
    guard: Guard,
    /// The port that will be dialled; 0 if the guard does not depend on it.
    port: u16,
}

impl Resolve for GuardedDns {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, port) = (self.guard.clone(), self.port);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), port)).await;
            let found: Vec<SocketAddr> = found.map_err(Unresolved)?.collect();
            let judge = if port == 0 { 443 } else { port };
            // One refused answer refuses the name: a mix of public and private ones is an attack
            // or a mistake, and picking the public ones would hide it.
            for address in &found {
                guard.check_address(address.ip(), judge)?;
            }
            let any_port = found.into_iter().map(|a| SocketAddr::new(a.ip(), 0));
            Ok(Box::new(any_port.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the name has no address: {0}")]
struct Unresolved(std::io::Error);

/// A refused address as a trouble.
pub(super) fn refused(refusal: &Refusal) -> Trouble {
    Trouble::new(TroubleKind::RefusedAddress, refusal.to_string())
}

/// The client's error in our words, without the address, which may carry a token.
fn failure(error: &reqwest::Error) -> Trouble {
    let causes = causes(error);
    let text = |fallback: &str| {
        let said = causes.last().map_or_else(|| fallback.to_owned(), ToString::to_string);
        if said.is_empty() { fallback.to_owned() } else { said }
    };
    for cause in &causes {
        if let Some(refusal) = cause.downcast_ref::<Refusal>() {
            return refused(refusal);
        }
        if let Some(unresolved) = cause.downcast_ref::<Unresolved>() {
            return Trouble::new(TroubleKind::Dns, unresolved.to_string());
        }
    }
    if error.is_timeout() {
        let what = if error.is_connect() { "no connection in time" } else { "no data in time" };
        return Trouble::new(TroubleKind::Timeout, what);
    }
    let said = text("no reason given");
    let kind = if said.contains("certificate") || said.contains("TLS") || said.contains("HandshakeFailure") {
        TroubleKind::Tls
    } else if error.is_connect() {
        TroubleKind::Connect
    } else {
        TroubleKind::BrokenAnswer
    };
    Trouble::new(kind, said)
}

/// What lies behind an error, outermost cause first; the error itself, which names the address, apart.
fn causes<'a>(error: &'a reqwest::Error) -> Vec<&'a (dyn StdError + 'static)> {
    let mut out = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        out.push(cause);
        next = cause.source();
    }
    out
}

fn chain(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| "no reason given".to_owned(), ToString::to_string)
}
