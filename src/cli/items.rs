//! `items`: lists the history of a feed.

use serde_json::{Value, json};

use super::arguments::{Items, PlaceArgs};
use super::end::End;
use super::{output, target};
use crate::app;
use crate::clock::{Clock, WallClock};
use crate::served;

pub(super) async fn items(place: &PlaceArgs, options: Items) -> anyhow::Result<End> {
    let config = target::config(place, None)?;
    let channel = target::channel(&config, &options.id)?;
    let items = match app::look(&config)? {
        Some(store) => served::items(&store, &config, channel, WallClock.now(), options.limit).await?,
        None => Vec::new(),
    };
    if options.json {
        let values: Vec<Value> = items
            .iter()
            .map(|item| {
                let mut value = output::item_json(item);
                value["first_seen"] = json!(item.first_seen);
                value
            })
            .collect();
        output::json_value(&json!({ "id": channel.id(), "title": channel.title(), "items": values }))?;
    } else {
        output::line(&output::items_table(&items).to_string())?;
    }
    Ok(End::Fine)
}
