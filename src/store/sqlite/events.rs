//! Events: written by the end of a run, or by the clock, and read.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use super::columns::{feed_id, instant, json, millis_of};
use crate::model::{Event, EventKind, FeedId, Trouble, TroubleKind};
use crate::store::claim::Claim;
use crate::store::run_commit::RunCommit;

/// A feed is not silent before this time, whatever its habit.
const MIN_SILENCE_MS: i64 = 3 * 86_400_000;
/// A feed is silent after its longest pause times this.
const PAUSES: i64 = 2;
/// The newest moments with new items by which a habit is told.
const HABIT_OF: i64 = 30;
/// Without so many pauses, a feed has no habit.
const MIN_PAUSES: usize = 7;

/// The state of a feed before its run, as far as events depend on it.
pub(super) struct Before {
    trouble: Option<String>,
    detail: Option<String>,
    trouble_since: Option<i64>,
    newest_item: Option<i64>,
    silent_from: Option<i64>,
    was_read: bool,
    silent: bool,
}

/// The state of a feed after its run, for its row.
pub(super) struct After {
    trouble_since: Option<i64>,
    newest_item: Option<i64>,
    silent_from: Option<i64>,
    silent: bool,
}

/// A new event, without its number.
struct NewEvent<'e> {
    kind: EventKind,
    trouble: Option<&'e Trouble>,
    since: i64,
    keys: Option<String>,
}

/// Reads the state before a run, if the claim still holds.
pub(super) fn before(db: &Connection, claim: &Claim) -> rusqlite::Result<Option<Before>> {
    db.prepare_cached(
        "SELECT trouble, trouble_detail, trouble_since, newest_item, silent_from, last_success IS NOT NULL, silent
         FROM feeds WHERE id = ?1 AND fence = ?2 AND claimed_by IS NOT NULL",
    )?
    .query_row(params![claim.feed.as_str(), claim.fence], |row| {
        Ok(Before {
            trouble: row.get(0)?,
            detail: row.get(1)?,
            trouble_since: row.get(2)?,
            newest_item: row.get(3)?,
            silent_from: row.get(4)?,
            was_read: row.get(5)?,
            silent: row.get(6)?,
        })
    })
    .optional()
}

/// Writes the events of a run. The first run that reads a feed has no new items: all of them are.
pub(super) fn record(
    db: &Connection,
    feed: &FeedId,
    run: &RunCommit,
    before: &Before,
    now: i64,
) -> rusqlite::Result<After> {
    let trouble = run.trouble();
    let trouble_since =
        trouble.map(|_| before.trouble_since.filter(|_| before.trouble.is_some()).unwrap_or(now));
    write_change(db, feed, trouble, before, now)?;
    let added = run.merge.as_ref().map_or(&[][..], |merge| &merge.added);
    if added.is_empty() {
        let silent_from = silent_from(db, feed, run, before, before.newest_item)?;
        return Ok(After {
            trouble_since,
            newest_item: before.newest_item,
            silent_from,
            silent: before.silent,
        });
    }
    if before.was_read && run.tell_items {
        let keys: Vec<&str> = added.iter().map(|(item, _)| item.key.as_str()).collect();
        insert(
            db,
            feed,
            &NewEvent { kind: EventKind::Item, trouble: None, since: now, keys: Some(json(&keys)?) },
            now,
        )?;
    }
    if before.silent {
        let since = before.newest_item.unwrap_or(now);
        insert(db, feed, &NewEvent { kind: EventKind::Recovered, trouble: None, since, keys: None }, now)?;
    }
    let silent_from = silent_from(db, feed, run, before, Some(now))?;
    Ok(After { trouble_since, newest_item: Some(now), silent_from, silent: false })
}

/// Writes that a trouble began, is another one, or ended.
fn write_change(
    db: &Connection,
    feed: &FeedId,
    trouble: Option<&Trouble>,
    before: &Before,
    now: i64,
) -> rusqlite::Result<()> {
    let since = before.trouble_since.unwrap_or(now);
    match (before.trouble.as_deref(), trouble) {
        (Some(old), Some(new)) if old != new.kind.name() => insert(
            db,
            feed,
            &NewEvent { kind: EventKind::Trouble, trouble: Some(new), since, keys: None },
            now,
        ),
        (None, Some(new)) => insert(
            db,
            feed,
            &NewEvent { kind: EventKind::Trouble, trouble: Some(new), since: now, keys: None },
            now,
        ),
        (Some(old), None) => {
            let old = trouble_of(old, before.detail.clone());
            insert(
                db,
                feed,
                &NewEvent { kind: EventKind::Recovered, trouble: Some(&old), since, keys: None },
                now,
            )
        }
        _ => Ok(()),
    }
}

fn trouble_of(name: &str, detail: Option<String>) -> Trouble {
    Trouble::new(TroubleKind::from_name(name).unwrap_or(TroubleKind::Bug), detail.unwrap_or_default())
}

fn insert(db: &Connection, feed: &FeedId, event: &NewEvent<'_>, now: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO events (at, feed, kind, trouble, detail, since, keys) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        now,
        feed.as_str(),
        event.kind.name(),
        event.trouble.map(|trouble| trouble.kind.name()),
        event.trouble.map(|trouble| trouble.detail.as_str()),
        event.since,
        event.keys,
    ])?;
    Ok(())
}

