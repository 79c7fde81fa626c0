//! Microsoft Teams: a message as an Adaptive Card to a webhook of Workflows or an old connector (its
//! documentation, "Create an Incoming Webhook"; Adaptive Cards, "Text features"). Texts are `TextRun`s,
//! which know no Markdown: nothing in a title can be a mention, a link or formatting.

use serde_json::{Value, json};
use url::Url;

use super::markup::{kept_of, more, web_link};
use crate::model::EventKind;
use crate::notify::cut::{LengthUnit, cut};
use crate::notify::message::{Message, MessageItem};
use crate::notify::outgoing::{HttpAnswer, HttpRequest, SendVerdict, usual_verdict};
use crate::notify::settings::{SettingKind, SettingMistake, SettingSpec, Settings, print_name_only};

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[SettingSpec {
    name: "url",
    kind: SettingKind::Address,
    required: true,
    words: "Address of the webhook that the app Workflows has made.",
}];

/// Most bytes of a request: 28 KB, with some to spare.
const MAX_REQUEST: usize = 27_000;
/// Most bytes of the text; in JSON they can be six times as many.
const MAX_BODY: usize = 4000;
/// Most characters of a title.
const MAX_TITLE: usize = 250;
/// The answer of a connector with the status 200 when Teams has refused the message.
const REFUSED: &str = "Webhook message delivery failed";

/// A webhook of a channel or a chat.
#[derive(Clone)]
pub struct Teams {
    url: Url,
}

print_name_only!(Teams);

impl Teams {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        Ok(Self { url: settings.needed_address("url")? })
    }

    /// The request of a message.
    #[must_use]
    pub fn request(&self, message: &Message) -> HttpRequest {
        let blocks = blocks(message);
        let frame = card(message, &[]).to_string().len();
        // A comma follows each block.
        let lengths: Vec<usize> = blocks.iter().map(|block| block.to_string().len() + 1).collect();
        let rest_of_block = run("", None).to_string().len();
        let kept = kept_of(&lengths, MAX_REQUEST.saturating_sub(frame + rest_of_block));
        let mut shown = blocks[..kept].to_vec();
        shown.extend(more(blocks.len() - kept).map(|text| run(&text, None)));
        HttpRequest::json(self.url.clone(), &card(message, &shown))
    }

    /// The verdict on an answer. A connector tells of failures in the body, with the status 200.
    #[must_use]
    pub fn verdict(answer: HttpAnswer<'_>) -> SendVerdict {
        if !(200..300).contains(&answer.status) || !answer.body.contains(REFUSED) {
            return usual_verdict(answer);
        }
        match status_of(answer.body) {
            Some(status) if !(200..300).contains(&status) => usual_verdict(HttpAnswer { status, ..answer }),
            _ => SendVerdict::Retry(0, "the service took the message, but could not deliver it".to_owned()),
        }
    }
}

/// The status in the text of a refusal: `… returned HTTP error 429 with …`.
fn status_of(body: &str) -> Option<u16> {
    let (_, after) = body.split_once("HTTP error ")?;
    after.get(..3)?.parse().ok()
}

fn card(message: &Message, blocks: &[Value]) -> Value {
    let title = cut(&message.title, MAX_TITLE, LengthUnit::Characters);
    let colour = colour(message.event);
    let head =
        json!({ "type": "TextRun", "text": title, "size": "Large", "weight": "Bolder", "color": colour });
    let mut body = vec![json!({ "type": "RichTextBlock", "inlines": [head] })];
    body.extend_from_slice(blocks);
    if let Some(image) = web_link(message.image.as_ref()) {
        body.push(json!({ "type": "Image", "url": image, "altText": title }));
    }
    let mut card = json!({
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.4",
        "body": body,
    });
    if let Some(link) = web_link(message.link.as_ref()) {
        card["actions"] = json!([{ "type": "Action.OpenUrl", "title": "Open", "url": link }]);
    }
    let attachment = json!({ "contentType": "application/vnd.microsoft.card.adaptive", "content": card });
    json!({ "type": "message", "attachments": [attachment] })
}

/// A block for each item, if there are several; else for each line of the body.
fn blocks(message: &Message) -> Vec<Value> {
    if message.items.len() < 2 {
        let body = cut(&message.body, MAX_BODY, LengthUnit::Bytes);
        return body.lines().filter(|line| !line.trim().is_empty()).map(|line| run(line, None)).collect();
    }
    let block = |item: &MessageItem| {
        run(&cut(&item.title, MAX_TITLE, LengthUnit::Characters), web_link(item.link.as_ref()))
    };
    message.items.iter().map(block).collect()
}

fn run(text: &str, link: Option<&str>) -> Value {
    let mut run = json!({ "type": "TextRun", "text": text });
    if let Some(link) = link {
        run["selectAction"] = json!({ "type": "Action.OpenUrl", "url": link });
    }
    json!({ "type": "RichTextBlock", "inlines": [run] })
}

