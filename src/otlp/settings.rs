//! The settings of OTLP, as the specification of OpenTelemetry names their variables.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use opentelemetry_sdk::resource::{ResourceDetector, TelemetryResourceDetector};
use url::Url;

use super::pairs::{headers, pairs};
use super::sampling::Sampling;
use crate::model::Secret;

/// The time for one export, in milliseconds.
const TIMEOUT_MS: u64 = 10_000;
/// The time between two exports of metrics, in milliseconds.
const INTERVAL_MS: u64 = 60_000;
/// The longest time that may be set, in milliseconds: a day.
const MOST_MS: u64 = 86_400_000;
/// The time between two batches of spans, in milliseconds.
const BATCH_DELAY_MS: u64 = 5_000;
/// Spans that may wait to be exported. The SDK takes the memory for their places at once.
const WAITING_SPANS: u64 = 2_048;
/// The most spans that may be set to wait.
const MOST_WAITING_SPANS: u64 = 65_536;
/// Spans of one export.
const BATCH_SPANS: u64 = 512;
/// The one protocol that is spoken.
const PROTOCOL: &str = "http/protobuf";

/// Variables that others obey. Beside each is the value that asks for nothing else than what is done; an empty one
/// stands for none. In place of the star is a signal, or nothing.
const IGNORED: [(&str, &str); 8] = [
    ("OTEL_EXPORTER_OTLP_*CERTIFICATE", ""),
    ("OTEL_EXPORTER_OTLP_*CLIENT_KEY", ""),
    ("OTEL_EXPORTER_OTLP_*CLIENT_CERTIFICATE", ""),
    ("OTEL_EXPORTER_OTLP_*COMPRESSION", "none"),
    ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "cumulative"),
    ("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "explicit_bucket_histogram"),
    ("OTEL_METRIC_EXPORT_TIMEOUT", ""),
    ("OTEL_BSP_EXPORT_TIMEOUT", ""),
];

/// Where spans and metrics go.
#[derive(Debug, Clone, Default)]
pub struct OtlpSettings {
    /// The receiver of spans; without one, none are sent.
    pub traces: Option<SignalTarget>,
    /// The receiver of metrics; without one, none are sent.
    pub metrics: Option<SignalTarget>,
    /// The facts about this process, such as `service.name`.
    pub resource: BTreeMap<String, String>,
    /// The time between two exports of metrics.
    pub interval: Duration,
    /// Which traces are kept.
    pub sampling: Sampling,
    /// How spans are put into batches.
    pub batches: SpanBatches,
    /// Settings that cannot be used, each as a sentence with the remedy.
    pub mistakes: Vec<String>,
}

/// The receiver of spans or of metrics. Its `Debug` form shows only the host: the rest may be secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SignalTarget {
    /// The address.
    pub url: Url,
    /// Headers of each request.
    pub headers: Vec<(String, Secret)>,
    /// The time for one export.
    pub timeout: Duration,
}

impl fmt::Debug for SignalTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignalTarget at {}", self.url.host_str().unwrap_or_default())
    }
}

/// How spans are put into batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpanBatches {
    /// The time between two batches.
    pub delay: Duration,
    /// Spans that may wait; more are lost.
    pub waiting: usize,
    /// Spans of one batch, at the most.
    pub size: usize,
}

impl OtlpSettings {
    /// The settings in variables; mistakes are kept beside them. `instance_id` names this process, unless a variable
    /// does. `lookup` gives the value of a variable by its name.
    #[must_use]
    pub fn of(instance_id: &str, lookup: impl Fn(&str) -> Option<String>) -> Self {
        let mut variables = Variables { lookup: &lookup, mistakes: Vec::new() };
        if variables.value("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Self::default();
        }
        let traces = variables.target("TRACES", "/v1/traces");
        let metrics = variables.target("METRICS", "/v1/metrics");
        let resource = variables.resource(instance_id);
        if traces.is_none() && metrics.is_none() {
            // What else is set matters to nobody.
            return Self { resource, mistakes: variables.mistakes, ..Self::default() };
        }
        variables.note_ignored();
        let interval = variables.milliseconds(variables.named("OTEL_METRIC_EXPORT_INTERVAL"), INTERVAL_MS);
        let sampling = variables.sampling();
        let batches = variables.batches();
        Self { traces, metrics, resource, interval, sampling, batches, mistakes: variables.mistakes }
    }
}

/// Variables, and the mistakes that were found in them.
struct Variables<'l> {
    lookup: &'l dyn Fn(&str) -> Option<String>,
    mistakes: Vec<String>,
}

