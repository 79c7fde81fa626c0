//! Apprise: a message as JSON to `/notify` of a server (the README of Apprise API, "API Details"). The server
//! passes it on to services of its own configuration, or to those of `urls`. The format is `text`: the server
//! escapes it for each service.

use serde_json::json;
use url::Url;

use super::markup::linked_text;
use crate::model::{EventKind, Secret};
use crate::notify::cut::{LengthUnit, cut};
use crate::notify::message::Message;
use crate::notify::outgoing::{HttpAnswer, HttpRequest, SendVerdict, usual_verdict};
use crate::notify::settings::{SettingKind, SettingMistake, SettingSpec, Settings, both, print_name_only};
use crate::notify::web;

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[
    SettingSpec { name: "server", kind: SettingKind::Address, required: true, words: "The server." },
    SettingSpec {
        name: "key",
        kind: SettingKind::Text,
        required: false,
        words: "Key of a configuration that the server keeps.",
    },
    SettingSpec {
        name: "urls",
        kind: SettingKind::Secret,
        required: false,
        words: "Addresses of services as Apprise writes them, with commas between; in place of `key`. \
                Without both, the server takes those of its variable `APPRISE_STATELESS_URLS`.",
    },
    SettingSpec {
        name: "tags",
        kind: SettingKind::Texts,
        required: false,
        words: "Services of the configuration with one of these tags. Default: those without a tag.",
    },
];

/// Most characters of a key.
const MAX_KEY: usize = 64;
/// Most characters of a title: that of the form of the server.
const MAX_TITLE: usize = 250;
/// Most characters of a text: that of the form of the server.
const MAX_BODY: usize = 32_768;

/// A server, and the services that it passes messages on to.
#[derive(Clone)]
pub struct AppriseServer {
    server: Url,
    key: Option<String>,
    urls: Option<Secret>,
    tags: Vec<String>,
}

print_name_only!(AppriseServer);

impl AppriseServer {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let (server, key) = both(settings.needed_address("server"), key_of(settings))?;
        let urls = settings.secret("urls");
        if key.is_some() && urls.is_some() {
            let hint = "remove one of them";
            return Err(SettingMistake::new("urls", "`urls` and `key` exclude each other", hint));
        }
        let tags = settings.texts("tags");
        if !tags.is_empty() && key.is_none() {
            let hint = "write key = \"…\", or remove `tags`";
            return Err(SettingMistake::new("tags", "`tags` need the `key` of a configuration", hint));
        }
        Ok(Self { server, key, urls, tags })
    }

    /// Advice about settings that are probably not as they are meant.
    #[must_use]
    pub fn doubt(&self) -> Option<SettingMistake> {
        let message = "neither `key` nor `urls` is given: the server must have services of its own";
        let hint = "write key = \"…\" or urls = \"…\", or set APPRISE_STATELESS_URLS on the server";
        (self.key.is_none() && self.urls.is_none()).then(|| SettingMistake::new("key", message, hint))
    }

    /// The request of a message.
    #[must_use]
    pub fn request(&self, message: &Message) -> HttpRequest {
        let mut body = json!({
            "title": cut(&message.title, MAX_TITLE, LengthUnit::Characters),
            "body": text(message),
            "type": kind(message.event),
            "format": "text",
        });
        if let Some(urls) = &self.urls {
            body["urls"] = json!(urls.expose());
        }
        // A comma is an "or"; a space within a tag would be an "and".
        if !self.tags.is_empty() {
            body["tag"] = json!(self.tags.join(","));
        }
        let url = match &self.key {
            Some(key) => web::joined(&self.server, &["notify", key.as_str()]),
            None => web::joined(&self.server, &["notify"]),
        };
        HttpRequest::json(url, &body)
    }

    /// The meaning of an answer. 204 is a failure: there was no service to notify. 424 is tried again: a
    /// service may be down for a while. Those that were reached then get the message twice.
    #[must_use]
    pub fn verdict(answer: HttpAnswer<'_>) -> SendVerdict {
        match answer.status {
            204 => SendVerdict::Dead("the server has no service for `key` or `urls`: check them".to_owned()),
            424 => {
                let reason = "the server could not notify a service, or none has one of the `tags`";
                SendVerdict::Retry(answer.retry_after_s.unwrap_or(0), reason.to_owned())
            }
            _ => usual_verdict(answer),
        }
    }
}

fn key_of(settings: &Settings) -> Result<Option<String>, SettingMistake> {
    let key = settings.text("key").map(str::to_owned);
    if key.as_ref().is_some_and(|key| !is_key(key)) {
        let hint = "a key has 1 to 64 letters of ASCII, digits, `-` and `_`";
        return Err(SettingMistake::new("key", "`key` is no key of a configuration", hint));
    }
    Ok(key)
}

