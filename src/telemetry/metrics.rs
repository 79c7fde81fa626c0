//! Counters, gauges and histograms in the OpenMetrics text format. Only this file and its folder use the
//! Prometheus client.
//!
//! Their names are promises: dashboards and alerts of other people use them.

mod delivery;
mod feeds;
mod plain_text;
mod process;
mod runs;
mod serving;

use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use crate::model::RunRecord;
use delivery::DeliverySeries;
use feeds::FeedSeries;
use process::ProcessSeries;
use runs::RunSeries;
use serving::ServingSeries;

pub use delivery::{DeliveryOutcome, OutboxGauges};
pub use feeds::FeedHealth;

/// All metrics of the process.
pub struct Metrics {
    registry: Registry,
    runs: RunSeries,
    feeds: FeedSeries,
    serving: ServingSeries,
    delivery: DeliverySeries,
    process: ProcessSeries,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("feedbridge"),
            runs: RunSeries::default(),
            feeds: FeedSeries::default(),
            serving: ServingSeries::default(),
            delivery: DeliverySeries::default(),
            process: ProcessSeries::default(),
        };
        let registry = &mut metrics.registry;
        metrics.process.register(registry);
        metrics.runs.register(registry);
        metrics.feeds.register(registry);
        metrics.serving.register(registry);
        metrics.delivery.register(registry);
        metrics
    }
}

/// Runs.
impl Metrics {
    /// Counts a run that begins this long after it was due.
    pub fn run_begun(&self, lateness: Duration) {
        self.runs.begun(lateness);
    }

    /// Counts the time until the first page of a run was there, or was given up.
    pub fn fetched(&self, took: Duration) {
        self.runs.fetched(took);
    }

    /// Counts the time until a page was read.
    pub fn page_read(&self, took: Duration) {
        self.runs.read(took);
    }

    /// Counts the time until the end of a run was written.
    pub fn run_stored(&self, took: Duration) {
        self.runs.stored(took);
    }

    /// Counts a run that has ended.
    pub fn run_ended(&self, record: &RunRecord) {
        self.runs.ended(record);
    }

    /// Counts a fetch of an item's own page.
    pub fn article_ended(&self, succeeded: bool) {
        self.runs.article_ended(succeeded);
    }

    /// Sets the number of pages whose reading has outlived its deadline, and goes on.
    pub fn set_overdue_reads(&self, count: usize) {
        self.runs.set_overdue(count);
    }
}

/// Feeds and documents.
impl Metrics {
    /// Sets the states of all feeds. Series of feeds that are not given any more vanish. Above 2000 feeds those of
    /// each feed are left out, so that the answer stays small.
    pub fn set_feeds(&self, feeds: Vec<FeedHealth>) {
        self.feeds.set(feeds);
    }

    /// Counts a request that has been answered.
    pub fn request_answered(&self, status: u16) {
        self.serving.answered(status);
    }

    /// Counts a document that has been rendered.
    pub fn document_rendered(&self) {
        self.serving.rendered();
    }

    /// Counts a request for a document that was rendered before.
    pub fn document_hit(&self) {
        self.serving.hit();
    }

    /// Sets the size of all documents that are kept in memory.
    pub fn set_document_cache_bytes(&self, bytes: usize) {
        self.serving.set_cache_bytes(bytes);
    }
}

/// Notifications.
impl Metrics {
    /// Makes the series of the rules of a configuration, so that they begin at 0.
    pub fn set_targets(&self, rules: &[&str]) {
        self.delivery.set_targets(rules);
    }

    /// Counts a try to send a message to the target of a rule.
    pub fn delivered(&self, rule: &str, outcome: DeliveryOutcome) {
        self.delivery.tried(rule, outcome);
    }

    /// Sets what waits to be sent.
    pub fn set_outbox(&self, outbox: OutboxGauges) {
        self.delivery.set_outbox(outbox);
    }
}

/// The process.
impl Metrics {
    /// Sets whether the last reading of the configuration succeeded.
    pub fn set_config_ok(&self, ok: bool) {
        self.process.set_config_ok(ok);
    }

    /// Sets the size of the database on disk.
    pub fn set_store_bytes(&self, bytes: u64) {
        self.process.set_store_bytes(bytes);
    }

    /// All metrics as OpenMetrics text; see [`Self::CONTENT_TYPE`].
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut out, &self.registry);
        out
    }

    /// All metrics in the older text format of Prometheus; see [`Self::PLAIN_CONTENT_TYPE`].
    #[must_use]
    pub fn plain_text(&self) -> String {
        plain_text::of(&self.text())
    }

    /// The media type of [`Self::plain_text`].
    pub const PLAIN_CONTENT_TYPE: &'static str = "text/plain; version=0.0.4; charset=utf-8";
    /// The media type of [`Self::text`].
    pub const CONTENT_TYPE: &'static str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_metric_has_one_name_a_help_text_and_an_end() {
        let metrics = Metrics::default();
        metrics.set_feeds(Vec::new());
        metrics.set_targets(&["phone"]);
        let text = metrics.text();
        let mut names = BTreeSet::new();
        for line in text.lines().filter_map(|line| line.strip_prefix("# HELP ")) {
            let (name, help) = line.split_once(' ').expect("a help text");
            assert!(
                name.starts_with("feedbridge_") && help.ends_with('.') && !help.ends_with(".."),
                "{line}"
            );
            assert!(names.insert(name.to_owned()), "{name} is there twice");
        }
        assert!(names.len() > 20, "{names:?}");
        assert!(text.ends_with("# EOF\n"), "{text}");
    }
}
