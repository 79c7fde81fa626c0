//! Log lines and metrics.
//!
//! A log line is a sentence for people and fields for machines, with the same names everywhere:
//! `feed.id`, `run.outcome`, `duration_ms`, `bytes`. It never has a body, a token or an address with a
//! token.

mod metrics;
mod repeated;

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

pub use metrics::{DeliveryOutcome, FeedHealth, Metrics, OutboxGauges};
pub use repeated::{LeftOut, may_log};

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Plain text for people.
    Text,
    /// One JSON object per line.
    Json,
}

/// Checks a level of log lines, such as `info`, or a filter such as `feedbridge=debug`; returns it as it is.
///
/// # Errors
/// When it is neither: how it is written, as the end of a sentence.
pub fn log_filter(text: &str) -> Result<String, String> {
    // A word that is no level is taken for the name of a module, of which there is none: nothing is logged.
    let is_known =
        |word: &str| word.starts_with(env!("CARGO_PKG_NAME")) || word.parse::<LevelFilter>().is_ok();
    let has_fields = text.contains(['[', '{']);
    let is_wrong = |part: &str| {
        part.starts_with(char::is_whitespace) || (!has_fields && !part.contains('=') && !is_known(part))
    };
    if text.is_empty() || text.split(',').any(is_wrong) || EnvFilter::try_new(text).is_err() {
        return Err("write error, warn, info or debug, or a filter such as feedbridge=debug".to_owned());
    }
    Ok(text.to_owned())
}

/// Sends log lines to stderr. `level` is a level or a filter that [`log_filter`] has checked. A second call has
/// no effect.
pub fn start_logging(level: &str, format: LogFormat) {
    // The HTTP client's own lines have whole addresses, tokens included, so they stay off.
    let filter = EnvFilter::try_new(format!("{level},reqwest=off,hyper_util=off,h2=off,rustls=off"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_filters_are_told_from_other_words() {
        for right in ["info", "WARN", "off", "feedbridge=debug", "warn,feedbridge::fetch=trace", "feedbridge"]
        {
            assert_eq!(log_filter(right), Ok(right.to_owned()));
        }
        for wrong in ["loud", "", " ", "inof", "feedbridge=loud", "info,verbose"] {
            assert!(log_filter(wrong).is_err(), "{wrong}");
        }
    }
}