const fn colour(event: EventKind) -> &'static str {
    match event {
        EventKind::Item => "Default",
        EventKind::Trouble => "Attention",
        EventKind::Recovered => "Good",
        EventKind::Silent => "Warning",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::service::examples::{body_of, item, many_items, message, settings_of};

    fn settings() -> Settings {
        settings_of(&[("url", "https://prod.westeurope.logic.azure.com/workflows/1?sig=abc")])
    }

    fn sent(message: &Message) -> Value {
        let target = Teams::of(&settings()).expect("a target");
        body_of(&target.request(message))
    }

    fn card_of(message: &Message) -> Value {
        sent(message)["attachments"][0]["content"].clone()
    }

    #[test]
    fn an_item() {
        let mut message = message(EventKind::Item, "Low tide", "At noon.");
        message.image = Url::parse("https://example.org/a.png").ok();
        let title = json!({
            "type": "TextRun", "text": "Low tide", "size": "Large", "weight": "Bolder", "color": "Default",
        });
        let card = json!({
            "type": "AdaptiveCard",
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "version": "1.4",
            "body": [
                { "type": "RichTextBlock", "inlines": [title] },
                { "type": "RichTextBlock", "inlines": [{ "type": "TextRun", "text": "At noon." }] },
                { "type": "Image", "url": "https://example.org/a.png", "altText": "Low tide" },
            ],
            "actions": [{ "type": "Action.OpenUrl", "title": "Open", "url": "https://example.org/a" }],
        });
        let attachment = json!({ "contentType": "application/vnd.microsoft.card.adaptive", "content": card });
        assert_eq!(sent(&message), json!({ "type": "message", "attachments": [attachment] }));
    }

    #[test]
    fn a_trouble_and_its_recovery() {
        for (event, colour) in [(EventKind::Trouble, "Attention"), (EventKind::Recovered, "Good")] {
            let mut message = message(event, "Harbour", "");
            message.link = None;
            let title = json!({
                "type": "TextRun", "text": "Harbour", "size": "Large", "weight": "Bolder", "color": colour,
            });
            let card = card_of(&message);
            assert_eq!(card["body"], json!([{ "type": "RichTextBlock", "inlines": [title] }]));
            assert_eq!(card["actions"], Value::Null);
        }
    }

    #[test]
    fn hostile_titles_are_text() {
        let mut message = message(EventKind::Item, "<at>all</at>", "");
        message.items = vec![item("[a](b) **x**"), item("{{DATE(2017-02-14T06:00:00Z)}}")];
        let card = card_of(&message);
        assert_eq!(card["body"][0]["inlines"][0]["text"], "<at>all</at>");
        let action = json!({ "type": "Action.OpenUrl", "url": "https://example.org/a" });
        let run = json!({ "type": "TextRun", "text": "[a](b) **x**", "selectAction": action });
        assert_eq!(card["body"][1], json!({ "type": "RichTextBlock", "inlines": [run] }));
    }

    #[test]
    fn requests_stay_small() {
        let many = many_items(1000);
        let target = Teams::of(&settings()).expect("a target");
        let request = target.request(&many);
        assert!(request.body.len() <= MAX_REQUEST);
        let card = card_of(&many);
        let last = card["body"].as_array().and_then(|body| body.last()).expect("a block");
        assert!(last["inlines"][0]["text"].as_str().is_some_and(|text| text.ends_with(" more")));
        for text in ["\u{1}".repeat(9000), "a\n".repeat(9000)] {
            let request = target.request(&message(EventKind::Item, "Long", &text));
            assert!(request.body.len() <= MAX_REQUEST);
        }
    }

    #[test]
    fn verdicts() {
        let verdict = |status, body: &str| Teams::verdict(HttpAnswer { status, retry_after_s: None, body });
        assert_eq!(verdict(202, ""), SendVerdict::Sent);
        assert_eq!(verdict(200, "1"), SendVerdict::Sent);
        let refusal =
            |status| format!("{REFUSED} with error: Teams returned HTTP error {status} with ContextId 1");
        let reason = "the service answered 429".to_owned();
        assert_eq!(verdict(200, &refusal(429)), SendVerdict::Retry(0, reason));
        let reason = "the service answered 413".to_owned();
        assert_eq!(verdict(200, &refusal(413)), SendVerdict::Dead(reason));
        assert!(matches!(verdict(200, REFUSED), SendVerdict::Retry(0, _)));
        assert!(matches!(verdict(400, "1"), SendVerdict::Dead(_)));
    }

    #[test]
    fn mistakes() {
        assert_eq!(Teams::of(&Settings::default()).expect_err("a mistake").setting, "url");
        let mut wrong = settings();
        wrong.set_text("url", "general");
        assert_eq!(Teams::of(&wrong).expect_err("a mistake").setting, "url");
    }
}
