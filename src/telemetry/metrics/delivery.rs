//! Metrics of notifications.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeliveryLabels {
    target: String,
    outcome: &'static str,
}

/// How a try to send a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The target has it.
    Sent,
    /// It is tried again.
    Retry,
    /// It was given up.
    Dead,
}

/// What waits to be sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxGauges {
    /// Messages that wait.
    pub waiting: u64,
    /// Messages that were given up, and are still kept.
    pub dead: u64,
    /// The age of the oldest waiting message, in seconds.
    pub oldest_age_s: i64,
}

/// Every outcome.
const OUTCOMES: [DeliveryOutcome; 3] = [DeliveryOutcome::Sent, DeliveryOutcome::Retry, DeliveryOutcome::Dead];

impl DeliveryOutcome {
    const fn label(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Retry => "retry",
            Self::Dead => "dead",
        }
    }
}

impl DeliveryLabels {
    fn of(rule: &str, outcome: DeliveryOutcome) -> Self {
        Self { target: rule.to_owned(), outcome: outcome.label() }
    }
}

/// The series.
#[derive(Default)]
pub(super) struct DeliverySeries {
    tries: Family<DeliveryLabels, Counter>,
    waiting: Gauge,
    dead: Gauge,
    oldest_age: Gauge,
}

impl DeliverySeries {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "deliveries",
            "Tries to send messages, by target and how they ended",
            self.tries.clone(),
        );
        registry.register("outbox_waiting", "Messages and events that wait to be sent", self.waiting.clone());
        registry.register(
            "outbox_dead",
            "Messages that were given up, and are still kept",
            self.dead.clone(),
        );
        registry.register_with_unit(
            "outbox_oldest_age",
            "Age of the oldest message that waits",
            Unit::Seconds,
            self.oldest_age.clone(),
        );
    }

    /// Makes the series of these rules. A counter that begins at 0 shows its first increase.
    pub(super) fn set_targets(&self, rules: &[&str]) {
        for rule in rules {
            for outcome in OUTCOMES {
                drop(self.tries.get_or_create(&DeliveryLabels::of(rule, outcome)));
            }
        }
    }

    pub(super) fn tried(&self, rule: &str, outcome: DeliveryOutcome) {
        self.tries.get_or_create(&DeliveryLabels::of(rule, outcome)).inc();
    }

    pub(super) fn set_outbox(&self, outbox: OutboxGauges) {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.waiting.set(number(outbox.waiting));
        self.dead.set(number(outbox.dead));
        self.oldest_age.set(outbox.oldest_age_s);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Metrics;
    use super::*;

    #[test]
    fn each_target_has_a_series_for_each_outcome_before_the_first_message() {
        let metrics = Metrics::default();
        metrics.set_targets(&["phone", "mail"]);
        metrics.delivered("phone", DeliveryOutcome::Sent);
        metrics.set_targets(&["phone", "mail"]);
        let text = metrics.text();
        for line in [
            "feedbridge_deliveries_total{target=\"phone\",outcome=\"sent\"} 1\n",
            "feedbridge_deliveries_total{target=\"phone\",outcome=\"retry\"} 0\n",
            "feedbridge_deliveries_total{target=\"phone\",outcome=\"dead\"} 0\n",
            "feedbridge_deliveries_total{target=\"mail\",outcome=\"sent\"} 0\n",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }

    #[test]
    fn the_outbox_has_its_depth_and_age() {
        let metrics = Metrics::default();
        metrics.set_outbox(OutboxGauges { waiting: 3, dead: 1, oldest_age_s: 60 });
        let text = metrics.text();
        for line in [
            "feedbridge_outbox_waiting 3\n",
            "feedbridge_outbox_dead 1\n",
            "feedbridge_outbox_oldest_age_seconds 60\n",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
