//! Events, and the messages that tell people of them, on their way to their targets.
//!
//! A run writes its events. Planning makes a *notice* of each event for each rule of feeds.toml that is to tell it;
//! notices that are due become *messages*; messages wait until their target has taken them. Each step is one
//! transaction, so that a kill at any moment loses nothing.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::error::StoreError;
use crate::model::{Event, EventKind, FeedId, Item};

/// The most messages of one rule that wait. Further ones are dead at once.
pub(super) const MAX_WAITING: usize = 10_000;

/// An event that a rule tells, before it has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotice {
    /// The name of the rule.
    pub rule: String,
    /// The feed that the rule names, perhaps a derived one.
    pub feed: FeedId,
    /// Number of the event.
    pub event: i64,
    /// When it may be told.
    pub due: DateTime<Utc>,
    /// Why it waits until then: a short name.
    pub reason: String,
    /// What the message needs to know, as JSON.
    pub part: String,
    /// It is about the state of the feed: what is held of that state waits as long as this.
    pub is_state: bool,
}

/// A stored notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Counts up over all notices.
    pub number: i64,
    /// The notice.
    pub notice: NewNotice,
}

/// A trouble or silence of a feed that a message tells, or the end of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldAlarm {
    /// The name of the rule.
    pub rule: String,
    /// The feed, which has a page of its own.
    pub feed: FeedId,
    /// A silence; else a trouble. Each ends by itself.
    pub is_silence: bool,
    /// The told part, as JSON; `None`: it is over.
    pub part: Option<String>,
}

/// A trouble or silence that people were told of, and not yet of its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAlarm {
    /// The alarm; its part is there.
    pub alarm: ToldAlarm,
    /// When it was last told.
    pub told: DateTime<Utc>,
    /// The feed is configured.
    pub is_watched: bool,
    /// The feed is still in trouble, or silent.
    pub lasts: bool,
    /// Something about the state of this feed is still on its way to the target of the rule. What waits for the end of
    /// a mute is not.
    pub is_waiting: bool,
}

/// How often a feed was in trouble within a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecentTroubles {
    /// Troubles, and changes of their names.
    pub told: u32,
    /// Troubles that began.
    pub begun: u32,
    /// When the first of these began.
    pub first: Option<DateTime<Utc>>,
}

/// A message that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// The name of the rule.
    pub rule: String,
    /// Messages of one rule and one lane are sent in order.
    pub lane: String,
    /// What the message tells, as JSON.
    pub content: String,
}

/// The right to send a message, until a deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageClaim {
    /// Its number.
    pub number: i64,
    /// The message.
    pub message: NewMessage,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// How often it was tried, this time included.
    pub tries: u32,
    /// Tries of its target that have failed in a row.
    pub failures: u32,
}

/// The end of a try to send a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendEnd {
    /// The target has it.
    Sent,
    /// It is tried again after this time; the whole target rests until then. With the reason.
    Again(Duration, String),
    /// It is not tried again. With the reason.
    Dead(String),
}

/// The state of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageState {
    /// It is on its way.
    Waiting,
    /// The target has it.
    Sent,
    /// It was given up.
    Dead,
}

impl MessageState {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Dead => "dead",
        }
    }

    /// The state with this name; `Dead` for one that this version does not know.
    pub(super) fn from_name(name: &str) -> Self {
        [Self::Waiting, Self::Sent].into_iter().find(|state| state.name() == name).unwrap_or(Self::Dead)
    }
}

/// A message of the past, or one that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptMessage {
    /// Its number.
    pub number: i64,
    /// The message.
    pub message: NewMessage,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// Its state.
    pub state: MessageState,
    /// Since when it is in this state.
    pub changed: DateTime<Utc>,
    /// How often it was tried.
    pub tries: u32,
    /// Why the last try failed.
    pub reason: Option<String>,
}

/// The state of the target of a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetState {
    /// Messages that wait.
    pub waiting: u64,
    /// Notices that wait to become messages.
    pub held: u64,
    /// Messages that were given up.
    pub dead: u64,
    /// When the oldest waiting message was made.
    pub oldest: Option<DateTime<Utc>>,
    /// Tries that failed in a row.
    pub failures: u32,
    /// Until when the target is left alone.
    pub rest_until: Option<DateTime<Utc>>,
    /// When it last took a message.
    pub last_sent: Option<DateTime<Utc>>,
    /// Why a try last failed.
    pub last_error: Option<String>,
}

