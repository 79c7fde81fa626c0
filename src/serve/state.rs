//! Everything that requests are answered from.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::sync::watch;

use super::documents::DocumentCache;
use crate::board::Board;
use crate::clock::Clock;
use crate::config::Live;
use crate::cpu::CpuPool;
use crate::store::Store;
use crate::telemetry::Metrics;

/// The state that all requests share.
pub struct ServerState {
    /// The configuration in use.
    pub config: watch::Receiver<Live>,
    /// Why the newest configuration is not in use, in a sentence for the pages; `None` if it is in use.
    pub refused_config: watch::Receiver<Option<Arc<str>>>,
    /// States of feeds.
    pub board: Arc<Board>,
    /// Rendered documents.
    pub documents: Arc<DocumentCache>,
    /// The history.
    pub store: Arc<dyn Store>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// The pool on which pages of all feeds are made. It is not that of the runs: a request never waits for
    /// the parsing of a page.
    pub cpu: CpuPool,
    /// Counters of requests and renderings.
    pub metrics: Arc<Metrics>,
    /// The address that is bound, as an address of http; that of a Unix socket begins with `unix:`.
    pub bound: String,
    /// Whether `/health/ready` may say so; false while the daemon stops.
    pub ready: AtomicBool,
}

impl ServerState {
    pub(super) fn current_config(&self) -> Live {
        self.config.borrow().clone()
    }

    pub(super) fn config_notice(&self) -> Option<Arc<str>> {
        self.refused_config.borrow().clone()
    }
}
