//! Telegram: a message by a bot (its documentation, "Telegram Bot API", sections "`sendMessage`", "HTML
//! style" and "`ResponseParameters`").

use serde_json::{Value, json};
use url::Url;

use super::markup::{GAP, html, listed, web_link};
use crate::model::Secret;
use crate::notify::cut::{LengthUnit, cut};
use crate::notify::message::{Message, MessageItem, Priority};
use crate::notify::outgoing::{HttpAnswer, HttpRequest, SendVerdict, usual_verdict};
use crate::notify::settings::{SettingKind, SettingMistake, SettingSpec, Settings, both, print_name_only};
use crate::notify::web;

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "token",
        kind: SettingKind::Secret,
        required: true,
        words: "The token of the bot, from `@BotFather`.",
    },
    SettingSpec {
        name: "chat",
        kind: SettingKind::Text,
        required: true,
        words: "The id of the chat, such as `-1001234567890`, or the name of a channel, such as `@harbour`.",
    },
    SettingSpec {
        name: "thread",
        kind: SettingKind::Number,
        required: false,
        words: "The id of a topic of the group.",
    },
    SettingSpec {
        name: "server",
        kind: SettingKind::Address,
        required: false,
        words: "The server. Default `https://api.telegram.org`.",
    },
];

/// Most units of UTF-16 of a message, without its markup.
const MAX_TEXT: usize = 4096;
const MAX_TITLE: usize = 250;
/// Most characters of the service's own words in a reason.
const MAX_REASON: usize = 200;

/// A chat, and the bot that writes to it.
#[derive(Clone)]
pub struct Telegram {
    server: Url,
    token: Secret,
    chat: Value,
    thread: Option<u64>,
}

print_name_only!(Telegram);

impl Telegram {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let token = token_of(settings);
        let ((token, chat), server) = both(both(token, checked_chat(settings)), server_of(settings))?;
        Ok(Self { server, token, chat, thread: settings.number("thread") })
    }

    /// The request of a message.
    #[must_use]
    pub fn request(&self, message: &Message) -> HttpRequest {
        let bot = format!("bot{}", self.token.expose());
        let url = web::joined(&self.server, &[bot.as_str(), "sendMessage"]);
        let mut body = json!({
            "chat_id": self.chat,
            "text": text(message),
            "parse_mode": "HTML",
            "link_preview_options": preview(message),
            "disable_notification": message.priority == Priority::Low,
        });
        if let Some(thread) = self.thread {
            body["message_thread_id"] = Value::from(thread);
        }
        HttpRequest::json(url, &body)
    }

    /// The verdict on an answer. Its body says how long to wait, and why a message was refused.
    #[must_use]
    pub fn verdict(answer: HttpAnswer<'_>) -> SendVerdict {
        // The answer to a message that was sent repeats it, and may be longer than what is kept of it.
        let body: Value = serde_json::from_str(answer.body).unwrap_or_default();
        let refused = body["ok"] == false && (200..300).contains(&answer.status);
        let code = body["error_code"].as_u64().and_then(|code| u16::try_from(code).ok());
        let status = if refused { code.unwrap_or(500) } else { answer.status };
        let words = reason(status, &body);
        match usual_verdict(HttpAnswer { status, ..answer }) {
            SendVerdict::Retry(wait_s, _) => {
                SendVerdict::Retry(wait_s.max(body["parameters"]["retry_after"].as_u64().unwrap_or(0)), words)
            }
            SendVerdict::Dead(_) => SendVerdict::Dead(words),
            SendVerdict::Sent => SendVerdict::Sent,
        }
    }
}

fn token_of(settings: &Settings) -> Result<Secret, SettingMistake> {
    let token = settings.needed_secret("token")?;
    if !is_token(token.expose()) {
        let hint = "write the token as `@BotFather` gives it: a number, `:` and letters";
        return Err(SettingMistake::new("token", "`token` is no token of a bot", hint));
    }
    Ok(token)
}

fn checked_chat(settings: &Settings) -> Result<Value, SettingMistake> {
    let chat = settings.needed("chat")?;
    chat_of(&chat).ok_or_else(|| {
        let hint = "write the id of the chat, a number, or `@` and the name of a channel";
        SettingMistake::new("chat", "`chat` is neither an id nor the name of a channel", hint)
    })
}

