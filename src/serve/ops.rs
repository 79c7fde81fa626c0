//! The operations feed: the troubles, recoveries and silences of all feeds, as a feed of its own.

use std::net::IpAddr;
use std::sync::Arc;

use chrono::DateTime;
use http::{HeaderMap, header};
use url::Url;

use super::documents::{RenderedDocument, rendered_document};
use super::state::ServerState;
use crate::config::Config;
use crate::digest;
use crate::model::{
    Content, DateSource, Event, EventKind, FeedHead, FeedId, FeedState, Format, Item, Precision,
};
use crate::notify::{Part, alarm_body, alarm_title};
use crate::served;
use crate::store::StoreError;

/// The newest events that the feed has.
const MAX_EVENTS: u32 = 100;
/// The path of the documents, without the ending.
const PATH: &str = "/ops";
const KINDS: [EventKind; 3] = [EventKind::Trouble, EventKind::Recovered, EventKind::Silent];
/// Headers of proxies: a request that has one comes from elsewhere.
const FORWARDED: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// The operations feed as a document, with its state. `detailed` adds the evidence, which may name addresses and
/// settings.
pub(super) async fn document(
    server: &ServerState,
    config: &Arc<Config>,
    format: Format,
    detailed: bool,
) -> Result<(RenderedDocument, FeedState), StoreError> {
    let events = server.store.events(None, &KINDS, MAX_EVENTS).await?;
    let changed = events.first().map(|event| event.at);
    let items: Vec<Item> = events.iter().map(|event| item(server, config, event, detailed)).collect();
    let head = head(config, changed.unwrap_or(DateTime::UNIX_EPOCH))?;
    let state = FeedState { changed, last_success: Some(server.clock.now()), ..FeedState::default() };
    let rendered = server.cpu.run(move || rendered_document(&head, &items, format)).await;
    rendered.map(|document| (document, state)).map_err(|error| StoreError::Failed(error.to_string()))
}

fn head(config: &Config, changed: DateTime<chrono::Utc>) -> Result<FeedHead, StoreError> {
    let id = FeedId::parse("ops").map_err(|error| StoreError::Failed(error.to_string()))?;
    Ok(FeedHead {
        id,
        path: PATH.to_owned(),
        title: format!("{}: troubles of feeds", config.server.title),
        description: "Troubles, recoveries and silences of the feeds of this server".to_owned(),
        home: Url::parse(&config.server.base_url).ok(),
        base_url: config.server.base_url.clone(),
        language: Some("en".to_owned()),
        ttl_minutes: 5,
        changed,
    })
}

fn item(server: &ServerState, config: &Config, event: &Event, detailed: bool) -> Item {
    let mut part = Part::of(event, &event.feed);
    if !detailed {
        part.detail = None;
    }
    let title = config.channel(&event.feed).map_or_else(
        || event.feed.to_string(),
        |channel| {
            let state = served::state(config, channel, |id| server.board.state(id));
            channel.title(state.title.as_deref()).to_owned()
        },
    );
    let content = Content {
        title: alarm_title(&part, &title),
        url: Url::parse(&format!("{}/feeds/{}", config.server.base_url, event.feed)).ok(),
        summary: Some(alarm_body(&part, chrono_tz::Tz::UTC)),
        tags: vec![event.kind.name().to_owned()],
        ..Content::default()
    };
    let seed = format!("feedbridge:event:{}\0{}\0{}", event.feed, event.number, event.at.timestamp_millis());
    Item {
        key: event.number.to_string(),
        guid: digest::uuid(seed.as_bytes()),
        content,
        date: event.at.fixed_offset(),
        precision: Precision::Second,
        date_source: DateSource::FirstSeen,
        updated: None,
        first_seen: event.at,
        position: 0,
    }
}

/// Whether a request comes from this machine: the server listens on loopback only and has no public address, the
/// request names a host of loopback, and no proxy has passed it on. The host is looked at because pages of other
/// sites can make a browser of this machine ask.
pub(super) fn is_local(server: &ServerState, config: &Config, headers: &HeaderMap) -> bool {
    let host_of = |address: &str| Url::parse(address).ok()?.host_str().map(str::to_owned);
    let is_inner = |address: &str| host_of(address).is_some_and(|host| is_loopback(&host));
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    is_inner(&server.bound)
        && is_inner(&config.server.base_url)
        && is_inner(&format!("http://{host}/"))
        && !FORWARDED.iter().any(|name| headers.contains_key(*name))
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
