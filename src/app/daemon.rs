//! The running daemon: the server and the scheduler, with the configuration that both use.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::config_source::ConfigSource;
use super::reload::{Judge, ReloadReason, StartSettings, Verdict};
use super::{descriptors, sockets};
use crate::board::Board;
use crate::config::{Config, ConfigError, Live, Overrides};
use crate::cpu::CpuPool;
use crate::delivery::{Courier, Delivery};
use crate::fetch::FetchLimits;
use crate::run::Tools;
use crate::scheduler::{Scheduler, register};
use crate::serve::{self, DocumentCache, Listener, ServerState};
use crate::store::Scope;
use crate::telemetry::Metrics;

/// The name under which this daemon claims feeds.
pub(super) const NODE: &str = "daemon";

/// A configuration that has lost most of its feeds is read again after this time.
const SECOND_LOOK: Duration = Duration::from_secs(2);

/// The running parts. All spawned tasks are owned and awaited here.
pub(super) struct Daemon {
    source: ConfigSource,
    overrides: Overrides,
    /// The bound address of the server.
    address: String,
    live: watch::Sender<Live>,
    /// Why the newest configuration is not in use, for the pages.
    refusal: watch::Sender<Option<Arc<str>>>,
    judge: Judge,
    in_use: StartSettings,
    tools: Tools,
    server_state: Arc<ServerState>,
    stop: CancellationToken,
    server: JoinHandle<usize>,
    scheduler: JoinHandle<()>,
    delivery: JoinHandle<()>,
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
        let in_use = StartSettings::of(&config);
        tell_taken(&tools.metrics, &config);
        let address = listener.address();
        let (live, config) = watch::channel(Live { generation: 0, config: Arc::new(config) });
        let (refusal, refused) = watch::channel(None);
        let board = Arc::new(Board::default());
        board.refresh(tools.store.as_ref()).await?;
        let server_state = server_state(&tools, &config, refused, &board, address.clone());
        let stop = CancellationToken::new();
        let router = serve::router(Arc::clone(&server_state));
        let stopped = stop.clone().cancelled_owned();
        let listen_limits = descriptors::listen_limits(&limits);
        let server = tokio::spawn(serve::serve(listener, router, listen_limits, stopped));
        let delivery = delivery(&tools, &config, &board, limits.fetch.clone());
        let delivery = tokio::spawn(delivery.work(stop.clone()));
        let scheduler = Scheduler { tools: tools.clone(), config, board, node: NODE.to_owned() };
        let scheduler = tokio::spawn(scheduler.work(stop.clone(), limits.listen.drain));
        Ok(Self {
            source,
            overrides,
            address,
            live,
            refusal,
            judge: Judge::default(),
            in_use,
            tools,
            server_state,
            stop,
            server,
            scheduler,
            delivery,
        })
    }

    /// The configuration in use.
    pub(super) fn config(&self) -> Arc<Config> {
        Arc::clone(&self.live.borrow().config)
    }

    /// Resolves with the name of a part that has ended, although it should run until the stop.
    pub(super) async fn ended(&mut self) -> &'static str {
        tokio::select! {
            _ = &mut self.server => "server",
            _ = &mut self.scheduler => "scheduler",
            _ = &mut self.delivery => "part that sends notifications",
        }
    }

    /// Reads the configuration again. If it has mistakes, all of the old one stays in use. Returns after which
    /// time the file is to be looked at once more.
    pub(super) async fn reload(&mut self, reason: ReloadReason) -> Option<Duration> {
        sockets::notify_reloading();
        let read_again = match self.read_again(reason) {
            Ok((Verdict::Take, config)) => {
                self.accept(reason, config).await;
                None
            }
            Ok((Verdict::ReadAgain, _)) => {
                tracing::warn!(
                    "the file has lost most of its feeds: it is read again in {} s, and used if it is still so",
                    SECOND_LOOK.as_secs()
                );
                Some(SECOND_LOOK)
            }
            Err(error) => {
                self.refuse(&error);
                None
            }
        };
        sockets::notify_ready();
        read_again
    }

    fn read_again(&mut self, reason: ReloadReason) -> Result<(Verdict, Config), ConfigError> {
        let text = self.source.read()?;
        let config = self.source.check(&text, &self.overrides)?.bound_to(&self.address);
        let old = self.config();
        let verdict = self.judge.judge(reason, &text, &old, &config)?;
        Ok((verdict, config))
    }

    /// Keeps the old configuration, and tells it on the pages and in the log.
    fn refuse(&self, error: &ConfigError) {
        self.refusal.send_replace(Some(error.notice().into()));
        tracing::error!("the old configuration stays in use, the new one has mistakes:\n{error}");
        self.tools.metrics.set_config_ok(false);
    }

    /// Puts a configuration in use, unless it is the same as before and only the file was touched.
    async fn accept(&self, reason: ReloadReason, config: Config) {
        if self.refusal.send_replace(None).is_some() {
            tracing::info!("the configuration is in order again");
        }
        tell_taken(&self.tools.metrics, &config);
        if reason == ReloadReason::FileChange && format!("{:?}", self.config()) == format!("{config:?}") {
            tracing::debug!("the configuration says what it said before");
            return;
        }
        match self.put_in_use(config).await {
            Ok(()) => tracing::info!("the new configuration is in use"),
            Err(error) => tracing::error!("the feeds of the new configuration are not registered: {error:#}"),
        }
    }

    async fn put_in_use(&self, config: Config) -> anyhow::Result<()> {
        for warning in self.in_use.warnings(&config) {
            tracing::warn!("{warning}");
        }
        let generation = self.live.borrow().generation;
        // The configuration is in use before its feeds are registered: the scheduler must know every feed
        // that it can claim.
        let config = Arc::new(config);
        self.live.send_replace(Live { generation: generation + 1, config: Arc::clone(&config) });
        register(&self.tools, &config, Scope::All).await?;
        self.server_state.board.refresh(self.tools.store.as_ref()).await?;
        Ok(())
    }

    /// Stops accepting requests and starting runs, and waits for those under way; after a limit they are
    /// cut off.
    pub(super) async fn drain(self) {
        tracing::info!("stopping: finishing requests and runs");
        self.server_state.ready.store(false, Ordering::Relaxed);
        self.stop.cancel();
        // The server and the scheduler each have their own limit for this wait.
        tokio::join!(wait_for(self.server), wait_for(self.scheduler), wait_for(self.delivery));
        tracing::info!("stopped");
    }
}

