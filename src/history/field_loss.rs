//! Fields that the items of a listing had, and have no more: the sign of a rule that no longer fits. Pure.
//!
//! The found items of a run are compared with what the history has of them.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, FixedOffset};

use super::kept_titles::keep_titles;
use crate::model::{Content, FieldName, Found, Precision};

/// The fields that are compared.
const COMPARED: [FieldName; 10] = [
    FieldName::Title,
    FieldName::Link,
    FieldName::Date,
    FieldName::Summary,
    FieldName::Author,
    FieldName::Tags,
    FieldName::Image,
    FieldName::Content,
    FieldName::Enclosure,
    FieldName::Comments,
];

/// Known items on the page that are enough for a judgement. One or two may be edited within one run.
const MIN_KNOWN: usize = 3;
/// Items that are enough where the page shows others than the history. They are weaker evidence.
const MIN_OTHERS: usize = 4;
/// New items that are enough to show that a field is gone from all new ones.
const MIN_NEW: usize = 3;
/// Stored items that are enough to be compared with new ones.
const MIN_STORED: usize = 2;
/// A field is one of the listing if at least this percentage of the items had it.
const HAD_PERCENT: usize = 90;
/// A field is gone if at most this percentage of the items has it: a rule may match something by chance.
const HAS_PERCENT: usize = 5;
/// Letters and digits by which two texts are known to begin alike.
const BEGINNING_CHARS: usize = 12;

/// An item of the history as its listing gave it last, without what its own page added.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedItem {
    /// The key.
    pub key: String,
    /// The content.
    pub content: Content,
    /// The date, if the listing or the item's address stated one.
    pub date: Option<DateTime<FixedOffset>>,
}

/// Whether this number of known items on a page is enough for a judgement. If not, the newest items of the
/// history are compared.
#[must_use]
pub const fn is_enough(known: usize) -> bool {
    known >= MIN_KNOWN
}

/// Whether a listing of some items gives nearly none of them a field.
#[must_use]
pub fn lacks(field: FieldName, found: &[Found]) -> bool {
    is_enough(found.len()) && has_nearly_none(field, found)
}

/// The fields that nearly all earlier items had, and that now nearly none of the found items has, or for
/// which all say the same. A field of `gone` stays lost until items have it again.
///
/// `earlier` are the known items among the found ones, or the newest items where few are known.
#[must_use]
pub fn lost_fields(found: &[Found], earlier: &[ListedItem], gone: &[FieldName]) -> Vec<FieldName> {
    let comparison = FieldComparison::of(found, earlier);
    let is_lost = |field: &FieldName| comparison.loses(*field, gone.contains(field));
    COMPARED.into_iter().filter(is_lost).collect()
}

/// Titles and links that all earlier items had, and that no new item has: the rules fit only older items. These
/// are the fields without which new items are not worth publishing.
#[must_use]
pub fn lost_by_new_items(found: &[Found], earlier: &[ListedItem]) -> Vec<FieldName> {
    let known: HashSet<&str> = earlier.iter().map(|item| item.key.as_str()).collect();
    let (old, new): (Vec<&Found>, Vec<&Found>) = found.iter().partition(|f| known.contains(f.key.as_str()));
    if new.len() < MIN_NEW || earlier.len() < MIN_STORED {
        return Vec::new();
    }
    let now: HashMap<&str, &Found> = old.into_iter().map(|item| (item.key.as_str(), item)).collect();
    // Without a text now, an earlier title was not made of one.
    let no_titles = new.iter().all(|item| item.content.title.is_empty());
    let had = |field: FieldName, item: &ListedItem| match field {
        FieldName::Title => was_titled(item, now.get(item.key.as_str()).copied(), no_titles),
        _ => value_before(field, item).is_some(),
    };
    let is_lost = |field: &FieldName| {
        new.iter().all(|item| !has(*field, item)) && earlier.iter().all(|item| had(*field, item))
    };
    [FieldName::Title, FieldName::Link].into_iter().filter(is_lost).collect()
}

/// Whether an earlier item had a title of its own. `now` is the item as it was found now, if it was.
fn was_titled(item: &ListedItem, now: Option<&Found>, no_titles: bool) -> bool {
    let has_it_still = now.is_some_and(|now| now.has_own_title) && !item.content.title.is_empty();
    let title_now = now.map(|now| now.content.title.as_str()).or(no_titles.then_some(""));
    has_it_still || had_own_title(&item.content, title_now)
}

