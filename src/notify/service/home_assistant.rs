//! Home Assistant: a message as JSON to a webhook, where an automation reads it as `trigger.json` (Home
//! Assistant's documentation, "Automation Trigger", section "Webhook trigger"). The automation decides what
//! becomes of the texts, so that they are neither cut nor escaped.
//!
//! Home Assistant answers 200 to every request, even of an unknown webhook, lest its ids be guessed: from its
//! answer nobody learns whether the message has arrived.

use serde_json::{Map, Value, json};
use url::Url;

use crate::model::Secret;
use crate::notify::message::Message;
use crate::notify::outgoing::HttpRequest;
use crate::notify::settings::{SettingKind, SettingMistake, SettingSpec, Settings, both, print_name_only};
use crate::notify::web;

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "server",
        kind: SettingKind::Address,
        required: true,
        words: "The server. From outside its network, `local_only` of the trigger must be off.",
    },
    SettingSpec {
        name: "webhook_id",
        kind: SettingKind::Secret,
        required: true,
        words: "Webhook id of the trigger. Whoever knows it can start the automation.",
    },
];

/// A webhook of a server.
#[derive(Clone)]
pub struct HomeAssistant {
    server: Url,
    webhook_id: Secret,
}

print_name_only!(HomeAssistant);

impl HomeAssistant {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let (server, webhook_id) = both(settings.needed_server(&["api", "webhook"]), id_of(settings))?;
        Ok(Self { server, webhook_id })
    }

    /// The request of a message.
    #[must_use]
    pub fn request(&self, message: &Message) -> HttpRequest {
        let url = web::joined(&self.server, &["api", "webhook", self.webhook_id.expose()]);
        HttpRequest::json(url, &body(message))
    }
}

fn id_of(settings: &Settings) -> Result<Secret, SettingMistake> {
    let webhook_id = settings.needed_secret("webhook_id")?;
    if webhook_id.expose().contains('/') {
        let hint = "write the id alone; the address of the server is `server`";
        return Err(SettingMistake::new("webhook_id", "`webhook_id` is no id of a webhook", hint));
    }
    Ok(webhook_id)
}

/// The message for programs, with `title` and `message` for people.
fn body(message: &Message) -> Value {
    let mut body = match &message.data {
        Value::Object(data) => data.clone(),
        _ => Map::new(),
    };
    body.insert("title".to_owned(), json!(message.title));
    body.insert("message".to_owned(), json!(message.body));
    Value::Object(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EventKind;
    use crate::notify::service::examples::{body_of, settings_of, tide};

    fn sent(message: &Message) -> Value {
        let pairs = [("server", "https://example.org/home"), ("webhook_id", "a b")];
        let request = HomeAssistant::of(&settings_of(&pairs)).unwrap().request(message);
        assert_eq!(request.url.as_str(), "https://example.org/home/api/webhook/a%20b");
        body_of(&request)
    }

    #[test]
    fn the_data_comes_with_texts() {
        for event in [EventKind::Item, EventKind::Trouble, EventKind::Recovered] {
            let expected =
                json!({ "event": event.name(), "title": "Low tide at noon", "message": "Mind the mud." });
            assert_eq!(sent(&tide(event)), expected);
        }
    }

    #[test]
    fn hostile_titles_are_values() {
        let mut hostile = tide(EventKind::Item);
        hostile.title = "{{ states('lock.door') }} \",\"event\":\"x".to_owned();
        hostile.data = json!(null);
        assert_eq!(sent(&hostile), json!({ "title": hostile.title, "message": "Mind the mud." }));
    }

    #[test]
    fn mistakes_name_the_setting() {
        let mistake = |pairs: &[(&str, &str)]| HomeAssistant::of(&settings_of(pairs)).unwrap_err().setting;
        assert_eq!(mistake(&[("webhook_id", "a")]), "server");
        assert_eq!(mistake(&[("server", "home.local"), ("webhook_id", "a")]), "server");
        assert_eq!(mistake(&[("server", "https://example.org")]), "webhook_id");
        let whole = "https://example.org/api/webhook/a";
        assert_eq!(mistake(&[("server", "https://example.org"), ("webhook_id", whole)]), "webhook_id");
        assert_eq!(mistake(&[("server", whole), ("webhook_id", "a")]), "server");
    }
}
