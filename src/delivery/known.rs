//! Looks up the feeds and items that a message names: titles, addresses and summaries.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use crate::board::Board;
use crate::channel::Channel;
use crate::config::Config;
use crate::filter::{self, Filter, FilterParts};
use crate::html;
use crate::model::{FeedId, Item};
use crate::notify::{FeedWords, ItemName, KnownPart, MessageItem, Part, PartItem, Rule, short_summary};
use crate::shape::ItemShape;
use crate::store::{Store, StoreError};

/// Bytes of all bodies of items in one message.
const MAX_BODIES: usize = 256 << 10;

/// Where the titles of pages are looked up.
#[derive(Clone, Copy)]
pub struct KnownFeeds<'a> {
    /// The states of feeds; `None` in commands, where a feed without a title is called by its id.
    pub board: Option<&'a Board>,
}

impl KnownFeeds<'_> {
    fn page_title(self, feed: &FeedId) -> Option<String> {
        self.board.and_then(|board| board.state(feed).title)
    }
}

/// A part with its feed and its items.
pub(super) async fn part(
    store: &dyn Store,
    config: &Config,
    rule: &Rule,
    part: &Part,
    titles: KnownFeeds<'_>,
) -> Result<KnownPart, StoreError> {
    let keys: Vec<String> = part.items.iter().map(|item| item.key.clone()).collect();
    let found = if keys.is_empty() { Vec::new() } else { store.items_with_keys(&part.source, keys).await? };
    let found = changed(found, &filters(config, rule, &part.feed), part.at);
    let by_key: HashMap<&str, &Item> = found.iter().map(|item| (item.key.as_str(), item)).collect();
    let items = part.items.iter().map(|name| match by_key.get(name.key.as_str()) {
        Some(item) => kept(item),
        None => dropped(name),
    });
    let mut items: Vec<PartItem> = items.collect();
    bound_bodies(&mut items);
    let named = if part.is_alarm() { &part.source } else { &part.feed };
    Ok(KnownPart { part: part.clone(), feed: words(config, named, titles), items })
}

/// The filters that an item passes on its way to a rule: those of a derived feed, and those of the rule.
pub(super) fn filters(config: &Config, rule: &Rule, feed: &FeedId) -> Vec<Filter> {
    let of_feed: &[Filter] = match config.channel(feed) {
        Some(Channel::Derived(derived)) => &derived.filters,
        Some(Channel::Scraped(_)) | None => &[],
    };
    of_feed.iter().chain(&rule.filters).cloned().collect()
}

/// The items with the texts that filters set. All stay: whether they are told was decided when they were new.
fn changed(items: Vec<Item>, filters: &[Filter], now: DateTime<Utc>) -> Vec<Item> {
    let sets: Vec<Filter> =
        filters.iter().filter(|filter| matches!(filter, Filter::Set(_))).cloned().collect();
    passed(items, &sets, now)
}

/// The items that pass filters, with the texts that these set.
pub(super) fn passed(items: Vec<Item>, filters: &[Filter], now: DateTime<Utc>) -> Vec<Item> {
    let (passed, _) = filter::apply_to_parts(filters, items, now, |item| FilterParts {
        content: &mut item.content,
        date: Some(item.date),
    });
    passed
}

/// A part whose items are told by their names only.
pub(super) fn without_store(config: &Config, part: &Part) -> KnownPart {
    let named = if part.is_alarm() { &part.source } else { &part.feed };
    let feed = words(config, named, KnownFeeds { board: None });
    KnownPart { part: part.clone(), feed, items: part.items.iter().map(dropped).collect() }
}

/// Leaves out the bodies of items beyond a bound, the newest items keeping theirs: many receivers refuse more than
/// a megabyte.
fn bound_bodies(items: &mut [PartItem]) {
    let mut room = MAX_BODIES;
    for item in items {
        let body = item.json.get("content_html").and_then(Value::as_str).map_or(0, str::len);
        match room.checked_sub(body) {
            Some(left) => room = left,
            None => item.json["content_html"] = Value::Null,
        }
    }
}

fn kept(item: &Item) -> PartItem {
    let content = &item.content;
    let summary = content.summary.as_deref().and_then(short_summary);
    let text_of_body =
        || content.content_html.as_deref().map(html::plain_text).and_then(|text| short_summary(&text));
    PartItem {
        words: MessageItem {
            title: title_of(&content.title, content.url.as_ref().map(Url::as_str)),
            link: content.url.clone(),
            summary: summary.or_else(text_of_body),
        },
        image: content.image.clone(),
        json: serde_json::to_value(ItemShape::from(item)).unwrap_or(Value::Null),
    }
}

/// An item that is no longer kept: its title and address are left.
fn dropped(name: &ItemName) -> PartItem {
    let link = name.link.as_deref().and_then(|link| Url::parse(link).ok());
    PartItem {
        json: json!({ "key": name.key, "title": name.title, "url": link }),
        words: MessageItem { title: title_of(&name.title, name.link.as_deref()), link, summary: None },
        image: None,
    }
}

fn title_of(title: &str, link: Option<&str>) -> String {
    let title = title.trim();
    if title.is_empty() { link.unwrap_or("an item without a title").to_owned() } else { title.to_owned() }
}

fn words(config: &Config, feed: &FeedId, titles: KnownFeeds<'_>) -> FeedWords {
    let page = || Url::parse(&format!("{}/feeds/{feed}", config.server.base_url)).ok();
    let page = if config.server.base_url_given { page() } else { None };
    let Some(channel) = config.channel(feed) else {
        return FeedWords { title: feed.to_string(), home: None, page, tags: Vec::new() };
    };
    let home = match channel {
        Channel::Scraped(feed) => Some(feed.home.clone()),
        Channel::Derived(derived) => derived.home.clone(),
    };
    let page_title = titles.page_title(feed);
    let title = channel.title(page_title.as_deref()).to_owned();
    FeedWords { title, home, page, tags: channel.tags().to_vec() }
}
