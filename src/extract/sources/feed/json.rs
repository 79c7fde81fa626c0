//! JSON Feed 1.0 and 1.1.

use serde_json::Value;

use super::super::self_describing::{SelfDescribed, SelfDescribedItem};
use crate::extract::extraction::LinkedPages;
use crate::html::markup::title_text;
use crate::html::plain::html_of_plain_text;
use crate::model::{Candidate, Enclosure, Podcast};

/// Reads at most `max` items of a JSON Feed; `None` if the text is not one.
pub(crate) fn read(text: &str, max: usize) -> Option<SelfDescribed> {
    let value: Value = serde_json::from_str(text).ok()?;
    let items = value.get("items")?.as_array()?;
    Some(SelfDescribed {
        linked_pages: LinkedPages::default(),
        title: string(&value, "title"),
        language: string(&value, "language"),
        items: items
            .iter()
            .filter(|i| i.is_object())
            .take(max)
            .enumerate()
            .map(|(position, value)| item(value, u32::try_from(position).unwrap_or(u32::MAX)))
            .collect(),
    })
}

fn item(value: &Value, position: u32) -> SelfDescribedItem {
    let id = value
        .get("id")
        .and_then(|id| id.as_str().map(str::to_owned).or_else(|| id.as_i64().map(|n| n.to_string())));
    let text = string(value, "content_text");
    let candidate = Candidate {
        position,
        link: string(value, "url").or_else(|| string(value, "external_url")),
        title: string(value, "title").map(|t| title_text(&t)),
        summary: string(value, "summary")
            .or_else(|| text.clone().filter(|_| value.get("content_html").is_none())),
        content: string(value, "content_html").or_else(|| text.as_deref().map(html_of_plain_text)),
        authors: authors(value),
        tags: list(value, "tags").filter_map(|t| t.as_str().map(str::to_owned)).collect(),
        image: string(value, "image").or_else(|| string(value, "banner_image")),
        enclosures: list(value, "attachments").filter_map(enclosure).collect(),
        id,
        podcast: Podcast {
            duration_s: list(value, "attachments")
                .find_map(|a| a.get("duration_in_seconds")?.as_u64())
                .and_then(|d| u32::try_from(d).ok()),
            ..Podcast::default()
        },
        ..Candidate::default()
    };
    SelfDescribedItem {
        candidate,
        date: string(value, "date_published"),
        updated: string(value, "date_modified"),
    }
}

fn authors(value: &Value) -> Vec<String> {
    let single = value.get("author").into_iter();
    list(value, "authors").chain(single).filter_map(|a| string(a, "name")).collect()
}

fn enclosure(value: &Value) -> Option<Enclosure> {
    Some(Enclosure {
        url: string(value, "url")?,
        media_type: string(value, "mime_type"),
        length: value.get("size_in_bytes").and_then(Value::as_u64),
    })
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn string(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned).filter(|t| !t.trim().is_empty())
}
