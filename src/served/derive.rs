//! The items of a derived feed, made from those of its sources. Pure.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::channel::Derived;
use crate::filter::{self, FilterParts};
use crate::history;
use crate::model::{Content, Item};
use crate::normalise::canonical_address;

/// Merges the lists, applies the filters, removes duplicates, and keeps as many items as configured.
///
/// Two items are duplicates if they have the same guid or address, or the same title within the
/// configured time. The item that was seen first stays, so that its identifier and date do not change
/// when a duplicate appears later.
pub(super) fn derived_items(lists: Vec<Vec<Item>>, derived: &Derived, now: DateTime<Utc>) -> Vec<Item> {
    let filtered_lists = lists.into_iter().map(|items| filtered(items, derived, now)).collect();
    let mut items = merged(filtered_lists, derived, now);
    items.truncate(derived.keep.items as usize);
    items
}

/// The same of lists that have passed the filters, however many items there are.
pub(super) fn merged(lists: Vec<Vec<Item>>, derived: &Derived, now: DateTime<Utc>) -> Vec<Item> {
    let mut merged: Vec<Item> = lists.into_iter().flatten().collect();
    // The sort is stable: items first seen at the same time keep the order of `from`.
    merged.sort_by_key(|item| item.first_seen);
    let mut items = without_duplicates(merged, derived.same_title);
    items.retain(|item| is_of_age(item, derived, now));
    history::sort(&mut items);
    items
}

/// Whether an item is not too old for the feed.
pub(super) fn is_of_age(item: &Item, derived: &Derived, now: DateTime<Utc>) -> bool {
    derived.keep.days.is_none_or(|days| item.date >= now - TimeDelta::days(i64::from(days)))
}

/// The items that pass the filters, with the texts that these set.
pub(super) fn filtered(items: Vec<Item>, derived: &Derived, now: DateTime<Utc>) -> Vec<Item> {
    let (kept, _) = filter::apply_to_parts(&derived.filters, items, now, |item| FilterParts {
        content: &mut item.content,
        date: Some(item.date),
    });
    kept
}

/// Keeps the first item of each set of duplicates. If it has no full text, it takes over the content of
/// the first duplicate that has one, but keeps its own address.
fn without_duplicates(items: Vec<Item>, same_title: Option<TimeDelta>) -> Vec<Item> {
    let mut kept: Vec<Item> = Vec::new();
    let mut seen = SeenItems::default();
    for item in items {
        match seen.find_or_add(&item, same_title, kept.len()) {
            None => kept.push(item),
            Some(index) => {
                let first = &mut kept[index];
                if first.content.content_html.is_none() && item.content.content_html.is_some() {
                    first.content = Content { url: first.content.url.take(), ..item.content };
                }
            }
        }
    }
    kept
}

/// For each identifying value seen so far, the index of the kept item that has it.
#[derive(Default)]
struct SeenItems {
    guids: HashMap<String, usize>,
    addresses: HashMap<String, usize>,
    titles: HashMap<String, Vec<(DateTime<Utc>, usize)>>,
}

impl SeenItems {
    /// The index of the kept item that this item duplicates; `None` if it is new. The values of the item
    /// are recorded for that index, or for `next_index` if it is new.
    fn find_or_add(
        &mut self,
        item: &Item,
        same_title: Option<TimeDelta>,
        next_index: usize,
    ) -> Option<usize> {
        let address = item.content.url.as_ref().map(canonical_address);
        let title = comparable_title(&item.content.title);
        let date = item.date.to_utc();
        let by_guid = self.guids.get(&item.guid).copied();
        let by_address = || address.as_ref().and_then(|address| self.addresses.get(address)).copied();
        let by_title = || self.with_title(&title, date, same_title?);
        let found = by_guid.or_else(by_address).or_else(by_title);
        let index = found.unwrap_or(next_index);
        self.guids.entry(item.guid.clone()).or_insert(index);
        if let Some(address) = address {
            self.addresses.entry(address).or_insert(index);
        }
        self.titles.entry(title).or_default().push((date, index));
        found
    }

    /// The kept item with this title and a date at most `window` away. Empty titles match nothing.
    fn with_title(&self, title: &str, date: DateTime<Utc>, window: TimeDelta) -> Option<usize> {
        if title.is_empty() {
            return None;
        }
        let same_titles = self.titles.get(title)?;
        same_titles.iter().find(|(other, _)| (*other - date).abs() <= window).map(|(_, index)| *index)
    }
}

/// The letters and digits of a title, in lower case.
fn comparable_title(title: &str) -> String {
    title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
