//! The operations on events and messages, each on the thread of its connection.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::columns::instant;
use super::{SqliteStore, alarms, events, items, notices, outbox};
use crate::model::{Event, EventKind, FeedId, Item};
use crate::store::error::StoreError;
use crate::store::outbox::{
    KeptMessage, MessageClaim, NewMessage, NewNotice, Notice, OpenAlarm, Outbox, RecentTroubles, SendEnd,
    TargetState, ToldAlarm,
};

#[async_trait]
impl Outbox for SqliteStore {
    async fn unplanned(&self, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.reader.call(move |db| events::unplanned(db, limit)).await
    }

    async fn plan(&self, up_to: i64, notices: Vec<NewNotice>) -> Result<(), StoreError> {
        let now = self.now_millis();
        self.writer.call(move |db| notices::plan(db, up_to, &notices, now)).await
    }

    async fn events(
        &self,
        of: Option<&FeedId>,
        kinds: &[EventKind],
        limit: u32,
    ) -> Result<Vec<Event>, StoreError> {
        let of = of.cloned();
        let kinds = kinds.to_vec();
        self.reader.call(move |db| events::newest(db, of.as_ref(), &kinds, limit)).await
    }

    async fn find_silent(&self) -> Result<usize, StoreError> {
        let now = self.now_millis();
        if !self.reader.call(move |db| events::has_silent(db, now)).await? {
            return Ok(0);
        }
        self.writer.call(move |db| events::find_silent(db, now)).await
    }

    async fn due_notices(&self, limit: u32) -> Result<Vec<Notice>, StoreError> {
        let now = self.now_millis();
        self.reader.call(move |db| notices::due(db, limit, now)).await
    }

    async fn form(
        &self,
        notices: Vec<i64>,
        messages: Vec<NewMessage>,
        told: Vec<ToldAlarm>,
    ) -> Result<bool, StoreError> {
        let now = self.now_millis();
        self.writer.call(move |db| notices::form(db, &notices, &messages, &told, now)).await
    }

    async fn replan(&self, notices: Vec<i64>, by: Vec<NewNotice>) -> Result<bool, StoreError> {
        self.writer.call(move |db| notices::replan(db, &notices, &by)).await
    }

    async fn open_alarms(&self) -> Result<Vec<OpenAlarm>, StoreError> {
        let now = self.now_millis();
        self.reader.call(move |db| alarms::open(db, now)).await
    }

    async fn end_unwatched(
        &self,
        alarm: &ToldAlarm,
        is_retired: bool,
        notice: Option<NewNotice>,
    ) -> Result<bool, StoreError> {
        let alarm = alarm.clone();
        self.writer.call(move |db| alarms::end_unwatched(db, &alarm, is_retired, notice.as_ref())).await
    }

    async fn drop_unwatched(&self, notices: Vec<i64>, feeds: Vec<FeedId>) -> Result<(), StoreError> {
        self.writer.call(move |db| alarms::drop_unwatched(db, &notices, &feeds)).await
    }

    async fn repeat_alarm(&self, alarm: &OpenAlarm, notice: NewNotice) -> Result<bool, StoreError> {
        let alarm = alarm.clone();
        let now = self.now_millis();
        self.writer.call(move |db| alarms::repeat(db, &alarm, &notice, now)).await
    }

    async fn recent_troubles(
        &self,
        feed: &FeedId,
        after: DateTime<Utc>,
        up_to: i64,
    ) -> Result<RecentTroubles, StoreError> {
        let feed = feed.clone();
        let after = after.timestamp_millis();
        self.reader.call(move |db| alarms::recent_troubles(db, &feed, after, up_to)).await
    }

    async fn hold(&self, notices: Vec<i64>, due: DateTime<Utc>, reason: &str) -> Result<(), StoreError> {
        let due = due.timestamp_millis();
        let reason = reason.to_owned();
        self.writer.call(move |db| notices::hold(db, &notices, due, &reason)).await
    }

