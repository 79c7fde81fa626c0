//! Items whose own pages are to be fetched: which are next, and the results.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::columns::{json, millis_of, precision_name};
use super::notices::release_read;
use crate::history::Seen;
use crate::model::{Completion, Content, DateSource, FeedId, PageDate};
use crate::store::article_claim::{ArticleClaim, ArticleOutcome};

/// Which items are claimed, and for how long.
pub(super) struct ArticleQuery {
    /// Only items of this feed; `None` means of all feeds.
    pub(super) feed: Option<FeedId>,
    /// Sites of which no item is claimed.
    pub(super) busy_sites: Vec<String>,
    /// Cap on the number of items.
    pub(super) limit: usize,
    /// After this time the item is due again, unless its result was written.
    pub(super) lease: Duration,
}

/// Claims the items that are due, one of each site.
pub(super) fn take(
    db: &mut Connection,
    wanted: &ArticleQuery,
    now: i64,
) -> rusqlite::Result<Vec<ArticleClaim>> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let rows = due(&tx, wanted, now)?;
    let mut claims = Vec::new();
    for (feed, key, site, content, tries) in rows {
        tx.prepare_cached(
            "UPDATE items SET article_due = ?3, article_tries = article_tries + 1 WHERE feed = ?1 AND key = ?2",
        )?
        .execute(params![feed, key, now + millis_of(wanted.lease)])?;
        // If the clock is ahead, this shows later that the item's time is wrong.
        tx.prepare_cached("UPDATE feeds SET touched = max(touched, ?2) WHERE id = ?1")?
            .execute(params![feed, now])?;
        let content: Option<Content> = serde_json::from_str(&content).ok();
        if let (Ok(feed), Some(content)) = (FeedId::parse(&feed), content) {
            claims.push(ArticleClaim { feed, key, site, content, tries: tries + 1 });
        }
    }
    tx.commit()?;
    Ok(claims)
}

/// Feed, key, site, content as JSON, and earlier tries of an item.
type DueItem = (String, String, String, String, u32);

/// The items that are due, the longest waiting first.
fn due(db: &Connection, wanted: &ArticleQuery, now: i64) -> rusqlite::Result<Vec<DueItem>> {
    let feed = wanted.feed.as_ref().map(FeedId::as_str);
    let busy_sites = json(&wanted.busy_sites)?;
    let limit = i64::try_from(wanted.limit).unwrap_or(i64::MAX);
    // One item per site: `min(article_due)` picks the row (SQLite's bare-column rule).
    let mut query = db.prepare_cached(
        "SELECT i.feed, i.key, f.site, i.content, i.article_tries, min(i.article_due)
         FROM items i JOIN feeds f ON f.id = i.feed
         WHERE i.article_due <= ?1 AND f.active = 1 AND i.pruned = 0 AND (?2 IS NULL OR i.feed = ?2)
           AND f.site NOT IN (SELECT value FROM json_each(?3))
         GROUP BY f.site ORDER BY 6 LIMIT ?4",
    )?;
    let rows = query.query_map(params![now, feed, busy_sites, limit], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
    })?;
    rows.collect()
}

/// Writes the result of an item's own page, and tells whether the served documents change.
pub(super) fn finish(
    db: &mut Connection,
    claim: &ArticleClaim,
    outcome: &ArticleOutcome,
    now: i64,
) -> rusqlite::Result<bool> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let item = params![claim.feed.as_str(), claim.key];
    let changed = match outcome {
        ArticleOutcome::Never => {
            tx.prepare_cached("UPDATE items SET article_due = NULL WHERE feed = ?1 AND key = ?2")?
                .execute(item)?;
            false
        }
        ArticleOutcome::Later(due) => {
            let due = due.timestamp_millis();
            tx.prepare_cached(
                "UPDATE items SET article_due = ?3 WHERE feed = ?1 AND key = ?2 AND article_due IS NOT NULL",
            )?
            .execute(params![claim.feed.as_str(), claim.key, due])?;
            false
        }
        ArticleOutcome::PutOff(due) => {
            let due = due.timestamp_millis();
            tx.prepare_cached(
                "UPDATE items SET article_due = ?3, article_tries = max(article_tries - 1, 0)
                 WHERE feed = ?1 AND key = ?2 AND article_due IS NOT NULL",
            )?
            .execute(params![claim.feed.as_str(), claim.key, due])?;
            false
        }
        ArticleOutcome::Found(completion, date) => complete(&tx, claim, completion, date.as_ref())?,
    };
    // Somebody may wait for the page to judge the item by it.
    if matches!(outcome, ArticleOutcome::Found(..) | ArticleOutcome::Never) {
        release_read(&tx, Some(&claim.feed), now)?;
    }
    if changed {
        tx.prepare_cached(
            "UPDATE feeds SET version = version + 1, changed = ?2, touched = max(touched, ?2) WHERE id = ?1",
        )?
        .execute(params![claim.feed.as_str(), now])?;
    }
    tx.commit()?;
    Ok(changed)
}

/// Lays what an item's own page says over the item; returns whether the item is still there.
fn complete(
    db: &Connection,
    claim: &ArticleClaim,
    completion: &Completion,
    date: Option<&PageDate>,
) -> rusqlite::Result<bool> {
    let written = db
        .prepare_cached(
            "UPDATE items SET completion = ?3, article_due = NULL, article_tries = 0
             WHERE feed = ?1 AND key = ?2 AND pruned = 0",
        )?
        .execute(params![claim.feed.as_str(), claim.key, json(completion)?])?;
    if let Some(date) = date {
        set_page_date(db, claim, date)?;
    }
    Ok(written > 0)
}

/// Gives the date of its own page to an item whose date is only the moment it was first seen.
fn set_page_date(db: &Connection, claim: &ArticleClaim, date: &PageDate) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE items SET date = ?3, date_offset = ?4, precision = ?5, date_source = ?6
         WHERE feed = ?1 AND key = ?2 AND date_source = ?7",
    )?
    .execute(params![
        claim.feed.as_str(),
        claim.key,
        date.at.timestamp_millis(),
        date.at.offset().local_minus_utc(),
        precision_name(date.precision),
        date.source.name(),
        DateSource::FirstSeen.name(),
    ])?;
    Ok(())
}

/// The moment at which the next article can be fetched, if there is one to fetch.
pub(super) fn next(db: &mut Connection) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached(
        "SELECT i.article_due FROM items i JOIN feeds f ON f.id = i.feed
         WHERE i.article_due IS NOT NULL AND f.active = 1 ORDER BY i.article_due LIMIT 1",
    )?
    .query_row([], |row| row.get(0))
    .optional()
}

/// Makes the pages of a run's items due: of edited items, and of items on the page whose own page was
/// never fetched, new ones among them.
pub(super) fn request(
    db: &Connection,
    feed: &FeedId,
    seen: &[Seen],
    edited: &[&str],
    now: i64,
) -> rusqlite::Result<()> {
    let mut first_time = db.prepare_cached(
        "UPDATE items SET article_due = ?3 WHERE feed = ?1 AND key = ?2 AND pruned = 0
         AND completion IS NULL AND article_due IS NULL AND article_tries = 0",
    )?;
    for item in seen {
        first_time.execute(params![feed.as_str(), item.key, now])?;
    }
    let mut again = db.prepare_cached(
        "UPDATE items SET article_due = ?3, article_tries = 0 WHERE feed = ?1 AND key = ?2 AND pruned = 0",
    )?;
    for key in edited {
        again.execute(params![feed.as_str(), key, now])?;
    }
    Ok(())
}
