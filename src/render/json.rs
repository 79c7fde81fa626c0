//! Writes JSON Feed 1.1 (jsonfeed.org/version/1.1).

use std::collections::BTreeMap;

use chrono::DateTime;
use serde::Serialize;

use super::clean::{CleanFile, CleanHead, CleanItem};
use crate::model::Precision;

const VERSION: &str = "https://jsonfeed.org/version/1.1";

#[derive(Serialize)]
struct JsonFeed {
    version: &'static str,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    home_page_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed_url: Option<String>,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(rename = "_feedbridge", skip_serializing_if = "Option::is_none")]
    extension: Option<FeedExtension>,
    items: Vec<JsonItem>,
}

/// Facts about a feed that JSON Feed has no key for, under `_feedbridge`.
#[derive(Serialize)]
struct FeedExtension {
    /// When the items last changed, RFC 3339.
    changed: String,
}

#[derive(Serialize)]
struct JsonItem {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(flatten)]
    body: ItemBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_modified: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment>,
    /// Extra fields under their own names, which begin with an underscore.
    #[serde(flatten)]
    extras: BTreeMap<&'static str, String>,
    #[serde(rename = "_feedbridge")]
    extension: ItemExtension,
}

/// The body of an item. JSON Feed requires one of the two keys.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum ItemBody {
    ContentHtml(String),
    ContentText(String),
}

#[derive(Serialize)]
struct Author {
    name: String,
}

#[derive(Serialize)]
struct Attachment {
    url: String,
    mime_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_in_seconds: Option<u32>,
}

/// Facts about an item that JSON Feed has no key for: where its date comes from, and how exact it is.
#[derive(Serialize)]
struct ItemExtension {
    date_source: &'static str,
    precision: Precision,
}

/// Renders a whole document.
pub(super) fn write(head: CleanHead, items: Vec<CleanItem>) -> Vec<u8> {
    let feed = JsonFeed {
        version: VERSION,
        title: head.title,
        home_page_url: head.home_url,
        feed_url: head.self_url,
        description: head.description,
        language: head.language,
        extension: head.changed.map(|at| FeedExtension { changed: at.to_rfc3339() }),
        items: items.into_iter().map(json_item).collect(),
    };
    serde_json::to_vec(&feed).expect("plain structs with string keys always serialise")
}

fn json_item(item: CleanItem) -> JsonItem {
    JsonItem {
        body: body(&item),
        id: item.guid,
        url: item.url,
        title: item.title,
        summary: item.summary,
        image: item.image,
        date_published: item.published.as_ref().map(DateTime::to_rfc3339),
        date_modified: item.updated.as_ref().map(DateTime::to_rfc3339),
        authors: item.authors.into_iter().map(|name| Author { name }).collect(),
        tags: item.tags,
        attachments: attachments(item.files, item.podcast.duration_s),
        extras: item.extras.into_iter().map(|(names, text)| (names.json, text)).collect(),
        extension: ItemExtension { date_source: item.date_source, precision: item.precision },
    }
}

fn body(item: &CleanItem) -> ItemBody {
    let plain_text = || item.summary.as_ref().or(item.title.as_ref()).cloned().unwrap_or_default();
    item.content_html.clone().map_or_else(|| ItemBody::ContentText(plain_text()), ItemBody::ContentHtml)
}

/// The files of an item. The duration of an episode belongs to its first file.
fn attachments(files: Vec<CleanFile>, duration_s: Option<u32>) -> Vec<Attachment> {
    let attachment = |(index, file): (usize, CleanFile)| Attachment {
        url: file.url,
        mime_type: file.media_type,
        size_in_bytes: file.length,
        duration_in_seconds: duration_s.filter(|_| index == 0),
    };
    files.into_iter().enumerate().map(attachment).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::model::{Format, Item};
    use crate::render::render;
    use crate::render::tests::{head, item};

    fn first(item: &Item) -> Value {
        let body = render(&head(), std::slice::from_ref(item), Format::Json).body;
        let mut feed: Value = serde_json::from_slice(&body).unwrap();
        feed["items"][0].take()
    }

    #[test]
    fn one_of_two_bodies_is_always_there() {
        let check = |html: Option<&str>, summary: Option<&str>, expected: (Value, Value)| {
            let mut item = item();
            item.content.content_html = html.map(Into::into);
            item.content.summary = summary.map(Into::into);
            let mut json = first(&item);
            assert_eq!((json["content_html"].take(), json["content_text"].take()), expected);
        };
        check(Some("<p>x</p>"), Some("s"), (json!("<p>x</p>"), Value::Null));
        check(Some("\0"), Some("s"), (Value::Null, json!("s")));
        check(None, None, (Value::Null, json!("Ships < tides")));
    }

    #[test]
    fn files_always_have_a_type() {
        let expected = json!([
            {"url": "https://example.org/tide.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 1234},
            {"url": "https://example.org/map", "mime_type": "application/octet-stream"},
        ]);
        assert_eq!(first(&item())["attachments"], expected);
    }

    #[test]
    fn dates_say_where_they_are_from() {
        let json = first(&item());
        assert_eq!(json["date_published"], "2026-11-03T09:30:00+09:00");
        assert_eq!(json["date_modified"], "2026-11-03T10:00:00+09:00");
        assert_eq!(json["_feedbridge"], json!({"date_source": "page", "precision": "minute"}));
    }

    #[test]
    fn what_is_unknown_is_left_out() {
        let item = Item { content: crate::model::Content::default(), updated: None, ..item() };
        let expected = json!({
            "id": "tag:feeds.example.org,2026:harbour/1",
            "title": "2026-11-03 09:30",
            "content_text": "2026-11-03 09:30",
            "date_published": "2026-11-03T09:30:00+09:00",
            "_feedbridge": {"date_source": "page", "precision": "minute"},
        });
        assert_eq!(first(&item), expected);
    }
}
