//! The first reading of a feed's page by another version of the program. What it reads better is no edit of the
//! site, so that readers are not shown old items as edited.

use std::collections::{HashMap, HashSet};

use super::failure::store_failed;
use crate::channel::Feed;
use crate::history::{self, KnownItems};
use crate::model::{Content, Found, Trouble};
use crate::store::{Memory, Store};

/// The version of how pages are read. It is raised with a release that finds other items in a page that stays as
/// it is: other spaces, markup, pictures, or texts.
pub(super) const READING: u32 = 3;

/// The keys of known items that say the same as before, if the last run read pages in another way. Differences of
/// these are due to the reading. An item for which the page states when it was edited is never among them.
///
/// # Errors
/// `machine` if the store cannot be read.
pub(super) async fn unedited(
    store: &dyn Store,
    feed: &Feed,
    old: &Memory,
    known: &KnownItems,
    found: &[Found],
) -> Result<HashSet<String>, Trouble> {
    if old.reading == Some(READING) || known.is_empty() {
        return Ok(HashSet::new());
    }
    let keys = history::known_keys(known, found);
    let asked = keys.iter().flatten().map(|key| (*key).to_owned()).collect();
    let listed = store.listed_items(&feed.id, asked).await.map_err(|error| store_failed(&error))?;
    let before: HashMap<&str, &Content> =
        listed.iter().map(|item| (item.key.as_str(), &item.content)).collect();
    let unedited = keys.into_iter().zip(found).filter_map(|(key, item)| {
        let key = key.filter(|_| item.updated.is_none())?;
        let is_same = history::says_the_same(&item.content, before.get(key)?);
        is_same.then(|| key.to_owned())
    });
    Ok(unedited.collect())
}