/// Everything that requests are answered from.
fn server_state(
    tools: &Tools,
    config: &watch::Receiver<Live>,
    refused_config: watch::Receiver<Option<Arc<str>>>,
    board: &Arc<Board>,
    bound: String,
) -> Arc<ServerState> {
    let limits = config.borrow().config.limits.clone();
    let rendering = CpuPool::new(limits.cpu_threads);
    let documents =
        DocumentCache::new(rendering.clone(), Arc::clone(&tools.metrics), limits.document_cache_bytes);
    Arc::new(ServerState {
        config: config.clone(),
        refused_config,
        board: Arc::clone(board),
        documents: Arc::new(documents),
        store: Arc::clone(&tools.store),
        clock: Arc::clone(&tools.clock),
        cpu: rendering,
        metrics: Arc::clone(&tools.metrics),
        bound,
        ready: AtomicBool::new(true),
    })
}

/// Tells the metrics that a configuration is in order, and whom it tells.
fn tell_taken(metrics: &Metrics, config: &Config) {
    let rules: Vec<&str> = config.notify.iter().map(|rule| rule.rule.name.as_str()).collect();
    metrics.set_targets(&rules);
    metrics.set_config_ok(true);
}

/// The part that sends notifications.
fn delivery(
    tools: &Tools,
    config: &watch::Receiver<Live>,
    board: &Arc<Board>,
    limits: FetchLimits,
) -> Delivery {
    Delivery {
        store: Arc::clone(&tools.store),
        config: config.clone(),
        board: Arc::clone(board),
        clock: Arc::clone(&tools.clock),
        metrics: Arc::clone(&tools.metrics),
        courier: Arc::new(Courier::new(limits)),
    }
}

/// Waits for a task. A task that has ended is skipped: its handle may have been awaited already, and must
/// not be awaited twice.
async fn wait_for<T>(part: JoinHandle<T>) {
    if !part.is_finished() {
        let _ = part.await;
    }
}
