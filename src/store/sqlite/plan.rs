//! The plan: which feed is due, and who holds the claim on it.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use super::columns::{feed_id, instant, millis_of};
use crate::digest;
use crate::model::{FeedId, Validators};
use crate::rules::LearnedRules;
use crate::store::claim::{Claim, Memory, Registration, Scope};

/// Time between the due times of overdue feeds after a start.
const START_GAP_MS: i64 = 200;

/// Upper bound of any due time that a back-off or a Retry-After has set.
const BACKOFF_HORIZON_MS: i64 = 8 * 86_400_000;

const CLAIM_COLUMNS: &str = "id, fence, etag, last_modified, body_hash, container, rules_hash, failures, validators_of, language, learned, received";

/// Registers feeds; see [`Store::register`](crate::store::Store::register).
pub(super) fn register(
    db: &mut Connection,
    feeds: &[Registration],
    scope: Scope,
    now: i64,
) -> rusqlite::Result<()> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if scope == Scope::All {
        tx.execute("UPDATE feeds SET active = 0", [])?;
    }
    let mut overdue = 0;
    for feed in feeds {
        let known = known(&tx, feed)?;
        let changed = known.as_ref().is_none_or(|known| known.differs(feed));
        let due = due_of(known.filter(|_| !changed), feed, now, &mut overdue);
        tx.prepare_cached(
            "INSERT INTO feeds (id, site, schedule, registered, next_due, touched)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (id) DO UPDATE SET active = 1, site = excluded.site,
                 schedule = excluded.schedule, next_due = excluded.next_due, touched = excluded.touched,
                 -- A run by the old settings must not write over the new plan.
                 fence = fence + ?7,
                 claimed_by = iif(?7, NULL, claimed_by),
                 claimed_until = iif(?7, 0, claimed_until),
                 registered = excluded.registered",
        )?
        .execute(params![
            feed.feed.as_str(),
            feed.site,
            feed.schedule,
            feed.settings_hash,
            due,
            now,
            changed
        ])?;
    }
    tx.commit()
}

/// A feed as the plan has it.
struct Planned {
    due: i64,
    schedule: String,
    settings_hash: String,
}

impl Planned {
    /// Whether the feed's settings are others now. A hash in the form of an earlier version is no evidence
    /// of that: the feed keeps its due time, and the present hash is written in its place.
    fn differs(&self, feed: &Registration) -> bool {
        self.settings_hash != feed.settings_hash && digest::is_settings_hash(&self.settings_hash)
    }
}

fn known(db: &Connection, feed: &Registration) -> rusqlite::Result<Option<Planned>> {
    db.prepare_cached("SELECT next_due, schedule, registered FROM feeds WHERE id = ?1")?
        .query_row([feed.feed.as_str()], |row| {
            Ok(Planned { due: row.get(0)?, schedule: row.get(1)?, settings_hash: row.get(2)? })
        })
        .optional()
}

/// New feeds and feeds with other settings (`known` is `None`) are due now; overdue ones are spread; others
/// keep their time, unless the schedule changed.
fn due_of(known: Option<Planned>, feed: &Registration, now: i64, overdue: &mut i64) -> i64 {
    let regular = feed.next_regular.timestamp_millis();
    let due = match known {
        // A clock that was set back must not leave a feed waiting for the old future.
        Some(known) if known.schedule == feed.schedule => {
            known.due.min(regular.max(now + BACKOFF_HORIZON_MS))
        }
        Some(known) => known.due.min(regular),
        None => now,
    };
    if due > now {
        return due;
    }
    let spread = now + *overdue * START_GAP_MS;
    *overdue += 1;
    spread
}

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

/// Gives back a feed, which is due again at a later moment. Nothing happens if the claim no longer holds.
pub(super) fn put_off(db: &Connection, claim: &Claim, due: i64, now: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE feeds SET claimed_by = NULL, claimed_until = 0, next_due = ?3, touched = ?4
         WHERE id = ?1 AND fence = ?2 AND claimed_by IS NOT NULL",
    )?
    .execute(params![claim.feed.as_str(), claim.fence, due, now])
    .map(|_| ())
}

/// Gives a node the claim on a feed.
fn take(db: &Connection, id: &str, node: &str, lease: Duration, now: i64) -> rusqlite::Result<Claim> {
    let sql = format!(
        "UPDATE feeds SET claimed_by = ?2, claimed_until = ?3, fence = fence + 1, touched = ?4
         WHERE id = ?1 RETURNING {CLAIM_COLUMNS}"
    );
    db.prepare_cached(&sql)?.query_row(params![id, node, now + millis_of(lease), now], claim_of)
}

fn claim_of(row: &Row<'_>) -> rusqlite::Result<Claim> {
    let id: String = row.get(0)?;
    Ok(Claim {
        feed: feed_id(&id)?,
        fence: row.get(1)?,
        memory: Memory {
            validators: Validators { etag: row.get(2)?, last_modified: row.get(3)?, of: row.get(8)? },
            body_hash: row.get(4)?,
            received: row.get::<_, Option<i64>>(11)?.map(instant),
            container: row.get(5)?,
            rules_hash: row.get(6)?,
            failures: row.get(7)?,
            language: row.get(9)?,
            learned: row.get::<_, Option<String>>(10)?.as_deref().and_then(LearnedRules::from_stored),
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
        "UPDATE feeds SET claimed_by = NULL, claimed_until = 0, touched = ?2 WHERE claimed_by = ?1",
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
