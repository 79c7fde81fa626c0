//! Alarms that people were told of: those whose end was not told yet, and how often a feed was in trouble.

use rusqlite::{Connection, params};

use super::columns::{feed_id, instant};
use super::notices::{begin, end_alarm, insert_notice, take_away};
use crate::model::FeedId;
use crate::store::outbox::{NewNotice, OpenAlarm, RecentTroubles, ToldAlarm};

/// All alarms whose end was not told. There is one row at most for each rule, feed and kind of incident.
pub(super) fn open(db: &mut Connection, now: i64) -> rusqlite::Result<Vec<OpenAlarm>> {
    let mut query = db.prepare_cached(
        "SELECT a.rule, a.feed, a.silence, a.told, a.part, coalesce(f.active, 0),
                coalesce(iif(a.silence, f.silent, f.trouble IS NOT NULL), 0),
                EXISTS (SELECT 1 FROM notices n WHERE n.rule = a.rule AND n.feed = a.feed
                        AND json_extract(n.part, '$.event') <> 'item'
                        AND NOT (n.reason IN ('muted', 'mute_ends') AND n.due > ?1))
                OR EXISTS (SELECT 1 FROM messages m
                           WHERE m.rule = a.rule AND m.lane = a.feed AND m.state = 'waiting'
                           AND json_extract(m.content, '$.parts[0].event') <> 'item')
         FROM open_alarms a LEFT JOIN feeds f ON f.id = a.feed ORDER BY a.rule, a.feed, a.silence",
    )?;
    let rows = query.query_map([now], |row| {
        let feed: String = row.get(1)?;
        let part: String = row.get(4)?;
        Ok(OpenAlarm {
            alarm: ToldAlarm {
                rule: row.get(0)?,
                feed: feed_id(&feed)?,
                is_silence: row.get(2)?,
                part: Some(part),
            },
            told: instant(row.get(3)?),
            is_watched: row.get(5)?,
            lasts: row.get(6)?,
            is_waiting: row.get(7)?,
        })
    })?;
    rows.collect()
}

/// Ends an alarm of a feed that its rule no longer watches. A feed that is retired, as it is no longer configured,
/// begins anew if it comes back: its state is forgotten, so that its next trouble is told. Nothing is done if it is
/// back already.
pub(super) fn end_unwatched(
    db: &mut Connection,
    alarm: &ToldAlarm,
    is_retired: bool,
    notice: Option<&NewNotice>,
) -> rusqlite::Result<bool> {
    let tx = begin(db)?;
    let feed = alarm.feed.as_str();
    let is_active = tx.prepare_cached("SELECT 1 FROM feeds WHERE id = ?1 AND active = 1")?.exists([feed])?;
    if (is_retired && is_active) || !end_alarm(&tx, &alarm.rule, &alarm.feed, alarm.is_silence)? {
        return Ok(false);
    }
    if is_retired {
        tx.prepare_cached(
            "UPDATE feeds SET trouble = NULL, trouble_detail = NULL, trouble_since = NULL, silent = 0 WHERE id = ?1",
        )?
        .execute([feed])?;
    }
    // Notices that are held of this state are no longer true.
    tx.prepare_cached(
        "DELETE FROM notices WHERE rule = ?1 AND feed = ?2 AND json_extract(part, '$.event') <> 'item'
           AND (json_extract(part, '$.trouble') IS NULL) = ?3",
    )?
    .execute(params![alarm.rule, feed, alarm.is_silence])?;
    if let Some(notice) = notice {
        insert_notice(&tx, notice)?;
    }
    tx.commit()?;
    Ok(true)
}

/// Drops notices of the state of feeds that nobody watches. Of feeds that are no longer configured, the state is
/// forgotten, unless people were told of it: the end of that alarm is told, and forgets it.
pub(super) fn drop_unwatched(db: &mut Connection, notices: &[i64], feeds: &[FeedId]) -> rusqlite::Result<()> {
    let tx = begin(db)?;
    take_away(&tx, notices)?;
    for feed in feeds {
        tx.prepare_cached(
            "UPDATE feeds SET trouble = NULL, trouble_detail = NULL, trouble_since = NULL, silent = 0
             WHERE id = ?1 AND active = 0 AND NOT EXISTS (SELECT 1 FROM open_alarms WHERE feed = ?1)",
        )?
        .execute([feed.as_str()])?;
    }
    tx.commit()
}

/// Adds a notice that tells an open alarm once more, unless it was told or ended since.
pub(super) fn repeat(
    db: &mut Connection,
    alarm: &OpenAlarm,
    notice: &NewNotice,
    now: i64,
) -> rusqlite::Result<bool> {
    let tx = begin(db)?;
    let told = &alarm.alarm;
    let noted = tx
        .prepare_cached(
            "UPDATE open_alarms SET told = ?4 WHERE rule = ?1 AND feed = ?2 AND silence = ?3 AND told = ?5",
        )?
        .execute(params![
            told.rule,
            told.feed.as_str(),
            told.is_silence,
            now,
            alarm.told.timestamp_millis()
        ])?;
    if noted == 0 {
        return Ok(false);
    }
    insert_notice(&tx, notice)?;
    tx.commit()?;
    Ok(true)
}

/// The troubles of a feed after a moment, up to the event with this number.
pub(super) fn recent_troubles(
    db: &mut Connection,
    feed: &FeedId,
    after: i64,
    up_to: i64,
) -> rusqlite::Result<RecentTroubles> {
    // A trouble that changes its name has begun only once, but it is told each time.
    db.prepare_cached(
        "SELECT count(*), count(*) FILTER (WHERE since = at), min(at) FILTER (WHERE since = at)
         FROM events WHERE feed = ?1 AND kind = 'trouble' AND at > ?2 AND number <= ?3",
    )?
    .query_row(params![feed.as_str(), after, up_to], |row| {
        Ok(RecentTroubles {
            told: row.get(0)?,
            begun: row.get(1)?,
            first: row.get::<_, Option<i64>>(2)?.map(instant),
        })
    })
}
