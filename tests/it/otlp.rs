//! OpenTelemetry: a collector gets the spans and the metrics of runs and deliveries.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use feedbridge::clock::{Clock, ManualClock};
use feedbridge::model::{Trouble, TroubleKind};
use feedbridge::otlp::{OtlpExport, OtlpSettings};
use feedbridge::run;
use feedbridge::telemetry::own_spans;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{Metric, NumberDataPoint};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use prost::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tracing_subscriber::layer::SubscriberExt;

use super::notify_bench::{DETAIL, ITEMS, PostBench, feed};
use crate::support::recorded::Next;

/// An export as it came.
#[derive(Clone)]
struct Exported {
    head: String,
    body: Vec<u8>,
}

/// A collector that takes everything.
struct StubCollector {
    address: String,
    exported: Arc<Mutex<Vec<Exported>>>,
    accepting: JoinHandle<()>,
}

impl Drop for StubCollector {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl StubCollector {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        let exported = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&exported);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let export = taken(stream).await;
                shared.lock().expect("exports").push(export);
            }
        });
        Self { address, exported, accepting }
    }

    /// The exports to a path; there is one at least.
    fn exports(&self, path: &str) -> Vec<Exported> {
        let exported = self.exported.lock().expect("exports");
        let start = format!("POST {path} ");
        let to_path: Vec<Exported> =
            exported.iter().filter(|one| one.head.starts_with(&start)).cloned().collect();
        assert!(!to_path.is_empty(), "exports to {path}");
        to_path
    }

    /// All spans so far. They come in several exports if the machine is slow.
    fn spans(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        for export in self.exports("/v1/traces") {
            let export = ExportTraceServiceRequest::decode(export.body.as_slice()).expect("spans");
            let scopes = export.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
            spans.extend(scopes.flat_map(|scope| scope.spans));
        }
        spans
    }

    /// The metrics of the last export.
    fn metrics(&self) -> Vec<Metric> {
        let exports = self.exports("/v1/metrics");
        let last = exports.last().expect("an export");
        let export = ExportMetricsServiceRequest::decode(last.body.as_slice()).expect("metrics");
        let scopes = export.resource_metrics.into_iter().flat_map(|resource| resource.scope_metrics);
        scopes.flat_map(|scope| scope.metrics).collect()
    }
}

/// Reads a request, and takes it.
async fn taken(mut stream: TcpStream) -> Exported {
    let mut bytes: Vec<u8> = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            break at + 4;
        }
        assert_ne!(stream.read_buf(&mut bytes).await.expect("readable"), 0, "a whole head");
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).expect("text").to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.expect("a length").parse().expect("a number");
    while bytes.len() < head_end + length {
        assert_ne!(stream.read_buf(&mut bytes).await.expect("readable"), 0, "a whole body");
    }
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    stream.write_all(answer).await.expect("answered");
    let head = String::from_utf8(bytes[..head_end].to_vec()).expect("text");
    Exported { head, body: bytes[head_end..].to_vec() }
}

/// The exports of a daemon that has these variables beside the address of the collector.
fn export_for(collector: &StubCollector, more: &[(&str, &str)], clock: Arc<dyn Clock>) -> OtlpExport {
    let settings = OtlpSettings::of("berth-7", |name| match name {
        "OTEL_EXPORTER_OTLP_ENDPOINT" => Some(collector.address.clone()),
        other => more.iter().find(|(own, _)| *own == other).map(|(_, value)| (*value).to_owned()),
    });
    assert_eq!(settings.mistakes, Vec::<String>::new());
    OtlpExport::new(settings, clock).expect("an export")
}

fn attribute(attributes: &[KeyValue], name: &str) -> Option<any_value::Value> {
    let found = attributes.iter().find(|attribute| attribute.key == name)?;
    found.value.as_ref()?.value.clone()
}

#[track_caller]
fn has(span: &Span, name: &str, value: &str) {
    let text = any_value::Value::StringValue(value.to_owned());
    assert_eq!(attribute(&span.attributes, name), Some(text), "{name} of {span:?}");
}

