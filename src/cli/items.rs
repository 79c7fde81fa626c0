//! `items`: the history of a feed.

use serde_json::{Value, json};

use super::arguments::{Items, PlaceArgs};
use super::{End, output, target};
use crate::app;
use crate::store::Store;

pub(super) async fn items(at: &PlaceArgs, options: Items) -> anyhow::Result<End> {
    let config = target::config(at, None)?;
    let feed = target::feed(&config, &options.id)?;
    let items = match app::look(&config)? {
        Some(store) => store.items(&feed.id, options.limit).await?,
        None => Vec::new(),
    };
    if options.json {
        let list: Vec<Value> = items
            .iter()
            .map(|item| {
                let mut value = output::item_json(item);
                value["first_seen"] = json!(item.first_seen);
                value
            })
            .collect();
        output::json_value(&json!({ "id": feed.id, "title": feed.title, "items": list }))?;
    } else {
        output::line(&output::items_table(&items).to_string())?;
    }
    Ok(End::Fine)
}
