//! `serve`: runs the daemon.

use super::arguments::PlaceArgs;
use super::end::End;
use super::observing::Observing;
use super::{output, target};
use crate::app::{self, ConfigSource};
use crate::config::Config;

pub(super) async fn serve(place: &PlaceArgs, mut observing: Observing) -> anyhow::Result<End> {
    let overrides = target::overrides(place, None);
    let source = ConfigSource::File(target::config_file(place));
    let served = app::serve(source, overrides, |config, address, metrics| {
        observing.begin(metrics);
        announce(config, address);
    });
    let served = served.await;
    observing.end().await;
    served.map(|()| End::Fine)
}

/// Prints the address that the daemon listens on, and `base_url` where a person gave another one.
fn announce(config: &Config, address: &str) {
    if config.feeds.is_empty() {
        output::note(
            "no feeds are configured yet: add a [[feed]] to the file; it is read again when it changes",
        );
    }
    // The log names the address too. This line is for scripts that start the daemon.
    let base_url = &config.server.base_url;
    let has_other = config.server.base_url_given && base_url != address;
    let readers = if has_other { format!("\nreaders use {base_url}") } else { String::new() };
    let _ = output::line(&format!("listening on {address}{readers}"));
}
