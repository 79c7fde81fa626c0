//! `health`: asks the running daemon whether it is ready, for the health checks of containers.

use anyhow::anyhow;

use super::arguments::PlaceArgs;
use super::end::End;
use super::{output, target};
use crate::app::Probe;
use crate::config::{Config, ConfigError};
use crate::model::ListenAddress;

pub(super) async fn health(place: &PlaceArgs, only_alive: bool) -> anyhow::Result<End> {
    let address = match &place.listen {
        Some(address) => address.clone(),
        None => configured(place).map_err(|error| anyhow!(first_line(&error)))?,
    };
    let probe = if only_alive { Probe::Live } else { Probe::Ready };
    let yes = probe.ask(&address).await?;
    output::line(yes)?;
    Ok(End::Fine)
}

/// The address of the configuration file; the default one if there is no file.
fn configured(place: &PlaceArgs) -> Result<ListenAddress, ConfigError> {
    let file = target::config_file(place);
    if place.config.is_none() && !file.exists() {
        return Ok(Config::parse("", &file)?.server.listen);
    }
    Config::listen_address(&file)
}

/// The first line of an error: those who run health checks show no more.
fn first_line(error: &ConfigError) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
