//! Messages: from the claim of one to its end, and the state of targets.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::{feed_id, instant, json, millis_of};
use super::notices::begin;
use crate::model::FeedId;
use crate::store::outbox::{KeptMessage, MessageClaim, MessageState, NewMessage, SendEnd, TargetState};

const DAY_MS: i64 = 86_400_000;
/// A message is given up after this time, if its target takes none.
const GIVEN_UP_MS: i64 = 3 * DAY_MS;
/// Messages that were sent are kept for this time, and so many of each rule at most.
const SENT_KEPT_MS: i64 = 7 * DAY_MS;
const SENT_KEPT: i64 = 200;
/// The same for those that were given up.
const DEAD_KEPT_MS: i64 = 30 * DAY_MS;
const DEAD_KEPT: i64 = 10_000;
/// A target never rests for longer, and no claim lasts longer: what says so was written by a clock that was ahead.
const LONGEST_REST_MS: i64 = 6 * 3_600_000 + 60_000;
const LONGEST_CLAIM_MS: i64 = 600_000;
/// Events are kept for this time, and so many at most.
const EVENTS_KEPT_MS: i64 = 90 * DAY_MS;
const EVENTS_KEPT: i64 = 20_000;

/// Whether a message waits at all.
pub(super) fn has_waiting(db: &mut Connection) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM messages WHERE state = 'waiting' LIMIT 1")?.exists([])
}

/// Claims the first message of each lane of these rules.
pub(super) fn take(
    db: &mut Connection,
    rules: &[String],
    limit: usize,
    lease: Duration,
    now: i64,
) -> rusqlite::Result<Vec<MessageClaim>> {
    let tx = begin(db)?;
    let mut claims = Vec::new();
    for rule in rules {
        let (failures, rest_until) = rest(&tx, rule)?;
        // A rest that ends later was written by a clock that was ahead.
        if rest_until > now && rest_until <= now.saturating_add(LONGEST_REST_MS) {
            continue;
        }
        let most = if failures > 0 { 1 } else { limit };
        for number in heads(&tx, rule, most, now)? {
            claims.push(claim(&tx, number, now.saturating_add(millis_of(lease)), failures)?);
        }
    }
    tx.commit()?;
    Ok(claims)
}

fn rest(db: &Connection, rule: &str) -> rusqlite::Result<(u32, i64)> {
    let found = db
        .prepare_cached("SELECT failures, rest_until FROM targets WHERE rule = ?1")?
        .query_row([rule], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found.unwrap_or((0, 0)))
}

/// The first message of each lane that nobody sends, the oldest first. Those that are sent now count for the limit.
/// A message of several feeds has no lane: it waits for all that are older, and all that are newer wait for it.
fn heads(db: &Connection, rule: &str, most: usize, now: i64) -> rusqlite::Result<Vec<i64>> {
    let mut query = db.prepare_cached(
        "SELECT number, claimed > ?2 AND claimed <= ?3, lane = '', tries FROM messages
         WHERE number IN (SELECT min(number) FROM messages WHERE state = 'waiting' AND rule = ?1 GROUP BY lane)
         ORDER BY number",
    )?;
    let rows = query.query_map(params![rule, now, now.saturating_add(LONGEST_CLAIM_MS)], |row| {
        Ok(Head { number: row.get(0)?, is_claimed: row.get(1)?, is_of_all: row.get(2)?, tries: row.get(3)? })
    })?;
    let mut heads: Vec<Head> = rows.collect::<rusqlite::Result<_>>()?;
    if let Some(place) = heads.iter().position(|head| head.is_of_all) {
        heads.truncate(place.max(1));
    }
    // One message that its service refuses again and again must not hold up the others.
    heads.sort_by_key(|head| head.tries);
    let busy = heads.iter().filter(|head| head.is_claimed).count();
    let free = heads.iter().filter(|head| !head.is_claimed).map(|head| head.number);
    Ok(free.take(most.saturating_sub(busy)).collect())
}

/// The first message of a lane.
struct Head {
    number: i64,
    is_claimed: bool,
    is_of_all: bool,
    tries: u32,
}

