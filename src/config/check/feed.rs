//! One raw feed, completed by `[defaults]`, -> a checked feed.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono_tz::Tz;
use serde::Serialize;
use url::Url;

use super::address::{home, url};
use super::body::has_secrets;
use super::checker::{Checker, FeedChecker};
use super::every_feed::{id, keep, language, max_silence, tags};
use super::{fetch, filter, source};
use crate::channel::{Feed, FetchSettings, Recipe};
use crate::config::raw::filter::RawFilter;
use crate::config::raw::shorthand::RawSecret;
use crate::config::raw::{RawFeed, RawFetch, RawKeep};
use crate::date::DateRules;
use crate::digest::{canonical_json, fingerprint, settings_hash};
use crate::model::Secret;
use crate::rules::{BodySpec, PagesSpec, SelectSpec, key};
use crate::schedule::{Schedule, parse_duration};

const DEFAULT_SCHEDULE: &str = "every 30m";
const DEFAULT_TIMEZONE: &str = "UTC";

/// Checks a feed; `None` if it has mistakes (all of them are noted).
pub(crate) fn check(
    own: &RawFeed,
    defaults: &RawFeed,
    index: usize,
    checker: &mut Checker<'_>,
) -> Option<Feed> {
    let raw = merged(own, defaults);
    let mut checker = FeedChecker::new(checker, index);
    refuse_same_title(own, &mut checker);
    let url = url(&raw, &mut checker);
    let home = home(&raw, url.as_ref(), &mut checker);
    let id = id(own, url.as_ref(), &mut checker);
    let zone_name = raw.timezone.as_deref().unwrap_or(DEFAULT_TIMEZONE);
    let timezone = checker.zone(zone_name, &[key("timezone")]);
    let zone = timezone.unwrap_or(Tz::UTC);
    let schedule = schedule(&raw, zone, &mut checker);
    let recipe = recipe(&raw, zone, &mut checker);
    let keep = keep(raw.keep.as_ref(), &mut checker);
    let tags = tags(&raw, &mut checker);
    let max_silence = max_silence(&raw, &mut checker);
    let fetch = fetch::check(raw.fetch.as_ref(), &mut checker);
    let id = id?;
    let url = url?;
    let home = home?;
    // Without an id of its own, a feed is named like its page, until the title of the page is known.
    let default_title = || if own.id.is_none() { host_and_path(&home) } else { id.to_string() };
    let title = raw.title.clone().filter(|t| !t.trim().is_empty());
    let default_description = || format!("What is new at {}", host_and_path(&home));
    let bodies = secret_bodies(&raw, fetch.as_ref(), recipe.as_ref());
    let secrets = secrets_digest(fetch.as_ref(), &bodies);
    Some(Feed {
        description: raw.description.clone().unwrap_or_else(default_description),
        rules_hash: rules_hash(&raw, &url),
        settings_hash: settings_hash(&[&canonical_json(&raw), &secrets]),
        schedule_text: raw.schedule.clone().unwrap_or_else(|| DEFAULT_SCHEDULE.to_owned()),
        schedule: schedule?,
        timezone: timezone?,
        recipe: Arc::new(recipe?),
        fetch: fetch?,
        has_title: title.is_some(),
        title: title.unwrap_or_else(default_title),
        id,
        url,
        home,
        keep,
        tags,
        max_silence,
    })
}

/// How the feed's items are read. `zone` is the zone of dates that state none.
fn recipe(raw: &RawFeed, zone: Tz, checker: &mut FeedChecker<'_, '_>) -> Option<Recipe> {
    let language = language(raw, checker);
    let dates = DateRules { format: None, zone, order: None, language: raw.language.clone() };
    let rules = source::rule_spec(raw, checker).and_then(|spec| source::compiled(&spec, &dates, checker));
    let article = raw.article.as_ref().map(|article| source::article(article, checker));
    let filters = filter::check(raw.filter.as_deref().unwrap_or_default(), zone, checker);
    let rules = rules?;
    Some(Recipe {
        source: rules.source,
        language,
        filters,
        pages: rules.pages,
        article,
        measure: raw.fetch.as_ref().and_then(|fetch| fetch.head_enclosures).unwrap_or(false),
    })
}

/// The settings that decide which items a page gives. The names and values are part of a stored hash: a
/// change here makes every feed read its page anew.
#[derive(Serialize)]
struct ExtractionSettings<'a> {
    url: &'a str,
    timezone: &'a str,
    kind: Option<&'a str>,
    language: Option<&'a str>,
    select: Option<&'a SelectSpec>,
    filter: Option<&'a [RawFilter]>,
    pages: Option<&'a PagesSpec>,
    method: Option<&'a str>,
    body: Option<&'a BodySpec>,
    query: Option<BTreeMap<&'a str, Vec<&'a str>>>,
}

fn rules_hash(raw: &RawFeed, url: &Url) -> String {
    let fetch = raw.fetch.as_ref();
    let settings = ExtractionSettings {
        url: url.as_str(),
        timezone: raw.timezone.as_deref().unwrap_or(DEFAULT_TIMEZONE),
        kind: raw.kind.as_deref(),
        language: raw.language.as_deref(),
        select: raw.select.as_ref(),
        filter: raw.filter.as_deref(),
        pages: raw.pages.as_ref(),
        method: fetch.and_then(|f| f.method.as_deref()),
        body: fetch.and_then(|f| f.body.as_ref()),
        query: fetch.map(|f| plain_values(&f.query)).filter(|query| !query.is_empty()),
    };
    settings_hash(&[&canonical_json(&settings)])
}

