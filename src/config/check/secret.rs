//! Texts that may be secrets: written out, or read from the environment or a file.

use std::env::VarError;

use super::checker::FeedChecker;
use crate::config::raw::shorthand::{RawKeptSecret, RawSecret};
use crate::model::Secret;
use crate::model::secret_like::{looks_secret, unfilled_name};
use crate::rules::SettingStep;

/// The value of a setting: as it is written, or read from the environment or a file. `name` is the name under
/// which it is sent: it tells whether a text that is written out looks like a secret.
pub(super) fn secret(
    raw: &RawSecret,
    name: &str,
    at: &[SettingStep],
    checker: &mut FeedChecker<'_, '_>,
) -> Option<Secret> {
    match raw {
        RawSecret::Plain(text) => {
            warn_of_literal(name, text, at, checker);
            Some(Secret::new(text.clone()))
        }
        RawSecret::Kept(place) => kept(place, at, checker),
    }
}

/// The text that is kept in the environment or a file.
pub(super) fn kept(
    place: &RawKeptSecret,
    at: &[SettingStep],
    checker: &mut FeedChecker<'_, '_>,
) -> Option<Secret> {
    match place {
        RawKeptSecret { env: Some(_), file: None } | RawKeptSecret { env: None, file: Some(_) }
            if !checker.reads_secrets() =>
        {
            Some(Secret::new(String::new()))
        }
        RawKeptSecret { env: Some(name), file: None } => of_variable(name, at, checker),
        RawKeptSecret { env: None, file: Some(file) } => of_file(file, at, checker),
        _ => {
            let hint = "write { env = \"NAME\" } or { file = \"path\" }".to_owned();
            checker.problem_at(at, "a secret needs exactly one of `env` and `file`".to_owned(), Some(hint));
            None
        }
    }
}

/// Warns of a text that looks like a secret, or stands for one that is not filled in.
pub(super) fn warn_of_literal(name: &str, text: &str, at: &[SettingStep], checker: &mut FeedChecker<'_, '_>) {
    if let Some(variable) = unfilled_name(text) {
        let message = format!("`${{{variable}}}` is not filled in: it is sent as it stands");
        checker.warn(at, message, format!("write {{ env = \"{variable}\" }} instead of the text"));
    } else if holds_secret(name, text) {
        let message = format!("the value of `{name}` looks like a secret, and stands in the file");
        let hint = "write { env = \"NAME\" } or { file = \"path\" } instead of the text".to_owned();
        checker.warn(at, message, hint);
    }
}

/// Whether a value looks like a secret; a header `Cookie` has several values with names.
fn holds_secret(name: &str, text: &str) -> bool {
    if !name.eq_ignore_ascii_case("cookie") {
        return looks_secret(name, text);
    }
    let cookies = text.split(';').filter_map(|cookie| cookie.split_once('='));
    cookies.map(|(name, value)| (name.trim(), value)).any(|(name, value)| looks_secret(name, value))
}

fn of_variable(name: &str, at: &[SettingStep], checker: &mut FeedChecker<'_, '_>) -> Option<Secret> {
    if name.is_empty() || name.contains(['=', '\0']) {
        let hint = "write the name of a variable, for example { env = \"NEWS_KEY\" }".to_owned();
        checker.problem_at(at, "`env` must be the name of an environment variable".to_owned(), Some(hint));
        return None;
    }
    // As for the variables of the program, an empty one counts as not set.
    match std::env::var(name) {
        Ok(text) if !text.is_empty() => Some(Secret::new(text)),
        Err(VarError::NotUnicode(_)) => {
            let message = format!("the environment variable `{name}` is not valid UTF-8");
            checker.problem_at(at, message, Some("set it to a text".to_owned()));
            None
        }
        _ => {
            let hint = format!("set it before the start: {name}=… feedbridge serve");
            let message = format!("the environment variable `{name}` is not set, or is empty");
            checker.problem_at(at, message, Some(hint));
            None
        }
    }
}

fn of_file(file: &str, at: &[SettingStep], checker: &mut FeedChecker<'_, '_>) -> Option<Secret> {
    match std::fs::read_to_string(checker.resolve(file)) {
        Ok(text) => Some(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned())),
        Err(error) => {
            let hint = "a relative path begins at the folder of the configuration file".to_owned();
            let message = format!("the secret's file `{file}` cannot be read: {error}");
            checker.problem_at(at, message, Some(hint));
            None
        }
    }
}
