//! Watching the configuration file: its folder, so that a file replaced by renaming is seen.

use std::path::{Path, PathBuf};
use std::time::Duration;

use notify_debouncer_full::notify::{EventKind, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, NoCache, new_debouncer_opt};
use tokio::sync::mpsc;

use super::Origin;

/// Editors write in several steps: their events are taken together for so long.
const SETTLE: Duration = Duration::from_millis(300);

/// A watch on the configuration file; dropped, it ends.
pub struct Watching {
    changes: mpsc::Receiver<()>,
    _watcher: Option<Debouncer<RecommendedWatcher, NoCache>>,
}

impl Watching {
    /// Starts to watch. Without a file, or where watching is impossible, SIGHUP remains.
    #[must_use]
    pub fn start(origin: &Origin) -> Self {
        let (sender, changes) = mpsc::channel(1);
        let watcher = match origin {
            Origin::Text(..) => None,
            Origin::File(file) => watch(file, sender)
                .inspect_err(|e| tracing::warn!("the configuration is not watched, use SIGHUP: {e}"))
                .ok(),
        };
        Self { changes, _watcher: watcher }
    }

    /// Resolves when the file may have changed; never if it is not watched.
    pub async fn changed(&mut self) {
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
    let folder = |file: &Path| file.parent().map_or_else(|| PathBuf::from("."), Path::to_owned);
    // The file itself may lie elsewhere, behind a symbolic link.
    let target = std::fs::canonicalize(&file).unwrap_or_else(|_| file.clone());
    let folders = [folder(&file), folder(&target)];
    // A mounted ConfigMap is renewed by pointing the folder's link `..data` elsewhere.
    let concerns = move |path: &PathBuf| {
        let name = path.file_name();
        name == file.file_name() || name == target.file_name() || name.is_some_and(|n| n == "..data")
    };
    let seen = move |result: DebounceEventResult| {
        let Ok(events) = result else { return };
        let touched =
            events.iter().any(|e| !matches!(e.kind, EventKind::Access(_)) && e.paths.iter().any(&concerns));
        if touched {
            // A full channel means that a reload is coming anyway.
            let _ = sender.try_send(());
        }
    };
    let config = notify_debouncer_full::notify::Config::default();
    let mut watcher = new_debouncer_opt(SETTLE, None, seen, NoCache::new(), config)?;
    watcher.watch(&folders[0], RecursiveMode::NonRecursive)?;
    if folders[1] != folders[0] {
        watcher.watch(&folders[1], RecursiveMode::NonRecursive)?;
    }
    Ok(watcher)
}
