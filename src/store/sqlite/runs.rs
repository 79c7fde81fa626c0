//! The end of a run, and what is known of feeds from their runs.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use super::{instant, items, millis_of};
use crate::model::{FeedId, FeedState, Outcome, RunRecord, Trouble, TroubleKind};
use crate::store::{Claim, Finish};

/// Runs that are kept per feed.
const KEPT_RUNS: i64 = 50;

/// Writes the end of a run; false if the claim no longer holds, and then nothing is written.
pub(super) fn finish(
    db: &mut Connection,
    claim: &Claim,
    finish: &Finish,
    now: i64,
) -> rusqlite::Result<bool> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let held = tx
        .prepare_cached("SELECT 1 FROM feeds WHERE id = ?1 AND fence = ?2 AND claimed_by IS NOT NULL")?
        .exists(params![claim.feed.as_str(), claim.fence])?;
    if !held {
        return Ok(false);
    }
    let mut changed = false;
    if let Some(merge) = &finish.merge {
        items::write(&tx, &claim.feed, merge, finish.articles, now)?;
        changed = merge.changes_documents();
    }
    if !matches!(finish.record.outcome, Outcome::Failed(_)) {
        changed |= items::retain(&tx, &claim.feed, finish, now)? > 0;
    }
    end_of_run(&tx, claim, finish, changed, now)?;
    insert_run(&tx, claim, &finish.record)?;
    rest(&tx, claim, finish, now)?;
    tx.commit()?;
    Ok(true)
}

fn end_of_run(
    db: &Connection,
    claim: &Claim,
    finish: &Finish,
    changed: bool,
    now: i64,
) -> rusqlite::Result<()> {
    let (success, trouble) = match &finish.record.outcome {
        Outcome::Failed(trouble) => (None, Some(trouble)),
        Outcome::Fresh | Outcome::Unchanged => (Some(now), None),
    };
    db.prepare_cached(
        "UPDATE feeds SET claimed_by = NULL, claimed_until = 0, next_due = ?3, last_run = ?4,
                last_success = coalesce(?5, last_success), failures = ?6, trouble = ?7,
                trouble_detail = ?8, etag = ?9, last_modified = ?10, body_hash = ?11,
                container = ?12, rules_hash = ?13, validators_of = ?15, language = ?16, learned = ?17, version = version + ?14,
                changed = CASE WHEN ?14 OR (changed IS NULL AND ?5 IS NOT NULL) THEN ?2 ELSE changed END,
                touched = ?2,
                items = CASE WHEN ?14 THEN (SELECT count(*) FROM items WHERE feed = ?1 AND pruned = 0)
                             ELSE items END
         WHERE id = ?1",
    )?
    .execute(params![
        claim.feed.as_str(),
        now,
        finish.next_due.timestamp_millis(),
        finish.record.started.timestamp_millis(),
        success,
        finish.memory.failures,
        trouble.map(|t| t.kind.name()),
        trouble.map(|t| t.detail.as_str()),
        finish.memory.validators.etag,
        finish.memory.validators.last_modified,
        finish.memory.body_hash,
        finish.memory.container,
        finish.memory.rules_hash,
        changed,
        finish.memory.validators.of,
        finish.memory.language,
        finish.memory.learned,
    ])?;
    Ok(())
}

fn insert_run(db: &Connection, claim: &Claim, record: &RunRecord) -> rusqlite::Result<()> {
    let trouble = match &record.outcome {
        Outcome::Failed(trouble) => Some(trouble),
        Outcome::Fresh | Outcome::Unchanged => None,
    };
    db.prepare_cached(
        "INSERT OR REPLACE INTO runs (feed, started, fence, duration_ms, outcome, trouble, detail,
                                      bytes, found, added, changed, problems)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        claim.feed.as_str(),
        record.started.timestamp_millis(),
        claim.fence,
        i64::try_from(record.duration_ms).unwrap_or(i64::MAX),
        record.outcome.name(),
        trouble.map(|t| t.kind.name()),
        trouble.map(|t| t.detail.as_str()),
        i64::try_from(record.bytes).unwrap_or(i64::MAX),
        record.found,
        record.added,
        record.changed,
        record.problems,
    ])?;
    db.prepare_cached("DELETE FROM runs WHERE feed = ?1 AND fence <= ?2")?
        .execute(params![claim.feed.as_str(), claim.fence - KEPT_RUNS])?;
    Ok(())
}

