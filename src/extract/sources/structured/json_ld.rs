//! JSON-LD of schema.org: articles anywhere in the graph, and the things of an `ItemList`.

use serde_json::{Map, Value};

use super::super::json::embedded;
use super::super::self_describing::SaidItem;
use super::is_item;
use crate::extract::json_text::text;
use crate::html::plain_text;
use crate::html::tree::{Html, Selector};
use crate::model::Candidate;

/// Objects that are looked at on one page.
const MAX_OBJECTS: usize = 50_000;

/// The items, in the order of the page.
pub(crate) fn items(html: &Html) -> Vec<SaidItem> {
    let selector = Selector::parse(r#"script[type*="ld+json" i]"#).expect("a valid selector");
    let mut out = Vec::new();
    let mut left = MAX_OBJECTS;
    for value in embedded::values(html, Some(&selector)) {
        walk(&value, false, &mut left, &mut out);
    }
    out
}

/// Looks for items in a value. `listed`: it stands in a list of things, whatever they are.
fn walk(value: &Value, listed: bool, left: &mut usize, out: &mut Vec<SaidItem>) {
    let Some(rest) = left.checked_sub(1) else { return };
    *left = rest;
    let map = match value {
        Value::Array(list) => return list.iter().for_each(|v| walk(v, listed, left, out)),
        Value::Object(map) => map,
        _ => return,
    };
    if kinds(map).any(|k| k == "ListItem") {
        let item = map.get("item").filter(|i| i.is_object());
        return match item {
            Some(item) => walk(item, true, left, out),
            None => out.extend(item_of(map)),
        };
    }
    let is_list = kinds(map).any(|k| k.ends_with("List") || k.ends_with("Catalog"));
    if !is_list && kinds(map).any(|k| is_item(k) || (listed && k != "ImageObject")) {
        out.extend(item_of(map));
        return;
    }
    for (name, inner) in map {
        // Who publishes is no item, and a trail of pages is no listing.
        if !matches!(name.as_str(), "publisher" | "author" | "breadcrumb" | "image" | "logo") {
            let trail = kinds(map).any(|k| k == "BreadcrumbList");
            let in_list =
                matches!(name.as_str(), "itemListElement" | "blogPost" | "blogPosts" | "hasPart" | "episode");
            if !trail {
                walk(inner, in_list, left, out);
            }
        }
    }
}

fn kinds(map: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let (one, many) = match map.get("@type") {
        Some(Value::String(kind)) => (Some(kind.as_str()), None),
        Some(Value::Array(list)) => (None, Some(list)),
        _ => (None, None),
    };
    one.into_iter().chain(many.into_iter().flatten().filter_map(Value::as_str))
}

fn item_of(map: &Map<String, Value>) -> Option<SaidItem> {
    let first = |names: &[&str], keys: &[&str]| names.iter().find_map(|n| text(map.get(*n)?, keys));
    let prose = |names: &[&str]| first(names, &["@value", "name"]).map(|t| plain_text(&t));
    let address = ["@id", "url", "contentUrl"];
    let link = first(&["url", "mainEntityOfPage", "item", "@id"], &address).filter(|l| !l.starts_with("_:"));
    let title = prose(&["headline", "name", "title"]);
    if title.is_none() && link.is_none() {
        return None;
    }
    Some(SaidItem {
        candidate: Candidate {
            title,
            link,
            summary: prose(&["description", "abstract"]),
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

/// Plain text as HTML.
fn paragraphs(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let parts: Vec<&str> = escaped.split('\n').map(str::trim).filter(|p| !p.is_empty()).collect();
    format!("<p>{}</p>", parts.join("</p><p>"))
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
    let said = ["articleSection", "keywords"].iter().filter_map(|n| map.get(*n));
    let texts = said.flat_map(|value| match value {
        Value::Array(list) => list.iter().filter_map(|v| text(v, &["name"])).collect::<Vec<_>>(),
        one => text(one, &["name"]).iter().flat_map(|t| t.split(',')).map(|t| t.trim().to_owned()).collect(),
    });
    texts.filter(|t| !t.is_empty()).collect()
}
