//! A raw feed with `from` -> a feed that is made of others.

use std::sync::Arc;

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::checker::{Checker, FeedChecker};
use super::{address, every_feed, filter};
use crate::channel::{Channel, Derived};
use crate::config::raw::shorthand::RawDuration;
use crate::config::raw::{RawConfig, RawFeed};
use crate::model::FeedId;
use crate::nearest::nearest;
use crate::rules::{SettingStep, key};

/// Checks a derived feed; `None` if it has mistakes (all of them are noted).
pub(crate) fn check(
    own: &RawFeed,
    from: &[String],
    config: &RawConfig,
    index: usize,
    checker: &mut Checker<'_>,
) -> Option<Arc<Derived>> {
    let mut checker = FeedChecker::new(checker, index);
    refuse_fetching_keys(own, &mut checker);
    let id = match own.id.as_deref() {
        Some(_) => every_feed::id(own, None, &mut checker),
        None => {
            let hint = "for example id = \"alerts\"".to_owned();
            checker.problem(&[], "a feed with `from` needs an `id`".to_owned(), Some(hint));
            None
        }
    };
    let language = every_feed::language(own, &mut checker);
    let home = address::home(own, None, &mut checker);
    let filters = filter::check(own.filter.as_deref().unwrap_or_default(), Tz::UTC, &mut checker);
    let keep = every_feed::keep(own.keep.as_ref().or(config.defaults.keep.as_ref()), &mut checker);
    let tags = every_feed::tags(own, &mut checker);
    let same_title = own.same_title.as_ref().and_then(|time| same_title(time, &mut checker));
    let from = sources(from, config, &mut checker);
    let id = id?;
    let title = own.title.clone().filter(|t| !t.trim().is_empty()).unwrap_or_else(|| id.to_string());
    let description = own.description.clone().unwrap_or_else(|| default_description(from.as_deref()));
    Some(Arc::new(Derived { id, title, description, home, language, from, filters, same_title, keep, tags }))
}

fn default_description(from: Option<&[FeedId]>) -> String {
    match from {
        None => "What is new in all feeds".to_owned(),
        Some(ids) => {
            let ids: Vec<&str> = ids.iter().map(FeedId::as_str).collect();
            format!("What is new in {}", ids.join(", "))
        }
    }
}

/// Notes keys that a feed without a page of its own does not have.
fn refuse_fetching_keys(raw: &RawFeed, checker: &mut FeedChecker<'_, '_>) {
    let keys = [
        ("url", raw.url.is_some()),
        ("schedule", raw.schedule.is_some()),
        ("spread", raw.spread.is_some()),
        ("timezone", raw.timezone.is_some()),
        ("kind", raw.kind.is_some()),
        ("select", raw.select.is_some()),
        ("pages", raw.pages.is_some()),
        ("article", raw.article.is_some()),
        ("fetch", raw.fetch.is_some()),
        ("expect", raw.expect.is_some()),
    ];
    for (name, _) in keys.into_iter().filter(|(_, is_given)| *is_given) {
        let hint = "a feed with `from` is made of others and fetches nothing: leave it out".to_owned();
        checker.problem(&[name], format!("`{name}` cannot be used together with `from`"), Some(hint));
    }
}

/// The ids in `from`; `None` for `["*"]`: all feeds.
fn sources(from: &[String], config: &RawConfig, checker: &mut FeedChecker<'_, '_>) -> Option<Vec<FeedId>> {
    if from == ["*"] {
        return None;
    }
    if from.is_empty() {
        let hint = "name other feeds, or write [\"*\"] for all".to_owned();
        checker.problem(&["from"], "`from` is empty".to_owned(), Some(hint));
    }
    let scraped: Vec<String> =
        config.feed.iter().filter(|f| f.from.is_none()).filter_map(every_feed::id_of).collect();
    let is_derived = |id: &str| config.feed.iter().any(|f| f.from.is_some() && f.id.as_deref() == Some(id));
    let mut ids = Vec::new();
    for (i, text) in from.iter().enumerate() {
        let steps = [key("from"), SettingStep::Index(i)];
        match FeedId::parse(text) {
            Ok(id) if scraped.contains(text) => ids.push(id),
            _ if is_derived(text) => {
                let hint = "name the feeds that it is made of".to_owned();
                checker.problem_at(&steps, format!("feed `{text}` is itself made of others"), Some(hint));
            }
            _ => {
                let names: Vec<&str> = scraped.iter().map(String::as_str).collect();
                let hint = match nearest(text, &names) {
                    Some(near) => Some(format!("did you mean `{near}`?")),
                    None if names.is_empty() => None,
                    None => Some(format!("the feeds of this file are {}", names.join(", "))),
                };
                checker.problem_at(&steps, format!("there is no feed `{text}`"), hint);
            }
        }
    }
    Some(ids)
}

/// The time within which items of the same title are one.
fn same_title(raw: &RawDuration, checker: &mut FeedChecker<'_, '_>) -> Option<TimeDelta> {
    let duration = checker.duration(raw, &["same_title"], "\"2d\"")?;
    let time = TimeDelta::from_std(duration).ok();
    if time.is_none() {
        let hint = "for example \"2d\"".to_owned();
        checker.problem(&["same_title"], "`same_title` is too long a time".to_owned(), Some(hint));
    }
    time
}

/// Notes each `from = ["*"]` of a file without feeds that are read.
pub(crate) fn refuse_all_of_nothing(channels: &[Option<Channel>], checker: &mut Checker<'_>) {
    // A feed with mistakes counts: it has its own problem.
    let has_scraped = channels.iter().any(|c| matches!(c, None | Some(Channel::Scraped(_))));
    if has_scraped {
        return;
    }
    for (i, channel) in channels.iter().enumerate() {
        if let Some(Channel::Derived(derived)) = channel
            && derived.from.is_none()
        {
            let message = "there are no feeds that it could be made of".to_owned();
            let hint = "add a [[feed]] with a `url`".to_owned();
            FeedChecker::new(checker, i).problem(&["from"], message, Some(hint));
        }
    }
}
