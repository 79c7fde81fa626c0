//! The paths of the server and their answers.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, Utc};
use http::{HeaderMap, Method, StatusCode, Uri, header};

use super::conditional::not_modified;
use super::documents::{RenderedDocument, Stamp};
use super::encoding::{Encoding, Representation};
use super::state::ServerState;
use super::{health, host, ops as ops_feed, pages, plain};
use crate::board::Board;
use crate::channel::Channel;
use crate::config::{Config, Live};
use crate::cpu::NoResult;
use crate::model::{Event, FeedHead, FeedId, FeedState, Format, Item, RunRecord, http_date};
use crate::render::opml;
use crate::served;
use crate::store::{KeptMessage, StoreError};
use crate::telemetry::{self, Metrics};

/// The longest request target, in bytes.
const MAX_TARGET_BYTES: usize = 2048;

/// How often the operations feed may change.
const OPS_PERIOD: Duration = Duration::from_secs(60);

type SharedState = State<Arc<ServerState>>;

/// The router of the daemon.
pub fn router(state: Arc<ServerState>) -> Router {
    let metrics = Arc::clone(&state.metrics);
    Router::new()
        .route("/", get(index))
        .route("/feeds/{name}", get(feed))
        .route("/feeds.opml", get(feeds_opml))
        .route("/style.css", get(style))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .route("/health/feeds", get(health_of_feeds))
        .route("/ops.rss", get(ops))
        .route("/ops.atom", get(ops))
        .route("/ops.json", get(ops))
        .route("/metrics", get(metrics_text))
        .fallback(not_found)
        .with_state(state)
        .layer(axum::middleware::from_fn(refuse))
        .layer(axum::middleware::map_response(move |response: Response| {
            metrics.request_answered(response.status().as_u16());
            std::future::ready(response)
        }))
}

/// Refuses requests that no route can serve. Their bodies are not read: the connection is closed.
pub(super) async fn refuse(request: Request, next: Next) -> Response {
    let target_bytes = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target_bytes > MAX_TARGET_BYTES {
        return plain::closing(plain::text(StatusCode::URI_TOO_LONG, "the address is too long"));
    }
    if let Some(mistake) = host::mistake(request.version(), request.headers()) {
        return plain::closing(plain::text(StatusCode::BAD_REQUEST, mistake));
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let response = plain::text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are served");
        return plain::closing(plain::with(response, header::ALLOW, "GET, HEAD"));
    }
    next.run(request).await
}

async fn index(State(server): SharedState) -> Response {
    let now = server.clock.now();
    let failing_targets = failing_targets(&server).await;
    let rendered = with_all_feeds(&server, move |config, feeds| {
        let views: Vec<pages::FeedView<'_>> = feeds.iter().map(FeedSummary::view).collect();
        let title = &config.server.title;
        let index = pages::IndexPage { title, feeds: &views, has_operations: true, failing_targets, now };
        pages::rooted(&pages::index(&index), &config.server.base_path())
    });
    match rendered.await {
        Ok(html) => page(&server, StatusCode::OK, &html),
        Err(error) => unavailable(&error.to_string()),
    }
}

/// The number of targets of notifications that fail, or have given messages up.
async fn failing_targets(server: &ServerState) -> usize {
    let config = server.current_config().config;
    if config.notify.is_empty() {
        return 0;
    }
    let rules: Vec<String> = config.notify.iter().map(|rule| rule.rule.name.clone()).collect();
    // Without an answer of the store, the rest of the page says so.
    server.store.failing_rules(&rules).await.unwrap_or(0)
}

/// A page, with a notice if the newest configuration is not in use.
fn page(server: &ServerState, status: StatusCode, html: &str) -> Response {
    plain::page(status, pages::with_config_notice(html, server.config_notice().as_deref()))
}

/// A feed, as the index and the OPML of all feeds need it.
struct FeedSummary {
    /// The schedule in words.
    schedule: String,
    head: FeedHead,
    state: FeedState,
}

impl FeedSummary {
    fn of(channel: &Channel, config: &Config, board: &Board) -> Self {
        let state = served::state(config, channel, |id| board.state(id));
        let head = config.channel_head(channel, &state);
        Self { schedule: channel.schedule_words(), head, state }
    }

    fn view(&self) -> pages::FeedView<'_> {
        pages::FeedView { head: &self.head, state: &self.state, schedule: &self.schedule, documents: true }
    }
}

