//! Parts and their items -> a message.

use chrono_tz::Tz;
use serde_json::{Value, json};
use url::Url;

use super::cut::{LengthUnit, cut};
use super::message::{Incident, Message, MessageFeed, MessageItem, Priority};
use super::part::{MessageContent, Part};
use super::rule::Rule;
use super::template::{MessageTemplate, TemplateError};
use super::words;
use crate::html::invisible::without_needless;
use crate::model::{EventKind, FeedId, TroubleKind};

/// Most characters of a summary in a message.
const MAX_SUMMARY: usize = 600;
/// Most lines of items or feeds in a body.
const MAX_LINES: usize = 50;

/// A feed as messages name it.
#[derive(Debug, Clone)]
pub struct FeedWords {
    /// Its title.
    pub title: String,
    /// The page that readers open.
    pub home: Option<Url>,
    /// Its status page, if `base_url` is set.
    pub page: Option<Url>,
    /// Its tags.
    pub tags: Vec<String>,
}

/// An item of a part, as far as it is still kept.
#[derive(Debug, Clone)]
pub struct PartItem {
    /// Title, address and summary.
    pub words: MessageItem,
    /// Its picture.
    pub image: Option<Url>,
    /// Its JSON form.
    pub json: Value,
}

/// A part with what is known of its feed and items.
#[derive(Debug, Clone)]
pub struct KnownPart {
    /// The part.
    pub part: Part,
    /// The feed that the rule names.
    pub feed: FeedWords,
    /// The items of the part, in its order.
    pub items: Vec<PartItem>,
}

/// Makes messages of one rule.
#[derive(Debug, Clone, Copy)]
pub struct Composer<'a> {
    /// The rule.
    pub rule: &'a Rule,
}

impl Composer<'_> {
    /// The message of a content, and why a template of the rule could not be filled in: then the message has the
    /// usual text. `parts` are those of the content.
    #[must_use]
    pub fn message(self, content: &MessageContent, parts: &[KnownPart]) -> (Message, Option<TemplateError>) {
        let usual = self.usual(content, parts);
        let mut message = Message { data: data(&usual, content, parts), ..usual };
        let values = template_values(&message.data);
        let filled = |template: &Option<MessageTemplate>| {
            template.as_ref().map(|template| template.render(&values)).transpose()
        };
        let title = filled(&self.rule.title);
        let body = filled(&self.rule.body);
        let mistake = title.as_ref().err().or(body.as_ref().err()).cloned();
        let title = title.ok().flatten().map(|title| one_line(&title));
        if let Some(title) = title.filter(|title| !title.is_empty()) {
            message.title = title;
        }
        if let Some(body) = body.ok().flatten() {
            message.body = visible_lines(body.trim());
        }
        message.data["title"] = json!(message.title);
        message.data["body"] = json!(message.body);
        (message, mistake)
    }

    fn usual(self, content: &MessageContent, parts: &[KnownPart]) -> Message {
        let zone = self.rule.timing.zone;
        let items: Vec<&PartItem> = parts.iter().flat_map(|part| &part.items).collect();
        let event = parts.iter().map(|known| known.part.kind()).max_by_key(|kind| weight(*kind));
        let only = parts.first().filter(|_| parts.len() == 1);
        let (title, body) = match only {
            Some(known) => texts(known, content.omitted, zone),
            None => gathered_texts(parts, content.omitted),
        };
        let link = only.and_then(|known| match known.items.as_slice() {
            [item] => item.words.link.clone(),
            _ if known.part.is_alarm() => known.feed.page.clone().or_else(|| known.feed.home.clone()),
            _ => known.feed.home.clone().or_else(|| known.feed.page.clone()),
        });
        let event = event.unwrap_or(EventKind::Item);
        let mut tags: Vec<String> = parts.iter().flat_map(|known| known.feed.tags.clone()).collect();
        tags.sort();
        tags.dedup();
        Message {
            id: content.id.clone(),
            event,
            at: parts.iter().map(|known| known.part.at).max().unwrap_or_default(),
            title: one_line(&title),
            body: visible_lines(&body),
            link,
            image: items.iter().find_map(|item| item.image.clone()),
            priority: priority(event, !content.gathered.is_empty()),
            tags,
            feed: only.map(message_feed),
            items: items.iter().map(|item| shown_item(&item.words)).collect(),
            incident: only.and_then(incident),
            data: Value::Null,
        }
    }
}

/// The weightier kind decides what a message of several events is.
const fn weight(kind: EventKind) -> u8 {
    match kind {
        EventKind::Item => 0,
        EventKind::Recovered => 1,
        EventKind::Silent => 2,
        EventKind::Trouble => 3,
    }
}