#[track_caller]
fn only<'s>(spans: &'s [Span], name: &str) -> &'s Span {
    let named: Vec<&Span> = spans.iter().filter(|span| span.name == name).collect();
    assert_eq!(named.len(), 1, "spans with the name {name}");
    named[0]
}

/// The names of the spans below a span, in the order of the alphabet.
fn below<'s>(spans: &'s [Span], parent: &Span) -> Vec<&'s str> {
    let children = spans.iter().filter(|span| span.parent_span_id == parent.span_id);
    let mut names: Vec<&str> = children.map(|span| span.name.as_str()).collect();
    names.sort_unstable();
    names
}

fn is_error(span: &Span) -> bool {
    span.status.as_ref().is_some_and(|status| status.code == StatusCode::Error as i32)
}

#[track_caller]
fn names_its_process(body: &[u8]) {
    let traces = ExportTraceServiceRequest::decode(body).expect("spans");
    let resource = traces.resource_spans[0].resource.as_ref().expect("a resource");
    for (name, value) in [
        ("service.name", "pier"),
        ("service.instance.id", "berth-7"),
        ("telemetry.sdk.language", "rust"),
        ("deployment.environment.name", "quay"),
    ] {
        let text = any_value::Value::StringValue(value.to_owned());
        assert_eq!(attribute(&resource.attributes, name), Some(text));
    }
}

#[tokio::test]
async fn a_run_its_parts_and_a_delivery_reach_the_collector() {
    let collector = StubCollector::start().await;
    let post = PostBench::new(&feed("a", ""), &[ITEMS]).await;
    let variables = [
        ("OTEL_SERVICE_NAME", "pier"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-berth=low%20tide"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=quay"),
    ];
    post.shows("a", &["One"]).await;
    let mut export = export_for(&collector, &variables, post.bench.clock.clone());
    export.begin(Arc::clone(&post.bench.tools.metrics));
    let layer = own_spans(export.span_layer().expect("spans are exported"));
    let watched = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    post.shows("a", &["Two", "One"]).await;
    assert_eq!(post.send().await, 1);
    drop(watched);
    export.end().await;

    let Exported { head, body } = collector.exports("/v1/traces").remove(0);
    assert!(head.contains("x-berth: low tide\r\n"), "{head}");
    assert!(head.contains("content-type: application/x-protobuf\r\n"), "{head}");
    names_its_process(&body);
    let spans = collector.spans();
    let run = only(&spans, "run");
    assert!(run.parent_span_id.is_empty() && !is_error(run));
    has(run, "feed.id", "a");
    has(run, "run.outcome", "fresh");
    assert_eq!(attribute(&run.attributes, "added"), Some(any_value::Value::IntValue(1)));
    assert_eq!(below(&spans, run), ["fetch", "read", "store"]);
    has(only(&spans, "fetch"), "server.address", "example.org");
    has(only(&spans, "fetch"), "http.request.method", "GET");
    assert!(!spans.iter().any(is_error), "{spans:?}");
    assert!(spans.iter().all(|span| span.events.is_empty()), "lines of the log are no part of spans");
    let deliver = only(&spans, "deliver");
    has(deliver, "rule", "hook");
    has(deliver, "service", "webhook");
    has(deliver, "deliver.outcome", "sent");
    assert_eq!(spans.len(), 5, "the exports themselves have no spans: {spans:?}");

    let metrics = collector.metrics();
    let runs = metrics.iter().find(|metric| metric.name == "feedbridge_runs").expect("runs");
    let Some(Data::Sum(sum)) = &runs.data else { panic!("no sum: {runs:?}") };
    let is_fresh = |point: &&NumberDataPoint| {
        attribute(&point.attributes, "outcome") == Some(any_value::Value::StringValue("fresh".to_owned()))
    };
    let fresh = sum.data_points.iter().find(is_fresh).expect("fresh runs");
    assert_eq!(fresh.value, Some(Value::AsInt(2)));
}

