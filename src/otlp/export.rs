//! The exports of a daemon: spans as they end, metrics from time to time, and the rest of both at its end.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use opentelemetry::trace::TracerProvider;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::{ResourceMetrics, ScopeMetrics};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider, SpanLimits};
use prost::Message;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::collector::{Collector, OtlpSignal};
use super::metrics::{CoveredTime, attribute, metrics};
use super::sampling::Sampling;
use super::settings::{OtlpSettings, SpanBatches};
use super::spans::SpanSender;
use crate::clock::Clock;
use crate::telemetry::{Metrics, SpanLayer};

/// The name of what has made spans and metrics.
const SCOPE: &str = env!("CARGO_PKG_NAME");

/// At the end, the rest of the spans and metrics has this time to arrive.
const LAST_EXPORT: Duration = Duration::from_secs(2);

/// The exports of a daemon.
pub struct OtlpExport {
    spans: Option<SdkTracerProvider>,
    metrics: Option<Collector>,
    resource: Vec<KeyValue>,
    interval: Duration,
    clock: Arc<dyn Clock>,
    /// When this process began to count.
    began: DateTime<Utc>,
    /// Where requests are made; known once the daemon begins.
    runtime: Arc<OnceLock<Handle>>,
    reader: Option<(Arc<MetricReader>, JoinHandle<()>)>,
}

impl OtlpExport {
    /// The exports by settings. `None` if these name no receiver.
    #[must_use]
    pub fn new(settings: OtlpSettings, clock: Arc<dyn Clock>) -> Option<Self> {
        let OtlpSettings { traces, metrics, resource, interval, sampling, batches, .. } = settings;
        if traces.is_none() && metrics.is_none() {
            return None;
        }
        let resource = attributes(&resource);
        let runtime = Arc::new(OnceLock::new());
        let collector = |signal, target| Collector::new(signal, target, Arc::clone(&clock));
        let spans = traces.map(|target| {
            let collector = collector(OtlpSignal::Traces, target);
            let sender = SpanSender::new(collector, resource.clone(), Arc::clone(&runtime));
            provider(sender, sampling, batches)
        });
        let metrics = metrics.map(|target| collector(OtlpSignal::Metrics, target));
        let began = clock.now();
        Some(Self { spans, metrics, resource, interval, clock, began, runtime, reader: None })
    }

    /// The layer that takes the spans of the program; `None` if they are not exported.
    #[must_use]
    pub fn span_layer(&self) -> Option<SpanLayer> {
        let tracer = self.spans.as_ref()?.tracer(SCOPE);
        let layer = tracing_opentelemetry::layer()
            .with_tracer(tracer)
            // Files, threads and times of being entered say nothing about a run.
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false);
        Some(Box::new(layer))
    }

    /// Begins to export, also these metrics. It is to be called within the runtime; a second call has no effect.
    pub fn begin(&mut self, own: Arc<Metrics>) {
        let runtime = self.runtime.get_or_init(Handle::current);
        let Some(collector) = self.metrics.take() else { return };
        let reader = Arc::new(MetricReader {
            own,
            collector,
            resource: self.resource.clone(),
            clock: Arc::clone(&self.clock),
            began: self.began,
        });
        let repeated = runtime.spawn(Arc::clone(&reader).repeat(self.interval));
        self.reader = Some((reader, repeated));
    }

    /// Exports what is left, for 2 s at most.
    pub async fn end(self) {
        let Self { spans, reader, .. } = self;
        let last_metrics = async {
            if let Some((reader, repeated)) = reader {
                // An export that is cut off loses nothing: the next one has the same sums.
                repeated.abort();
                reader.export().await;
            }
        };
        let last_spans = async {
            if let Some(spans) = spans {
                // It waits for the thread of the SDK, so it must not block this one.
                let ended = tokio::task::spawn_blocking(move || spans.shutdown_with_timeout(LAST_EXPORT));
                let _ = ended.await;
            }
        };
        let all = async { tokio::join!(last_metrics, last_spans) };
        let _ = tokio::time::timeout(LAST_EXPORT, all).await;
    }
}

/// The SDK with these settings: nothing is left of those that it reads from the environment by itself.
fn provider(sender: SpanSender, sampling: Sampling, batches: SpanBatches) -> SdkTracerProvider {
    let batches = BatchConfigBuilder::default()
        .with_max_queue_size(batches.waiting)
        .with_max_export_batch_size(batches.size)
        .with_scheduled_delay(batches.delay)
        .build();
    let processor = BatchSpanProcessor::builder(sender).with_batch_config(batches).build();
    SdkTracerProvider::builder()
        .with_sampler(sampling.sampler())
        .with_span_limits(SpanLimits::default())
        .with_span_processor(processor)
        .build()
}

fn attributes(facts: &BTreeMap<String, String>) -> Vec<KeyValue> {
    facts.iter().map(|(name, value)| attribute(name, value)).collect()
}

/// Reads the metrics of the process, and exports them.
struct MetricReader {
    own: Arc<Metrics>,
    collector: Collector,
    resource: Vec<KeyValue>,
    clock: Arc<dyn Clock>,
    began: DateTime<Utc>,
}

impl MetricReader {
    async fn repeat(self: Arc<Self>, interval: Duration) {
        let mut beats = interval_at(Instant::now() + interval, interval);
        // An export that took long is followed by a whole pause.
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            beats.tick().await;
            self.export().await;
        }
    }

    async fn export(&self) {
        self.collector.send(self.request().encode_to_vec()).await;
    }

    fn request(&self) -> ExportMetricsServiceRequest {
        let time = CoveredTime::new(self.began, self.clock.now());
        let scope = InstrumentationScope {
            name: SCOPE.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..InstrumentationScope::default()
        };
        let scope_metrics = vec![ScopeMetrics {
            scope: Some(scope),
            metrics: metrics(&self.own.text(), time),
            ..ScopeMetrics::default()
        }];
        let resource = Some(Resource { attributes: self.resource.clone(), ..Resource::default() });
        let resource_metrics =
            vec![ResourceMetrics { resource, scope_metrics, ..ResourceMetrics::default() }];
        ExportMetricsServiceRequest { resource_metrics }
    }
}
