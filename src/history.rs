//! Compares the items of a run with the known items of the feed. Pure.
//!
//! Keys, published identifiers and dates are set here, when an item is first seen, and never again.

mod field_loss;
mod kept_titles;
mod known;
mod matching;
mod new_keys;
mod places;
mod same_text;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use chrono::{DateTime, FixedOffset, Utc};

use crate::digest;
use crate::model::{Content, DateSource, FeedId, Found, Item, PageDate, Precision};
use new_keys::NewKeys;

pub use field_loss::{ListedItem, as_found, is_enough, keep_lost, lacks, lost_by_new_items, lost_fields};
pub use known::{Known, KnownItems, Seen};
pub use same_text::says_the_same;

/// The result of a merge, to be written in one transaction.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Merge {
    /// New items with their fingerprints, in page order.
    pub added: Vec<(Item, String)>,
    /// Known items whose content differs from the last run.
    pub changed: Vec<ItemEdit>,
    /// All items on the page, both known and new.
    pub seen: Vec<Seen>,
}

/// The new content of a known item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemEdit {
    /// Key of the item.
    pub key: String,
    /// The content as the page gives it now.
    pub content: Content,
    /// Fingerprint of the new content.
    pub fingerprint: String,
    /// When the site edited the item; `None` if only the rules changed, or how pages are read.
    pub updated: Option<DateTime<FixedOffset>>,
}

impl Merge {
    /// Whether the served documents change.
    #[must_use]
    pub fn changes_documents(&self) -> bool {
        !self.added.is_empty() || !self.changed.is_empty()
    }

    /// How many items the site edited.
    #[must_use]
    pub fn edited(&self) -> usize {
        self.changed.iter().filter(|change| change.updated.is_some()).count()
    }

    /// Notes that the site has not edited the items with these keys, though they differ.
    pub fn excuse(&mut self, unedited: &HashSet<String>) {
        for change in self.changed.iter_mut().filter(|change| unedited.contains(&change.key)) {
            change.updated = None;
        }
    }

    /// Notes that the item with this key is on the page.
    fn see(&mut self, key: &str, found: &Found) {
        let source_id = Some(found.key.clone()).filter(|own| own.starts_with("id:") && own != key);
        self.seen.push(Seen { key: key.to_owned(), source_id, identity: found.identity.clone() });
    }
}

/// How many of the found items are known.
#[must_use]
pub fn known_among(known: &KnownItems, found: &[Found]) -> usize {
    matching::matched(known, found).into_iter().flatten().count()
}

/// The keys of the known items that the found items are, in the order of these, as a merge matches them;
/// `None` for a new item.
#[must_use]
pub fn known_keys<'k>(known: &'k KnownItems, found: &[Found]) -> Vec<Option<&'k str>> {
    matching::matched(known, found)
}

/// Whether one of the found items is known.
#[must_use]
pub fn has_known(known: &KnownItems, found: &[Found]) -> bool {
    found.iter().any(|item| known.contains_key(&item.key)) || known_among(known, found) > 0
}

/// Merges the found items into the known ones.
///
/// `rules_changed` is true if the user edited the rules since the last run. Changed content is then
/// not an edit by the site, so no `updated` date is set.
#[must_use]
pub fn merge(
    feed: &FeedId,
    known: &KnownItems,
    found: Vec<Found>,
    now: DateTime<Utc>,
    rules_changed: bool,
) -> Merge {
    let mut merge = Merge::default();
    let matched = matching::matched(known, &found);
    let mut new_keys = NewKeys::of(known, &found, &matched);
    for (item, key) in found.into_iter().zip(matched) {
        let fingerprint = fingerprint(&item.content, item.updated.as_ref());
        let Some((key, old)) = key.and_then(|key| known.get_key_value(key)) else {
            if let Some(key) = new_keys.give(&item) {
                merge.see(&key, &item);
                merge.added.push((new_item(feed, Found { key, ..item }, now), fingerprint));
            }
            continue;
        };
        merge.see(key, &item);
        // After a change of rules the content is written even if the fingerprint is the same: fields outside
        // the fingerprint, such as the address, may have changed.
        if !old.pruned && (old.fingerprint != fingerprint || rules_changed) {
            merge.changed.push(ItemEdit {
                key: key.clone(),
                updated: (!rules_changed).then(|| edited_at(item.updated.as_ref(), now)),
                content: item.content,
                fingerprint,
            });
        }
    }
    merge
}

fn new_item(feed: &FeedId, found: Found, now: DateTime<Utc>) -> Item {
    let (date, precision, date_source) = match found.date {
        Some(PageDate { at, precision, source, .. }) => (at, precision, source),
        None => (now.fixed_offset(), Precision::Second, DateSource::FirstSeen),
    };
    Item {
        guid: guid(feed, &found.key),
        updated: found.updated.map(|updated| updated.at),
        first_seen: now,
        position: found.position,
        key: found.key,
        content: found.content,
        date,
        precision,
        date_source,
    }
}

/// The page's own modification date, or the time of the run.
fn edited_at(page_updated: Option<&PageDate>, now: DateTime<Utc>) -> DateTime<FixedOffset> {
    page_updated.map_or_else(|| now.fixed_offset(), |updated| updated.at)
}

/// Hash of an item's content, in 32 hexadecimal digits.
///
/// The address is left out: sites change its parameters at every visit, and the key already covers
/// it. The picture is left out too: whether it is a logo depends on the other items of the page. A
/// relative `updated` date ("2 hours ago") is left out because every visit gives another instant.
#[must_use]
pub fn fingerprint(content: &Content, updated: Option<&PageDate>) -> String {
    let hashed = Content { url: None, image: None, ..content.clone() };
    let content_json = serde_json::to_string(&hashed).unwrap_or_default();
    let absolute_update = updated.filter(|date| !date.relative);
    let update_text = absolute_update.map_or_else(String::new, |date| date.at.to_rfc3339());
    digest::fingerprint(&[&content_json, &update_text])
}

/// The published identifier of a new item: a UUID of version 8 (RFC 9562 section 5.8).
///
/// It is made from the feed's id and the key only, so it stays the same even if the database is lost.
#[must_use]
pub fn guid(feed: &FeedId, key: &str) -> String {
    digest::uuid(format!("feedbridge:item:{feed}\0{key}").as_bytes())
}

/// Sorts items into served order: newest date first, then the latest run first, then page order.
pub fn sort(items: &mut [Item]) {
    items.sort_by(|a, b| {
        (b.date, b.first_seen)
            .cmp(&(a.date, a.first_seen))
            .then_with(|| a.position.cmp(&b.position))
            .then_with(|| a.key.cmp(&b.key))
    });
}
