//! Watches the configuration file.
//!
//! The folder is watched instead of the file, so that a file that is replaced by renaming is noticed. Any link on
//! the way to the file may be changed as well, and some file systems report nothing. So the path is also followed
//! every few seconds, and the file at its end is compared with the one before. A change counts once the file has
//! rested: a program that writes it in several steps is not read in the middle.

use std::path::{Path, PathBuf};
use std::time::Duration;

use notify_debouncer_full::notify::{EventKind, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, NoCache, new_debouncer_opt};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::config_source::{ConfigSource, FileState};

/// Events within this time count as one change, because editors write in several steps.
const DEBOUNCE: Duration = Duration::from_millis(300);

/// The file must have the same text for this long before it is read.
const SETTLE: Duration = Duration::from_millis(250);

/// A file that never rests is read as it is after this time.
const MAX_SETTLE: Duration = Duration::from_secs(10);

/// The path is followed anew after this time.
const FOLLOW: Duration = Duration::from_secs(2);

/// Reports changes of the configuration file until it is dropped.
pub(super) struct ConfigWatcher {
    source: ConfigSource,
    changes: mpsc::Receiver<()>,
    /// The next look at the file, if it may have changed.
    look: Option<Look>,
    /// The state of the file when it was last looked at.
    seen: Option<FileState>,
    /// When the path is followed next; never for a text.
    follow: Option<Instant>,
    /// Kept only because the watch ends when it is dropped.
    _debouncer: Option<Debouncer<RecommendedWatcher, NoCache>>,
}

impl ConfigWatcher {
    /// Starts to watch. A text never changes. If watching fails, changes are noticed a little later.
    pub(super) fn start(source: &ConfigSource) -> Self {
        let (sender, changes) = mpsc::channel(1);
        let debouncer = match source {
            ConfigSource::Text(..) => None,
            ConfigSource::File(file) => watch(file, sender)
                .inspect_err(|error| {
                    tracing::warn!(
                        "the folder of the configuration cannot be watched, so the file is looked at every {} s: \
                         {error}",
                        FOLLOW.as_secs()
                    );
                })
                .ok(),
        };
        let follow = matches!(source, ConfigSource::File(_)).then(|| Instant::now() + FOLLOW);
        let seen = source.state();
        Self { source: source.clone(), changes, look: None, seen, follow, _debouncer: debouncer }
    }

    /// Resolves when the file may have changed and has come to rest; never for a text. Nothing is
    /// lost if the wait is given up: the next call goes on with it.
    pub(super) async fn changed(&mut self) {
        loop {
            let next_look = self.look.as_ref().map(|look| look.at);
            let follow = self.follow;
            tokio::select! {
                // No more changes come if nothing is watched: then this branch is left out.
                Some(()) = self.changes.recv() => self.look_again(SETTLE),
                () = reached(next_look) => if self.has_settled() { return },
                () = reached(follow) => self.follow_path(),
            }
        }
    }

    /// Looks at the file if the path leads to another one, or to one that has changed.
    fn follow_path(&mut self) {
        self.follow = Some(Instant::now() + FOLLOW);
        if self.source.state() != self.seen {
            // A notification of the same change comes until then, and is no second change.
            self.look_again(DEBOUNCE + SETTLE);
        }
    }

    /// The text of the file; `None` if it cannot be read.
    fn text(&mut self) -> Option<String> {
        // The state comes first: a change between the two is seen the next time.
        self.seen = self.source.state();
        self.source.read().ok()
    }

    /// Looks at the file after this time, and reports a change then, even if the file stays the same. A look
    /// that is planned for later stays.
    pub(super) fn look_again(&mut self, after: Duration) {
        let at = Instant::now() + after;
        let text = self.text();
        self.look = Some(match &self.look {
            Some(planned) => Look { at: at.max(planned.at), latest: planned.latest, text },
            None => Look { at, latest: at + MAX_SETTLE, text },
        });
    }

    /// Whether the file is still as it was at the last look; else another look is planned.
    fn has_settled(&mut self) -> bool {
        let Some(last) = self.look.take() else { return false };
        let text = self.text();
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
