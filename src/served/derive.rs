//! Items of several feeds -> those of one that is derived from them. Pure.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::channel::Derived;
use crate::filter;
use crate::history;
use crate::model::{Content, Found, Item, PageDate};
use crate::normalise::canonical_address;

/// Merges, filters, and leaves out what stands there already: the same address, or the same title
/// within the time that was asked for. Of one story the item stays that was seen first, so that its
/// identifier and date do not change with what comes later.
pub(super) fn derive(lists: Vec<Vec<Item>>, derived: &Derived, now: DateTime<Utc>) -> Vec<Item> {
    let mut items: Vec<Item> = lists.into_iter().flatten().collect();
    // A stable sort: of those seen at the same time, the order of `from` decides.
    items.sort_by_key(|item| item.first_seen);
    let items = told_once(filtered(items, derived, now), derived.same_title);
    let mut items: Vec<Item> = match derived.keep.days {
        None => items,
        Some(days) => {
            let oldest = now - TimeDelta::days(i64::from(days));
            items.into_iter().filter(|i| i.date >= oldest).collect()
        }
    };
    history::sort(&mut items);
    items.truncate(derived.keep.items as usize);
    items
}

/// Filters speak of what pages say: an item without a date of its own has none for them.
fn filtered(items: Vec<Item>, derived: &Derived, now: DateTime<Utc>) -> Vec<Item> {
    if derived.filters.is_empty() {
        return items;
    }
    let found = items.iter().enumerate().map(|(place, item)| Found {
        key: place.to_string(),
        position: item.position,
        content: item.content.clone(),
        date: Some(PageDate {
            at: item.date,
            precision: item.precision,
            source: item.date_source,
            relative: false,
        }),
        updated: None,
    });
    let (left, _) = filter::apply(&derived.filters, found.collect(), now);
    let mut left: HashMap<usize, Found> =
        left.into_iter().filter_map(|f| Some((f.key.parse().ok()?, f))).collect();
    let kept = items.into_iter().enumerate().filter_map(|(place, item)| {
        let found = left.remove(&place)?;
        Some(Item { content: found.content, ..item })
    });
    kept.collect()
}

/// Each story once: the item that was seen first, with the whole text if another one has it.
fn told_once(items: Vec<Item>, same_title: Option<TimeDelta>) -> Vec<Item> {
    let mut out: Vec<Item> = Vec::new();
    let mut told = Told::default();
    for item in items {
        match told.place(&item, same_title, out.len()) {
            None => out.push(item),
            Some(place) => {
                let first = &mut out[place];
                if first.content.content_html.is_none() && item.content.content_html.is_some() {
                    first.content = Content { url: first.content.url.take(), ..item.content };
                }
            }
        }
    }
    out
}

/// Where the stories so far stand.
#[derive(Default)]
struct Told {
    guids: HashMap<String, usize>,
    addresses: HashMap<String, usize>,
    titles: HashMap<String, Vec<(DateTime<Utc>, usize)>>,
}

impl Told {
    /// Where an item's story stands already; if nowhere, it is noted to stand at `next`.
    fn place(&mut self, item: &Item, same_title: Option<TimeDelta>, next: usize) -> Option<usize> {
        let address = item.content.url.as_ref().map(canonical_address);
        let title: String =
            item.content.title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let at = item.date.to_utc();
        let by_title = || {
            let (window, told) = (same_title?, self.titles.get(&title)?);
            told.iter().find(|(t, _)| !title.is_empty() && (*t - at).abs() <= window).map(|(_, place)| *place)
        };
        let by_address = || address.as_ref().and_then(|a| self.addresses.get(a)).copied();
        let found = self.guids.get(&item.guid).copied().or_else(by_address).or_else(by_title);
        let place = found.unwrap_or(next);
        self.guids.entry(item.guid.clone()).or_insert(place);
        if let Some(address) = address {
            self.addresses.entry(address).or_insert(place);
        }
        self.titles.entry(title).or_default().push((at, place));
        found
    }
}