/// The moment from which a feed counts as silent; `None` if nobody knows. By its settings, or by its habit, which
/// is looked up when items are new.
fn silent_from(
    db: &Connection,
    feed: &FeedId,
    run: &RunCommit,
    before: &Before,
    newest: Option<i64>,
) -> rusqlite::Result<Option<i64>> {
    let Some(newest) = newest else { return Ok(None) };
    if let Some(most) = run.max_silence {
        return Ok(Some(newest.saturating_add(millis_of(most))));
    }
    if before.newest_item == Some(newest) {
        return Ok(before.silent_from);
    }
    Ok(habit(db, feed)?.map(|pause| newest.saturating_add(pause)))
}

/// Writes what has changed of the row of a feed.
pub(super) fn note(db: &Connection, feed: &FeedId, after: &After, before: &Before) -> rusqlite::Result<()> {
    let is_same = after.trouble_since == before.trouble_since
        && after.newest_item == before.newest_item
        && after.silent_from == before.silent_from
        && after.silent == before.silent;
    if is_same {
        return Ok(());
    }
    db.prepare_cached(
        "UPDATE feeds SET trouble_since = ?2, newest_item = ?3, silent_from = ?4, silent = ?5 WHERE id = ?1",
    )?
    .execute(params![
        feed.as_str(),
        after.trouble_since,
        after.newest_item,
        after.silent_from,
        after.silent
    ])?;
    Ok(())
}

/// How long a feed may go without a new item, by its pauses so far. `None` for a young feed.
fn habit(db: &Connection, feed: &FeedId) -> rusqlite::Result<Option<i64>> {
    let mut query = db.prepare_cached(
        "SELECT DISTINCT first_seen FROM items WHERE feed = ?1 ORDER BY first_seen DESC LIMIT ?2",
    )?;
    let rows = query.query_map(params![feed.as_str(), HABIT_OF], |row| row.get::<_, i64>(0))?;
    let moments: Vec<i64> = rows.collect::<rusqlite::Result<_>>()?;
    let pauses = moments.windows(2).map(|pair| pair[0].saturating_sub(pair[1]));
    let longest = pauses.max().filter(|_| moments.len() > MIN_PAUSES);
    Ok(longest.map(|pause| pause.saturating_mul(PAUSES).max(MIN_SILENCE_MS)))
}

/// Whether a feed is silent, and that was not told.
pub(super) fn has_silent(db: &mut Connection, now: i64) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "SELECT 1 FROM feeds
         WHERE active = 1 AND silent = 0 AND silent_from IS NOT NULL AND silent_from <= ?1 AND trouble IS NULL
           AND last_success >= silent_from",
    )?
    .exists([now])
}

/// Writes an event for each feed that is silent since a short time.
pub(super) fn find_silent(db: &mut Connection, now: i64) -> rusqlite::Result<usize> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let silent: Vec<(String, Option<i64>)> = {
        let mut query = tx.prepare_cached(
            "SELECT id, newest_item FROM feeds
             WHERE active = 1 AND silent = 0 AND silent_from IS NOT NULL AND silent_from <= ?1 AND trouble IS NULL
           AND last_success >= silent_from",
        )?;
        let rows = query.query_map([now], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    for (id, newest) in &silent {
        let feed = feed_id(id)?;
        let since = newest.unwrap_or(now);
        insert(&tx, &feed, &NewEvent { kind: EventKind::Silent, trouble: None, since, keys: None }, now)?;
        tx.prepare_cached("UPDATE feeds SET silent = 1, touched = ?2 WHERE id = ?1")?
            .execute(params![id, now])?;
    }
    tx.commit()?;
    Ok(silent.len())
}

const EVENT_COLUMNS: &str = "number, at, feed, kind, trouble, detail, since, keys";

/// Events that were not planned yet, the oldest first.
pub(super) fn unplanned(db: &mut Connection, limit: u32) -> rusqlite::Result<Vec<Event>> {
    let sql = format!(
        "SELECT {EVENT_COLUMNS} FROM events WHERE number > (SELECT event FROM planned) ORDER BY number LIMIT ?1"
    );
    let mut query = db.prepare_cached(&sql)?;
    let rows = query.query_map([limit], event_of)?;
    rows.collect()
}

/// The newest events of some kinds, newest first.
pub(super) fn newest(
    db: &mut Connection,
    of: Option<&FeedId>,
    kinds: &[EventKind],
    limit: u32,
) -> rusqlite::Result<Vec<Event>> {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    let of_feed = if of.is_some() { "feed = ?1" } else { "?1 IS NULL" };
    let sql = format!(
        "SELECT {EVENT_COLUMNS} FROM events WHERE {of_feed} AND kind IN (SELECT value FROM json_each(?2))
         ORDER BY number DESC LIMIT ?3"
    );
    let mut query = db.prepare_cached(&sql)?;
    let rows = query.query_map(params![of.map(FeedId::as_str), json(&names)?, limit], event_of)?;
    rows.collect()
}

fn event_of(row: &Row<'_>) -> rusqlite::Result<Event> {
    let id: String = row.get(2)?;
    let kind: String = row.get(3)?;
    let trouble: Option<String> = row.get(4)?;
    let keys: Option<String> = row.get(7)?;
    let unreadable =
        |error: serde_json::Error| rusqlite::Error::FromSqlConversionFailure(7, Type::Text, Box::new(error));
    Ok(Event {
        number: row.get(0)?,
        at: instant(row.get(1)?),
        feed: feed_id(&id)?,
        // A kind of a later version is told as a trouble without a name.
        kind: EventKind::from_name(&kind).unwrap_or(EventKind::Trouble),
        trouble: match trouble {
            Some(name) => Some(trouble_of(&name, row.get(5)?)),
            None => None,
        },
        since: instant(row.get(6)?),
        keys: keys.map_or_else(|| Ok(Vec::new()), |keys| serde_json::from_str(&keys)).map_err(unreadable)?,
    })
}
