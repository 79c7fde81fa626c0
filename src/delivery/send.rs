//! One try to send one message.

use std::net::SocketAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::{command, mail, mqtt};
use crate::config::NotifyRule;
use crate::fetch::{FetchLimits, Guard, Sender, ToSend, permitted_addresses};
use crate::model::{Trouble, TroubleKind};
use crate::notify::{HttpAnswer, HttpRequest, Message, Outgoing, SendVerdict};

/// The time for one try.
const LIMIT: Duration = Duration::from_secs(20);

/// Takes messages to their targets.
#[derive(Debug)]
pub struct Courier {
    sender: Sender,
}

impl Courier {
    /// A courier within the limits of fetching.
    #[must_use]
    pub fn new(limits: FetchLimits) -> Self {
        Self { sender: Sender::new(limits, LIMIT) }
    }

    /// Sends a message once. `tries` counts the tries of this message, this one included.
    pub async fn send(
        &self,
        rule: &NotifyRule,
        message: &Message,
        tries: u32,
        now: DateTime<Utc>,
    ) -> SendVerdict {
        let span = tracing::info_span!(
            "deliver",
            rule = %rule.rule.name,
            service = rule.kind,
            deliver.outcome = Empty,
            otel.kind = "client",
            otel.status_code = Empty,
        );
        let verdict = self.sent(rule, message, tries, now).instrument(span.clone()).await;
        note_verdict(&span, &verdict);
        verdict
    }

    async fn sent(
        &self,
        rule: &NotifyRule,
        message: &Message,
        tries: u32,
        now: DateTime<Utc>,
    ) -> SendVerdict {
        match rule.rule.service.outgoing(message, now.timestamp()) {
            Outgoing::Http(request) => self.http(rule, request, now).await,
            Outgoing::Mail(own) => {
                let server = &own.server;
                match resolved(&server.host, server.port, &rule.guard).await {
                    Ok(addresses) => mail::send(&own, &addresses, tries, LIMIT).await,
                    Err(verdict) => verdict,
                }
            }
            Outgoing::Mqtt(own) => match resolved(&own.host, own.port, &rule.guard).await {
                Ok(addresses) => mqtt::send(&own, &addresses, LIMIT).await,
                Err(verdict) => verdict,
            },
            Outgoing::Command(call) => command::send(&call, LIMIT).await,
        }
    }

    async fn http(&self, rule: &NotifyRule, request: HttpRequest, now: DateTime<Utc>) -> SendVerdict {
        let body = request.body.into();
        let sent = ToSend { method: request.method, url: &request.url, headers: &request.headers, body };
        match self.sender.send(sent, &rule.guard, now).await {
            Ok(answer) => {
                let retry_after_s = answer.retry_after.map(|wait| wait.as_secs());
                let answer = HttpAnswer { status: answer.status, retry_after_s, body: &answer.body };
                rule.rule.service.verdict(answer)
            }
            Err(trouble) => failed(&trouble),
        }
    }
}

/// Notes in a span how a try ended. The reason stays out: it may repeat what the service has answered.
fn note_verdict(span: &Span, verdict: &SendVerdict) {
    let (outcome, status) = match verdict {
        SendVerdict::Sent => ("sent", None),
        SendVerdict::Retry(..) => ("retry", Some("ERROR")),
        SendVerdict::Dead(_) => ("dead", Some("ERROR")),
    };
    span.record("deliver.outcome", outcome);
    span.record("otel.status_code", status);
}

async fn resolved(host: &str, port: u16, guard: &Guard) -> Result<Vec<SocketAddr>, SendVerdict> {
    permitted_addresses(host, port, guard).await.map_err(|trouble| failed(&trouble))
}

/// The verdict on a request that got no answer. A person may mend each of them, so that the message waits.
fn failed(trouble: &Trouble) -> SendVerdict {
    if trouble.kind != TroubleKind::RefusedAddress {
        return SendVerdict::Retry(0, trouble.detail.clone());
    }
    // What the guard advises is for feeds.
    let reason = match trouble.detail.split_once(';') {
        Some((refused, _)) => {
            format!("{refused}; if it is yours, name it in `allow_addresses` of this [[notify]]")
        }
        None => trouble.detail.clone(),
    };
    SendVerdict::Retry(0, reason)
}
