//! OpenTelemetry: spans and metrics for a collector, by OTLP (HTTP with protobuf). Only builds with the feature
//! `otlp` have it, and nothing happens unless the standard variables name a collector.
//!
//! The settings are a plain value, and replace all that the SDK reads from the environment by itself. The exporter is our own: it
//! sends through `fetch`, with its guard and its one TLS. A collector that is down costs a line of the log a minute.

mod chance;
mod collector;
mod export;
mod metrics;
mod open_metrics;
mod pairs;
mod sampling;
mod settings;
mod spans;

pub use chance::instance_id;
pub use export::OtlpExport;
pub use sampling::Sampling;
pub use settings::{OtlpSettings, SignalTarget, SpanBatches};
