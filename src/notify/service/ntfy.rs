//! ntfy: a message as JSON to the root of a server (its documentation, "Publishing", sections "Publish as
//! JSON" and "Limitations"). Nothing is escaped: the server shows texts as they are, unless `markdown` is
//! asked for.

use serde_json::{Value, json};
use url::Url;

use super::markup::linked_text;
use crate::model::Secret;
use crate::notify::cut::{LengthUnit, cut};
use crate::notify::message::{Message, Priority};
use crate::notify::outgoing::HttpRequest;
use crate::notify::settings::{
    PASSWORD, SettingKind, SettingMistake, SettingSpec, Settings, USER, both, print_name_only,
};
use crate::notify::web;

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[
    SettingSpec { name: "topic", kind: SettingKind::Text, required: true, words: "The topic." },
    SettingSpec {
        name: "server",
        kind: SettingKind::Address,
        required: false,
        words: "The server. Default `https://ntfy.sh`.",
    },
    SettingSpec { name: "token", kind: SettingKind::Secret, required: false, words: "Access token." },
    USER,
    PASSWORD,
];

/// Most bytes of a text; the server turns longer ones into attached files.
const MAX_BODY: usize = 4096;
/// Most bytes of a title. Servers have a limit of their own, which is not documented for all versions.
const MAX_TITLE: usize = 250;
/// Most bytes of the JSON: a server takes twice the length of a text, and refuses more.
const MAX_JSON: usize = 2 * MAX_BODY;
/// Most bytes of an address, so that two of them leave room for the text.
const MAX_ADDRESS: usize = 1024;
/// Most bytes of all tags.
const MAX_TAGS: usize = 256;

/// A topic of a server.
#[derive(Clone)]
pub struct Ntfy {
    server: Url,
    topic: String,
    /// The value of the header `Authorization`.
    authorization: Option<Secret>,
}

print_name_only!(Ntfy);

impl Ntfy {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let ((topic, server), ()) = both(both(topic_of(settings), server(settings)), settings.one_login())?;
        Ok(Self { server, topic, authorization: web::authorization(settings) })
    }

    /// The request of a message.
    #[must_use]
    pub fn request(&self, message: &Message) -> HttpRequest {
        let mut body = self.body(message);
        let excess = body.to_string().len().saturating_sub(MAX_JSON);
        if excess > 0 {
            // Each byte of the text is at least one of the JSON.
            let text = body["message"].as_str().unwrap_or_default();
            let shorter = cut(text, text.len().saturating_sub(excess), LengthUnit::Bytes);
            body["message"] = json!(shorter);
        }
        let request = HttpRequest::json(self.server.clone(), &body);
        match &self.authorization {
            Some(value) => request.with_header("authorization", value.expose().to_owned()),
            None => request,
        }
    }

    fn body(&self, message: &Message) -> Value {
        let text = linked_text(message, MAX_BODY, LengthUnit::Bytes);
        // A server would put "triggered" in the place of an empty text.
        let title = if message.body.trim().is_empty() { "" } else { message.title.as_str() };
        let mut body = json!({
            "topic": self.topic,
            "title": cut(title, MAX_TITLE, LengthUnit::Bytes),
            "message": text,
            "priority": level(message.priority),
            "tags": tags(message),
        });
        if let Some(link) = address(message.link.as_ref()) {
            body["click"] = json!(link);
        }
        if let Some(image) = address(message.image.as_ref()) {
            body["attach"] = json!(image);
        }
        body
    }
}

fn topic_of(settings: &Settings) -> Result<String, SettingMistake> {
    let topic = settings.needed("topic")?;
    if !topic.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) || topic.len() > 64 {
        let hint = "a topic has 1 to 64 letters of ASCII, digits, `-` and `_`";
        return Err(SettingMistake::new("topic", "`topic` is no name of a topic", hint));
    }
    Ok(topic)
}

/// The address of the server. With the topic in its path, the server would show the JSON itself as the text.
fn server(settings: &Settings) -> Result<Url, SettingMistake> {
    let hint = "write server = \"https://ntfy.sh\"";
    let default = || {
        Url::parse("https://ntfy.sh/").map_err(|_| SettingMistake::new("server", "`server` is missing", hint))
    };
    let server = settings.address("server")?;
    let topic = settings.text("topic").unwrap_or_default();
    let last = |url: &Url| url.path().trim_end_matches('/').rsplit('/').next().map(str::to_owned);
    if server.as_ref().and_then(last).is_some_and(|last| !last.is_empty() && last == topic) {
        let hint = "write the address of the server alone: the topic is `topic`";
        return Err(SettingMistake::new("server", "`server` holds the `topic`", hint));
    }
    server.map_or_else(default, Ok)
}

/// The priority, of 1 to 5.
fn level(priority: Priority) -> u8 {
    match priority {
        Priority::Low => 2,
        Priority::Normal => 3,
        Priority::High => 4,
    }
}