/// Calls `render` with all feeds. The call runs on the CPU pool, because there may be many feeds.
async fn with_all_feeds<T: Send + 'static>(
    server: &ServerState,
    render: impl FnOnce(&Config, &[FeedSummary]) -> T + Send + 'static,
) -> Result<T, NoResult> {
    let config = server.current_config().config;
    let board = Arc::clone(&server.board);
    let work = move || {
        let summary = |channel: &Channel| FeedSummary::of(channel, &config, &board);
        let feeds: Vec<FeedSummary> = config.channels.iter().map(summary).collect();
        render(&config, &feeds)
    };
    server.cpu.run(work).await
}

/// `/feeds/{id}.{ending}` is a document. `/feeds/{id}` is the page or the document, as the client prefers.
async fn feed(
    State(server): SharedState,
    name: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let Ok(Path(name)) = name else { return no_page(&server) };
    let (id, format) = match name.rsplit_once('.') {
        Some((id, ending)) => match Format::from_extension(ending) {
            Some(format) => (id, Some(format)),
            None => return no_page(&server),
        },
        None => (name.as_str(), None),
    };
    let Live { generation, config } = server.current_config();
    let Some(channel) = FeedId::parse(id).ok().and_then(|id| config.channel(&id).cloned()) else {
        return no_page(&server);
    };
    let state = served::state(&config, &channel, |id| server.board.state(id));
    let head = config.channel_head(&channel, &state);
    let negotiated = format.is_none();
    let representation = format.map_or_else(|| Representation::preferred(&headers), Representation::Document);
    let response = match representation {
        Representation::Page => feed_page(&server, &config, &channel, &head, &state).await,
        Representation::Document(format) => {
            let stamp = Stamp { version: state.version, generation };
            let now = server.clock.now();
            let store = Arc::clone(&server.store);
            let items = {
                let config = Arc::clone(&config);
                let channel = channel.clone();
                async move { served::items(store.as_ref(), &config, &channel, now, u32::MAX).await }
            };
            match server.documents.get(head, format, stamp, items).await {
                Ok(rendered) => document(&headers, &rendered, config.period(&channel), &state, now),
                Err(error) => unavailable(&error.to_string()),
            }
        }
    };
    if negotiated { plain::with(response, header::VARY, "Accept, Accept-Encoding") } else { response }
}

async fn feed_page(
    server: &ServerState,
    config: &Config,
    channel: &Channel,
    head: &FeedHead,
    state: &FeedState,
) -> Response {
    let now = server.clock.now();
    let kept = match kept_of(server, config, channel, now).await {
        Ok(kept) => kept,
        Err(error) => return unavailable(&error.to_string()),
    };
    let schedule = channel.schedule_words();
    let html = pages::feed(&pages::FeedPage {
        view: pages::FeedView { head, state, schedule: &schedule, documents: true },
        items: &kept.items,
        runs: &kept.runs,
        events: &kept.events,
        deliveries: &kept.deliveries,
        now,
    });
    page(server, StatusCode::OK, &pages::rooted(&html, &config.server.base_path()))
}

/// Everything that the store keeps for the page of a feed.
struct KeptOfFeed {
    items: Vec<Item>,
    runs: Vec<RunRecord>,
    events: Vec<Event>,
    deliveries: Vec<KeptMessage>,
}

async fn kept_of(
    server: &ServerState,
    config: &Config,
    channel: &Channel,
    now: DateTime<Utc>,
) -> Result<KeptOfFeed, StoreError> {
    let store = server.store.as_ref();
    let id = channel.id();
    Ok(KeptOfFeed {
        items: served::items(store, config, channel, now, as_u32(pages::MAX_CHART_ITEMS)).await?,
        runs: store.runs(id, as_u32(pages::MAX_CHART_RUNS)).await?,
        events: store.events(Some(id), &pages::EVENT_KINDS, as_u32(pages::MAX_EVENTS)).await?,
        deliveries: store.messages(Some(id.as_str()), as_u32(pages::MAX_DELIVERIES)).await?,
    })
}

fn as_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Status 503; the error goes to the log only, and not once for each request.
fn unavailable(error: &str) -> Response {
    if let Some(left_out) = telemetry::may_log("request_unanswered") {
        tracing::error!("a request could not be answered: {error}{left_out}");
    }
    let response =
        plain::text(StatusCode::SERVICE_UNAVAILABLE, "the store cannot be read just now; try again later");
    plain::with(response, header::RETRY_AFTER, "60")
}

