//! The keys of new items.

use std::collections::HashSet;

use super::known::KnownItems;
use crate::model::Found;
use crate::normalise::Place;

/// Items that had one link and one title at first, and got other titles later.
const MAX_SAME_KEYS: u32 = 100;

/// By what two items of one run without ids are the same: page, fragment that counts, title.
type TakenName = (String, Option<String>, String);

/// Gives keys that no other item of the feed has.
pub(super) struct NewKeys<'k> {
    known: &'k KnownItems,
    given: HashSet<String>,
    /// The items of this run so far.
    names: HashSet<TakenName>,
}

impl<'k> NewKeys<'k> {
    /// The keys that are left after some of the found items were matched with known ones.
    pub(super) fn of(known: &'k KnownItems, found: &[Found], matched: &[Option<&str>]) -> Self {
        let are_all_known = matched.iter().all(Option::is_some);
        let old = found.iter().zip(matched).filter(|(_, key)| key.is_some() && !are_all_known);
        let names = old.filter_map(|(item, _)| name(item)).collect();
        Self { known, given: HashSet::new(), names }
    }

    /// The key of a new item: its own, or, if another item has it, one with its title. `None` if the item is
    /// another item of this run once more.
    pub(super) fn give(&mut self, item: &Found) -> Option<String> {
        if name(item).is_some_and(|name| !self.names.insert(name)) {
            return None;
        }
        let titled = item.identity.titled_key.as_ref().unwrap_or(&item.key);
        let numbered = (2..MAX_SAME_KEYS).map(|number| format!("{titled}#{number}"));
        let mut keys = [item.key.clone(), titled.clone()].into_iter().chain(numbered);
        let free = keys.find(|key| !self.known.contains_key(key) && !self.given.contains(key))?;
        self.given.insert(free.clone());
        Some(free)
    }
}

fn name(item: &Found) -> Option<TakenName> {
    let link = item.identity.link.as_ref().filter(|_| item.key.starts_with("url:"))?;
    Some((Place::of(link).page, item.identity.fragment.clone(), item.identity.title.clone()))
}
