//! The known items at the links of the found ones.

use std::collections::{HashMap, HashSet};

use url::Url;

use super::known::{Known, KnownItems};
use crate::model::Found;
use crate::normalise::Place;

/// A known item at a page that a found item links to.
pub(super) struct Neighbour<'k> {
    pub(super) key: &'k str,
    pub(super) old: &'k Known,
    pub(super) fragment: Option<String>,
    /// The fragment of its id, if that is an address.
    pub(super) id_fragment: Option<String>,
    /// Whether its source gives an id that is not its link.
    pub(super) has_own_id: bool,
    /// Whether its source gives an id.
    pub(super) has_id: bool,
}

/// The known items that link to one page.
#[derive(Default)]
pub(super) struct Neighbours<'k> {
    all: Vec<Neighbour<'k>>,
    by_title: HashMap<&'k str, Vec<usize>>,
    by_fragment: HashMap<String, Vec<usize>>,
}

impl<'k> Neighbours<'k> {
    fn add(&mut self, key: &'k str, old: &'k Known, fragment: Option<String>, page: &str) {
        let index = self.all.len();
        if let Some(title) = &old.title {
            self.by_title.entry(title).or_default().push(index);
        }
        if let Some(fragment) = &fragment {
            self.by_fragment.entry(fragment.clone()).or_default().push(index);
        }
        let id = old.id(key);
        let has_own_id = id.is_some_and(|id| !leads_to(id, page));
        let id_fragment = id.and_then(fragment_of);
        self.all.push(Neighbour { key, old, fragment, id_fragment, has_own_id, has_id: id.is_some() });
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<&Neighbour<'k>> {
        self.all.iter().collect()
    }

    /// Those with a title.
    pub(super) fn with_title(&self, title: &str) -> Vec<&Neighbour<'k>> {
        self.at(self.by_title.get(title))
    }

    /// Those with a fragment.
    pub(super) fn with_fragment(&self, fragment: &str) -> Vec<&Neighbour<'k>> {
        self.at(self.by_fragment.get(fragment))
    }

    fn at(&self, indices: Option<&Vec<usize>>) -> Vec<&Neighbour<'k>> {
        indices.into_iter().flatten().filter_map(|index| self.all.get(*index)).collect()
    }
}

/// Whether an id is an address of the page.
fn leads_to(id: &str, page: &str) -> bool {
    Url::parse(id).is_ok_and(|url| Place::of(&url).page == page)
}

/// The fragment of an address, if it names a place on the page.
pub(super) fn fragment_of(address: &str) -> Option<String> {
    Url::parse(address).ok().and_then(|url| Place::of(&url).fragment)
}

/// An id that is an address of the web, without `http://` or `https://`.
pub(super) fn without_scheme(id: &str) -> Option<&str> {
    id.strip_prefix("https://").or_else(|| id.strip_prefix("http://"))
}

/// The places of the found items, and the known items there.
pub(super) struct Places<'k> {
    /// The place of each found item, in their order.
    pub(super) of_found: Vec<Option<Place>>,
    /// How many found items link to a page.
    found_at: HashMap<String, usize>,
    /// How many found items have this page and title.
    found_as: HashMap<(String, String), usize>,
    neighbours: HashMap<String, Neighbours<'k>>,
    /// Keys by ids of the source that are not these keys.
    pub(super) by_source_id: HashMap<&'k str, &'k str>,
    /// Keys by ids that are addresses, without their schemes.
    pub(super) by_id_address: HashMap<&'k str, &'k str>,
}

impl<'k> Places<'k> {
    pub(super) fn of(known: &'k KnownItems, found: &[Found]) -> Self {
        let of_found: Vec<Option<Place>> =
            found.iter().map(|item| item.identity.link.as_ref().map(Place::of)).collect();
        let mut found_at: HashMap<String, usize> = HashMap::new();
        let mut found_as: HashMap<(String, String), usize> = HashMap::new();
        for (item, place) in found.iter().zip(&of_found) {
            let Some(place) = place else { continue };
            *found_at.entry(place.page.clone()).or_default() += 1;
            *found_as.entry((place.page.clone(), item.identity.title.clone())).or_default() += 1;
        }
        let neighbours = neighbours(known, &found_at);
        let by_source_id =
            known.iter().filter_map(|(key, old)| Some((old.source_id.as_deref()?, key.as_str()))).collect();
        let by_id_address = by_id_address(known);
        Self { of_found, found_at, found_as, neighbours, by_source_id, by_id_address }
    }

    /// The known items that link to a page.
    pub(super) fn at(&self, page: &str) -> Option<&Neighbours<'k>> {
        self.neighbours.get(page)
    }

    /// Whether no other found item links to the page.
    pub(super) fn is_alone(&self, page: &str) -> bool {
        self.found_at.get(page) == Some(&1)
    }

    /// Whether no other found item has the page and the title.
    pub(super) fn is_only_one_called(&self, title: &str, page: &str) -> bool {
        self.found_as.get(&(page.to_owned(), title.to_owned())) == Some(&1)
    }
}

/// The known items at these pages. Other known items are left out, as there may be very many.
fn neighbours<'k>(known: &'k KnownItems, pages: &HashMap<String, usize>) -> HashMap<String, Neighbours<'k>> {
    let mut neighbours: HashMap<String, Neighbours<'k>> = HashMap::new();
    for (key, old) in known {
        let Some(place) = old.place(key) else { continue };
        let known_there = |place: &Place| pages.contains_key(&place.page);
        let at_hand = Some(place).filter(known_there).or_else(|| old.public_place(key).filter(known_there));
        if let Some(Place { page, fragment }) = at_hand {
            neighbours.entry(page.clone()).or_default().add(key, old, fragment, &page);
        }
    }
    neighbours
}

/// The keys of the known items by their ids that are addresses, without schemes. Of two items with one address,
/// that on the page counts.
fn by_id_address(known: &KnownItems) -> HashMap<&str, &str> {
    let mut best: HashMap<&str, (bool, &str)> = HashMap::new();
    for (key, old) in known {
        let Some(address) = old.id(key).and_then(without_scheme) else { continue };
        let candidate = (old.listed, key.as_str());
        let kept = best.entry(address).or_insert(candidate);
        *kept = candidate.max(*kept);
    }
    best.into_iter().map(|(address, (_, key))| (address, key)).collect()
}

/// Whether the known items have more than one title.
pub(super) fn have_several_titles(items: &[&Neighbour<'_>]) -> bool {
    let titles: HashSet<Option<&str>> = items.iter().map(|item| item.old.title.as_deref()).collect();
    titles.len() > 1
}
