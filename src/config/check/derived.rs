//! A raw feed with `from` -> a feed that is made of others.

use std::sync::Arc;

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::checker::Checker;
use super::checker::FeedChecker;
use super::{common_keys, filter};
use crate::channel::{Channel, Derived};
use crate::config::raw::shorthand::RawDuration;
use crate::config::raw::{RawConfig, RawFeed};
use crate::model::FeedId;
use crate::nearest::nearest;
use crate::rules::Step;
use crate::schedule::parse_duration;

/// Checks a derived feed; `None` if it has mistakes (all of them are noted).
pub(crate) fn check(
    own: &RawFeed,
    from: &[String],
    config: &RawConfig,
    index: usize,
    checker: &mut Checker<'_>,
) -> Option<Arc<Derived>> {
    let mut at = FeedChecker::new(checker, index);
    needless(own, &mut at);
    let id = match own.id.as_deref() {
        Some(_) => common_keys::id(own, None, &mut at),
        None => {
            let hint = "for example id = \"alerts\"".to_owned();
            at.problem(&[], "a feed with `from` needs an `id`".to_owned(), Some(hint));
            None
        }
    };
    let language = common_keys::language(own, &mut at);
    let filters = filter::check(own.filter.as_deref().unwrap_or_default(), Tz::UTC, &mut at);
    let keep = common_keys::keep(own.keep.as_ref().or(config.defaults.keep.as_ref()), &mut at);
    let same_title = own.same_title.as_ref().and_then(|d| window(d, &mut at));
    let from = ids(from, config, &mut at);
    let id = id?;
    let title = own.title.clone().filter(|t| !t.trim().is_empty()).unwrap_or_else(|| id.to_string());
    let described = match &from {
        None => "What is new in all feeds".to_owned(),
        Some(ids) => {
            let ids: Vec<&str> = ids.iter().map(FeedId::as_str).collect();
            format!("What is new in {}", ids.join(", "))
        }
    };
    let description = own.description.clone().unwrap_or(described);
    Some(Arc::new(Derived { id, title, description, language, from, filters, same_title, keep }))
}

/// What a feed has no use for that fetches nothing.
fn needless(raw: &RawFeed, at: &mut FeedChecker<'_, '_>) {
    let given = [
        ("url", raw.url.is_some()),
        ("schedule", raw.schedule.is_some()),
        ("spread", raw.spread.is_some()),
        ("timezone", raw.timezone.is_some()),
        ("kind", raw.kind.is_some()),
        ("select", raw.select.is_some()),
        ("pages", raw.pages.is_some()),
        ("article", raw.article.is_some()),
        ("fetch", raw.fetch.is_some()),
    ];
    for (name, _) in given.into_iter().filter(|(_, given)| *given) {
        let hint = "a feed with `from` is made of others and fetches nothing: leave it out".to_owned();
        at.problem(&[name], format!("`{name}` does not go together with `from`"), Some(hint));
    }
}

/// The feeds that are named; `None`: all.
fn ids(from: &[String], config: &RawConfig, at: &mut FeedChecker<'_, '_>) -> Option<Vec<FeedId>> {
    if from == ["*"] {
        return None;
    }
    if from.is_empty() {
        let hint = "name other feeds, or write [\"*\"] for all".to_owned();
        at.problem(&["from"], "`from` is empty".to_owned(), Some(hint));
    }
    let known: Vec<String> =
        config.feed.iter().filter(|f| f.from.is_none()).filter_map(common_keys::id_of).collect();
    let derived = |id: &str| config.feed.iter().any(|f| f.from.is_some() && f.id.as_deref() == Some(id));
    let mut out = Vec::new();
    for (i, id) in from.iter().enumerate() {
        let steps = [Step::Key("from".to_owned()), Step::Index(i)];
        match FeedId::parse(id) {
            Ok(found) if known.contains(id) => out.push(found),
            _ if derived(id) => {
                let hint = "name the feeds that it is made of".to_owned();
                at.problem_at(&steps, format!("feed `{id}` is itself made of others"), Some(hint));
            }
            _ => {
                let names: Vec<&str> = known.iter().map(String::as_str).collect();
                let hint = nearest(id, &names).map(|near| format!("did you mean `{near}`?"));
                at.problem_at(&steps, format!("there is no feed `{id}`"), hint);
            }
        }
    }
    Some(out)
}

fn window(raw: &RawDuration, at: &mut FeedChecker<'_, '_>) -> Option<TimeDelta> {
    let read = match raw {
        RawDuration::Seconds(s) => Ok(std::time::Duration::from_secs(*s)),
        RawDuration::Text(text) => parse_duration(text).map_err(|e| e.to_string()),
    };
    match read.map(TimeDelta::from_std) {
        Ok(Ok(window)) => Some(window),
        Ok(Err(_)) => {
            at.problem(&["same_title"], "`same_title` is too long".to_owned(), None);
            None
        }
        Err(error) => {
            at.problem(
                &["same_title"],
                format!("same_title: {error}"),
                Some("for example \"2d\"".to_owned()),
            );
            None
        }
    }
}

/// `["*"]` of nothing is a mistake.
pub(crate) fn sources(all: &[Option<Channel>], checker: &mut Checker<'_>) {
    let any = all.iter().any(|c| matches!(c, None | Some(Channel::Scraped(_))));
    for (i, channel) in all.iter().enumerate() {
        if let Some(Channel::Derived(derived)) = channel
            && derived.from.is_none()
            && !any
        {
            let message = "there are no feeds that it could be made of".to_owned();
            FeedChecker::new(checker, i).problem(&["from"], message, None);
        }
    }
}