impl Variables<'_> {
    /// The value of a variable. An empty one counts as not set.
    fn value(&self, name: &str) -> Option<String> {
        let value = (self.lookup)(name)?.trim().to_owned();
        Some(value).filter(|value| !value.is_empty())
    }

    /// A variable: its name and its value.
    fn named(&self, name: &str) -> Option<(String, String)> {
        self.value(name).map(|value| (name.to_owned(), value))
    }

    /// The variable of a signal, else the one of all signals: its name and its value.
    fn of_signal(&self, signal: &str, key: &str) -> Option<(String, String)> {
        let names = [format!("OTEL_EXPORTER_OTLP_{signal}_{key}"), format!("OTEL_EXPORTER_OTLP_{key}")];
        names.iter().find_map(|name| self.named(name))
    }

    /// The receiver of a signal. `path` follows the address that is for all signals.
    fn target(&mut self, signal: &str, path: &str) -> Option<SignalTarget> {
        if !self.is_wanted(signal) {
            return None;
        }
        let (name, address) = self.of_signal(signal, "ENDPOINT")?;
        let of_all = !name.contains(signal);
        let Some(url) = endpoint(&address, of_all.then_some(path)) else {
            self.refuse(
                signal,
                &format!("{name} is no address of a collector; write one such as http://localhost:4318"),
            );
            return None;
        };
        if let Some((name, protocol)) = self.of_signal(signal, "PROTOCOL")
            && protocol != PROTOCOL
        {
            self.refuse(
                signal,
                &format!(
                    "{name} is `{protocol}`, and only {PROTOCOL} is spoken; remove it, and write the port for HTTP (usually 4318) into the address"
                ),
            );
            return None;
        }
        let headers = self.headers(signal)?;
        let timeout = self.of_signal(signal, "TIMEOUT");
        Some(SignalTarget { url, headers, timeout: self.milliseconds(timeout, TIMEOUT_MS) })
    }

    /// The headers of a signal; `None` if they cannot be used. They may be secret, so no message repeats them.
    fn headers(&mut self, signal: &str) -> Option<Vec<(String, Secret)>> {
        let Some((name, list)) = self.of_signal(signal, "HEADERS") else { return Some(Vec::new()) };
        let headers = headers(&list);
        if headers.is_none() {
            self.refuse(
                signal,
                &format!("{name} is no list such as x-team=web,authorization=Bearer%20...; correct it"),
            );
        }
        headers
    }

    /// Whether the exporter of a signal is OTLP, as it is without a word about it.
    fn is_wanted(&mut self, signal: &str) -> bool {
        let name = format!("OTEL_{signal}_EXPORTER");
        let Some(exporters) = self.value(&name) else { return true };
        let is_wanted = exporters.split(',').any(|exporter| exporter.trim() == "otlp");
        if !is_wanted && exporters != "none" {
            self.refuse(signal, &format!("{name} is `{exporters}`; write otlp or none"));
        }
        is_wanted
    }

    fn refuse(&mut self, signal: &str, why: &str) {
        self.mistakes.push(format!("no {} are exported: {why}", signal.to_ascii_lowercase()));
    }

    /// A time in milliseconds, given by the name and the value of a variable.
    fn milliseconds(&mut self, variable: Option<(String, String)>, default: u64) -> Duration {
        Duration::from_millis(self.number(variable, default, MOST_MS, "milliseconds"))
    }

    /// A number above 0, given by the name and the value of a variable.
    fn number(&mut self, variable: Option<(String, String)>, default: u64, most: u64, unit: &str) -> u64 {
        let Some((name, value)) = variable else { return default };
        let number = value.parse::<u64>().ok().filter(|number| (1..=most).contains(number));
        if number.is_none() {
            self.mistakes.push(format!(
                "{name} is `{value}`, and {default} is used instead; write a number of {unit} from 1 to {most}"
            ));
        }
        number.unwrap_or(default)
    }

    /// How spans are put into batches.
    fn batches(&mut self) -> SpanBatches {
        let delay = self.milliseconds(self.named("OTEL_BSP_SCHEDULE_DELAY"), BATCH_DELAY_MS);
        let waiting = self.spans("OTEL_BSP_MAX_QUEUE_SIZE", WAITING_SPANS);
        let size = self.spans("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", BATCH_SPANS);
        SpanBatches { delay, waiting, size }
    }

    /// A number of spans.
    fn spans(&mut self, name: &str, default: u64) -> usize {
        let number = self.number(self.named(name), default, MOST_WAITING_SPANS, "spans");
        usize::try_from(number).unwrap_or(usize::MAX)
    }

    /// Which traces are kept.
    fn sampling(&mut self) -> Sampling {
        let Some((name, sampler)) = self.named("OTEL_TRACES_SAMPLER") else { return Sampling::default() };
        let Some(sampling) = Sampling::named(&sampler, 1.0) else {
            self.mistakes.push(format!(
                "{name} is `{sampler}`, and all runs are traced; write parentbased_always_on, parentbased_always_off or parentbased_traceidratio"
            ));
            return Sampling::default();
        };
        let Sampling::Share(_) = sampling else { return sampling };
        let Some((name, text)) = self.named("OTEL_TRACES_SAMPLER_ARG") else { return sampling };
        let share = text.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
        if share.is_none() {
            self.mistakes
                .push(format!("{name} is `{text}`, and all runs are traced; write a number from 0 to 1"));
        }
        share.map_or(sampling, Sampling::Share)
    }

    /// Notes variables that are set and have no effect.
    fn note_ignored(&mut self) {
        for (form, usual) in IGNORED {
            let signals: &[&str] = if form.contains('*') { &["", "TRACES_", "METRICS_"] } else { &[""] };
            for signal in signals {
                let set = self.named(&form.replace('*', signal));
                let Some((name, _)) = set.filter(|(_, value)| !value.eq_ignore_ascii_case(usual)) else {
                    continue;
                };
                self.mistakes.push(format!("{name} has no effect here; remove it"));
            }
        }
    }

    /// The facts about this process.
    fn resource(&self, instance_id: &str) -> BTreeMap<String, String> {
        let given = self.value("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default();
        let mut facts: BTreeMap<String, String> = pairs(&given).into_iter().collect();
        if let Some(name) = self.value("OTEL_SERVICE_NAME") {
            facts.insert("service.name".to_owned(), name);
        }
        let mut add = |name: &str, value: &str| {
            facts.entry(name.to_owned()).or_insert_with(|| value.to_owned());
        };
        add("service.name", env!("CARGO_PKG_NAME"));
        add("service.version", env!("CARGO_PKG_VERSION"));
        add("service.instance.id", instance_id);
        // The name, the language and the version of the SDK.
        for (name, value) in &TelemetryResourceDetector.detect() {
            add(name.as_str(), &value.as_str());
        }
        facts
    }
}

