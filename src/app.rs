//! Starts the daemon: builds its parts, reacts to signals and changes of the configuration, and stops.

mod config_source;
mod config_watcher;
mod daemon;
mod descriptors;
mod probe;
mod reload;
mod signals;
mod sockets;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};

use crate::clock::{Clock, WallClock};
use crate::config::{Config, Overrides};
use crate::cpu::CpuPool;
use crate::fetch::Network;
use crate::run::{JqProgram, Tools};
use crate::scheduler::register;
use crate::serve::Listener;
use crate::store::{Scope, SqliteStore};
use crate::telemetry::Metrics;
use config_watcher::ConfigWatcher;
use daemon::{Daemon, NODE};
use reload::ReloadReason;
use signals::{Signal, Signals};

pub use config_source::ConfigSource;
pub use probe::{Probe, ProbeError};

/// The tools of commands and of the daemon, with the configured database open.
///
/// # Errors
/// When the database cannot be opened.
pub fn tools(config: &Config) -> anyhow::Result<Tools> {
    let clock: Arc<dyn Clock> = Arc::new(WallClock);
    let store = SqliteStore::open(&config.database, Arc::clone(&clock))?;
    Ok(Tools {
        store: Arc::new(store),
        fetcher: Arc::new(Network::new(config.limits.fetch.clone(), Arc::clone(&clock))),
        cpu: CpuPool::new(config.limits.cpu_threads),
        jq: JqProgram::own(),
        metrics: Arc::new(Metrics::default()),
        clock,
    })
}

/// Opens the configured database for reading only, also while a daemon uses it. `None` if there is no
/// database yet.
///
/// # Errors
/// When the database is of another version, or cannot be read.
pub fn look(config: &Config) -> anyhow::Result<Option<SqliteStore>> {
    if !config.database.exists() {
        return Ok(None);
    }
    Ok(Some(SqliteStore::open_read_only(&config.database, Arc::new(WallClock))?))
}

/// Serves until a stop signal, then finishes what runs. `announce` is called once the address is bound,
/// with the configuration, the bound address and the metrics of this daemon.
///
/// # Errors
/// When it cannot start because of the configuration, the database or the address, and when a part of
/// the daemon ends by itself.
pub async fn serve(
    source: ConfigSource,
    overrides: Overrides,
    announce: impl FnOnce(&Config, &str, &Arc<Metrics>),
) -> anyhow::Result<()> {
    // It comes before the file is read: a change after the reading is not missed.
    let mut watcher = ConfigWatcher::start(&source);
    let config = source.load(&overrides)?.with_stated_feeds()?;
    log_warnings(&config);
    // The signals come before any announcement: a stop signal sent after it must not be missed.
    let mut signals = Signals::new().context("signals cannot be received")?;
    let listener = listen(&config).await?;
    let address = listener.address();
    let config = config.bound_to(&address);
    let tools = tools(&config)?;
    let _lock = lock_database(&config.database)?;
    tools.store.release(NODE).await?;
    register(&tools, &config, Scope::All).await?;
    let metrics = Arc::clone(&tools.metrics);
    let mut daemon = Daemon::spawn(config, tools, listener, source, overrides).await?;
    log_listening(&daemon.config(), &address);
    warn_of_unreachable_address(&daemon.config(), &address);
    announce(&daemon.config(), &address, &metrics);
    sockets::notify_ready();
    let ended_part = run_until_stop(&mut daemon, &mut watcher, &mut signals).await;
    sockets::notify_stopping();
    tokio::select! {
        // The error makes a supervisor such as systemd start the process again.
        () = daemon.drain() => match ended_part {
            None => Ok(()),
            Some(part) => bail!("the {part} ended by itself"),
        },
        () = signals.second_stop() => signals::exit_at_once(),
    }
}

/// Logs the settings that are probably not as they are meant.
fn log_warnings(config: &Config) {
    if !config.warnings.problems().is_empty() {
        tracing::warn!("the configuration has settings to look at:\n{}", config.warnings);
    }
}

/// Logs the bound address, and `base_url` where a person gave another one.
fn log_listening(config: &Config, address: &str) {
    let base_url = config.server.base_url_given.then_some(&config.server.base_url);
    let base_url = base_url.filter(|base_url| *base_url != address);
    tracing::info!(base_url = base_url.map(tracing::field::display), "listening on {address}");
}

/// Documents contain the server's address: warns if it is one that readers cannot use.
fn warn_of_unreachable_address(config: &Config, address: &str) {
    let is_wildcard = address.contains("://0.0.0.0") || address.contains("://[::]");
    let is_unreachable = is_wildcard || address.starts_with("unix:");
    if is_unreachable && !config.server.base_url_given {
        tracing::warn!(
            "feeds will advertise {address}, which readers cannot reach; set base_url in [server], or FEEDBRIDGE_BASE_URL, to the address that readers use"
        );
    }
}

/// Reloads the configuration when asked to, until a stop signal. Returns the name of a part of the daemon
/// if one ended before that.
async fn run_until_stop(
    daemon: &mut Daemon,
    watcher: &mut ConfigWatcher,
    signals: &mut Signals,
) -> Option<&'static str> {
    loop {
        let reason = tokio::select! {
            signal = signals.next() => match signal {
                Signal::Stop => return None,
                Signal::Reload => ReloadReason::Signal,
            },
            () = watcher.changed() => ReloadReason::FileChange,
            part = daemon.ended() => return Some(part),
        };
        if let Some(after) = daemon.reload(reason).await {
            watcher.look_again(after);
        }
    }
}

/// Takes a lock, so that no other daemon uses the same database: both have the same node name, and each
/// would take the other's claims for its own.
fn lock_database(database: &Path) -> anyhow::Result<File> {
    let path = database.with_extension("lock");
    let lock = File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(_) => bail!(
            "another feedbridge serves from {}; stop it, or give this one its own folder with --data",
            database.display()
        ),
    }
}

/// The socket that systemd passed in, or a new one on the configured address.
async fn listen(config: &Config) -> anyhow::Result<Listener> {
    if let Some(listener) = sockets::from_environment()? {
        return Ok(listener);
    }
    let address = &config.server.listen;
    Listener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; choose another with --listen or `listen` in [server]")
    })
}