const fn priority(event: EventKind, is_gathered: bool) -> Priority {
    match event {
        EventKind::Trouble | EventKind::Silent => Priority::High,
        EventKind::Item if is_gathered => Priority::Low,
        EventKind::Item | EventKind::Recovered => Priority::Normal,
    }
}

fn message_feed(known: &KnownPart) -> MessageFeed {
    let id = if known.part.is_alarm() { &known.part.source } else { &known.part.feed };
    MessageFeed { id: id.to_string(), title: one_line(&known.feed.title), page: known.feed.page.clone() }
}

fn incident(known: &KnownPart) -> Option<Incident> {
    let part = &known.part;
    if !part.is_alarm() {
        return None;
    }
    // A silence and a trouble are two incidents: each ends by itself.
    let trouble = part.trouble.clone().unwrap_or_else(|| EventKind::Silent.name().to_owned());
    let suffix = if part.trouble.is_none() { "/silent" } else { "" };
    let key = format!("feedbridge/{}{suffix}", part.source);
    Some(Incident { key, trouble, resolved: part.kind() == EventKind::Recovered, since: part.since })
}

/// Title and body of a message of one part.
fn texts(known: &KnownPart, omitted: u32, zone: Tz) -> (String, String) {
    let feed = &known.feed.title;
    if known.part.is_alarm() {
        return (words::alarm_title(&known.part, feed), words::alarm_body(&known.part, zone));
    }
    match known.items.as_slice() {
        [item] if omitted == 0 => {
            let summary = item.words.summary.iter().cloned();
            let lines: Vec<String> = summary.chain([feed.clone()]).collect();
            (shown_item(&item.words).title, lines.join("\n\n"))
        }
        items => {
            let count = items.len() as u64 + u64::from(omitted);
            (format!("{feed}: {}", words::counted(count, "new item")), item_lines(items, omitted).join("\n"))
        }
    }
}

/// Title and body of a message of several parts: first the troubles, then the items by their feeds.
fn gathered_texts(parts: &[KnownPart], omitted: u32) -> (String, String) {
    let (alarms, news): (Vec<&KnownPart>, Vec<&KnownPart>) = parts.iter().partition(|k| k.part.is_alarm());
    let items = news.iter().map(|known| known.items.len() as u64).sum::<u64>() + u64::from(omitted);
    let mut counts = Vec::new();
    if items > 0 {
        counts.push(words::counted(items, "new item"));
    }
    for (kind, noun) in
        [(EventKind::Trouble, "trouble"), (EventKind::Silent, "silence"), (EventKind::Recovered, "recovery")]
    {
        let count = alarms.iter().filter(|known| known.part.kind() == kind).count() as u64;
        if count > 0 {
            counts.push(words::counted(count, noun));
        }
    }
    let mut lines: Vec<String> = Vec::new();
    lines.extend(
        alarms.iter().map(|known| format!("• {}", words::alarm_title(&known.part, &known.feed.title))),
    );
    let mut last_feed = None;
    for known in in_groups(news) {
        if last_feed != Some(&known.part.feed) {
            lines.push(format!("{}:", known.feed.title));
        }
        last_feed = Some(&known.part.feed);
        lines.extend(item_lines(&known.items, 0));
    }
    if omitted > 0 {
        lines.push(format!("… and {omitted} more"));
    }
    if lines.len() > MAX_LINES {
        let more = lines.len() - MAX_LINES;
        lines.truncate(MAX_LINES);
        lines.push(format!("… and {more} more lines"));
    }
    (counts.join(", "), lines.join("\n"))
}

/// The parts of each feed together, in the order of its first one.
fn in_groups(news: Vec<&KnownPart>) -> Vec<&KnownPart> {
    let mut feeds: Vec<&FeedId> = Vec::new();
    for known in &news {
        if !feeds.contains(&&known.part.feed) {
            feeds.push(&known.part.feed);
        }
    }
    let mut news = news;
    news.sort_by_key(|known| feeds.iter().position(|feed| **feed == known.part.feed));
    news
}

fn item_lines(items: &[PartItem], omitted: u32) -> Vec<String> {
    let mut lines: Vec<String> =
        items.iter().take(MAX_LINES).map(|item| format!("• {}", shown_item(&item.words).title)).collect();
    let more = items.len().saturating_sub(MAX_LINES) as u64 + u64::from(omitted);
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    lines
}

/// An item as messages show it. A title of nothing that is visible becomes the address.
fn shown_item(item: &MessageItem) -> MessageItem {
    let title = Some(one_line(&item.title)).filter(|title| !title.is_empty());
    let address = || item.link.as_ref().map_or_else(|| "(no title)".to_owned(), Url::to_string);
    MessageItem {
        title: title.unwrap_or_else(address),
        link: item.link.clone(),
        summary: item.summary.as_deref().map(visible_lines),
    }
}

