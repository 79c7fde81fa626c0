//! Notices: from the plan of events to messages.

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::columns::{feed_id, instant, json};
use crate::model::FeedId;
use crate::store::outbox::{MAX_WAITING, MessageState, NewMessage, NewNotice, Notice, ToldAlarm};

/// The reason of notices that wait for the pages of their items. Queries name it too.
const ARTICLE: &str = "article";

/// Begins a transaction that writes.
pub(super) fn begin(db: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    db.transaction_with_behavior(TransactionBehavior::Immediate)
}

/// Writes the notices of the events up to a number, unless these were planned meanwhile.
pub(super) fn plan(db: &mut Connection, up_to: i64, notices: &[NewNotice], now: i64) -> rusqlite::Result<()> {
    let tx = begin(db)?;
    if tx.execute("UPDATE planned SET event = ?1 WHERE event < ?1", [up_to])? == 0 {
        return Ok(());
    }
    for notice in notices {
        insert_notice(&tx, notice)?;
    }
    // The pages of items may have been read since the run.
    if notices.iter().any(|notice| notice.reason == ARTICLE) {
        release_read(&tx, None, now)?;
    }
    tx.commit()
}

/// Lets notices be due that waited for the pages of their items, if none of these pages is still to be read: of
/// the items of one feed, or of all.
pub(super) fn release_read(db: &Connection, feed: Option<&FeedId>, now: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        // `+` keeps to the index of the few notices with this reason; items are looked up by their keys.
        "UPDATE notices SET due = ?2 WHERE reason = 'article' AND +due > ?2
           AND (?1 IS NULL OR (SELECT feed FROM events WHERE number = notices.event) = ?1)
           AND NOT EXISTS (
               SELECT 1 FROM events e CROSS JOIN json_each(e.keys) k CROSS JOIN items i
               WHERE e.number = notices.event AND i.feed = e.feed AND i.key = k.value
                 AND i.article_due IS NOT NULL)",
    )?
    .execute(params![feed.map(FeedId::as_str), now])?;
    Ok(())
}

/// Puts other notices in place of some, unless one of these is gone.
pub(super) fn replan(db: &mut Connection, notices: &[i64], by: &[NewNotice]) -> rusqlite::Result<bool> {
    let tx = begin(db)?;
    if !take_away(&tx, notices)? {
        return Ok(false);
    }
    for notice in by {
        insert_notice(&tx, notice)?;
    }
    tx.commit()?;
    Ok(true)
}

/// Deletes notices, and gives whether all of them were there.
pub(super) fn take_away(db: &Connection, notices: &[i64]) -> rusqlite::Result<bool> {
    let gone = db
        .prepare_cached("DELETE FROM notices WHERE number IN (SELECT value FROM json_each(?1))")?
        .execute([json(&notices)?])?;
    Ok(gone == notices.len())
}

/// Adds a notice. What is held of the state of a feed is told together with the newest, so that it is the state of
/// then; and what comes while messages are held for their number waits with them.
pub(super) fn insert_notice(db: &Connection, notice: &NewNotice) -> rusqlite::Result<()> {
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
             WHERE rule = ?1 AND feed = ?2 AND reason IN ('muted', 'mute_ends', 'flapping')
               -- A trouble and a silence end each by itself.
               AND (json_extract(part, '$.trouble') IS NULL) = (json_extract(?5, '$.trouble') IS NULL)",
        )?
        .execute(params![notice.rule, notice.feed.as_str(), due, reason, notice.part])?;
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

/// Makes messages in place of notices, and notes which alarms these tell.
pub(super) fn form(
    db: &mut Connection,
    notices: &[i64],
    messages: &[NewMessage],
    told: &[ToldAlarm],
    now: i64,
) -> rusqlite::Result<bool> {
    let tx = begin(db)?;
    if !take_away(&tx, notices)? {
        return Ok(false);
    }
    note_told(&tx, told, now)?;
    for message in messages {
        insert(&tx, message, now)?;
    }
    tx.commit()?;
    Ok(true)
}

/// Notes what messages tell of the state of feeds.
fn note_told(db: &Connection, told: &[ToldAlarm], now: i64) -> rusqlite::Result<()> {
    for alarm in told {
        match &alarm.part {
            Some(part) => {
                db.prepare_cached(
                    "INSERT INTO open_alarms (rule, feed, silence, told, part) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (rule, feed, silence) DO UPDATE SET told = excluded.told, part = excluded.part",
                )?
                .execute(params![
                    alarm.rule,
                    alarm.feed.as_str(),
                    alarm.is_silence,
                    now,
                    part
                ])?;
            }
            None => {
                end_alarm(db, &alarm.rule, &alarm.feed, alarm.is_silence)?;
            }
        }
    }
    Ok(())
}

/// Forgets an open alarm, and gives whether it was open.
pub(super) fn end_alarm(
    db: &Connection,
    rule: &str,
    feed: &FeedId,
    is_silence: bool,
) -> rusqlite::Result<bool> {
    let gone = db
        .prepare_cached("DELETE FROM open_alarms WHERE rule = ?1 AND feed = ?2 AND silence = ?3")?
        .execute(params![rule, feed.as_str(), is_silence])?;
    Ok(gone > 0)
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

/// The moments at which the messages of a rule were made since then, newest first. Those that only tell an alarm once
/// more do not count.
pub(super) fn made(db: &mut Connection, rule: &str, since: i64, now: i64) -> rusqlite::Result<Vec<i64>> {
    let mut query = db.prepare_cached(
        "SELECT created FROM messages WHERE rule = ?1 AND created > ?2 AND created <= ?3
           AND json_extract(content, '$.parts[0].is_repeated') IS NOT 1
         ORDER BY created DESC LIMIT 10000",
    )?;
    let rows = query.query_map(params![rule, since, now], |row| row.get(0))?;
    rows.collect()
}
