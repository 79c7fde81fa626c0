//! `demo`: runs the daemon on a sample site, which the same process serves on loopback.

use std::future::pending;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;

use super::arguments::PlaceArgs;
use super::end::End;
use super::{output, target};
use crate::app::{self, ConfigSource};
use crate::clock::{Clock, WallClock};
use crate::config::{Config, Limits};
use crate::demo::{self, SampleSite};
use crate::model::{Format, ListenAddress};
use crate::serve::{self, Listener};

const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

pub(super) async fn demo(place: &PlaceArgs) -> anyhow::Result<End> {
    let site = start_sample_site().await?;
    let listen = match &place.listen {
        Some(listen) => listen.clone(),
        None => free_address().await?,
    };
    let scratch = ScratchFolder::new(place.data.is_none())?;
    let mut overrides = target::overrides(place, None);
    overrides.listen = Some(listen.clone());
    overrides.data = overrides.data.or_else(|| scratch.0.clone());
    // The text must name a database, but `overrides` decides which one is used.
    let sample =
        demo::configuration(&site, &listen.default_base_url(), &listen.to_string(), "sqlite:demo.db");
    let origin = ConfigSource::Text(without_base_url(&sample), PathBuf::from("demo/feeds.toml"));
    app::serve(origin, overrides, |config| announce(config, &site)).await?;
    Ok(End::Fine)
}

/// The configuration without `base_url`: the default is then made of the port that was bound, which is
/// not known yet.
fn without_base_url(text: &str) -> String {
    let kept = text.lines().filter(|l| !l.trim_start().starts_with("base_url"));
    kept.collect::<Vec<_>>().join("\n")
}

/// Starts the sample site on a free port of loopback and returns its origin.
async fn start_sample_site() -> anyhow::Result<String> {
    let address: ListenAddress = "127.0.0.1:0".parse().context("loopback")?;
    let listener = Listener::bind(&address).await.context("the sample site finds no port on loopback")?;
    let origin = listener.address();
    let clock: Arc<dyn Clock> = Arc::new(WallClock);
    let site = SampleSite::new(clock.now(), origin.clone());
    let router = serve::sample_router(site, clock);
    // Nothing stops this task: it ends with the process.
    tokio::spawn(serve::serve(listener, router, Limits::default().listen, pending()));
    Ok(origin)
}

/// The address to listen on: the usual port if it is free, else any.
async fn free_address() -> anyhow::Result<ListenAddress> {
    let usual: ListenAddress = DEFAULT_LISTEN.parse().context("the usual address")?;
    match Listener::bind(&usual).await {
        Ok(_) => Ok(usual),
        Err(_) => "127.0.0.1:0".parse().context("any port"),
    }
}

/// A data folder of this demo alone, removed at its end. It holds no folder if `--data` names one.
struct ScratchFolder(Option<PathBuf>);

impl ScratchFolder {
    fn new(wanted: bool) -> anyhow::Result<Self> {
        if !wanted {
            return Ok(Self(None));
        }
        let folder = std::env::temp_dir().join(format!("feedbridge-demo-{}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self(Some(folder)))
    }
}

impl Drop for ScratchFolder {
    fn drop(&mut self) {
        if let Some(folder) = &self.0 {
            // If this fails, the system clears its folder for temporary files some day.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// Prints where the sample site and the feeds are.
fn announce(config: &Config, site: &str) {
    let mut lines = vec![
        format!("The sample site:   {site}/newstream/"),
        format!("listening on {}", config.server.base_url),
        format!("Your feeds:        {}/", config.server.base_url),
    ];
    for channel in &config.channels {
        let documents = Format::ALL.map(|format| {
            format!("{}/feeds/{}.{}", config.server.base_url, channel.id(), format.extension())
        });
        lines.push(format!("\n{}", channel.title(None)));
        lines.extend(documents.into_iter().map(|address| format!("  {address}")));
    }
    lines.push("\nA new article appears every few seconds; stop with Ctrl-C.".to_owned());
    let _ = output::line(&lines.join("\n"));
}