/// The operations on events and messages.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Events that were not planned yet, the oldest first.
    async fn unplanned(&self, limit: u32) -> Result<Vec<Event>, StoreError>;

    /// Writes the notices of the events up to a number. Does nothing if these events were planned meanwhile.
    async fn plan(&self, up_to: i64, notices: Vec<NewNotice>) -> Result<(), StoreError>;

    /// The newest events of these kinds, newest first; of one feed, or of all.
    async fn events(
        &self,
        of: Option<&FeedId>,
        kinds: &[EventKind],
        limit: u32,
    ) -> Result<Vec<Event>, StoreError>;

    /// Writes an event for each feed that has no new item for longer than usual, and gives their number.
    async fn find_silent(&self) -> Result<usize, StoreError>;

    /// The notices that are due, the oldest first. Those with the reason `article` are due when the pages of their
    /// items were read, or given up, and at their own moment at the latest.
    async fn due_notices(&self, limit: u32) -> Result<Vec<Notice>, StoreError>;

    /// Makes messages in place of notices, and notes which alarms these tell. Gives false, and does nothing, if one
    /// of the notices is no longer there.
    async fn form(
        &self,
        notices: Vec<i64>,
        messages: Vec<NewMessage>,
        told: Vec<ToldAlarm>,
    ) -> Result<bool, StoreError>;

    /// Puts other notices in place of some. Gives false, and does nothing, if one of these is no longer there.
    async fn replan(&self, notices: Vec<i64>, by: Vec<NewNotice>) -> Result<bool, StoreError>;

    /// The alarms that people were told of, and not yet of their end.
    async fn open_alarms(&self) -> Result<Vec<OpenAlarm>, StoreError>;

    /// Ends an alarm of a feed that its rule no longer watches, with a notice that tells it. Gives false, and does
    /// nothing, if the alarm has ended. If the feed is retired, it is no longer configured at all: its state is
    /// forgotten, and nothing is done if it is configured again.
    async fn end_unwatched(
        &self,
        alarm: &ToldAlarm,
        is_retired: bool,
        notice: Option<NewNotice>,
    ) -> Result<bool, StoreError>;

    /// Drops notices about the state of feeds that nobody watches. Of those feeds that are no longer configured, and of
    /// which no alarm is open, the state is forgotten, so that it is told if they come back.
    async fn drop_unwatched(&self, notices: Vec<i64>, feeds: Vec<FeedId>) -> Result<(), StoreError>;

    /// Adds a notice that tells an open alarm once more. Gives false, and does nothing, if it was told or ended since.
    async fn repeat_alarm(&self, alarm: &OpenAlarm, notice: NewNotice) -> Result<bool, StoreError>;

    /// The troubles of a feed after a moment, up to the event with this number.
    async fn recent_troubles(
        &self,
        feed: &FeedId,
        after: DateTime<Utc>,
        up_to: i64,
    ) -> Result<RecentTroubles, StoreError>;

    /// Lets notices wait longer.
    async fn hold(&self, notices: Vec<i64>, due: DateTime<Utc>, reason: &str) -> Result<(), StoreError>;

    /// The moments at which the newest messages of a rule were made, newest first, without those that only tell an alarm
    /// once more.
    async fn made(&self, rule: &str, since: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>, StoreError>;

    /// Claims messages of these rules for the time of `lease`: the first of each lane, of targets that do not
    /// rest, and at most `limit` of each rule. Of a target that failed last, only one.
    async fn take_messages(
        &self,
        rules: &[String],
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<MessageClaim>, StoreError>;

    /// Writes the end of a try.
    async fn finish_message(&self, claim: &MessageClaim, end: SendEnd) -> Result<(), StoreError>;

    /// The newest messages, newest first; of one lane, or of all.
    async fn messages(&self, lane: Option<&str>, limit: u32) -> Result<Vec<KeptMessage>, StoreError>;

    /// The state of a rule's target.
    async fn target(&self, rule: &str) -> Result<TargetState, StoreError>;

    /// The number of these rules whose target fails, or has messages that were given up.
    async fn failing_rules(&self, rules: &[String]) -> Result<usize, StoreError>;

    /// Sends the dead messages of a rule again, and what waits at once. Gives the number of those that were dead.
    async fn revive(&self, rule: &str) -> Result<usize, StoreError>;

    /// Mutes a feed until a moment; `None` ends the mute. What is held of the feed waits until then, with the reason
    /// `mute_ends`. Gives false if the feed is not registered.
    async fn mute(&self, feed: &FeedId, until: Option<DateTime<Utc>>) -> Result<bool, StoreError>;

    /// The feeds that are muted now, with the end of it.
    async fn muted(&self) -> Result<Vec<(FeedId, DateTime<Utc>)>, StoreError>;

    /// The items of a feed with these keys, as they are served, in the order of the keys. Those that are no longer
    /// kept are left out.
    async fn items_with_keys(&self, feed: &FeedId, keys: Vec<String>) -> Result<Vec<Item>, StoreError>;

    /// The items of a feed that are dated at or after a moment, in served order.
    async fn items_since(&self, feed: &FeedId, since: DateTime<Utc>) -> Result<Vec<Item>, StoreError>;

    /// The items of feeds whose keys are one of these texts, or one of them with `#` and more. Those of the first feed
    /// come first.
    async fn items_with_stems(&self, feeds: Vec<FeedId>, stems: Vec<String>)
    -> Result<Vec<Item>, StoreError>;

    /// Gives up the claims of messages of processes that have surely ended, before the first own claim. Where one
    /// process at a time may send, that is every claim. A store that several processes share gives up none: a claim
    /// says only until when it holds, and one that has run out is taken again anyway.
    async fn release_messages(&self) -> Result<(), StoreError>;

    /// Drops old events and messages, and what waits for rules that are not among these. Gives the number of messages
    /// that were given up because their target has taken none for days.
    async fn tidy_outbox(&self, rules: &[String]) -> Result<usize, StoreError>;
}
