//! Signal, by a server of signal-cli-rest-api: a message to `/v2/send` (its documentation, "Sample REST API
//! calls", and its Swagger specification). With the text mode `normal`, texts are shown as they are, and only
//! the field `mentions` can mention a person. So nothing is escaped.

use serde_json::json;
use url::Url;

use super::markup::linked_text;
use crate::notify::cut::{LengthUnit, cut};
use crate::notify::message::Message;
use crate::notify::outgoing::{HttpAnswer, HttpRequest, SendVerdict, usual_verdict};
use crate::notify::settings::{SettingKind, SettingMistake, SettingSpec, Settings, both, print_name_only};
use crate::notify::web;

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "server",
        kind: SettingKind::Address,
        required: true,
        words: "The server, which runs signal-cli-rest-api.",
    },
    SettingSpec {
        name: "number",
        kind: SettingKind::Text,
        required: true,
        words: "Number that is registered with the server, such as `+491701234567`.",
    },
    SettingSpec {
        name: "to",
        kind: SettingKind::Texts,
        required: true,
        words: "Receivers: numbers, names of users, or ids of groups such as `group.ckRzaEd4VmRz`.",
    },
];

/// Most characters of a message. Signal sends longer ones as attached files.
const MAX_TEXT: usize = 2000;
/// Most characters of a title, so that it leaves room for the text.
const MAX_TITLE: usize = 500;
/// Most characters of a link, so that it leaves room for the text.
const MAX_LINK: usize = 1000;

/// A number of a server, and those who get its messages.
#[derive(Clone)]
pub struct SignalServer {
    server: Url,
    number: String,
    to: Vec<String>,
}

print_name_only!(SignalServer);

impl SignalServer {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let server = settings.needed_server(&["v2", "send"]);
        let ((server, number), to) = both(both(server, number_of(settings)), receivers_of(settings))?;
        Ok(Self { server, number, to })
    }

    /// The request of a message.
    #[must_use]
    pub fn request(&self, message: &Message) -> HttpRequest {
        let body = json!({
            "message": text(message),
            "number": self.number,
            "recipients": self.to,
            "text_mode": "normal",
        });
        HttpRequest::json(web::joined(&self.server, &["v2", "send"]), &body)
    }

    /// The meaning of an answer. The server says 400 to everything that signal-cli could not do, even if the
    /// network was down, so that it is tried again. Its words may hold
    /// telephone numbers: they are not repeated.
    #[must_use]
    pub fn verdict(answer: HttpAnswer<'_>) -> SendVerdict {
        let is_unknown = ["not registered", "Unregistered"].iter().any(|words| answer.body.contains(*words));
        match answer.status {
            400 if is_unknown => SendVerdict::Dead(
                "`number` or a receiver is not registered with Signal: check both".to_owned(),
            ),
            400 => {
                SendVerdict::Retry(0, "the server could not send the message: its log says why".to_owned())
            }
            _ => usual_verdict(answer),
        }
    }
}

fn number_of(settings: &Settings) -> Result<String, SettingMistake> {
    let number = settings.needed("number")?;
    let digits = number.strip_prefix('+').unwrap_or_default();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        let hint = "write it with `+` and the code of the country, without spaces";
        return Err(SettingMistake::new("number", "`number` is no telephone number", hint));
    }
    Ok(number)
}

fn receivers_of(settings: &Settings) -> Result<Vec<String>, SettingMistake> {
    let to: Vec<String> = settings.texts("to").iter().map(|name| name.trim().to_owned()).collect();
    if to.is_empty() || to.iter().any(String::is_empty) {
        let hint = "write to = [\"+49…\"]";
        return Err(SettingMistake::new("to", "`to` lacks a receiver", hint));
    }
    Ok(to)
}

