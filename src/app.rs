//! The composition root of the daemon: build, spawn, signals, reload, drain.

mod reload;
mod signals;
mod sockets;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, bail};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::board::Board;
use crate::clock::{Clock, WallClock};
use crate::config::{Config, ConfigError, Live, Overrides};
use crate::cpu::CpuPool;
use crate::fetch::Network;
use crate::run::Tools;
use crate::scheduler::{Scheduler, register};
use crate::serve::{self, Documents, ListenLimits, Listener, Site};
use crate::store::{Scope, SqliteStore};
use crate::telemetry::Metrics;

pub use reload::Watching;

/// The name under which this daemon claims feeds.
const NODE: &str = "daemon";

/// Where the configuration comes from.
#[derive(Debug, Clone)]
pub enum Origin {
    /// A file, which is watched.
    File(PathBuf),
    /// A text that never changes, as if it stood in this file.
    Text(String, PathBuf),
}

impl Origin {
    /// Reads and checks the configuration, command line included.
    ///
    /// # Errors
    /// When it cannot be read or has mistakes.
    pub fn load(&self, overrides: &Overrides) -> Result<Config, ConfigError> {
        let config = match self {
            Self::File(file) => Config::load(file)?,
            Self::Text(text, file) => Config::parse(text, file)?,
        };
        Ok(config.overridden(overrides))
    }
}

/// What commands and the daemon work with, over a configuration's database.
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
        metrics: Arc::new(Metrics::default()),
        clock,
    })
}

/// The history of a configuration, to look at: nothing is written, and a daemon may be serving
/// from it. `None` if there is none yet.
///
/// # Errors
/// When the database is of another version, or cannot be read.
pub fn look(config: &Config) -> anyhow::Result<Option<SqliteStore>> {
    if !config.database.exists() {
        return Ok(None);
    }
    Ok(Some(SqliteStore::open_read_only(&config.database, Arc::new(WallClock))?))
}

/// Serves until a stop signal, then drains. `announce` is told the address once it is bound.
///
/// # Errors
/// When it cannot start: configuration, database, address.
pub async fn serve(
    origin: Origin,
    overrides: Overrides,
    announce: impl FnOnce(&Config),
) -> anyhow::Result<()> {
    let config = origin.load(&overrides)?;
    // Before anybody is told that it runs: a stop must never find it without an ear.
    let mut signals = signals::Signals::new().context("signals cannot be received")?;
    let listener = listen(&config).await?;
    let address = listener.address();
    let config = config.bound_to(&address);
    let tools = tools(&config)?;
    let _lock = alone(&config.database)?;
    tools.store.release(NODE).await?;
    register(&tools, &config, Scope::All).await?;
    let mut daemon = Daemon::spawn(config, tools, listener).await?;
    tracing::info!("listening on {address}");
    let everywhere = address.contains("://0.0.0.0") || address.contains("://[::]");
    let unseen = everywhere || address.starts_with("unix:");
    if unseen && !daemon.live.borrow().config.server.base_url_given {
        tracing::warn!("documents say {address} of themselves; set base_url in [server] to what readers use");
    }
    announce(&daemon.live.borrow().config);
    sockets::notify_ready();
    let mut watching = Watching::start(&origin);
    let mut failed = None;
    loop {
        let changed = tokio::select! {
            signal = signals.next() => match signal {
                signals::Signal::Stop => break,
                signals::Signal::Reload => true,
            },
            () = watching.changed() => false,
            part = daemon.ended() => {
                failed = Some(part);
                break;
            }
        };
        daemon.reload(&origin, &overrides, &address, changed).await;
    }
    sockets::notify_stopping();
    tokio::select! {
        // Who supervises the process should start it again.
        () = daemon.drain() => failed.map_or(Ok(()), |part| Err(anyhow::anyhow!("the {part} ended by itself"))),
        () = signals.second_stop() => signals::exit_at_once(),
    }
}

/// Makes sure that no other daemon serves from the same embedded database: each would take the
/// other's claims for its own.
fn alone(database: &Path) -> anyhow::Result<File> {
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

async fn listen(config: &Config) -> anyhow::Result<Listener> {
    if let Some(listener) = sockets::from_environment()? {
        return Ok(listener);
    }
    let address = &config.server.listen;
    Listener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; choose another with --listen or `listen` in [server]")
    })
}

