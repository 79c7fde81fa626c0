//! Requests that bring something to a service, such as a message: one hop, no redirect, and the beginning of the
//! answer.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use tokio::time::timeout;
use url::Url;

use super::client::{Clients, Hop};
use super::guard::Guard;
use super::limits::FetchLimits;
use super::retry_after;
use crate::model::{Secret, Trouble, TroubleKind};

/// Bytes of an answer that are read.
const MAX_ANSWER: usize = 4096;

/// Sends requests to services.
pub struct Sender {
    clients: Clients,
    limit: Duration,
}

/// A request.
pub struct ToSend<'a> {
    /// The method.
    pub method: Method,
    /// The address.
    pub url: &'a Url,
    /// Headers.
    pub headers: &'a [(String, Secret)],
    /// The body.
    pub body: Bytes,
}

/// The beginning of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentAnswer {
    /// The status.
    pub status: u16,
    /// How long the service wants to be left alone.
    pub retry_after: Option<Duration>,
    /// The first bytes of the body, as text.
    pub body: String,
    /// The same bytes as they came.
    pub raw: Vec<u8>,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

impl Sender {
    /// A sender. Each request takes at most `limit`.
    #[must_use]
    pub fn new(mut limits: FetchLimits, limit: Duration) -> Self {
        // A service may need all of the time for its answer.
        limits.idle_read = limit;
        Self { clients: Clients::new(limits), limit }
    }

    /// Sends a request, and reads the beginning of the answer. A redirect is an answer like any other.
    ///
    /// # Errors
    /// When the address is refused, or there is no whole answer in time.
    pub async fn send(
        &self,
        request: ToSend<'_>,
        guard: &Guard,
        now: DateTime<Utc>,
    ) -> Result<SentAnswer, Trouble> {
        let limit = self.limit;
        let late = || {
            let sentence = format!("the service did not answer within {} s", limit.as_secs());
            Trouble::new(TroubleKind::Timeout, sentence)
        };
        timeout(limit, self.answer(request, guard, now)).await.map_err(|_| late())?
    }

    async fn answer(
        &self,
        request: ToSend<'_>,
        guard: &Guard,
        now: DateTime<Utc>,
    ) -> Result<SentAnswer, Trouble> {
        let hop = Hop {
            url: request.url,
            method: request.method,
            headers: header_map(request.headers)?,
            body: Some(request.body),
            guard,
            authorities: None,
        };
        let mut response = self.clients.send(hop).await.map_err(|failure| failure.trouble)?;
        let asked = response.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = asked.and_then(|value| retry_after::seconds(value, now));
        let mut raw = Vec::new();
        // What an answer says is of no use for the verdict if its end is lost.
        while raw.len() < MAX_ANSWER
            && let Ok(Some(chunk)) = response.chunk().await
        {
            raw.extend_from_slice(&chunk);
        }
        raw.truncate(MAX_ANSWER);
        let body = String::from_utf8_lossy(&raw).into_owned();
        Ok(SentAnswer { status: response.status.as_u16(), retry_after, body, raw })
    }
}

fn header_map(headers: &[(String, Secret)]) -> Result<HeaderMap, Trouble> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let wrong = || {
            let sentence = format!("the header `{name}` has characters that cannot be sent");
            Trouble::new(TroubleKind::Settings, sentence)
        };
        let field = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        let mut value = HeaderValue::from_str(value.expose()).map_err(|_| wrong())?;
        value.set_sensitive(true);
        map.append(field, value);
    }
    if !map.contains_key(header::USER_AGENT) {
        map.insert(
            header::USER_AGENT,
            HeaderValue::from_static(concat!("feedbridge/", env!("CARGO_PKG_VERSION"))),
        );
    }
    Ok(map)
}

/// The addresses of a host that may be dialled.
///
/// # Errors
/// When the name has none, or the guard refuses one.
pub async fn permitted_addresses(host: &str, port: u16, guard: &Guard) -> Result<Vec<SocketAddr>, Trouble> {
    let unknown = |error: std::io::Error| {
        Trouble::new(TroubleKind::Dns, format!("`{host}` cannot be resolved: {error}"))
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let found: Vec<SocketAddr> = tokio::net::lookup_host((host, port)).await.map_err(unknown)?.collect();
    for address in &found {
        guard.check_address(address.ip(), port)?;
    }
    Ok(found)
}
