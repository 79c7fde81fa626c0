//! Notices: from the plan of events to messages.

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::columns::{feed_id, instant, json};
use crate::store::outbox::{MAX_WAITING, MessageState, NewMessage, NewNotice, Notice};

/// Begins a transaction that writes.
pub(super) fn begin(db: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    db.transaction_with_behavior(TransactionBehavior::Immediate)
}

/// Writes the notices of the events up to a number, unless these were planned meanwhile.
pub(super) fn plan(db: &mut Connection, up_to: i64, notices: &[NewNotice]) -> rusqlite::Result<()> {
    let tx = begin(db)?;
    if tx.execute("UPDATE planned SET event = ?1 WHERE event < ?1", [up_to])? == 0 {
        return Ok(());
    }
    for notice in notices {
        insert_notice(&tx, notice)?;
    }
    tx.commit()
}

/// Adds a notice. What is held of the state of a feed is told together with the newest, so that it is the state of
/// then; and what comes while messages are held for their number waits with them.
fn insert_notice(db: &Connection, notice: &NewNotice) -> rusqlite::Result<()> {
    let mut due = notice.due.timestamp_millis();
    let mut reason = notice.reason.clone();
    if notice.is_state {
        let held: Option<i64> = db
            .prepare_cached(
                "SELECT max(due) FROM notices WHERE rule = ?1 AND feed = ?2 AND reason = 'overflow'",
            )?
            .query_row(params![notice.rule, notice.feed.as_str()], |row| row.get(0))?;
        if let Some(held) = held.filter(|held| *held > due) {
            due = held;
            "overflow".clone_into(&mut reason);
        }
        db.prepare_cached(
            "UPDATE notices SET due = ?3, reason = iif(?4 = '', reason, ?4)
             WHERE rule = ?1 AND feed = ?2 AND reason IN ('muted', 'flapping')",
        )?
        .execute(params![notice.rule, notice.feed.as_str(), due, reason])?;
    }
    db.prepare_cached(
        "INSERT INTO notices (rule, feed, event, due, reason, part) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![notice.rule, notice.feed.as_str(), notice.event, due, reason, notice.part])?;
    Ok(())
}

/// The notices that are due, the oldest first.
pub(super) fn due(db: &mut Connection, limit: u32, now: i64) -> rusqlite::Result<Vec<Notice>> {
    let mut query = db.prepare_cached(
        "SELECT number, rule, feed, event, due, reason, part FROM notices WHERE due <= ?1 ORDER BY due, number LIMIT ?2",
    )?;
    let rows = query.query_map(params![now, limit], |row| {
        let feed: String = row.get(2)?;
        Ok(Notice {
            number: row.get(0)?,
            notice: NewNotice {
                rule: row.get(1)?,
                feed: feed_id(&feed)?,
                event: row.get(3)?,
                due: instant(row.get(4)?),
                reason: row.get(5)?,
                part: row.get(6)?,
                is_state: false,
            },
        })
    })?;
    rows.collect()
}

/// Makes messages in place of notices.
pub(super) fn form(
    db: &mut Connection,
    notices: &[i64],
    messages: &[NewMessage],
    now: i64,
) -> rusqlite::Result<bool> {
    let tx = begin(db)?;
    let gone = tx.execute(
        "DELETE FROM notices WHERE number IN (SELECT value FROM json_each(?1))",
        [json(&notices)?],
    )?;
    if gone != notices.len() {
        return Ok(false);
    }
    for message in messages {
        insert(&tx, message, now)?;
    }
    tx.commit()?;
    Ok(true)
}

fn insert(db: &Connection, message: &NewMessage, now: i64) -> rusqlite::Result<()> {
    let waiting: i64 = db
        .prepare_cached("SELECT count(*) FROM messages WHERE rule = ?1 AND state = 'waiting'")?
        .query_row([&message.rule], |row| row.get(0))?;
    let is_full = usize::try_from(waiting).is_ok_and(|count| count >= MAX_WAITING);
    let state = if is_full { MessageState::Dead } else { MessageState::Waiting };
    let reason = is_full.then(|| format!("{MAX_WAITING} messages wait for this target already"));
    db.prepare_cached(
        "INSERT INTO messages (rule, lane, created, state, changed, reason, content) VALUES (?1, ?2, ?3, ?4, ?3, ?5, ?6)",
    )?
    .execute(params![message.rule, message.lane, now, state.name(), reason, message.content])?;
    Ok(())
}

/// Lets notices wait until a moment.
pub(super) fn hold(db: &mut Connection, notices: &[i64], due: i64, reason: &str) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE notices SET due = ?2, reason = ?3 WHERE number IN (SELECT value FROM json_each(?1))",
    )?
    .execute(params![json(&notices)?, due, reason])?;
    Ok(())
}

/// The moments at which the messages of a rule were made since then, newest first.
pub(super) fn made(db: &mut Connection, rule: &str, since: i64, now: i64) -> rusqlite::Result<Vec<i64>> {
    let mut query = db.prepare_cached(
        "SELECT created FROM messages WHERE rule = ?1 AND created > ?2 AND created <= ?3 ORDER BY created DESC LIMIT 10000",
    )?;
    let rows = query.query_map(params![rule, since, now], |row| row.get(0))?;
    rows.collect()
}
