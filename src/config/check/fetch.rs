//! `[feed.fetch]` -> how a feed's page is requested.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::checker::FeedChecker;
use super::secret::secret;
use super::{body, cookies};
use crate::channel::FetchSettings;
use crate::config::raw::RawFetch;
use crate::config::raw::shorthand::{RawDuration, RawSecret};
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
    let cookies = cookies::check(&raw.cookies, checker);
    let query = query(raw, checker);
    let allowed_addresses =
        addresses(raw.allow_addresses.as_deref(), &[key("fetch"), key("allow_addresses")], checker);
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
        headers: cookies::added(headers.into_iter().flatten().collect(), &cookies),
        query,
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
        "POST" => Some(posted(raw, checker)),
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

/// The content of the POST: nothing, a text, or a table as JSON.
fn posted(raw: &RawFetch, checker: &mut FeedChecker<'_, '_>) -> Post {
    let at = [key("fetch"), key("body")];
    let body = raw.body.as_ref().and_then(|body| body::filled(body, &at, checker));
    Post {
        body: Secret::new(body.as_ref().map(BodySpec::text).unwrap_or_default()),
        content_type: match body {
            Some(BodySpec::Json(_)) => "application/json",
            _ => "application/x-www-form-urlencoded",
        },
    }
}

/// The parameters that are added to the address when it is asked.
fn query(raw: &RawFetch, checker: &mut FeedChecker<'_, '_>) -> Vec<(String, Secret)> {
    let mut parameters = Vec::new();
    for (name, value) in &raw.query {
        let at = [key("fetch"), key("query"), key(name)];
        if name.is_empty() {
            let hint = "for example query = { api_key = { env = \"NAME\" } }".to_owned();
            checker.problem_at(&at, "a parameter needs a name".to_owned(), Some(hint));
        }
        parameters.extend(secret(value, name, &at, checker).map(|value| (name.clone(), value)));
    }
    parameters
}

/// The addresses of `allow_addresses`; `at` is the place of that setting.
pub(super) fn addresses(
    texts: Option<&[String]>,
    at: &[SettingStep],
    checker: &mut FeedChecker<'_, '_>,
) -> Vec<AllowAddress> {
    let mut addresses = Vec::new();
    for (i, text) in texts.into_iter().flatten().enumerate() {
        match text.parse() {
            Ok(address) => addresses.push(address),
            Err(error) => {
                let steps = [at, &[SettingStep::Index(i)]].concat();
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
    let value = secret(raw, name, &keys.map(key), checker)?;
    if HeaderValue::from_str(value.expose()).is_err() {
        let message = format!("the value of the header `{name}` has characters that cannot be sent");
        let hint = "use letters, digits and signs of ASCII, without line breaks".to_owned();
        checker.problem(&keys, message, Some(hint));
        return None;
    }
    Some((header, value))
}