/// Earlier items with the keys of the found items that they are: a found item may have got another key. The
/// others have an empty key, because another item may have theirs now. `known` are the keys of the known items
/// that the found ones are, in the order of these.
#[must_use]
pub fn as_found(earlier: Vec<ListedItem>, found: &[Found], known: &[Option<&str>]) -> Vec<ListedItem> {
    let pairs = known.iter().zip(found);
    let now: HashMap<&str, &str> =
        pairs.filter_map(|(key, item)| Some(((*key)?, item.key.as_str()))).collect();
    let key_now = |item: &ListedItem| now.get(item.key.as_str()).copied().unwrap_or_default().to_owned();
    earlier.into_iter().map(|item| ListedItem { key: key_now(&item), ..item }).collect()
}

/// Gives known items the stored values of lost fields, and the titles that single ones have lost. Other items
/// are without lost fields.
pub fn keep_lost(found: &mut [Found], known: &[ListedItem], lost: &[FieldName]) {
    let stored: HashMap<&str, &Content> = known.iter().map(|i| (i.key.as_str(), &i.content)).collect();
    let nothing = Content::default();
    for field in lost {
        let common = common_value(*field, found);
        for item in found.iter_mut() {
            let says_common = common.is_some() && value_now(*field, item) == common;
            if has(*field, item) && !says_common {
                continue;
            }
            let kept = stored.get(item.key.as_str()).copied().unwrap_or(&nothing);
            copy(*field, kept, &mut item.content);
            if *field == FieldName::Date {
                item.date = None;
            }
        }
    }
    keep_titles(found, &stored);
}

/// Found items and the earlier ones that they are compared with.
struct FieldComparison<'a> {
    found: &'a [Found],
    /// Earlier items; with each, the same item as it was found now, if it was.
    earlier: Vec<(&'a ListedItem, Option<&'a Found>)>,
    /// The earlier items are on the page now.
    is_of_same_items: bool,
}

impl<'a> FieldComparison<'a> {
    fn of(found: &'a [Found], earlier: &'a [ListedItem]) -> Self {
        let by_key: HashMap<&str, &Found> = found.iter().map(|f| (f.key.as_str(), f)).collect();
        let pairs = earlier.iter().map(|item| (item, by_key.get(item.key.as_str()).copied()));
        let (known, others): (Vec<_>, Vec<_>) = pairs.partition(|(_, now)| now.is_some());
        let is_of_same_items = is_enough(known.len());
        let rest = if is_of_same_items { Vec::new() } else { others };
        Self { found, earlier: known.into_iter().chain(rest).collect(), is_of_same_items }
    }

    /// Whether the items lose a field in this run, or are still without one that `was_gone` before.
    fn loses(&self, field: FieldName, was_gone: bool) -> bool {
        let is_absent = has_nearly_none(field, self.found) && (was_gone || self.had(field));
        is_absent || self.says_the_same(field, was_gone)
    }

    fn is_evidence(&self) -> bool {
        self.is_of_same_items || (self.earlier.len() >= MIN_OTHERS && self.found.len() >= MIN_OTHERS)
    }

    /// Whether nearly all earlier items had a field.
    fn had(&self, field: FieldName) -> bool {
        // Without a text now, an earlier title was not made of one.
        let no_titles = self.found.iter().all(|found| found.content.title.is_empty());
        let had = |(old, now): &&(&ListedItem, Option<&Found>)| match field {
            FieldName::Title => {
                let title_now = now.map(|now| now.content.title.as_str()).or(no_titles.then_some(""));
                had_own_title(&old.content, title_now)
            }
            _ => value_before(field, old).is_some(),
        };
        self.is_evidence() && is_nearly_all(self.earlier.iter().filter(had).count(), self.earlier.len())
    }

    /// Whether all items say the same for a field for which earlier items said different things.
    fn says_the_same(&self, field: FieldName, was_gone: bool) -> bool {
        // Several new items may well have the same author or day.
        let is_telling = matches!(field, FieldName::Title | FieldName::Link);
        if !self.is_evidence() || !(self.is_of_same_items || is_telling || was_gone) {
            return false;
        }
        let Some(common) = common_value(field, self.found) else { return false };
        let before: Vec<u64> = self.earlier.iter().filter_map(|(old, _)| value_before(field, old)).collect();
        let distinct = before.iter().collect::<HashSet<_>>().len();
        // A wrong rule may find the value of one of the items for all.
        let same = before.iter().filter(|value| **value == common).count().saturating_sub(1);
        !before.is_empty()
            && (was_gone || is_nearly_all(before.len(), self.earlier.len()))
            && distinct * 2 >= before.len()
            && same * 100 <= before.len() * (100 - HAD_PERCENT)
    }
}

