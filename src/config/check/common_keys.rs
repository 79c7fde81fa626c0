//! Settings that all feeds have, be they read from a page or made of others.

use url::Url;

use super::checker::FeedChecker;
use crate::channel::Keep;
use crate::config::raw::{RawFeed, RawKeep};
use crate::model::FeedId;

/// The id that a feed has, or gets.
pub(crate) fn id_of(raw: &RawFeed) -> Option<String> {
    let made = || Some(FeedId::from_url(&Url::parse(raw.url.as_deref()?).ok()?).to_string());
    raw.id.clone().or_else(made)
}

pub(crate) fn id(own: &RawFeed, url: Option<&Url>, at: &mut FeedChecker<'_, '_>) -> Option<FeedId> {
    let Some(text) = own.id.as_deref() else { return url.map(FeedId::from_url) };
    match FeedId::parse(text) {
        Ok(id) => Some(id),
        Err(error) => {
            let hint = url.map(|u| format!("for example `{}`", FeedId::from_url(u)));
            at.problem(&["id"], error.to_string(), hint);
            None
        }
    }
}

pub(crate) fn language(raw: &RawFeed, at: &mut FeedChecker<'_, '_>) -> Option<String> {
    let text = raw.language.as_deref()?;
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let fits = (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    if !fits {
        let hint = "a BCP 47 tag such as `en`, `ko` or `pt-BR`".to_owned();
        at.problem(&["language"], format!("`{text}` is no language"), Some(hint));
    }
    fits.then(|| text.to_owned())
}

pub(crate) fn keep(raw: Option<&RawKeep>, at: &mut FeedChecker<'_, '_>) -> Keep {
    let items = raw.and_then(|k| k.items).unwrap_or(500);
    if !(1..=100_000).contains(&items) {
        at.problem(&["keep", "items"], "`items` must be 1 to 100000".to_owned(), None);
    }
    let days = raw.and_then(|k| k.days);
    if days == Some(0) {
        let hint = "leave it out to keep items without a limit of age".to_owned();
        at.problem(&["keep", "days"], "`days` must be at least 1".to_owned(), Some(hint));
    }
    Keep { items, days }
}
