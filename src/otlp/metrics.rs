//! Our metrics as OTLP has them: counters become cumulative sums, and buckets count for themselves.

use chrono::{DateTime, Utc};
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint, Sum,
};

use super::open_metrics::{MetricFamily, MetricSample, families};

/// The label that names the upper bound of a bucket.
const BOUND: &str = "le";

/// The time that metrics cover, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct CoveredTime {
    start: u64,
    end: u64,
}

impl CoveredTime {
    pub(super) fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        // The clock may have been set back meanwhile: a time does not end before its start.
        Self { start: nanoseconds(start), end: nanoseconds(end.max(start)) }
    }
}

fn nanoseconds(moment: DateTime<Utc>) -> u64 {
    moment.timestamp_nanos_opt().and_then(|ns| u64::try_from(ns).ok()).unwrap_or_default()
}

/// The metrics of an OpenMetrics text.
pub(super) fn metrics(text: &str, time: CoveredTime) -> Vec<Metric> {
    families(text).iter().map(|family| metric(family, time)).collect()
}

fn metric(family: &MetricFamily<'_>, time: CoveredTime) -> Metric {
    let aggregation_temporality = AggregationTemporality::Cumulative as i32;
    let data = match family.kind {
        "counter" => {
            Data::Sum(Sum { data_points: numbers(family, time), aggregation_temporality, is_monotonic: true })
        }
        "histogram" => {
            Data::Histogram(Histogram { data_points: histograms(family, time), aggregation_temporality })
        }
        _ => Data::Gauge(Gauge { data_points: numbers(family, time) }),
    };
    let ending = if family.kind == "info" { "_info" } else { "" };
    Metric {
        name: format!("{}{ending}", family.name),
        description: family.help.to_owned(),
        unit: unit(family.unit).to_owned(),
        data: Some(data),
        ..Metric::default()
    }
}

/// The sign of a unit.
fn unit(word: &str) -> &str {
    match word {
        "seconds" => "s",
        "bytes" => "By",
        other => other,
    }
}

fn numbers(family: &MetricFamily<'_>, time: CoveredTime) -> Vec<NumberDataPoint> {
    let point = |sample: &MetricSample<'_>| NumberDataPoint {
        attributes: attributes(sample),
        start_time_unix_nano: time.start,
        time_unix_nano: time.end,
        value: Some(number(sample.value)),
        ..NumberDataPoint::default()
    };
    family.samples.iter().map(point).collect()
}

fn number(text: &str) -> Value {
    let fraction = || Value::AsDouble(text.parse::<f64>().unwrap_or(f64::NAN));
    text.parse::<i64>().map_or_else(|_| fraction(), Value::AsInt)
}

/// Labels without the bound of a bucket, which makes no series of its own.
fn attributes(sample: &MetricSample<'_>) -> Vec<KeyValue> {
    let labels = sample.labels.iter().filter(|(name, _)| *name != BOUND);
    labels.map(|(name, value)| attribute(name, value)).collect()
}

/// An attribute with a text.
pub(super) fn attribute(name: &str, value: &str) -> KeyValue {
    let value = AnyValue { value: Some(any_value::Value::StringValue(value.to_owned())) };
    KeyValue { key: name.to_owned(), value: Some(value), ..KeyValue::default() }
}

/// The histograms of a metric. The samples of each stand together.
fn histograms(family: &MetricFamily<'_>, time: CoveredTime) -> Vec<HistogramDataPoint> {
    let mut points: Vec<HistogramDataPoint> = Vec::new();
    for sample in &family.samples {
        let attributes = attributes(sample);
        if points.last().is_none_or(|point| point.attributes != attributes) {
            points.push(HistogramDataPoint {
                attributes,
                start_time_unix_nano: time.start,
                time_unix_nano: time.end,
                ..HistogramDataPoint::default()
            });
        }
        let Some(point) = points.last_mut() else { continue };
        match sample.name.strip_prefix(family.name) {
            Some("_sum") => point.sum = sample.value.parse().ok(),
            Some("_count") => point.count = sample.value.parse().unwrap_or_default(),
            Some("_bucket") => add_bucket(point, sample),
            _ => {}
        }
    }
    points
}

