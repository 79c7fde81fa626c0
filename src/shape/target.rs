//! The targets of notifications with their state, as JSON.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::config::NotifyRule;
use crate::store::TargetState;

/// All targets.
#[derive(Debug, Clone, Serialize)]
pub struct TargetsShape {
    /// In the order of feeds.toml.
    pub targets: Vec<TargetShape>,
}

/// A target with its state.
#[derive(Debug, Clone, Serialize)]
pub struct TargetShape {
    name: String,
    service: &'static str,
    when: Vec<&'static str>,
    waiting: u64,
    held: u64,
    dead: u64,
    /// When the oldest waiting message was made.
    oldest: Option<DateTime<Utc>>,
    failures: u32,
    next_try: Option<DateTime<Utc>>,
    last_sent: Option<DateTime<Utc>>,
    last_error: Option<String>,
}

impl TargetShape {
    /// A target in a state.
    #[must_use]
    pub fn of(rule: &NotifyRule, state: &TargetState) -> Self {
        Self {
            name: rule.rule.name.clone(),
            service: rule.kind,
            when: rule.rule.when.iter().map(|kind| kind.name()).collect(),
            waiting: state.waiting,
            held: state.held,
            dead: state.dead,
            oldest: state.oldest,
            failures: state.failures,
            next_try: state.rest_until,
            last_sent: state.last_sent,
            last_error: state.last_error.clone(),
        }
    }
}
