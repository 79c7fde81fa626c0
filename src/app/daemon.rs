//! The running daemon: the server and the scheduler, with the configuration that both use.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::config_source::ConfigSource;
use super::{descriptors, sockets};
use crate::board::Board;
use crate::config::{Config, Live, Overrides};
use crate::cpu::CpuPool;
use crate::run::Tools;
use crate::scheduler::{Scheduler, register};
use crate::serve::{self, DocumentCache, Listener, ServerState};
use crate::store::Scope;

/// The name under which this daemon claims feeds.
pub(super) const NODE: &str = "daemon";

/// Why the configuration is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReloadReason {
    /// SIGHUP: the configuration is put in use even if it is the same as before.
    Signal,
    /// The file may have changed: an unchanged configuration is ignored.
    FileChange,
}

/// The running parts. All spawned tasks are owned and awaited here.
pub(super) struct Daemon {
    source: ConfigSource,
    overrides: Overrides,
    /// The bound address of the server.
    address: String,
    live: watch::Sender<Live>,
    tools: Tools,
    server_state: Arc<ServerState>,
    stop: CancellationToken,
    server: JoinHandle<usize>,
    scheduler: JoinHandle<()>,
}

impl Daemon {
    /// Starts the server and the scheduler.
    pub(super) async fn spawn(
        config: Config,
        tools: Tools,
        listener: Listener,
        source: ConfigSource,
        overrides: Overrides,
    ) -> anyhow::Result<Self> {
        let limits = config.limits.clone();
        let address = listener.address();
        let (live, config) = watch::channel(Live { generation: 0, config: Arc::new(config) });
        let board = Arc::new(Board::default());
        board.refresh(tools.store.as_ref()).await?;
        tools.metrics.set_config_ok(true);
        let rendering = CpuPool::new(limits.cpu_threads);
        let documents =
            DocumentCache::new(rendering.clone(), Arc::clone(&tools.metrics), limits.document_cache_bytes);
        let server_state = Arc::new(ServerState {
            config: config.clone(),
            board: Arc::clone(&board),
            documents: Arc::new(documents),
            store: Arc::clone(&tools.store),
            clock: Arc::clone(&tools.clock),
            cpu: rendering,
            metrics: Arc::clone(&tools.metrics),
            ready: AtomicBool::new(true),
        });
        let stop = CancellationToken::new();
        let router = serve::router(Arc::clone(&server_state));
        let stopped = stop.clone().cancelled_owned();
        let listen_limits = descriptors::listen_limits(&limits);
        let server = tokio::spawn(serve::serve(listener, router, listen_limits, stopped));
        let scheduler = Scheduler { tools: tools.clone(), config, board, node: NODE.to_owned() };
        let scheduler = tokio::spawn(scheduler.work(stop.clone(), limits.listen.drain));
        Ok(Self { source, overrides, address, live, tools, server_state, stop, server, scheduler })
    }

    /// The configuration in use.
    pub(super) fn config(&self) -> Arc<Config> {
        Arc::clone(&self.live.borrow().config)
    }

    /// Where the configuration is read from.
    pub(super) fn source(&self) -> &ConfigSource {
        &self.source
    }

    /// Resolves with the name of a part that has ended, although it should run until the stop.
    pub(super) async fn ended(&mut self) -> &'static str {
        tokio::select! {
            _ = &mut self.server => "server",
            _ = &mut self.scheduler => "scheduler",
        }
    }

    /// Reads the configuration again. If it has mistakes, all of the old one stays in use.
    pub(super) async fn reload(&self, reason: ReloadReason) {
        sockets::notify_reloading();
        match self.try_reload(reason).await {
            Ok(true) => tracing::info!("the new configuration is in use"),
            Ok(false) => tracing::debug!("the configuration says what it said before"),
            Err(error) => {
                tracing::error!("the old configuration stays in use, the new one has mistakes:\n{error:#}");
            }
        }
        sockets::notify_ready();
    }

    /// Whether a new configuration is in use.
    async fn try_reload(&self, reason: ReloadReason) -> anyhow::Result<bool> {
        let loaded = self.source.load(&self.overrides);
        self.tools.metrics.set_config_ok(loaded.is_ok());
        let config = loaded?.bound_to(&self.address);
        let Live { generation, config: old } = self.live.borrow().clone();
        if reason == ReloadReason::FileChange && format!("{old:?}") == format!("{config:?}") {
            return Ok(false);
        }
        if old.server.listen != config.server.listen || old.database != config.database {
            tracing::warn!("another `listen` or `store.url` takes effect at the next start");
        }
        if old.limits.at_start() != config.limits.at_start() {
            tracing::warn!("limits of fetching, connections and memory take effect at the next start");
        }
        // The configuration is in use before its feeds are registered: the scheduler must know every feed
        // that it can claim.
        let config = Arc::new(config);
        self.live.send_replace(Live { generation: generation + 1, config: Arc::clone(&config) });
        register(&self.tools, &config, Scope::All).await?;
        self.server_state.board.refresh(self.tools.store.as_ref()).await?;
        Ok(true)
    }

    /// Stops accepting requests and starting runs, and waits for those under way; after a limit they are
    /// cut off.
    pub(super) async fn drain(self) {
        tracing::info!("stopping: finishing requests and runs");
        self.server_state.ready.store(false, Ordering::Relaxed);
        self.stop.cancel();
        // The server and the scheduler each have their own limit for this wait.
        tokio::join!(wait_for(self.server), wait_for(self.scheduler));
        tracing::info!("stopped");
    }
}

/// Waits for a task. A task that has ended is skipped: its handle may have been awaited already, and must
/// not be awaited twice.
async fn wait_for<T>(part: JoinHandle<T>) {
    if !part.is_finished() {
        let _ = part.await;
    }
}
