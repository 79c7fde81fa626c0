//! `feeds`: lists all feeds with their state.

use super::arguments::{Feeds, PlaceArgs};
use super::end::End;
use super::{output, target};
use crate::app;
use crate::channel::Channel;
use crate::model::public_address;
use crate::model::{FeedId, FeedState, Health};
use crate::served;
use crate::shape::{FeedShape, FeedsShape};
use crate::store::Store;

pub(super) async fn feeds(place: &PlaceArgs, options: Feeds) -> anyhow::Result<End> {
    let config = target::config_without_secrets(place)?;
    let states = match app::look(&config)? {
        Some(store) => store.states(None).await?,
        None => std::collections::HashMap::new(),
    };
    let stored_state = |id: &FeedId| states.get(id).cloned().unwrap_or_default();
    let state_of = |channel: &Channel| served::state(&config, channel, stored_state);
    if options.json {
        let feeds = config.channels.iter().map(|channel| FeedShape::of(channel, &state_of(channel)));
        output::json(&FeedsShape { feeds: feeds.collect() })?;
        return Ok(End::Fine);
    }
    let mut table = output::table(&["id", "state", "items", "last success", "next run", "schedule", "url"]);
    for channel in &config.channels {
        let state = state_of(channel);
        table.add_row([
            channel.id().to_string(),
            health_words(&state),
            state.items.map_or_else(|| "–".to_owned(), |n| n.to_string()),
            output::moment(state.last_success),
            output::moment(state.next_due),
            channel.schedule_words(),
            channel.url().map(public_address).map_or_else(String::new, String::from),
        ]);
    }
    output::line(&table.to_string())?;
    Ok(End::Fine)
}

/// The state of a feed in a few words.
fn health_words(state: &FeedState) -> String {
    if state.running {
        return "running".to_owned();
    }
    if let Some(until) = state.muted_until {
        let unmuted = FeedState { muted_until: None, ..state.clone() };
        return format!("{}, muted until {}", health_words(&unmuted), output::moment(Some(until)));
    }
    let failures = output::counted(state.failures as usize, "failure", "failures");
    match (Health::of(state), &state.trouble) {
        (Health::Waiting, _) => "waiting".to_owned(),
        (Health::Trouble, Some(trouble)) if state.failures == 0 => trouble.to_string(),
        (Health::Trouble, Some(trouble)) => format!("{trouble} ({failures} in a row)"),
        _ => "fine".to_owned(),
    }
}