fn server_of(settings: &Settings) -> Result<Url, SettingMistake> {
    let hint = "write server = \"https://api.telegram.org\"";
    let default = || {
        Url::parse("https://api.telegram.org/")
            .map_err(|_| SettingMistake::new("server", "`server` is missing", hint))
    };
    settings.address("server")?.map_or_else(default, Ok)
}

fn is_token(token: &str) -> bool {
    let Some((id, key)) = token.split_once(':') else { return false };
    let is_key = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    !id.is_empty() && id.bytes().all(|c| c.is_ascii_digit()) && !key.is_empty() && key.chars().all(is_key)
}

fn chat_of(text: &str) -> Option<Value> {
    if let Ok(id) = text.parse::<i64>() {
        return Some(Value::from(id));
    }
    let name = text.strip_prefix('@')?;
    let fits = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    fits.then(|| Value::from(text))
}

fn reason(status: u16, body: &Value) -> String {
    if let Some(chat) = body["parameters"]["migrate_to_chat_id"].as_i64() {
        return format!("the group has a new id: write chat = \"{chat}\"");
    }
    match body["description"].as_str() {
        Some(words) => {
            format!("the service answered {status}: {}", cut(words, MAX_REASON, LengthUnit::Characters))
        }
        None => format!("the service answered {status}"),
    }
}

/// The preview: of the picture, or of the page. A list of items has none.
fn preview(message: &Message) -> Value {
    let link = web_link(message.link.as_ref()).filter(|_| message.items.len() < 2);
    match (web_link(message.image.as_ref()), link) {
        (Some(image), _) => json!({ "url": image, "prefer_large_media": true }),
        (None, Some(link)) => json!({ "url": link }),
        (None, None) => json!({ "is_disabled": true }),
    }
}

fn text(message: &Message) -> String {
    let title = cut(&quiet(&message.title), MAX_TITLE, LengthUnit::Utf16);
    let room = MAX_TEXT - 1 - LengthUnit::Utf16.length(&title);
    let head = format!("<b>{}</b>", linked(&title, message.link.as_ref()));
    let rest = if message.items.len() < 2 {
        html(&cut(&quiet(&message.body), room, LengthUnit::Utf16))
    } else {
        listed(&message.items.iter().map(line).collect::<Vec<_>>(), room)
    };
    if rest.is_empty() { head } else { format!("{head}\n{rest}") }
}

/// The line of an item, and its length without markup.
fn line(item: &MessageItem) -> (usize, String) {
    let title = cut(&quiet(&item.title), MAX_TITLE, LengthUnit::Utf16);
    (LengthUnit::Utf16.length(&title) + 2, format!("• {}", linked(&title, item.link.as_ref())))
}

fn linked(title: &str, link: Option<&Url>) -> String {
    match web_link(link) {
        Some(link) => format!("<a href=\"{}\">{}</a>", html(link), html(title)),
        None => html(title),
    }
}

