//! Settings that all feeds have, whether they are read from a page or made of others.

use std::time::Duration;

use url::Url;

use super::checker::FeedChecker;
use crate::channel::Keep;
use crate::config::raw::{RawFeed, RawKeep};
use crate::model::FeedId;
use crate::rules::{SettingStep, key};

/// Newest items that are kept, unless the file says a number.
const DEFAULT_ITEMS: u32 = 500;
/// The most items that a feed may keep.
const MAX_ITEMS: u32 = 100_000;

/// The longest tag, in bytes.
const MAX_TAG: usize = 64;
/// A feed that is silent sooner would be told all the time.
const MIN_SILENCE: Duration = Duration::from_secs(60);

/// The id of a feed as it is written, else the one that is made of its address.
pub(crate) fn id_of(raw: &RawFeed) -> Option<String> {
    let made = || Some(FeedId::from_url(&Url::parse(raw.url.as_deref()?).ok()?).to_string());
    raw.id.clone().or_else(made)
}

pub(crate) fn id(own: &RawFeed, url: Option<&Url>, checker: &mut FeedChecker<'_, '_>) -> Option<FeedId> {
    let Some(text) = own.id.as_deref() else { return url.map(FeedId::from_url) };
    match FeedId::parse(text) {
        Ok(id) => Some(id),
        Err(error) => {
            let hint = url.map(|u| format!("for example `{}`", FeedId::from_url(u)));
            checker.problem(&["id"], error.to_string(), hint);
            None
        }
    }
}

pub(crate) fn language(raw: &RawFeed, checker: &mut FeedChecker<'_, '_>) -> Option<String> {
    let text = raw.language.as_deref()?;
    let is_code = is_language_code(text);
    if !is_code {
        let hint = "a code (BCP 47 tag) such as `en`, `ko` or `pt-BR`".to_owned();
        checker.problem(&["language"], format!("`{text}` is not a language code"), Some(hint));
    }
    is_code.then(|| text.to_owned())
}

/// Whether a text has the form of a BCP 47 tag: two or three letters, then parts of 1 to 8 letters and
/// digits.
fn is_language_code(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

pub(crate) fn keep(raw: Option<&RawKeep>, checker: &mut FeedChecker<'_, '_>) -> Keep {
    let items = raw.and_then(|k| k.items).unwrap_or(DEFAULT_ITEMS);
    if !(1..=MAX_ITEMS).contains(&items) {
        checker.problem(&["keep", "items"], format!("`items` must be 1 to {MAX_ITEMS}"), None);
    }
    let days = raw.and_then(|k| k.days);
    if days == Some(0) {
        let hint = "leave it out to keep items without a limit of age".to_owned();
        checker.problem(&["keep", "days"], "`days` must be at least 1".to_owned(), Some(hint));
    }
    Keep { items, days }
}

/// The tags of a feed.
pub(super) fn tags(raw: &RawFeed, checker: &mut FeedChecker<'_, '_>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for (i, tag) in raw.tags.iter().flatten().enumerate() {
        let is_word = !tag.is_empty()
            && tag.len() <= MAX_TAG
            && !tag.contains(|c: char| c.is_whitespace() || c.is_control());
        if !is_word || tag == "*" {
            let steps = [key("tags"), SettingStep::Index(i)];
            let hint =
                format!("a tag is one word of at most {MAX_TAG} bytes, for example tags = [\"shipping\"]");
            checker.problem_at(&steps, format!("`{tag}` cannot be a tag"), Some(hint));
        } else if !tags.contains(tag) {
            tags.push(tag.clone());
        }
    }
    tags
}

/// After which time without a new item the feed is silent.
pub(super) fn max_silence(raw: &RawFeed, checker: &mut FeedChecker<'_, '_>) -> Option<Duration> {
    let keys = ["expect", "max_silence"];
    let time = checker.duration(raw.expect.as_ref()?.max_silence.as_ref()?, &keys, "\"3d\"")?;
    if time < MIN_SILENCE {
        let hint = "give at least a minute, for example \"3d\"".to_owned();
        checker.problem(&keys, "`max_silence` is too short a time".to_owned(), Some(hint));
        return None;
    }
    Some(time)
}
