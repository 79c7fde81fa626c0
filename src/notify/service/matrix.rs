//! Matrix: a message to a room (its specification, "Client-Server API", sections "Instant Messaging", "User
//! and room mentions" and "Rate limiting"). The name of the message is the transaction's: a second try
//! makes no second message.

use http::Method;
use serde_json::{Value, json};
use url::Url;

use super::markup::{escaped_within, html, kept_of, linked_text, more, web_link};
use crate::model::Secret;
use crate::notify::cut::{LengthUnit, cut};
use crate::notify::message::{Message, MessageItem};
use crate::notify::outgoing::{HttpAnswer, HttpRequest, SendVerdict, usual_verdict};
use crate::notify::settings::{SettingKind, SettingMistake, SettingSpec, Settings, both, print_name_only};
use crate::notify::web;

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "server",
        kind: SettingKind::Address,
        required: true,
        words: "The home server, such as `https://matrix.example.org`.",
    },
    SettingSpec {
        name: "room",
        kind: SettingKind::Text,
        required: true,
        words: "The id of the room; it begins with `!`.",
    },
    SettingSpec {
        name: "token",
        kind: SettingKind::Secret,
        required: true,
        words: "Access token of a user who is in the room.",
    },
];

/// Most bytes of the text, and again of its HTML. An event has at most 65536, in which JSON's escapes count.
const MAX_TEXT: usize = 5000;
/// Most characters of a title.
const MAX_TITLE: usize = 250;

/// A room of a server.
#[derive(Clone)]
pub struct Matrix {
    server: Url,
    room: String,
    token: Secret,
}

print_name_only!(Matrix);

impl Matrix {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let server = settings.needed_server(&["_matrix"]);
        let token = settings.needed_secret("token");
        let ((server, room), token) = both(both(server, room_of(settings)), token)?;
        Ok(Self { server, room, token })
    }

    /// The request of a message.
    #[must_use]
    pub fn request(&self, message: &Message) -> HttpRequest {
        let path =
            ["_matrix", "client", "v3", "rooms", self.room.as_str(), "send", "m.room.message", &message.id];
        let body = json!({
            "msgtype": "m.text",
            "body": plain(message),
            "format": "org.matrix.custom.html",
            "formatted_body": formatted(message),
            // Nobody is mentioned, whatever the text says.
            "m.mentions": {},
        });
        let mut request = HttpRequest::json(web::joined(&self.server, &path), &body);
        request.method = Method::PUT;
        request.with_header("authorization", format!("Bearer {}", self.token.expose()))
    }

    /// The verdict on an answer. Older servers say only in the body how long to wait.
    #[must_use]
    pub fn verdict(answer: HttpAnswer<'_>) -> SendVerdict {
        let body: Value = serde_json::from_str(answer.body).unwrap_or_default();
        let code =
            body["errcode"].as_str().map(|code| format!(": {}", cut(code, 100, LengthUnit::Characters)));
        let code = code.unwrap_or_default();
        match usual_verdict(answer) {
            SendVerdict::Retry(wait_s, reason) => {
                let wait_ms = body["retry_after_ms"].as_u64().unwrap_or(0);
                SendVerdict::Retry(wait_s.max(wait_ms.div_ceil(1000)), reason + &code)
            }
            SendVerdict::Dead(reason) => SendVerdict::Dead(reason + &code),
            SendVerdict::Sent => SendVerdict::Sent,
        }
    }
}

fn room_of(settings: &Settings) -> Result<String, SettingMistake> {
    let room = settings.needed("room")?;
    if room.starts_with('#') {
        let hint = "write its id, which begins with `!`; it is in the advanced settings of the room";
        return Err(SettingMistake::new("room", "`room` is an alias, not an id", hint));
    }
    // Newer rooms have no `:` and no name of a server in their ids.
    if !room.starts_with('!') || room.len() < 2 || room.contains(char::is_whitespace) {
        let hint = "write the id of the room, such as `!abc:example.org`";
        return Err(SettingMistake::new("room", "`room` is no id of a room", hint));
    }
    Ok(room)
}

