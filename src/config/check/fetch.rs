//! `[feed.fetch]` -> how a feed's page is requested.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::checker::FeedChecker;
use crate::channel::FetchSettings;
use crate::config::raw::RawFetch;
use crate::config::raw::shorthand::{RawDuration, RawKeptSecret, RawSecret};
use crate::fetch::{AllowAddress, Authorities, Guard, Post};
use crate::model::Secret;
use crate::rules::{BodySpec, SettingStep, key};

/// Headers that the fetch itself sets; a feed cannot set them.
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

/// The longest timeout of a feed, in seconds.
const MAX_TIMEOUT_SECS: u64 = 3600;

/// The largest file of certificates, in bytes.
const MAX_CA_BYTES: u64 = 1 << 20;

/// Checks the table; `None` if a setting has no meaning (all mistakes are noted).
pub(crate) fn check(raw: Option<&RawFetch>, checker: &mut FeedChecker<'_, '_>) -> Option<FetchSettings> {
    let empty = RawFetch::default();
    let raw = raw.unwrap_or(&empty);
    let headers: Vec<_> = raw.headers.iter().map(|(name, secret)| header(name, secret, checker)).collect();
    let allowed_addresses = allowed_addresses(raw, checker);
    let timeout = raw.timeout.as_ref().map(|duration| timeout(duration, checker));
    check_user_agent(raw, checker);
    let obey_robots = obey_robots(raw, checker);
    let post = post(raw, checker);
    let authorities = authorities(raw, checker);
    // Every setting is checked before the first mistake ends the check, so that all mistakes are told at once.
    let timeout = match timeout {
        Some(understood) => Some(understood?),
        None => None,
    };
    Some(FetchSettings {
        authorities,
        obey_robots,
        post,
        headers: headers.into_iter().flatten().collect(),
        user_agent: raw.user_agent.clone(),
        timeout,
        guard: Guard::new(allowed_addresses, raw.allow_private.unwrap_or(false)),
    })
}

fn check_user_agent(raw: &RawFetch, checker: &mut FeedChecker<'_, '_>) {
    if raw.user_agent.as_ref().is_some_and(|agent| HeaderValue::from_str(agent).is_err()) {
        let message = "the User-Agent has characters that cannot be sent".to_owned();
        let hint = "use letters, digits and signs of ASCII, without line breaks".to_owned();
        checker.problem(&["fetch", "user_agent"], message, Some(hint));
    }
}

fn obey_robots(raw: &RawFetch, checker: &mut FeedChecker<'_, '_>) -> bool {
    match raw.robots.as_deref() {
        None | Some("obey") => true,
        Some("ignore") => false,
        Some(other) => {
            let hint = "`obey` (the default) or `ignore`".to_owned();
            checker.problem(&["fetch", "robots"], format!("unknown value `{other}`"), Some(hint));
            true
        }
    }
}

/// The authorities of a site with its own certificate authority.
fn authorities(raw: &RawFetch, checker: &mut FeedChecker<'_, '_>) -> Option<Authorities> {
    let file = raw.ca_file.as_ref()?;
    let read = read_bounded(&checker.resolve(file), MAX_CA_BYTES);
    let (reason, hint) = match read.map(|pem| Authorities::from_pem(&pem)) {
        Ok(Ok(authorities)) => return Some(authorities),
        Ok(Err(error)) => (error.to_string(), "give the certificate of the site's authority in PEM"),
        Err(error) => (error.to_string(), "a relative path begins at the folder of the configuration file"),
    };
    let message = format!("the certificates' file `{file}` cannot be used: {reason}");
    checker.problem(&["fetch", "ca_file"], message, Some(hint.to_owned()));
    None
}

/// Reads a file of so many bytes at most.
fn read_bounded(file: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("it has more than {most} bytes")));
    }
    Ok(bytes)
}

/// The body of a POST; `None` if the method is GET.
fn post(raw: &RawFetch, checker: &mut FeedChecker<'_, '_>) -> Option<Post> {
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
                checker.problem(&["fetch", "body"], "a GET has no body".to_owned(), Some(hint));
            }
            None
        }
        _ => {
            let hint = "`GET` (the default) or `POST`".to_owned();
            checker.problem(&["fetch", "method"], format!("unknown method `{method}`"), Some(hint));
            None
        }
    }
}

