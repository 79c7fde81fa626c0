//! Settings from the environment, as containers have them. An option counts before its variable.

use std::env;
use std::ffi::OsString;
use std::fmt::Display;
use std::path::PathBuf;

use super::arguments::{Arguments, Command};
use crate::config::{base_address, redacted};
use crate::model::ListenAddress;

/// A variable has a value that it does not take.
#[derive(Debug, thiserror::Error)]
#[error("the variable {name} is `{value}`: {why}")]
pub(super) struct WrongVariable {
    name: &'static str,
    value: String,
    why: String,
}

/// Fills in what the arguments leave open. Commands that need neither configuration nor database do not read
/// the variables; a variable whose option is given is not read, even if it is wrong.
pub(super) fn apply(arguments: &mut Arguments) -> Result<(), WrongVariable> {
    let listen = match &arguments.command {
        Some(
            Command::Schema
            | Command::Completions { .. }
            | Command::Man
            | Command::Date(_)
            | Command::JqWorker,
        ) => return Ok(()),
        Some(Command::Serve(options) | Command::Demo(options)) => options.listen.clone(),
        Some(Command::Health(options)) => options.listen.clone(),
        _ => None,
    };
    let is_demo = matches!(arguments.command, Some(Command::Demo(_)));
    let place = &mut arguments.place;
    place.listen = given_or("FEEDBRIDGE_LISTEN", listen, str::parse::<ListenAddress>)?;
    place.base_url = given_or("FEEDBRIDGE_BASE_URL", place.base_url.take(), base_address)?;
    place.config = place.config.take().or_else(|| value("FEEDBRIDGE_CONFIG").map(PathBuf::from));
    // The feeds of the demo must not get into the database of real ones.
    if !is_demo {
        place.data = place.data.take().or_else(|| value("FEEDBRIDGE_DATA").map(PathBuf::from));
    }
    Ok(())
}

/// The value of a variable. An empty one counts as not set.
fn value(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// The value for a message. An `@` may stand behind a password, even if the scheme is missing.
fn shown(value: &str) -> String {
    let redacted = redacted(value);
    if redacted == value && value.contains('@') { "…".to_owned() } else { redacted }
}

/// The value of an option, else that of its variable as `parse` reads it.
fn given_or<T, E: Display>(
    name: &'static str,
    option: Option<T>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, WrongVariable> {
    if option.is_some() {
        return Ok(option);
    }
    let Some(value) = value(name) else { return Ok(None) };
    let text = value.to_string_lossy();
    let wrong = |why: String| WrongVariable { name, value: shown(&text), why };
    let Some(unicode) = value.to_str() else { return Err(wrong("it is not valid UTF-8".to_owned())) };
    parse(unicode).map(Some).map_err(|error| wrong(error.to_string()))
}
