//! Counters and gauges in the OpenMetrics text format. Only this file uses the Prometheus client.

use std::fmt;

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::model::{Outcome, RunRecord};

/// Upper bounds of run durations, in seconds.
const DURATION_BUCKETS_S: [f64; 10] = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RunLabels {
    outcome: &'static str,
    trouble: &'static str,
}

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

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ArticleLabels {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FeedLabels {
    state: &'static str,
}

/// All metrics of the process.
pub struct Metrics {
    registry: Registry,
    runs: Family<RunLabels, Counter>,
    run_seconds: Histogram,
    fetched_bytes: Counter,
    items_added: Counter,
    items_edited: Counter,
    requests: Family<RequestLabels, Counter>,
    articles: Family<ArticleLabels, Counter>,
    rendered: Counter,
    feeds: Family<FeedLabels, Gauge>,
    config_ok: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("feedbridge");
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "What is running", build);
        let metrics = Self {
            runs: Family::default(),
            run_seconds: Histogram::new(DURATION_BUCKETS_S),
            fetched_bytes: Counter::default(),
            items_added: Counter::default(),
            items_edited: Counter::default(),
            requests: Family::default(),
            rendered: Counter::default(),
            articles: Family::default(),
            feeds: Family::default(),
            config_ok: Gauge::default(),
            registry,
        };
        metrics.with_registry()
    }
}

impl Metrics {
    /// Registers every metric, with its name and help text.
    fn with_registry(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register("runs", "Runs by how they ended, and why they failed", self.runs.clone());
        registry.register_with_unit(
            "run_duration",
            "How long runs take",
            Unit::Seconds,
            self.run_seconds.clone(),
        );
        registry.register_with_unit(
            "fetched",
            "Received from sites",
            Unit::Bytes,
            self.fetched_bytes.clone(),
        );
        registry.register("items_added", "Items never seen before", self.items_added.clone());
        registry.register("items_edited", "Items that sites edited", self.items_edited.clone());
        registry.register("http_requests", "Requests answered, by status", self.requests.clone());
        registry.register("articles", "Pages of items fetched, by whether they came", self.articles.clone());
        registry.register("documents_rendered", "Documents made", self.rendered.clone());
        registry.register("feeds", "Feeds by state", self.feeds.clone());
        registry.register("config_ok", "1 if the file in use is the newest one", self.config_ok.clone());
        self
    }

    /// Counts a run that has ended.
    pub fn run_ended(&self, record: &RunRecord) {
        let trouble = match &record.outcome {
            Outcome::Failed(trouble) => trouble.kind.name(),
            Outcome::Fresh | Outcome::Unchanged => "",
        };
        self.runs.get_or_create(&RunLabels { outcome: record.outcome.name(), trouble }).inc();
        #[expect(clippy::cast_precision_loss, reason = "durations are far below 2^52 ms")]
        self.run_seconds.observe(record.duration_ms as f64 / 1000.0);
        self.fetched_bytes.inc_by(record.bytes);
        self.items_added.inc_by(record.added.into());
        self.items_edited.inc_by(record.changed.into());
    }

    /// Counts a request that has been answered.
    pub fn request_answered(&self, status: u16) {
        self.requests.get_or_create(&RequestLabels { status: StatusLabel(status) }).inc();
    }

    /// Counts a fetch of an item's own page.
    pub fn article_ended(&self, succeeded: bool) {
        let outcome = if succeeded { "fetched" } else { "failed" };
        self.articles.get_or_create(&ArticleLabels { outcome }).inc();
    }

    /// Counts a document that has been rendered.
    pub fn document_rendered(&self) {
        self.rendered.inc();
    }

    /// Sets the number of feeds in each state.
    pub fn set_feeds(&self, states: [(&'static str, usize); 3]) {
        for (state, count) in states {
            let gauge = self.feeds.get_or_create(&FeedLabels { state });
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
    }

    /// Sets whether the last reading of the configuration succeeded.
    pub fn set_config_ok(&self, ok: bool) {
        self.config_ok.set(i64::from(ok));
    }

    /// All metrics as OpenMetrics text; see [`Self::CONTENT_TYPE`].
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut out, &self.registry);
        out
    }

    /// The media type of [`Self::text`].
    pub const CONTENT_TYPE: &'static str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
}
