//! Which known item a found item is.
//!
//! The key counts first, then link and title, then the link alone. A key says nothing of a title that has
//! changed where its link was shared: the item may have left, and another one may have come. No known item is
//! claimed twice. All steps take time in proportion to the number of items.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::known::{Known, KnownItems};
use super::places::{Neighbour, Places, fragment_of, have_several_titles, without_scheme};
use crate::model::Found;
use crate::normalise::Place;

/// The keys of the known items that the found items are, in the order of these; `None` for a new item.
pub(super) fn matched<'k>(known: &'k KnownItems, found: &[Found]) -> Vec<Option<&'k str>> {
    let matched = vec![None; found.len()];
    let mut matching = Matching { known, found, matched, claimed: HashSet::new() };
    matching.by_key();
    if known.is_empty() || matching.matched.iter().all(Option::is_some) {
        return matching.matched;
    }
    let places = Places::of(known, found);
    matching.by_source_id(&places);
    matching.by_id_address(&places);
    matching.by_titled_fragment(&places);
    matching.by_title(&places);
    matching.by_key_of_title();
    matching.by_fragment(&places);
    matching.by_link(&places);
    matching.matched
}

struct Matching<'k, 'f> {
    known: &'k KnownItems,
    found: &'f [Found],
    /// The key of the known item that each found item is; `None` as long as the item has no match.
    matched: Vec<Option<&'k str>>,
    /// The known items that are taken.
    claimed: HashSet<&'k str>,
}

impl<'k, 'f> Matching<'k, 'f> {
    /// The found items that are not matched yet, with their indices.
    fn open(&self) -> Vec<(usize, &'f Found)> {
        let found = self.found;
        found.iter().enumerate().filter(|(index, _)| self.matched[*index].is_none()).collect()
    }

    /// The found items with links that are not matched yet.
    fn linked<'p>(&self, places: &'p Places<'k>) -> Vec<(usize, &'f Found, &'p Place)> {
        let open = self.open().into_iter();
        open.filter_map(|(index, item)| Some((index, item, places.of_found[index].as_ref()?))).collect()
    }

    fn claim(&mut self, index: usize, key: &'k str) {
        if self.claimed.insert(key) {
            self.matched[index] = Some(key);
        }
    }

    fn is_free(&self, item: &Neighbour<'k>) -> bool {
        !self.claimed.contains(item.key)
    }

    /// By the same key. A key that is made of a link counts only together with the title.
    fn by_key(&mut self) {
        let known = self.known;
        for (index, item) in self.open() {
            let keys = [Some(&item.key), item.identity.titled_key.as_ref()];
            let mut same = keys.into_iter().flatten().filter_map(|key| known.get_key_value(key));
            if let Some((key, _)) = same.find(|(key, old)| is_same(item, key, old)) {
                self.claim(index, key);
            }
        }
    }

    /// By the id that the source gave at the last run to an item with another key.
    fn by_source_id(&mut self, places: &Places<'k>) {
        for (index, item) in self.open() {
            if let Some(key) = places.by_source_id.get(item.key.as_str()).copied() {
                self.claim(index, key);
            }
        }
    }

    /// By an id that is the same address with http or https.
    fn by_id_address(&mut self, places: &Places<'k>) {
        for (index, item) in self.open() {
            let address = item.key.strip_prefix("id:").and_then(without_scheme);
            if let Some(key) = address.and_then(|address| places.by_id_address.get(address)).copied() {
                self.claim(index, key);
            }
        }
    }

    /// By link, fragment and title, where the fragment counts.
    fn by_titled_fragment(&mut self, places: &Places<'k>) {
        for (index, item, place) in self.linked(places) {
            let (Some(near), Some(fragment)) = (places.at(&place.page), &item.identity.fragment) else {
                continue;
            };
            let candidates = near.with_fragment(fragment).into_iter();
            let same = candidates.filter(|c| c.old.title.as_ref() == Some(&item.identity.title));
            self.claim_best(index, item, same.filter(|c| ids_agree(item, c, false)));
        }
    }

    /// By link and title, if no other found item has both.
    fn by_title(&mut self, places: &Places<'k>) {
        for (index, item, place) in self.linked(places) {
            let title = &item.identity.title;
            let Some(near) = places.at(&place.page).filter(|_| places.is_only_one_called(title, &place.page))
            else {
                continue;
            };
            let same = near.with_title(title);
            let is_only = same.len() == 1;
            let listed = same.iter().filter(|c| c.old.listed).count();
            let is_alone = places.is_alone(&place.page) && listed <= 1;
            let own = own_fragment(item, place);
            let may_move = |c: &Neighbour<'k>| is_only && !have_other_dates(item, c);
            let agree = |c: &Neighbour<'k>| {
                ids_agree(item, c, is_alone) || (listed == 1 && may_have_another_id(item, c))
            };
            let fits = |c: &&Neighbour<'k>| agree(c) && (!differs(own, c) || may_move(c));
            self.claim_best(index, item, same.into_iter().filter(fits));
        }
    }

    /// By a key that holds the title as it was at first, which later runs have repaired or shortened.
    fn by_key_of_title(&mut self) {
        let known = self.known;
        for (index, item) in self.open() {
            if item.identity.titled_key.as_ref() == Some(&item.key)
                && let Some((key, _)) = known.get_key_value(&item.key)
            {
                self.claim(index, key);
            }
        }
    }

    /// By link and fragment with another title: the site has edited the item.
    fn by_fragment(&mut self, places: &Places<'k>) {
        for (index, item, place) in self.linked(places) {
            let (Some(near), Some(fragment)) = (places.at(&place.page), &place.fragment) else { continue };
            let same = near.with_fragment(fragment);
            // A fragment that once told items apart goes on to: it is a part of the key.
            let is_in_key = |c: &&Neighbour<'k>| c.key.ends_with(fragment.as_str()) && c.key.contains('#');
            let counts = item.identity.fragment.is_some() || same.iter().any(is_in_key);
            if !counts && !places.is_alone(&place.page) {
                continue;
            }
            if !have_several_titles(&same) {
                let fits = |c: &&Neighbour<'k>| is_by_link(item, c) && !is_another_entry(item, place, c);
                self.claim_best(index, item, same.into_iter().filter(fits));
            }
        }
    }

    /// By the link alone, if no other item has it or ever had it: the site has edited the item.
    fn by_link(&mut self, places: &Places<'k>) {
        for (index, item, place) in self.linked(places) {
            let Some(near) = places.at(&place.page).filter(|_| places.is_alone(&place.page)) else {
                continue;
            };
            let same = near.all();
            if !have_several_titles(&same) {
                let own = own_fragment(item, place);
                let is_same_place = |c: &Neighbour<'k>| !differs(own, c) && !is_another_entry(item, place, c);
                let fits = |c: &&Neighbour<'k>| is_by_link(item, c) && is_same_place(c);
                self.claim_best(index, item, same.into_iter().filter(fits));
            }
        }
    }

    /// Claims the best of the candidates that are free: the one with the found item's own key, else one that
    /// was on the page.
    fn claim_best<'c>(
        &mut self,
        index: usize,
        item: &Found,
        candidates: impl Iterator<Item = &'c Neighbour<'k>>,
    ) where
        'k: 'c,
    {
        let free = candidates.filter(|c| self.is_free(c));
        // The key decides between equals, so that the order of the history does not.
        let best = free.max_by_key(|c| (c.key == item.key, c.old.listed, c.key)).map(|c| c.key);
        if let Some(key) = best {
            self.claim(index, key);
        }
    }
}