/// A text without line breaks, and without characters that nobody sees.
fn one_line(text: &str) -> String {
    visible_lines(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text without characters that nobody sees: some of them turn what follows around, so that an address or a name
/// looks like another one. Of control characters, only line breaks stay.
fn visible_lines(text: &str) -> String {
    let shown = without_needless(text);
    shown.chars().filter(|c| !turns_around(*c)).map(|c| if is_gap(c) { ' ' } else { c }).collect()
}

/// Whether the character stands in the place of a space.
fn is_gap(c: char) -> bool {
    c != '\n' && (c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
}

/// Whether the character changes the direction of a text, or its letters, for more than one word; or is a tag that
/// no program shows.
fn turns_around(c: char) -> bool {
    matches!(
        c,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e001f}'
    )
}

/// The beginning of a summary, for people.
#[must_use]
pub fn short_summary(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| cut(text, MAX_SUMMARY, LengthUnit::Characters))
}

/// The message for programs, and the values of templates.
fn data(message: &Message, content: &MessageContent, parts: &[KnownPart]) -> Value {
    let items: Vec<&Value> = parts.iter().flat_map(|known| &known.items).map(|item| &item.json).collect();
    let events: Vec<Value> = parts.iter().map(event_data).collect();
    let first = events.first().cloned().unwrap_or_default();
    let is_one = parts.len() == 1;
    json!({
        "id": message.id,
        "event": message.event.name(),
        "timestamp": message.at.to_rfc3339(),
        "gathered": content.gathered,
        "title": message.title,
        "body": message.body,
        "link": message.link,
        "feed": if is_one { first["feed"].clone() } else { Value::Null },
        "trouble": if is_one { first["trouble"].clone() } else { Value::Null },
        "items": items,
        "events": events,
        "omitted": content.omitted,
    })
}

/// The values of templates. A message of several feeds has a feed as well, and one without a trouble has an empty
/// one, so that a template which names them fits all messages.
fn template_values(data: &Value) -> Value {
    let mut values = data.clone();
    if values["feed"].is_null() {
        values["feed"] =
            json!({ "id": "", "title": "several feeds", "home": null, "page": null, "tags": [] });
    }
    if values["trouble"].is_null() {
        values["trouble"] = json!({ "name": "", "words": "", "detail": "", "advice": "", "since": "" });
    }
    values
}

/// One event of a message.
fn event_data(known: &KnownPart) -> Value {
    let part = &known.part;
    let feed = message_feed(known);
    let trouble = part.trouble.as_ref().map(|name| {
        json!({
            "name": name,
            "words": part.trouble_kind().map(TroubleKind::words),
            "detail": part.detail,
            "advice": part.trouble_kind().map(TroubleKind::advice),
            "since": part.since.to_rfc3339(),
        })
    });
    json!({
        "event": part.kind().name(),
        "timestamp": part.at.to_rfc3339(),
        "since": part.since.to_rfc3339(),
        "feed": {
            "id": feed.id,
            "title": feed.title,
            "home": known.feed.home,
            "page": feed.page,
            "tags": known.feed.tags,
        },
        "trouble": trouble,
        "items": part.items.iter().map(|item| one_line(&item.title)).collect::<Vec<_>>(),
        "times": part.times,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_invisible_is_told() {
        assert_eq!(one_line("Low\u{202e}edit\u{202c} \u{2066}tide\u{2069}"), "Lowedit tide");
        assert_eq!(one_line("Har\u{ad}bour\u{200b} \u{0}news\r\n now"), "Harbour news now");
        assert_eq!(visible_lines("Ebb\u{202e}\nFlood\tnow\u{2028}!"), "Ebb\nFlood now !");
        // What a script or a picture needs stays.
        assert_eq!(one_line("می\u{200c}خواهم 👩\u{200d}🚀"), "می\u{200c}خواهم 👩\u{200d}🚀");
    }

    #[test]
    fn an_item_without_a_visible_title_has_its_address() {
        let link = Url::parse("https://example.org/a").ok();
        let item = MessageItem {
            title: "\u{202e}\u{2066}".to_owned(),
            link,
            summary: Some("Ebb\u{202e}".to_owned()),
        };
        let shown = shown_item(&item);
        assert_eq!(shown.title, "https://example.org/a");
        assert_eq!(shown.summary.as_deref(), Some("Ebb"));
        assert_eq!(shown_item(&MessageItem { link: None, ..item }).title, "(no title)");
    }
}
