//! merge(known, found, now) -> what is new, what was edited, what stays. Pure.
//!
//! Keys, published identifiers and dates are set once, here, and never again.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset, Utc};

use crate::digest;
use crate::model::{Content, DateSource, FeedId, Found, Item, PageDate, Precision};

/// What the history knows of an item, enough to tell whether it was edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Of what the page said last; see [`fingerprint`].
    pub fingerprint: String,
    /// It was dropped by retention: known for ever, served no more.
    pub pruned: bool,
}

/// The items of a feed that the history knows, by key.
pub type KnownItems = HashMap<String, Known>;

/// What a merge found, to be written in one transaction.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Merge {
    /// Items that were never seen before, in page order.
    pub added: Vec<(Item, String)>,
    /// Items whose content is another than the last time.
    pub changed: Vec<Change>,
    /// Keys of all items on the page, known and new.
    pub seen: Vec<String>,
}

/// Another content for a known item.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Which item.
    pub key: String,
    /// What the page says now.
    pub content: Content,
    /// Its fingerprint.
    pub fingerprint: String,
    /// When the item was edited; `None` if it was not the site that changed it but the rules.
    pub updated: Option<DateTime<FixedOffset>>,
}

impl Merge {
    /// Whether what is served changes.
    #[must_use]
    pub fn changes_documents(&self) -> bool {
        !self.added.is_empty() || !self.changed.is_empty()
    }

    /// How many items the site edited.
    #[must_use]
    pub fn edited(&self) -> usize {
        self.changed.iter().filter(|c| c.updated.is_some()).count()
    }
}

/// Merges what was found into what is known.
///
/// `rules_changed`: the person edited the rules since the last run, so that another content is not
/// an edit by the site and moves no date.
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
        let print = fingerprint(&item.content, item.updated.as_ref());
        match known.get(&item.key) {
            None => merge.added.push((new_item(feed, item, now), print)),
            // New rules may change what does not count as an edit, such as the address.
            Some(old) if old.pruned || (old.fingerprint == print && !rules_changed) => {}
            Some(_) => merge.changed.push(Change {
                updated: (!rules_changed).then(|| edited_at(item.updated.as_ref(), now)),
                key: item.key,
                content: item.content,
                fingerprint: print,
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
        updated: found.updated.map(|u| u.at),
        first_seen: now,
        position: found.position,
        key: found.key,
        content: found.content,
        date,
        precision,
        date_source,
    }
}

fn edited_at(by_page: Option<&PageDate>, now: DateTime<Utc>) -> DateTime<FixedOffset> {
    by_page.map_or_else(|| now.fixed_offset(), |u| u.at)
}

/// What a page says of an item, in 32 hexadecimal digits. The address does not count: sites change
/// its parameters at every visit, and the key has judged it already. Nor does the picture: whether
/// it is a logo depends on the other items of the page.
#[must_use]
pub fn fingerprint(content: &Content, updated: Option<&PageDate>) -> String {
    let said =
        serde_json::to_string(&Content { url: None, image: None, ..content.clone() }).unwrap_or_default();
    let updated = updated.filter(|u| !u.relative).map_or_else(String::new, |u| u.at.to_rfc3339());
    digest::fingerprint(&[&said, &updated])
}

/// The published identifier of a new item: a UUID of version 8 (RFC 9562 section 5.8) made from
/// the feed's id and the key, so that it is the same even if the database is lost.
#[must_use]
pub fn guid(feed: &FeedId, key: &str) -> String {
    digest::uuid(format!("feedbridge:item:{feed}\0{key}").as_bytes())
}

/// Puts items in the order in which they are served: newest date first; of equal dates, those of a
/// later run first, and within a run as on the page.
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
        Found { key: key.to_owned(), position: 0, content, date: None, updated: None }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn known_of(merge: &Merge) -> KnownItems {
        let known = |print: &String| Known { fingerprint: print.clone(), pruned: false };
        merge.added.iter().map(|(i, print)| (i.key.clone(), known(print))).collect()
    }

    #[test]
    fn an_item_without_a_date_gets_the_moment_it_was_first_seen() {
        let now = at("2026-03-05T06:00:00Z");
        let merge = merge(&feed(), &KnownItems::new(), vec![found("a", "A")], now, false);
        let (item, _) = &merge.added[0];
        assert_eq!((item.date, item.date_source), (now.fixed_offset(), DateSource::FirstSeen));
    }

    #[test]
    fn an_edit_is_told_from_new_rules() {
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
    fn identifiers_depend_on_feed_and_key_alone() {
        let guid = guid(&feed(), "url:example.org/a");
        assert_eq!(guid.len(), "urn:uuid:".len() + 36);
        assert_eq!(&guid[23..24], "8");
        assert_ne!(guid, super::guid(&feed(), "url:example.org/b"));
    }
}
