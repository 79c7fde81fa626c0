//! Pushover: a message as a form to `/1/messages.json` (Pushover's documentation, "Pushover Message API").
//! Without `html`, texts are shown as they are, so that nothing is escaped. Pictures can only be attached as
//! bytes, which this room does not have.

use http::Method;
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::markup::linked_text;
use crate::model::Secret;
use crate::notify::cut::{LengthUnit, cut};
use crate::notify::message::{Message, Priority};
use crate::notify::outgoing::{HttpAnswer, HttpRequest, SendVerdict, usual_verdict};
use crate::notify::settings::{SettingKind, SettingMistake, SettingSpec, Settings, both, print_name_only};
use crate::notify::web;

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "token",
        kind: SettingKind::Secret,
        required: true,
        words: "API token of an application.",
    },
    SettingSpec {
        name: "user",
        kind: SettingKind::Secret,
        required: true,
        words: "Key of a user or a group; several with commas between.",
    },
    SettingSpec {
        name: "device",
        kind: SettingKind::Text,
        required: false,
        words: "Name of a device, or several with commas between. Default: all devices.",
    },
    SettingSpec {
        name: "sound",
        kind: SettingKind::Text,
        required: false,
        words: "Name of a sound. Default: that of the user.",
    },
    SettingSpec {
        name: "server",
        kind: SettingKind::Address,
        required: false,
        words: "The server. Default `https://api.pushover.net`.",
    },
];

/// Most characters of a text.
const MAX_BODY: usize = 1024;
/// Most characters of a title.
const MAX_TITLE: usize = 250;
/// Most characters of a link.
const MAX_LINK: usize = 512;
/// Most characters of the title of a link.
const MAX_LINK_TITLE: usize = 100;
/// Characters of a token, and of a key of a user or a group.
const KEY_LENGTH: usize = 30;
/// Most characters of the name of a device.
const MAX_DEVICE: usize = 25;
/// Most users of one request.
const MAX_USERS: usize = 50;
/// Seconds until the next try, once the messages of a month are used up.
const QUOTA_WAIT_S: u64 = 3600;
/// Most characters of what the service says about a mistake.
const MAX_REASON: usize = 200;

/// A user or a group, reached by an application.
#[derive(Clone)]
pub struct Pushover {
    server: Url,
    token: Secret,
    user: Secret,
    device: Option<String>,
    sound: Option<String>,
}

print_name_only!(Pushover);

impl Pushover {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let keys = both(token_of(settings), user_of(settings));
        let ((token, user), (device, server)) = both(keys, both(device_of(settings), server(settings)))?;
        Ok(Self { server, token, user, device, sound: settings.text("sound").map(str::to_owned) })
    }

    /// The request of a message.
    #[must_use]
    pub fn request(&self, message: &Message) -> HttpRequest {
        let form = "application/x-www-form-urlencoded".to_owned();
        HttpRequest {
            method: Method::POST,
            url: web::joined(&self.server, &["1", "messages.json"]),
            headers: vec![("content-type".to_owned(), Secret::new(form))],
            body: self.form(message).into_bytes(),
        }
    }

    fn form(&self, message: &Message) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("token", self.token.expose());
        form.append_pair("user", self.user.expose());
        form.append_pair("title", &cut(&message.title, MAX_TITLE, LengthUnit::Characters));
        form.append_pair("message", &linked_text(message, MAX_BODY, LengthUnit::Characters));
        form.append_pair("priority", level(message.priority));
        form.append_pair("timestamp", &message.at.timestamp().to_string());
        // A link that is cut would lead elsewhere.
        let link =
            message.link.as_ref().filter(|link| LengthUnit::Characters.length(link.as_str()) <= MAX_LINK);
        if let Some(link) = link {
            form.append_pair("url", link.as_str());
            form.append_pair("url_title", &link_title(message));
        }
        for (name, value) in [("device", &self.device), ("sound", &self.sound)] {
            if let Some(value) = value {
                form.append_pair(name, value);
            }
        }
        form.finish()
    }

    /// The meaning of an answer. A refusal has `status` 0 and `errors`; 429 is the end of the messages of a
    /// month, not of a minute.
    #[must_use]
    pub fn verdict(answer: HttpAnswer<'_>) -> SendVerdict {
        let said: Value = serde_json::from_str(answer.body).unwrap_or_default();
        let is_refused = said["status"].as_i64().is_some_and(|status| status != 1);
        match usual_verdict(answer) {
            SendVerdict::Sent if is_refused => {
                SendVerdict::Dead(reason("the service said no".to_owned(), &said))
            }
            SendVerdict::Dead(usual) => SendVerdict::Dead(reason(usual, &said)),
            SendVerdict::Retry(wait_s, _) if answer.status == 429 => SendVerdict::Retry(
                wait_s.max(QUOTA_WAIT_S),
                "the messages of this month are used up".to_owned(),
            ),
            usual => usual,
        }
    }
}

