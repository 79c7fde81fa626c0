//! Watches the configuration file.
//!
//! The folder is watched instead of the file, so that a file that is replaced by renaming is noticed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use notify_debouncer_full::notify::{EventKind, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, NoCache, new_debouncer_opt};
use tokio::sync::mpsc;

use super::config_source::ConfigSource;

/// Events within this time count as one change, because editors write in several steps.
const DEBOUNCE: Duration = Duration::from_millis(300);

/// Reports changes of the configuration file until it is dropped.
pub(super) struct ConfigWatcher {
    changes: mpsc::Receiver<()>,
    /// Kept only because the watch ends when it is dropped.
    _debouncer: Option<Debouncer<RecommendedWatcher, NoCache>>,
}

impl ConfigWatcher {
    /// Starts to watch. If there is no file, or watching fails, only SIGHUP reloads the configuration.
    pub(super) fn start(source: &ConfigSource) -> Self {
        let (sender, changes) = mpsc::channel(1);
        let debouncer = match source {
            ConfigSource::Text(..) => None,
            ConfigSource::File(file) => watch(file, sender)
                .inspect_err(|error| {
                    tracing::warn!("the configuration is not watched, use SIGHUP: {error}");
                })
                .ok(),
        };
        Self { changes, _debouncer: debouncer }
    }

    /// Resolves when the file may have changed; never if it is not watched.
    pub(super) async fn changed(&mut self) {
        if self.changes.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

fn watch(
    file: &Path,
    sender: mpsc::Sender<()>,
) -> notify_debouncer_full::notify::Result<Debouncer<RecommendedWatcher, NoCache>> {
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    // The path may be a symbolic link: then the folder of its target is watched too.
    let target = std::fs::canonicalize(&file).unwrap_or_else(|_| file.clone());
    let file_folder = folder_of(&file);
    let target_folder = folder_of(&target);
    // A mounted Kubernetes ConfigMap is updated by changing the folder's symbolic link `..data`.
    let is_config = move |path: &PathBuf| {
        let name = path.file_name();
        name == file.file_name() || name == target.file_name() || name.is_some_and(|name| name == "..data")
    };
    let on_events = move |result: DebounceEventResult| {
        let Ok(events) = result else { return };
        let mut changes = events.iter().filter(|event| !matches!(event.kind, EventKind::Access(_)));
        if changes.any(|event| event.paths.iter().any(&is_config)) {
            // If the channel is full, a reload is already pending.
            let _ = sender.try_send(());
        }
    };
    let config = notify_debouncer_full::notify::Config::default();
    let mut debouncer = new_debouncer_opt(DEBOUNCE, None, on_events, NoCache::new(), config)?;
    debouncer.watch(&file_folder, RecursiveMode::NonRecursive)?;
    if target_folder != file_folder {
        debouncer.watch(&target_folder, RecursiveMode::NonRecursive)?;
    }
    Ok(debouncer)
}

fn folder_of(file: &Path) -> PathBuf {
    file.parent().map_or_else(|| PathBuf::from("."), Path::to_owned)
}