/// The running parts, each owned and awaited.
struct Daemon {
    live: watch::Sender<Live>,
    tools: Tools,
    site: Arc<Site>,
    stop: CancellationToken,
    server: JoinHandle<usize>,
    scheduler: JoinHandle<()>,
}

impl Daemon {
    async fn spawn(config: Config, tools: Tools, listener: Listener) -> anyhow::Result<Self> {
        let limits = config.limits.clone();
        let (live, config) = watch::channel(Live { generation: 0, config: Arc::new(config) });
        let board = Arc::new(Board::default());
        board.refresh(tools.store.as_ref()).await?;
        tools.metrics.set_config_ok(true);
        let documents =
            Documents::new(tools.cpu.clone(), Arc::clone(&tools.metrics), limits.document_cache_bytes);
        let site = Arc::new(Site {
            config: config.clone(),
            board: Arc::clone(&board),
            documents,
            store: Arc::clone(&tools.store),
            clock: Arc::clone(&tools.clock),
            cpu: tools.cpu.clone(),
            metrics: Arc::clone(&tools.metrics),
            ready: AtomicBool::new(true),
        });
        let stop = CancellationToken::new();
        let listen_limits = ListenLimits {
            header: limits.header,
            keep_alive: limits.keep_alive,
            write_stall: limits.write_stall,
            connections: limits.connections,
            connections_per_address: limits.connections_per_address,
            drain: limits.drain,
        };
        let router = serve::router(Arc::clone(&site));
        let server =
            tokio::spawn(serve::serve(listener, router, listen_limits, stop.clone().cancelled_owned()));
        let scheduler = Scheduler { tools: tools.clone(), config, board, node: NODE.to_owned() };
        let scheduler = tokio::spawn(scheduler.work(stop.clone(), limits.drain));
        Ok(Self { live, tools, site, stop, server, scheduler })
    }

    /// Resolves if a part that should run for ever ends: then the process ends too.
    async fn ended(&mut self) -> &'static str {
        tokio::select! {
            _ = &mut self.server => "server",
            _ = &mut self.scheduler => "scheduler",
        }
    }

    /// Reads the configuration again: all of the new one, or none of it.
    async fn reload(&self, origin: &Origin, overrides: &Overrides, address: &str, said: bool) {
        sockets::notify_reloading();
        match self.try_reload(origin, overrides, address, said).await {
            Ok(true) => tracing::info!("the new configuration is in use"),
            Ok(false) => tracing::debug!("the configuration says what it said before"),
            Err(error) => {
                tracing::error!("the old configuration stays in use, the new one has mistakes:\n{error:#}");
            }
        }
        sockets::notify_ready();
    }

    async fn try_reload(
        &self,
        origin: &Origin,
        overrides: &Overrides,
        address: &str,
        said: bool,
    ) -> anyhow::Result<bool> {
        let loaded = origin.load(overrides);
        self.tools.metrics.set_config_ok(loaded.is_ok());
        let config = loaded?.bound_to(address);
        let Live { generation, config: old } = self.live.borrow().clone();
        if !said && format!("{old:?}") == format!("{config:?}") {
            return Ok(false);
        }
        if old.server.listen != config.server.listen || old.database != config.database {
            tracing::warn!("another `listen` or `store.url` takes effect at the next start");
        }
        if old.limits.at_start() != config.limits.at_start() {
            tracing::warn!("limits of fetching, connections and memory take effect at the next start");
        }
        // First in use, then registered: the scheduler must know the feeds that it is given.
        let config = Arc::new(config);
        self.live.send_replace(Live { generation: generation + 1, config: Arc::clone(&config) });
        register(&self.tools, &config, Scope::All).await?;
        self.site.board.refresh(self.tools.store.as_ref()).await?;
        Ok(true)
    }

    /// Stops accepting, finishes what runs within the limit, cuts off the rest.
    async fn drain(self) {
        tracing::info!("stopping: finishing requests and runs");
        self.site.ready.store(false, Ordering::Relaxed);
        self.stop.cancel();
        // Both ends have deadlines of their own.
        tokio::join!(end(self.server), end(self.scheduler));
        tracing::info!("stopped");
    }
}

/// Waits for a part; one that has ended and been seen to end is no longer there to wait for.
async fn end<T>(part: JoinHandle<T>) {
    if !part.is_finished() {
        let _ = part.await;
    }
}
