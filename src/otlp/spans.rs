//! Spans on their way to the collector.

use std::sync::{Arc, OnceLock};

use opentelemetry_proto::tonic::Attributes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use prost::Message;
use tokio::runtime::Handle;

use super::collector::Collector;

/// Sends batches of spans. The SDK calls it on a thread of its own, so that the requests are spawned on the
/// runtime; there, no span is around them.
#[derive(Debug)]
pub(super) struct SpanSender {
    collector: Arc<Collector>,
    resource: ResourceAttributesWithSchema,
    runtime: Arc<OnceLock<Handle>>,
}

impl SpanSender {
    pub(super) fn new(collector: Collector, resource: Vec<KeyValue>, runtime: Arc<OnceLock<Handle>>) -> Self {
        let resource = ResourceAttributesWithSchema { attributes: Attributes(resource), schema_url: None };
        Self { collector: Arc::new(collector), resource, runtime }
    }
}

impl SpanExporter for SpanSender {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let failed = |why: &str| Err(OTelSdkError::InternalFailure(why.to_owned()));
        let Some(runtime) = self.runtime.get() else { return failed("the daemon has not begun") };
        let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
        let export = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
        let collector = Arc::clone(&self.collector);
        match runtime.spawn(async move { collector.send(export).await }).await {
            Ok(true) => Ok(()),
            _ => failed("the spans were not taken"),
        }
    }
}
