//! Mattermost: a message as Markdown to an incoming webhook (its documentation, "Incoming webhooks"). The
//! pieces that other services for chats share, lists with a limit and escaped Markdown, are here too.

use std::fmt;

use serde_json::{Value, json};
use url::Url;

use crate::notify::cut::{LengthUnit, cut};
use crate::notify::message::{Message, MessageItem};
use crate::notify::outgoing::HttpRequest;
use crate::notify::settings::{SettingKind, SettingMistake, SettingSpec, Settings};

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
/// Most characters of a title.
const MAX_TITLE: usize = 250;
/// Most bytes of an address that is linked. Longer ones are refused by some services.
const MAX_LINK: usize = 2000;
/// Room for the line about items that were left out.
const MAX_MORE: usize = 24;
/// A space without width: it ends a word where a mark would begin something, and nobody sees it.
pub(super) const GAP: char = '\u{200B}';

/// An incoming webhook of a server.
#[derive(Clone)]
pub struct Mattermost {
    url: Url,
    channel: Option<String>,
    username: Option<String>,
}

impl fmt::Debug for Mattermost {
    // The address is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mattermost").finish_non_exhaustive()
    }
}

impl Mattermost {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let url = settings.needed_address("url")?;
        let channel = settings.text("channel").map(str::to_owned);
        if channel.as_deref().is_some_and(|name| !is_channel(name)) {
            let hint = "write the name in the address of the channel, such as `town-square`, not its title";
            return Err(SettingMistake::new("channel", "`channel` is no name of a channel", hint));
        }
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

/// The items as a list in Markdown, if there are several; else the body. At most `most` long.
pub(super) fn rest(message: &Message, most: usize, unit: LengthUnit) -> String {
    if message.items.len() < 2 {
        return escaped_within(&message.body, most, unit, markdown);
    }
    let line = |item: &MessageItem| format!("• {}", linked(&item.title, item.link.as_ref()));
    let lines: Vec<String> = message.items.iter().map(line).collect();
    let measured: Vec<(usize, String)> = lines.into_iter().map(|line| (unit.length(&line), line)).collect();
    listed(&measured, most)
}

/// A title in Markdown, with its link.
fn linked(title: &str, link: Option<&Url>) -> String {
    let title = escaped_within(title.trim(), MAX_TITLE, LengthUnit::Characters, markdown);
    match web_link(link) {
        Some(link) => format!("[{title}]({})", destination(link)),
        None => title,
    }
}

/// An address between the brackets of a link in Markdown.
fn destination(link: &str) -> String {
    link.replace('(', "%28").replace(')', "%29")
}

/// Plain text as Markdown that shows exactly this text: without formatting, mentions, channels, tags,
/// pictograms and links. A backslash would be shown before some of the marks, so that a gap follows these.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut begins_line = true;
    for c in text.chars() {
        if begins_line && (c.is_ascii_digit() || "-+=> \t".contains(c)) {
            out.push(GAP);
        }
        if "\\`*_[]|".contains(c) {
            out.push('\\');
        }
        out.push(c);
        if "&<@#~:".contains(c) {
            out.push(GAP);
        }
        begins_line = c == '\n';
    }
    out
}

/// An address of http or https that services take as a link. Others could open a program.
pub(super) fn web_link(url: Option<&Url>) -> Option<&str> {
    let web = |url: &&Url| matches!(url.scheme(), "http" | "https");
    url.filter(web).map(Url::as_str).filter(|link| link.len() <= MAX_LINK)
}

/// The text, escaped, after so much was cut off that the escaped text is at most `most` long.
pub(super) fn escaped_within(
    text: &str,
    most: usize,
    unit: LengthUnit,
    escape: fn(&str) -> String,
) -> String {
    let mut room = unit.length(text).min(most);
    loop {
        let escaped = escape(&cut(text, room, unit));
        let over = unit.length(&escaped).saturating_sub(most);
        if over == 0 || room == 0 {
            return escaped;
        }
        // A character becomes at most six.
        room = room.saturating_sub((over / 6).max(1));
    }
}

/// How many texts of these lengths there is room for, from the first on. If it is not all of them, there is
/// also room for a line about the others.
pub(super) fn kept_of(lengths: &[usize], most: usize) -> usize {
    if lengths.iter().sum::<usize>() <= most {
        return lengths.len();
    }
    let mut used = 0;
    let fits = |length: &&usize| {
        used += **length;
        used <= most.saturating_sub(MAX_MORE)
    };
    lengths.iter().take_while(fits).count()
}

/// The line about items that were left out.
pub(super) fn more(missing: usize) -> Option<String> {
    (missing > 0).then(|| format!("… and {missing} more"))
}

/// Lines, each with its length as the service counts it: as many as there is room for.
pub(super) fn listed(lines: &[(usize, String)], most: usize) -> String {
    let lengths: Vec<usize> = lines.iter().map(|(length, _)| length + 1).collect();
    let kept = kept_of(&lengths, most + 1);
    let others = more(lines.len() - kept);
    let mut texts: Vec<&str> = lines[..kept].iter().map(|(_, text)| text.as_str()).collect();
    texts.extend(others.as_deref());
    texts.join("\n")
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::model::EventKind;
    use crate::notify::message::Priority;

    fn message(event: EventKind, title: &str, body: &str) -> Message {
        Message {
            id: "msg_0192".to_owned(),
            event,
            at: DateTime::<Utc>::UNIX_EPOCH,
            title: title.to_owned(),
            body: body.to_owned(),
            link: Url::parse("https://example.org/a").ok(),
            image: None,
            priority: Priority::Normal,
            tags: Vec::new(),
            feed: None,
            items: Vec::new(),
            incident: None,
            data: Value::Null,
        }
    }

    fn item(title: &str) -> MessageItem {
        MessageItem { title: title.to_owned(), link: Url::parse("https://example.org/a").ok(), summary: None }
    }

    fn body_of(request: &HttpRequest) -> Value {
        serde_json::from_slice(&request.body).expect("a body of JSON")
    }

    fn settings() -> Settings {
        let mut settings = Settings::default();
        settings.set_text("url", "https://chat.example.org/hooks/abc");
        settings
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
        let mut message = message(EventKind::Item, "Two", "not used");
        message.items = vec![item("Ebb"), MessageItem { link: None, ..item("Flood") }];
        let text = "**[Two](https://example.org/a)**\n• [Ebb](https://example.org/a)\n• Flood";
        assert_eq!(sent(&message), json!({ "text": text }));
    }

    #[test]
    fn hostile_titles_are_text() {
        let hostile = markdown("@all <!channel> [a](b) *x* ~town #tag");
        assert_eq!(hostile, "@\u{200B}all <\u{200B}!channel> \\[a\\](b) \\*x\\* ~\u{200B}town #\u{200B}tag");
        assert_eq!(markdown("a\n- b"), "a\n\u{200B}- b");
        assert_eq!(web_link(Url::parse("javascript:alert(1)").ok().as_ref()), None);
    }

    #[test]
    fn long_texts_are_cut() {
        let long = sent(&message(EventKind::Item, "Long", &"word_ ".repeat(5000)));
        let text = long["text"].as_str().expect("a text");
        assert!(text.chars().count() <= MAX_TEXT);
        assert!(text.ends_with('…'));
        let mut many = message(EventKind::Item, "Many", "");
        many.items = (0..1000).map(|number| item(&format!("Item {number}"))).collect();
        let many = sent(&many);
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
