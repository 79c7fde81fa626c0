//! `PagerDuty`: an event to `/v2/enqueue` (`PagerDuty`'s documentation, "Events API v2 Overview" and "Send an
//! Alert Event"). A trouble opens an alert, and its recovery resolves it by the same key. All else is an
//! alert of its own: change events would notify nobody. Texts are plain, so that nothing is escaped.

use chrono::SecondsFormat;
use serde_json::{Value, json};
use url::Url;

use crate::model::{EventKind, Secret};
use crate::notify::cut::{LengthUnit, cut};
use crate::notify::message::Message;
use crate::notify::outgoing::HttpRequest;
use crate::notify::settings::{SettingKind, SettingMistake, SettingSpec, Settings, both, print_name_only};
use crate::notify::web;

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "routing_key",
        kind: SettingKind::Secret,
        required: true,
        words: "Integration key of an integration with the Events API v2.",
    },
    SettingSpec {
        name: "server",
        kind: SettingKind::Address,
        required: false,
        words: "The server. Default `https://events.pagerduty.com`; for accounts in the EU, \
                `https://events.eu.pagerduty.com`.",
    },
    SettingSpec {
        name: "severity",
        kind: SettingKind::Text,
        required: false,
        words: "Severity of troubles: `critical`, `error`, `warning` or `info`. Default `error`.",
    },
];

const SEVERITIES: &[&str] = &["critical", "error", "warning", "info"];
/// Characters of an integration key.
const KEY_LENGTH: usize = 32;
/// Most characters of a summary.
const MAX_SUMMARY: usize = 1024;
/// Most characters of the key of an alert.
const MAX_DEDUP_KEY: usize = 255;
/// Most bytes of the details. The whole event may have 512 KiB.
const MAX_DETAILS: usize = 16_384;
/// Most links to items. The details name them all.
const MAX_LINKS: usize = 10;

/// An integration of a service.
#[derive(Clone)]
pub struct PagerDuty {
    server: Url,
    routing_key: Secret,
    severity: String,
}

print_name_only!(PagerDuty);

impl PagerDuty {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let texts = both(key_of(settings), severity_of(settings));
        let ((routing_key, severity), server) = both(texts, server(settings))?;
        Ok(Self { server, routing_key, severity })
    }

    /// The request of a message.
    #[must_use]
    pub fn request(&self, message: &Message) -> HttpRequest {
        HttpRequest::json(web::joined(&self.server, &["v2", "enqueue"]), &self.event(message))
    }

    fn event(&self, message: &Message) -> Value {
        let (key, resolved) = match &message.incident {
            Some(incident) => (&incident.key, incident.resolved),
            None => (&message.id, false),
        };
        let mut event = json!({
            "routing_key": self.routing_key.expose(),
            "event_action": if resolved { "resolve" } else { "trigger" },
            "dedup_key": cut(key, MAX_DEDUP_KEY, LengthUnit::Characters),
        });
        // Of an event that resolves, all else is ignored.
        if resolved {
            return event;
        }
        event["payload"] = self.payload(message);
        event["client"] = json!("feedbridge");
        if let Some(page) = message.feed.as_ref().and_then(|feed| feed.page.as_ref()) {
            event["client_url"] = json!(page);
        }
        event["links"] = Value::Array(links(message));
        // Pictures must be served by https.
        if let Some(image) = message.image.as_ref().filter(|image| image.scheme() == "https") {
            event["images"] =
                json!([{ "src": image, "alt": cut(&message.title, MAX_SUMMARY, LengthUnit::Characters) }]);
        }
        event
    }

    fn payload(&self, message: &Message) -> Value {
        let is_wrong = matches!(message.event, EventKind::Trouble | EventKind::Silent);
        let severity = if is_wrong { self.severity.as_str() } else { "info" };
        let class =
            message.incident.as_ref().map_or(message.event.name(), |incident| incident.trouble.as_str());
        json!({
            "summary": cut(&message.title, MAX_SUMMARY, LengthUnit::Characters),
            "timestamp": message.at.to_rfc3339_opts(SecondsFormat::Secs, true),
            "severity": severity,
            "source": message.feed.as_ref().map_or("feedbridge", |feed| feed.id.as_str()),
            "class": class,
            "custom_details": { "text": cut(&message.body, MAX_DETAILS, LengthUnit::Bytes) },
        })
    }
}

/// The link of the message, then those of its items.
fn links(message: &Message) -> Vec<Value> {
    let own = message.link.iter().map(|link| (link, &message.title));
    let others = message.items.iter().filter_map(|item| item.link.as_ref().map(|link| (link, &item.title)));
    let others = others.filter(|(link, _)| message.link.as_ref() != Some(*link));
    let text = |title: &str| cut(title, MAX_SUMMARY, LengthUnit::Characters);
    let entry = |(link, title): (&Url, &String)| json!({ "href": link, "text": text(title) });
    own.chain(others).take(MAX_LINKS).map(entry).collect()
}

