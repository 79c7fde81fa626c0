//! `items`: lists the history of a feed.

use super::arguments::{Items, PlaceArgs};
use super::end::End;
use super::{output, target};
use crate::app;
use crate::clock::{Clock, WallClock};
use crate::served;
use crate::shape::HistoryShape;

pub(super) async fn items(place: &PlaceArgs, options: Items) -> anyhow::Result<End> {
    let config = target::config(place, None)?;
    let channel = target::channel(&config, &options.id)?;
    let items = match app::look(&config)? {
        Some(store) => served::items(&store, &config, channel, WallClock.now(), options.limit).await?,
        None => Vec::new(),
    };
    if options.json {
        output::json(&HistoryShape::of(channel, &items))?;
    } else {
        output::line(&output::items_table(&items).to_string())?;
    }
    Ok(End::Fine)
}
