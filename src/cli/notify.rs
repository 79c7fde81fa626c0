//! `notify`: lists the targets of notifications with their state, tries one, shows what it would be told.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use super::arguments::{NotifyOptions, PlaceArgs};
use super::end::End;
use super::{output, target};
use crate::app;
use crate::clock::{Clock as _, WallClock};
use crate::config::{Config, NotifyRule};
use crate::delivery::{self, Courier};
use crate::model::FeedId;
use crate::notify::SendVerdict;
use crate::shape::{TargetShape, TargetsShape};
use crate::store::{Store, TargetState};

pub(super) async fn notify(place: &PlaceArgs, options: NotifyOptions) -> anyhow::Result<End> {
    let config = Arc::new(target::config(place, None)?);
    if let Some(name) = &options.test {
        return test(&config, rule(&config, name)?).await;
    }
    if let Some(name) = &options.preview {
        return preview(&config, rule(&config, name)?, options.json).await;
    }
    if let Some(name) = &options.retry {
        let rule = rule(&config, name)?;
        let revived = app::tools(&config)?.store.revive(&rule.rule.name).await?;
        output::line(&revived_words(revived, name))?;
        return Ok(End::Fine);
    }
    list(&config, options.json).await
}

/// The words for so many messages of a rule that wait again.
fn revived_words(revived: usize, name: &str) -> String {
    if revived == 0 {
        return format!("no message of `{name}` was given up: there is nothing to send again");
    }
    format!("{} of `{name}` will be sent again", output::counted(revived, "message", "messages"))
}

fn rule<'a>(config: &'a Config, name: &str) -> anyhow::Result<&'a NotifyRule> {
    let found = config.notify_rule(name).map(Arc::as_ref);
    found.ok_or_else(|| {
        let names: Vec<&str> = config.notify.iter().map(|rule| rule.rule.name.as_str()).collect();
        let known = if names.is_empty() {
            "the configuration has no [[notify]]".to_owned()
        } else {
            format!("its names are {}", names.join(", "))
        };
        target::NotATarget(format!("there is no notification `{name}`: {known}")).into()
    })
}

/// Sends a message that tells nothing else, at once and past the queue.
async fn test(config: &Config, rule: &NotifyRule) -> anyhow::Result<End> {
    let now = WallClock.now();
    let message = delivery::test_message(&rule.rule.name, &config.server.title, now);
    let courier = Courier::new(config.limits.fetch.clone());
    match courier.send(rule, &message, 1, now).await {
        SendVerdict::Sent => {
            output::line(&format!("`{}` has taken a test message", rule.rule.name))?;
            Ok(End::Fine)
        }
        SendVerdict::Retry(_, reason) | SendVerdict::Dead(reason) => {
            output::note(&format!("error: `{}` has not taken the test message: {reason}", rule.rule.name));
            Ok(End::Failed)
        }
    }
}

/// Shows the messages that the rule would make of the newest items, and of a trouble.
async fn preview(config: &Arc<Config>, rule: &NotifyRule, json: bool) -> anyhow::Result<End> {
    let store = app::look(config)?;
    let samples =
        delivery::samples(store.as_ref().map(|store| store as &dyn Store), config, rule, WallClock.now())
            .await?;
    if json {
        let data: Vec<&serde_json::Value> = samples.iter().map(|message| &message.data).collect();
        output::json(&data)?;
        return Ok(End::Fine);
    }
    for (number, message) in samples.iter().enumerate() {
        if number > 0 {
            output::line("")?;
        }
        output::line(&format!("--- {}", message.event.name()))?;
        output::line(&message.title)?;
        output::line(&message.body)?;
        if let Some(link) = &message.link {
            output::line(link.as_str())?;
        }
    }
    Ok(End::Fine)
}

async fn list(config: &Config, json: bool) -> anyhow::Result<End> {
    let store = app::look(config)?;
    let mut targets = Vec::new();
    for rule in &config.notify {
        let state = match &store {
            Some(store) => crate::store::Outbox::target(store, &rule.rule.name).await?,
            None => TargetState::default(),
        };
        targets.push((rule, state));
    }
    if json {
        let targets = targets.iter().map(|(rule, state)| TargetShape::of(rule, state)).collect();
        output::json(&TargetsShape { targets })?;
        return Ok(End::Fine);
    }
    if targets.is_empty() {
        output::line("the configuration has no [[notify]]")?;
        return Ok(End::Fine);
    }
    let mut table =
        output::table(&["name", "service", "state", "waiting", "given up", "last sent", "last error"]);
    for (rule, state) in &targets {
        table.add_row([
            rule.rule.name.clone(),
            rule.kind.to_owned(),
            state_words(state),
            (state.waiting + state.held).to_string(),
            state.dead.to_string(),
            output::moment(state.last_sent),
            state.last_error.clone().filter(|_| state.failures > 0 || state.dead > 0).unwrap_or_default(),
        ]);
    }
    output::line(&table.to_string())?;
    Ok(End::Fine)
}

fn state_words(state: &TargetState) -> String {
    match state.rest_until {
        Some(until) if state.failures > 0 => {
            let failures = output::counted(state.failures as usize, "failure", "failures");
            format!("{failures}, next try {}", output::moment(Some(until)))
        }
        _ if state.failures > 0 => "failing".to_owned(),
        _ if state.dead > 0 => "gave messages up".to_owned(),
        _ => "fine".to_owned(),
    }
}

/// `mute`: no alarms of a feed for a time.
pub(super) async fn mute(place: &PlaceArgs, id: &str, time: Option<Duration>) -> anyhow::Result<End> {
    let config = target::config_without_secrets(place)?;
    let feed: FeedId = target::feed(&config, id)?.id.clone();
    let tools = app::tools(&config)?;
    let until = match time.map(TimeDelta::from_std).transpose() {
        Ok(time) => time.and_then(|time| tools.clock.now().checked_add_signed(time)),
        Err(_) => anyhow::bail!("this is too long a time"),
    };
    if !tools.store.mute(&feed, until).await? {
        output::note(&format!(
            "error: `{id}` is not registered yet: start the daemon, or run `feedbridge run {id}`"
        ));
        return Ok(End::Failed);
    }
    match until {
        Some(until) => output::line(&format!("no alarms of `{id}` until {}", output::moment(Some(until))))?,
        None => output::line(&format!("alarms of `{id}` are sent again"))?,
    }
    Ok(End::Fine)
}

#[cfg(test)]
mod tests {
    use super::revived_words;

    #[test]
    fn messages_that_wait_again_are_counted() {
        assert_eq!(
            revived_words(0, "phone"),
            "no message of `phone` was given up: there is nothing to send again"
        );
        assert_eq!(revived_words(1, "phone"), "1 message of `phone` will be sent again");
        assert_eq!(revived_words(3, "phone"), "3 messages of `phone` will be sent again");
    }
}
