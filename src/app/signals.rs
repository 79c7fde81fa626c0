//! Signals of the operating system: stop and reload.

use std::io;

use tokio::signal::unix::{Signal as SignalStream, SignalKind, signal};

/// SIGXFSZ, whose number is the same on the systems that feedbridge is built for. A file has reached the limit of
/// file sizes. By default it ends the process; once it is received, the write fails instead, and the store says
/// that it is full.
const FILE_SIZE: i32 = 25;

/// The meaning of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// SIGTERM or SIGINT.
    Stop,
    /// SIGHUP.
    Reload,
}

/// The signals that the daemon listens to.
pub(super) struct Signals {
    terminate: SignalStream,
    interrupt: SignalStream,
    hang_up: SignalStream,
    _file_size: SignalStream,
}

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
            _file_size: signal(SignalKind::from_raw(FILE_SIZE))?,
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

    /// Waits for another stop signal. Reload signals are ignored.
    pub(super) async fn second_stop(&mut self) {
        while self.next().await != Signal::Stop {}
    }
}

/// Ends the process without waiting. This is safe for the database: every run is one transaction.
#[expect(clippy::disallowed_methods, clippy::exit, reason = "the second stop signal asks for it")]
pub(super) fn exit_at_once() -> ! {
    tracing::warn!("second stop signal: leaving at once");
    std::process::exit(130)
}
