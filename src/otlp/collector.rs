//! The way to the collector of one signal.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use tokio::time::Instant;

use super::settings::SignalTarget;
use crate::clock::Clock;
use crate::fetch::{FetchLimits, Guard, Sender, SentAnswer, ToSend};
use crate::model::{Secret, Trouble, TroubleKind};
use crate::telemetry;

/// The pause after the first failure; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Takes exports to a collector.
pub(super) struct Collector {
    signal: &'static str,
    target: SignalTarget,
    headers: Vec<(String, Secret)>,
    sender: Sender,
    /// The operator has named the address, so it may be one of this machine or of the inner network.
    guard: Guard,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Collector of {}", self.signal)
    }
}

/// Why an export has failed.
struct ExportFailure {
    reason: String,
    /// The least time after which another try may help; `None` if none will.
    again_after: Option<Duration>,
}

impl Collector {
    pub(super) fn new(signal: &'static str, target: SignalTarget, clock: Arc<dyn Clock>) -> Self {
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
            let Err(failure) = self.try_once(export.clone()).await else { return true };
            let wait = failure.again_after.map(|asked| asked.max(pause));
            let Some(wait) = wait.filter(|wait| Instant::now() + *wait < deadline) else {
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
            Ok(answer) => judged(&answer),
            Err(trouble) => Err(failed(&trouble)),
        }
    }

    fn warn(&self, reason: &str) {
        if let Some(left_out) = telemetry::may_log("otlp") {
            let signal = self.signal;
            tracing::warn!(
                "telemetry could not be exported: {signal}: {reason}; look after the collector, or correct OTEL_EXPORTER_OTLP_ENDPOINT{left_out}"
            );
        }
    }
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
    use super::*;

    #[test]
    fn only_a_collector_that_is_busy_or_away_is_asked_again() {
        let answer = |status, retry_after| SentAnswer { status, retry_after, body: String::new() };
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
}
