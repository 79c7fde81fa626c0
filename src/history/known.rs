//! The known items of a feed, as far as a merge needs them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use url::Url;

use crate::model::{Identity, public_address};
use crate::normalise::Place;

/// Digits of the title's fingerprint, which a key may have behind its link.
const FINGERPRINT_DIGITS: usize = 32;

/// The part of a known item that shows whether it was edited, and by what it is recognised.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Hash of the content at the last run.
    pub fingerprint: String,
    /// Retention dropped the item: it is never served again.
    pub pruned: bool,
    /// The address at the last run. `None` if it has none, or an earlier version dropped the item.
    pub link: Option<String>,
    /// The title at the last run. `None` if an earlier version dropped the item.
    pub title: Option<String>,
    /// The key made of the id of the source at the last run, if that is not the item's key.
    pub source_id: Option<String>,
    /// Whether the item was on the page when the page was last read.
    pub listed: bool,
    /// The date, if the page states it.
    pub date: Option<DateTime<Utc>>,
}

/// The known items of a feed, by key.
pub type KnownItems = HashMap<String, Known>;

/// An item that a run has seen, with that by which a later run recognises it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Key of the item in the history.
    pub key: String,
    /// The key made of the id of the source, if it gives one.
    pub source_id: Option<String>,
    /// The title, and the link, as the page gives them now.
    pub identity: Identity,
}

impl Known {
    /// The id of the source as it is in keys, if the source gives one. `key` is the item's key.
    pub(super) fn id<'k>(&'k self, key: &'k str) -> Option<&'k str> {
        self.source_id.as_deref().or(Some(key)).and_then(id_in)
    }

    /// The place of the item's link.
    pub(super) fn place(&self, key: &str) -> Option<Place> {
        self.place_by(key, Place::of)
    }

    /// The same without what looks like a secret in the link. Earlier versions kept the secrets that a page repeats
    /// from its own address.
    pub(super) fn public_place(&self, key: &str) -> Option<Place> {
        self.place_by(key, |url| Place::of(&public_address(url)))
    }

    fn place_by(&self, key: &str, place: impl Fn(&Url) -> Place) -> Option<Place> {
        let place_of = |address: &str| Url::parse(address).ok().map(|url| place(&url));
        let linked = self.link.as_deref().and_then(place_of);
        let Some(address) = key.strip_prefix("url:") else {
            // The id may be the link of an item whose link is not kept.
            return linked.or_else(|| place_of(id_in(key)?));
        };
        // A filter of an earlier time may have changed the link, but not the key.
        let own = place_of(&format!("https://{}", without_fingerprint(address)))?;
        Some(linked.filter(|place| place.page == own.page).unwrap_or(own))
    }
}

/// The id that a key is made of.
fn id_in(key: &str) -> Option<&str> {
    key.strip_prefix("id:")
}

/// The address in a key that may have the fingerprint of a title behind it.
fn without_fingerprint(address: &str) -> &str {
    let is_fingerprint =
        |end: &str| end.len() == FINGERPRINT_DIGITS && end.bytes().all(|b| b.is_ascii_hexdigit());
    match address.rsplit_once('#') {
        Some((link, end)) if is_fingerprint(end) => link,
        _ => address,
    }
}
