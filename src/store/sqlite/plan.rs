//! The plan: which feed is due, and who holds the claim on it.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use super::columns::{SKEW_MS, feed_id, fields_of, instant, millis_of};
use crate::model::{FeedId, Validators};
use crate::rules::LearnedRules;
use crate::store::claim::{Claim, Memory};

const CLAIM_COLUMNS: &str = "id, fence, etag, last_modified, body_hash, container, rules_hash, failures, validators_of, language, learned, received, gone, title, reading, next_due";

/// Claims due feeds, at most one per site and `limit` in all.
pub(super) fn claim_due(
    db: &mut Connection,
    node: &str,
    limit: usize,
    lease: Duration,
    now: i64,
) -> rusqlite::Result<Vec<Claim>> {
    without_sync(db, |tx| due(tx, limit, now)?.iter().map(|id| take(tx, id, node, lease, now)).collect())
}

/// Runs a transaction without waiting for the disk, so that a power cut may undo it. That is safe for
/// claims: the daemon that held them is gone too, and the results of a run are synced when it finishes.
fn without_sync<T>(
    db: &mut Connection,
    operation: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    db.pragma_update(None, "synchronous", "NORMAL")?;
    let done = db.transaction_with_behavior(TransactionBehavior::Immediate).and_then(|tx| {
        let done = operation(&tx)?;
        tx.commit()?;
        Ok(done)
    });
    db.pragma_update(None, "synchronous", "FULL")?;
    done
}

/// Ids of the feeds that are due, the longest waiting first.
fn due(db: &Connection, limit: usize, now: i64) -> rusqlite::Result<Vec<String>> {
    // One feed per site: `min(next_due)` picks the row (SQLite's bare-column rule).
    let mut query = db.prepare_cached(
        "SELECT id, min(next_due) FROM feeds f
         WHERE active = 1 AND next_due <= ?1 AND claimed_until <= ?1
           AND NOT EXISTS (SELECT 1 FROM feeds o WHERE o.site = f.site
                           AND o.claimed_by IS NOT NULL AND o.claimed_until > ?1)
           AND NOT EXISTS (SELECT 1 FROM sites s WHERE s.site = f.site AND s.rest_until > ?1)
         GROUP BY site ORDER BY 2 LIMIT ?2",
    )?;
    let rows = query.query_map(params![now, i64::try_from(limit).unwrap_or(i64::MAX)], |r| r.get(0))?;
    rows.collect()
}

/// Claims one feed, due or not, if nobody holds it.
pub(super) fn claim_one(
    db: &mut Connection,
    feed: &FeedId,
    node: &str,
    lease: Duration,
    now: i64,
) -> rusqlite::Result<Option<Claim>> {
    without_sync(db, |tx| {
        let mut free = tx.prepare_cached("SELECT claimed_until <= ?2 FROM feeds WHERE id = ?1")?;
        match free.query_row(params![feed.as_str(), now], |r| r.get(0)).optional()? {
            Some(true) => take(tx, feed.as_str(), node, lease, now).map(Some),
            _ => Ok(None),
        }
    })
}

/// Gives back a feed that the configuration does not have. It is due again when a configuration has it.
pub(super) fn dismiss(db: &Connection, claim: &Claim, now: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE feeds SET active = 0, claimed_by = NULL, claimed_until = 0, touched = ?3
         WHERE id = ?1 AND fence = ?2",
    )?
    .execute(params![claim.feed.as_str(), claim.fence, now])
    .map(|_| ())
}

/// Gives back a feed, which is due again at a later moment, and lets its site rest. Nothing happens if the claim
/// no longer holds.
pub(super) fn put_off(
    db: &mut Connection,
    claim: &Claim,
    due: i64,
    rest: Duration,
    now: i64,
) -> rusqlite::Result<()> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let given_back = tx
        .prepare_cached(
            "UPDATE feeds SET claimed_by = NULL, claimed_until = 0, next_due = ?3, touched = ?4
             WHERE id = ?1 AND fence = ?2 AND claimed_by IS NOT NULL",
        )?
        .execute(params![claim.feed.as_str(), claim.fence, due, now])?;
    if given_back > 0 {
        rest_site(&tx, claim, rest, now)?;
    }
    tx.commit()
}

