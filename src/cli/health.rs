//! `health`: asks the running daemon whether it is ready, for the health checks of containers.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use anyhow::{anyhow, bail};
use tokio::time::timeout;

use super::arguments::PlaceArgs;
use super::end::End;
use super::{output, target};
use crate::app::Probe;
use crate::config::{Config, ConfigError, read_text};
use crate::model::ListenAddress;

/// Time for reading the file, which may be a pipe that nobody writes to. With the question itself the command
/// ends within 3 s.
const READING: Duration = Duration::from_millis(400);

/// An address to ask, and the reason why it may not be the daemon's own.
type AskedAddress = (ListenAddress, Option<String>);

pub(super) async fn health(place: &PlaceArgs, only_alive: bool) -> anyhow::Result<End> {
    let (address, doubt) = match &place.listen {
        Some(address) => (address.clone(), None),
        None => configured(place).await?,
    };
    let probe = if only_alive { Probe::Live } else { Probe::Ready };
    let yes = probe.ask(&address).await.map_err(|error| match doubt {
        Some(doubt) => anyhow!("{error}; {doubt}"),
        None => error.into(),
    })?;
    output::line(yes)?;
    Ok(End::Fine)
}

/// The address of the configuration file.
async fn configured(place: &PlaceArgs) -> anyhow::Result<AskedAddress> {
    let file = target::config_file(place);
    let shown = file.display().to_string();
    let reading = tokio::task::spawn_blocking(move || address_in(&file));
    match timeout(READING, reading).await {
        Ok(read) => read?.map_err(|error| anyhow!(first_line(&error))),
        Err(_) => bail!(
            "{shown} cannot be read in time: name a regular file with --config, or the daemon's address with --listen"
        ),
    }
}

/// The address of a file; the default one if the file is gone or empty. With that comes the reason why it may not
/// be the daemon's own: a daemon keeps its configuration when its file is lost.
fn address_in(file: &Path) -> Result<AskedAddress, ConfigError> {
    let default_asked = |is: &str| {
        format!(
            "{} {is}, so the default address was asked: name the daemon's own with --listen or FEEDBRIDGE_LISTEN",
            file.display()
        )
    };
    match Config::listen_address(file) {
        Ok(address) => {
            let is_empty = read_text(file)?.trim().is_empty();
            Ok((address, is_empty.then(|| default_asked("is empty"))))
        }
        Err(ConfigError::Unreadable { why, .. }) if why.kind() == ErrorKind::NotFound => {
            Ok((Config::parse("", file)?.server.listen, Some(default_asked("does not exist"))))
        }
        Err(error) => Err(error),
    }
}

/// The first line of an error: those who run health checks show no more.
fn first_line(error: &ConfigError) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