/// The names of parameters, and the values that are written out. Another secret gives the same items.
fn plain_values(query: &BTreeMap<String, RawSecret>) -> BTreeMap<&str, Vec<&str>> {
    query.iter().map(|(name, secret)| (name.as_str(), secret.plain().into_iter().collect())).collect()
}

/// A digest of the secrets' values, so that a changed secret is a changed setting.
fn secrets_digest(fetch: Option<&FetchSettings>, bodies: &[&Secret]) -> String {
    let headers = fetch.map_or(&[][..], |f| &f.headers).iter().map(|(_, value)| value);
    let query = fetch.map_or(&[][..], |f| &f.query).iter().map(|(_, value)| value);
    let values = headers.chain(query).chain(bodies.iter().copied()).map(Secret::expose);
    fingerprint(&values.collect::<Vec<_>>())
}

/// The bodies that hold secrets. Other bodies are settings like any other.
fn secret_bodies<'a>(
    raw: &RawFeed,
    fetch: Option<&'a FetchSettings>,
    recipe: Option<&'a Recipe>,
) -> Vec<&'a Secret> {
    let is_secret = |body: Option<&BodySpec>| body.is_some_and(has_secrets);
    let first = fetch.and_then(|f| f.post.as_ref()).map(|post| &post.body);
    let further = recipe.and_then(|r| r.pages.as_ref()).and_then(|pages| pages.body.as_ref());
    let first = first.filter(|_| is_secret(raw.fetch.as_ref().and_then(|f| f.body.as_ref())));
    let further = further.filter(|_| is_secret(raw.pages.as_ref().and_then(|p| p.body.as_ref())));
    first.into_iter().chain(further).collect()
}

/// Host and path of an address, as a name for people.
fn host_and_path(url: &Url) -> String {
    format!("{}{}", url.host_str().unwrap_or_default(), url.path().trim_end_matches('/'))
}

/// A feed's own settings of fetching, and the defaults for keys that it does not have. Tables of names and values
/// are merged by their names.
fn merged_fetch(own: &RawFetch, base: &RawFetch) -> RawFetch {
    RawFetch {
        headers: merged_names(&own.headers, &base.headers),
        query: merged_names(&own.query, &base.query),
        cookies: merged_names(&own.cookies, &base.cookies),
        head_enclosures: own.head_enclosures.or(base.head_enclosures),
        method: own.method.clone().or_else(|| base.method.clone()),
        body: own.body.clone().or_else(|| base.body.clone()),
        user_agent: own.user_agent.clone().or_else(|| base.user_agent.clone()),
        timeout: own.timeout.clone().or_else(|| base.timeout.clone()),
        allow_addresses: own.allow_addresses.clone().or_else(|| base.allow_addresses.clone()),
        allow_private: own.allow_private.or(base.allow_private),
        ca_file: own.ca_file.clone().or_else(|| base.ca_file.clone()),
        robots: own.robots.clone().or_else(|| base.robots.clone()),
    }
}

fn merged_names(
    own: &BTreeMap<String, RawSecret>,
    base: &BTreeMap<String, RawSecret>,
) -> BTreeMap<String, RawSecret> {
    let mut names = base.clone();
    names.extend(own.clone());
    names
}

/// A feed's own settings, and the defaults for keys that it does not have.
fn merged(own: &RawFeed, defaults: &RawFeed) -> RawFeed {
    macro_rules! or {
        ($($key:ident),*) => { RawFeed { $($key: own.$key.clone().or_else(|| defaults.$key.clone()),)* } };
    }
    let mut raw = or!(
        id,
        title,
        description,
        url,
        home,
        from,
        same_title,
        enabled,
        schedule,
        spread,
        timezone,
        language,
        kind,
        select,
        pages,
        article,
        filter,
        tags,
        expect,
        keep,
        fetch
    );
    if let (Some(own), Some(base)) = (&own.keep, &defaults.keep) {
        raw.keep = Some(RawKeep { items: own.items.or(base.items), days: own.days.or(base.days) });
    }
    if let (Some(own), Some(base)) = (&own.fetch, &defaults.fetch) {
        raw.fetch = Some(merged_fetch(own, base));
    }
    if let (Some(own), Some(base)) = (&own.select, &defaults.select) {
        raw.select = Some(own.or(base));
    }
    raw
}

fn schedule(raw: &RawFeed, zone: Tz, checker: &mut FeedChecker<'_, '_>) -> Option<Schedule> {
    let spread = match raw.spread.as_deref().map(parse_duration).transpose() {
        Ok(spread) => spread,
        Err(error) => {
            let hint = "for example \"5m\"".to_owned();
            checker.problem(&["spread"], format!("spread: {error}"), Some(hint));
            None
        }
    };
    let text = raw.schedule.as_deref().unwrap_or(DEFAULT_SCHEDULE);
    match Schedule::parse(text, zone, spread) {
        Ok(schedule) => Some(schedule),
        Err(error) => {
            let hint = "for example \"every 30m\", \"7,37 * * * *\" or \"@hourly\"".to_owned();
            checker.problem(&["schedule"], format!("schedule `{text}`: {error}"), Some(hint));
            None
        }
    }
}

/// `same_title` has no meaning without `from`.
fn refuse_same_title(raw: &RawFeed, checker: &mut FeedChecker<'_, '_>) {
    if raw.same_title.is_some() {
        let message = "`same_title` can only be used together with `from`".to_owned();
        let hint = "leave it out: it joins items of several feeds".to_owned();
        checker.problem(&["same_title"], message, Some(hint));
    }
}