/// Keeps the feeds of a feed's site from being claimed for a while.
pub(super) fn rest_site(db: &Connection, claim: &Claim, rest: Duration, now: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO sites (site, rest_until) SELECT site, ?2 FROM feeds WHERE id = ?1
         ON CONFLICT (site) DO UPDATE SET rest_until = max(rest_until, excluded.rest_until)",
    )?
    .execute(params![claim.feed.as_str(), now + millis_of(rest)])?;
    Ok(())
}

/// Gives a node the claim on a feed.
fn take(db: &Connection, id: &str, node: &str, lease: Duration, now: i64) -> rusqlite::Result<Claim> {
    let sql = format!(
        "UPDATE feeds SET claimed_by = ?2, claimed_until = ?3, fence = fence + 1, touched = max(touched, ?4)
         WHERE id = ?1 RETURNING {CLAIM_COLUMNS}"
    );
    db.prepare_cached(&sql)?.query_row(params![id, node, now + millis_of(lease), now], claim_of)
}

fn claim_of(row: &Row<'_>) -> rusqlite::Result<Claim> {
    let id: String = row.get(0)?;
    Ok(Claim {
        feed: feed_id(&id)?,
        fence: row.get(1)?,
        due: instant(row.get(15)?),
        memory: Memory {
            validators: Validators { etag: row.get(2)?, last_modified: row.get(3)?, of: row.get(8)? },
            body_hash: row.get(4)?,
            received: row.get::<_, Option<i64>>(11)?.map(instant),
            container: row.get(5)?,
            rules_hash: row.get(6)?,
            reading: row.get(14)?,
            failures: row.get(7)?,
            language: row.get(9)?,
            title: row.get(13)?,
            learned: row.get::<_, Option<String>>(10)?.as_deref().and_then(LearnedRules::from_stored),
            gone: fields_of(row.get::<_, Option<String>>(12)?.as_deref()),
        },
    })
}

pub(super) fn memory(db: &mut Connection, feed: &FeedId) -> rusqlite::Result<Option<Memory>> {
    let sql = format!("SELECT {CLAIM_COLUMNS} FROM feeds WHERE id = ?1");
    let claim = db.prepare_cached(&sql)?.query_row([feed.as_str()], claim_of).optional()?;
    Ok(claim.map(|c| c.memory))
}

pub(super) fn release(db: &mut Connection, node: &str, now: i64) -> rusqlite::Result<()> {
    db.execute(
        "UPDATE feeds SET claimed_by = NULL, claimed_until = 0, touched = max(touched, ?2) WHERE claimed_by = ?1",
        params![node, now],
    )?;
    Ok(())
}

/// The earliest moment at which a feed can be claimed. Usually that is the next due time. A feed that is
/// due but not free (it is claimed, or its site rests or is in use) needs the second query.
pub(super) fn next_due(db: &mut Connection, now: i64) -> rusqlite::Result<Option<i64>> {
    let next: Option<i64> = db
        .prepare_cached("SELECT min(next_due) FROM feeds WHERE active = 1")?
        .query_row([], |row| row.get(0))?;
    if next.is_none_or(|due| due > now) {
        return Ok(next);
    }
    db.prepare_cached(
        "SELECT min(max(f.next_due, f.claimed_until,
                    coalesce((SELECT rest_until FROM sites s WHERE s.site = f.site AND s.rest_until > ?1), 0),
                    coalesce((SELECT max(o.claimed_until) FROM feeds o WHERE o.site = f.site
                              AND o.claimed_by IS NOT NULL AND o.claimed_until > ?1), 0)))
         FROM (SELECT * FROM feeds WHERE active = 1 ORDER BY next_due LIMIT 64) f",
    )?
    .query_row([now], |row| row.get(0))
}

/// The feeds that were written by a clock that was ahead. The index on `touched` makes the look cheap, and
/// every write of a due time moves `touched`.
pub(super) fn ahead(db: &mut Connection, now: i64) -> rusqlite::Result<Vec<FeedId>> {
    let mut query = db.prepare_cached("SELECT id FROM feeds WHERE touched > ?1 AND active = 1")?;
    let rows = query.query_map([now + SKEW_MS], |row| row.get::<_, String>(0))?;
    rows.map(|id| feed_id(&id?)).collect()
}
