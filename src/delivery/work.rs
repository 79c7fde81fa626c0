//! The loop that plans, forms and sends, beside the scheduler.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::known::KnownFeeds;
use super::send::Courier;
use super::{composed, form, plan};
use crate::board::Board;
use crate::clock::Clock;
use crate::config::{Config, Live};
use crate::notify::{MessageContent, SendVerdict};
use crate::store::{MessageClaim, SendEnd, Store, StoreError};
use crate::telemetry::{DeliveryOutcome, Metrics, OutboxGauges};

/// Time between two looks at the store while nothing is told.
const IDLE: Duration = Duration::from_secs(2);
/// Time between two looks while messages are on their way.
const BUSY: Duration = Duration::from_millis(100);
/// How often feeds are asked for their silence, and old messages dropped.
const HOUSEKEEPING: Duration = Duration::from_secs(30);
/// A message that was claimed may be claimed again after this time: longer than a try takes.
const LEASE: Duration = Duration::from_secs(60);
/// Messages of one rule that are sent at the same time.
const AT_ONCE: usize = 2;
/// The wait after the first failed try; it doubles with each.
const MIN_WAIT: Duration = Duration::from_secs(5);
/// The longest wait between two tries.
const MAX_WAIT: Duration = Duration::from_secs(3600);
/// A target is left alone for this time at most, whatever it asks for: messages are given up after days.
const LONGEST_REST: Duration = Duration::from_secs(6 * 3600);
/// At a stop, tries that run have this time to end.
const STOP_WITHIN: Duration = Duration::from_secs(5);
/// A message is given up after this time.
const GIVEN_UP: TimeDelta = TimeDelta::days(3);

/// Sends what the runs of feeds have to tell.
pub struct Delivery {
    /// The store with events and messages.
    pub store: Arc<dyn Store>,
    /// The configuration in use.
    pub config: watch::Receiver<Live>,
    /// States of feeds, for their titles.
    pub board: Arc<Board>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Counts what was sent.
    pub metrics: Arc<Metrics>,
    /// Takes messages to their targets.
    pub courier: Arc<Courier>,
}

