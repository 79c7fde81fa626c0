//! `feeds`: the list with its state.

use serde_json::{Value, json};

use super::arguments::{PlaceArgs, Shown};
use super::{End, output, target};
use crate::app;
use crate::config::Feed;
use crate::model::{FeedState, Health};
use crate::store::Store;

pub(super) async fn feeds(at: &PlaceArgs, options: Shown) -> anyhow::Result<End> {
    let config = target::config(at, None)?;
    let states = match app::look(&config)? {
        Some(store) => store.states(None).await?,
        None => std::collections::HashMap::new(),
    };
    let of = |feed: &Feed| states.get(&feed.id).cloned().unwrap_or_default();
    if options.json {
        let feeds: Vec<Value> = config.feeds.iter().map(|f| value(f, &of(f))).collect();
        output::json_value(&json!({ "feeds": feeds }))?;
        return Ok(End::Fine);
    }
    let mut table = output::table(&["id", "state", "items", "last success", "next run", "schedule", "url"]);
    for feed in &config.feeds {
        let state = of(feed);
        table.add_row([
            feed.id.to_string(),
            words(&state),
            state.items.to_string(),
            output::moment(state.last_success),
            output::moment(state.next_due),
            feed.schedule_text.clone(),
            feed.url.to_string(),
        ]);
    }
    output::line(&table.to_string())?;
    Ok(End::Fine)
}

fn words(state: &FeedState) -> String {
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

fn value(feed: &Feed, state: &FeedState) -> Value {
    let trouble = state.trouble.as_ref();
    json!({
        "id": feed.id,
        "title": feed.title,
        "url": feed.url,
        "schedule": feed.schedule_text,
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
