//! Items: those known and those served, the changes of a run, and retention.

use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};
use url::Url;

use super::articles;
use super::columns::{SKEW_MS, instant, json, precision_name, precision_of, zoned};
use crate::history::{ItemEdit, Known, KnownItems, Merge, Seen};
use crate::model::{Completion, Content, DateSource, FeedId, Item};
use crate::store::run_commit::RunCommit;

/// How long a tombstone is kept after the item was last on the page.
const TOMBSTONE_MS: i64 = 400 * 86_400_000;
/// Cap on tombstones of a feed, besides [`TOMBSTONES_PER_ITEM`].
const MIN_TOMBSTONES: i64 = 10_000;
/// Tombstones of a feed for each item that it keeps.
const TOMBSTONES_PER_ITEM: i64 = 20;
const DAY_MS: i64 = 86_400_000;

/// The parts of all items by which they are recognised, tombstones included.
pub(super) fn known(db: &mut Connection, feed: &FeedId) -> rusqlite::Result<KnownItems> {
    let mut query = db.prepare_cached(
        "SELECT key, fingerprint, pruned, link, title, source_id,
                last_seen = (SELECT max(last_seen) FROM items WHERE feed = ?1),
                CASE WHEN date_source IN ('page', 'url') THEN date END
         FROM items WHERE feed = ?1",
    )?;
    let rows = query.query_map([feed.as_str()], |row| Ok((row.get(0)?, known_of(row)?)))?;
    rows.collect()
}

fn known_of(row: &Row<'_>) -> rusqlite::Result<Known> {
    Ok(Known {
        fingerprint: row.get(1)?,
        pruned: row.get(2)?,
        link: row.get(3)?,
        title: row.get(4)?,
        source_id: row.get(5)?,
        listed: row.get(6)?,
        date: row.get::<_, Option<i64>>(7)?.map(instant),
    })
}

/// The newest items, in served order.
pub(super) fn served(db: &mut Connection, feed: &FeedId, limit: u32) -> rusqlite::Result<Vec<Item>> {
    let mut query = db.prepare_cached(
        "SELECT key, guid, content, date, date_offset, precision, date_source, updated,
                updated_offset, first_seen, position, completion
         FROM items WHERE feed = ?1 AND pruned = 0
         ORDER BY date DESC, first_seen DESC, position, key LIMIT ?2",
    )?;
    let rows = query.query_map(params![feed.as_str(), limit], item_of)?;
    rows.collect()
}

/// The items with these keys, as they are served, in the order of the keys.
pub(super) fn with_keys(db: &mut Connection, feed: &FeedId, keys: &[String]) -> rusqlite::Result<Vec<Item>> {
    let mut query = db.prepare_cached(
        "SELECT key, guid, content, date, date_offset, precision, date_source, updated,
                updated_offset, first_seen, position, completion
         FROM items WHERE feed = ?1 AND key = ?2 AND pruned = 0",
    )?;
    let mut items = Vec::new();
    for key in keys {
        let rows = query.query_map(params![feed.as_str(), key], item_of)?;
        items.extend(rows.collect::<rusqlite::Result<Vec<Item>>>()?);
    }
    Ok(items)
}

fn item_of(row: &Row<'_>) -> rusqlite::Result<Item> {
    let content_json: String = row.get(2)?;
    let listed: Content = serde_json::from_str(&content_json)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(2, Type::Text, Box::new(e)))?;
    let completion_json: Option<String> = row.get(11)?;
    let completion = completion_json.and_then(|text| serde_json::from_str::<Completion>(&text).ok());
    let content = listed.completed(completion.unwrap_or_default());
    let precision: String = row.get(5)?;
    let source: String = row.get(6)?;
    let updated: Option<i64> = row.get(7)?;
    let updated_offset: Option<i32> = row.get(8)?;
    Ok(Item {
        key: row.get(0)?,
        guid: row.get(1)?,
        content,
        date: zoned(row.get(3)?, row.get(4)?),
        precision: precision_of(&precision),
        date_source: DateSource::from_name(&source).unwrap_or(DateSource::FirstSeen),
        updated: updated.map(|at| zoned(at, updated_offset.unwrap_or(0))),
        first_seen: instant(row.get(9)?),
        position: row.get(10)?,
    })
}

