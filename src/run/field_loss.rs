//! Fields that the items of a feed had, and that a run finds no more. Without titles or links the run fails;
//! without another field, known items keep theirs and the feed is in trouble until the field returns.

use super::failure::store_failed;
use super::reading::Reading;
use super::request::has_same_rules;
use crate::channel::Feed;
use crate::history::{self, KnownItems, ListedItem};
use crate::model::{Cause, FeedId, FieldName, Found, Trouble, TroubleKind};
use crate::store::{Memory, Store};

/// The fields without which an item is not worth publishing.
const VITAL: [FieldName; 2] = [FieldName::Title, FieldName::Link];
/// The most newest items that are compared with a page of other items.
const MAX_NEWEST: u32 = 50;

/// The trouble of lost fields. The advice names the feed, so that the command can be copied.
fn field_gone(feed: &FeedId, fields: Vec<FieldName>) -> Trouble {
    let trouble = Trouble::caused(TroubleKind::FieldGone, Cause::FieldsGone(fields));
    let command = format!("`feedbridge preview {feed}`");
    Trouble { detail: trouble.detail.replace("`feedbridge preview`", &command), ..trouble }
}

/// The trouble of a feed whose items have lost fields, but neither titles nor links.
pub(super) fn lasting(feed: &FeedId, gone: &[FieldName]) -> Option<Trouble> {
    (!gone.is_empty()).then(|| field_gone(feed, gone.to_vec()))
}

/// Finds the fields that the items have lost, and gives known items the stored values of these. After a
/// change of the rules there is no loss: a person wanted it so.
///
/// # Errors
/// `field_gone` if the titles or the links are lost; `machine` if the store cannot be read.
pub(super) async fn kept(
    store: &dyn Store,
    feed: &Feed,
    old: &Memory,
    known: &KnownItems,
    reading: &mut Reading,
) -> Result<Vec<FieldName>, Trouble> {
    if !has_same_rules(feed, old) {
        return Ok(Vec::new());
    }
    let found = &mut reading.found;
    // A filter of titles may let nothing pass that has no title.
    if !history::is_enough(found.len()) {
        let stored = newest(store, feed, known, &reading.unfiltered).await?;
        let lost = history::lost_fields(&reading.unfiltered, &stored, &[]);
        refuse_vital(&feed.id, &lost)?;
    }
    if found.is_empty() {
        return Ok(old.gone.clone());
    }
    let keys = history::known_keys(known, found);
    let asked = keys.iter().flatten().map(|key| (*key).to_owned()).collect();
    let listed = store.listed_items(&feed.id, asked).await.map_err(|error| store_failed(&error))?;
    let listed = history::as_found(listed, found, &keys);
    let others =
        if history::is_enough(listed.len()) { None } else { Some(newest(store, feed, known, found).await?) };
    let earlier = others.as_ref().unwrap_or(&listed);
    let lost = history::lost_fields(found, earlier, &old.gone);
    refuse_vital(&feed.id, &lost)?;
    refuse_vital(&feed.id, &history::lost_by_new_items(found, earlier))?;
    history::keep_lost(found, &listed, &lost);
    Ok(lost)
}

/// Fails if titles or links are among lost fields.
fn refuse_vital(feed: &FeedId, lost: &[FieldName]) -> Result<(), Trouble> {
    let vital: Vec<FieldName> = lost.iter().copied().filter(|field| VITAL.contains(field)).collect();
    if vital.is_empty() { Ok(()) } else { Err(field_gone(feed, vital)) }
}

/// The newest items of the history, about as many as were found.
async fn newest(
    store: &dyn Store,
    feed: &Feed,
    known: &KnownItems,
    found: &[Found],
) -> Result<Vec<ListedItem>, Trouble> {
    let limit = u32::try_from(found.len()).unwrap_or(MAX_NEWEST).min(MAX_NEWEST);
    let items = store.newest_listed(&feed.id, limit).await.map_err(|error| store_failed(&error))?;
    Ok(history::as_found(items, found, &history::known_keys(known, found)))
}

/// Refuses a reading by learned rules whose titles or links are found no more: then the listing is looked
/// for anew.
///
/// # Errors
/// `field_gone`.
pub(super) fn with_vital_fields(reading: Reading, feed: &Feed) -> Result<Reading, Trouble> {
    let Some(rules) = feed.recipe.source.rules() else { return Ok(reading) };
    let is_lost = |field: &FieldName| rules.field(*field).is_some() && history::lacks(*field, &reading.found);
    let lost: Vec<FieldName> = VITAL.into_iter().filter(is_lost).collect();
    if lost.is_empty() { Ok(reading) } else { Err(field_gone(&feed.id, lost)) }
}
