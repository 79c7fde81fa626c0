//! `serve`: runs the daemon.

use super::arguments::PlaceArgs;
use super::end::End;
use super::{output, target};
use crate::app::{self, ConfigSource};
use crate::config::Config;

pub(super) async fn serve(place: &PlaceArgs) -> anyhow::Result<End> {
    let overrides = target::overrides(place, None);
    app::serve(ConfigSource::File(target::config_file(place)), overrides, announce).await?;
    Ok(End::Fine)
}

/// Prints the address that the daemon listens on.
fn announce(config: &Config) {
    if config.feeds.is_empty() {
        output::note(
            "no feeds are configured yet: add a [[feed]] to the file; it is read again when it changes",
        );
    }
    // The log names the address too. This line is for scripts that start the daemon.
    let _ = output::line(&format!("listening on {}", config.server.base_url));
}