/// Writes the changes of a run. With `fetch_articles` the items' own pages become due.
pub(super) fn write(
    db: &Connection,
    feed: &FeedId,
    merge: &Merge,
    fetch_articles: bool,
    now: i64,
) -> rusqlite::Result<()> {
    // Items that were on the page at the last reading stayed on it through all unchanged runs since.
    db.prepare_cached(
        "UPDATE items SET last_seen = max(last_seen, coalesce((SELECT last_success FROM feeds WHERE id = ?1), 0))
         WHERE feed = ?1 AND last_seen = (SELECT max(last_seen) FROM items WHERE feed = ?1)",
    )?
    .execute([feed.as_str()])?;
    let reading = reading_time(db, feed, now)?;
    for (item, fingerprint) in &merge.added {
        insert(db, feed, item, fingerprint, reading)?;
    }
    for change in &merge.changed {
        edit(db, feed, change)?;
    }
    for item in &merge.seen {
        see(db, feed, item, reading)?;
    }
    if fetch_articles {
        let edited = merge.changed.iter().filter(|c| c.updated.is_some()).map(|c| c.key.as_str());
        articles::request(db, feed, &merge.seen, &edited.collect::<Vec<_>>(), now)?;
    }
    Ok(())
}

/// The `last_seen` of the items that a reading finds: now, but always later than that of an earlier reading.
/// Thus the items on the page are those with the latest time, and items that have left it are not among them,
/// even if the clock goes back.
fn reading_time(db: &Connection, feed: &FeedId, now: i64) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT max(coalesce(max(last_seen) + 1, ?2), ?2) FROM items WHERE feed = ?1")?
        .query_row(params![feed.as_str(), now], |row| row.get(0))
}

/// Notes that an item is on the page, and by what a later run recognises it.
fn see(db: &Connection, feed: &FeedId, item: &Seen, seen: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE items SET last_seen = ?3, link = ?4, title = ?5, source_id = coalesce(?6, source_id)
         WHERE feed = ?1 AND key = ?2",
    )?
    .execute(params![
        feed.as_str(),
        item.key,
        seen,
        item.identity.link.as_ref().map(Url::as_str),
        item.identity.title,
        item.source_id,
    ])?;
    Ok(())
}

fn insert(db: &Connection, feed: &FeedId, item: &Item, fingerprint: &str, seen: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO items (feed, key, guid, first_seen, last_seen, date, date_offset, precision,
                            date_source, updated, updated_offset, position, content, fingerprint)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
         ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        feed.as_str(),
        item.key,
        item.guid,
        item.first_seen.timestamp_millis(),
        seen,
        item.date.timestamp_millis(),
        item.date.offset().local_minus_utc(),
        precision_name(item.precision),
        item.date_source.name(),
        item.updated.map(|u| u.timestamp_millis()),
        item.updated.map(|u| u.offset().local_minus_utc()),
        item.position,
        json(&item.content)?,
        fingerprint,
    ])?;
    Ok(())
}

fn edit(db: &Connection, feed: &FeedId, change: &ItemEdit) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE items SET content = ?3, fingerprint = ?4,
                updated = coalesce(?5, updated), updated_offset = coalesce(?6, updated_offset)
         WHERE feed = ?1 AND key = ?2 AND pruned = 0",
    )?
    .execute(params![
        feed.as_str(),
        change.key,
        json(&change.content)?,
        change.fingerprint,
        change.updated.map(|u| u.timestamp_millis()),
        change.updated.map(|u| u.offset().local_minus_utc()),
    ])?;
    Ok(())
}

