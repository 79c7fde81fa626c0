//! Counters and gauges in the OpenMetrics text format. Only this file uses the Prometheus client.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::model::{Health, Outcome, RunRecord};

/// Above this number of feeds, no feed has series of its own: each is a line or two of the answer.
const MAX_FEED_SERIES: usize = 2000;

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

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FeedIdLabels {
    feed: String,
}

/// The state of one feed, for its own series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedHealth {
    /// Its id.
    pub id: String,
    /// Whether it is fine.
    pub health: Health,
    /// When a run last succeeded, in seconds since 1970.
    pub last_success: Option<i64>,
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
    feed_up: Family<FeedIdLabels, Gauge>,
    feed_last_success: Family<FeedIdLabels, Gauge>,
    feeds_without_series: Gauge,
    /// Ids of the feeds that have series of their own. Whoever writes or encodes the series of feeds holds it,
    /// so that all figures of feeds in one answer are of one moment.
    shown: Mutex<BTreeSet<String>>,
    config_ok: Gauge,
    overdue: Gauge,
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
            feed_up: Family::default(),
            feed_last_success: Family::default(),
            feeds_without_series: Gauge::default(),
            shown: Mutex::default(),
            config_ok: Gauge::default(),
            overdue: Gauge::default(),
            registry,
        };
        metrics.with_registry().with_series()
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
        registry.register(
            "overdue_reads",
            "Pages whose reading outlived its deadline, and goes on",
            self.overdue.clone(),
        );
        registry.register("config_ok", "1 if the file in use is the newest one", self.config_ok.clone());
        self
    }

    /// Registers the metrics that each feed has of its own.
    fn with_series(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register(
            "feed_up",
            "1 if the feed has been read and its last run succeeded, else 0; left out above 2000 feeds",
            self.feed_up.clone(),
        );
        registry.register_with_unit(
            "feed_last_success_timestamp",
            "When a run of the feed last succeeded; left out above 2000 feeds",
            Unit::Seconds,
            self.feed_last_success.clone(),
        );
        registry.register(
            "feeds_without_series",
            "Feeds without series of their own, because there are more than 2000",
            self.feeds_without_series.clone(),
        );
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

    /// Sets the numbers of feeds in each state, and the series of each feed. Those of feeds that are not given any
    /// more vanish. Above 2000 feeds the latter are left out, so that the answer stays small.
    pub fn set_feeds(&self, feeds: &[FeedHealth]) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        for health in Health::ALL {
            let count = feeds.iter().filter(|feed| feed.health == health).count();
            let gauge = self.feeds.get_or_create(&FeedLabels { state: health.label() });
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
        let is_crowded = feeds.len() > MAX_FEED_SERIES;
        let left_out = if is_crowded { feeds.len() } else { 0 };
        self.feeds_without_series.set(i64::try_from(left_out).unwrap_or(i64::MAX));
        let given: &[FeedHealth] = if is_crowded { &[] } else { feeds };
        let ids: BTreeSet<String> = given.iter().map(|feed| feed.id.clone()).collect();
        for gone in shown.difference(&ids) {
            let labels = FeedIdLabels { feed: gone.clone() };
            self.feed_up.remove(&labels);
            self.feed_last_success.remove(&labels);
        }
        for feed in given {
            self.set_feed(feed);
        }
        *shown = ids;
    }

    fn set_feed(&self, feed: &FeedHealth) {
        let labels = FeedIdLabels { feed: feed.id.clone() };
        self.feed_up.get_or_create(&labels).set(i64::from(feed.health == Health::Fine));
        if let Some(at) = feed.last_success {
            self.feed_last_success.get_or_create(&labels).set(at);
        } else {
            self.feed_last_success.remove(&labels);
        }
    }

    /// Sets the number of pages whose reading has outlived its deadline, and goes on.
    pub fn set_overdue_reads(&self, count: usize) {
        self.overdue.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// Sets whether the last reading of the configuration succeeded.
    pub fn set_config_ok(&self, ok: bool) {
        self.config_ok.set(i64::from(ok));
    }

    /// All metrics as OpenMetrics text; see [`Self::CONTENT_TYPE`].
    #[must_use]
    pub fn text(&self) -> String {
        let _shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut out, &self.registry);
        out
    }

    /// The media type of [`Self::text`].
    pub const CONTENT_TYPE: &'static str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    fn health(id: &str, up: bool, last_success: Option<i64>) -> FeedHealth {
        FeedHealth {
            id: id.to_owned(),
            health: if up { Health::Fine } else { Health::Trouble },
            last_success,
        }
    }

    #[test]
    fn each_feed_has_series_until_it_is_gone() {
        let metrics = Metrics::default();
        metrics.set_feeds(&[health("tides", true, Some(1_700_000_000)), health("ferries", false, None)]);
        let text = metrics.text();
        for line in [
            "feedbridge_feed_up{feed=\"tides\"} 1\n",
            "feedbridge_feed_up{feed=\"ferries\"} 0\n",
            "feedbridge_feed_last_success_timestamp_seconds{feed=\"tides\"} 1700000000\n",
            "feedbridge_feeds_without_series 0\n",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(!text.contains("seconds{feed=\"ferries\"}"), "{text}");
        metrics.set_feeds(&[health("ferries", true, Some(5))]);
        let text = metrics.text();
        assert!(
            !text.contains("tides") && text.contains("feedbridge_feed_up{feed=\"ferries\"} 1\n"),
            "{text}"
        );
    }

    #[test]
    fn very_many_feeds_have_none() {
        let metrics = Metrics::default();
        let feeds: Vec<FeedHealth> =
            (0..=MAX_FEED_SERIES).map(|n| health(&format!("f{n}"), true, Some(1))).collect();
        metrics.set_feeds(&feeds[1..]);
        assert!(metrics.text().contains("feedbridge_feed_up{feed=\"f7\"} 1"));
        metrics.set_feeds(&feeds);
        let text = metrics.text();
        assert!(!text.contains("{feed=") && text.contains("feedbridge_feeds_without_series 2001"), "{text}");
    }

    #[test]
    fn the_figures_of_feeds_in_one_answer_are_of_one_moment() {
        let metrics = Metrics::default();
        let all = |up: bool| (0..20).map(|n| health(&format!("f{n}"), up, None)).collect::<Vec<_>>();
        metrics.set_feeds(&all(false));
        let has_ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !has_ended.load(Ordering::Relaxed) {
                    metrics.set_feeds(&all(true));
                    metrics.set_feeds(&all(false));
                }
            });
            let looks: Vec<String> = (0..200).map(|_| metrics.text()).collect();
            has_ended.store(true, Ordering::Relaxed);
            for text in looks {
                let fine = if text.contains("feeds{state=\"fine\"} 20") { 20 } else { 0 };
                let up =
                    text.lines().filter(|line| line.contains("feed_up{") && line.ends_with(" 1")).count();
                assert_eq!(up, fine, "{text}");
            }
        });
    }
}