fn key_of(settings: &Settings) -> Result<Secret, SettingMistake> {
    let routing_key = settings.needed_secret("routing_key")?;
    let is_key = routing_key.expose().bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_key || routing_key.expose().len() != KEY_LENGTH {
        let hint = "copy the integration key of the service: 32 letters and digits";
        return Err(SettingMistake::new("routing_key", "`routing_key` is no integration key", hint));
    }
    Ok(routing_key)
}

fn severity_of(settings: &Settings) -> Result<String, SettingMistake> {
    let severity = settings.text("severity").unwrap_or("error").to_owned();
    if !SEVERITIES.contains(&severity.as_str()) {
        let hint = format!("write one of {}", SEVERITIES.join(", "));
        return Err(SettingMistake::new("severity", "`severity` has no such value", hint));
    }
    Ok(severity)
}

fn server(settings: &Settings) -> Result<Url, SettingMistake> {
    let hint = "write server = \"https://events.pagerduty.com\"";
    let default = || {
        Url::parse("https://events.pagerduty.com/")
            .map_err(|_| SettingMistake::new("server", "`server` is missing", hint))
    };
    settings.server(&["v2", "enqueue"])?.map_or_else(default, Ok)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::message::MessageItem;
    use crate::notify::service::examples::{body_of, incident, settings_of, tide};

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    fn sent(message: &Message) -> Value {
        let request = PagerDuty::of(&settings_of(&[("routing_key", KEY)])).unwrap().request(message);
        assert_eq!(request.url.as_str(), "https://events.pagerduty.com/v2/enqueue");
        body_of(&request)
    }

    #[test]
    fn an_item_is_an_alert_of_its_own() {
        let expected = json!({
            "routing_key": KEY,
            "event_action": "trigger",
            "dedup_key": "msg_1",
            "client": "feedbridge",
            "payload": {
                "summary": "Low tide at noon",
                "timestamp": "2027-01-15T08:00:00Z",
                "severity": "info",
                "source": "feedbridge",
                "class": "item",
                "custom_details": { "text": "Mind the mud." },
            },
            "links": [{ "href": "https://example.org/tide", "text": "Low tide at noon" }],
            "images": [{ "src": "https://example.org/tide.jpg", "alt": "Low tide at noon" }],
        });
        assert_eq!(sent(&tide(EventKind::Item)), expected);
    }

    #[test]
    fn a_recovery_resolves_the_alert_of_the_trouble() {
        let trouble = sent(&incident(EventKind::Trouble, "no_items"));
        assert_eq!(trouble["event_action"], "trigger");
        assert_eq!(trouble["dedup_key"], "feedbridge/harbour");
        assert_eq!(trouble["payload"]["severity"], "error");
        assert_eq!(trouble["payload"]["class"], "no_items");
        assert_eq!(trouble["payload"]["source"], "harbour");
        let recovery = sent(&incident(EventKind::Recovered, "no_items"));
        let expected =
            json!({ "routing_key": KEY, "event_action": "resolve", "dedup_key": "feedbridge/harbour" });
        assert_eq!(recovery, expected);
    }

    #[test]
    fn texts_are_cut_and_pictures_of_http_left_out() {
        let mut long = tide(EventKind::Item);
        long.title = "ä".repeat(2000);
        long.body = "tide ".repeat(5000);
        long.image = Url::parse("http://example.org/tide.jpg").ok();
        let link = |n: usize| Url::parse(&format!("https://example.org/{n}")).ok();
        let item = |n| MessageItem { title: "@everyone <b>".to_owned(), link: link(n), summary: None };
        long.items = (0..20).map(item).collect();
        let sent = sent(&long);
        let summary = sent["payload"]["summary"].as_str().map(|text| text.chars().count());
        assert_eq!(summary, Some(MAX_SUMMARY));
        let details = sent["payload"]["custom_details"]["text"].as_str();
        assert!(details.is_some_and(|text| text.len() <= MAX_DETAILS));
        assert_eq!(sent["links"].as_array().map(Vec::len), Some(MAX_LINKS));
        assert_eq!(sent["links"][1], json!({ "href": "https://example.org/0", "text": "@everyone <b>" }));
        assert!(sent.get("images").is_none());
    }

    #[test]
    fn mistakes_name_the_setting() {
        let mistake = |pairs: &[(&str, &str)]| PagerDuty::of(&settings_of(pairs)).unwrap_err().setting;
        assert_eq!(mistake(&[]), "routing_key");
        assert_eq!(mistake(&[("routing_key", "short")]), "routing_key");
        assert_eq!(mistake(&[("routing_key", KEY), ("severity", "fatal")]), "severity");
        assert_eq!(mistake(&[("routing_key", KEY), ("server", "pagerduty")]), "server");
    }
}
