//! `url` and `home` of a feed, and addresses in which a secret stands.

use url::{ParseError, Url};

use super::checker::FeedChecker;
use crate::config::address::address_error;
use crate::config::raw::RawFeed;
use crate::model::secret_like::{public_address, redacted, secret_names, unfilled_name, unfilled_parameter};
use crate::rules::key;

/// The page that lists the items.
pub(crate) fn url(raw: &RawFeed, checker: &mut FeedChecker<'_, '_>) -> Option<Url> {
    let Some(text) = raw.url.as_deref() else {
        // An address of another type has a problem of its own.
        if !checker.is_written("url") {
            let hint = "for example url = \"https://example.org/news\"".to_owned();
            checker.problem(&[], "the feed has no `url`".to_owned(), Some(hint));
        }
        return None;
    };
    let hint = "use [feed.fetch.headers] with Authorization = { env = \"NAME\" }";
    let url = web_address(text, "url", hint, checker)?;
    if let Some((name, secret)) = secret_in(&url) {
        let message = format!(
            "{secret} in `url` looks like a secret: it is sent, and left out of the address that readers see"
        );
        let name = if name.is_empty() { "name".to_owned() } else { name };
        let hint = format!(
            "take it out of `url`, and write query = {{ {} = {{ env = \"NAME\" }} }} in [feed.fetch]; if it is no \
             secret, write the address for readers as `home`",
            toml_key(&name)
        );
        // A person who has given an address for readers has seen to it.
        if raw.home.is_none() {
            checker.warn_key("url", message, hint);
        }
    }
    Some(url)
}

/// The address that readers may see, as it is written; else the one that is made of `url`.
pub(crate) fn home(raw: &RawFeed, url: Option<&Url>, checker: &mut FeedChecker<'_, '_>) -> Option<Url> {
    let Some(text) = raw.home.as_deref() else { return url.map(public_address) };
    let home = web_address(text, "home", "leave them out", checker)?;
    if let Some((_, secret)) = secret_in(&home) {
        let message = format!("{secret} in `home` looks like a secret, and readers see it");
        checker.warn_key("home", message, "leave it out".to_owned());
    }
    Some(home)
}

/// The name of the first value in an address that looks like a secret, and words for the value. The name may be
/// empty.
fn secret_in(url: &Url) -> Option<(String, String)> {
    let name = secret_names(url).into_iter().next()?;
    let words = if name.is_empty() { "a value".to_owned() } else { format!("`{name}`") };
    Some((name, words))
}

/// Checks the address of a setting. `without_user` says what to do about a user name or password in it.
fn web_address(
    text: &str,
    setting: &str,
    without_user: &str,
    checker: &mut FeedChecker<'_, '_>,
) -> Option<Url> {
    refuse_unfilled(text, &[setting], checker)?;
    let (why, hint) = match Url::parse(text) {
        Err(error) => {
            let hint = match error {
                // What begins with a slash names no host.
                ParseError::RelativeUrlWithoutBase if !text.is_empty() && !text.starts_with('/') => {
                    format!("add https:// in front: https://{}", redacted(text))
                }
                _ => format!("for example {setting} = \"https://example.org/news\""),
            };
            (format!("is not a web address: {}", address_error(error)), hint)
        }
        Ok(url) if !matches!(url.scheme(), "http" | "https") => (
            "is not a web address: it must begin with https:// or http://".to_owned(),
            format!("pages of `{}:` addresses cannot be read", url.scheme()),
        ),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            ("has a user name or password in it, which readers would see".to_owned(), without_user.to_owned())
        }
        Ok(url) => return Some(url),
    };
    checker.problem(&[setting], format!("{setting} `{}` {why}", redacted(text)), Some(hint));
    None
}

/// Checks the address of further pages for secrets. The compiler of rules checks the rest of it.
pub(crate) fn check_template(text: &str, checker: &mut FeedChecker<'_, '_>) {
    let keys = ["pages", "url"];
    if refuse_unfilled(text, &keys, checker).is_none() {
        return;
    }
    let names = Url::parse(text).map(|url| secret_names(&url)).unwrap_or_default();
    if let Some(name) = names.into_iter().next() {
        let message = format!("`{name}` in `url` looks like a secret, and stands in the file");
        let hint = "write it as `query` in [feed.fetch], which is added to further pages too".to_owned();
        checker.warn(&keys.map(key), message, hint);
    }
}

/// Notes a `${NAME}` in an address: nothing fills it in. `None` if there is one.
pub(crate) fn refuse_unfilled(text: &str, keys: &[&str], checker: &mut FeedChecker<'_, '_>) -> Option<()> {
    let Some(variable) = unfilled_name(text) else { return Some(()) };
    let setting = keys.last().copied().unwrap_or_default();
    let message = format!("`${{{variable}}}` in `{setting}` is not filled in: it would be sent as it stands");
    let hint = match unfilled_parameter(text) {
        Some((name, variable)) => format!(
            "take `{name}` out of the address, and write query = {{ {} = {{ env = \"{variable}\" }} }} in [feed.fetch]",
            toml_key(name)
        ),
        None => "write the address out; a secret part of its query can be given as \
                 query = { name = { env = \"NAME\" } } in [feed.fetch]"
            .to_owned(),
    };
    checker.problem(keys, message, Some(hint));
    None
}

/// A name as a key of TOML.
fn toml_key(name: &str) -> String {
    let is_bare = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if is_bare && !name.is_empty() { name.to_owned() } else { format!("{name:?}") }
}
