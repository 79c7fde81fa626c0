//! Gotify: a message as JSON to `/message` (Gotify's documentation, "Push messages", "Message Extras" and
//! "Message Priority"). It is sent as plain text, as "Message Extras" advises for texts from outside: with
//! Markdown, a title could make apps load pictures. So nothing is escaped.

use serde_json::{Map, Value, json};
use url::Url;

use super::markup::linked_text;
use crate::model::Secret;
use crate::notify::cut::{LengthUnit, cut};
use crate::notify::message::{Message, Priority};
use crate::notify::outgoing::HttpRequest;
use crate::notify::settings::{SettingKind, SettingMistake, SettingSpec, Settings, both, print_name_only};
use crate::notify::web;

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[
    SettingSpec { name: "server", kind: SettingKind::Address, required: true, words: "The server." },
    SettingSpec {
        name: "token",
        kind: SettingKind::Secret,
        required: true,
        words: "Token of an application of the server.",
    },
    SettingSpec {
        name: "priority",
        kind: SettingKind::Number,
        required: false,
        words: "Priority of all messages, from 0 to 10. By default 2, 5 or 8, as a message matters.",
    },
];

/// Most bytes of a text. Gotify documents no limit; notifications show far less.
const MAX_BODY: usize = 16_384;
/// Most characters of a title.
const MAX_TITLE: usize = 250;
const MAX_PRIORITY: u64 = 10;

/// An application of a server.
#[derive(Clone)]
pub struct Gotify {
    server: Url,
    token: Secret,
    priority: Option<u64>,
}

print_name_only!(Gotify);

impl Gotify {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let server = settings.needed_server(&["message"]);
        let token = settings.needed_secret("token");
        let ((server, token), priority) = both(both(server, token), priority_of(settings))?;
        Ok(Self { server, token, priority })
    }

    /// The request of a message.
    #[must_use]
    pub fn request(&self, message: &Message) -> HttpRequest {
        let body = json!({
            "title": cut(&message.title, MAX_TITLE, LengthUnit::Characters),
            "message": text(message),
            "priority": self.priority.unwrap_or_else(|| level(message.priority)),
            "extras": extras(message),
        });
        let request = HttpRequest::json(web::joined(&self.server, &["message"]), &body);
        request.with_header("x-gotify-key", self.token.expose().to_owned())
    }
}

fn priority_of(settings: &Settings) -> Result<Option<u64>, SettingMistake> {
    let priority = settings.number("priority");
    if priority.is_some_and(|priority| priority > MAX_PRIORITY) {
        let hint = "write a number from 0 to 10; from 4, phones make a sound";
        return Err(SettingMistake::new("priority", "`priority` is too large", hint));
    }
    Ok(priority)
}

/// The priority: below 4, phones are silent; from 8, they vibrate as well.
fn level(priority: Priority) -> u64 {
    match priority {
        Priority::Low => 2,
        Priority::Normal => 5,
        Priority::High => 8,
    }
}

/// The text, which must not be empty, and the link below it: only the app for Android opens it by itself.
fn text(message: &Message) -> String {
    let text = linked_text(message, MAX_BODY, LengthUnit::Bytes);
    match &message.link {
        Some(link) if !text.contains(link.as_str()) => format!("{text}\n\n{link}"),
        _ => text,
    }
}

fn extras(message: &Message) -> Value {
    let mut notification = Map::new();
    if let Some(link) = &message.link {
        notification.insert("click".to_owned(), json!({ "url": link }));
    }
    if let Some(image) = &message.image {
        notification.insert("bigImageUrl".to_owned(), json!(image));
    }
    let mut extras = json!({ "client::display": { "contentType": "text/plain" } });
    if !notification.is_empty() {
        extras["client::notification"] = Value::Object(notification);
    }
    extras
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EventKind;
    use crate::notify::service::examples::{body_of, settings_of, tide};
    use crate::notify::settings::SettingValue;

    fn gotify() -> Gotify {
        Gotify::of(&settings_of(&[("server", "https://example.org/push/"), ("token", "A1")])).unwrap()
    }

    fn sent(message: &Message) -> Value {
        body_of(&gotify().request(message))
    }

    #[test]
    fn an_item_has_its_link_and_picture() {
        let expected = json!({
            "title": "Low tide at noon",
            "message": "Mind the mud.\n\nhttps://example.org/tide",
            "priority": 5,
            "extras": {
                "client::display": { "contentType": "text/plain" },
                "client::notification": {
                    "click": { "url": "https://example.org/tide" },
                    "bigImageUrl": "https://example.org/tide.jpg",
                },
            },
        });
        assert_eq!(sent(&tide(EventKind::Item)), expected);
    }

    #[test]
    fn the_token_is_a_header_below_the_path_of_the_server() {
        let request = gotify().request(&tide(EventKind::Item));
        assert_eq!(request.url.as_str(), "https://example.org/push/message");
        assert!(request.headers.iter().any(|(name, key)| name == "x-gotify-key" && key.expose() == "A1"));
    }

    #[test]
    fn troubles_and_recoveries_have_their_priorities() {
        let mut trouble = tide(EventKind::Trouble);
        trouble.priority = Priority::High;
        trouble.link = None;
        trouble.image = None;
        let expected = json!({
            "title": "Low tide at noon",
            "message": "Mind the mud.",
            "priority": 8,
            "extras": { "client::display": { "contentType": "text/plain" } },
        });
        assert_eq!(sent(&trouble), expected);
        let mut recovery = trouble.clone();
        recovery.event = EventKind::Recovered;
        recovery.priority = Priority::Normal;
        recovery.body = String::new();
        assert_eq!(sent(&recovery)["priority"], 5);
        assert_eq!(sent(&recovery)["message"], "Low tide at noon");
    }

    #[test]
    fn a_setting_overrules_the_priority() {
        let mut settings = settings_of(&[("server", "https://example.org"), ("token", "A1")]);
        settings.set("priority", SettingValue::Number(1));
        let request = Gotify::of(&settings).unwrap().request(&tide(EventKind::Trouble));
        let body = body_of(&request);
        assert_eq!(body["priority"], 1);
        settings.set("priority", SettingValue::Number(11));
        assert_eq!(Gotify::of(&settings).unwrap_err().setting, "priority");
    }

    #[test]
    fn hostile_titles_stay_plain_text() {
        let mut hostile = tide(EventKind::Item);
        hostile.title = "![x](https://evil.example/p.png) <b>@everyone".to_owned();
        assert_eq!(sent(&hostile)["title"], hostile.title);
        assert_eq!(sent(&hostile)["extras"]["client::display"]["contentType"], "text/plain");
    }

    #[test]
    fn long_texts_are_cut() {
        let mut long = tide(EventKind::Item);
        long.link = None;
        long.title = "ä".repeat(300);
        long.body = "tide ".repeat(5000);
        assert_eq!(sent(&long)["title"].as_str().map(|title| title.chars().count()), Some(MAX_TITLE));
        assert!(sent(&long)["message"].as_str().is_some_and(|text| text.len() <= MAX_BODY));
    }

    #[test]
    fn mistakes_name_the_setting() {
        let mistake = |pairs: &[(&str, &str)]| Gotify::of(&settings_of(pairs)).unwrap_err().setting;
        assert_eq!(mistake(&[("token", "A1")]), "server");
        assert_eq!(mistake(&[("server", "push"), ("token", "A1")]), "server");
        assert_eq!(mistake(&[("server", "https://example.org")]), "token");
        assert_eq!(mistake(&[("server", "https://example.org/message"), ("token", "A1")]), "server");
    }
}
