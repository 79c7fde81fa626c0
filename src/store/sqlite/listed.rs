//! Items as their listing gave them last, without what their own pages added.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::zoned;
use crate::history::ListedItem;
use crate::model::{DateSource, FeedId};

/// The items with these keys that are kept.
pub(super) fn with_keys(
    db: &mut Connection,
    feed: &FeedId,
    keys: &[String],
) -> rusqlite::Result<Vec<ListedItem>> {
    let mut query = db.prepare_cached(
        "SELECT key, content, date, date_offset, date_source FROM items
         WHERE feed = ?1 AND key = ?2 AND pruned = 0",
    )?;
    let mut items = Vec::new();
    for key in keys {
        items.extend(query.query_row(params![feed.as_str(), key], listed_of).optional()?);
    }
    Ok(items)
}

/// The newest items, in served order.
pub(super) fn newest(db: &mut Connection, feed: &FeedId, limit: u32) -> rusqlite::Result<Vec<ListedItem>> {
    let mut query = db.prepare_cached(
        "SELECT key, content, date, date_offset, date_source FROM items
         WHERE feed = ?1 AND pruned = 0
         ORDER BY date DESC, first_seen DESC, position, key LIMIT ?2",
    )?;
    let rows = query.query_map(params![feed.as_str(), limit], listed_of)?;
    rows.collect()
}

fn listed_of(row: &Row<'_>) -> rusqlite::Result<ListedItem> {
    let content: String = row.get(1)?;
    let content = serde_json::from_str(&content)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(1, Type::Text, Box::new(e)))?;
    let source: String = row.get(4)?;
    let is_listed = matches!(DateSource::from_name(&source), Some(DateSource::Page | DateSource::Url));
    let date = zoned(row.get(2)?, row.get(3)?);
    Ok(ListedItem { key: row.get(0)?, content, date: is_listed.then_some(date) })
}