/// Turns items beyond the number or age to keep into tombstones, and gives how many. Their keys stay, so
/// that they do not come back as new while the page still shows them.
pub(super) fn retain(db: &Connection, feed: &FeedId, run: &RunCommit, now: i64) -> rusqlite::Result<usize> {
    let by_number = db
        .prepare_cached(
            "UPDATE items SET pruned = 1, content = '', completion = NULL, article_due = NULL WHERE feed = ?1 AND pruned = 0 AND key IN (
                 SELECT key FROM items WHERE feed = ?1 AND pruned = 0
                 ORDER BY date DESC, first_seen DESC, position, key LIMIT -1 OFFSET ?2)",
        )?
        .execute(params![feed.as_str(), run.keep_items])?;
    let by_age = match trusted_time(db, feed, now)? {
        None => 0,
        Some(trusted) => {
            heal(db, feed, now)?;
            retain_by_age(db, feed, run.keep_days, trusted)?
        }
    };
    cap_tombstones(db, feed, run.keep_items)?;
    Ok(by_number + by_age)
}

/// The time from which ages are counted. One look at the clock is no reason to drop anything, as the clock may
/// be years ahead: the time counts that an earlier run had, a day ago or as long ago as runs are kept. `None` if
/// there is no such run, or if runs since then were in the future.
fn trusted_time(db: &Connection, feed: &FeedId, now: i64) -> rusqlite::Result<Option<i64>> {
    let mut query = db.prepare_cached("SELECT started FROM runs WHERE feed = ?1 ORDER BY fence DESC")?;
    let mut rows = query.query([feed.as_str()])?;
    let mut oldest = None;
    while let Some(row) = rows.next()? {
        let started: i64 = row.get(0)?;
        if started > now + SKEW_MS {
            return Ok(None);
        }
        oldest = Some(started);
        if started <= now - DAY_MS {
            break;
        }
    }
    Ok(oldest)
}

/// Items that were seen while the clock was ahead count as seen now: those on the page now, the others just
/// before.
fn heal(db: &Connection, feed: &FeedId, now: i64) -> rusqlite::Result<()> {
    let latest: Option<i64> = db
        .prepare_cached("SELECT max(last_seen) FROM items WHERE feed = ?1")?
        .query_row([feed.as_str()], |row| row.get(0))?;
    if let Some(latest) = latest.filter(|latest| *latest > now) {
        db.prepare_cached(
            "UPDATE items SET last_seen = ?2 - (last_seen < ?3) WHERE feed = ?1 AND last_seen >= ?2",
        )?
        .execute(params![feed.as_str(), now, latest])?;
    }
    Ok(())
}

/// Turns items beyond the age to keep into tombstones, gives how many, and forgets old tombstones.
fn retain_by_age(
    db: &Connection,
    feed: &FeedId,
    keep_days: Option<u32>,
    trusted: i64,
) -> rusqlite::Result<usize> {
    let pruned = match keep_days {
        None => 0,
        Some(days) => db
            .prepare_cached(
                "UPDATE items SET pruned = 1, content = '', completion = NULL, article_due = NULL
                 WHERE feed = ?1 AND pruned = 0 AND last_seen < ?2
                   AND last_seen < (SELECT max(last_seen) FROM items WHERE feed = ?1)",
            )?
            .execute(params![feed.as_str(), trusted - i64::from(days) * DAY_MS])?,
    };
    db.prepare_cached(
        "DELETE FROM items WHERE feed = ?1 AND pruned = 1 AND last_seen < ?2
                         AND last_seen < (SELECT max(last_seen) FROM items WHERE feed = ?1)",
    )?
    .execute(params![feed.as_str(), trusted - TOMBSTONE_MS])?;
    Ok(pruned)
}

/// Deletes the oldest tombstones above a number: a site whose links change at every visit must not fill
/// the disk with keys.
fn cap_tombstones(db: &Connection, feed: &FeedId, keep_items: u32) -> rusqlite::Result<()> {
    db.prepare_cached(
        "DELETE FROM items WHERE feed = ?1 AND pruned = 1 AND key IN (
             SELECT key FROM items WHERE feed = ?1 AND pruned = 1
             ORDER BY last_seen DESC LIMIT -1 OFFSET ?2)",
    )?
    .execute(params![feed.as_str(), i64::from(keep_items) * TOMBSTONES_PER_ITEM + MIN_TOMBSTONES])?;
    Ok(())
}
