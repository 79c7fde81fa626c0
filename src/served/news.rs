//! Which new items of its sources a derived feed has, without reading all that these keep.

use chrono::{DateTime, TimeDelta, Utc};

use super::derive;
use crate::channel::Derived;
use crate::config::Config;
use crate::model::{FeedId, Item};
use crate::normalise::canonical_address;
use crate::store::{Store, StoreError};

/// Items that are older than a new one by this time are looked up by their keys. The younger ones are read.
const READ_BACK: TimeDelta = TimeDelta::days(7);

/// The latest items of a derived feed. They are read once, and asked about the new items of one source after the other.
///
/// Whether an item is in the feed depends on its own filters and age, and on older items that it repeats. Of the new
/// items of one source, at most as many are told as the feed keeps, the newest first. Unlike in the served feed, items
/// of other sources do not push them out. Items with the same title within the configured time have dates near that of
/// the item; those of an item that is dated long ago are not looked for. An older one with its address has a key that is
/// made of the address, unless its source has ids of its own: of these, only those of the last days are found. So a
/// story of such a source may be told again after 7 days, when another source has it.
#[derive(Debug)]
pub struct DerivedNews {
    now: DateTime<Utc>,
    /// The date from which on `items` is complete; `None` if nothing was read yet.
    since: Option<DateTime<Utc>>,
    /// The items of the feed since then, filtered.
    items: Vec<Item>,
}

impl DerivedNews {
    /// Nothing was read yet. Ages count up to `now`.
    #[must_use]
    pub const fn at(now: DateTime<Utc>) -> Self {
        Self { now, since: None, items: Vec::new() }
    }

    /// Those of the new items of a source that the derived feed has, as it serves them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn among(
        &mut self,
        store: &dyn Store,
        config: &Config,
        derived: &Derived,
        new_items: &[Item],
    ) -> Result<Vec<Item>, StoreError> {
        let mut passed = derive::filtered(new_items.to_vec(), derived, self.now);
        passed.retain(|item| derive::is_of_age(item, derived, self.now));
        let Some(oldest) = passed.iter().map(|item| item.date.to_utc()).min() else {
            return Ok(Vec::new());
        };
        let back = READ_BACK.max(derived.same_title.unwrap_or_default());
        // Without this bound, one new item with an old date would make all items be read.
        let oldest = oldest.max(self.now - READ_BACK);
        let since = oldest.checked_sub_signed(back).unwrap_or(DateTime::<Utc>::MIN_UTC);
        if self.since.is_none_or(|read| read > since) {
            self.read(store, config, derived, since).await?;
        }
        let is_new = |item: &&Item| passed.iter().any(|new| new.guid == item.guid);
        let mut own: Vec<Item> = self.items.iter().filter(is_new).cloned().collect();
        let unread: Vec<Item> = passed.iter().filter(|item| self.is_older(item)).cloned().collect();
        own.extend(derive::merged(vec![unread], derived, self.now));
        own.truncate(derived.keep.items as usize);
        if own.is_empty() {
            return Ok(own);
        }
        // What the filters have made of an address may be another one than that of the key.
        let stems = stems(new_items.iter().chain(&own));
        let mut older = self.older(store, config, derived, stems).await?;
        // The new ones among them were counted above.
        older.retain(|item| !is_new(&item));
        let mut left = derive::merged(vec![older, own], derived, self.now);
        left.retain(|item| is_new(&item));
        Ok(left)
    }

    /// Reads the feed from a date on. Of each source, only what passes the filters stays in memory.
    async fn read(
        &mut self,
        store: &dyn Store,
        config: &Config,
        derived: &Derived,
        since: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut lists = Vec::new();
        for feed in config.sources(derived) {
            let items = store.items_since(&feed.id, since).await?;
            lists.push(derive::filtered(items, derived, self.now));
        }
        self.items = derive::merged(lists, derived, self.now);
        self.since = Some(since);
        Ok(())
    }

    /// Older items whose keys are made of the addresses of new ones. They have passed the filters.
    async fn older(
        &self,
        store: &dyn Store,
        config: &Config,
        derived: &Derived,
        stems: Vec<String>,
    ) -> Result<Vec<Item>, StoreError> {
        if stems.is_empty() {
            return Ok(Vec::new());
        }
        let feeds: Vec<FeedId> = config.sources(derived).map(|feed| feed.id.clone()).collect();
        let mut items = store.items_with_stems(feeds, stems).await?;
        items.retain(|item| self.is_older(item));
        Ok(derive::filtered(items, derived, self.now))
    }

    /// Whether an item is older than those that were read.
    fn is_older(&self, item: &Item) -> bool {
        self.since.is_some_and(|since| item.date.to_utc() < since)
    }
}

/// The beginnings of keys that are made of the addresses of items.
fn stems<'i>(items: impl Iterator<Item = &'i Item>) -> Vec<String> {
    let urls = items.filter_map(|item| item.content.url.as_ref());
    let mut stems: Vec<String> = urls.map(|url| format!("url:{}", canonical_address(url))).collect();
    stems.sort_unstable();
    stems.dedup();
    stems
}
