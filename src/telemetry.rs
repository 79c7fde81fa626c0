//! Log lines and metrics.
//!
//! A log line is a sentence for people and fields for machines, with the same names everywhere:
//! `feed.id`, `run.outcome`, `duration_ms`, `bytes`. It never has a body, a token or an address with a
//! token.

mod metrics;
mod repeated;

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

pub use metrics::{FeedHealth, Metrics};
pub use repeated::{LeftOut, may_log};

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Plain text for people.
    Text,
    /// One JSON object per line.
    Json,
}

/// Sends log lines to stderr. `level` is a level or a filter such as `feedbridge=debug`; the
/// environment variable `FEEDBRIDGE_LOG` overrides it. A second call has no effect.
pub fn start_logging(level: &str, format: LogFormat) {
    let directives = std::env::var("FEEDBRIDGE_LOG").unwrap_or_else(|_| level.to_owned());
    // The HTTP client's own lines have whole addresses, tokens included, so they stay off.
    let filter = EnvFilter::try_new(format!("{directives},reqwest=off,hyper_util=off,h2=off,rustls=off"))
        .unwrap_or_else(|_| EnvFilter::new("info"));
    let colours =
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(colours);
    // An error means that a subscriber is set already, as in tests.
    let _ = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
}
