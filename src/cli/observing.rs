//! OpenTelemetry of the daemon, by the standard variables. Builds without the feature `otlp` have nothing of it.

use std::sync::Arc;

use super::arguments::Command;
#[cfg(feature = "otlp")]
use super::variables;
#[cfg(feature = "otlp")]
use crate::clock::WallClock;
#[cfg(feature = "otlp")]
use crate::otlp::{OtlpExport, OtlpSettings, instance_id};
use crate::telemetry::{Metrics, SpanLayer};

/// The export of spans and metrics, which runs while the daemon serves.
#[derive(Default)]
pub(super) struct Observing {
    #[cfg(feature = "otlp")]
    export: Option<OtlpExport>,
    /// Settings that cannot be used, until the log is there for them.
    #[cfg(feature = "otlp")]
    mistakes: Vec<String>,
}

#[cfg(feature = "otlp")]
impl Observing {
    /// The export for a command. Only `serve` exports: other commands end too soon.
    pub(super) fn of(command: Option<&Command>) -> Self {
        if !matches!(command, None | Some(Command::Serve(_))) {
            return Self::default();
        }
        let lookup = |name: &str| variables::value(name)?.into_string().ok();
        let mut settings = OtlpSettings::of(&instance_id(), lookup);
        let mistakes = std::mem::take(&mut settings.mistakes);
        Self { export: OtlpExport::new(settings, Arc::new(WallClock)), mistakes }
    }

    /// The layer that takes spans, if they are exported.
    pub(super) fn span_layer(&self) -> Option<SpanLayer> {
        self.export.as_ref()?.span_layer()
    }

    /// Begins to export.
    pub(super) fn begin(&mut self, metrics: &Arc<Metrics>) {
        for mistake in self.mistakes.drain(..) {
            tracing::warn!("telemetry is set up wrongly: {mistake}");
        }
        if let Some(export) = &mut self.export {
            export.begin(Arc::clone(metrics));
        }
    }

    /// Exports what is left.
    pub(super) async fn end(self) {
        if let Some(export) = self.export {
            export.end().await;
        }
    }
}

#[cfg(not(feature = "otlp"))]
#[expect(clippy::unused_self, clippy::unused_async, reason = "it stands for what other builds do")]
impl Observing {
    pub(super) fn of(_: Option<&Command>) -> Self {
        Self::default()
    }

    pub(super) fn span_layer(&self) -> Option<SpanLayer> {
        None
    }

    pub(super) fn begin(&mut self, _: &Arc<Metrics>) {}

    pub(super) async fn end(self) {}
}
