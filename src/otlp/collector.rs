//! The way to the collector of one signal.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use tokio::time::{Instant, timeout_at};

use super::chance::random;
use super::settings::SignalTarget;
use crate::clock::Clock;
use crate::fetch::{FetchLimits, Guard, Sender, SentAnswer, ToSend};
use crate::model::{Secret, Trouble, TroubleKind};
use crate::telemetry;

/// The pause after the first failure; it doubles with each. Up to half of it is added, so that those who have
/// failed together do not come back together.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Characters that are shown of what a collector says.
const MAX_SAID: usize = 200;

/// A kind of telemetry.
#[derive(Debug, Clone, Copy)]
pub(super) enum OtlpSignal {
    /// Spans.
    Traces,
    /// Metrics.
    Metrics,
}

impl OtlpSignal {
    const fn name(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Metrics => "metrics",
        }
    }

    /// The name of its parts, as they are counted.
    const fn parts(self) -> &'static str {
        match self {
            Self::Traces => "spans",
            Self::Metrics => "data points",
        }
    }

    /// The kind of line in the log about exports that have failed, for the pause between two of them.
    const fn failed_line(self) -> &'static str {
        match self {
            Self::Traces => "otlp_traces_failed",
            Self::Metrics => "otlp_metrics_failed",
        }
    }

    /// The kind of line about parts that were rejected.
    const fn rejected_line(self) -> &'static str {
        match self {
            Self::Traces => "otlp_traces_rejected",
            Self::Metrics => "otlp_metrics_rejected",
        }
    }
}

/// Takes exports to a collector.
pub(super) struct Collector {
    signal: OtlpSignal,
    target: SignalTarget,
    headers: Vec<(String, Secret)>,
    sender: Sender,
    /// The operator has named the address, so it may be one of this machine or of the inner network.
    guard: Guard,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Collector of {}", self.signal.name())
    }
}

/// Why an export has failed.
struct ExportFailure {
    reason: String,
    /// The least time after which another try may help; `None` if none will.
    again_after: Option<Duration>,
}

impl Collector {
    pub(super) fn new(signal: OtlpSignal, target: SignalTarget, clock: Arc<dyn Clock>) -> Self {
        let mut headers = target.headers.clone();
        headers.push(("content-type".to_owned(), Secret::new("application/x-protobuf".to_owned())));
        let sender = Sender::new(limits(target.timeout), target.timeout);
        Self { signal, target, headers, sender, guard: Guard::new(Vec::new(), true), clock }
    }

    /// Sends an export, again if need be as long as its time lasts. Gives whether it has arrived; if not, the
    /// log says so once a minute.
    pub(super) async fn send(&self, export: Vec<u8>) -> bool {
        let export = Bytes::from(export);
        let deadline = Instant::now() + self.target.timeout;
        let mut pause = FIRST_PAUSE;
        loop {
            let tried = timeout_at(deadline, self.try_once(export.clone())).await;
            let Err(failure) = tried.unwrap_or_else(|_| Err(self.late())) else { return true };
            let wait = failure.again_after.map(|asked| asked.max(pause).saturating_add(added(pause)));
            let left = deadline.saturating_duration_since(Instant::now());
            let Some(wait) = wait.filter(|wait| *wait < left) else {
                self.warn(&failure.reason);
                return false;
            };
            tokio::time::sleep(wait).await;
            pause *= 2;
        }
    }

    async fn try_once(&self, body: Bytes) -> Result<(), ExportFailure> {
        let request = ToSend { method: Method::POST, url: &self.target.url, headers: &self.headers, body };
        match self.sender.send(request, &self.guard, self.clock.now()).await {
            Ok(answer) => {
                judged(&answer)?;
                self.note_rejected(&answer.raw);
                Ok(())
            }
            Err(trouble) => Err(failed(&trouble)),
        }
    }

    /// The failure of an export whose time is over.
    fn late(&self) -> ExportFailure {
        let milliseconds = self.target.timeout.as_millis();
        let reason = format!("the collector did not answer within {milliseconds} ms");
        ExportFailure { reason, again_after: None }
    }

    fn warn(&self, reason: &str) {
        if let Some(left_out) = telemetry::may_log(self.signal.failed_line()) {
            let signal = self.signal.name();
            tracing::warn!(
                "telemetry could not be exported: {signal}: {reason}; look after the collector, or correct the OTEL_EXPORTER_OTLP_ variables for its address and headers{left_out}"
            );
        }
    }

