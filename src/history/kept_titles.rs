//! Titles of known items for which the page gives none now: they keep those that they had. Pure.

use std::collections::HashMap;

use crate::model::{Content, Found};

/// Gives known items without titles of their own the titles that they had before, unless those were made of their
/// summaries. `stored` has the contents at the last run by the keys of the found items.
pub(super) fn keep_titles(found: &mut [Found], stored: &HashMap<&str, &Content>) {
    let titled = found.iter().filter(|item| item.has_own_title).count();
    let most_have_titles = titled * 2 > found.len();
    for item in found.iter_mut().filter(|item| !item.has_own_title) {
        let Some(old) = stored.get(item.key.as_str()).copied() else { continue };
        if had_title(old, &item.content.title, most_have_titles) {
            keep_title(item, old);
        }
    }
}

/// Whether the page gave the stored title. `made` is the title that is made of the summary now, or empty.
///
/// A summary is not stored where it only repeats the title. Then the other items of the listing decide.
fn had_title(old: &Content, made: &str, most_have_titles: bool) -> bool {
    let is_own = match old.summary.as_deref() {
        Some(summary) => !is_beginning(&old.title, summary),
        None => made.is_empty() || most_have_titles,
    };
    is_own && !old.title.is_empty()
}

/// Gives an item its stored title. The text that was made its title is its summary again.
fn keep_title(item: &mut Found, old: &Content) {
    let made = std::mem::replace(&mut item.content.title, old.title.clone());
    item.identity.title.clone_from(&old.title);
    if item.content.summary.is_some() || made.is_empty() || is_beginning(&made, &old.title) {
        return;
    }
    // The title may have been cut or mended; the stored summary is as it was.
    let same = old.summary.as_ref().filter(|summary| letters(summary).eq(letters(&made)));
    item.content.summary = Some(same.cloned().unwrap_or(made));
}

/// Whether a text begins with the letters and digits of a title.
fn is_beginning(title: &str, text: &str) -> bool {
    let mut of_text = letters(text);
    letters(title).all(|c| of_text.next() == Some(c))
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}