/// The text without mentions, tags and commands, which need no markup in Telegram.
fn quiet(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_word = false;
    for c in text.chars() {
        out.push(c);
        if "@#$".contains(c) || (c == '/' && !in_word) {
            out.push(GAP);
        }
        in_word = !c.is_whitespace();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EventKind;
    use crate::notify::service::examples::{body_of, item, message, settings_of, two_items};
    use crate::notify::settings::SettingValue;

    fn settings() -> Settings {
        settings_of(&[("token", "123:AbC-d_e"), ("chat", "-1001")])
    }

    fn sent(message: &Message) -> Value {
        let target = Telegram::of(&settings()).expect("a target");
        body_of(&target.request(message))
    }

    #[test]
    fn an_item() {
        let mut settings = settings();
        settings.set_text("chat", "@harbour");
        settings.set("thread", SettingValue::Number(7));
        let message = message(EventKind::Item, "Low tide", "At noon.");
        let request = Telegram::of(&settings).expect("a target").request(&message);
        assert_eq!(request.url.as_str(), "https://api.telegram.org/bot123:AbC-d_e/sendMessage");
        let expected = json!({
            "chat_id": "@harbour",
            "text": "<b><a href=\"https://example.org/a\">Low tide</a></b>\nAt noon.",
            "parse_mode": "HTML",
            "link_preview_options": { "url": "https://example.org/a" },
            "disable_notification": false,
            "message_thread_id": 7,
        });
        assert_eq!(body_of(&request), expected);
    }

    #[test]
    fn a_trouble_and_its_recovery() {
        for event in [EventKind::Trouble, EventKind::Recovered] {
            let mut message = message(event, "Harbour", "");
            message.link = None;
            let expected = json!({
                "chat_id": -1001,
                "text": "<b>Harbour</b>",
                "parse_mode": "HTML",
                "link_preview_options": { "is_disabled": true },
                "disable_notification": false,
            });
            assert_eq!(sent(&message), expected);
        }
    }

    #[test]
    fn several_items_are_a_list() {
        let text = "<b><a href=\"https://example.org/a\">Two</a></b>\n\
            • <a href=\"https://example.org/a\">Ebb</a>\n• Flood";
        assert_eq!(sent(&two_items())["text"], text);
    }

    #[test]
    fn hostile_titles_are_text() {
        let mut message = message(EventKind::Item, "@all </b><a href=\"tg://x\">", "/stop 1/2 & #tag");
        message.link = None;
        let text = "<b>@\u{200B}all &lt;/b&gt;&lt;a href=&quot;tg://x&quot;&gt;</b>\n\
            /\u{200B}stop 1/2 &amp; #\u{200B}tag";
        assert_eq!(sent(&message)["text"], text);
    }

    #[test]
    fn long_texts_are_cut() {
        let mut long = message(EventKind::Item, "Long", &"word ".repeat(2000));
        long.link = None;
        let body = sent(&long);
        let text = body["text"].as_str().expect("a text");
        assert!(text.encode_utf16().count() <= MAX_TEXT + 7 && text.ends_with('…'));
        long.items =
            (0..2000).map(|number| MessageItem { link: None, ..item(&format!("Item {number}")) }).collect();
        let body = sent(&long);
        let text = body["text"].as_str().expect("a text");
        assert!(text.encode_utf16().count() <= MAX_TEXT + 7 && text.ends_with(" more"));
    }

    #[test]
    fn verdicts() {
        let verdict =
            |status, body: &str| Telegram::verdict(HttpAnswer { status, retry_after_s: None, body });
        assert_eq!(verdict(200, r#"{"ok":true,"result":{"text":"cut o"#), SendVerdict::Sent);
        let busy = r#"{"ok":false,"error_code":429,"description":"Busy","parameters":{"retry_after":9}}"#;
        let reason = "the service answered 429: Busy".to_owned();
        assert_eq!(verdict(429, busy), SendVerdict::Retry(9, reason.clone()));
        assert_eq!(verdict(200, busy), SendVerdict::Retry(9, reason));
        let blocked = r#"{"ok":false,"error_code":403,"description":"Forbidden: blocked"}"#;
        let reason = "the service answered 403: Forbidden: blocked".to_owned();
        assert_eq!(verdict(403, blocked), SendVerdict::Dead(reason));
        let moved = r#"{"ok":false,"error_code":400,"parameters":{"migrate_to_chat_id":-1002}}"#;
        let reason = "the group has a new id: write chat = \"-1002\"".to_owned();
        assert_eq!(verdict(400, moved), SendVerdict::Dead(reason));
        assert_eq!(verdict(502, "<html>"), SendVerdict::Retry(0, "the service answered 502".to_owned()));
    }

    #[test]
    fn mistakes() {
        let mistake = |name: &str, text: &str| {
            let mut settings = settings();
            settings.set_text(name, text);
            Telegram::of(&settings).expect_err("a mistake").setting
        };
        assert_eq!(mistake("token", ""), "token");
        assert_eq!(mistake("token", "bot123"), "token");
        assert_eq!(mistake("token", "123:a/b"), "token");
        assert_eq!(mistake("chat", ""), "chat");
        assert_eq!(mistake("chat", "harbour"), "chat");
        assert_eq!(mistake("server", "localhost"), "server");
    }
}
