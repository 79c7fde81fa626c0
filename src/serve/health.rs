//! `/health/feeds`: are the feeds fine, for uptime monitors.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::response::Response;
use chrono::{DateTime, Utc};
use http::StatusCode;
use serde::Serialize;
use url::form_urlencoded;

use super::plain;
use super::state::ServerState;
use crate::channel::Channel;
use crate::config::Config;
use crate::model::{FeedState, Health};
use crate::schedule::parse_duration;
use crate::served;

/// The question.
#[derive(Debug, Default, PartialEq, Eq)]
struct Question {
    /// The last success may be this long ago.
    max_age: Option<Duration>,
    /// Only these feeds.
    feeds: BTreeSet<String>,
    /// Only feeds with one of these tags.
    tags: BTreeSet<String>,
}

/// The state of one feed.
#[derive(Debug, Serialize)]
struct FeedHealthShape {
    id: String,
    ok: bool,
    state: &'static str,
    trouble: Option<&'static str>,
    /// RFC 3339.
    last_success: Option<String>,
    /// Seconds since the last success.
    age_s: Option<i64>,
}

#[derive(Debug, Serialize)]
struct HealthShape {
    ok: bool,
    /// The feeds that were asked for; those that are not fine come first.
    feeds: Vec<FeedHealthShape>,
}

/// 200 if all feeds that the query names are fine, else 503; with the list as JSON. A query with mistakes is 400,
/// one that names what is not there 404.
pub(super) fn feeds(server: &ServerState, config: &Config, query: Option<&str>) -> Response {
    let question = match question(query.unwrap_or_default()) {
        Ok(question) => question,
        Err(mistake) => return plain::text(StatusCode::BAD_REQUEST, &mistake),
    };
    if let Some(unknown) = unknown(&question, config) {
        return plain::text(StatusCode::NOT_FOUND, &format!("there is no feed or tag `{unknown}`"));
    }
    let now = server.clock.now();
    let asked = config.channels.iter().filter(|channel| is_asked(&question, channel));
    let mut feeds: Vec<FeedHealthShape> = asked
        .map(|channel| {
            let state = state_of(server, config, channel);
            shape(channel, &state, question.max_age, now)
        })
        .collect();
    feeds.sort_by_key(|feed| feed.ok);
    let ok = feeds.iter().all(|feed| feed.ok);
    let status = if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::to_string(&HealthShape { ok, feeds }).unwrap_or_default();
    plain::cache(plain::answer(status, "application/json", body + "\n"), "no-store")
}

/// The state of a channel. One that is made of others is in the trouble of the first of them that is.
fn state_of(server: &ServerState, config: &Config, channel: &Channel) -> FeedState {
    let state = served::state(config, channel, |id| server.board.state(id));
    let Channel::Derived(derived) = channel else { return state };
    let trouble = config.sources(derived).find_map(|feed| server.board.state(&feed.id).trouble);
    FeedState { trouble, ..state }
}

fn question(query: &str) -> Result<Question, String> {
    let mut question = Question::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let names = || value.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        match name.as_ref() {
            "max_age" => {
                let age = value.parse().map(Duration::from_secs).ok().or_else(|| parse_duration(&value).ok());
                question.max_age = Some(age.ok_or("`max_age` is a time such as 2h, or a number of seconds")?);
            }
            "feeds" => question.feeds.extend(names()),
            "tags" => question.tags.extend(names()),
            _ => return Err("the parameters are `max_age`, `feeds` and `tags`".to_owned()),
        }
    }
    Ok(question)
}

fn unknown<'q>(question: &'q Question, config: &Config) -> Option<&'q String> {
    let has_feed = |name: &str| config.channels.iter().any(|channel| channel.id().as_str() == name);
    let has_tag =
        |name: &str| config.channels.iter().any(|channel| channel.tags().iter().any(|tag| tag == name));
    let feed = question.feeds.iter().find(|name| !has_feed(name));
    feed.or_else(|| question.tags.iter().find(|name| !has_tag(name)))
}

fn is_asked(question: &Question, channel: &Channel) -> bool {
    let is_all = question.feeds.is_empty() && question.tags.is_empty();
    let by_tag = channel.tags().iter().any(|tag| question.tags.contains(tag));
    is_all || by_tag || question.feeds.contains(channel.id().as_str())
}

fn shape(
    channel: &Channel,
    state: &FeedState,
    max_age: Option<Duration>,
    now: DateTime<Utc>,
) -> FeedHealthShape {
    let health = Health::of(state);
    let age = state.last_success.map(|at| (now - at).num_seconds().max(0));
    let is_old =
        max_age.is_some_and(|most| age.is_none_or(|age| u64::try_from(age).unwrap_or(0) > most.as_secs()));
    FeedHealthShape {
        id: channel.id().to_string(),
        ok: health != Health::Trouble && !is_old,
        state: health.label(),
        trouble: state.trouble.as_ref().map(|trouble| trouble.kind.name()),
        last_success: state.last_success.map(|at| at.to_rfc3339()),
        age_s: age,
    }
}