/// Adds a bucket, whose number has all smaller values too. The last bucket has no bound.
fn add_bucket(point: &mut HistogramDataPoint, sample: &MetricSample<'_>) {
    let bound = sample.labels.iter().find(|(name, _)| *name == BOUND);
    let bound = bound.and_then(|(_, bound)| bound.parse::<f64>().ok());
    let (Some(bound), Ok(up_to_bound)) = (bound, sample.value.parse::<u64>()) else { return };
    let below: u64 = point.bucket_counts.iter().sum();
    point.bucket_counts.push(up_to_bound.saturating_sub(below));
    if bound.is_finite() {
        point.explicit_bounds.push(bound);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::telemetry;

    fn covered() -> CoveredTime {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).expect("a moment");
        CoveredTime::new(at(100), at(160))
    }

    fn found<'m>(metrics: &'m [Metric], name: &str) -> &'m Metric {
        metrics.iter().find(|metric| metric.name == name).unwrap_or_else(|| panic!("no {name}"))
    }

    fn labelled(attributes: &[KeyValue]) -> Vec<(String, String)> {
        let text = |value: &Option<AnyValue>| match value.as_ref().and_then(|value| value.value.as_ref()) {
            Some(any_value::Value::StringValue(text)) => text.clone(),
            other => panic!("no text: {other:?}"),
        };
        attributes.iter().map(|own| (own.key.clone(), text(&own.value))).collect()
    }

    #[test]
    fn a_counter_is_a_cumulative_sum() {
        let text = "# HELP a_runs Runs.\n# TYPE a_runs counter\na_runs_total{outcome=\"fresh\"} 3\n\
                    a_runs_total{outcome=\"failed\"} 1.5\n# EOF\n";
        let metrics = metrics(text, covered());
        assert_eq!(metrics.len(), 1);
        let runs = found(&metrics, "a_runs");
        assert_eq!((runs.description.as_str(), runs.unit.as_str()), ("Runs.", ""));
        let Some(Data::Sum(sum)) = &runs.data else { panic!("no sum: {runs:?}") };
        assert!(sum.is_monotonic);
        assert_eq!(sum.aggregation_temporality, AggregationTemporality::Cumulative as i32);
        let points = &sum.data_points;
        assert_eq!(points[0].value, Some(Value::AsInt(3)));
        assert_eq!(points[1].value, Some(Value::AsDouble(1.5)));
        assert_eq!(labelled(&points[1].attributes), [("outcome".to_owned(), "failed".to_owned())]);
        assert_eq!(points[0].start_time_unix_nano, 100_000_000_000);
        assert_eq!(points[0].time_unix_nano, 160_000_000_000);
    }

    #[test]
    fn a_time_does_not_end_before_its_start() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).expect("a moment");
        let time = CoveredTime::new(at(100), at(40));
        assert_eq!((time.start, time.end), (100_000_000_000, 100_000_000_000));
    }

    #[test]
    fn buckets_count_for_themselves() {
        let own = telemetry::Metrics::default();
        for milliseconds in [20, 30, 30, 700, 90_000] {
            own.fetched(Duration::from_millis(milliseconds));
        }
        let metrics = metrics(&own.text(), covered());
        let fetch = found(&metrics, "feedbridge_fetch_seconds");
        assert_eq!(fetch.unit, "s");
        let Some(Data::Histogram(histogram)) = &fetch.data else { panic!("no histogram: {fetch:?}") };
        assert_eq!(histogram.data_points.len(), 1);
        let point = &histogram.data_points[0];
        assert_eq!(point.explicit_bounds, [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0]);
        assert_eq!(point.bucket_counts, [0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
        assert_eq!(point.count, 5);
        assert!(point.sum.is_some_and(|sum| (sum - 90.78).abs() < 1e-9), "{point:?}");
    }

    #[test]
    fn all_of_our_metrics_are_taken() {
        let own = telemetry::Metrics::default();
        own.set_config_ok(true);
        own.set_store_bytes(4096);
        own.set_targets(&["phone"]);
        let text = own.text();
        let metrics = metrics(&text, covered());
        assert_eq!(metrics.len(), text.matches("# TYPE ").count());
        let config = found(&metrics, "feedbridge_config_ok");
        let Some(Data::Gauge(gauge)) = &config.data else { panic!("no gauge: {config:?}") };
        assert_eq!(gauge.data_points[0].value, Some(Value::AsInt(1)));
        assert_eq!(found(&metrics, "feedbridge_store_bytes").unit, "By");
        let build = found(&metrics, "feedbridge_build_info");
        let Some(Data::Gauge(gauge)) = &build.data else { panic!("no gauge: {build:?}") };
        let version = ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
        assert_eq!(labelled(&gauge.data_points[0].attributes), [version]);
        assert!(metrics.iter().all(|metric| !metric.name.ends_with("_total")), "{metrics:?}");
    }
}
