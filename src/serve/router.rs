//! Paths -> answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, Method, StatusCode, Version, header};
use tokio::sync::watch;

use super::conditional::not_modified;
use super::documents::{Documents, Ready, Stamp};
use super::encoding::{Encoding, Wanted};
use super::{pages, plain};
use crate::board::Board;
use crate::channel::Channel;
use crate::clock::Clock;
use crate::config::{Config, Live};
use crate::cpu::{CpuPool, Panicked};
use crate::model::{FeedHead, FeedId, FeedState, Format, http_date};
use crate::render::opml;
use crate::served;
use crate::store::Store;
use crate::telemetry::Metrics;

/// What is served, and where it comes from.
pub struct Site {
    /// The configuration in use.
    pub config: watch::Receiver<Live>,
    /// States of feeds.
    pub board: Arc<Board>,
    /// Rendered documents.
    pub documents: Documents,
    /// The history.
    pub store: Arc<dyn Store>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Where pages of many feeds are made.
    pub cpu: CpuPool,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Whether requests should be sent here.
    pub ready: AtomicBool,
}

/// The longest request target, in bytes.
const MAX_TARGET_BYTES: usize = 2048;

type Shared = State<Arc<Site>>;

/// The router of the daemon.
pub fn router(site: Arc<Site>) -> Router {
    let metrics = Arc::clone(&site.metrics);
    Router::new()
        .route("/", get(index))
        .route("/feeds/{name}", get(feed))
        .route("/feeds.opml", get(feeds_opml))
        .route("/style.css", get(style))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .route("/metrics", get(numbers))
        .fallback(not_found)
        .with_state(site)
        .layer(axum::middleware::from_fn(refuse))
        .layer(axum::middleware::map_response(move |response: Response| {
            metrics.request_answered(response.status().as_u16());
            std::future::ready(response)
        }))
}

/// Requests that no route takes. Their bodies are not read: the connection is closed instead.
pub(super) async fn refuse(request: Request, next: Next) -> Response {
    let target = request.uri().path_and_query().map_or(0, |t| t.as_str().len());
    if target > MAX_TARGET_BYTES {
        return plain::closing(plain::text(StatusCode::URI_TOO_LONG, "the address is too long"));
    }
    // RFC 9112 section 3.2.
    let named = request.headers().contains_key(header::HOST) || request.uri().authority().is_some();
    if request.version() == Version::HTTP_11 && !named {
        return plain::closing(plain::text(StatusCode::BAD_REQUEST, "a request needs a Host"));
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let response = plain::text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are served");
        return plain::closing(plain::with(response, header::ALLOW, "GET, HEAD"));
    }
    next.run(request).await
}

impl Site {
    fn current(&self) -> Live {
        self.config.borrow().clone()
    }
}

async fn index(State(site): Shared) -> Response {
    let now = site.clock.now();
    let drawn = over_all(&site, move |config, rows| {
        let views: Vec<pages::FeedView<'_>> = rows
            .iter()
            .map(|(schedule, head, state)| pages::FeedView { head, state, schedule, documents: true })
            .collect();
        pages::rooted(&pages::index(&config.server.title, &views, now), &config.server.base_path())
    });
    match drawn.await {
        Ok(html) => plain::page(StatusCode::OK, html),
        Err(error) => unavailable(&error.to_string()),
    }
}

/// What documents and pages say of a feed: its schedule in words, its head, its state.
type Row = (String, FeedHead, FeedState);

/// Makes something of all feeds, on the pool: there may be many.
async fn over_all<T: Send + 'static>(
    site: &Arc<Site>,
    draw: impl FnOnce(&Config, &[Row]) -> T + Send + 'static,
) -> Result<T, Panicked> {
    let (config, board) = (site.current().config, Arc::clone(&site.board));
    let work = move || {
        let row = |channel: &Channel| {
            let state = served::state(&config, channel, |id| board.state(id));
            (channel.schedule_words(), config.channel_head(channel, &state), state)
        };
        let rows: Vec<Row> = config.channels.iter().map(row).collect();
        draw(&config, &rows)
    };
    site.cpu.run(work).await
}

/// `/feeds/{id}.{ending}` is a document; `/feeds/{id}` is what the client prefers.
async fn feed(
    State(site): Shared,
    name: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let Ok(Path(name)) = name else { return not_found().await };
    let (id, format) = match name.rsplit_once('.') {
        Some((id, ending)) => match Format::from_extension(ending) {
            Some(format) => (id, Some(format)),
            None => return not_found().await,
        },
        None => (name.as_str(), None),
    };
    let Live { generation, config } = site.current();
    let Some(channel) = FeedId::parse(id).ok().and_then(|id| config.channel(&id).cloned()) else {
        return not_found().await;
    };
    let state = served::state(&config, &channel, |id| site.board.state(id));
    let head = config.channel_head(&channel, &state);
    let negotiated = format.is_none();
    let wanted = format.map_or_else(|| Wanted::of(&headers), Wanted::Document);
    let response = match wanted {
        Wanted::Page => feed_page(&site, &config, &channel, &head, &state).await,
        Wanted::Document(format) => {
            let stamp = Stamp { version: state.version, generation };
            let items = served::items(site.store.as_ref(), &config, &channel, site.clock.now(), u32::MAX);
            match site.documents.get(head, format, stamp, items).await {
                Ok(ready) => document(&headers, &ready, config.period(&channel), &state),
                Err(error) => unavailable(&error.to_string()),
            }
        }
    };
    if negotiated { plain::with(response, header::VARY, "Accept, Accept-Encoding") } else { response }
}

