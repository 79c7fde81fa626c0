//! Metrics of runs: how they ended, when they began, and how long their parts take.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::model::{Outcome, RunRecord};

/// Upper bounds of run durations, in seconds.
const RUN_BUCKETS_S: [f64; 10] = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];
/// Upper bounds of the time between the moment at which a run was due and its begin, in seconds.
const LATENESS_BUCKETS_S: [f64; 11] = [0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0];
/// Upper bounds of the time until a page has come, in seconds.
const FETCH_BUCKETS_S: [f64; 11] = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];
/// Upper bounds of the time until a page is read, in seconds.
const READ_BUCKETS_S: [f64; 10] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0];
/// Upper bounds of the time until the end of a run is written, in seconds.
const STORE_BUCKETS_S: [f64; 10] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RunLabels {
    outcome: &'static str,
    trouble: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ArticleLabels {
    outcome: &'static str,
}

/// The series.
pub(super) struct RunSeries {
    ended: Family<RunLabels, Counter>,
    duration: Histogram,
    lateness: Histogram,
    fetch: Histogram,
    read: Histogram,
    store: Histogram,
    fetched_bytes: Counter,
    items_added: Counter,
    items_edited: Counter,
    articles: Family<ArticleLabels, Counter>,
    overdue: Gauge,
}

impl Default for RunSeries {
    fn default() -> Self {
        Self {
            ended: Family::default(),
            duration: Histogram::new(RUN_BUCKETS_S),
            lateness: Histogram::new(LATENESS_BUCKETS_S),
            fetch: Histogram::new(FETCH_BUCKETS_S),
            read: Histogram::new(READ_BUCKETS_S),
            store: Histogram::new(STORE_BUCKETS_S),
            fetched_bytes: Counter::default(),
            items_added: Counter::default(),
            items_edited: Counter::default(),
            articles: Family::default(),
            overdue: Gauge::default(),
        }
    }
}

impl RunSeries {
    pub(super) fn register(&self, registry: &mut Registry) {
        self.register_durations(registry);
        registry.register("runs", "Runs by how they ended, and why they failed", self.ended.clone());
        registry.register_with_unit(
            "fetched",
            "Received from sites",
            Unit::Bytes,
            self.fetched_bytes.clone(),
        );
        registry.register("items_added", "Items never seen before", self.items_added.clone());
        registry.register("items_edited", "Items that sites edited", self.items_edited.clone());
        registry.register("articles", "Pages of items fetched, by whether they came", self.articles.clone());
        registry.register(
            "overdue_reads",
            "Pages whose reading outlived its deadline, and goes on",
            self.overdue.clone(),
        );
    }

    fn register_durations(&self, registry: &mut Registry) {
        let durations = [
            ("run_duration", "How long runs take", &self.duration),
            ("schedule_lateness", "How late runs begin, after they were due", &self.lateness),
            ("fetch", "How long the first page of a run takes, its turn at the site included", &self.fetch),
            ("read", "How long pages take to be read, their turn at a processor included", &self.read),
            ("store", "How long the end of a run takes to be written", &self.store),
        ];
        for (name, help, histogram) in durations {
            registry.register_with_unit(name, help, Unit::Seconds, histogram.clone());
        }
    }

    pub(super) fn begun(&self, lateness: Duration) {
        self.lateness.observe(lateness.as_secs_f64());
    }

    pub(super) fn fetched(&self, took: Duration) {
        self.fetch.observe(took.as_secs_f64());
    }

    pub(super) fn read(&self, took: Duration) {
        self.read.observe(took.as_secs_f64());
    }

    pub(super) fn stored(&self, took: Duration) {
        self.store.observe(took.as_secs_f64());
    }

    pub(super) fn ended(&self, record: &RunRecord) {
        let trouble = match &record.outcome {
            Outcome::Failed(trouble) => trouble.kind.name(),
            Outcome::Fresh | Outcome::Unchanged => "",
        };
        self.ended.get_or_create(&RunLabels { outcome: record.outcome.name(), trouble }).inc();
        self.duration.observe(Duration::from_millis(record.duration_ms).as_secs_f64());
        self.fetched_bytes.inc_by(record.bytes);
        self.items_added.inc_by(record.added.into());
        self.items_edited.inc_by(record.changed.into());
    }

    pub(super) fn article_ended(&self, succeeded: bool) {
        let outcome = if succeeded { "fetched" } else { "failed" };
        self.articles.get_or_create(&ArticleLabels { outcome }).inc();
    }

    pub(super) fn set_overdue(&self, count: usize) {
        self.overdue.set(i64::try_from(count).unwrap_or(i64::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Metrics;
    use super::*;

    #[test]
    fn durations_are_counted_in_their_buckets() {
        let metrics = Metrics::default();
        metrics.run_begun(Duration::from_secs(45));
        metrics.fetched(Duration::from_millis(300));
        metrics.page_read(Duration::from_millis(3));
        metrics.run_stored(Duration::from_millis(20));
        let text = metrics.text();
        for line in [
            "# UNIT feedbridge_schedule_lateness_seconds seconds\n",
            "# TYPE feedbridge_schedule_lateness_seconds histogram\n",
            "feedbridge_schedule_lateness_seconds_bucket{le=\"30.0\"} 0\n",
            "feedbridge_schedule_lateness_seconds_bucket{le=\"60.0\"} 1\n",
            "feedbridge_schedule_lateness_seconds_bucket{le=\"+Inf\"} 1\n",
            "feedbridge_schedule_lateness_seconds_sum 45.0\n",
            "feedbridge_fetch_seconds_bucket{le=\"0.5\"} 1\n",
            "feedbridge_read_seconds_bucket{le=\"0.001\"} 0\n",
            "feedbridge_read_seconds_bucket{le=\"0.005\"} 1\n",
            "feedbridge_store_seconds_bucket{le=\"0.025\"} 1\n",
            "feedbridge_run_duration_seconds_count 0\n",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
