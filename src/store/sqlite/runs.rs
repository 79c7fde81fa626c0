//! The end of a run, the records of runs, and the states of feeds.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use super::columns::{field_keys, instant};
use super::{events, items, plan};
use crate::model::{FeedId, FeedState, Outcome, RunRecord, Trouble, TroubleKind};
use crate::rules::LearnedRules;
use crate::store::claim::Claim;
use crate::store::run_commit::RunCommit;

/// Runs that are kept per feed.
const KEPT_RUNS: i64 = 50;

/// Writes the end of a run. Gives false, and writes nothing, if the claim no longer holds.
pub(super) fn finish(
    db: &mut Connection,
    claim: &Claim,
    run: &RunCommit,
    now: i64,
) -> rusqlite::Result<bool> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let Some(before) = events::before(&tx, claim)? else { return Ok(false) };
    let mut changed = false;
    if let Some(merge) = &run.merge {
        items::write(&tx, &claim.feed, merge, run.articles, now)?;
        changed = merge.changes_documents();
    }
    if !matches!(run.record.outcome, Outcome::Failed(_)) {
        changed |= items::retain(&tx, &claim.feed, run, now)? > 0;
    }
    let after = events::record(&tx, &claim.feed, run, &before, now)?;
    update_feed(&tx, claim, run, changed, now)?;
    events::note(&tx, &claim.feed, &after, &before)?;
    insert_run(&tx, claim, &run.record)?;
    plan::rest_site(&tx, claim, run.site_rest, now)?;
    tx.commit()?;
    Ok(true)
}

/// Writes the next due time, the memory and the state, and ends the claim.
fn update_feed(
    db: &Connection,
    claim: &Claim,
    run: &RunCommit,
    changed: bool,
    now: i64,
) -> rusqlite::Result<()> {
    let success = (!matches!(run.record.outcome, Outcome::Failed(_))).then_some(now);
    let trouble = run.trouble();
    db.prepare_cached(
        "UPDATE feeds SET claimed_by = NULL, claimed_until = 0, next_due = ?3, last_run = ?4,
                last_success = coalesce(?5, last_success), failures = ?6, trouble = ?7,
                trouble_detail = ?8, etag = ?9, last_modified = ?10, body_hash = ?11,
                container = ?12, rules_hash = ?13, validators_of = ?15, language = ?16, learned = iif(?18, ?17, learned),
                received = ?19, gone = ?20, title = ?21, reading = ?22,
                 -- A document is rendered again if it may have another title.
                 version = version + (?14 OR coalesce(title, '') <> coalesce(?21, '')),
                changed = CASE WHEN ?14 OR (changed IS NULL AND ?5 IS NOT NULL) THEN ?2 ELSE changed END,
                touched = ?2,
                items = CASE WHEN ?14 THEN (SELECT count(*) FROM items WHERE feed = ?1 AND pruned = 0)
                             ELSE items END
         WHERE id = ?1",
    )?
    .execute(params![
        claim.feed.as_str(),
        now,
        run.next_due.timestamp_millis(),
        run.record.started.timestamp_millis(),
        success,
        run.memory.failures,
        trouble.map(|t| t.kind.name()),
        trouble.map(|t| t.detail.as_str()),
        run.memory.validators.etag,
        run.memory.validators.last_modified,
        run.memory.body_hash,
        run.memory.container,
        run.memory.rules_hash,
        changed,
        run.memory.validators.of,
        run.memory.language,
        run.memory.learned.as_ref().map(LearnedRules::to_stored),
        // Rules of a later version, which this one cannot read, stay until a page was read by others.
        matches!(run.record.outcome, Outcome::Fresh),
        run.memory.received.map(|at| at.timestamp_millis()),
        field_keys(&run.memory.gone),
        run.memory.title,
        run.memory.reading,
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

/// The columns that [`state_of`] reads; `?2` is the current time.
const STATE_COLUMNS: &str = "id, version, changed, last_success, last_run, next_due, failures, trouble,
    trouble_detail, items, claimed_by IS NOT NULL AND claimed_until > ?2, language, title,
    iif(muted_until > ?2, muted_until, NULL), silent,
    trouble_since";

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
    let instant_at = |column| row.get::<_, Option<i64>>(column).map(|t| t.map(instant));
    Ok(FeedState {
        version: count(row, 1)?,
        changed: instant_at(2)?,
        last_success: instant_at(3)?,
        last_run: instant_at(4)?,
        next_due: instant_at(5)?,
        failures: row.get(6)?,
        trouble: trouble_of(row.get(7)?, row.get(8)?),
        items: Some(count(row, 9)?),
        running: row.get(10)?,
        language: row.get(11)?,
        title: row.get::<_, Option<String>>(12)?.filter(|title| !title.is_empty()),
        muted_until: instant_at(13)?,
        silent: row.get(14)?,
        trouble_since: instant_at(15)?,
    })
}

fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|n| u64::try_from(n).unwrap_or(0))
}

fn trouble_of(name: Option<String>, detail: Option<String>) -> Option<Trouble> {
    let kind = TroubleKind::from_name(&name?).unwrap_or(TroubleKind::Bug);
    Some(Trouble::new(kind, detail.unwrap_or_default()))
}

/// The newest runs, newest first.
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
