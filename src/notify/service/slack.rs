//! Slack: a message to an incoming webhook (its documentation, "Sending messages using incoming webhooks"),
//! as a rich text block ("Rich text block"). Such a block holds plain texts and links, not markup: nothing
//! in a title can be a mention or formatting.
//!
//! A channel cannot be chosen: that page says that the webhook's own is always used.

use serde_json::{Value, json};
use url::Url;

use super::markup::{kept_of, more, web_link};
use crate::notify::cut::{LengthUnit, cut};
use crate::notify::message::Message;
use crate::notify::outgoing::HttpRequest;
use crate::notify::settings::{SettingKind, SettingMistake, SettingSpec, Settings, print_name_only};

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[SettingSpec {
    name: "url",
    kind: SettingKind::Address,
    required: true,
    words: "Address of the incoming webhook. It belongs to one channel.",
}];

/// Most characters of a title.
const MAX_TITLE: usize = 250;
/// Most characters of the text or the list: the limit of a section's text ("Section block"). Slack names none
/// for rich text.
const MAX_TEXT: usize = 3000;

/// An incoming webhook.
#[derive(Clone)]
pub struct Slack {
    url: Url,
}

print_name_only!(Slack);

impl Slack {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let url = settings.needed_address("url")?;
        let is_workflow = ["/workflows/", "/triggers/"].iter().any(|begin| url.path().starts_with(begin));
        if url.host_str() == Some("hooks.slack.com") && is_workflow {
            let hint = "make an incoming webhook: its address begins with https://hooks.slack.com/services/";
            return Err(SettingMistake::new("url", "`url` is of a workflow, which takes no messages", hint));
        }
        Ok(Self { url })
    }

    /// The request of a message.
    #[must_use]
    pub fn request(&self, message: &Message) -> HttpRequest {
        let title = cut(&message.title, MAX_TITLE, LengthUnit::Characters);
        let mut body = json!({
            // The text of notifications, beside blocks.
            "text": escaped(&title),
            "mrkdwn": false,
            "unfurl_links": false,
            "blocks": [{ "type": "rich_text", "elements": elements(message, &title) }],
        });
        // A block with a picture that Slack cannot load makes it refuse all of the message.
        if let Some(image) = web_link(message.image.as_ref()) {
            body["attachments"] = json!([{ "fallback": escaped(&title), "image_url": image }]);
        }
        HttpRequest::json(self.url.clone(), &body)
    }
}

fn elements(message: &Message, title: &str) -> Vec<Value> {
    let mut head = vec![linked(title, message.link.as_ref(), true)];
    if message.items.len() < 2 {
        let text = cut(&message.body, MAX_TEXT, LengthUnit::Characters);
        if !text.is_empty() {
            head.push(json!({ "type": "text", "text": format!("\n{text}") }));
        }
        return vec![section(&head)];
    }
    let mut elements = vec![section(&head)];
    elements.extend(items(message));
    elements
}

fn items(message: &Message) -> Vec<Value> {
    let titles: Vec<String> =
        message.items.iter().map(|item| cut(&item.title, MAX_TITLE, LengthUnit::Characters)).collect();
    let lengths: Vec<usize> = titles.iter().map(|title| LengthUnit::Characters.length(title)).collect();
    let kept = kept_of(&lengths, MAX_TEXT);
    let line = |(title, link): (&String, Option<&Url>)| section(&[linked(title, link, false)]);
    let links = message.items.iter().map(|item| item.link.as_ref());
    let lines: Vec<Value> = titles.iter().zip(links).take(kept).map(line).collect();
    let list = json!({ "type": "rich_text_list", "style": "bullet", "elements": lines });
    let others = more(titles.len() - kept).map(|text| section(&[json!({ "type": "text", "text": text })]));
    [Some(list), others].into_iter().flatten().collect()
}

fn section(elements: &[Value]) -> Value {
    json!({ "type": "rich_text_section", "elements": elements })
}

