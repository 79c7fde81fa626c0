//! The stored form of what a message tells: references to events and items, and as much text as is needed when an
//! item is no longer kept.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::{Event, EventKind, FeedId, TroubleKind};

/// What a message tells of one event of one feed. It is stored: names of its fields stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Stable name of the kind of the event.
    pub event: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The feed that the rule names, perhaps a derived one.
    pub feed: FeedId,
    /// The feed with a page of its own.
    pub source: FeedId,
    /// Stable name of the trouble.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// The evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// When the trouble or the silence began.
    pub since: DateTime<Utc>,
    /// New items, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemName>,
    /// So many items more, without their names.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: u32,
    /// How often the feed was in trouble since `first`, this time included.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub times: u32,
    /// The feed gets into trouble again and again: later changes are told together.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_flapping: bool,
    /// When it first was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<DateTime<Utc>>,
    /// The end of an alarm, because the rule no longer watches the feed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_unwatched: bool,
    /// An alarm that was told before, and lasts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_repeated: bool,
}

const fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
const fn is_one(times: &u32) -> bool {
    *times == 1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
const fn is_zero(more: &u32) -> bool {
    *more == 0
}

/// An item that a part names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemName {
    /// The key under which its feed keeps it.
    pub key: String,
    /// Its title at the time of the event, cut.
    pub title: String,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl Part {
    /// The part of an event, without items.
    #[must_use]
    pub fn of(event: &Event, feed: &FeedId) -> Self {
        Self {
            event: event.kind.name().to_owned(),
            at: event.at,
            feed: feed.clone(),
            source: event.feed.clone(),
            trouble: event.trouble.as_ref().map(|trouble| trouble.kind.name().to_owned()),
            detail: event
                .trouble
                .as_ref()
                .map(|trouble| trouble.detail.clone())
                .filter(|text| !text.is_empty()),
            since: event.since,
            items: Vec::new(),
            more: 0,
            times: 1,
            is_flapping: false,
            first: None,
            is_unwatched: false,
            is_repeated: false,
        }
    }

    /// The end of this alarm, because the rule no longer watches its feed.
    #[must_use]
    pub fn unwatched(self, at: DateTime<Utc>) -> Self {
        let event = EventKind::Recovered.name().to_owned();
        let plain = Self { times: 1, first: None, is_flapping: false, is_repeated: false, ..self };
        Self { event, at, is_unwatched: true, ..plain }
    }

    /// This alarm once more, as it lasts.
    #[must_use]
    pub fn repeated(self, at: DateTime<Utc>) -> Self {
        Self { at, is_flapping: false, is_repeated: true, ..self }
    }

    /// The kind of the event; one of a later version counts as a trouble.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        EventKind::from_name(&self.event).unwrap_or(EventKind::Trouble)
    }

    /// The kind of the trouble, if it is one.
    #[must_use]
    pub fn trouble_kind(&self) -> Option<TroubleKind> {
        self.trouble.as_deref().and_then(TroubleKind::from_name)
    }

    /// Whether this is about a silence or its end. A silence and a trouble of one feed are two incidents: each ends
    /// by itself.
    #[must_use]
    pub fn is_silence(&self) -> bool {
        self.is_alarm() && self.trouble.is_none()
    }

    /// Whether this is about a trouble or silence, or the end of one.
    #[must_use]
    pub fn is_alarm(&self) -> bool {
        self.kind() != EventKind::Item
    }
}

/// The stored form of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageContent {
    /// The stable name of the message.
    pub id: String,
    /// The events, in their order. Of more than fit, troubles come first.
    pub parts: Vec<Part>,
    /// Why it tells several events at once, such as `digest`; empty if it tells one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub gathered: String,
    /// Items and events that are told by their number only.
    #[serde(default)]
    pub omitted: u32,
}
