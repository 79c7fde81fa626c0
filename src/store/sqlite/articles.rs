//! Items whose own pages are wanted: which are next, and what came of it.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::items::{json, precision_name};
use super::millis_of;
use crate::model::{Content, DateSource, FeedId, PageDate};
use crate::store::{ArticleEnd, ArticleTurn};

/// Takes the next items, one of each site that is not `busy`, for as long as `lease`; of one feed only
/// if it is named.
pub(super) fn take(
    db: &mut Connection,
    of: Option<&FeedId>,
    busy: &[String],
    limit: usize,
    lease: Duration,
    now: i64,
) -> rusqlite::Result<Vec<ArticleTurn>> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let busy = json(&busy)?;
    let rows: Vec<(String, String, String, String, u32)> = {
        // One item per site: `min(article_due)` picks the row (SQLite's bare-column rule).
        let mut query = tx.prepare_cached(
            "SELECT i.feed, i.key, f.site, i.content, i.article_tries, min(i.article_due)
             FROM items i JOIN feeds f ON f.id = i.feed
             WHERE i.article_due <= ?1 AND f.active = 1 AND i.pruned = 0 AND (?2 IS NULL OR i.feed = ?2)
               AND f.site NOT IN (SELECT value FROM json_each(?3))
             GROUP BY f.site ORDER BY 6 LIMIT ?4",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = query.query_map(params![now, of.map(FeedId::as_str), busy, limit], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    let mut turns = Vec::new();
    for (feed, key, site, content, tries) in rows {
        tx.prepare_cached(
            "UPDATE items SET article_due = ?3, article_tries = article_tries + 1 WHERE feed = ?1 AND key = ?2",
        )?
        .execute(params![feed, key, now + millis_of(lease)])?;
        let content: Option<Content> = serde_json::from_str(&content).ok();
        if let (Ok(feed), Some(content)) = (FeedId::parse(&feed), content) {
            turns.push(ArticleTurn { feed, key, site, content, tries: tries + 1 });
        }
    }
    tx.commit()?;
    Ok(turns)
}

/// Writes what came of a turn; gives whether what is served has changed.
pub(super) fn finish(
    db: &mut Connection,
    turn: &ArticleTurn,
    end: &ArticleEnd,
    now: i64,
) -> rusqlite::Result<bool> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let at = params![turn.feed.as_str(), turn.key];
    let changed = match end {
        ArticleEnd::Never => {
            tx.prepare_cached("UPDATE items SET article_due = NULL WHERE feed = ?1 AND key = ?2")?
                .execute(at)?;
            false
        }
        ArticleEnd::Later(due) => {
            let due = due.timestamp_millis();
            tx.prepare_cached(
                "UPDATE items SET article_due = ?3 WHERE feed = ?1 AND key = ?2 AND article_due IS NOT NULL",
            )?
            .execute(params![turn.feed.as_str(), turn.key, due])?;
            false
        }
        ArticleEnd::Found(completion, date) => {
            let written = tx
                .prepare_cached(
                    "UPDATE items SET completion = ?3, article_due = NULL, article_tries = 0
                     WHERE feed = ?1 AND key = ?2 AND pruned = 0",
                )?
                .execute(params![turn.feed.as_str(), turn.key, json(completion)?])?;
            if let Some(date) = date {
                dated(&tx, turn, date)?;
            }
            written > 0
        }
    };
    if changed {
        tx.prepare_cached(
            "UPDATE feeds SET version = version + 1, changed = ?2, touched = ?2 WHERE id = ?1",
        )?
        .execute(params![turn.feed.as_str(), now])?;
    }
    tx.commit()?;
    Ok(changed)
}

/// An item that has been given the moment it was first seen gets the date that its own page says.
fn dated(db: &Connection, turn: &ArticleTurn, date: &PageDate) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE items SET date = ?3, date_offset = ?4, precision = ?5, date_source = ?6
         WHERE feed = ?1 AND key = ?2 AND date_source = ?7",
    )?
    .execute(params![
        turn.feed.as_str(),
        turn.key,
        date.at.timestamp_millis(),
        date.at.offset().local_minus_utc(),
        precision_name(date.precision),
        date.source.name(),
        DateSource::FirstSeen.name(),
    ])?;
    Ok(())
}

/// The moment at which the next article can be fetched, if one is wanted.
pub(super) fn next(db: &mut Connection) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached(
        "SELECT i.article_due FROM items i JOIN feeds f ON f.id = i.feed
         WHERE i.article_due IS NOT NULL AND f.active = 1 ORDER BY i.article_due LIMIT 1",
    )?
    .query_row([], |row| row.get(0))
    .optional()
}

/// Items of a run whose pages are wanted: what is new, what was edited, and what is on the page and
/// has never been asked for.
pub(super) fn want(
    db: &Connection,
    feed: &FeedId,
    seen: &[String],
    edited: &[&str],
    now: i64,
) -> rusqlite::Result<()> {
    let mut new = db.prepare_cached(
        "UPDATE items SET article_due = ?3 WHERE feed = ?1 AND key = ?2 AND pruned = 0
         AND completion IS NULL AND article_due IS NULL AND article_tries = 0",
    )?;
    for key in seen {
        new.execute(params![feed.as_str(), key, now])?;
    }
    let mut again = db.prepare_cached(
        "UPDATE items SET article_due = ?3, article_tries = 0 WHERE feed = ?1 AND key = ?2 AND pruned = 0",
    )?;
    for key in edited {
        again.execute(params![feed.as_str(), key, now])?;
    }
    Ok(())
}