fn claim(db: &Connection, number: i64, until: i64, failures: u32) -> rusqlite::Result<MessageClaim> {
    db.prepare_cached(
        "UPDATE messages SET claimed = ?2, tries = tries + 1 WHERE number = ?1
         RETURNING rule, lane, content, created, tries",
    )?
    .query_row(params![number, until], |row| {
        let message = NewMessage { rule: row.get(0)?, lane: row.get(1)?, content: row.get(2)? };
        Ok(MessageClaim { number, message, created: instant(row.get(3)?), tries: row.get(4)?, failures })
    })
}

/// Gives up all claims. A daemon holds the lock beside the database, so that no other process sends from it: they
/// are those of a process that has ended.
pub(super) fn release(db: &mut Connection) -> rusqlite::Result<()> {
    db.execute("UPDATE messages SET claimed = 0 WHERE state = 'waiting' AND claimed > 0", [])?;
    Ok(())
}

/// Writes the end of a try.
pub(super) fn finish(
    db: &mut Connection,
    claim: &MessageClaim,
    end: &SendEnd,
    now: i64,
) -> rusqlite::Result<()> {
    let tx = begin(db)?;
    let rule = &claim.message.rule;
    // After a long sleep of the machine, somebody else may have tried it since.
    let is_held = tx
        .prepare_cached("SELECT 1 FROM messages WHERE number = ?1 AND state = 'waiting' AND tries = ?2")?
        .exists(params![claim.number, claim.tries])?;
    if !is_held {
        return Ok(());
    }
    match end {
        SendEnd::Sent => {
            end_message(&tx, claim.number, MessageState::Sent, None, now)?;
            tx.execute(
                "INSERT INTO targets (rule, last_sent) VALUES (?1, ?2)
                 ON CONFLICT (rule) DO UPDATE SET failures = 0, last_sent = ?2",
                params![rule, now],
            )?;
        }
        SendEnd::Dead(reason) => {
            end_message(&tx, claim.number, MessageState::Dead, Some(reason), now)?;
            note_error(&tx, rule, reason)?;
        }
        SendEnd::Again(wait, reason) => {
            tx.prepare_cached("UPDATE messages SET claimed = 0, reason = ?2 WHERE number = ?1")?
                .execute(params![claim.number, reason])?;
            note_error(&tx, rule, reason)?;
            tx.prepare_cached(
                "UPDATE targets SET failures = failures + 1, rest_until = max(rest_until, ?2) WHERE rule = ?1",
            )?
            .execute(params![rule, now.saturating_add(millis_of(*wait))])?;
        }
    }
    tx.commit()
}

fn end_message(
    db: &Connection,
    number: i64,
    state: MessageState,
    reason: Option<&str>,
    now: i64,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE messages SET state = ?2, changed = ?3, reason = ?4, claimed = 0 WHERE number = ?1",
    )?
    .execute(params![number, state.name(), now, reason])?;
    Ok(())
}

fn note_error(db: &Connection, rule: &str, reason: &str) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO targets (rule, last_error) VALUES (?1, ?2) ON CONFLICT (rule) DO UPDATE SET last_error = ?2",
    )?
    .execute(params![rule, reason])?;
    Ok(())
}

/// The newest messages, newest first; of one lane, or of all.
pub(super) fn newest(
    db: &mut Connection,
    lane: Option<&str>,
    limit: u32,
) -> rusqlite::Result<Vec<KeptMessage>> {
    let of_lane = if lane.is_some() { "lane = ?1" } else { "?1 IS NULL" };
    let sql = format!(
        "SELECT number, rule, lane, content, created, state, changed, tries, reason FROM messages
         WHERE {of_lane} ORDER BY number DESC LIMIT ?2"
    );
    let mut query = db.prepare_cached(&sql)?;
    let rows = query.query_map(params![lane, limit], kept_of)?;
    rows.collect()
}

fn kept_of(row: &Row<'_>) -> rusqlite::Result<KeptMessage> {
    let state: String = row.get(5)?;
    Ok(KeptMessage {
        number: row.get(0)?,
        message: NewMessage { rule: row.get(1)?, lane: row.get(2)?, content: row.get(3)? },
        created: instant(row.get(4)?),
        state: MessageState::from_name(&state),
        changed: instant(row.get(6)?),
        tries: row.get(7)?,
        reason: row.get(8)?,
    })
}

