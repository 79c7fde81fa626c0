//! Signals of the operating system.

use std::io;

use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// SIGTERM or SIGINT.
    Stop,
    /// SIGHUP.
    Reload,
}

/// The signals that the daemon listens to.
pub(super) struct Signals {
    terminate: Stream,
    interrupt: Stream,
    hang_up: Stream,
}

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// The next signal.
    pub(super) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.terminate.recv() => Signal::Stop,
            _ = self.interrupt.recv() => Signal::Stop,
            _ = self.hang_up.recv() => Signal::Reload,
        }
    }

    /// Waits for another stop signal, past any reload.
    pub(super) async fn second_stop(&mut self) {
        while self.next().await != Signal::Stop {}
    }
}

/// The person is in a hurry. The database is safe: every run is one transaction.
#[expect(clippy::disallowed_methods, clippy::exit, reason = "the second signal means: now")]
pub(super) fn exit_at_once() -> ! {
    tracing::warn!("second stop signal: leaving at once");
    std::process::exit(130)
}