#[tokio::test]
async fn a_trouble_is_named_and_its_text_stays_here() {
    let collector = StubCollector::start().await;
    let post = PostBench::new(&feed("a", ""), &[]).await;
    let metrics_off = [("OTEL_METRICS_EXPORTER", "none")];
    let mut export = export_for(&collector, &metrics_off, post.bench.clock.clone());
    export.begin(Arc::clone(&post.bench.tools.metrics));
    let layer = own_spans(export.span_layer().expect("spans are exported"));
    let watched = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    post.fails("a", TroubleKind::Connect).await;
    drop(watched);
    export.end().await;

    let spans = collector.spans();
    for name in ["run", "fetch"] {
        let span = only(&spans, name);
        has(span, "run.trouble", "connect");
        assert!(is_error(span), "{span:?}");
    }
    has(only(&spans, "run"), "run.outcome", "failed");
    for Exported { head, body } in collector.exported.lock().expect("exports").iter() {
        assert!(head.starts_with("POST /v1/traces "), "no metrics: {head}");
        assert!(!String::from_utf8_lossy(body).contains(DETAIL));
    }
}

#[tokio::test]
async fn parts_that_fail_have_the_status_of_an_error() {
    let collector = StubCollector::start().await;
    let post = PostBench::new(&(feed("a", "") + "[feed.article]\n"), &[]).await;
    post.shows("a", &["One"]).await;
    let metrics_off = [("OTEL_METRICS_EXPORTER", "none")];
    let mut export = export_for(&collector, &metrics_off, post.bench.clock.clone());
    export.begin(Arc::clone(&post.bench.tools.metrics));
    let layer = own_spans(export.span_layer().expect("spans are exported"));
    let watched = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    let (tools, config) = (&post.bench.tools, &post.bench.config);
    let until = tokio::time::Instant::now() + Duration::from_secs(60);
    post.bench.next(Next::Fails(Trouble::new(TroubleKind::Robots, DETAIL).into()));
    run::articles(tools, config, &config.feeds[0], until).await.expect("the store answers");
    post.shows("a", &[]).await;
    drop(watched);
    export.end().await;

    let spans = collector.spans();
    let article = only(&spans, "article");
    assert!(is_error(article), "{article:?}");
    has(article, "article.outcome", "never");
    assert_eq!(below(&spans, article), ["fetch", "store"]);
    assert!(is_error(only(&spans, "run")) && is_error(only(&spans, "read")), "{spans:?}");
    assert!(spans.iter().all(|span| span.name != "store" || !is_error(span)), "{spans:?}");
}

#[tokio::test]
async fn traces_that_are_not_kept_are_not_exported() {
    let collector = StubCollector::start().await;
    let post = PostBench::new(&feed("a", ""), &[]).await;
    let sampler = [("OTEL_TRACES_SAMPLER", "always_off")];
    let mut export = export_for(&collector, &sampler, post.bench.clock.clone());
    export.begin(Arc::clone(&post.bench.tools.metrics));
    let layer = own_spans(export.span_layer().expect("spans are exported"));
    let watched = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    post.shows("a", &["One"]).await;
    drop(watched);
    export.end().await;

    let exported = collector.exported.lock().expect("exports");
    let paths: Vec<&str> = exported.iter().filter_map(|one| one.head.split(' ').nth(1)).collect();
    assert_eq!(paths, ["/v1/metrics"]);
}

#[tokio::test]
async fn metrics_alone_are_exported_without_spans() {
    let collector = StubCollector::start().await;
    let start = "2026-03-02T00:10:00Z".parse().expect("an instant");
    let clock = Arc::new(ManualClock::new(start));
    let mut export = export_for(&collector, &[("OTEL_TRACES_EXPORTER", "none")], clock.clone());
    assert!(export.span_layer().is_none());
    export.begin(Arc::default());
    clock.advance(chrono::TimeDelta::seconds(90));
    export.end().await;

    let metrics = collector.metrics();
    let added = metrics.iter().find(|metric| metric.name == "feedbridge_items_added").expect("a counter");
    let Some(Data::Sum(sum)) = &added.data else { panic!("no sum: {added:?}") };
    let point = &sum.data_points[0];
    assert_eq!(point.value, Some(Value::AsInt(0)));
    assert_eq!(point.time_unix_nano - point.start_time_unix_nano, 90_000_000_000);
}
