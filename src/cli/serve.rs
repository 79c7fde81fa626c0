//! `serve`: the daemon.

use super::arguments::{PlaceArgs, Serve};
use super::{End, output, target};
use crate::app::{self, ConfigSource};
use crate::config::Config;

pub(super) async fn serve(at: &PlaceArgs, options: Serve) -> anyhow::Result<End> {
    let mut overrides = target::overrides(at, None);
    overrides.listen = options.listen;
    app::serve(ConfigSource::File(target::config_file(at)), overrides, announce).await?;
    Ok(End::Fine)
}

fn announce(config: &Config) {
    if config.feeds.is_empty() {
        output::note(
            "no feeds are configured yet: add a [[feed]] to the file; it is read again when it changes",
        );
    }
    // The log has the address too; this line is for scripts that start the daemon.
    let _ = output::line(&format!("listening on {}", config.server.base_url));
}
