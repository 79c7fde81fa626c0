//! Discord: a message as an embed to a webhook (its documentation, "Webhook Resource", section "Execute
//! Webhook"; "Message Resource", section "Embed Limits"; "Rate Limits").

use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::markup::{escaped_within, markdown, rest, web_link};
use crate::model::EventKind;
use crate::notify::cut::LengthUnit;
use crate::notify::message::{Message, Priority};
use crate::notify::outgoing::{HttpAnswer, HttpRequest, SendVerdict, usual_verdict};
use crate::notify::settings::{SettingKind, SettingMistake, SettingSpec, Settings, both, print_name_only};

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[
    SettingSpec { name: "url", kind: SettingKind::Address, required: true, words: "Address of the webhook." },
    SettingSpec {
        name: "username",
        kind: SettingKind::Text,
        required: false,
        words: "The name under which it is posted.",
    },
    SettingSpec {
        name: "thread",
        kind: SettingKind::Text,
        required: false,
        words: "The id of a thread of the channel.",
    },
];

/// Most characters of the title and of the description of an embed. Together they are less than the 6000 that
/// all embeds of a message may have.
const MAX_TITLE: usize = 256;
const MAX_DESCRIPTION: usize = 4096;
const MAX_USERNAME: usize = 80;
/// The flag `SUPPRESS_NOTIFICATIONS`.
const SILENT: u64 = 1 << 12;

/// A webhook.
#[derive(Clone)]
pub struct Discord {
    url: Url,
    username: Option<String>,
}

print_name_only!(Discord);

impl Discord {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let ((url, username), thread) =
            both(both(webhook_of(settings), username_of(settings)), thread_of(settings))?;
        let own = url.query_pairs().find(|(name, _)| name == "thread_id").map(|(_, id)| id.into_owned());
        if thread.is_some_and(|thread| own.is_some_and(|own| own != thread)) {
            let hint = "remove `thread`, or `thread_id` from `url`";
            return Err(SettingMistake::new("thread", "`url` and `thread` name two threads", hint));
        }
        Ok(Self { url: with_query(url, thread), username })
    }

    /// The request of a message.
    #[must_use]
    pub fn request(&self, message: &Message) -> HttpRequest {
        let mut body = json!({ "embeds": [embed(message)], "allowed_mentions": { "parse": [] } });
        if let Some(username) = &self.username {
            body["username"] = Value::from(username.as_str());
        }
        if message.priority == Priority::Low {
            body["flags"] = Value::from(SILENT);
        }
        HttpRequest::json(self.url.clone(), &body)
    }

    /// The verdict on an answer. The time to wait stands in the body too, and more exactly.
    #[must_use]
    pub fn verdict(answer: HttpAnswer<'_>) -> SendVerdict {
        match usual_verdict(answer) {
            SendVerdict::Retry(wait_s, reason) => {
                SendVerdict::Retry(wait_s.max(wait_of(answer.body)), reason)
            }
            SendVerdict::Dead(reason) if answer.status == 404 => {
                SendVerdict::Dead(reason + ": the webhook was deleted, or its address is wrong")
            }
            verdict => verdict,
        }
    }
}

/// The address of the webhook. Discord has other addresses, which people see more often.
fn webhook_of(settings: &Settings) -> Result<Url, SettingMistake> {
    let url = settings.needed_address("url")?;
    let is_discord = matches!(url.host_str(), Some("discord.com" | "discordapp.com"));
    if is_discord && !url.path().starts_with("/api/") {
        let hint = "copy it from `Integrations` of the channel: https://discord.com/api/webhooks/…";
        return Err(SettingMistake::new("url", "`url` is no address of a webhook of Discord", hint));
    }
    Ok(url)
}

fn username_of(settings: &Settings) -> Result<Option<String>, SettingMistake> {
    let username = settings.text("username").map(str::to_owned);
    if username.as_deref().is_some_and(|name| !is_username(name)) {
        let hint = "a name has 1 to 80 characters, and neither `discord` nor `clyde` in it";
        return Err(SettingMistake::new("username", "`username` is refused by Discord", hint));
    }
    Ok(username)
}

fn thread_of(settings: &Settings) -> Result<Option<&str>, SettingMistake> {
    let thread = settings.text("thread");
    if thread.is_some_and(|id| id.len() > 20 || !id.bytes().all(|c| c.is_ascii_digit())) {
        let hint = "write the number that `Copy Thread ID` gives in developer mode";
        return Err(SettingMistake::new("thread", "`thread` is no id of a thread", hint));
    }
    Ok(thread)
}

fn is_username(name: &str) -> bool {
    let small = name.to_lowercase();
    name.chars().count() <= MAX_USERNAME && !small.contains("discord") && !small.contains("clyde")
}

/// The address with the demand for an answer that tells of failures.
fn with_query(mut url: Url, thread: Option<&str>) -> Url {
    let replaced = |name: &str| name == "wait" || (name == "thread_id" && thread.is_some());
    let kept: Vec<(String, String)> =
        url.query_pairs().filter(|(name, _)| !replaced(name)).map(|(n, v)| (n.into(), v.into())).collect();
    let mut query = url.query_pairs_mut();
    query.clear().extend_pairs(kept).append_pair("wait", "true");
    if let Some(thread) = thread {
        query.append_pair("thread_id", thread);
    }
    drop(query);
    url
}

fn embed(message: &Message) -> Value {
    let mut embed = json!({
        "title": escaped_within(&message.title, MAX_TITLE, LengthUnit::Utf16, markdown),
        "color": colour(message.event),
        "timestamp": message.at.to_rfc3339(),
    });
    let description = rest(message, MAX_DESCRIPTION, LengthUnit::Utf16);
    if !description.is_empty() {
        embed["description"] = Value::from(description);
    }
    if let Some(link) = web_link(message.link.as_ref()) {
        embed["url"] = Value::from(link);
    }
    if let Some(image) = web_link(message.image.as_ref()) {
        embed["image"] = json!({ "url": image });
    }
    embed
}

