//! Compares the items of a run with the known items of the feed. Pure.
//!
//! Keys, published identifiers and dates are set here, when an item is first seen, and never again.

mod field_loss;

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset, Utc};

use crate::digest;
use crate::model::{Content, DateSource, FeedId, Found, Item, PageDate, Precision};

pub use field_loss::{ListedItem, is_enough, keep_lost, lacks, lost_fields};

/// The part of a known item that shows whether it was edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Hash of the content at the last run; see [`fingerprint`].
    pub fingerprint: String,
    /// Retention dropped the item: only its key is kept, and it is never served again.
    pub pruned: bool,
}

/// The known items of a feed, by key.
pub type KnownItems = HashMap<String, Known>;

/// The result of a merge, to be written in one transaction.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Merge {
    /// New items with their fingerprints, in page order.
    pub added: Vec<(Item, String)>,
    /// Known items whose content differs from the last run.
    pub changed: Vec<ItemEdit>,
    /// Keys of all items on the page, both known and new.
    pub seen: Vec<String>,
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
    /// When the site edited the item; `None` if only the rules changed.
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
    for item in found {
        merge.seen.push(item.key.clone());
        let fingerprint = fingerprint(&item.content, item.updated.as_ref());
        match known.get(&item.key) {
            None => merge.added.push((new_item(feed, item, now), fingerprint)),
            // After a change of rules the content is written even if the fingerprint is the same:
            // fields outside the fingerprint, such as the address, may have changed.
            Some(old) if old.pruned || (old.fingerprint == fingerprint && !rules_changed) => {}
            Some(_) => merge.changed.push(ItemEdit {
                updated: (!rules_changed).then(|| edited_at(item.updated.as_ref(), now)),
                key: item.key,
                content: item.content,
                fingerprint,
            }),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn feed() -> FeedId {
        FeedId::parse("t").expect("an id")
    }

    fn found(key: &str, title: &str) -> Found {
        let content = Content { title: title.to_owned(), ..Content::default() };
        Found { key: key.to_owned(), position: 0, content, has_own_title: true, date: None, updated: None }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn known_of(merge: &Merge) -> KnownItems {
        let known = |fingerprint: &String| Known { fingerprint: fingerprint.clone(), pruned: false };
        merge.added.iter().map(|(item, fingerprint)| (item.key.clone(), known(fingerprint))).collect()
    }

    #[test]
    fn an_item_without_a_date_gets_the_moment_it_was_first_seen() {
        let now = at("2026-03-05T06:00:00Z");
        let merge = merge(&feed(), &KnownItems::new(), vec![found("a", "A")], now, false);
        let (item, _) = &merge.added[0];
        assert_eq!((item.date, item.date_source), (now.fixed_offset(), DateSource::FirstSeen));
    }

    #[test]
    fn an_edit_by_the_site_differs_from_a_change_of_rules() {
        let first =
            merge(&feed(), &KnownItems::new(), vec![found("a", "A")], at("2026-03-05T06:00:00Z"), false);
        let known = known_of(&first);
        let now = at("2026-03-06T06:00:00Z");
        let same = merge(&feed(), &known, vec![found("a", "A")], now, false);
        assert!(!same.changes_documents());
        let edited = merge(&feed(), &known, vec![found("a", "B")], now, false);
        assert_eq!(edited.changed[0].updated, Some(now.fixed_offset()));
        let by_rules = merge(&feed(), &known, vec![found("a", "B")], now, true);
        assert_eq!((by_rules.changed[0].updated, by_rules.edited()), (None, 0));
    }

    #[test]
    fn a_pruned_item_does_not_return() {
        let known = KnownItems::from([("a".to_owned(), Known { fingerprint: String::new(), pruned: true })]);
        let merge = merge(&feed(), &known, vec![found("a", "A")], at("2026-03-05T06:00:00Z"), false);
        assert!(!merge.changes_documents());
        assert_eq!(merge.seen, ["a"]);
    }

    #[test]
    fn identifiers_depend_only_on_feed_and_key() {
        let guid = guid(&feed(), "url:example.org/a");
        assert_eq!(guid.len(), "urn:uuid:".len() + 36);
        assert_eq!(&guid[23..24], "8");
        assert_ne!(guid, super::guid(&feed(), "url:example.org/b"));
    }
}
