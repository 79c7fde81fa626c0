//! Mattermost: a message as Markdown to an incoming webhook (its documentation, "Incoming webhooks").

use serde_json::{Value, json};
use url::Url;

use super::markup::{destination, linked, rest, web_link};
use crate::notify::cut::LengthUnit;
use crate::notify::message::Message;
use crate::notify::outgoing::HttpRequest;
use crate::notify::settings::{SettingKind, SettingMistake, SettingSpec, Settings, both, print_name_only};

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "url",
        kind: SettingKind::Address,
        required: true,
        words: "Address of the incoming webhook.",
    },
    SettingSpec {
        name: "channel",
        kind: SettingKind::Text,
        required: false,
        words: "Name of another channel, such as `town-square`, or `@` and the name of a user.",
    },
    SettingSpec {
        name: "username",
        kind: SettingKind::Text,
        required: false,
        words: "The name under which it is posted, if the server allows another one.",
    },
];

/// Most characters of a post; the server makes several posts of longer ones.
const MAX_TEXT: usize = 16383;

/// An incoming webhook of a server.
#[derive(Clone)]
pub struct Mattermost {
    url: Url,
    channel: Option<String>,
    username: Option<String>,
}

print_name_only!(Mattermost);

impl Mattermost {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let (url, channel) = both(settings.needed_address("url"), channel_of(settings))?;
        Ok(Self { url, channel, username: settings.text("username").map(str::to_owned) })
    }

    /// The request of a message.
    #[must_use]
    pub fn request(&self, message: &Message) -> HttpRequest {
        let mut body = json!({ "text": text(message) });
        if let Some(channel) = &self.channel {
            body["channel"] = Value::from(channel.as_str());
        }
        if let Some(username) = &self.username {
            body["username"] = Value::from(username.as_str());
        }
        HttpRequest::json(self.url.clone(), &body)
    }
}

fn channel_of(settings: &Settings) -> Result<Option<String>, SettingMistake> {
    let channel = settings.text("channel").map(str::to_owned);
    if channel.as_deref().is_some_and(|name| !is_channel(name)) {
        let hint = "write the name in the address of the channel, such as `town-square`, not its title";
        return Err(SettingMistake::new("channel", "`channel` is no name of a channel", hint));
    }
    Ok(channel)
}

fn is_channel(name: &str) -> bool {
    let bare = name.strip_prefix(['@', '#']).unwrap_or(name);
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    !bare.is_empty() && bare.chars().all(fits)
}

fn text(message: &Message) -> String {
    let unit = LengthUnit::Characters;
    let title = format!("**{}**", linked(&message.title, message.link.as_ref()));
    let picture = web_link(message.image.as_ref()).map(|image| format!("![]({})", destination(image)));
    let picture = picture.unwrap_or_default();
    let room = MAX_TEXT.saturating_sub(unit.length(&title) + unit.length(&picture) + 2);
    let rest = rest(message, room, unit);
    let parts = [title, rest, picture];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EventKind;
    use crate::notify::service::examples::{body_of, many_items, message, settings_of, two_items};

    fn settings() -> Settings {
        settings_of(&[("url", "https://chat.example.org/hooks/abc")])
    }

    fn sent(message: &Message) -> Value {
        let target = Mattermost::of(&settings()).expect("a target");
        body_of(&target.request(message))
    }

    #[test]
    fn an_item() {
        let mut message = message(EventKind::Item, "Low tide", "At noon.");
        message.image = Url::parse("https://example.org/(a).png").ok();
        let text = "**[Low tide](https://example.org/a)**\nAt noon.\n![](https://example.org/%28a%29.png)";
        assert_eq!(sent(&message), json!({ "text": text }));
    }

    #[test]
    fn a_trouble_and_its_recovery_in_another_channel() {
        let mut settings = settings();
        settings.set_text("channel", "town-square");
        settings.set_text("username", "bridge");
        let target = Mattermost::of(&settings).expect("a target");
        for event in [EventKind::Trouble, EventKind::Recovered] {
            let mut message = message(event, "Harbour", "");
            message.link = None;
            let expected = json!({ "text": "**Harbour**", "channel": "town-square", "username": "bridge" });
            assert_eq!(body_of(&target.request(&message)), expected);
        }
    }

    #[test]
    fn several_items_are_a_list() {
        let text = "**[Two](https://example.org/a)**\n• [Ebb](https://example.org/a)\n• Flood";
        assert_eq!(sent(&two_items()), json!({ "text": text }));
    }

    #[test]
    fn long_texts_are_cut() {
        let long = sent(&message(EventKind::Item, "Long", &"word_ ".repeat(5000)));
        let text = long["text"].as_str().expect("a text");
        assert!(text.chars().count() <= MAX_TEXT);
        assert!(text.ends_with('…'));
        let many = sent(&many_items(1000));
        let text = many["text"].as_str().expect("a text");
        assert!(text.chars().count() <= MAX_TEXT);
        assert!(text.ends_with(" more"));
    }

    #[test]
    fn mistakes() {
        let mistake = |settings: &Settings| Mattermost::of(settings).expect_err("a mistake").setting;
        assert_eq!(mistake(&Settings::default()), "url");
        let mut wrong = settings();
        wrong.set_text("url", "chat.example.org");
        assert_eq!(mistake(&wrong), "url");
        let mut wrong = settings();
        wrong.set_text("channel", "Town Square");
        assert_eq!(mistake(&wrong), "channel");
    }
}
