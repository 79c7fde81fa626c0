//! Log lines and metrics.
//!
//! A log line is a sentence for people and fields for machines, with the same names everywhere:
//! `feed.id`, `run.outcome`, `duration_ms`, `bytes`. It never has a body, a token or an address with a
//! token.
//!
//! Spans measure the parts of a run for OpenTelemetry. They are never in a line of the log.

mod metrics;
mod repeated;

use std::io::IsTerminal;

use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt, LevelFilter, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layered, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

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

/// Gets the spans of the program, beside the log.
pub type SpanLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// The subscriber below the log if somebody wants the spans.
type WithSpans = Layered<SpanLayer, Registry>;

/// Sends log lines to stderr, and spans to `spans` if it is given. `level` is a level or a filter that
/// [`log_filter`] has checked. A second call has no effect.
pub fn start_logging(level: &str, format: LogFormat, spans: Option<SpanLayer>) {
    let registry = tracing_subscriber::registry();
    // An error means that a subscriber is set already, as in tests.
    let _ = match spans {
        None => registry.with(lines::<Registry, _>(level, format, std::io::stderr)).try_init(),
        Some(spans) => {
            let lines = lines::<WithSpans, _>(level, format, std::io::stderr);
            registry.with(own_spans(spans)).with(lines).try_init()
        }
    };
}

/// A layer that gets nothing but the spans of this program.
#[must_use]
pub fn own_spans(layer: SpanLayer) -> SpanLayer {
    let filter = filter_fn(is_own_span).with_max_level_hint(LevelFilter::INFO);
    Layer::<Registry>::with_filter(layer, filter).boxed()
}

/// The lines of the log. A span is in none of them: without somebody else who wants it, it is not even made.
fn lines<S, W>(level: &str, format: LogFormat, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span> + 'static,
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    // The HTTP client's own lines have whole addresses, tokens included, so they stay off.
    let levels = EnvFilter::try_new(format!("{level},reqwest=off,hyper_util=off,h2=off,rustls=off"))
        .unwrap_or_else(|_| EnvFilter::new("info"));
    // Without a hint, the cheap check of the level would be lost for all lines.
    let no_spans = filter_fn(|line| !is_own_span(line)).with_max_level_hint(LevelFilter::TRACE);
    let filter = levels.and(no_spans);
    let colours =
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    let lines =
        tracing_subscriber::fmt::layer::<S>().with_writer(writer).with_target(false).with_ansi(colours);
    match format {
        LogFormat::Text => lines.with_filter(filter).boxed(),
        LogFormat::Json => lines.json().with_filter(filter).boxed(),
    }
}

/// Whether this is one of our spans. All of them have the level INFO.
fn is_own_span(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with(env!("CARGO_PKG_NAME"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use serde_json::Value;
    use tracing_subscriber::layer::Identity;

    use super::*;

    /// Keeps what is written.
    #[derive(Clone, Default)]
    struct KeptLines(Arc<Mutex<Vec<u8>>>);

    impl Write for KeptLines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("lines").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// A line that is logged inside of a span; and whether the span is made. `own` gets the spans.
    fn line_in_a_span(format: LogFormat, own: Option<SpanLayer>) -> (String, bool) {
        let kept = KeptLines::default();
        let writer = kept.clone();
        let registry = tracing_subscriber::registry();
        let log = || {
            let span = tracing::info_span!("run", feed.id = "pier");
            span.in_scope(|| tracing::info!(bytes = 7, "run ended"));
            !span.is_disabled()
        };
        let is_made = match own {
            None => {
                let lines = lines::<Registry, _>("info", format, move || writer.clone());
                let subscriber = registry.with(lines);
                tracing::subscriber::with_default(subscriber, log)
            }
            Some(own) => {
                let lines = lines::<WithSpans, _>("info", format, move || writer.clone());
                let subscriber = registry.with(own_spans(own)).with(lines);
                tracing::subscriber::with_default(subscriber, log)
            }
        };
        let bytes = kept.0.lock().expect("lines").clone();
        (String::from_utf8(bytes).expect("text"), is_made)
    }

    #[test]
    fn a_span_is_in_no_line() {
        for (own, wanted) in [(false, false), (true, true)] {
            let layer = || own.then(|| -> SpanLayer { Box::new(Identity::new()) });
            let (text, is_made) = line_in_a_span(LogFormat::Text, layer());
            assert!(text.contains("run ended") && !text.contains("pier"), "{text}");
            assert_eq!(is_made, wanted);
            let (json, is_made) = line_in_a_span(LogFormat::Json, layer());
            let json: Value = serde_json::from_str(&json).expect("an object");
            assert_eq!(json["fields"], serde_json::json!({ "message": "run ended", "bytes": 7 }));
            assert!(json.get("span").is_none() && json.get("spans").is_none(), "{json}");
            assert_eq!(is_made, wanted);
        }
    }

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