fn is_key(text: &str) -> bool {
    text.len() <= MAX_KEY && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

/// The type of a message, which decides on its colour and symbol.
fn kind(event: EventKind) -> &'static str {
    match event {
        EventKind::Item => "info",
        EventKind::Recovered => "success",
        EventKind::Silent => "warning",
        EventKind::Trouble => "failure",
    }
}

/// The text, which must not be empty, and the link below it: the server has no field for links.
fn text(message: &Message) -> String {
    let is_bare = message.body.trim().is_empty();
    let text = if is_bare { &message.title } else { &message.body };
    let link = message.link.as_ref().map(Url::as_str).filter(|link| !text.contains(*link));
    let tail = link.map_or_else(String::new, |link| format!("\n\n{link}"));
    let room = MAX_BODY.saturating_sub(LengthUnit::Characters.length(&tail));
    format!("{}{tail}", linked_text(message, room, LengthUnit::Characters))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::notify::service::examples::{body_of, settings_of, texts, tide};

    fn keyed(tags: &[&str]) -> Settings {
        let mut settings = settings_of(&[("server", "http://example.org:8000"), ("key", "home")]);
        settings.set("tags", texts(tags));
        settings
    }

    fn sent(message: &Message) -> Value {
        let request = AppriseServer::of(&keyed(&["phone", "desk"])).unwrap().request(message);
        assert_eq!(request.url.as_str(), "http://example.org:8000/notify/home");
        body_of(&request)
    }

    #[test]
    fn an_item_is_an_info() {
        let expected = json!({
            "title": "Low tide at noon",
            "body": "Mind the mud.\n\nhttps://example.org/tide",
            "type": "info",
            "format": "text",
            "tag": "phone,desk",
        });
        assert_eq!(sent(&tide(EventKind::Item)), expected);
    }

    #[test]
    fn a_trouble_is_a_failure_and_its_end_a_success() {
        assert_eq!(sent(&tide(EventKind::Trouble))["type"], "failure");
        assert_eq!(sent(&tide(EventKind::Silent))["type"], "warning");
        let mut recovery = tide(EventKind::Recovered);
        recovery.body = String::new();
        recovery.link = None;
        assert_eq!(sent(&recovery)["type"], "success");
        assert_eq!(sent(&recovery)["body"], "Low tide at noon");
    }

    #[test]
    fn addresses_of_services_go_along_without_a_key() {
        let pairs = [("server", "https://example.org/apprise/"), ("urls", "ntfy://tides")];
        let request = AppriseServer::of(&settings_of(&pairs)).unwrap().request(&tide(EventKind::Item));
        assert_eq!(request.url.as_str(), "https://example.org/apprise/notify");
        let body = body_of(&request);
        assert_eq!(body["urls"], "ntfy://tides");
        assert!(body.get("tag").is_none());
    }

    #[test]
    fn hostile_titles_are_plain_text_and_long_ones_are_cut() {
        let mut hostile = tide(EventKind::Item);
        hostile.title = "<b>**@everyone** [x](https://evil.example)".to_owned();
        assert_eq!(sent(&hostile)["title"], hostile.title);
        assert_eq!(sent(&hostile)["format"], "text");
        hostile.title = "ä".repeat(300);
        hostile.body = "ü".repeat(40_000);
        let length = |name| sent(&hostile)[name].as_str().map(|text| text.chars().count());
        assert_eq!(length("title"), Some(MAX_TITLE));
        assert_eq!(length("body"), Some(MAX_BODY));
    }

    #[test]
    fn an_answer_without_content_is_a_failure() {
        let answer = |status| AppriseServer::verdict(HttpAnswer { status, retry_after_s: None, body: "" });
        assert_eq!(answer(200), SendVerdict::Sent);
        assert!(matches!(answer(204), SendVerdict::Dead(_)));
        assert!(matches!(answer(400), SendVerdict::Dead(_)));
        assert!(matches!(answer(424), SendVerdict::Retry(0, _)));
    }

    #[test]
    fn mistakes_name_the_setting() {
        let mistake = |settings: &Settings| AppriseServer::of(settings).unwrap_err().setting;
        assert_eq!(mistake(&settings_of(&[])), "server");
        assert_eq!(mistake(&settings_of(&[("server", "apprise")])), "server");
        assert_eq!(mistake(&settings_of(&[("server", "https://example.org"), ("key", "my home")])), "key");
        let mut both = keyed(&[]);
        both.set_text("urls", "ntfy://tides");
        assert_eq!(mistake(&both), "urls");
        let mut tagged = keyed(&["phone"]);
        tagged.set_text("key", "");
        assert_eq!(mistake(&tagged), "tags");
    }

    #[test]
    fn a_server_alone_is_doubted() {
        let doubt = |settings: &Settings| AppriseServer::of(settings).expect("a target").doubt();
        assert!(doubt(&keyed(&[])).is_none());
        let alone = doubt(&settings_of(&[("server", "https://example.org")])).expect("a doubt");
        assert_eq!(
            alone.message,
            "neither `key` nor `urls` is given: the server must have services of its own"
        );
    }
}