/// Whether a found item is the known item with one of its keys. Fragments that count tell apart what has one
/// title and date.
fn is_same(item: &Found, key: &str, old: &Known) -> bool {
    let is_row = key.starts_with("row:");
    if !is_row && !key.starts_with("url:") {
        return true;
    }
    let is_elsewhere = || match (&item.identity.fragment, old.link.as_deref().and_then(fragment_of)) {
        (Some(own), Some(other)) => *own != other,
        _ => false,
    };
    let has_title = is_row || old.title.as_ref().is_none_or(|t| *t == item.identity.title);
    has_title && !is_elsewhere()
}

/// Whether the ids of the source do not make two items of a found and a known one with the same link and
/// title. Of two ids that are both the link, one may be a later form of the other; `is_alone` says that no
/// other item has this link. Other ids may have changed only together, so that the date is still the same.
fn ids_agree(item: &Found, known: &Neighbour<'_>, is_alone: bool) -> bool {
    if !has_id(item) || !known.has_id {
        return true;
    }
    let are_link = item.identity.id_is_link && !known.has_own_id;
    (are_link && is_alone) || date_of(item).is_some_and(|date| known.old.date == Some(date))
}

/// Whether the id of a known item that was on the page may be another one now: some sources make new ids at each
/// visit. Without dates nothing else tells the visits apart.
fn may_have_another_id(item: &Found, known: &Neighbour<'_>) -> bool {
    known.old.listed && item.date.is_none() && known.old.date.is_none()
}

/// Whether a found item with another title than a known one is another entry of one page: the fragments of their
/// links or ids say so.
fn is_another_entry(item: &Found, place: &Place, known: &Neighbour<'_>) -> bool {
    let id_fragment = item.key.strip_prefix("id:").and_then(fragment_of);
    are_two_entries(place.fragment.as_deref(), known.fragment.as_deref())
        || are_two_entries(id_fragment.as_deref(), known.id_fragment.as_deref())
}

/// Whether two fragments name two entries. Bare numbers do not: some sources count the revisions of an item.
fn are_two_entries(one: Option<&str>, other: Option<&str>) -> bool {
    let is_number = |fragment: &str| fragment.bytes().all(|b| b.is_ascii_digit());
    one.zip(other).is_some_and(|(one, other)| one != other && !(is_number(one) && is_number(other)))
}

/// Whether the page states other dates for a found and a known item.
fn have_other_dates(item: &Found, known: &Neighbour<'_>) -> bool {
    date_of(item).is_some_and(|own| known.old.date.is_some_and(|other| own != other))
}

/// The fragment of a found item, if it tells items apart. That of an item with an id always does, as the id
/// says that the source tells its items apart.
fn own_fragment<'p>(item: &'p Found, place: &'p Place) -> Option<&'p str> {
    let fragment = if has_id(item) { &place.fragment } else { &item.identity.fragment };
    fragment.as_deref()
}

/// Whether a known item has another fragment than this one.
fn differs(own: Option<&str>, known: &Neighbour<'_>) -> bool {
    own.is_some_and(|own| known.fragment.as_ref().is_some_and(|other| other != own))
}

/// Whether both items are what their links are: no id of their source says anything else.
fn is_by_link(item: &Found, known: &Neighbour<'_>) -> bool {
    (!has_id(item) || item.identity.id_is_link) && !known.has_own_id
}

fn has_id(item: &Found) -> bool {
    item.key.starts_with("id:")
}

/// The date that the page states, unless each visit gives another instant.
fn date_of(item: &Found) -> Option<DateTime<Utc>> {
    item.date.filter(|date| !date.relative).map(|date| date.at.to_utc())
}
