//! Messages for a person who tries things out: a test message, and what a rule makes of real items.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::composed;
use super::known::{self, KnownFeeds};
use crate::config::{Config, NotifyRule};
use crate::digest;
use crate::model::{Event, EventKind, FeedId, Trouble, TroubleKind};
use crate::notify::{Composer, ItemName, KnownPart, Message, MessageContent, Part, Priority, Rule};
use crate::served;
use crate::store::{Store, StoreError};

/// Items that a preview is made of.
const ITEMS: usize = 5;
/// Items that are asked whether they pass the filters.
const LOOKED_AT: u32 = 500;

/// A message that tells nothing but that messages arrive.
#[must_use]
pub fn test_message(rule: &str, server_title: &str, now: DateTime<Utc>) -> Message {
    let id = id_of(&format!("test\0{rule}"), now);
    let title = format!("A test message of {server_title}");
    let body = format!("If you can read this, messages of `{rule}` arrive.");
    let data = json!({
        "id": id, "event": "test", "timestamp": now.to_rfc3339(), "gathered": "", "title": title, "body": body,
        "link": null, "feed": null, "trouble": null, "items": [], "events": [], "omitted": 0,
    });
    Message {
        id,
        event: EventKind::Recovered,
        at: now,
        title,
        body,
        link: None,
        image: None,
        priority: Priority::Normal,
        tags: Vec::new(),
        feed: None,
        items: Vec::new(),
        incident: None,
        data,
    }
}

/// The messages that a rule would make of the newest items of its first feed with items, and of a trouble of it.
/// Without a database, or without items, of made-up ones.
///
/// # Errors
/// When the store fails.
pub async fn samples(
    store: Option<&dyn Store>,
    config: &Arc<Config>,
    rule: &NotifyRule,
    now: DateTime<Utc>,
) -> Result<Vec<Message>, StoreError> {
    let rule = &rule.rule;
    let mut samples = Vec::new();
    for kind in &rule.when {
        let feeds = if *kind == EventKind::Item { &rule.feeds } else { &rule.sources };
        let Some(first) = feeds.first() else { continue };
        if *kind != EventKind::Item {
            let part = alarm(*kind, first, now);
            samples.push(made_up(config, rule, part, now));
            continue;
        }
        let part = match store {
            Some(store) => newest(store, config, rule, now).await?,
            None => None,
        };
        samples.push(match (store, part) {
            (Some(store), Some(part)) => {
                let content = content(part, now);
                composed(store, config, rule, &content, KnownFeeds { board: None }).await?
            }
            _ => {
                let mut part = Part::of(&event(EventKind::Item, first, None, now), first);
                let title = "An item as an example".to_owned();
                part.items.push(ItemName {
                    key: "example".to_owned(),
                    title,
                    link: Some("https://example.org/".to_owned()),
                });
                made_up(config, rule, part, now)
            }
        });
    }
    Ok(samples)
}

async fn newest(
    store: &dyn Store,
    config: &Config,
    rule: &Rule,
    now: DateTime<Utc>,
) -> Result<Option<Part>, StoreError> {
    for feed in &rule.feeds {
        let Some(channel) = config.channel(feed) else { continue };
        let items = served::items(store, config, channel, now, LOOKED_AT).await?;
        let mut items = known::passed(items, &rule.filters, now);
        items.truncate(rule.summary_from.clamp(1, ITEMS));
        if items.is_empty() {
            continue;
        }
        let source = source_of(store, config, feed, &items[0].key).await?;
        let mut part = Part::of(&event(EventKind::Item, &source, None, now), feed);
        part.items = items
            .iter()
            .map(|item| ItemName {
                key: item.key.clone(),
                title: item.content.title.clone(),
                link: item.content.url.as_ref().map(ToString::to_string),
            })
            .collect();
        return Ok(Some(part));
    }
    Ok(None)
}

/// The feed that keeps an item of a channel.
async fn source_of(
    store: &dyn Store,
    config: &Config,
    feed: &FeedId,
    key: &str,
) -> Result<FeedId, StoreError> {
    if config.feed(feed).is_some() {
        return Ok(feed.clone());
    }
    for source in &config.feeds {
        if !store.items_with_keys(&source.id, vec![key.to_owned()]).await?.is_empty() {
            return Ok(source.id.clone());
        }
    }
    Ok(feed.clone())
}

fn alarm(kind: EventKind, feed: &FeedId, now: DateTime<Utc>) -> Part {
    let detail = "the selector `article` matches nothing on the page; this is an example";
    let trouble = (kind != EventKind::Silent).then(|| Trouble::new(TroubleKind::NoItems, detail));
    Part::of(&event(kind, feed, trouble, now), feed)
}

fn event(kind: EventKind, feed: &FeedId, trouble: Option<Trouble>, now: DateTime<Utc>) -> Event {
    let since = now - chrono::TimeDelta::hours(3);
    Event { number: 0, at: now, feed: feed.clone(), kind, trouble, since, keys: Vec::new() }
}

fn made_up(config: &Config, rule: &Rule, part: Part, now: DateTime<Utc>) -> Message {
    let known: KnownPart = known::without_store(config, &part);
    Composer { rule }.message(&content(part, now), &[known]).0
}

fn content(part: Part, now: DateTime<Utc>) -> MessageContent {
    let id = id_of(&format!("preview\0{}", part.feed), now);
    MessageContent { id, parts: vec![part], gathered: String::new(), omitted: 0 }
}

fn id_of(seed: &str, now: DateTime<Utc>) -> String {
    format!("msg_{}", digest::hex(format!("{seed}\0{}", now.timestamp_millis()).as_bytes(), 24))
}
