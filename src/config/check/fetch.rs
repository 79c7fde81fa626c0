//! `[feed.fetch]` -> how a feed's page is asked for.

use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::checker::FeedChecker;
use crate::channel::FetchSettings;
use crate::config::raw::RawFetch;
use crate::config::raw::shorthand::{RawDuration, RawSecret};
use crate::fetch::{AllowAddress, Guard, Post};
use crate::model::Secret;
use crate::rules::{BodySpec, Step};
use crate::schedule::parse_duration;

/// Headers that belong to the fetch itself.
const RESERVED_HEADERS: &[&str] = &[
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
    "user-agent",
    "if-none-match",
    "if-modified-since",
    "range",
    "te",
    "upgrade",
    "expect",
    "keep-alive",
];

/// Checks the table; `None` if it has mistakes (all of them are noted).
pub(crate) fn check(raw: Option<&RawFetch>, at: &mut FeedChecker<'_, '_>) -> Option<FetchSettings> {
    let empty = RawFetch::default();
    let raw = raw.unwrap_or(&empty);
    let headers: Vec<_> = raw.headers.iter().map(|(name, secret)| header(name, secret, at)).collect();
    let allowed = allowed(raw, at);
    let timeout = match &raw.timeout {
        None => None,
        Some(duration) => Some(timeout(duration, at)?),
    };
    if let Some(agent) = &raw.user_agent
        && HeaderValue::from_str(agent).is_err()
    {
        at.problem(
            &["fetch", "user_agent"],
            "the User-Agent has characters that no header may have".to_owned(),
            None,
        );
    }
    let obey_robots = match raw.robots.as_deref() {
        None | Some("obey") => true,
        Some("ignore") => false,
        Some(other) => {
            let hint = "`obey` (the default) or `ignore`".to_owned();
            at.problem(&["fetch", "robots"], format!("unknown value `{other}`"), Some(hint));
            true
        }
    };
    Some(FetchSettings {
        post: post(raw, at),
        headers: headers.into_iter().flatten().collect(),
        user_agent: raw.user_agent.clone(),
        timeout,
        guard: Guard::new(allowed, raw.allow_private.unwrap_or(false)),
        obey_robots,
    })
}

/// What is posted, if the method is POST.
fn post(raw: &RawFetch, at: &mut FeedChecker<'_, '_>) -> Option<Post> {
    let method = raw.method.as_deref().unwrap_or(if raw.body.is_some() { "POST" } else { "GET" });
    match method.to_ascii_uppercase().as_str() {
        "POST" => Some(Post {
            body: raw.body.as_ref().map(BodySpec::text).unwrap_or_default(),
            content_type: match raw.body {
                Some(BodySpec::Json(_)) => "application/json",
                _ => "application/x-www-form-urlencoded",
            },
        }),
        "GET" => {
            if raw.body.is_some() {
                let hint = "add method = \"POST\"".to_owned();
                at.problem(&["fetch", "body"], "a GET has no body".to_owned(), Some(hint));
            }
            None
        }
        _ => {
            let hint = "`GET` (the default) or `POST`".to_owned();
            at.problem(&["fetch", "method"], format!("unknown method `{method}`"), Some(hint));
            None
        }
    }
}

fn allowed(raw: &RawFetch, at: &mut FeedChecker<'_, '_>) -> Vec<AllowAddress> {
    let mut out = Vec::new();
    for (i, text) in raw.allow_addresses.iter().flatten().enumerate() {
        match text.parse() {
            Ok(address) => out.push(address),
            Err(error) => {
                let steps =
                    [Step::Key("fetch".to_owned()), Step::Key("allow_addresses".to_owned()), Step::Index(i)];
                let hint = "for example \"127.0.0.1:8000\" or \"10.0.0.0/8\"".to_owned();
                at.problem_at(&steps, format!("allowed address `{text}`: {error}"), Some(hint));
            }
        }
    }
    out
}

fn timeout(raw: &RawDuration, at: &mut FeedChecker<'_, '_>) -> Option<Duration> {
    let read = match raw {
        RawDuration::Seconds(s) => Ok(Duration::from_secs(*s)),
        RawDuration::Text(text) => parse_duration(text).map_err(|e| e.to_string()),
    };
    match read {
        Ok(d) if (1..=3600).contains(&d.as_secs()) => Some(d),
        Ok(_) => {
            at.problem(&["fetch", "timeout"], "the timeout must be 1 second to 1 hour".to_owned(), None);
            None
        }
        Err(error) => {
            at.problem(
                &["fetch", "timeout"],
                format!("timeout: {error}"),
                Some("for example 30 or \"30s\"".to_owned()),
            );
            None
        }
    }
}

fn header(name: &str, raw: &RawSecret, at: &mut FeedChecker<'_, '_>) -> Option<(HeaderName, Secret)> {
    let keys = ["fetch", "headers", name];
    let Ok(header) = HeaderName::from_bytes(name.as_bytes()) else {
        at.problem(&keys, format!("`{name}` is no name of a header"), None);
        return None;
    };
    if RESERVED_HEADERS.contains(&header.as_str()) {
        let hint = if header == "user-agent" { "use `user_agent` in [feed.fetch]" } else { "leave it out" };
        at.problem(&keys, format!("the header `{name}` is set by feedbridge itself"), Some(hint.to_owned()));
        return None;
    }
    let value = secret(raw, &keys, at)?;
    if HeaderValue::from_str(value.expose()).is_err() {
        at.problem(&keys, format!("the value of `{name}` has characters that no header may have"), None);
        return None;
    }
    Some((header, value))
}

fn secret(raw: &RawSecret, keys: &[&str], at: &mut FeedChecker<'_, '_>) -> Option<Secret> {
    let kept = match raw {
        RawSecret::Plain(text) => return Some(Secret::new(text.clone())),
        RawSecret::Kept(kept) => kept,
    };
    match (&kept.env, &kept.file) {
        (Some(name), None) => match std::env::var(name) {
            Ok(text) => Some(Secret::new(text)),
            Err(_) => {
                let hint = format!("set it before the start: {name}=… feedbridge serve");
                at.problem(keys, format!("the environment variable `{name}` is not set"), Some(hint));
                None
            }
        },
        (None, Some(file)) => match std::fs::read_to_string(at.checker.resolve(file)) {
            Ok(text) => Some(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned())),
            Err(error) => {
                at.problem(keys, format!("the secret's file `{file}` cannot be read: {error}"), None);
                None
            }
        },
        _ => {
            let hint = "{ env = \"NAME\" } or { file = \"path\" }".to_owned();
            at.problem(keys, "a secret needs one of `env` and `file`".to_owned(), Some(hint));
            None
        }
    }
}