    /// Says in the log if a collector has taken an export without some of its parts. They would be rejected again.
    fn note_rejected(&self, answer: &[u8]) {
        let Some((count, said)) = rejected(answer) else { return };
        if let Some(left_out) = telemetry::may_log(self.signal.rejected_line()) {
            let signal = self.signal.name();
            let parts = self.signal.parts();
            tracing::warn!(
                "telemetry could not be exported: {signal}: the collector has rejected {count} {parts}, and says `{said}`; look after the collector{left_out}"
            );
        }
    }
}

/// A random part of half of a pause.
fn added(pause: Duration) -> Duration {
    let [byte, ..] = random().to_le_bytes();
    pause / 2 * u32::from(byte) / u32::from(u8::MAX)
}

/// How many parts of an export a collector has rejected, if any, and its reason. Answers for spans and for metrics
/// have the same form.
fn rejected(answer: &[u8]) -> Option<(i64, String)> {
    let response = ExportTraceServiceResponse::decode(answer).ok()?;
    let partial = response.partial_success.filter(|partial| partial.rejected_spans > 0)?;
    let said = partial.error_message.chars().filter(|c| !c.is_control()).take(MAX_SAID);
    Some((partial.rejected_spans, said.collect()))
}

/// The verdict on an answer, by the specification of OTLP.
fn judged(answer: &SentAnswer) -> Result<(), ExportFailure> {
    let status = answer.status;
    if (200..300).contains(&status) {
        return Ok(());
    }
    let may_help = matches!(status, 429 | 502..=504);
    let again_after = may_help.then(|| answer.retry_after.unwrap_or_default());
    Err(ExportFailure { reason: format!("the collector answered with status {status}"), again_after })
}

/// The verdict on a request that got no answer.
fn failed(trouble: &Trouble) -> ExportFailure {
    // The advice behind the semicolon is for feeds.
    let reason = trouble.detail.split(';').next().unwrap_or_default().to_owned();
    let is_final = matches!(trouble.kind, TroubleKind::RefusedAddress | TroubleKind::Settings);
    ExportFailure { reason, again_after: (!is_final).then_some(Duration::ZERO) }
}

/// Limits that leave the time to the sender.
const fn limits(timeout: Duration) -> FetchLimits {
    FetchLimits {
        connect: timeout,
        idle_read: timeout,
        total: timeout,
        wire_bytes: 1 << 20,
        decoded_bytes: 1 << 20,
        ratio: 1,
        redirects: 0,
        pace: Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::metrics::v1::{
        ExportMetricsPartialSuccess, ExportMetricsServiceResponse,
    };

    use super::*;

    #[test]
    fn only_a_collector_that_is_busy_or_away_is_asked_again() {
        let answer =
            |status, retry_after| SentAnswer { status, retry_after, body: String::new(), raw: Vec::new() };
        assert!(judged(&answer(200, None)).is_ok());
        for (status, asked, again_after) in [
            (429, Some(Duration::from_secs(3)), Some(Duration::from_secs(3))),
            (503, None, Some(Duration::ZERO)),
            (400, None, None),
            (302, None, None),
            (500, None, None),
        ] {
            let failure = judged(&answer(status, asked)).expect_err("a failure");
            assert_eq!(failure.again_after, again_after, "{status}");
            assert_eq!(failure.reason, format!("the collector answered with status {status}"));
        }
        let refused = failed(&Trouble::new(TroubleKind::RefusedAddress, "10.0.0.1 is private; allow it"));
        assert_eq!((refused.reason.as_str(), refused.again_after), ("10.0.0.1 is private", None));
        let away = failed(&Trouble::new(TroubleKind::Dns, "no such name"));
        assert_eq!(away.again_after, Some(Duration::ZERO));
    }

    #[test]
    fn up_to_half_of_a_pause_is_added_to_it() {
        let pause = Duration::from_secs(4);
        let added: Vec<Duration> = (0..100).map(|_| added(pause)).collect();
        assert!(added.iter().all(|added| *added <= pause / 2), "{added:?}");
        assert!(added.iter().any(|other| *other != added[0]), "{added:?}");
    }

    #[test]
    fn rejected_parts_are_counted_with_the_reason() {
        let answer = |rejected, said: &str| {
            let rejected_data_points = rejected;
            let error_message = said.to_owned();
            let partial = ExportMetricsPartialSuccess { rejected_data_points, error_message };
            ExportMetricsServiceResponse { partial_success: Some(partial) }.encode_to_vec()
        };
        assert_eq!(rejected(&answer(3, "too\nold")), Some((3, "tooold".to_owned())));
        let said = rejected(&answer(1, &"tide".repeat(100))).map(|(_, said)| said.len());
        assert_eq!(said, Some(200));
        assert_eq!(rejected(&answer(0, "slow down")), None);
        assert_eq!(rejected(b""), None);
        assert_eq!(rejected(b"OK"), None);
    }
}