/// The tags. The server joins them with commas, so that they hold none.
fn tags(message: &Message) -> Vec<String> {
    let mut used = 0;
    let fits = |tag: &String| {
        used += tag.len() + 1;
        used <= MAX_TAGS
    };
    message
        .tags
        .iter()
        .map(|tag| tag.replace(',', ""))
        .filter(|tag| !tag.is_empty())
        .take_while(fits)
        .collect()
}

/// An address that a server accepts. One that is cut would lead elsewhere.
fn address(url: Option<&Url>) -> Option<&str> {
    let web = url.filter(|url| matches!(url.scheme(), "http" | "https"));
    web.map(Url::as_str).filter(|address| address.len() <= MAX_ADDRESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EventKind;
    use crate::notify::service::examples::{body_of, settings_of, tide};

    fn sent(message: &Message) -> Value {
        let ntfy = Ntfy::of(&settings_of(&[("topic", "tides")])).unwrap();
        body_of(&ntfy.request(message))
    }

    #[test]
    fn an_item_is_json_for_the_root() {
        let expected = json!({
            "topic": "tides",
            "title": "Low tide at noon",
            "message": "Mind the mud.",
            "priority": 3,
            "tags": ["harbour"],
            "click": "https://example.org/tide",
            "attach": "https://example.org/tide.jpg",
        });
        assert_eq!(sent(&tide(EventKind::Item)), expected);
        let ntfy = Ntfy::of(&settings_of(&[("topic", "tides"), ("token", "tk_1")])).unwrap();
        let request = ntfy.request(&tide(EventKind::Item));
        assert_eq!(request.url.as_str(), "https://ntfy.sh/");
        let authorization = request.headers.iter().find(|(name, _)| name == "authorization").unwrap();
        assert_eq!(authorization.1.expose(), "Bearer tk_1");
    }

    #[test]
    fn troubles_matter_more_and_digests_less() {
        for (priority, level) in [(Priority::High, 4), (Priority::Normal, 3), (Priority::Low, 2)] {
            let mut trouble = tide(EventKind::Trouble);
            trouble.priority = priority;
            assert_eq!(sent(&trouble)["priority"], level);
        }
    }

    #[test]
    fn an_empty_text_is_not_sent() {
        let mut bare = tide(EventKind::Recovered);
        bare.body = String::new();
        assert_eq!(sent(&bare)["title"], "");
        assert_eq!(sent(&bare)["message"], "Low tide at noon");
    }

    #[test]
    fn texts_are_sent_as_they_are_without_markdown() {
        let mut hostile = tide(EventKind::Item);
        hostile.title = "**@everyone** <b>[x](https://evil.example)".to_owned();
        assert_eq!(sent(&hostile)["title"], hostile.title);
        assert!(sent(&hostile).get("markdown").is_none());
    }

    #[test]
    fn nothing_is_longer_than_the_server_takes() {
        let mut long = tide(EventKind::Item);
        long.title = "ä".repeat(200);
        long.body = "\"".repeat(5000);
        long.tags = vec!["a,b".to_owned(), "c".repeat(300), "d".to_owned()];
        long.image = Url::parse(&format!("https://example.org/{}", "x".repeat(2000))).ok();
        let ntfy = Ntfy::of(&settings_of(&[("topic", "tides")])).unwrap();
        assert!(ntfy.request(&long).body.len() <= MAX_JSON);
        let sent = sent(&long);
        assert!(sent["title"].as_str().is_some_and(|title| title.len() <= MAX_TITLE && title.ends_with('…')));
        assert!(sent["message"].as_str().is_some_and(|text| text.len() <= MAX_BODY && text.ends_with('…')));
        assert_eq!(sent["tags"], json!(["ab"]));
        assert!(sent.get("attach").is_none());
    }

    #[test]
    fn mistakes_name_the_setting() {
        let mistake = |pairs: &[(&str, &str)]| Ntfy::of(&settings_of(pairs)).unwrap_err().setting;
        assert_eq!(mistake(&[]), "topic");
        assert_eq!(mistake(&[("topic", "low tide")]), "topic");
        let long = "t".repeat(65);
        assert_eq!(mistake(&[("topic", long.as_str())]), "topic");
        assert_eq!(mistake(&[("topic", "tides"), ("server", "ntfy.sh")]), "server");
        assert_eq!(mistake(&[("topic", "tides"), ("server", "https://ntfy.sh/tides")]), "server");
        assert!(Ntfy::of(&settings_of(&[("topic", "tides"), ("server", "https://h.example/ntfy")])).is_ok());
        assert_eq!(mistake(&[("topic", "tides"), ("user", "ada")]), "password");
        assert_eq!(mistake(&[("topic", "tides"), ("password", "hush")]), "user");
        assert_eq!(mistake(&[("topic", "tides"), ("password", "hush"), ("token", "tk_1")]), "password");
    }
}