/// The state of a rule's target.
pub(super) fn target(db: &mut Connection, rule: &str, now: i64) -> rusqlite::Result<TargetState> {
    let count = |sql: &str| -> rusqlite::Result<u64> {
        let found: i64 = db.prepare_cached(sql)?.query_row([rule], |row| row.get(0))?;
        Ok(u64::try_from(found).unwrap_or(0))
    };
    let waiting = count("SELECT count(*) FROM messages WHERE rule = ?1 AND state = 'waiting'")?;
    let dead = count("SELECT count(*) FROM messages WHERE rule = ?1 AND state = 'dead'")?;
    let held = count("SELECT count(*) FROM notices WHERE rule = ?1")?;
    let oldest: Option<i64> = db
        .prepare_cached("SELECT min(created) FROM messages WHERE rule = ?1 AND state = 'waiting'")?
        .query_row([rule], |row| row.get(0))?;
    let state = db
        .prepare_cached("SELECT failures, rest_until, last_sent, last_error FROM targets WHERE rule = ?1")?
        .query_row([rule], |row| {
            Ok(TargetState {
                failures: row.get(0)?,
                rest_until: Some(row.get(1)?).filter(|until| *until > now).map(instant),
                last_sent: row.get::<_, Option<i64>>(2)?.map(instant),
                last_error: row.get(3)?,
                ..TargetState::default()
            })
        })
        .optional()?
        .unwrap_or_default();
    Ok(TargetState { waiting, dead, held, oldest: oldest.map(instant), ..state })
}