fn is_nearly_all(part: usize, all: usize) -> bool {
    part * 100 >= all * HAD_PERCENT
}

fn has_nearly_none(field: FieldName, found: &[Found]) -> bool {
    let having = found.iter().filter(|item| has(field, item)).count();
    having * 100 <= found.len() * HAS_PERCENT
}

/// Whether a found item has a field. A title that is made of the summary is none.
fn has(field: FieldName, found: &Found) -> bool {
    match field {
        FieldName::Title => found.has_own_title,
        FieldName::Date => found.date.is_some(),
        _ => value(field, &found.content).is_some(),
    }
}

/// Whether a stored title is one that the page gave, and not made of the summary. `now` is the present title
/// of the item, if it is known: that of an item without a title of its own.
fn had_own_title(stored: &Content, now: Option<&str>) -> bool {
    let differs = |text: &str| !begin_alike(text, &stored.title);
    // The summary is not stored where it only repeats the title.
    let is_own = stored.summary.as_deref().map_or_else(|| now.is_some_and(differs), differs);
    is_own && !stored.title.is_empty()
}

/// Whether two texts begin with the same letters and digits.
fn begin_alike(one: &str, other: &str) -> bool {
    let beginning = |text: &str| -> Vec<char> {
        let letters = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
        letters.take(BEGINNING_CHARS).collect()
    };
    beginning(one) == beginning(other)
}

/// The value that all of some items say for a field, as a hash.
fn common_value(field: FieldName, found: &[Found]) -> Option<u64> {
    let mut values = found.iter().map(|item| value_now(field, item));
    let first = values.next()??;
    (is_enough(found.len()) && values.all(|value| value == Some(first))).then_some(first)
}

/// The hash of a found item's value. Coarse dates, such as "last year", become the same as time passes; they
/// have none.
fn value_now(field: FieldName, found: &Found) -> Option<u64> {
    if field == FieldName::Date {
        let exact = found.date.filter(|date| !date.relative && date.precision != Precision::Month);
        return exact.map(|date| hash_of(&date.at));
    }
    value(field, &found.content)
}

/// The hash of an earlier item's value.
fn value_before(field: FieldName, item: &ListedItem) -> Option<u64> {
    if field == FieldName::Date { item.date.map(|at| hash_of(&at)) } else { value(field, &item.content) }
}

/// The hash of a field's value, if there is one.
fn value(field: FieldName, content: &Content) -> Option<u64> {
    match field {
        FieldName::Title => Some(content.title.as_str()).filter(|t| !t.is_empty()).map(hash_of),
        FieldName::Link => content.url.as_ref().map(hash_of),
        FieldName::Summary => content.summary.as_ref().map(hash_of),
        FieldName::Author => Some(&content.authors).filter(|a| !a.is_empty()).map(hash_of),
        FieldName::Tags => Some(&content.tags).filter(|t| !t.is_empty()).map(hash_of),
        FieldName::Image => content.image.as_ref().map(hash_of),
        FieldName::Content => content.content_html.as_ref().map(hash_of),
        FieldName::Enclosure => content.enclosures.first().map(|file| hash_of(&file.url)),
        FieldName::Comments => content.comments.as_ref().map(hash_of),
        FieldName::Date | FieldName::Updated | FieldName::Subtitle | FieldName::Id => None,
    }
}

fn hash_of<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Copies the value of a field. Titles and links are never kept: without them a run fails.
fn copy(field: FieldName, from: &Content, to: &mut Content) {
    match field {
        FieldName::Summary => to.summary.clone_from(&from.summary),
        FieldName::Author => to.authors.clone_from(&from.authors),
        FieldName::Tags => {
            to.tags.clone_from(&from.tags);
            to.schemes.clone_from(&from.schemes);
        }
        FieldName::Image => to.image.clone_from(&from.image),
        FieldName::Content => to.content_html.clone_from(&from.content_html),
        FieldName::Enclosure => to.enclosures.clone_from(&from.enclosures),
        FieldName::Comments => to.comments.clone_from(&from.comments),
        _ => {}
    }
}