    async fn made(&self, rule: &str, since: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>, StoreError> {
        let rule = rule.to_owned();
        let since = since.timestamp_millis();
        let now = self.now_millis();
        let made = self.reader.call(move |db| notices::made(db, &rule, since, now)).await?;
        Ok(made.into_iter().map(instant).collect())
    }

    async fn take_messages(
        &self,
        rules: &[String],
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<MessageClaim>, StoreError> {
        let now = self.now_millis();
        let rules = rules.to_vec();
        let waiting = self.reader.call(outbox::has_waiting).await?;
        if !waiting {
            return Ok(Vec::new());
        }
        self.writer.call(move |db| outbox::take(db, &rules, limit, lease, now)).await
    }

    async fn finish_message(&self, claim: &MessageClaim, end: SendEnd) -> Result<(), StoreError> {
        let claim = claim.clone();
        let now = self.now_millis();
        self.writer.call(move |db| outbox::finish(db, &claim, &end, now)).await
    }

    async fn messages(&self, lane: Option<&str>, limit: u32) -> Result<Vec<KeptMessage>, StoreError> {
        let lane = lane.map(str::to_owned);
        self.reader.call(move |db| outbox::newest(db, lane.as_deref(), limit)).await
    }

    async fn target(&self, rule: &str) -> Result<TargetState, StoreError> {
        let rule = rule.to_owned();
        let now = self.now_millis();
        self.reader.call(move |db| outbox::target(db, &rule, now)).await
    }

    async fn failing_rules(&self, rules: &[String]) -> Result<usize, StoreError> {
        let rules = rules.to_vec();
        self.reader.call(move |db| outbox::failing(db, &rules)).await
    }

    async fn revive(&self, rule: &str) -> Result<usize, StoreError> {
        let rule = rule.to_owned();
        let now = self.now_millis();
        self.writer.call(move |db| outbox::revive(db, &rule, now)).await
    }

    async fn mute(&self, feed: &FeedId, until: Option<DateTime<Utc>>) -> Result<bool, StoreError> {
        let feed = feed.clone();
        let until = until.map(|until| until.timestamp_millis());
        let now = self.now_millis();
        self.writer.call(move |db| outbox::mute(db, &feed, until, now)).await
    }

    async fn muted(&self) -> Result<Vec<(FeedId, DateTime<Utc>)>, StoreError> {
        let now = self.now_millis();
        let muted = self.reader.call(move |db| outbox::muted(db, now)).await?;
        Ok(muted.into_iter().map(|(feed, until)| (feed, instant(until))).collect())
    }

    async fn items_with_keys(&self, feed: &FeedId, keys: Vec<String>) -> Result<Vec<Item>, StoreError> {
        let feed = feed.clone();
        self.reader.call(move |db| items::with_keys(db, &feed, &keys)).await
    }

    async fn items_since(&self, feed: &FeedId, since: DateTime<Utc>) -> Result<Vec<Item>, StoreError> {
        let feed = feed.clone();
        let since = since.timestamp_millis();
        let read = move |db: &mut Connection| {
            let keys = outbox::keys_since(db, &feed, since)?;
            items::with_keys(db, &feed, &keys)
        };
        self.reader.call(read).await
    }

    async fn items_with_stems(
        &self,
        feeds: Vec<FeedId>,
        stems: Vec<String>,
    ) -> Result<Vec<Item>, StoreError> {
        let read = move |db: &mut Connection| {
            let mut found = Vec::new();
            for (feed, key) in outbox::keys_with_stems(db, &feeds, &stems)? {
                found.extend(items::with_keys(db, &feed, &[key])?);
            }
            Ok(found)
        };
        self.reader.call(read).await
    }

    async fn release_messages(&self) -> Result<(), StoreError> {
        self.writer.call(outbox::release).await
    }

    async fn tidy_outbox(&self, rules: &[String]) -> Result<usize, StoreError> {
        let rules = rules.to_vec();
        let now = self.now_millis();
        self.writer.call(move |db| outbox::tidy(db, &rules, now)).await
    }
}