const fn colour(event: EventKind) -> u32 {
    match event {
        EventKind::Item => 0x0034_98DB,
        EventKind::Trouble => 0x00E7_4C3C,
        EventKind::Recovered => 0x002E_CC71,
        EventKind::Silent => 0x00F1_C40F,
    }
}

/// The seconds to wait, rounded up; 0 if the body does not say.
fn wait_of(body: &str) -> u64 {
    let answer: Option<Value> = serde_json::from_str(body).ok();
    let wait_s = answer.as_ref().and_then(|answer| answer["retry_after"].as_f64());
    let wait = wait_s.and_then(|wait_s| Duration::try_from_secs_f64(wait_s).ok()).unwrap_or_default();
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::service::examples::{body_of, many_items, message, settings_of};

    fn settings() -> Settings {
        settings_of(&[("url", "https://discord.com/api/webhooks/1/abc?wait=false")])
    }

    fn sent(message: &Message) -> Value {
        let target = Discord::of(&settings()).expect("a target");
        body_of(&target.request(message))
    }

    #[test]
    fn an_item() {
        let mut message = message(EventKind::Item, "Low tide", "At noon.");
        message.image = Url::parse("https://example.org/a.png").ok();
        message.priority = Priority::Low;
        let embed = json!({
            "title": "Low tide",
            "color": 0x0034_98DB,
            "timestamp": "1970-01-01T00:00:00+00:00",
            "description": "At noon.",
            "url": "https://example.org/a",
            "image": { "url": "https://example.org/a.png" },
        });
        let expected = json!({ "embeds": [embed], "allowed_mentions": { "parse": [] }, "flags": 4096 });
        assert_eq!(sent(&message), expected);
    }

    #[test]
    fn a_trouble_and_its_recovery() {
        for (event, colour) in [(EventKind::Trouble, 0x00E7_4C3C), (EventKind::Recovered, 0x002E_CC71)] {
            let embed = json!({
                "title": "Harbour",
                "color": colour,
                "timestamp": "1970-01-01T00:00:00+00:00",
                "url": "https://example.org/a",
            });
            let expected = json!({ "embeds": [embed], "allowed_mentions": { "parse": [] } });
            assert_eq!(sent(&message(event, "Harbour", "")), expected);
        }
    }

    #[test]
    fn failures_are_asked_for() {
        let mut settings = settings();
        settings.set_text("thread", "123");
        settings.set_text("username", "bridge");
        let request = Discord::of(&settings).expect("a target").request(&message(EventKind::Item, "A", ""));
        assert_eq!(request.url.as_str(), "https://discord.com/api/webhooks/1/abc?wait=true&thread_id=123");
        assert_eq!(body_of(&request)["username"], "bridge");
    }

    #[test]
    fn hostile_titles_are_text() {
        let body = sent(&message(EventKind::Item, "@everyone <@1> **x**", "[a](https://b)"));
        let embed = &body["embeds"][0];
        assert_eq!(embed["title"], "@\u{200B}everyone <\u{200B}@\u{200B}1> \\*\\*x\\*\\*");
        assert_eq!(embed["description"], "\\[a\\](https:\u{200B}//b)");
    }

    #[test]
    fn long_texts_are_cut() {
        let body = sent(&message(EventKind::Item, &"*".repeat(300), &"word ".repeat(2000)));
        let title = body["embeds"][0]["title"].as_str().expect("a title");
        assert!(title.encode_utf16().count() <= MAX_TITLE && title.ends_with('…'));
        let description = body["embeds"][0]["description"].as_str().expect("a description");
        assert!(description.encode_utf16().count() <= MAX_DESCRIPTION && description.ends_with('…'));
        let body = sent(&many_items(500));
        let description = body["embeds"][0]["description"].as_str().expect("a description");
        assert!(description.encode_utf16().count() <= MAX_DESCRIPTION && description.ends_with(" more"));
    }

    #[test]
    fn verdicts() {
        let verdict =
            |status, body: &str| Discord::verdict(HttpAnswer { status, retry_after_s: Some(1), body });
        let reason = "the service answered 429".to_owned();
        assert_eq!(verdict(429, r#"{"retry_after": 2.5}"#), SendVerdict::Retry(3, reason.clone()));
        assert_eq!(verdict(429, "busy"), SendVerdict::Retry(1, reason.clone()));
        assert_eq!(verdict(429, r#"{"retry_after": -1}"#), SendVerdict::Retry(1, reason));
        assert_eq!(verdict(200, "{}"), SendVerdict::Sent);
        assert!(matches!(verdict(404, ""), SendVerdict::Dead(_)));
    }

    #[test]
    fn mistakes() {
        let mistake = |name: &str, text: &str| {
            let mut settings = settings();
            settings.set_text(name, text);
            Discord::of(&settings).expect_err("a mistake").setting
        };
        assert_eq!(Discord::of(&Settings::default()).expect_err("a mistake").setting, "url");
        assert_eq!(mistake("url", "ftp://example.org/"), "url");
        assert_eq!(mistake("username", "My Discord"), "username");
        assert_eq!(mistake("thread", "general"), "thread");
        assert_eq!(mistake("url", "https://discord.com/channels/1/2"), "url");
        let two =
            settings_of(&[("url", "https://discord.com/api/webhooks/1/a?thread_id=1"), ("thread", "2")]);
        assert_eq!(Discord::of(&two).expect_err("a mistake").setting, "thread");
    }
}
