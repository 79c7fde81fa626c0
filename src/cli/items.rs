//! `items`: lists the history of a feed.

use super::arguments::{Items, PlaceArgs};
use super::end::End;
use super::{output, target};
use crate::app;
use crate::clock::{Clock, WallClock};
use crate::served;
use crate::shape::HistoryShape;
use crate::store::Store;

pub(super) async fn items(place: &PlaceArgs, options: Items) -> anyhow::Result<End> {
    let config = target::config_without_secrets(place)?;
    let channel = target::channel(&config, &options.id)?;
    let (items, page_title) = match app::look(&config)? {
        Some(store) => {
            let items = served::items(&store, &config, channel, WallClock.now(), options.limit).await?;
            (items, store.state(channel.id()).await?.and_then(|state| state.title))
        }
        None => (Vec::new(), None),
    };
    if options.json {
        output::json(&HistoryShape::of(channel, page_title.as_deref(), &items))?;
    } else {
        output::line(&output::items_table(&items).to_string())?;
    }
    Ok(End::Fine)
}