/// Title, text and link: Signal has no fields for them.
fn text(message: &Message) -> String {
    let link = message.link.as_ref().map(Url::as_str);
    let link = link.filter(|link| !message.body.contains(*link) && link.chars().count() <= MAX_LINK);
    let tail = link.map_or_else(String::new, |link| format!("\n\n{link}"));
    let unit = LengthUnit::Characters;
    let title = cut(&message.title, MAX_TITLE, unit);
    let room = MAX_TEXT - unit.length(&tail) - unit.length(&title) - 2;
    let body = if message.body.trim().is_empty() { String::new() } else { linked_text(message, room, unit) };
    let head = format!("{title}\n\n{body}");
    format!("{}{tail}", head.trim_end())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::model::EventKind;
    use crate::notify::service::examples::{body_of, settings_of, texts, tide};

    fn addressed(number: &str, to: &[&str]) -> Settings {
        let mut settings = settings_of(&[("server", "http://example.org:8080"), ("number", number)]);
        settings.set("to", texts(to));
        settings
    }

    fn sent(message: &Message) -> Value {
        let request = SignalServer::of(&addressed("+4912", &["+4934", "group.x="])).unwrap().request(message);
        assert_eq!(request.url.as_str(), "http://example.org:8080/v2/send");
        body_of(&request)
    }

    #[test]
    fn an_item_is_title_text_and_link() {
        let expected = json!({
            "message": "Low tide at noon\n\nMind the mud.\n\nhttps://example.org/tide",
            "number": "+4912",
            "recipients": ["+4934", "group.x="],
            "text_mode": "normal",
        });
        assert_eq!(sent(&tide(EventKind::Item)), expected);
    }

    #[test]
    fn troubles_and_recoveries_need_no_link() {
        let mut trouble = tide(EventKind::Trouble);
        trouble.link = None;
        assert_eq!(sent(&trouble)["message"], "Low tide at noon\n\nMind the mud.");
        let mut recovery = tide(EventKind::Recovered);
        recovery.body = String::new();
        assert_eq!(sent(&recovery)["message"], "Low tide at noon\n\nhttps://example.org/tide");
    }

    #[test]
    fn hostile_titles_stay_plain_and_long_texts_are_cut() {
        let mut hostile = tide(EventKind::Item);
        hostile.title = "**bold** ||hidden|| @everyone".to_owned();
        hostile.body = "ü".repeat(3000);
        let text = sent(&hostile)["message"].as_str().unwrap_or_default().to_owned();
        assert!(text.starts_with("**bold** ||hidden|| @everyone\n\n"));
        assert!(text.ends_with("…\n\nhttps://example.org/tide"));
        assert_eq!(text.chars().count(), MAX_TEXT);
    }

    #[test]
    fn a_refusal_is_tried_again_unless_a_number_is_unknown() {
        let answer = |status, body| SignalServer::verdict(HttpAnswer { status, retry_after_s: None, body });
        assert_eq!(answer(201, "{\"timestamp\":\"1\"}"), SendVerdict::Sent);
        assert!(matches!(answer(400, "{\"error\":\"timeout\"}"), SendVerdict::Retry(0, _)));
        assert!(matches!(answer(400, "{\"error\":\"User +4912 is not registered.\"}"), SendVerdict::Dead(_)));
        assert!(matches!(answer(429, ""), SendVerdict::Retry(0, _)));
    }

    #[test]
    fn mistakes_name_the_setting() {
        let mistake = |settings: &Settings| SignalServer::of(settings).unwrap_err().setting;
        assert_eq!(mistake(&settings_of(&[])), "server");
        assert_eq!(mistake(&settings_of(&[("server", "https://example.org")])), "number");
        assert_eq!(mistake(&addressed("0170 12", &["+4934"])), "number");
        assert_eq!(mistake(&addressed("+4912", &[])), "to");
        let mut sends = addressed("+4912", &["+4934"]);
        sends.set_text("server", "https://example.org/v2/send");
        assert_eq!(mistake(&sends), "server");
        assert_eq!(mistake(&addressed("+4912", &[" "])), "to");
    }
}
