//! JSON-LD of schema.org: articles anywhere in the graph, and the elements of an `ItemList`.

use serde_json::{Map, Value};

use super::super::json::embedded;
use super::super::self_describing::SelfDescribedItem;
use super::item_type::is_item;
use crate::extract::json_text::text;
use crate::html::markup::{prose_text, title_text};
use crate::html::tree::{Html, Selector};
use crate::model::Candidate;

/// Cap on the values of one page that are visited.
const MAX_VISITS: usize = 50_000;

/// The items, in page order.
pub(crate) fn items(html: &Html) -> Vec<SelfDescribedItem> {
    let selector = Selector::parse(r#"script[type*="ld+json" i]"#).expect("a valid selector");
    let mut out = Vec::new();
    let mut left = MAX_VISITS;
    for value in embedded::values(html, Some(&selector)) {
        walk(&value, false, &mut left, &mut out);
    }
    out
}

/// Collects the items in a value. `is_listed`: the value is an element of a list, where any type is an
/// item. `left`: the number of values that may still be visited.
fn walk(value: &Value, is_listed: bool, left: &mut usize, out: &mut Vec<SelfDescribedItem>) {
    let Some(rest) = left.checked_sub(1) else { return };
    *left = rest;
    let map = match value {
        Value::Array(list) => return list.iter().for_each(|v| walk(v, is_listed, left, out)),
        Value::Object(map) => map,
        _ => return,
    };
    if types(map).any(|t| t == "ListItem") {
        let item = map.get("item").filter(|i| i.is_object());
        return match item {
            Some(item) => walk(item, true, left, out),
            None => out.extend(item_of(map)),
        };
    }
    let is_list = types(map).any(|t| t.ends_with("List") || t.ends_with("Catalog"));
    if !is_list && types(map).any(|t| is_item(t) || (is_listed && t != "ImageObject")) {
        out.extend(item_of(map));
        return;
    }
    // Breadcrumbs are a list of pages, and not of items.
    if types(map).any(|t| t == "BreadcrumbList") {
        return;
    }
    for (name, inner) in map {
        // Publishers and authors are not items.
        if matches!(name.as_str(), "publisher" | "author" | "breadcrumb" | "image" | "logo") {
            continue;
        }
        let is_list_property =
            matches!(name.as_str(), "itemListElement" | "blogPost" | "blogPosts" | "hasPart" | "episode");
        walk(inner, is_list_property, left, out);
    }
}

/// The values of `@type`.
fn types(map: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let (one, many) = match map.get("@type") {
        Some(Value::String(kind)) => (Some(kind.as_str()), None),
        Some(Value::Array(list)) => (None, Some(list)),
        _ => (None, None),
    };
    one.into_iter().chain(many.into_iter().flatten().filter_map(Value::as_str))
}

fn item_of(map: &Map<String, Value>) -> Option<SelfDescribedItem> {
    let first = |names: &[&str], keys: &[&str]| names.iter().find_map(|n| text(map.get(*n)?, keys));
    let prose = |names: &[&str]| first(names, &["@value", "name"]);
    let address = ["@id", "url", "contentUrl"];
    let link = first(&["url", "mainEntityOfPage", "item", "@id"], &address).filter(|l| !l.starts_with("_:"));
    let title = prose(&["headline", "name", "title"]).map(|t| title_text(&t));
    if title.is_none() && link.is_none() {
        return None;
    }
    Some(SelfDescribedItem {
        candidate: Candidate {
            title,
            link,
            summary: prose(&["description", "abstract"]).map(|t| prose_text(&t)),
            content: first(&["articleBody", "text"], &["@value"]).map(|t| paragraphs(&t)),
            authors: people(map.get("author").or_else(|| map.get("creator"))),
            tags: tags(map),
            image: first(&["image", "thumbnailUrl", "thumbnail"], &["url", "contentUrl", "@id"]),
            ..Candidate::default()
        },
        date: first(&["datePublished", "dateCreated", "uploadDate", "datePosted", "startDate"], &["@value"]),
        updated: first(&["dateModified"], &["@value"]),
    })
}

/// Plain text as HTML, each line a paragraph.
fn paragraphs(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let lines: Vec<&str> = escaped.split('\n').map(str::trim).filter(|p| !p.is_empty()).collect();
    format!("<p>{}</p>", lines.join("</p><p>"))
}

fn people(value: Option<&Value>) -> Vec<String> {
    let name = |v: &Value| text(v, &["name", "@value"]).filter(|n| !n.starts_with("http"));
    match value {
        Some(Value::Array(list)) => list.iter().filter_map(name).collect(),
        Some(one) => name(one).into_iter().collect(),
        None => Vec::new(),
    }
}

fn tags(map: &Map<String, Value>) -> Vec<String> {
    let values = ["articleSection", "keywords"].iter().filter_map(|n| map.get(*n));
    let texts = values.flat_map(|value| match value {
        Value::Array(list) => list.iter().filter_map(|v| text(v, &["name"])).collect::<Vec<_>>(),
        one => text(one, &["name"]).iter().flat_map(|t| t.split(',')).map(|t| t.trim().to_owned()).collect(),
    });
    texts.filter(|t| !t.is_empty()).collect()
}
