//! `health`: asks the running daemon whether it is ready, for the health checks of containers.

use anyhow::anyhow;

use super::arguments::PlaceArgs;
use super::end::End;
use super::{output, target};
use crate::app::Probe;
use crate::config::{Config, ConfigError, read_text};
use crate::model::ListenAddress;

pub(super) async fn health(place: &PlaceArgs, only_alive: bool) -> anyhow::Result<End> {
    let (address, doubt) = match &place.listen {
        Some(address) => (address.clone(), None),
        None => configured(place).map_err(|error| anyhow!(first_line(&error)))?,
    };
    let probe = if only_alive { Probe::Live } else { Probe::Ready };
    let yes = probe.ask(&address).await.map_err(|error| match doubt {
        Some(doubt) => anyhow!("{error}; {doubt}"),
        None => error.into(),
    })?;
    output::line(yes)?;
    Ok(End::Fine)
}

/// The address of the configuration file; the default one if there is no file. With it comes the reason why that may
/// not be the daemon's own: a daemon keeps its configuration when its file is lost.
fn configured(place: &PlaceArgs) -> Result<(ListenAddress, Option<String>), ConfigError> {
    let file = target::config_file(place);
    let default_asked = |is: &str| {
        format!(
            "{} {is}, so the default address was asked: name the daemon's own with --listen or FEEDBRIDGE_LISTEN",
            file.display()
        )
    };
    if place.config.is_none() && !file.exists() {
        return Ok((Config::parse("", &file)?.server.listen, Some(default_asked("could not be read"))));
    }
    let address = Config::listen_address(&file)?;
    let is_empty = read_text(&file)?.trim().is_empty();
    Ok((address, is_empty.then(|| default_asked("is empty"))))
}

/// The first line of an error: those who run health checks show no more.
fn first_line(error: &ConfigError) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
