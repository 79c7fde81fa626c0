//! `demo`: runs the daemon on a sample site, which the same process serves on loopback.

use std::future::pending;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;

use super::arguments::PlaceArgs;
use super::end::End;
use super::{output, target};
use crate::app::{self, ConfigSource};
use crate::clock::{Clock, WallClock};
use crate::config::{Config, Limits};
use crate::demo::{self, INBOX_PATH, INBOX_SECRET, SampleSite};
use crate::model::{Format, ListenAddress};
use crate::serve::{self, Listener};

const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

const WHAT_HAPPENS: &str = "A new article appears every few seconds. After 40 seconds one page loses its \
layout for 40 seconds:\nsee your feeds and the notifications. Stop with Ctrl-C.";

/// A port of loopback that the system chooses.
const ANY_PORT: &str = "127.0.0.1:0";

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
    let key_file = write_key(overrides.data.as_deref().unwrap_or(Path::new(".")))?;
    // The text must name a database, but `overrides` decides which one is used.
    let database = "sqlite:demo.db";
    let base = listen.default_base_url();
    let sample = demo::configuration(&site, &base, &listen.to_string(), database, &key_file);
    let text = if is_reachable(&listen) { sample } else { without_base_url(&sample) };
    let origin = ConfigSource::Text(text, PathBuf::from("demo/feeds.toml"));
    app::serve(origin, overrides, |config, address, _| announce(config, address, &site)).await?;
    Ok(End::Fine)
}

/// Writes the key of the inbox into a folder, and gives the path of its file. The check of the configuration
/// warns of keys that stand in it.
fn write_key(folder: &Path) -> anyhow::Result<String> {
    let file = std::path::absolute(folder).context("the data folder")?.join("inbox.key");
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&file, INBOX_SECRET));
    written.with_context(|| format!("cannot write {}", file.display()))?;
    Ok(file.display().to_string())
}

/// Whether people can open this address as it is written: links of messages begin with it.
fn is_reachable(listen: &ListenAddress) -> bool {
    matches!(listen, ListenAddress::Tcp(_)) && !listen.has_any_port() && listen.from_this_machine() == *listen
}

/// The configuration without `base_url`: the default is then made of the address that is bound, which is
/// not known yet.
fn without_base_url(text: &str) -> String {
    let kept = text.lines().filter(|l| !l.trim_start().starts_with("base_url"));
    kept.collect::<Vec<_>>().join("\n")
}

/// Starts the sample site on a free port of loopback and returns its origin.
async fn start_sample_site() -> anyhow::Result<String> {
    let address: ListenAddress = ANY_PORT.parse().context("loopback")?;
    let listener = Listener::bind(&address).await.context("the sample site finds no port on loopback")?;
    let origin = listener.address();
    let clock: Arc<dyn Clock> = Arc::new(WallClock);
    let site = SampleSite::new(clock.now(), origin.clone());
    let router = serve::sample_router(site, clock);
    // Nothing stops this task: it ends with the process.
    tokio::spawn(serve::serve(listener, router, Limits::default().listen, pending()));
    Ok(origin)
}

/// The address to listen on: the usual port if it is free, else one that the system chooses. It is let go
/// here, and bound again by the daemon: messages need it before that.
async fn free_address() -> anyhow::Result<ListenAddress> {
    let usual: ListenAddress = DEFAULT_LISTEN.parse().context("the usual address")?;
    if Listener::bind(&usual).await.is_ok() {
        return Ok(usual);
    }
    let any: ListenAddress = ANY_PORT.parse().context("any port")?;
    let listener = Listener::bind(&any).await.context("there is no free port on loopback")?;
    listener.address().trim_start_matches("http://").parse().context("the address that was bound")
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

/// Prints where the sample site, the feeds and the notifications are.
fn announce(config: &Config, address: &str, site: &str) {
    let mut lines = vec![
        format!("The sample site:   {site}/newstream/"),
        format!("listening on {address}"),
        format!("Your feeds:        {}/", config.server.base_url),
        format!("Notifications:     {site}{INBOX_PATH}"),
    ];
    for channel in &config.channels {
        let documents = Format::ALL.map(|format| {
            format!("{}/feeds/{}.{}", config.server.base_url, channel.id(), format.extension())
        });
        lines.push(format!("\n{}", channel.title(None)));
        lines.extend(documents.into_iter().map(|address| format!("  {address}")));
    }
    lines.push(format!("\n{WHAT_HAPPENS}"));
    let _ = output::line(&lines.join("\n"));
}
