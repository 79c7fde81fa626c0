//! Messages and settings as examples: the tests of the services share them.

use chrono::DateTime;
use serde_json::{Value, json};
use url::Url;

use crate::model::{EventKind, Secret};
use crate::notify::message::{Incident, Message, MessageFeed, MessageItem, Priority};
use crate::notify::outgoing::HttpRequest;
use crate::notify::settings::{SettingValue, Settings};

/// Settings with these texts. Of two with the same name, the later counts.
pub(super) fn settings_of(pairs: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::default();
    for (name, text) in pairs {
        settings.set_text(name, *text);
    }
    settings
}

/// The value of a setting that is a list.
pub(super) fn texts(texts: &[&str]) -> SettingValue {
    SettingValue::Texts(texts.iter().map(|text| (*text).to_owned()).collect())
}

/// The value of a setting that is a table.
pub(super) fn table(pairs: &[(&str, &str)]) -> SettingValue {
    let pairs = pairs.iter().map(|(name, text)| ((*name).to_owned(), Secret::new((*text).to_owned())));
    SettingValue::Table(pairs.collect())
}

/// A message with a link and nothing else beside its texts.
pub(super) fn message(event: EventKind, title: &str, body: &str) -> Message {
    Message {
        id: "msg_1".to_owned(),
        event,
        at: DateTime::UNIX_EPOCH,
        title: title.to_owned(),
        body: body.to_owned(),
        link: Url::parse("https://example.org/a").ok(),
        image: None,
        priority: Priority::Normal,
        tags: Vec::new(),
        feed: None,
        items: Vec::new(),
        incident: None,
        data: Value::Null,
    }
}

/// A message with a picture, a tag and data too.
pub(super) fn tide(event: EventKind) -> Message {
    Message {
        at: DateTime::from_timestamp(1_800_000_000, 0).expect("a time"),
        link: Url::parse("https://example.org/tide").ok(),
        image: Url::parse("https://example.org/tide.jpg").ok(),
        tags: vec!["harbour".to_owned()],
        data: json!({ "event": event.name() }),
        ..message(event, "Low tide at noon", "Mind the mud.")
    }
}

/// A trouble or a silence of a feed, or its end.
pub(super) fn incident(event: EventKind, trouble: &str) -> Message {
    let incident = Incident {
        key: "feedbridge/harbour".to_owned(),
        trouble: trouble.to_owned(),
        resolved: event == EventKind::Recovered,
        since: DateTime::from_timestamp(1_799_990_000, 0).expect("a time"),
    };
    let feed = MessageFeed { id: "harbour".to_owned(), title: "Harbour".to_owned(), page: None };
    Message { incident: Some(incident), feed: Some(feed), ..tide(event) }
}

/// An item with a link.
pub(super) fn item(title: &str) -> MessageItem {
    MessageItem { title: title.to_owned(), link: Url::parse("https://example.org/a").ok(), summary: None }
}

/// A message of two items, the second without a link.
pub(super) fn two_items() -> Message {
    let items = vec![item("Ebb"), MessageItem { link: None, ..item("Flood") }];
    Message { items, ..message(EventKind::Item, "Two", "Ebb\nFlood") }
}

/// A message of so many items that not all of them can be told.
pub(super) fn many_items(count: usize) -> Message {
    let items = (0..count).map(|number| item(&format!("Item {number}"))).collect();
    Message { items, ..message(EventKind::Item, "Many", "") }
}

/// The JSON that a request carries.
pub(super) fn body_of(request: &HttpRequest) -> Value {
    serde_json::from_slice(&request.body).expect("a body of JSON")
}
