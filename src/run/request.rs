//! The request for a feed's listing, and whether the last run read it by the same rules.

use chrono::{DateTime, TimeDelta, Utc};

use crate::channel::Feed;
use crate::config::Config;
use crate::digest;
use crate::fetch::{Accept, Request};
use crate::model::Validators;
use crate::rules::{LearnedRules, SourceKind};
use crate::store::Memory;

/// A site may say for so long that its page has not changed. Then the page is asked for without conditions:
/// some servers and caches say so for ever.
const MAX_TRUST: TimeDelta = TimeDelta::days(7);

/// A feed whose page has not come for so long gets it once without conditions to see its title, if an earlier version has
/// not kept one.
const TITLE_WAIT: TimeDelta = TimeDelta::days(1);

/// Hash of the rules by which a page is read: those of the configuration, or those detected on the page.
pub(super) fn rules_hash(feed: &Feed, learned: Option<&LearnedRules>) -> String {
    match learned {
        Some(learned) => digest::settings_hash(&[&feed.rules_hash, &learned.identity()]),
        None => feed.rules_hash.clone(),
    }
}

/// Whether the last run read the page by the present rules.
pub(super) fn has_same_rules(feed: &Feed, memory: &Memory) -> bool {
    memory.rules_hash.as_deref() == Some(rules_hash(feed, memory.learned.as_ref()).as_str())
}

/// The rules that were detected on the feed's page, if the feed still has this page. After a change of
/// other settings they stay in use.
#[must_use]
pub fn learned(feed: &Feed, memory: &Memory) -> Option<LearnedRules> {
    memory.learned.clone().filter(|learned| learned.page == feed.url)
}

/// The request for a feed's listing: conditional, unless the rules have changed since the last
/// page was read.
#[must_use]
pub fn request(config: &Config, feed: &Feed, memory: &Memory) -> Request {
    let same_rules = has_same_rules(feed, memory);
    let agent = feed.fetch.user_agent.as_ref().unwrap_or(&config.server.user_agent);
    Request {
        url: feed.url.clone(),
        post: feed.fetch.post.clone(),
        head_only: false,
        user_agent: agent.clone(),
        headers: feed.fetch.headers.clone(),
        query: feed.fetch.query.clone(),
        validators: if same_rules { memory.validators.clone() } else { Validators::default() },
        known_body: memory.body_hash.clone().filter(|_| same_rules),
        guard: feed.fetch.guard.clone(),
        authorities: feed.fetch.authorities.clone(),
        accept: accept(&feed.recipe.source),
        obey_robots: feed.fetch.obey_robots,
        timeout: feed.fetch.timeout,
    }
}

/// The request for a feed's listing at a time: as [`request`], but without conditions if the site has sent
/// no page for [`MAX_TRUST`]. A page with the bytes of the last one still counts as unchanged, unless nobody has looked
/// for its title.
pub(super) fn request_at(config: &Config, feed: &Feed, memory: &Memory, now: DateTime<Utc>) -> Request {
    let plain = request(config, feed, memory);
    // A time in the future is one of a clock that went wrong.
    let is_older = |than: TimeDelta| memory.received.is_some_and(|received| (now - received).abs() >= than);
    if memory.title.is_none() && !feed.has_title && is_older(TITLE_WAIT) {
        return Request { validators: Validators::default(), known_body: None, ..plain };
    }
    if is_older(MAX_TRUST) { Request { validators: Validators::default(), ..plain } } else { plain }
}

/// The kinds of documents in which a source finds its items. A site of WordPress is asked for its page first.
const fn accept(source: &SourceKind) -> Accept {
    match source {
        SourceKind::Feed(_) => Accept::Feed,
        SourceKind::Json(_) => Accept::Json,
        SourceKind::Sitemap(_) | SourceKind::Xml(_) => Accept::Xml,
        SourceKind::Html(_) | SourceKind::Structured(_) | SourceKind::WordPress(_) | SourceKind::Auto(_) => {
            Accept::Page
        }
    }
}
