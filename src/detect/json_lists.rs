//! Listings in the JSON of a page's scripts: lists of objects that have a title and an address.

use serde_json::{Map, Value};

use super::listing::groups::count;
use super::page::dates::Dates;
use crate::model::Kind;
use crate::rules::{FieldSpec, RuleSpec, SelectSpec, SelectorSpec};

/// Lists and objects that are looked at.
const MAX_VALUES: usize = 20_000;
/// Keys of one object that are looked at.
const MAX_KEYS: usize = 500;
/// Bytes of a key, and of the way to a list.
const MAX_KEY_BYTES: usize = 100;
const MAX_PATH_BYTES: usize = 400;
/// Objects of a list that are looked at.
const READ: usize = 30;
/// How deep lists may lie.
const MAX_DEPTH: usize = 24;

/// Usual keys of each field, the most usual first.
///
/// Titles and links have more words here than the defaults of extraction (`extract::json_text`). Those defaults are a
/// promise to existing feeds; detection may try more words, as the rules that it writes name the key that it found.
const TITLES: &[&str] = &["title", "headline", "name", "subject", "heading"];
const LINKS: &[&str] =
    &["url", "link", "href", "permalink", "web_url", "webUrl", "canonical_url", "path", "uri"];
const DATES: &[&str] = &[
    "date",
    "published",
    "published_at",
    "publishedAt",
    "publishedDate",
    "publishDate",
    "datePublished",
    "pubDate",
    "publicationDate",
    "created",
    "created_at",
    "createdAt",
    "time",
    "timestamp",
    "firstPublished",
    "releaseDate",
    "date_published",
    "updated_at",
    "ts",
];
const SUMMARIES: &[&str] =
    &["excerpt", "summary", "description", "teaser", "intro", "abstract", "lead", "subtitle", "standfirst"];
const AUTHORS: &[&str] = &["author", "authors", "byline", "creator", "writer"];
const TAGS: &[&str] = &["tags", "categories", "keywords", "topics"];
const IMAGES: &[&str] =
    &["image", "thumbnail", "thumbnailUrl", "cover", "picture", "imageUrl", "img", "photo"];

/// A list that was found.
pub(crate) struct JsonList {
    pub(crate) rules: RuleSpec,
    /// How many items it has.
    pub(crate) size: usize,
    /// How good it is; comparable with the score of listings in the markup.
    pub(crate) score: f64,
}

/// The lists of all values, the best first.
pub(crate) fn lists(values: &[Value], dates: &Dates) -> Vec<JsonList> {
    let mut open: Vec<(&Value, String, usize)> = values.iter().map(|v| (v, "$".to_owned(), 0)).collect();
    let (mut out, mut seen) = (Vec::new(), 0);
    while let Some((value, path, depth)) = open.pop() {
        seen += 1;
        if seen > MAX_VALUES {
            break;
        }
        if depth > MAX_DEPTH || path.len() > MAX_PATH_BYTES {
            continue;
        }
        let holds = |v: &&Value| v.is_array() || v.is_object();
        match value {
            Value::Array(list) => {
                out.extend(judged(list, &path, dates));
                let inner = list.iter().enumerate().take(READ).filter(|(_, v)| holds(v));
                open.extend(inner.map(|(i, v)| (v, format!("{path}[{i}]"), depth + 1)));
            }
            Value::Object(map) => {
                let inner = map.iter().filter(|(k, v)| holds(v) && k.len() <= MAX_KEY_BYTES && !is_aside(k));
                open.extend(inner.take(MAX_KEYS).map(|(k, v)| (v, step(&path, k), depth + 1)));
            }
            _ => {}
        }
    }
    out.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.rules.item().cmp(b.rules.item())));
    out
}

/// Lists under such keys are of something else than articles.
fn is_aside(key: &str) -> bool {
    const ASIDE: [&str; 12] = [
        "author",
        "authors",
        "menu",
        "menus",
        "nav",
        "navigation",
        "breadcrumb",
        "breadcrumbs",
        "footer",
        "sameas",
        "itemlistelement",
        "potentialaction",
    ];
    ASIDE.contains(&key.to_ascii_lowercase().as_str())
}

/// A path with another key; keys that are no plain names stand in brackets (RFC 9535 section 2.3).
fn step(path: &str, key: &str) -> String {
    let plain = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { format!("{path}.{key}") } else { format!("{path}[{}]", Value::from(key)) }
}

fn judged(list: &[Value], path: &str, dates: &Dates) -> Option<JsonList> {
    let items: Vec<&Map<String, Value>> = list.iter().take(READ).filter_map(Value::as_object).collect();
    if items.is_empty() || items.len() * 10 < list.len().min(READ) * 9 {
        return None;
    }
    let key = |names: &[&'static str], fits: &dyn Fn(&Value) -> bool| {
        names.iter().copied().find(|name| {
            let having = items.iter().filter(|i| i.get(*name).is_some_and(fits)).count();
            having * 10 >= items.len() * 7
        })
    };
    let title =
        key(TITLES, &|v| text(v).is_some_and(|t| t.chars().filter(|c| c.is_alphabetic()).count() >= 3))?;
    let link = key(LINKS, &|v| text(v).is_some_and(|t| t.contains('/')))?;
    let date = key(DATES, &|v| is_date(v, dates));
    let leads = items.iter().filter(|i| i.get(link).and_then(text).is_some_and(leads_deep)).count();
    if date.is_none() && leads * 2 < items.len() {
        return None;
    }
    let summary = key(SUMMARIES, &|v| text(v).is_some_and(|t| t.len() > 20));
    let some = |v: &Value| !v.is_null() && v.as_array().is_none_or(|a| !a.is_empty());
    let field = |key: Option<&str>| key.map(|key| FieldSpec::Text(key.to_owned()));
    let select = SelectSpec {
        item: Some(SelectorSpec::Text(path.to_owned())),
        title: field(Some(title)),
        link: field(Some(link)),
        date: field(date),
        summary: field(summary),
        author: field(key(AUTHORS, &some)),
        tags: field(key(TAGS, &some)),
        image: field(key(IMAGES, &some)),
        ..SelectSpec::default()
    };
    let rules = RuleSpec { kind: Kind::Json, select: Some(select), pages: None };
    let has = |field: Option<&str>| f64::from(u8::from(field.is_some()));
    let size = count(list.len());
    let score =
        (1.0 + 0.8 * has(date) + 0.4 * has(summary)) * (1.0 + size.min(80.0)).ln() * size / (size + 2.0);
    Some(JsonList { rules, size: list.len(), score })
}

/// Whether an address leads where articles are, and not to a place of a menu.
fn leads_deep(address: &str) -> bool {
    let way = address.split("://").last().unwrap_or(address).split(['?', '#']).next().unwrap_or_default();
    let parts = way.trim_matches('/').split('/').filter(|p| !p.is_empty()).count();
    let host = usize::from(address.contains("://"));
    parts > host + 1
        || address.bytes().filter(u8::is_ascii_digit).count() > 2
        || address.matches('-').count() > 1
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Object(map) => {
            ["rendered", "text", "value", "url", "href"].iter().find_map(|k| map.get(*k)?.as_str())
        }
        _ => None,
    }
}

fn is_date(value: &Value, dates: &Dates) -> bool {
    match value {
        Value::String(text) => dates.is_date(text),
        // Seconds or thousandths of them since 1970.
        Value::Number(number) => {
            number.as_i64().is_some_and(|n| (300_000_000..5_000_000_000_000).contains(&n))
        }
        _ => false,
    }
}
