//! Metrics of what is served.

use std::fmt;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    status: StatusLabel,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct StatusLabel(u16);

impl EncodeLabelValue for StatusLabel {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
        EncodeLabelValue::encode(&self.0, encoder)
    }
}

/// The series.
#[derive(Default)]
pub(super) struct ServingSeries {
    requests: Family<RequestLabels, Counter>,
    rendered: Counter,
    hits: Counter,
    cache_bytes: Gauge,
}

impl ServingSeries {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("http_requests", "Requests answered, by status", self.requests.clone());
        registry.register("documents_rendered", "Documents made", self.rendered.clone());
        registry.register(
            "document_cache_hits",
            "Requests for documents that were made already",
            self.hits.clone(),
        );
        registry.register_with_unit(
            "document_cache",
            "Documents that are kept in memory",
            Unit::Bytes,
            self.cache_bytes.clone(),
        );
    }

    pub(super) fn answered(&self, status: u16) {
        self.requests.get_or_create(&RequestLabels { status: StatusLabel(status) }).inc();
    }

    pub(super) fn rendered(&self) {
        self.rendered.inc();
    }

    pub(super) fn hit(&self) {
        self.hits.inc();
    }

    pub(super) fn set_cache_bytes(&self, bytes: usize) {
        self.cache_bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Metrics;

    #[test]
    fn requests_and_the_cache_are_counted() {
        let metrics = Metrics::default();
        metrics.request_answered(304);
        metrics.document_rendered();
        metrics.document_hit();
        metrics.document_hit();
        metrics.set_document_cache_bytes(4096);
        let text = metrics.text();
        for line in [
            "feedbridge_http_requests_total{status=\"304\"} 1\n",
            "feedbridge_documents_rendered_total 1\n",
            "feedbridge_document_cache_hits_total 2\n",
            "feedbridge_document_cache_bytes 4096\n",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
