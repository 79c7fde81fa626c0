//! `feeds`: lists all feeds with their state.

use serde_json::{Value, json};
use url::Url;

use super::arguments::{Feeds, PlaceArgs};
use super::end::End;
use super::{output, target};
use crate::app;
use crate::config::Channel;
use crate::model::{FeedId, FeedState, Health};
use crate::served;
use crate::store::Store;

pub(super) async fn feeds(place: &PlaceArgs, options: Feeds) -> anyhow::Result<End> {
    let config = target::config(place, None)?;
    let states = match app::look(&config)? {
        Some(store) => store.states(None).await?,
        None => std::collections::HashMap::new(),
    };
    let stored_state = |id: &FeedId| states.get(id).cloned().unwrap_or_default();
    let state_of = |channel: &Channel| served::state(&config, channel, stored_state);
    if options.json {
        let feeds: Vec<Value> = config.channels.iter().map(|c| feed_json(c, &state_of(c))).collect();
        output::json_value(&json!({ "feeds": feeds }))?;
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
            page_url(channel).map_or_else(String::new, ToString::to_string),
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
    let failures = output::counted(state.failures as usize, "failure", "failures");
    match (Health::of(state), &state.trouble) {
        (Health::Waiting, _) => "waiting".to_owned(),
        (Health::Trouble, Some(trouble)) => format!("{trouble} ({failures} in a row)"),
        _ => "fine".to_owned(),
    }
}

/// Address of the page that a feed is made from. A derived feed has none.
fn page_url(channel: &Channel) -> Option<&Url> {
    match channel {
        Channel::Scraped(feed) => Some(&feed.url),
        Channel::Derived(_) => None,
    }
}

fn feed_json(channel: &Channel, state: &FeedState) -> Value {
    let trouble = state.trouble.as_ref();
    json!({
        "id": channel.id(),
        "title": channel.title(),
        "url": page_url(channel),
        "schedule": channel.schedule_words(),
        "items": state.items,
        "changed": state.changed,
        "last_success": state.last_success,
        "last_run": state.last_run,
        "next_run": state.next_due,
        "running": state.running,
        "failures": state.failures,
        "trouble": trouble.map(|t| json!({ "kind": t.kind.name(), "message": t.detail })),
    })
}