/// The text for programs that show no HTML.
fn plain(message: &Message) -> String {
    let link = web_link(message.link.as_ref()).filter(|_| message.items.len() < 2);
    let is_bare = message.body.trim().is_empty();
    let body = if is_bare { String::new() } else { linked_text(message, MAX_TEXT, LengthUnit::Bytes) };
    let title = cut(&message.title, MAX_TITLE, LengthUnit::Characters);
    let parts = [title.as_str(), body.as_str(), link.unwrap_or_default()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn formatted(message: &Message) -> String {
    let title = format!("<strong>{}</strong>", linked(&message.title, message.link.as_ref()));
    if message.items.len() > 1 {
        return title + &list(message);
    }
    let body = escaped_within(&message.body, MAX_TEXT, LengthUnit::Bytes, lines);
    if body.is_empty() { title } else { format!("{title}<br>{body}") }
}

fn list(message: &Message) -> String {
    let line = |item: &MessageItem| format!("<li>{}</li>", linked(&item.title, item.link.as_ref()));
    let lines: Vec<String> = message.items.iter().map(line).collect();
    let lengths: Vec<usize> = lines.iter().map(String::len).collect();
    let kept = kept_of(&lengths, MAX_TEXT);
    let others = more(lines.len() - kept).unwrap_or_default();
    format!("<ul>{}</ul>{others}", lines[..kept].concat())
}

fn linked(title: &str, link: Option<&Url>) -> String {
    let title = html(&cut(title, MAX_TITLE, LengthUnit::Characters));
    match web_link(link) {
        Some(link) => format!("<a href=\"{}\">{title}</a>", html(link)),
        None => title,
    }
}

/// Lines of plain text as HTML.
fn lines(text: &str) -> String {
    html(text).replace('\n', "<br>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EventKind;
    use crate::notify::service::examples::{body_of, many_items, message, settings_of, two_items};

    fn settings() -> Settings {
        settings_of(&[
            ("server", "https://example.org/matrix/"),
            ("room", "!abc:example.org"),
            ("token", "syt_secret"),
        ])
    }

    fn sent(message: &Message) -> Value {
        let target = Matrix::of(&settings()).expect("a target");
        body_of(&target.request(message))
    }

    #[test]
    fn an_item() {
        let message = message(EventKind::Item, "Low tide", "At noon.\nBring boots.");
        let request = Matrix::of(&settings()).expect("a target").request(&message);
        assert_eq!(request.method, Method::PUT);
        let path = "_matrix/client/v3/rooms/!abc:example.org/send/m.room.message/msg_1";
        assert_eq!(request.url.as_str(), format!("https://example.org/matrix/{path}"));
        let (name, value) = request.headers.last().expect("a header");
        assert_eq!((name.as_str(), value.expose()), ("authorization", "Bearer syt_secret"));
        let link = "<a href=\"https://example.org/a\">Low tide</a>";
        let expected = json!({
            "msgtype": "m.text",
            "body": "Low tide\nAt noon.\nBring boots.\nhttps://example.org/a",
            "format": "org.matrix.custom.html",
            "formatted_body": format!("<strong>{link}</strong><br>At noon.<br>Bring boots."),
            "m.mentions": {},
        });
        assert_eq!(body_of(&request), expected);
    }

    #[test]
    fn a_trouble_and_its_recovery() {
        for event in [EventKind::Trouble, EventKind::Recovered] {
            let mut message = message(event, "Harbour", "");
            message.link = None;
            let expected = json!({
                "msgtype": "m.text",
                "body": "Harbour",
                "format": "org.matrix.custom.html",
                "formatted_body": "<strong>Harbour</strong>",
                "m.mentions": {},
            });
            assert_eq!(sent(&message), expected);
        }
    }

    #[test]
    fn several_items_are_a_list() {
        let mut message = two_items();
        message.link = None;
        let list = "<ul><li><a href=\"https://example.org/a\">Ebb</a></li><li>Flood</li></ul>";
        assert_eq!(sent(&message)["formatted_body"], format!("<strong>Two</strong>{list}"));
    }

    #[test]
    fn hostile_titles_are_text() {
        let mut message = message(EventKind::Item, "@room <a href=\"x\">&", "<b>");
        message.link = None;
        let text = "<strong>@room &lt;a href=&quot;x&quot;&gt;&amp;</strong><br>&lt;b&gt;";
        let body = sent(&message);
        assert_eq!(body["formatted_body"], text);
        assert_eq!(body["m.mentions"], json!({}));
    }

    #[test]
    fn long_texts_are_cut() {
        let body = sent(&message(EventKind::Item, "Long", &"<word> ".repeat(4000)));
        assert!(body["body"].as_str().is_some_and(|text| text.len() < MAX_TEXT + 100));
        let text = body["formatted_body"].as_str().expect("a text");
        assert!(text.len() < MAX_TEXT + 100 && text.ends_with('…'));
        let body = sent(&many_items(1000));
        let text = body["formatted_body"].as_str().expect("a text");
        assert!(text.len() < MAX_TEXT + 100 && text.ends_with(" more"));
    }

    #[test]
    fn verdicts() {
        let verdict = |status, body: &str| Matrix::verdict(HttpAnswer { status, retry_after_s: None, body });
        let busy = r#"{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1500}"#;
        let reason = "the service answered 429: M_LIMIT_EXCEEDED".to_owned();
        assert_eq!(verdict(429, busy), SendVerdict::Retry(2, reason));
        let reason = "the service answered 403: M_FORBIDDEN".to_owned();
        assert_eq!(verdict(403, r#"{"errcode":"M_FORBIDDEN"}"#), SendVerdict::Dead(reason));
        assert_eq!(verdict(200, r#"{"event_id":"$1"}"#), SendVerdict::Sent);
        assert_eq!(verdict(502, "<html>"), SendVerdict::Retry(0, "the service answered 502".to_owned()));
    }

    #[test]
    fn mistakes() {
        let mistake = |name: &str, text: &str| {
            let mut settings = settings();
            settings.set_text(name, text);
            Matrix::of(&settings).expect_err("a mistake").setting
        };
        assert_eq!(mistake("server", "example.org"), "server");
        assert_eq!(mistake("server", "https://example.org/_matrix/client/v3"), "server");
        assert_eq!(mistake("room", "#harbour:example.org"), "room");
        assert_eq!(mistake("room", "harbour"), "room");
        assert_eq!(mistake("token", ""), "token");
    }
}
