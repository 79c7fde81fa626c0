//! The configured feeds get their due times. Times that only a clock that was ahead can explain are put right.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::columns::SKEW_MS;
use crate::digest;
use crate::store::claim::{Registration, Scope};

/// Time between the due times of overdue feeds after a start.
const START_GAP_MS: i64 = 200;

/// No claim, no rest of a site and no wait after a failure is longer: a week is the bound of each, and a run
/// before it takes a day at most.
const HORIZON_MS: i64 = 8 * 86_400_000;

/// Registers feeds, and gives how many of them had a due time that nothing explains; see
/// [`Store::register`](crate::store::Store::register).
pub(super) fn register(
    db: &mut Connection,
    feeds: &[Registration],
    scope: Scope,
    now: i64,
) -> rusqlite::Result<usize> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut plan = Plan::at(&tx, feeds.len(), now)?;
    wake_articles(&tx, now)?;
    if scope == Scope::All {
        tx.execute("UPDATE feeds SET active = 0", [])?;
    }
    for feed in feeds {
        let known = known(&tx, feed)?;
        let changed = known.as_ref().is_none_or(|known| known.differs(feed));
        plan.note_ahead(known.as_ref(), feed);
        let due = plan.due(known.as_ref().filter(|_| !changed), feed);
        write(&tx, feed, due, changed, now)?;
    }
    wake_sites(&tx, &plan.ahead, now)?;
    tx.commit()?;
    Ok(plan.unexplained)
}

/// Writes the plan of one feed. Times of a clock that was ahead end now; a claim keeps its length, as its run
/// may be under way.
fn write(db: &Connection, feed: &Registration, due: i64, changed: bool, now: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO feeds (id, site, schedule, registered, next_due, touched)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id) DO UPDATE SET active = 1, site = excluded.site,
             schedule = excluded.schedule, next_due = excluded.next_due, touched = excluded.touched,
             last_run = min(last_run, ?6), last_success = min(last_success, ?6),
             -- A run by the old settings must not write over the new plan.
             fence = fence + ?7,
             claimed_by = iif(?7, NULL, claimed_by),
             claimed_until = CASE
                 WHEN ?7 THEN 0
                 WHEN touched > ?8 AND claimed_until > touched THEN ?6 + claimed_until - touched
                 WHEN claimed_until > ?9 THEN 0
                 ELSE claimed_until END,
             registered = excluded.registered",
    )?
    .execute(params![
        feed.feed.as_str(),
        feed.site,
        feed.schedule,
        feed.settings_hash,
        due,
        now,
        changed,
        now + SKEW_MS,
        now + HORIZON_MS,
    ])?;
    Ok(())
}

/// A feed as the plan has it.
struct Planned {
    due: i64,
    schedule: String,
    settings_hash: String,
    failures: u32,
    last_run: Option<i64>,
    /// When its plan was last written. A run that was put off writes it, and leaves `last_run`.
    touched: i64,
}

impl Planned {
    /// The latest time that is known of the clock that wrote the plan.
    fn latest(&self) -> i64 {
        self.last_run.map_or(self.touched, |run| run.max(self.touched))
    }

    /// Whether the feed's settings are others now. A hash in the form of an earlier version is no evidence
    /// of that: the feed keeps its due time, and the present hash is written in its place.
    fn differs(&self, feed: &Registration) -> bool {
        self.settings_hash != feed.settings_hash && digest::is_settings_hash(&self.settings_hash)
    }
}

fn known(db: &Connection, feed: &Registration) -> rusqlite::Result<Option<Planned>> {
    db.prepare_cached(
        "SELECT next_due, schedule, registered, failures, last_run, touched FROM feeds WHERE id = ?1",
    )?
    .query_row([feed.feed.as_str()], |row| {
        Ok(Planned {
            due: row.get(0)?,
            schedule: row.get(1)?,
            settings_hash: row.get(2)?,
            failures: row.get(3)?,
            last_run: row.get(4)?,
            touched: row.get(5)?,
        })
    })
    .optional()
}