impl Delivery {
    /// Works until `stop`. Tries that do not end soon then are made again after the next start.
    pub async fn work(self, stop: CancellationToken) {
        let this = Arc::new(self);
        // What a process before this one was sending at its end is sent at once.
        Self::log(this.store.release_messages().await);
        let mut sending = JoinSet::new();
        let mut last_housekeeping: Option<Instant> = None;
        loop {
            if last_housekeeping.is_none_or(|at| at.elapsed() >= HOUSEKEEPING) {
                last_housekeeping = Some(Instant::now());
                Self::log(this.housekeeping().await);
            }
            let is_busy = match this.step(&mut sending).await {
                Ok(is_busy) => is_busy,
                Err(error) => {
                    error.log(None, "notifications wait");
                    false
                }
            };
            let pause = if is_busy { BUSY } else { IDLE };
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(pause) => {}
                Some(ended) = sending.join_next() => {
                    if let Err(error) = ended {
                        tracing::error!("sending a message ended badly: {error}");
                    }
                }
            }
        }
        let ends = async { while sending.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_WITHIN, ends).await.is_err() {
            sending.shutdown().await;
        }
    }

    fn log(done: Result<(), StoreError>) {
        if let Err(error) = done {
            error.log(None, "notifications could not be put in order");
        }
    }

    /// One round, to its end: plans, forms, and sends what is due. Gives the number of messages that were tried.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn round(self: &Arc<Self>) -> Result<usize, StoreError> {
        let mut sending = JoinSet::new();
        self.step(&mut sending).await?;
        let tried = sending.len();
        while sending.join_next().await.is_some() {}
        Ok(tried)
    }

    /// Plans, forms and starts to send. Gives whether there is more to do.
    async fn step(self: &Arc<Self>, sending: &mut JoinSet<()>) -> Result<bool, StoreError> {
        let config = Arc::clone(&self.config.borrow().config);
        let planned = plan::plan(self.store.as_ref(), &config).await?;
        if config.notify.is_empty() {
            return Ok(false);
        }
        let formed = form::form(self.store.as_ref(), &config).await?;
        let names: Vec<String> = config.notify.iter().map(|rule| rule.rule.name.clone()).collect();
        let claims = self.store.take_messages(&names, AT_ONCE, LEASE).await?;
        for claim in claims {
            let this = Arc::clone(self);
            let config = Arc::clone(&config);
            sending.spawn(async move {
                let ended = this.deliver(&config, &claim).await;
                Self::log(ended);
            });
        }
        Ok(planned + formed > 0 || !sending.is_empty())
    }

    /// Tells silent feeds, ends or repeats alarms, gives up and drops what is old, and brings the metrics up to date.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn housekeeping(&self) -> Result<(), StoreError> {
        self.store.find_silent().await?;
        let config = Arc::clone(&self.config.borrow().config);
        let rules: Vec<String> = config.notify.iter().map(|rule| rule.rule.name.clone()).collect();
        let given_up = self.store.tidy_outbox(&rules).await?;
        if given_up > 0 {
            tracing::error!(
                count = given_up,
                "messages were given up: their targets have taken none for 3 days"
            );
        }
        plan::tend_alarms(self.store.as_ref(), &config).await?;
        let now = self.store.now().await?;
        let mut gauges = OutboxGauges::default();
        for rule in &config.notify {
            let state = self.store.target(&rule.rule.name).await?;
            gauges.waiting += state.waiting + state.held;
            gauges.dead += state.dead;
            let age = state.oldest.map_or(0, |oldest| (now - oldest).num_seconds().max(0));
            gauges.oldest_age_s = gauges.oldest_age_s.max(age);
        }
        self.metrics.set_outbox(gauges);
        Ok(())
    }

    /// Sends one message, and writes how it ended.
    async fn deliver(&self, config: &Arc<Config>, claim: &MessageClaim) -> Result<(), StoreError> {
        let end = self.try_to_send(config, claim).await?;
        let outcome = match &end {
            SendEnd::Sent => DeliveryOutcome::Sent,
            SendEnd::Again(..) => DeliveryOutcome::Retry,
            SendEnd::Dead(_) => DeliveryOutcome::Dead,
        };
        self.metrics.delivered(&claim.message.rule, outcome);
        match &end {
            SendEnd::Sent => {
                tracing::debug!(rule = %claim.message.rule, tries = claim.tries, "a message was sent");
            }
            SendEnd::Again(wait, reason) => tracing::warn!(
                rule = %claim.message.rule,
                tries = claim.tries,
                again_in_s = wait.as_secs(),
                "a message was not taken: {reason}"
            ),
            SendEnd::Dead(reason) => {
                tracing::error!(rule = %claim.message.rule, tries = claim.tries, "a message was given up: {reason}");
            }
        }
        self.store.finish_message(claim, end).await
    }

    async fn try_to_send(&self, config: &Arc<Config>, claim: &MessageClaim) -> Result<SendEnd, StoreError> {
        let Some(rule) = config.notify_rule(&claim.message.rule) else {
            return Ok(SendEnd::Dead("its rule is no longer in feeds.toml".to_owned()));
        };
        let Ok(content) = serde_json::from_str::<MessageContent>(&claim.message.content) else {
            return Ok(SendEnd::Dead("a later version of feedbridge has written it".to_owned()));
        };
        let titles = KnownFeeds { board: Some(&self.board) };
        let message = composed(self.store.as_ref(), config, &rule.rule, &content, titles).await?;
        let now = self.clock.now();
        Ok(match self.courier.send(rule, &message, claim.tries, now).await {
            SendVerdict::Sent => SendEnd::Sent,
            SendVerdict::Dead(reason) => SendEnd::Dead(reason),
            SendVerdict::Retry(_, reason) if now - claim.created > GIVEN_UP => {
                SendEnd::Dead(format!("no try succeeded within 3 days: {reason}"))
            }
            SendVerdict::Retry(asked_s, reason) => SendEnd::Again(
                back_off(claim.failures).max(Duration::from_secs(asked_s)).min(LONGEST_REST),
                reason,
            ),
        })
    }
}

/// The wait after so many failures in a row.
fn back_off(failures: u32) -> Duration {
    MIN_WAIT.saturating_mul(1 << failures.min(20)).min(MAX_WAIT)
}