/// The address of a collector, with the path of a signal behind its own.
fn endpoint(text: &str, path: Option<&str>) -> Option<Url> {
    let is_usable = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    let mut url = Url::parse(text).ok().filter(is_usable)?;
    if let Some(path) = path {
        let whole = format!("{}{path}", url.path().trim_end_matches('/'));
        url.set_path(&whole);
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(variables: &[(&str, &str)]) -> OtlpSettings {
        OtlpSettings::of("berth-7", |name| {
            variables.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned())
        })
    }

    fn address(target: Option<&SignalTarget>) -> Option<&str> {
        target.map(|target| target.url.as_str())
    }

    #[test]
    fn nothing_is_sent_unless_an_address_is_given() {
        let quiet = settings(&[("OTEL_SERVICE_NAME", "pier"), ("OTEL_EXPORTER_OTLP_ENDPOINT", " ")]);
        assert!(quiet.traces.is_none() && quiet.metrics.is_none() && quiet.mistakes.is_empty());
        let off = settings(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318"),
            ("OTEL_SDK_DISABLED", "true"),
        ]);
        assert!(off.traces.is_none() && off.metrics.is_none());
    }

    #[test]
    fn each_signal_has_its_address() {
        let both = settings(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/otlp/")]);
        assert_eq!(address(both.traces.as_ref()), Some("http://collector:4318/otlp/v1/traces"));
        assert_eq!(address(both.metrics.as_ref()), Some("http://collector:4318/otlp/v1/metrics"));
        let own = settings(&[
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://traces.example.org/in"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"),
            ("OTEL_METRICS_EXPORTER", "none"),
        ]);
        assert_eq!(address(own.traces.as_ref()), Some("https://traces.example.org/in"));
        assert!(own.metrics.is_none() && own.mistakes.is_empty());
    }

    #[test]
    fn headers_times_and_facts_are_read() {
        let read = settings(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic%20a+b%3D=, x-team = quay"),
            ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "2500"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "15000"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.name=other,deployment.environment.name=low%20tide"),
            ("OTEL_SERVICE_NAME", "pier"),
        ]);
        let traces = read.traces.expect("a receiver");
        let headers: Vec<(&str, &str)> =
            traces.headers.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
        assert_eq!(headers, [("authorization", "Basic a+b=="), ("x-team", "quay")]);
        assert_eq!(traces.timeout, Duration::from_secs(10));
        assert_eq!(read.metrics.expect("a receiver").timeout, Duration::from_millis(2500));
        assert_eq!(read.interval, Duration::from_secs(15));
        assert_eq!(read.resource["service.name"], "pier");
        assert_eq!(read.resource["deployment.environment.name"], "low tide");
        assert_eq!(settings(&[]).resource["service.name"], "feedbridge");
    }

    #[test]
    fn a_process_and_its_sdk_are_named() {
        let facts = settings(&[]).resource;
        assert_eq!(facts["service.instance.id"], "berth-7");
        assert_eq!(facts["telemetry.sdk.language"], "rust");
        assert_eq!(facts["telemetry.sdk.name"], "opentelemetry");
        assert!(facts["telemetry.sdk.version"].starts_with("0."), "{facts:?}");
        let own = settings(&[("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=quay")]).resource;
        assert_eq!(own["service.instance.id"], "quay");
    }

    #[test]
    fn headers_that_are_no_list_are_told_nowhere() {
        let wrong = settings(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://jo:tide@collector:4318/key"),
            ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "Authorization: Basic dXNlcjpwYXNz=="),
        ]);
        assert!(wrong.traces.is_none());
        assert_eq!(
            wrong.mistakes,
            [
                "no traces are exported: OTEL_EXPORTER_OTLP_TRACES_HEADERS is no list such as x-team=web,authorization=Bearer%20...; correct it"
            ]
        );
        assert_eq!(format!("{:?}", wrong.metrics), "Some(SignalTarget at collector)");
    }

    #[test]
    fn batches_and_samplers_are_ours_to_read() {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
        let usual = settings(&[endpoint]);
        let batches = SpanBatches { delay: Duration::from_secs(5), waiting: 2048, size: 512 };
        assert_eq!((usual.batches, usual.sampling), (batches, Sampling::All));
        let set = settings(&[
            endpoint,
            ("OTEL_BSP_SCHEDULE_DELAY", "0"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "100"),
            ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
            ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "86400001"),
        ]);
        assert_eq!(set.batches, SpanBatches { waiting: 100, ..batches });
        assert_eq!((set.sampling, set.interval), (Sampling::Share(0.25), Duration::from_secs(60)));
        assert_eq!(
            set.mistakes,
            [
                "OTEL_METRIC_EXPORT_INTERVAL is `86400001`, and 60000 is used instead; write a number of milliseconds from 1 to 86400000",
                "OTEL_BSP_SCHEDULE_DELAY is `0`, and 5000 is used instead; write a number of milliseconds from 1 to 86400000"
            ]
        );
        let off = settings(&[endpoint, ("OTEL_TRACES_SAMPLER", "always_off")]);
        assert_eq!((off.sampling, off.mistakes.len()), (Sampling::Nothing, 0));
        for (sampler, share, says) in [
            ("xray", "", "OTEL_TRACES_SAMPLER is `xray`, and all runs are traced;"),
            ("traceidratio", "7", "OTEL_TRACES_SAMPLER_ARG is `7`, and all runs are traced;"),
        ] {
            let wrong =
                settings(&[endpoint, ("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", share)]);
            assert!(matches!(wrong.sampling, Sampling::All | Sampling::Share(1.0)), "{:?}", wrong.sampling);
            assert!(wrong.mistakes[0].starts_with(says), "{:?}", wrong.mistakes);
        }
    }

    #[test]
    fn a_variable_without_an_effect_is_named() {
        let read = settings(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"),
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/etc/quay.pem"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "none"),
            ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip"),
            ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "Cumulative"),
            (
                "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
                "base2_exponential_bucket_histogram",
            ),
        ]);
        let named: Vec<&str> = read.mistakes.iter().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(
            named,
            [
                "OTEL_EXPORTER_OTLP_CERTIFICATE",
                "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
                "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION"
            ]
        );
        assert_eq!(read.mistakes[0], "OTEL_EXPORTER_OTLP_CERTIFICATE has no effect here; remove it");
    }

    #[test]
    fn a_mistake_is_told_with_its_variable_and_the_remedy() {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317");
        let wrong_address = [("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318")];
        let grpc = [endpoint, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")];
        let exporter = [endpoint, ("OTEL_TRACES_EXPORTER", "zipkin"), ("OTEL_METRICS_EXPORTER", "zipkin")];
        for (variables, says) in [
            (&wrong_address[..], "no traces are exported: OTEL_EXPORTER_OTLP_ENDPOINT is no address"),
            (&grpc[..], "OTEL_EXPORTER_OTLP_PROTOCOL is `grpc`, and only http/protobuf is spoken; remove it"),
            (&exporter[..], "OTEL_TRACES_EXPORTER is `zipkin`; write otlp or none"),
        ] {
            let wrong = settings(variables);
            assert!(wrong.traces.is_none() && wrong.metrics.is_none(), "{says}");
            assert_eq!(wrong.mistakes.len(), 2, "{:?}", wrong.mistakes);
            assert!(wrong.mistakes[0].contains(says), "{:?}", wrong.mistakes);
        }
        let late = settings(&[endpoint, ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "10s")]);
        assert_eq!(late.traces.expect("a receiver").timeout, Duration::from_secs(10));
        assert!(
            late.mistakes[0].contains("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT is `10s`"),
            "{:?}",
            late.mistakes
        );
    }
}