fn allowed_addresses(raw: &RawFetch, checker: &mut FeedChecker<'_, '_>) -> Vec<AllowAddress> {
    let mut addresses = Vec::new();
    for (i, text) in raw.allow_addresses.iter().flatten().enumerate() {
        match text.parse() {
            Ok(address) => addresses.push(address),
            Err(error) => {
                let steps = [key("fetch"), key("allow_addresses"), SettingStep::Index(i)];
                let hint = "for example \"127.0.0.1:8000\" or \"10.0.0.0/8\"".to_owned();
                checker.problem_at(&steps, format!("allowed address `{text}`: {error}"), Some(hint));
            }
        }
    }
    addresses
}

fn timeout(raw: &RawDuration, checker: &mut FeedChecker<'_, '_>) -> Option<Duration> {
    let keys = ["fetch", "timeout"];
    let timeout = checker.duration(raw, &keys, "30 or \"30s\"")?;
    if (1..=MAX_TIMEOUT_SECS).contains(&timeout.as_secs()) {
        return Some(timeout);
    }
    checker.problem(&keys, "the timeout must be 1 second to 1 hour".to_owned(), None);
    None
}

fn header(name: &str, raw: &RawSecret, checker: &mut FeedChecker<'_, '_>) -> Option<(HeaderName, Secret)> {
    let keys = ["fetch", "headers", name];
    let Ok(header) = HeaderName::from_bytes(name.as_bytes()) else {
        let hint = "header names have letters, digits and `-`, such as `Accept-Language`".to_owned();
        checker.problem(&keys, format!("`{name}` is not the name of a header"), Some(hint));
        return None;
    };
    if RESERVED_HEADERS.contains(&header.as_str()) {
        let hint = if header == "user-agent" { "use `user_agent` in [feed.fetch]" } else { "leave it out" };
        let message = format!("the header `{name}` is set by feedbridge itself");
        checker.problem(&keys, message, Some(hint.to_owned()));
        return None;
    }
    let value = secret(raw, &keys, checker)?;
    if HeaderValue::from_str(value.expose()).is_err() {
        let message = format!("the value of the header `{name}` has characters that cannot be sent");
        let hint = "use letters, digits and signs of ASCII, without line breaks".to_owned();
        checker.problem(&keys, message, Some(hint));
        return None;
    }
    Some((header, value))
}

/// The value of a header: as it is written, or read from the environment or a file.
fn secret(raw: &RawSecret, keys: &[&str], checker: &mut FeedChecker<'_, '_>) -> Option<Secret> {
    match raw {
        RawSecret::Plain(text) => Some(Secret::new(text.clone())),
        RawSecret::Kept(RawKeptSecret { env: Some(name), file: None }) => {
            secret_of_variable(name, keys, checker)
        }
        RawSecret::Kept(RawKeptSecret { env: None, file: Some(file) }) => secret_of_file(file, keys, checker),
        RawSecret::Kept(_) => {
            let hint = "write { env = \"NAME\" } or { file = \"path\" }".to_owned();
            checker.problem(keys, "a secret needs exactly one of `env` and `file`".to_owned(), Some(hint));
            None
        }
    }
}

fn secret_of_variable(name: &str, keys: &[&str], checker: &mut FeedChecker<'_, '_>) -> Option<Secret> {
    match std::env::var(name) {
        Ok(text) => Some(Secret::new(text)),
        Err(_) => {
            let hint = format!("set it before the start: {name}=… feedbridge serve");
            checker.problem(keys, format!("the environment variable `{name}` is not set"), Some(hint));
            None
        }
    }
}

fn secret_of_file(file: &str, keys: &[&str], checker: &mut FeedChecker<'_, '_>) -> Option<Secret> {
    match std::fs::read_to_string(checker.resolve(file)) {
        Ok(text) => Some(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned())),
        Err(error) => {
            let hint = "a relative path begins at the folder of the configuration file".to_owned();
            checker.problem(keys, format!("the secret's file `{file}` cannot be read: {error}"), Some(hint));
            None
        }
    }
}
