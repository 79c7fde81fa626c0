//! Keys: what makes two items the same, for ever.
//!
//! The key is made of the id that a rule found; else of the canonical link; else of title and date.
//! Keys are stored, so the forms made here may never change.

use std::collections::{HashMap, HashSet};

use super::canonical::canonical_address;
use super::text;
use crate::digest::fingerprint;
use crate::html::spacing::Spacing;
use crate::model::{Content, FieldName, Found, PageDate, Problem};

/// A longer id is stored as its fingerprint.
const MAX_ID_BYTES: usize = 200;

/// The key of an item. `title` is its title as it is in keys.
pub(super) fn of(id: Option<&str>, content: &Content, title: &str, date: Option<&PageDate>) -> String {
    if let Some(id) = id.filter(|id| !id.is_empty()) {
        let fits = id.len() <= MAX_ID_BYTES;
        return if fits { format!("id:{id}") } else { format!("id:{}", fingerprint(&[id])) };
    }
    match &content.url {
        Some(url) => format!("url:{}", canonical_address(url)),
        None => row_key(title, date),
    }
}

/// The key of an item without a link, made of its title and date.
fn row_key(title: &str, date: Option<&PageDate>) -> String {
    // The local time is the one on the page. So a change of `timezone` does not change the key.
    let local_time = date.map_or_else(String::new, |d| d.at.naive_local().to_string());
    format!("row:{}", fingerprint(&[&title.to_lowercase(), &local_time]))
}

/// Makes the keys of one page distinct.
///
/// Items with one link and several titles are several items: their titles become part of their keys.
/// After that, items with the same key are one item; the first stays, the others are problems.
pub(super) fn make_distinct(found: Vec<Found>, spacing: Spacing, problems: &mut Vec<Problem>) -> Vec<Found> {
    let shared_links = links_with_several_titles(&found);
    let mut seen = HashSet::new();
    let mut distinct = Vec::with_capacity(found.len());
    for mut item in found {
        if shared_links.contains(&item.key) {
            let title = text::in_key(&item.content.title, spacing);
            item.key = format!("{}#{}", item.key, fingerprint(&[&title]));
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

fn links_with_several_titles(found: &[Found]) -> HashSet<String> {
    let mut titles: HashMap<&str, HashSet<&str>> = HashMap::new();
    for item in found.iter().filter(|f| f.key.starts_with("url:")) {
        titles.entry(&item.key).or_default().insert(&item.content.title);
    }
    titles.into_iter().filter(|(_, titles)| titles.len() > 1).map(|(key, _)| key.to_owned()).collect()
}
