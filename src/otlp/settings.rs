//! The settings of OTLP, as the specification of OpenTelemetry names their variables.

use std::collections::BTreeMap;
use std::time::Duration;

use url::{Url, form_urlencoded};

use crate::model::Secret;

/// The time for one export, in milliseconds.
const TIMEOUT_MS: u64 = 10_000;
/// The time between two exports of metrics, in milliseconds.
const INTERVAL_MS: u64 = 60_000;
/// The one protocol that is spoken.
const PROTOCOL: &str = "http/protobuf";

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
    /// Settings that cannot be used, each as a sentence with the remedy.
    pub mistakes: Vec<String>,
}

/// The receiver of spans or of metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalTarget {
    /// The address.
    pub url: Url,
    /// Headers of each request.
    pub headers: Vec<(String, Secret)>,
    /// The time for one export.
    pub timeout: Duration,
}

impl OtlpSettings {
    /// The settings in variables; mistakes are kept beside them. `lookup` gives the value of a variable by its name.
    #[must_use]
    pub fn of(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let mut variables = Variables { lookup: &lookup, mistakes: Vec::new() };
        if variables.value("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Self::default();
        }
        let traces = variables.target("TRACES", "/v1/traces");
        let metrics = variables.target("METRICS", "/v1/metrics");
        let resource = variables.resource();
        let interval = "OTEL_METRIC_EXPORT_INTERVAL";
        let interval = variables.value(interval).map(|value| (interval.to_owned(), value));
        let interval = variables.milliseconds(interval, INTERVAL_MS);
        Self { traces, metrics, resource, interval, mistakes: variables.mistakes }
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

    /// The variable of a signal, else the one of all signals: its name and its value.
    fn of_signal(&self, signal: &str, key: &str) -> Option<(String, String)> {
        let names = [format!("OTEL_EXPORTER_OTLP_{signal}_{key}"), format!("OTEL_EXPORTER_OTLP_{key}")];
        names.into_iter().find_map(|name| self.value(&name).map(|value| (name, value)))
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
        let headers = self.of_signal(signal, "HEADERS").map_or_else(Vec::new, |(_, list)| pairs(&list));
        let headers = headers.into_iter().map(|(name, value)| (name, Secret::new(value))).collect();
        let timeout = self.of_signal(signal, "TIMEOUT");
        Some(SignalTarget { url, headers, timeout: self.milliseconds(timeout, TIMEOUT_MS) })
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
        let Some((name, value)) = variable else { return Duration::from_millis(default) };
        let number = value.parse::<u64>().ok().filter(|number| *number > 0);
        if number.is_none() {
            self.mistakes.push(format!(
                "{name} is `{value}`, and {default} is used instead; write a number of milliseconds above 0"
            ));
        }
        Duration::from_millis(number.unwrap_or(default))
    }

    /// The facts about this process.
    fn resource(&self) -> BTreeMap<String, String> {
        let given = self.value("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default();
        let mut facts: BTreeMap<String, String> = pairs(&given).into_iter().collect();
        if let Some(name) = self.value("OTEL_SERVICE_NAME") {
            facts.insert("service.name".to_owned(), name);
        }
        facts.entry("service.name".to_owned()).or_insert_with(|| env!("CARGO_PKG_NAME").to_owned());
        facts.entry("service.version".to_owned()).or_insert_with(|| env!("CARGO_PKG_VERSION").to_owned());
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

/// The pairs of a list such as `a=1,b=2`. Percent signs mask characters in the values.
fn pairs(list: &str) -> Vec<(String, String)> {
    let pair = |part: &str| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim().to_owned(), unmasked(value.trim())))
    };
    list.split(',').filter_map(pair).filter(|(name, _)| !name.is_empty()).collect()
}

fn unmasked(value: &str) -> String {
    // In forms, a plus is a space, and an ampersand begins another field. Here they are nothing but themselves.
    let field = format!("v={}", value.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(field.as_bytes()).next().map_or_else(String::new, |(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(variables: &[(&str, &str)]) -> OtlpSettings {
        OtlpSettings::of(|name| {
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