/// The number of these rules whose target fails, or has dead messages.
pub(super) fn failing(db: &mut Connection, rules: &[String]) -> rusqlite::Result<usize> {
    let count: i64 = db
        .prepare_cached(
            "SELECT count(*) FROM json_each(?1) AS named
             WHERE EXISTS (SELECT 1 FROM targets WHERE rule = named.value AND failures > 0)
                OR EXISTS (SELECT 1 FROM messages WHERE rule = named.value AND state = 'dead')",
        )?
        .query_row([json(&rules)?], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// The keys of the items of a feed that are dated at or after a moment, in served order. The index of served items
/// answers it.
pub(super) fn keys_since(db: &Connection, feed: &FeedId, since: i64) -> rusqlite::Result<Vec<String>> {
    let mut query = db.prepare_cached(
        "SELECT key FROM items WHERE feed = ?1 AND pruned = 0 AND date >= ?2
         ORDER BY date DESC, first_seen DESC, position, key",
    )?;
    let rows = query.query_map(params![feed.as_str(), since], |row| row.get(0))?;
    rows.collect()
}

/// The keys of feeds that are one of these texts, or one of them with `#` and more, in the order of the feeds.
pub(super) fn keys_with_stems(
    db: &Connection,
    feeds: &[FeedId],
    stems: &[String],
) -> rusqlite::Result<Vec<(FeedId, String)>> {
    // CROSS JOIN keeps this order of the tables: items are looked up by their keys.
    let mut query = db.prepare_cached(
        "SELECT f.key, i.feed, i.key FROM json_each(?1) f CROSS JOIN json_each(?2) s CROSS JOIN items i
         WHERE i.feed = f.value AND i.key = s.value AND i.pruned = 0
         UNION ALL
         SELECT f.key, i.feed, i.key FROM json_each(?1) f CROSS JOIN json_each(?2) s CROSS JOIN items i
         WHERE i.feed = f.value AND i.key >= s.value || '#' AND i.key < s.value || '$' AND i.pruned = 0
         ORDER BY 1",
    )?;
    let rows = query.query_map(params![json(&feeds)?, json(&stems)?], |row| {
        let feed: String = row.get(1)?;
        Ok((feed_id(&feed)?, row.get(2)?))
    })?;
    rows.collect()
}

/// Lets the dead messages of a rule wait again, behind no rest.
pub(super) fn revive(db: &mut Connection, rule: &str, now: i64) -> rusqlite::Result<usize> {
    let tx = begin(db)?;
    let revived = tx.execute(
        "UPDATE messages SET state = 'waiting', created = ?2, changed = ?2, tries = 0
         WHERE rule = ?1 AND state = 'dead'",
        params![rule, now],
    )?;
    tx.execute("UPDATE targets SET failures = 0, rest_until = 0 WHERE rule = ?1", [rule])?;
    tx.commit()?;
    Ok(revived)
}

/// Mutes a feed until a moment, or ends its mute.
pub(super) fn mute(
    db: &mut Connection,
    feed: &FeedId,
    until: Option<i64>,
    now: i64,
) -> rusqlite::Result<bool> {
    let tx = begin(db)?;
    let found = tx.execute(
        "UPDATE feeds SET muted_until = ?2, touched = ?3 WHERE id = ?1",
        params![feed.as_str(), until, now],
    )?;
    let due = until.unwrap_or(now);
    release_muted(&tx, feed, due)?;
    tx.commit()?;
    Ok(found > 0)
}

/// Lets the notices that wait for the end of a feed's mute be due at that moment. Whether they may be told then is
/// asked when it has come: the store knows no quiet hours.
fn release_muted(db: &Connection, feed: &FeedId, due: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE notices SET due = ?2, reason = 'mute_ends' WHERE feed = ?1 AND reason IN ('muted', 'mute_ends')",
    )?
        .execute(params![feed.as_str(), due])?;
    Ok(())
}

/// The feeds that are muted now, with the end of it.
pub(super) fn muted(db: &mut Connection, now: i64) -> rusqlite::Result<Vec<(FeedId, i64)>> {
    let mut query = db.prepare_cached("SELECT id, muted_until FROM feeds WHERE muted_until > ?1")?;
    let rows = query.query_map([now], |row| {
        let id: String = row.get(0)?;
        Ok((feed_id(&id)?, row.get(1)?))
    })?;
    rows.collect()
}

/// Gives up messages of targets that take none, and drops what is old.
pub(super) fn tidy(db: &mut Connection, rules: &[String], now: i64) -> rusqlite::Result<usize> {
    let tx = begin(db)?;
    let known = json(&rules)?;
    for table in ["notices", "open_alarms"] {
        let sql = format!("DELETE FROM {table} WHERE rule NOT IN (SELECT value FROM json_each(?1))");
        tx.execute(&sql, [&known])?;
    }
    tx.execute(
        "UPDATE messages SET state = 'dead', changed = ?2, reason = 'its rule is no longer in feeds.toml'
         WHERE state = 'waiting' AND rule NOT IN (SELECT value FROM json_each(?1))",
        params![known, now],
    )?;
    let given_up = tx.execute(
        "UPDATE messages SET state = 'dead', changed = ?1, reason = 'the target took nothing for 3 days: ' || coalesce(reason,
                (SELECT last_error FROM targets WHERE targets.rule = messages.rule), '')
         WHERE state = 'waiting' AND created < ?2 AND claimed <= ?1
           AND rule IN (SELECT rule FROM targets WHERE failures > 0)",
        params![now, now - GIVEN_UP_MS],
    )?;
    for (state, age, most) in [("sent", SENT_KEPT_MS, SENT_KEPT), ("dead", DEAD_KEPT_MS, DEAD_KEPT)] {
        tx.execute(
            "DELETE FROM messages WHERE state = ?1 AND (changed < ?2 OR number IN (
                 SELECT number FROM (SELECT number, row_number() OVER (PARTITION BY rule ORDER BY number DESC) AS place
                                     FROM messages WHERE state = ?1) WHERE place > ?3))",
            params![state, now - age, most],
        )?;
    }
    tx.execute(
        "DELETE FROM events WHERE number <= (SELECT event FROM planned)
           AND (at < ?1 OR number <= (SELECT max(number) FROM events) - ?2)",
        params![now - EVENTS_KEPT_MS, EVENTS_KEPT],
    )?;
    tx.commit()?;
    Ok(given_up)
}
