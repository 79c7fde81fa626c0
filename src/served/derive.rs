//! Items of several feeds -> those of one that is derived from them. Pure.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::config::Derived;
use crate::filter;
use crate::history;
use crate::model::{Found, Item, PageDate};
use crate::normalise::same_address;

/// Merges, filters, and leaves out what stands there already: the same address, or the same title
/// within the time that was asked for. Of one story the item stays that was seen first, so that what
/// comes later changes nothing.
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

fn told_once(items: Vec<Item>, same_title: Option<TimeDelta>) -> Vec<Item> {
    let mut addresses = HashSet::new();
    let mut titles: HashMap<String, Vec<DateTime<Utc>>> = HashMap::new();
    let mut guids = HashSet::new();
    let first = |item: &Item| {
        let address = item.content.url.as_ref().map(same_address);
        let new_address = address.is_none_or(|a| addresses.insert(a));
        let new_title = same_title.is_none_or(|window| {
            let title: String = item
                .content
                .title
                .chars()
                .filter(|c| c.is_alphanumeric())
                .flat_map(char::to_lowercase)
                .collect();
            let at = item.date.to_utc();
            let told = titles.entry(title.clone()).or_default();
            let new = title.is_empty() || told.iter().all(|t| (*t - at).abs() > window);
            told.push(at);
            new
        });
        new_address && new_title && guids.insert(item.guid.clone())
    };
    let mut first = first;
    items.into_iter().filter(|item| first(item)).collect()
}
