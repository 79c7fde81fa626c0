//! Watches the configuration file.
//!
//! The folder is watched instead of the file, so that a file that is replaced by renaming is noticed. A change
//! counts once the file has rested: a program that writes it in several steps is not read in the middle.

use std::path::{Path, PathBuf};
use std::time::Duration;

use notify_debouncer_full::notify::{EventKind, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, NoCache, new_debouncer_opt};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::config_source::ConfigSource;

/// Events within this time count as one change, because editors write in several steps.
const DEBOUNCE: Duration = Duration::from_millis(300);

/// The file must have the same text for this long before it is read.
const SETTLE: Duration = Duration::from_millis(250);

/// A file that never rests is read as it is after this time.
const MAX_SETTLE: Duration = Duration::from_secs(10);

/// Reports changes of the configuration file until it is dropped.
pub(super) struct ConfigWatcher {
    source: ConfigSource,
    changes: mpsc::Receiver<()>,
    /// The next look at the file, if it may have changed.
    look: Option<Look>,
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
        Self { source: source.clone(), changes, look: None, _debouncer: debouncer }
    }

    /// Resolves when the file may have changed and has come to rest; never if it is not watched. Nothing is
    /// lost if the wait is given up: the next call goes on with it.
    pub(super) async fn changed(&mut self) {
        loop {
            let next_look = self.look.as_ref().map(|look| look.at);
            tokio::select! {
                // No more changes come if nothing is watched: then this branch is left out.
                Some(()) = self.changes.recv() => self.look_again(SETTLE),
                () = reached(next_look) => if self.has_settled() { return },
            }
        }
    }

    /// Looks at the file after this time, and reports a change then, even if the file stays the same. A look
    /// that is planned for later stays.
    pub(super) fn look_again(&mut self, after: Duration) {
        let at = Instant::now() + after;
        let text = self.source.read().ok();
        self.look = Some(match &self.look {
            Some(planned) => Look { at: at.max(planned.at), latest: planned.latest, text },
            None => Look { at, latest: at + MAX_SETTLE, text },
        });
    }

    /// Whether the file is still as it was at the last look; else another look is planned.
    fn has_settled(&mut self) -> bool {
        let Some(last) = self.look.take() else { return false };
        let text = self.source.read().ok();
        let now = Instant::now();
        let has_settled = text == last.text || now >= last.latest;
        if !has_settled {
            self.look = Some(Look { at: now + SETTLE, latest: last.latest, text });
        }
        has_settled
    }
}

/// A planned look at the file.
struct Look {
    at: Instant,
    /// From then on the file is taken even if it still changes.
    latest: Instant,
    /// The text of the file when the look was planned; `None` if it could not be read.
    text: Option<String>,
}

/// Resolves at a time; never if there is none.
async fn reached(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
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