fn reason(usual: String, said: &Value) -> String {
    let errors = said["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let errors: Vec<&str> = errors.iter().filter_map(Value::as_str).collect();
    if errors.is_empty() {
        return usual;
    }
    format!("{usual}: {}", cut(&errors.join(", "), MAX_REASON, LengthUnit::Characters))
}

fn server(settings: &Settings) -> Result<Url, SettingMistake> {
    let hint = "write server = \"https://api.pushover.net\"";
    let default = || {
        Url::parse("https://api.pushover.net/")
            .map_err(|_| SettingMistake::new("server", "`server` is missing", hint))
    };
    settings.server(&["1", "messages.json"])?.map_or_else(default, Ok)
}

fn token_of(settings: &Settings) -> Result<Secret, SettingMistake> {
    let token = settings.needed_secret("token")?;
    if !is_key(token.expose()) {
        let hint = "copy the API token of the application: 30 letters and digits";
        return Err(SettingMistake::new("token", "`token` is no token of Pushover", hint));
    }
    Ok(token)
}

fn user_of(settings: &Settings) -> Result<Secret, SettingMistake> {
    let user = settings.needed_secret("user")?;
    if !user.expose().split(',').all(is_key) || user.expose().split(',').count() > MAX_USERS {
        let hint =
            "copy the key of a user or a group: 30 letters and digits; at most 50, with commas between";
        return Err(SettingMistake::new("user", "`user` is no key of Pushover", hint));
    }
    Ok(user)
}

fn device_of(settings: &Settings) -> Result<Option<String>, SettingMistake> {
    let device = settings.text("device").map(str::to_owned);
    if device.as_ref().is_some_and(|names| !names.split(',').all(is_device)) {
        let hint = "a name has 1 to 25 letters of ASCII, digits, `-` and `_`";
        return Err(SettingMistake::new("device", "`device` is no name of a device", hint));
    }
    Ok(device)
}

fn is_key(text: &str) -> bool {
    text.len() == KEY_LENGTH && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn is_device(name: &str) -> bool {
    (1..=MAX_DEVICE).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

/// The priority. 2 would ask a person to acknowledge the message.
fn level(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "-1",
        Priority::Normal => "0",
        Priority::High => "1",
    }
}

/// The title of the link: that of the item, or of the feed.
fn link_title(message: &Message) -> String {
    let title = match (message.items.as_slice(), &message.feed) {
        ([item], _) => &item.title,
        (_, Some(feed)) => &feed.title,
        _ => &message.title,
    };
    cut(title, MAX_LINK_TITLE, LengthUnit::Characters)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::EventKind;
    use crate::notify::service::examples::{settings_of, tide};

    const TOKEN: &str = "azGDORePK8gMaC0QOYAMyEEuzJnyUi";
    const USER: &str = "uQiRzpo4DXghDmr9QzzfQu27cmVRsG";

    fn sent(message: &Message) -> Vec<(String, String)> {
        let pairs = [("token", TOKEN), ("user", USER), ("device", "phone,desk"), ("sound", "bike")];
        let request = Pushover::of(&settings_of(&pairs)).unwrap().request(message);
        assert_eq!(request.url.as_str(), "https://api.pushover.net/1/messages.json");
        form_urlencoded::parse(&request.body).into_owned().collect()
    }

    fn value(message: &Message, name: &str) -> Option<String> {
        sent(message).into_iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    #[test]
    fn an_item_is_a_form() {
        let expected = [
            ("token", TOKEN),
            ("user", USER),
            ("title", "Low tide at noon"),
            ("message", "Mind the mud."),
            ("priority", "0"),
            ("timestamp", "1800000000"),
            ("url", "https://example.org/tide"),
            ("url_title", "Low tide at noon"),
            ("device", "phone,desk"),
            ("sound", "bike"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(sent(&tide(EventKind::Item)), expected);
    }

    #[test]
    fn troubles_matter_more_than_recoveries() {
        let mut trouble = tide(EventKind::Trouble);
        trouble.priority = Priority::High;
        assert_eq!(value(&trouble, "priority").as_deref(), Some("1"));
        let mut recovery = tide(EventKind::Recovered);
        recovery.body = String::new();
        assert_eq!(value(&recovery, "priority").as_deref(), Some("0"));
        assert_eq!(value(&recovery, "message").as_deref(), Some("Low tide at noon"));
    }

    #[test]
    fn hostile_titles_stay_plain_text() {
        let mut hostile = tide(EventKind::Item);
        hostile.title = "<a href=\"https://evil.example\">x</a>&priority=2".to_owned();
        assert_eq!(value(&hostile, "title"), Some(hostile.title.clone()));
        assert_eq!(value(&hostile, "priority").as_deref(), Some("0"));
        assert_eq!(value(&hostile, "html"), None);
    }

    #[test]
    fn texts_are_cut_and_long_links_left_out() {
        let mut long = tide(EventKind::Item);
        long.title = "ä".repeat(300);
        long.body = "ü".repeat(2000);
        let length = |name| value(&long, name).map(|text| text.chars().count());
        assert_eq!(length("title"), Some(MAX_TITLE));
        assert_eq!(length("message"), Some(MAX_BODY));
        assert_eq!(length("url_title"), Some(MAX_LINK_TITLE));
        let mut far = tide(EventKind::Item);
        far.link = Url::parse(&format!("https://example.org/{}", "x".repeat(500))).ok();
        assert_eq!(value(&far, "url"), None);
        assert_eq!(value(&far, "url_title"), None);
    }

    #[test]
    fn refusals_tell_what_the_service_said() {
        let answer = |status, body| Pushover::verdict(HttpAnswer { status, retry_after_s: None, body });
        let refusal = json!({ "status": 0, "errors": ["user identifier is invalid"] }).to_string();
        let dead = |text: &str| SendVerdict::Dead(text.to_owned());
        assert_eq!(answer(200, "{\"status\":1}"), SendVerdict::Sent);
        assert_eq!(answer(400, &refusal), dead("the service answered 400: user identifier is invalid"));
        assert_eq!(answer(200, &refusal), dead("the service said no: user identifier is invalid"));
        assert!(matches!(answer(429, ""), SendVerdict::Retry(QUOTA_WAIT_S, _)));
        assert!(matches!(answer(500, "<html>"), SendVerdict::Retry(0, _)));
    }

    #[test]
    fn mistakes_name_the_setting() {
        let mistake = |pairs: &[(&str, &str)]| Pushover::of(&settings_of(pairs)).unwrap_err().setting;
        assert_eq!(mistake(&[("user", USER)]), "token");
        assert_eq!(mistake(&[("token", "short"), ("user", USER)]), "token");
        assert_eq!(mistake(&[("token", TOKEN)]), "user");
        assert_eq!(mistake(&[("token", TOKEN), ("user", "me@example.org")]), "user");
        assert_eq!(mistake(&[("token", TOKEN), ("user", USER), ("device", "my phone")]), "device");
        assert_eq!(mistake(&[("token", TOKEN), ("user", USER), ("server", "pushover")]), "server");
    }
}