fn linked(text: &str, link: Option<&Url>, bold: bool) -> Value {
    let mut element = match web_link(link) {
        Some(link) => json!({ "type": "link", "url": link, "text": text }),
        None => json!({ "type": "text", "text": text }),
    };
    if bold {
        element["style"] = json!({ "bold": true });
    }
    element
}

/// The text with its control characters as entities ("Formatting message text", section "Escaping text").
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EventKind;
    use crate::notify::service::examples::{body_of, item, message, settings_of, two_items};

    fn settings() -> Settings {
        settings_of(&[("url", "https://hooks.slack.com/services/T/B/x")])
    }

    fn sent(message: &Message) -> Value {
        let target = Slack::of(&settings()).expect("a target");
        body_of(&target.request(message))
    }

    #[test]
    fn an_item() {
        let mut message = message(EventKind::Item, "Low tide", "At noon.");
        message.image = Url::parse("https://example.org/a.png").ok();
        let elements = json!([
            { "type": "link", "url": "https://example.org/a", "text": "Low tide", "style": { "bold": true } },
            { "type": "text", "text": "\nAt noon." },
        ]);
        let section = json!({ "type": "rich_text_section", "elements": elements });
        let expected = json!({
            "text": "Low tide",
            "mrkdwn": false,
            "unfurl_links": false,
            "blocks": [{ "type": "rich_text", "elements": [section] }],
            "attachments": [{ "fallback": "Low tide", "image_url": "https://example.org/a.png" }],
        });
        assert_eq!(sent(&message), expected);
    }

    #[test]
    fn a_trouble_and_its_recovery() {
        for event in [EventKind::Trouble, EventKind::Recovered] {
            let mut message = message(event, "Harbour", "");
            message.link = None;
            let text = json!({ "type": "text", "text": "Harbour", "style": { "bold": true } });
            let section = json!({ "type": "rich_text_section", "elements": [text] });
            let expected = json!({
                "text": "Harbour",
                "mrkdwn": false,
                "unfurl_links": false,
                "blocks": [{ "type": "rich_text", "elements": [section] }],
            });
            assert_eq!(sent(&message), expected);
        }
    }

    #[test]
    fn several_items_are_a_list() {
        let body = sent(&two_items());
        let lines = json!([
            {
                "type": "rich_text_section",
                "elements": [{ "type": "link", "url": "https://example.org/a", "text": "Ebb" }],
            },
            { "type": "rich_text_section", "elements": [{ "type": "text", "text": "Flood" }] },
        ]);
        let list = json!({ "type": "rich_text_list", "style": "bullet", "elements": lines });
        assert_eq!(body["blocks"][0]["elements"][1], list);
    }

    #[test]
    fn hostile_titles_are_text() {
        let body = sent(&message(EventKind::Item, "<!everyone> & *x*", ""));
        assert_eq!(body["text"], "&lt;!everyone&gt; &amp; *x*");
        assert_eq!(body["blocks"][0]["elements"][0]["elements"][0]["text"], "<!everyone> & *x*");
    }

    #[test]
    fn long_texts_are_cut() {
        let body = sent(&message(EventKind::Item, "Long", &"word ".repeat(1000)));
        let text = body["blocks"][0]["elements"][0]["elements"][1]["text"].as_str().expect("a text");
        assert!(text.chars().count() <= MAX_TEXT + 1 && text.ends_with('…'));
        let mut many = message(EventKind::Item, "Many", "");
        many.items = (0..500).map(|_| item("Ten of it.")).collect();
        let body = sent(&many);
        let elements = &body["blocks"][0]["elements"];
        assert_eq!(elements[1]["elements"].as_array().map(Vec::len), Some(297));
        assert_eq!(elements[2]["elements"][0]["text"], "… and 203 more");
    }

    #[test]
    fn mistakes() {
        assert_eq!(Slack::of(&Settings::default()).expect_err("a mistake").setting, "url");
        let mut wrong = settings();
        for url in ["#general", "https://hooks.slack.com/triggers/T1/2/abc"] {
            wrong.set_text("url", url);
            assert_eq!(Slack::of(&wrong).expect_err("a mistake").setting, "url");
        }
    }
}