/// The due times that one registration gives.
struct Plan {
    now: i64,
    /// The latest time that an earlier registration can have given to an overdue feed.
    spread_end: i64,
    /// Overdue feeds so far.
    overdue: i64,
    /// Feeds so far whose due time nothing explains.
    unexplained: usize,
    /// For each site with a plan that was written in the future, the latest time of that.
    ahead: BTreeMap<String, i64>,
}

impl Plan {
    fn at(db: &Connection, registered: usize, now: i64) -> rusqlite::Result<Self> {
        let active: i64 =
            db.query_row("SELECT count(*) FROM feeds WHERE active = 1", [], |row| row.get(0))?;
        let feeds = active.max(i64::try_from(registered).unwrap_or(i64::MAX / START_GAP_MS));
        let spread_end = now.saturating_add(feeds.saturating_mul(START_GAP_MS));
        Ok(Self { now, spread_end, overdue: 0, unexplained: 0, ahead: BTreeMap::new() })
    }

    fn note_ahead(&mut self, known: Option<&Planned>, feed: &Registration) {
        let Some(written) = known.map(Planned::latest).filter(|moment| self.is_ahead(*moment)) else {
            return;
        };
        let latest = self.ahead.entry(feed.site.clone()).or_insert(written);
        *latest = written.max(*latest);
    }

    /// New feeds and feeds with other settings (`known` is `None`) are due now, and so are those that would
    /// wait for a reason that is gone. Overdue ones are spread; others keep their time, unless the schedule
    /// changed.
    fn due(&mut self, known: Option<&Planned>, feed: &Registration) -> i64 {
        let regular = feed.next_regular.timestamp_millis();
        let due = match known {
            Some(known) if known.schedule != feed.schedule => known.due.min(regular),
            Some(known) if self.is_unexplained(known, regular) => {
                self.unexplained += 1;
                self.now
            }
            Some(known) => known.due,
            None => self.now,
        };
        if due > self.now {
            return due;
        }
        let spread = self.now + self.overdue * START_GAP_MS;
        self.overdue += 1;
        spread
    }

    /// Whether a feed is due later than its schedule says, and later than a failure makes it wait. A failure
    /// in the future was perhaps one of the clock: certificates expire.
    fn is_unexplained(&self, known: &Planned, regular: i64) -> bool {
        let explained = regular.max(self.spread_end);
        if known.failures == 0 {
            return known.due > explained;
        }
        let last_run = known.last_run.unwrap_or(self.now);
        let longest_wait = last_run.saturating_add(HORIZON_MS);
        known.due > self.now && (self.is_ahead(known.latest()) || known.due > explained.max(longest_wait))
    }

    const fn is_ahead(&self, moment: i64) -> bool {
        moment > self.now + SKEW_MS
    }
}

/// Makes items' own pages due that wait since a clock was ahead.
fn wake_articles(db: &Connection, now: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE items SET article_due = ?1 WHERE article_due > ?1
         AND (article_due > ?3 OR feed IN (SELECT id FROM feeds WHERE touched > ?2 OR last_run > ?2))",
    )?
    .execute(params![now, now + SKEW_MS, now + HORIZON_MS])?;
    Ok(())
}

/// Ends the rest of sites that began in the future. What was left of it at the last write is kept: a site may
/// have asked for a pause.
fn wake_sites(db: &Connection, ahead: &BTreeMap<String, i64>, now: i64) -> rusqlite::Result<()> {
    let mut count_from_now = db.prepare_cached(
        "UPDATE sites SET rest_until = min(rest_until, ?3 + max(rest_until - ?2, 0)) WHERE site = ?1",
    )?;
    for (site, latest) in ahead {
        count_from_now.execute(params![site, latest, now])?;
    }
    db.prepare_cached("UPDATE sites SET rest_until = ?1 WHERE rest_until > ?2")?
        .execute(params![now, now + HORIZON_MS])?;
    Ok(())
}
