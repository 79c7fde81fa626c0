//! Settings from the environment, as containers have them. An option counts before its variable.

use std::env;
use std::ffi::OsString;
use std::fmt::Display;
use std::path::PathBuf;

use super::arguments::{Arguments, Command, HealthOptions, Serve};
use crate::config::base_address;
use crate::model::ListenAddress;
use crate::model::redacted;
use crate::telemetry::log_filter;

/// A variable has a value that it does not take.
#[derive(Debug, thiserror::Error)]
#[error("the variable {name} is `{value}`: {why}")]
pub(super) struct WrongVariable {
    name: &'static str,
    value: String,
    why: String,
}

/// Fills in what the arguments leave open. A variable is read only by the commands that use it, and not where
/// its option is given, even if it is wrong.
pub(super) fn apply(arguments: &mut Arguments) -> Result<(), WrongVariable> {
    arguments.log = given_or("FEEDBRIDGE_LOG", arguments.log.take(), log_filter)?;
    let command = arguments.command.as_ref();
    if is_without_place(command) {
        return Ok(());
    }
    let place = &mut arguments.place;
    place.listen = match command {
        None => given_or("FEEDBRIDGE_LISTEN", None, str::parse::<ListenAddress>)?,
        Some(
            Command::Serve(Serve { listen })
            | Command::Demo(Serve { listen })
            | Command::Health(HealthOptions { listen, .. }),
        ) => given_or("FEEDBRIDGE_LISTEN", listen.clone(), str::parse::<ListenAddress>)?,
        Some(_) => None,
    };
    if uses_base_url(command) {
        place.base_url = given_or("FEEDBRIDGE_BASE_URL", place.base_url.take(), base_address)?;
    }
    place.config = place.config.take().or_else(|| value("FEEDBRIDGE_CONFIG").map(PathBuf::from));
    // The feeds of the demo must not get into the database of real ones.
    if !matches!(command, Some(Command::Demo(_))) {
        place.data = place.data.take().or_else(|| value("FEEDBRIDGE_DATA").map(PathBuf::from));
    }
    Ok(())
}

/// Whether a command needs neither configuration nor database.
const fn is_without_place(command: Option<&Command>) -> bool {
    matches!(
        command,
        Some(
            Command::Schema
                | Command::Completions { .. }
                | Command::Man
                | Command::Date(_)
                | Command::JqWorker
        )
    )
}

/// Whether a command uses the base address: documents have it in their links, and the default User-Agent names
/// it.
const fn uses_base_url(command: Option<&Command>) -> bool {
    !matches!(command, Some(Command::Health(_) | Command::Backup(_) | Command::Feeds(_) | Command::Items(_)))
}

/// The value of a variable. An empty one counts as not set.
pub(super) fn value(name: &str) -> Option<OsString> {
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