/// A document, or status 304 if the client has it already.
fn document(
    headers: &HeaderMap,
    rendered: &RenderedDocument,
    period: Duration,
    state: &FeedState,
    now: DateTime<Utc>,
) -> Response {
    let (encoding, bytes) = rendered.body(Encoding::preferred(headers));
    let is_current = not_modified(headers, &rendered.tag, rendered.changed, now);
    let (status, body) = if is_current {
        (StatusCode::NOT_MODIFIED, Body::empty())
    } else {
        (StatusCode::OK, Body::from(bytes.clone()))
    };
    let mut response = plain::answer(status, rendered.format.content_type(), body);
    let tag = format!("\"{}{}\"", rendered.tag, encoding.tag_suffix());
    response = plain::with(response, header::ETAG, &tag);
    if state.changed.is_some() {
        // RFC 9110 section 8.8.2.1: it is never later than the moment of the answer.
        let changed = rendered.changed.min(now);
        response = plain::with(response, header::LAST_MODIFIED, &http_date::format(changed));
    }
    response = plain::with(response, header::CACHE_CONTROL, &cache_control(period, state));
    response = plain::with(response, header::VARY, "Accept-Encoding");
    response = plain::with(response, header::LINK, &format!("<{}>; rel=\"self\"", rendered.self_url));
    if is_current {
        response.headers_mut().remove(header::CONTENT_TYPE);
        return response;
    }
    match encoding.name() {
        Some(name) => plain::with(response, header::CONTENT_ENCODING, name),
        None => response,
    }
}

/// `Cache-Control` of a document: half the interval between runs, at most an hour. A feed without a first
/// success may be cached for 30 s only, so that readers soon ask again.
fn cache_control(period: Duration, state: &FeedState) -> String {
    let max_age =
        if state.last_success.is_some() { Duration::from_secs(3600) } else { Duration::from_secs(30) };
    let age = (period / 2).min(max_age).as_secs();
    format!("public, max-age={age}, stale-if-error=604800")
}

async fn feeds_opml(State(server): SharedState) -> Response {
    let rendered = with_all_feeds(&server, |config, feeds| {
        let heads: Vec<FeedHead> = feeds.iter().map(|feed| feed.head.clone()).collect();
        opml(&config.server.title, &heads)
    });
    match rendered.await {
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

async fn ready(State(server): SharedState) -> Response {
    if !server.ready.load(Ordering::Relaxed) {
        return plain::text(StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }
    match server.store.check().await {
        Ok(()) => plain::text(StatusCode::OK, "ready"),
        Err(error) => {
            error.log(None, "not ready");
            plain::text(StatusCode::SERVICE_UNAVAILABLE, error.public_sentence())
        }
    }
}

async fn health_of_feeds(State(server): SharedState, uri: Uri) -> Response {
    let config = server.current_config().config;
    health::feeds(&server, &config, uri.query())
}

/// `/ops.rss`, `/ops.atom`, `/ops.json`.
async fn ops(State(server): SharedState, uri: Uri, headers: HeaderMap) -> Response {
    let ending = uri.path().rsplit_once('.').map_or("", |(_, ending)| ending);
    let Some(format) = Format::from_extension(ending) else { return no_page(&server) };
    let config = server.current_config().config;
    let detailed = ops_feed::is_local(&server, &config, &headers);
    match ops_feed::document(&server, &config, format, detailed).await {
        Ok((rendered, state)) => document(&headers, &rendered, OPS_PERIOD, &state, server.clock.now()),
        Err(error) => unavailable(&error.to_string()),
    }
}

/// Metrics: as OpenMetrics for those that ask for it, else in the older format of Prometheus.
async fn metrics_text(State(server): SharedState, headers: HeaderMap) -> Response {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let is_open = accepted.into_iter().any(|value| value.contains("application/openmetrics-text"));
    let response = if is_open {
        plain::answer(StatusCode::OK, Metrics::CONTENT_TYPE, server.metrics.text())
    } else {
        plain::answer(StatusCode::OK, Metrics::PLAIN_CONTENT_TYPE, server.metrics.plain_text())
    };
    plain::with(plain::cache(response, "no-store"), header::VARY, "Accept")
}

async fn not_found(State(server): SharedState) -> Response {
    no_page(&server)
}

fn no_page(server: &ServerState) -> Response {
    page(server, StatusCode::NOT_FOUND, &pages::not_found("There is nothing at this address."))
}
