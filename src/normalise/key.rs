//! Keys: what makes two items the same, for ever.
//!
//! The key is made of the id that a rule found; else of the canonical link; else of title and date. A link that
//! is a fragment of the listing is no part of it: pages give and take such links, and the item stays.
//! Keys are stored, so the forms made here may never change.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, FixedOffset};
use url::Url;

use super::canonical::{Place, canonical_address};
use super::text;
use crate::digest::fingerprint;
use crate::html::spacing::Spacing;
use crate::model::{FieldName, Found, PageDate, Problem};

/// A longer id is stored as its fingerprint.
const MAX_ID_BYTES: usize = 200;

/// The key of an item. `link` is its link to another page; `title` is its title as it is in keys.
pub(super) fn of(id: Option<&str>, link: Option<&Url>, title: &str, date: Option<&PageDate>) -> String {
    if let Some(id) = id.filter(|id| !id.is_empty()) {
        let fits = id.len() <= MAX_ID_BYTES;
        return if fits { format!("id:{id}") } else { format!("id:{}", fingerprint(&[id])) };
    }
    match link {
        Some(url) => format!("url:{}", canonical_address(url)),
        None => row_key(title, date),
    }
}

/// Whether an id is the item's link, maybe with another fragment.
pub(super) fn is_link(id: Option<&str>, link: Option<&Url>) -> bool {
    let (Some(id), Some(link)) = (id, link) else { return false };
    let address = Url::parse(id).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    address.is_some_and(|url| Place::of(&url).page == Place::of(link).page)
}

/// The key of an item without a link to another page, made of its title and date.
fn row_key(title: &str, date: Option<&PageDate>) -> String {
    // The local time is the one on the page. So a change of `timezone` does not change the key.
    let local_time = date.map_or_else(String::new, |d| d.at.naive_local().to_string());
    format!("row:{}", fingerprint(&[&title.to_lowercase(), &local_time]))
}

/// Makes the keys of one page distinct.
///
/// Items with one link and several titles are several items: their titles become part of their keys. Items
/// with one link and one title are several if their fragments tell them apart; then these become part. So
/// do the fragments of items without links to other pages that have one title and date.
/// After that, items with the same key are one item; the first stays, the others are problems. `base` is the
/// page.
pub(super) fn make_distinct(
    found: Vec<Found>,
    base: &Url,
    spacing: Spacing,
    problems: &mut Vec<Problem>,
) -> Vec<Found> {
    let links = links_by_key(&found);
    let own_page = Place::of(base).page;
    let mut seen = HashSet::new();
    let mut distinct = Vec::with_capacity(found.len());
    for mut item in found {
        if let Some(link) = link_name(&item).and_then(|name| links.get(&name)) {
            tell_apart(&mut item, link, &own_page, spacing);
        }
        if has_row_key(&item)
            && seen.contains(&item.key)
            && let Some(fragment) = &item.identity.fragment
        {
            item.key = format!("{}#{fragment}", item.key);
        }
        if seen.insert(item.key.clone()) {
            distinct.push(item);
        } else {
            problems.push(Problem {
                field: FieldName::Id.into(),
                position: Some(item.position),
                message: format!("duplicate of an earlier item (key `{}`)", item.key),
            });
        }
    }
    distinct
}

/// Completes the key of an item whose link is its key so far. `link` says what else has this link.
fn tell_apart(item: &mut Found, link: &SharedLink, own_page: &str, spacing: Spacing) {
    let Some(place) = item.content.url.as_ref().map(Place::of) else { return };
    item.identity.fragment = place.fragment.filter(|_| link.has_fragments_that_count(place.page == own_page));
    if has_row_key(item) {
        return;
    }
    let title = text::in_key(&item.content.title, usize::MAX, spacing);
    let titled_key = format!("{}#{}", item.key, fingerprint(&[&title]));
    match &item.identity.fragment {
        Some(fragment) if link.repeats(&item.content.title) => item.key = format!("{}#{fragment}", item.key),
        _ if link.titles.len() > 1 => item.key.clone_from(&titled_key),
        _ => {}
    }
    item.identity.titled_key = Some(titled_key);
}

/// The items of one page that have the same link, apart from its fragment.
#[derive(Default)]
struct SharedLink {
    /// The fragments of the items with each title; `None` stands for a link without one.
    titles: HashMap<String, HashSet<Option<String>>>,
    fragments: HashSet<Option<String>>,
    /// How many pairs of title and fragment there are.
    names: usize,
    /// The dates that the page states. Dates such as "3 hours ago" are left out.
    dates: HashSet<DateTime<FixedOffset>>,
}

impl SharedLink {
    /// Whether each item has a fragment of its own. On another page than the listing, fragments alone do not
    /// make several items of one: titles or dates must differ, too.
    fn has_fragments_that_count(&self, is_own_page: bool) -> bool {
        let are_several = is_own_page || self.titles.len() > 1 || self.dates.len() > 1;
        are_several && !self.fragments.contains(&None) && self.fragments.len() == self.names
    }

    /// Whether several fragments have the title.
    fn repeats(&self, title: &str) -> bool {
        self.titles.get(title).is_some_and(|fragments| fragments.len() > 1)
    }
}

fn has_row_key(item: &Found) -> bool {
    item.key.starts_with("row:")
}

/// The name of an item's link among those of its page: the key made of it, or the page of a fragment. `None`
/// if the item has an id, or no link.
fn link_name(item: &Found) -> Option<String> {
    let url = item.content.url.as_ref()?;
    if has_row_key(item) {
        return Some(format!("row:{}", Place::of(url).page));
    }
    item.key.starts_with("url:").then(|| item.key.clone())
}

/// The links of the items without ids, by their names.
fn links_by_key(found: &[Found]) -> HashMap<String, SharedLink> {
    let mut links: HashMap<String, SharedLink> = HashMap::new();
    for item in found {
        let (Some(url), Some(name)) = (&item.content.url, link_name(item)) else { continue };
        let fragment = Place::of(url).fragment;
        let link = links.entry(name).or_default();
        let is_new = link.titles.entry(item.content.title.clone()).or_default().insert(fragment.clone());
        link.names += usize::from(is_new);
        link.fragments.insert(fragment);
        link.dates.extend(item.date.filter(|date| !date.relative).map(|date| date.at));
    }
    links
}