fn rest(db: &Connection, claim: &Claim, finish: &Finish, now: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO sites (site, rest_until) SELECT site, ?2 FROM feeds WHERE id = ?1
         ON CONFLICT (site) DO UPDATE SET rest_until = max(rest_until, excluded.rest_until)",
    )?
    .execute(params![claim.feed.as_str(), now + millis_of(finish.site_rest)])?;
    Ok(())
}

/// What [`state_of`] reads; `?2` is this moment.
const STATE_COLUMNS: &str = "id, version, changed, last_success, last_run, next_due, failures, trouble,
    trouble_detail, items, claimed_by IS NOT NULL AND claimed_until > ?2, language";

pub(super) fn state(db: &mut Connection, feed: &FeedId, now: i64) -> rusqlite::Result<Option<FeedState>> {
    let sql = format!("SELECT {STATE_COLUMNS} FROM feeds WHERE active = 1 AND id = ?1");
    db.prepare_cached(&sql)?.query_row(params![feed.as_str(), now], state_of).optional()
}

pub(super) fn states(
    db: &mut Connection,
    since: i64,
    now: i64,
) -> rusqlite::Result<HashMap<FeedId, FeedState>> {
    let sql = format!("SELECT {STATE_COLUMNS} FROM feeds WHERE active = 1 AND touched >= ?1");
    let mut query = db.prepare_cached(&sql)?;
    let rows = query.query_map([since, now], |row| {
        let id: String = row.get(0)?;
        Ok((id, state_of(row)?))
    })?;
    let states: rusqlite::Result<Vec<(String, FeedState)>> = rows.collect();
    Ok(states?.into_iter().filter_map(|(id, state)| Some((FeedId::parse(&id).ok()?, state))).collect())
}

fn state_of(row: &Row<'_>) -> rusqlite::Result<FeedState> {
    let at = |i| row.get::<_, Option<i64>>(i).map(|t| t.map(instant));
    Ok(FeedState {
        version: count(row, 1)?,
        changed: at(2)?,
        last_success: at(3)?,
        last_run: at(4)?,
        next_due: at(5)?,
        failures: row.get(6)?,
        trouble: trouble_of(row.get(7)?, row.get(8)?),
        items: Some(count(row, 9)?),
        running: row.get(10)?,
        language: row.get(11)?,
    })
}

fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|n| u64::try_from(n).unwrap_or(0))
}

fn trouble_of(name: Option<String>, detail: Option<String>) -> Option<Trouble> {
    let kind = TroubleKind::from_name(&name?).unwrap_or(TroubleKind::Bug);
    Some(Trouble::new(kind, detail.unwrap_or_default()))
}

pub(super) fn newest(db: &mut Connection, feed: &FeedId, limit: u32) -> rusqlite::Result<Vec<RunRecord>> {
    let mut query = db.prepare_cached(
        "SELECT started, duration_ms, outcome, trouble, detail, bytes, found, added, changed, problems
         FROM runs WHERE feed = ?1 ORDER BY fence DESC LIMIT ?2",
    )?;
    let rows = query.query_map(params![feed.as_str(), limit], |row| {
        let outcome: String = row.get(2)?;
        let outcome = match trouble_of(row.get(3)?, row.get(4)?) {
            Some(trouble) => Outcome::Failed(trouble),
            None if outcome == "fresh" => Outcome::Fresh,
            None => Outcome::Unchanged,
        };
        Ok(RunRecord {
            started: instant(row.get(0)?),
            duration_ms: count(row, 1)?,
            outcome,
            bytes: count(row, 5)?,
            found: row.get(6)?,
            added: row.get(7)?,
            changed: row.get(8)?,
            problems: row.get(9)?,
        })
    })?;
    rows.collect()
}