async fn feed_page(
    site: &Site,
    config: &Config,
    channel: &Channel,
    head: &FeedHead,
    state: &FeedState,
) -> Response {
    let most = shown(pages::MAX_ITEMS);
    let items = served::items(site.store.as_ref(), config, channel, site.clock.now(), most).await;
    let runs = site.store.runs(channel.id(), shown(pages::MAX_RUNS)).await;
    match (items, runs) {
        (Ok(items), Ok(runs)) => {
            let schedule = channel.schedule_words();
            let view = pages::FeedView { head, state, schedule: &schedule, documents: true };
            let html = pages::feed(&view, &items, &runs, site.clock.now());
            plain::page(StatusCode::OK, pages::rooted(&html, &site.current().config.server.base_path()))
        }
        (Err(error), _) | (_, Err(error)) => unavailable(&error.to_string()),
    }
}

fn shown(most: usize) -> u32 {
    u32::try_from(most).unwrap_or(u32::MAX)
}

fn unavailable(error: &str) -> Response {
    tracing::error!("a request could not be answered: {error}");
    let response =
        plain::text(StatusCode::SERVICE_UNAVAILABLE, "the store cannot be read just now; try again later");
    plain::with(response, header::RETRY_AFTER, "60")
}

fn document(headers: &HeaderMap, ready: &Ready, period: Duration, state: &FeedState) -> Response {
    let (encoding, body) = ready.body(Encoding::accepted(headers));
    let fresh = not_modified(headers, &ready.tag, ready.changed);
    let (status, body) = if fresh {
        (StatusCode::NOT_MODIFIED, Body::empty())
    } else {
        (StatusCode::OK, Body::from(body.clone()))
    };
    let mut response = plain::answer(status, ready.format.content_type(), body);
    let tag = format!("\"{}{}\"", ready.tag, encoding.tag_suffix());
    response = plain::with(response, header::ETAG, &tag);
    if state.changed.is_some() {
        response = plain::with(response, header::LAST_MODIFIED, &http_date::format(ready.changed));
    }
    response = plain::with(response, header::CACHE_CONTROL, &cache_control(period, state));
    response = plain::with(response, header::VARY, "Accept-Encoding");
    response = plain::with(response, header::LINK, &format!("<{}>; rel=\"self\"", ready.self_url));
    if fresh {
        response.headers_mut().remove(header::CONTENT_TYPE);
        return response;
    }
    match encoding.name() {
        Some(name) => plain::with(response, header::CONTENT_ENCODING, name),
        None => response,
    }
}

/// As long as the schedule makes a change unlikely; a feed without a first success is asked for
/// again soon.
fn cache_control(period: Duration, state: &FeedState) -> String {
    let longest =
        if state.last_success.is_some() { Duration::from_secs(3600) } else { Duration::from_secs(30) };
    let age = (period / 2).min(longest).as_secs();
    format!("public, max-age={age}, stale-if-error=604800")
}

async fn feeds_opml(State(site): Shared) -> Response {
    let written = over_all(&site, |config, rows| {
        let heads: Vec<FeedHead> = rows.iter().map(|(_, head, _)| head.clone()).collect();
        opml(&config.server.title, &heads)
    });
    match written.await {
        Ok(body) => {
            plain::cache(plain::answer(StatusCode::OK, "text/x-opml; charset=utf-8", body), "no-cache")
        }
        Err(error) => unavailable(&error.to_string()),
    }
}

async fn style() -> Response {
    let response = plain::answer(StatusCode::OK, "text/css; charset=utf-8", pages::STYLE);
    plain::cache(response, "public, max-age=3600")
}

async fn live() -> Response {
    plain::text(StatusCode::OK, "alive")
}

async fn ready(State(site): Shared) -> Response {
    if !site.ready.load(Ordering::Relaxed) {
        return plain::text(StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }
    match site.store.next_due().await {
        Ok(_) => plain::text(StatusCode::OK, "ready"),
        Err(error) => {
            tracing::error!("not ready: {error}");
            plain::text(StatusCode::SERVICE_UNAVAILABLE, "the store cannot be read")
        }
    }
}

async fn numbers(State(site): Shared) -> Response {
    let response = plain::answer(StatusCode::OK, Metrics::CONTENT_TYPE, site.metrics.text());
    plain::cache(response, "no-store")
}

async fn not_found() -> Response {
    let page = pages::not_found("There is nothing at this address.");
    plain::page(StatusCode::NOT_FOUND, page)
}
